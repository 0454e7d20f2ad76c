package rtsptest_test

import (
	"os/exec"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"go.uber.org/goleak"

	"menshen/camera/rtsptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// describe gives whether a path is published, as a reader sees it.
func describe(tb testing.TB, url string) error {
	tb.Helper()
	u, err := base.ParseURL(url)
	if err != nil {
		tb.Fatal(err)
	}
	c := gortsplib.Client{Scheme: u.Scheme, Host: u.Host}
	if err := c.Start2(); err != nil {
		tb.Fatal(err)
	}
	defer c.Close()
	_, _, err = c.Describe(u)
	return err
}

var pattern = []string{"-re", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"}

func TestPublishStopAndStartAgain(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Fatal("needs ffmpeg (package ffmpeg)")
	}
	s := rtsptest.New(t, rtsptest.Options{})
	if describe(t, s.URL("a")) == nil {
		t.Error("something is published before anybody publishes")
	}
	before := time.Now()
	st := s.Publish(t, "a", pattern...)
	if err := describe(t, s.URL("a")); err != nil {
		t.Error(err)
	}
	for len(s.Frames("a")) < 10 {
		time.Sleep(10 * time.Millisecond)
	}
	if at, ok := s.FirstFrameAt("a"); !ok || at.Before(before) || at.After(s.Frames("a")[1]) {
		t.Errorf("the first frame came at %s, %v", at, ok)
	}
	addr := s.Addr()
	s.Stop()
	<-st.Done() // ffmpeg notices that the server has gone
	if describe(t, s.URL("a")) == nil {
		t.Error("a stopped server answers")
	}
	s.Start(t)
	if s.Addr() != addr {
		t.Errorf("after the restart the address is %s instead of %s", s.Addr(), addr)
	}
	if describe(t, s.URL("a")) == nil {
		t.Error("what was published before the stop is still there")
	}
	s.Publish(t, "a", pattern...)
	if err := describe(t, s.URL("a")); err != nil {
		t.Error(err)
	}
}

func TestFreezeAndPublishAgain(t *testing.T) {
	s := rtsptest.New(t, rtsptest.Options{})
	st := s.Publish(t, "a", pattern...)
	for len(s.Frames("a")) < 10 {
		time.Sleep(10 * time.Millisecond)
	}
	st.Freeze(t)
	time.Sleep(100 * time.Millisecond) // for what is on its way
	n := len(s.Frames("a"))
	time.Sleep(time.Second)
	if now := len(s.Frames("a")); now != n {
		t.Errorf("%d frames came from a frozen stream", now-n)
	}
	if err := describe(t, s.URL("a")); err != nil {
		t.Errorf("a frozen stream is not there any more: %v", err)
	}
	st.Stop()
	s.Publish(t, "a", pattern...)
	if err := describe(t, s.URL("a")); err != nil {
		t.Error(err)
	}
}
