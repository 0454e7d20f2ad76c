package supervisor_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/supervisor"
)

// settings is what the child of these tests is told to do.
type settings struct {
	Do     string
	Beside string // a file to leave a mark in
}

// secretive is settings with a password, as a camera's are.
type secretive struct{ settings }

const password = "geheim99"

func (secretive) Redact(line string) string { return strings.ReplaceAll(line, password, "***") }

// TestMain doubles as the child's main: the tests start this very binary.
func TestMain(m *testing.M) {
	if os.Getenv("MENSHEN_TEST_CHILD") != "" {
		os.Exit(child())
	}
	goleak.VerifyTestMain(m)
}

func child() int {
	var s settings
	rest, err := supervisor.ReadSettings(os.Stdin, &s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	switch s.Do {
	case "fail":
		fmt.Fprintln(os.Stderr, "the lens cap is on")
		return 3
	case "blab":
		fmt.Fprintln(os.Stderr, "level=WARN msg=\"cannot open rtsp://admin:"+password+"@cam/\"")
		fmt.Fprintln(os.Stderr, "[rtsp @ 0x1] rtsp://admin:"+password+"@cam/: Connection refused")
		return 3
	case "done":
		return 0
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
		select {}
	}
	ctx, cancel := supervisor.UntilParentEnds(context.Background(), rest)
	defer cancel()
	<-ctx.Done()
	if s.Beside != "" {
		_ = os.WriteFile(s.Beside, []byte("saw the end"), 0o600)
	}
	return 0
}

func mustChild(tb testing.TB, s settings, change func(*supervisor.Config)) *supervisor.Child {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cfg := supervisor.Config{
		Component: "camera-a", Path: exe, Env: append(os.Environ(), "MENSHEN_TEST_CHILD=1"), Settings: s,
		MinBackoff: 10 * time.Millisecond, MaxBackoff: 50 * time.Millisecond, StopLimit: 300 * time.Millisecond,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := supervisor.New(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)), time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// start runs a child and stops it when the test ends.
func start(tb testing.TB, c *supervisor.Child) context.CancelFunc {
	ctx, cancel := context.WithCancel(tb.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Run(ctx); err != nil {
			tb.Error(err)
		}
	}()
	stop := func() { cancel(); <-done }
	tb.Cleanup(stop)
	return stop
}

// eventually waits for a state, half a minute at most.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	tb.Fatalf("never happened: %s", what)
}

func TestKilledChildIsReplaced(t *testing.T) {
	c := mustChild(t, settings{Do: "wait"}, nil)
	start(t, c)
	eventually(t, "it runs", func() bool { return c.Status().PID != 0 })
	first := c.Status().PID
	c.Heard(menshen.Report{Component: "camera-a", OK: true})
	if !c.Status().OK {
		t.Errorf("status %+v, want OK after a good report", c.Status())
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "another process runs", func() bool { s := c.Status(); return s.PID != 0 && s.PID != first })
	if s := c.Status(); s.OK || s.Since.IsZero() {
		t.Errorf("status %+v, want not well until the new process reports", s)
	}
}

// A child that only tries to begin is alive, but what was wrong with it is wrong still.
func TestStartingIsNotWell(t *testing.T) {
	c := mustChild(t, settings{Do: "wait"}, nil)
	start(t, c)
	eventually(t, "it runs", func() bool { return c.Status().PID != 0 })
	c.Heard(menshen.Report{Component: "camera-a", Message: "no way to the camera"})
	since := c.Status().Since
	c.Heard(menshen.Report{Component: "camera-a", OK: true, Figures: map[string]float64{supervisor.FigureStarting: 1}})
	if s := c.Status(); s.OK || s.Since.IsZero() || !s.Since.Equal(since) {
		t.Errorf("status %+v after a start, want not well since %v", s, since)
	}
	c.Heard(menshen.Report{Component: "camera-a", OK: true})
	if s := c.Status(); !s.OK || !s.Since.IsZero() {
		t.Errorf("status %+v after a frame, want well", s)
	}
}

func TestFailingChildIsTriedAgainAndSaysWhy(t *testing.T) {
	c := mustChild(t, settings{Do: "fail"}, nil)
	start(t, c)
	eventually(t, "three starts", func() bool { return c.Status().Starts >= 3 })
	if got, want := c.Status().Detail, "exit status 3: the lens cap is on"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
}

// Libraries print what they are given. Neither the log nor the condition may show it.
func TestSecretsOfAChildStayInside(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out lockedBuffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, err := supervisor.New(supervisor.Config{
		Component: "camera-a", Path: exe, Env: append(os.Environ(), "MENSHEN_TEST_CHILD=1"), Settings: secretive{settings{Do: "blab"}}, MinBackoff: time.Hour, MaxBackoff: time.Hour,
	}, log, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	stop := start(t, c)
	eventually(t, "it failed", func() bool { return c.Status().Detail != "" })
	stop()
	if got := c.Status().Detail + out.String(); strings.Contains(got, password) || strings.Count(got, "admin:***@cam/") < 4 {
		t.Errorf("detail %q and log\n%s", c.Status().Detail, out.String())
	}
}

// lockedBuffer takes a log while the test may read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestSomeFailuresAreNotTriedAgainSoon(t *testing.T) {
	c := mustChild(t, settings{Do: "fail"}, func(cfg *supervisor.Config) { cfg.SlowCodes, cfg.SlowWait = []int{3}, time.Hour })
	start(t, c)
	eventually(t, "it failed", func() bool { return c.Status().Detail != "" })
	time.Sleep(200 * time.Millisecond) // several times the usual wait
	if got := c.Status().Starts; got != 1 {
		t.Errorf("%d starts, want 1", got)
	}
}

func TestChildThatIsDoneStays(t *testing.T) {
	c := mustChild(t, settings{Do: "done"}, nil)
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.Status().Starts; got != 1 {
		t.Errorf("%d starts, want 1", got)
	}
}

func TestSilentChildIsKilled(t *testing.T) {
	for name, hear := range map[string]func(*supervisor.Child){
		"no reports": func(*supervisor.Child) {},
		"bad reports": func(c *supervisor.Child) {
			c.Heard(menshen.Report{Component: "camera-a", Message: "no frame for 9 s"})
		},
		"reports of another": func(c *supervisor.Child) { c.Heard(menshen.Report{Component: "camera-b", OK: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			c := mustChild(t, settings{Do: "wait"}, func(cfg *supervisor.Config) {
				cfg.Silence, cfg.StartLimit = 100*time.Millisecond, 100*time.Millisecond
			})
			start(t, c)
			eventually(t, "two restarts", func() bool { hear(c); return c.Status().Starts >= 3 })
		})
	}
}

func TestDeafChildIsKilledAtTheEnd(t *testing.T) {
	c := mustChild(t, settings{Do: "deaf"}, nil)
	stop := start(t, c)
	eventually(t, "it runs", func() bool { return c.Status().PID != 0 })
	pid := c.Status().PID
	stop()
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("process %d after the stop: %v, want gone", pid, err)
	}
}

func TestChildSeesItsParentEnd(t *testing.T) {
	mark := t.TempDir() + "/mark"
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "MENSHEN_TEST_CHILD=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(stdin, "{\"Do\":\"wait\",\"Beside\":%q}\n", mark)
	stdin.Close() // as the kernel does when a parent dies
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(mark); err != nil || string(got) != "saw the end" {
		t.Errorf("mark %q, %v", got, err)
	}
}

func TestSettingsMustBeKnown(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fmt.Fprintln(w, `{"Do":"wait","Typo":1}`)
	w.Close()
	var s settings
	if _, err := supervisor.ReadSettings(r, &s); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("got %v, want invalid", err)
	}
	if _, err := supervisor.ReadSettings(r, &s); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("empty input: got %v, want invalid", err)
	}
}
