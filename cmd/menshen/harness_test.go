package main_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The end-to-end tests run the real binary in processes of its own, as users do.

// patience is how long anything may take before a test gives up. It is no promise of speed: machines are busy.
const patience = 90 * time.Second

var build = sync.OnceValues(func() (string, error) { return buildWith("menshen") })

// buildShifted builds a binary whose gates' clock can be set ahead.
var buildShifted = sync.OnceValues(func() (string, error) { return buildWith("menshen-shifted", "-tags", "shiftedclock") })

func buildWith(name string, flags ...string) (string, error) {
	dir, err := os.MkdirTemp("", "menshen-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	out, err := exec.Command("go", append(append([]string{"build"}, flags...), "-o", path, ".")...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	built = append(built, dir)
	return path, nil
}

// built are the folders to remove at the end.
var built []string

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range built {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func mustBinary(tb testing.TB) string {
	tb.Helper()
	path, err := build()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// mustShifted gives the binary whose gates' clock can be set ahead.
func mustShifted(tb testing.TB) string {
	tb.Helper()
	path, err := buildShifted()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// mustShared gives a path in ../shared, which holds faces and films that may not be distributed.
func mustShared(tb testing.TB, path string) string {
	tb.Helper()
	full, err := filepath.Abs(filepath.Join("../../../shared", path))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := os.Stat(full); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("../shared/%s is needed", path)
		}
		tb.Skipf("SKIPPED: needs ../shared/%s", path)
	}
	return full
}

// community is a folder with a configuration in which commands are run.
type community struct {
	tb  testing.TB
	dir string
}

// newCommunity writes a configuration. Ports are any free ones.
func newCommunity(tb testing.TB, yaml string) *community {
	tb.Helper()
	c := &community{tb: tb, dir: tb.TempDir()}
	yaml += "\nbus: {listen: \"127.0.0.1:0\"}\nweb: {listen: \"127.0.0.1:0\"}\n"
	if err := os.WriteFile(filepath.Join(c.dir, "menshen.yaml"), []byte(yaml), 0o600); err != nil {
		tb.Fatal(err)
	}
	return c
}

// result is what a command left.
type result struct {
	code     int
	out, err string
}

// try runs a command to its end.
func (c *community) try(args ...string) result {
	c.tb.Helper()
	cmd := exec.CommandContext(c.tb.Context(), mustBinary(c.tb), args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "LANG=en_GB.UTF-8")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	exit, ended := errors.AsType[*exec.ExitError](err)
	if err != nil && !ended {
		c.tb.Fatal(err)
	}
	r := result{out: out.String(), err: errs.String()}
	if ended {
		r.code = exit.ExitCode()
	}
	return r
}

// must runs a command that is to succeed.
func (c *community) must(args ...string) string {
	c.tb.Helper()
	r := c.try(args...)
	if r.code != 0 {
		c.tb.Fatalf("menshen %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// mustJSON runs a command that answers in JSON.
func mustJSON[T any](c *community, args ...string) T {
	c.tb.Helper()
	out := c.must(append(args, "--format", "json")...)
	var v T
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		c.tb.Fatalf("menshen %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return v
}

// service is a running menshen serve.
type service struct {
	cmd  *exec.Cmd
	log  *lockedBuffer
	done chan struct{}
}

// start starts a long-running command of a binary. It is stopped with the test, and its log shown if that failed.
func (c *community) start(binary string, args []string, env ...string) *service {
	c.tb.Helper()
	s := &service{cmd: exec.Command(binary, args...), log: &lockedBuffer{}, done: make(chan struct{})}
	s.cmd.Dir = c.dir
	s.cmd.Env = append(append(os.Environ(), "LANG=en_GB.UTF-8"), env...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		c.tb.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.done)
	}()
	c.tb.Cleanup(func() {
		s.stop(c.tb)
		if c.tb.Failed() {
			c.tb.Logf("the log of menshen %s:\n%s", args[0], s.log)
		}
	})
	return s
}

// serve starts menshen serve and waits until it answers.
func (c *community) serve() *service {
	c.tb.Helper()
	s := c.start(mustBinary(c.tb), []string{"serve"}, "MENSHEN_LOG_LEVEL=debug")
	eventually(c.tb, "menshen serve answers", func() bool {
		select {
		case <-s.done:
			c.tb.Fatalf("menshen serve ended:\n%s", s.log)
		default:
		}
		return c.try("status").code == 0
	})
	return s
}

// stop asks the service to end and waits.
func (s *service) stop(tb testing.TB) {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		<-s.done
		tb.Errorf("menshen serve did not stop within %v of SIGTERM", patience)
	}
}

// kill ends the service as a power cut would, without a word.
func (s *service) kill(tb testing.TB) {
	tb.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		tb.Fatal(err)
	}
	<-s.done
}

// children gives the processes that the service started for a command, e.g. "camera".
func (s *service) children(command string) []int {
	var found []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if parent, _ := strconv.Atoi(fields[1]); parent != s.cmd.Process.Pid {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		if words := strings.Split(string(line), "\x00"); len(words) > 1 && words[1] == command {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			found = append(found, pid)
		}
	}
	return found
}

// pid gives the process of a child by its component, e.g. "camera-east-1", as the log says; 0 where it does not run.
func (s *service) pid(component string) int {
	found := 0
	for line := range strings.Lines(s.log.String()) {
		_, after, ok := strings.Cut(line, `msg="child process started" component=`+component+" pid=")
		if ok {
			_, _ = fmt.Sscanf(after, "%d", &found)
		}
	}
	command, _, _ := strings.Cut(component, "-")
	if !slices.Contains(s.children(command), found) {
		return 0
	}
	return found
}

// running reports whether the service has not ended.
func (s *service) running() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if ok() {
			return
		}
	}
	tb.Fatalf("never happened: %s", what)
}

// lockedBuffer takes the output of several processes.
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

// passJSON and contactsJSON are what the tests read of the commands' answers.
type passJSON struct {
	Gate, Person, Name, Direction, Decision string
	Captured, Decided                       time.Time
	Reasons                                 []string
}

type contactsJSON struct {
	Contacts []struct {
		Person    struct{ Name string }
		Exposures []struct{ Kind, Gate, Zone string }
	}
}

// walk is one person in a clip, from truth.csv.
type walk struct {
	clip, person string
	first, last  int // frames
	enrolled     bool
	source       string // the photograph that the clip shows
}

func mustWalks(tb testing.TB) []walk {
	tb.Helper()
	f, err := os.Open(mustShared(tb, "testdata/video/truth.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var all []walk
	for _, r := range rows[1:] {
		first, _ := strconv.Atoi(r[2])
		last, _ := strconv.Atoi(r[3])
		all = append(all, walk{clip: r[0], person: r[1], first: first, last: last, enrolled: r[4] == "1", source: filepath.Base(r[5])})
	}
	return all
}
