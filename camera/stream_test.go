package camera_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/camera"
	"menshen/camera/rtsptest"
)

// testsrc is video with nobody in it.
var testsrc = []string{"-re", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p"}

// running is a camera that a test runs.
type running struct {
	got    collector
	cancel context.CancelFunc
	err    chan error
}

func start(tb testing.TB, det camera.Detector, cfg camera.Config) *running {
	tb.Helper()
	r := &running{err: make(chan error, 1)}
	c := mustCamera(tb, det, &r.got, cfg)
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.err <- c.Run(ctx)
	}()
	tb.Cleanup(func() {
		cancel()
		<-done
	})
	return r
}

// lastReport gives the figures of the last report, and whether there is one that is OK.
func (r *running) lastReport() (menshen.Report, bool) {
	_, reports := r.got.seen()
	if len(reports) == 0 {
		return menshen.Report{}, false
	}
	last := reports[len(reports)-1]
	return last, last.OK
}

func (r *running) frames(tb testing.TB) {
	tb.Helper()
	waitFor(tb, "frames", func() bool {
		select {
		case err := <-r.err:
			tb.Fatalf("the camera ended: %v", err)
		default:
		}
		rep, ok := r.lastReport()
		return ok && rep.Figures["fps"] > 0 && rep.Figures["width"] > 0
	})
}

func TestStreamGivesSightings(t *testing.T) {
	s := rtsptest.New(t, rtsptest.Options{})
	clip, lead := rtsptest.MustLead(t, clip(t, "walkin.mp4"), 3*time.Second)
	s.Stream(t, "gate", clip, rtsptest.StreamOptions{})
	r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, s.URL("gate")), Rate: 5})

	// The clip ends, with it the stream, and with that the camera.
	err := <-r.err
	if menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(err.Error(), "has ended") {
		t.Errorf("the stream ended with %v", err)
	}
	if rep, ok := r.lastReport(); ok || rep.Message == "" || rep.Hint == "" {
		t.Errorf("the last report is %+v", rep)
	}
	sightings, _ := r.got.seen()
	found := tracks(t, sightings)
	frames := s.Frames("gate")
	boxes, seen := mustBoxes(t, "walkin.mp4"), map[string]bool{}
	for _, sh := range sightings {
		if sh.Last {
			continue
		}
		// No frame can be seen before it was sent; how long after depends on the machine.
		for n := range frames {
			for p, b := range boxes[n-lead] {
				if b.IoU(sh.Face.Box) > 0.8 && !frames[n].After(sh.Captured.Add(20*time.Millisecond)) {
					seen[p] = true
				}
			}
		}
	}
	if len(found) == 0 || len(seen) == 0 {
		t.Errorf("%d tracks, people seen: %v", len(found), seen)
	}
	t.Logf("%d tracks of 4 people, seen: %v", len(found), seen)
}

func TestTransports(t *testing.T) {
	open := rtsptest.New(t, rtsptest.Options{})
	guarded := rtsptest.New(t, rtsptest.Options{User: "admin", Password: "secret"})
	secure := rtsptest.New(t, rtsptest.Options{TLS: true})
	for name, c := range map[string]struct {
		s    *rtsptest.Server
		t    camera.Transport
		want string
	}{
		"tcp":      {open, "", "TCP"},
		"udp":      {open, camera.TransportUDP, "UDP"},
		"password": {guarded, camera.TransportTCP, "TCP"},
		"tls":      {secure, camera.TransportUDP, "TCP"},
	} {
		t.Run(name, func(t *testing.T) {
			c.s.Publish(t, "cam", testsrc...)
			r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, c.s.URL("cam")), Transport: c.t})
			r.frames(t)
			// That the option reached FFmpeg shows that setting Go's environment sets C's.
			if n := c.s.Readers("cam", c.want); n != 1 {
				t.Errorf("%d readers by %s", n, c.want)
			}
			rep, _ := r.lastReport()
			if rep.Figures["width"] != 320 || rep.Figures["height"] != 240 {
				t.Errorf("figures: %v", rep.Figures)
			}
			r.cancel()
			if err := <-r.err; err != nil {
				t.Errorf("cancelled, Run gives %v", err)
			}
		})
	}
}

func TestServerGoesAndComesBack(t *testing.T) {
	s := rtsptest.New(t, rtsptest.Options{})
	s.Publish(t, "cam", testsrc...)
	cfg := camera.Config{Address: mustAddress(t, s.URL("cam"))}
	r := start(t, mustDetector(t), cfg)
	r.frames(t)
	s.Stop()
	if err := <-r.err; menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("the server went, and Run gives %v", err)
	}
	if rep, ok := r.lastReport(); ok || rep.Hint == "" {
		t.Errorf("the last report is %+v", rep)
	}
	s.Start(t)
	s.Publish(t, "cam", testsrc...)
	start(t, mustDetector(t), cfg).frames(t)
}

// TestHangingRead has a publisher that stops sending and a server that does not: the read hangs, the reports say so, and
// Run returns all the same.
func TestHangingRead(t *testing.T) {
	s := rtsptest.New(t, rtsptest.Options{})
	st := s.Publish(t, "cam", testsrc...)
	r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, s.URL("cam"))})
	r.frames(t)
	st.Freeze(t)
	silent := false
	waitFor(t, "a report that is not well, or the end", func() bool {
		rep, ok := r.lastReport()
		silent = silent || !ok && strings.Contains(rep.Message, "no frame")
		return silent || len(r.err) > 0
	})
	rep, _ := r.lastReport()
	t.Logf("%+v", rep)
	r.cancel()
	if err := <-r.err; err != nil && menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("Run gives %v", err)
	}
}

// A decoder holds pictures back, and gives one at each time-out of a stalled stream. That does not make the camera well.
func TestStalledStreamStaysNotWell(t *testing.T) {
	s := rtsptest.New(t, rtsptest.Options{Silence: time.Hour})
	st := s.Stream(t, "cam", clip(t, "walkin.mp4"), rtsptest.StreamOptions{Loop: true})
	r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, s.URL("cam"))})
	r.frames(t)
	st.Freeze(t)
	waitFor(t, "a report that is not well, or the end", func() bool {
		_, ok := r.lastReport()
		return !ok || len(r.err) > 0
	})
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end) && len(r.err) == 0; time.Sleep(100 * time.Millisecond) {
		if rep, ok := r.lastReport(); ok {
			t.Fatalf("nothing but what was held back has come, and it is well: %+v", rep)
		}
	}
	r.cancel()
	if err := <-r.err; err != nil && menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("Run gives %v", err)
	}
}

func TestFailures(t *testing.T) {
	s := rtsptest.New(t, rtsptest.Options{})
	s.Publish(t, "sound", "-re", "-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "aac")
	guarded := rtsptest.New(t, rtsptest.Options{User: "admin", Password: "right"})
	guarded.Publish(t, "cam", testsrc...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	talker, stop := mustTalker(t)
	defer stop()
	for name, c := range map[string]struct {
		url  string
		code menshen.Code
		says string
	}{
		"refused":        {"rtsp://" + refused + "/a", menshen.CodeUnavailable, "refuses connections"},
		"no RTSP":        {"rtsp://" + talker + "/a", menshen.CodeInvalid, "does not speak RTSP"},
		"wrong path":     {s.URL("nothing"), menshen.CodeNotFound, "no stream"},
		"sound only":     {s.URL("sound"), menshen.CodeInvalid, "no video"},
		"wrong password": {strings.Replace(guarded.URL("cam"), "right", "geheim", 1), menshen.CodeDenied, "password"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, c.url)})
			err := <-r.err
			message, hint := menshen.ErrorMessage(err)
			if menshen.ErrorCode(err) != c.code || !strings.Contains(message, c.says) || hint == "" || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%v (%q, hint %q)", err, message, hint)
			}
			if rep, ok := r.lastReport(); ok || rep.Message != message || rep.Hint != hint || rep.Component != "camera-east-1" {
				t.Errorf("the last report is %+v", rep)
			}
		})
	}
}

// mustTalker is a server that greets with something else than RTSP.
func mustTalker(tb testing.TB) (addr string, stop func()) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 mail.example ready\r\n"))
			_ = c.Close()
		}
	}()
	return l.Addr().String(), func() {
		_ = l.Close()
		<-done
	}
}
