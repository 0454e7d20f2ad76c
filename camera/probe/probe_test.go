package probe_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/camera/address"
	"menshen/camera/probe"
	"menshen/camera/rtsptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustAddress(tb testing.TB, s string) address.Address {
	tb.Helper()
	a, err := address.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// mustListener answers each connection with what answer does, until the test ends.
func mustListener(tb testing.TB, answer func(net.Conn)) string {
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
			answer(c)
			_ = c.Close()
		}
	}()
	tb.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().String()
}

var (
	video = []string{"-re", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p"}
	audio = []string{"-re", "-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "aac"}
)

func TestStream(t *testing.T) {
	for _, opt := range []rtsptest.Options{{}, {User: "admin", Password: "p%23ss"}, {TLS: true}} {
		// The server checks the password as it is, not as it is written in an address.
		server := opt
		server.Password = strings.ReplaceAll(opt.Password, "%23", "#")
		s := rtsptest.New(t, server)
		s.Publish(t, "cam", video...)
		url := strings.ReplaceAll(s.URL("cam"), "#", "%23")
		if r := probe.Stream(t.Context(), mustAddress(t, url), 10*time.Second); r.Err != nil || !r.Decodable() || len(r.Codecs) != 1 || r.Codecs[0] != "H264" {
			t.Errorf("%+v: %+v", opt, r)
		}
	}
}

func TestWhyNot(t *testing.T) {
	open := rtsptest.New(t, rtsptest.Options{})
	open.Publish(t, "sound", audio...)
	guarded := rtsptest.New(t, rtsptest.Options{User: "admin", Password: "right"})
	guarded.Publish(t, "cam", video...)
	silent := mustListener(t, func(c net.Conn) {
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		for buf := make([]byte, 1024); ; {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	})
	http := mustListener(t, func(c net.Conn) {
		buf := make([]byte, 1024)
		_, _ = c.Read(buf)
		_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
	})
	closing := mustListener(t, func(net.Conn) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		name, url string
		code      menshen.Code
		sure      bool
		says      string
	}{
		{"refused", "rtsp://" + refused + "/a", menshen.CodeUnavailable, true, "refuses connections"},
		{"unknown host", "rtsp://no-such-host.invalid/a", menshen.CodeUnavailable, true, "host name"},
		{"no password", strings.Replace(guarded.URL("cam"), "admin:right@", "", 1), menshen.CodeDenied, true, "user name or the password"},
		{"wrong password", strings.Replace(guarded.URL("cam"), "right", "geheim", 1), menshen.CodeDenied, true, "user name or the password"},
		{"wrong path", open.URL("nothing"), menshen.CodeNotFound, true, "no stream"},
		{"sound only", open.URL("sound"), menshen.CodeInvalid, true, "no video"},
		{"silent", "rtsp://" + silent + "/a", menshen.CodeUnavailable, false, "does not answer"},
		{"web server", "rtsp://" + http + "/a", menshen.CodeInvalid, false, "does not speak RTSP"},
		{"closes at once", "rtsp://" + closing + "/a", menshen.CodeInvalid, false, "does not speak RTSP"},
		{"no TLS", strings.Replace(open.URL("sound"), "rtsp:", "rtsps:", 1), menshen.CodeUnavailable, false, "TLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := probe.Stream(t.Context(), mustAddress(t, c.url), 2*time.Second)
			message, hint := menshen.ErrorMessage(r.Err)
			if r.Err == nil || menshen.ErrorCode(r.Err) != c.code || r.Sure != c.sure || !strings.Contains(message, c.says) || hint == "" {
				t.Errorf("%q, hint %q, code %s, sure %v: %v", message, hint, menshen.ErrorCode(r.Err), r.Sure, r.Err)
			}
			if strings.Contains(r.Err.Error()+hint, "geheim") {
				t.Errorf("the password is shown: %v", r.Err)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	silent := mustListener(t, func(c net.Conn) {
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
		buf := make([]byte, 4096)
		for {
			if _, err := c.Read(buf); err != nil {
				return
			}
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := probe.Stream(ctx, mustAddress(t, "rtsp://"+silent+"/a"), time.Minute); r.Err == nil {
		t.Error("no error of a cancelled probe")
	}
}
