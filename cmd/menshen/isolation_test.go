package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"menshen/camera/rtsptest"
	"menshen/sandbox"
)

// threads gives the status of every thread of a process.
func threads(tb testing.TB, pid int) (all []string) {
	tb.Helper()
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil { // else it has ended
			all = append(all, string(b))
		}
	}
	if len(all) == 0 {
		tb.Fatalf("process %d has no threads", pid)
	}
	return all
}

// field gives a number of a process's status, e.g. VmData in kB.
func field(status, name string) int {
	_, after, _ := strings.Cut(status, "\n"+name+":")
	n, _ := strconv.Atoi(strings.Fields(after)[0])
	return n
}

// Cameras and recognizers of a running hub are shut in, every thread of them, and have nothing of its environment; and the
// way from the camera to the pass goes on all the same. A crash of either costs that camera or that request, and it is back.
func TestChildrenAreShutIn(t *testing.T) {
	everyCrossingCounts(t)
	t.Setenv("MENSHEN_LOG_LEVEL", "debug")
	t.Setenv("SOMEBODYS_TOKEN", "canary-in-the-environment")
	offered := sandbox.Offered()
	c, rtsp := newVideoCommunity(t, "opencv")
	for _, clip := range []string{"walkin", "pair"} {
		rtsp.Stream(t, clip, mustShared(t, "testdata/video/"+clip+".mp4"), rtsptest.StreamOptions{Loop: true})
	}
	s := c.serve()
	eventually(t, "somebody is seen", func() bool { return c.well("walkin-1") && c.well("pair-1") && c.passedSince("walkin", time.Time{}) })
	// The largest photograph that is taken fits into what a recognizer may use.
	large := c.mustWrite("large.png", mustPNG(t, 6300, 6300))
	if r := c.try("enroll", "--consent", "nobody", "--name", "nobody", "--dwelling", "1-1-1-101", large); !strings.Contains(r.out, "no face") {
		t.Errorf("the largest photograph is not looked at:\n%s%s", r.out, r.err)
	}
	hub := fmt.Sprintf("/proc/%d/", s.cmd.Process.Pid)
	for _, component := range []string{"camera-walkin-1", "camera-pair-1", "recognizer-1"} {
		pid := s.pid(component)
		all := threads(t, pid)
		for _, status := range all {
			if offered.Calls && (field(status, "Seccomp") != 2 || field(status, "NoNewPrivs") != 1) {
				t.Errorf("a thread of %s is not shut in:\n%s", component, status)
			}
		}
		limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(limits)) {
			for _, none := range []string{"Max core file size", "Max file size"} {
				if strings.HasPrefix(line, none) && strings.Fields(strings.TrimPrefix(line, none))[1] != "0" {
					t.Errorf("%s: %s", component, line)
				}
			}
			if strings.HasPrefix(line, "Max data size") && strings.Contains(line, "unlimited") {
				t.Errorf("%s: %s", component, line)
			}
		}
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil {
			t.Fatal(err)
		}
		if e := string(environ); strings.Contains(e, "MENSHEN_") || strings.Contains(e, "canary") || !strings.Contains(e, "PATH=") {
			t.Errorf("%s has the environment %q", component, e)
		}
		t.Logf("%s: %d threads, %d MB resident, %d MB of data, at most %d MB resident", component, len(all), field(all[0], "VmRSS")/1024, field(all[0], "VmData")/1024, field(all[0], "VmHWM")/1024)
	}
	if environ, err := os.ReadFile(hub + "environ"); err != nil || !strings.Contains(string(environ), "canary") {
		t.Errorf("the hub's own environment is without the canary (%v): the test shows nothing", err)
	}
	for _, l := range offered.Lacks() {
		if !strings.Contains(c.must("status"), l.Text.EN) || !strings.Contains(c.try("doctor").out, l.Text.EN) {
			t.Errorf("neither status nor doctor says that %s", l.Text.EN)
		}
	}
	if len(offered.Lacks()) == 0 && c.down("isolation-reduced") {
		t.Errorf("the status names something that is missing:\n%s", c.must("status"))
	}
	if out := c.try("doctor").out; !strings.Contains(out, "isolation") {
		t.Errorf("the doctor says nothing of isolation:\n%s", out)
	}

	// Crashes. How long they cost is printed, not asserted: machines are busy.
	photograph, err := filepath.Glob(filepath.Join(mustShared(t, "testdata/faces"), "*", "*.jpg"))
	if err != nil || len(photograph) == 0 {
		t.Fatal("there are no photographs", err)
	}
	other := s.pid("camera-pair-1")
	for _, crash := range []struct {
		component string
		back      func() bool
	}{
		// A photograph is looked at again; refused because the same face is there already is an answer too.
		{"recognizer-1", func() bool {
			r := c.try("enroll", "--consent", "somebody", "--name", "somebody", "--dwelling", "1-1-1-102", photograph[0])
			return strings.Contains(r.out, "✓") || strings.Contains(r.out+r.err, "enrolled already") || strings.Contains(r.out, "✗ ") && !strings.Contains(r.out, "recogni")
		}},
		{"camera-walkin-1", func() bool { return c.well("walkin-1") }},
	} {
		for range 3 {
			pid := s.pid(crash.component)
			if err := syscall.Kill(pid, syscall.SIGSEGV); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			for end := begin.Add(patience); ; time.Sleep(20 * time.Millisecond) {
				if p := s.pid(crash.component); p != 0 && p != pid && crash.back() {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("never happened: %s is back", crash.component)
				}
			}
			t.Logf("%s served again %v after SIGSEGV", crash.component, time.Since(begin).Round(10*time.Millisecond))
		}
	}
	if got := s.pid("camera-pair-1"); got != other || !s.running() {
		t.Errorf("the other camera is process %d instead of %d, the hub runs: %v", got, other, s.running())
	}
}
