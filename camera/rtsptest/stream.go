package rtsptest

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// StreamOptions say how a file is published.
type StreamOptions struct {
	Loop bool // again from the start when it ends
}

// Stream is a running publication by ffmpeg.
type Stream struct {
	cmd  *exec.Cmd
	log  *syncBuffer
	once sync.Once
	done chan struct{}
}

// startLimit is how long ffmpeg may take until it publishes.
const startLimit = 20 * time.Second

// Stream publishes a video file under a path in real time, unchanged ("-re -c copy"), and returns when it has begun.
// It ends with the file, with Stop, or with the test.
func (s *Server) Stream(tb testing.TB, path, file string, opt StreamOptions) *Stream {
	tb.Helper()
	args := []string{"-re"}
	if opt.Loop {
		args = append(args, "-stream_loop", "-1")
	}
	return s.Publish(tb, path, append(args, "-i", file, "-an", "-c", "copy")...)
}

// Publish runs ffmpeg with inputs and codecs of the caller's and publishes what comes out under a path. It returns when
// it has begun. The publication before under the same path must have been stopped; its end is waited for.
func (s *Server) Publish(tb testing.TB, path string, args ...string) *Stream {
	tb.Helper()
	for end := time.Now().Add(startLimit); s.published(path); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("%q is published already", path)
		}
	}
	args = append([]string{"-hide_banner", "-loglevel", "warning", "-nostdin"}, args...)
	args = append(args, "-f", "rtsp", "-rtsp_transport", "tcp", fmt.Sprintf("rtsp://%s/%s", s.inAddr, path))
	st := &Stream{cmd: exec.Command("ffmpeg", args...), log: &syncBuffer{}, done: make(chan struct{})}
	st.cmd.Stdout, st.cmd.Stderr = st.log, st.log
	if err := st.cmd.Start(); err != nil {
		tb.Fatalf("ffmpeg cannot be started (package ffmpeg): %v", err)
	}
	go func() {
		_ = st.cmd.Wait() // the exit code of a killed or cut off ffmpeg says nothing
		close(st.done)
	}()
	tb.Cleanup(st.Stop)
	for end := time.Now().Add(startLimit); !s.published(path); time.Sleep(10 * time.Millisecond) {
		select {
		case <-st.done:
			tb.Fatalf("ffmpeg ended before it published %q: %s", path, st.log)
		default:
		}
		if time.Now().After(end) {
			tb.Fatalf("ffmpeg did not publish %q within %s: %s", path, startLimit, st.log)
		}
	}
	return st
}

// Stop ends ffmpeg and returns after it has gone.
func (st *Stream) Stop() {
	st.once.Do(func() { _ = st.cmd.Process.Kill() }) // fails only where it has ended
	<-st.done
}

// Done is closed when ffmpeg has ended.
func (st *Stream) Done() <-chan struct{} { return st.done }

// MustLead makes a copy of a video file that shows its first frame for the given time before it begins, so that a
// camera which connects meanwhile misses nothing, and has a key frame every second. It returns the copy's path and
// how many frames of 25 a second were put before.
func MustLead(tb testing.TB, file string, lead time.Duration) (path string, frames int) {
	tb.Helper()
	frames = int(lead.Seconds() * 25)
	path = filepath.Join(tb.TempDir(), "lead-"+filepath.Base(file))
	out, err := exec.Command("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-i", file,
		"-vf", fmt.Sprintf("tpad=start=%d:start_mode=clone", frames),
		"-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p", path).CombinedOutput()
	if err != nil {
		tb.Fatalf("ffmpeg cannot put a lead before %s: %v: %s", file, err, out)
	}
	return path, frames
}

// syncBuffer is a buffer that ffmpeg writes to while the test may read it.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Freeze stops ffmpeg without ending it (SIGSTOP): the connection stays, and nothing comes any more.
func (st *Stream) Freeze(tb testing.TB) {
	tb.Helper()
	if err := st.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		tb.Fatalf("ffmpeg cannot be stopped: %v", err)
	}
}
