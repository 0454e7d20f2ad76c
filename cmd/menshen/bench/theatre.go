package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"menshen"
)

// theatre is where the clip is shown: an RTSP server on 127.0.0.1 with one address for each camera. ffmpeg publishes the
// clip once, in real time and without end; every camera gets it, each later than the one before. It knows which frame of
// the clip went out to whom and when.
type theatre struct {
	server *gortsplib.Server
	addr   string
	frames int // of the clip
	delays []time.Duration

	mu      sync.Mutex
	streams []*gortsplib.ServerStream // by camera; nil before the clip is announced
	sent    [][]time.Time             // by camera: when each frame, counted from the start of publishing, had gone out whole
	queues  []chan outgoing
	ended   chan struct{} // closed by close
	senders sync.WaitGroup

	ffmpeg *exec.Cmd
	said   bytes.Buffer
}

// outgoing is a packet and when it came from ffmpeg.
type outgoing struct {
	at     time.Time
	media  *description.Media
	packet *rtp.Packet
}

const (
	theatreQueue = 1 << 14          // packets that wait for their time: more than a minute of the clips in testdata
	theatreStart = 20 * time.Second // until ffmpeg publishes
)

// openTheatre starts to show a clip of so many frames to cameras with the given delays. Close it.
func openTheatre(ctx context.Context, clip string, frames int, delays []time.Duration) (t *theatre, err error) {
	const op = "cmd.bench"
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeMissing, op, "ffmpeg, which plays the clip, is not installed").
			WithHint("apt-get install ffmpeg").WithCause(err)
	}
	t = &theatre{frames: frames, delays: delays, sent: make([][]time.Time, len(delays)), ended: make(chan struct{})}
	for range delays {
		t.queues = append(t.queues, make(chan outgoing, theatreQueue))
	}
	// Only a listener knows a free port for sure, and gortsplib takes an address: so it is handed one of ours.
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "no port can be opened on 127.0.0.1").WithCause(err)
	}
	t.addr = listener.Addr().String()
	t.server = &gortsplib.Server{
		Handler: t, RTSPAddress: t.addr, WriteQueueSize: 4096,
		Listen: func(string, string) (net.Listener, error) { return listener, nil },
	}
	if err := t.server.Start(); err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the RTSP server does not start on %s", t.addr).WithCause(errors.Join(err, listener.Close()))
	}
	for i := range delays {
		t.senders.Go(func() { t.send(i) })
	}
	t.ffmpeg = exec.CommandContext(context.WithoutCancel(ctx), program, "-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", clip,
		"-an", "-c", "copy", "-f", "rtsp", "-rtsp_transport", "tcp", t.address("clip"))
	t.ffmpeg.Stdout, t.ffmpeg.Stderr = &t.said, &t.said
	if err := t.ffmpeg.Start(); err != nil {
		t.ffmpeg = nil
		t.close()
		return nil, menshen.Errorf(menshen.CodeInternal, op, "ffmpeg cannot be started").WithCause(err)
	}
	for end := time.Now().Add(theatreStart); !t.playing(); {
		err := sleep(ctx, 20*time.Millisecond)
		if err == nil && time.Now().After(end) {
			err = menshen.Errorf(menshen.CodeInvalid, op, "ffmpeg does not publish %s", filepath.Base(clip)).
				WithHint("give an H.264 clip with --clip")
		}
		if err != nil {
			t.close()
			return nil, err
		}
	}
	return t, nil
}

func (t *theatre) address(path string) string { return "rtsp://" + t.addr + "/" + path }

// camera is the address of a camera, from 0 on.
func (t *theatre) camera(i int) string { return t.address(fmt.Sprintf("camera-%d", i+1)) }

// playing reports whether the first frame went out to everybody but for their delays.
func (t *theatre) playing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.streams != nil && len(t.sent[0]) > 0
}

// send gives a camera each packet when its time has come.
func (t *theatre) send(camera int) {
	for {
		var o outgoing
		select {
		case <-t.ended:
			return
		case o = <-t.queues[camera]:
		}
		if wait := time.Until(o.at.Add(t.delays[camera])); wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case <-t.ended:
				timer.Stop()
				return
			case <-timer.C:
			}
		}
		t.mu.Lock()
		stream := t.streams[camera]
		t.mu.Unlock()
		_ = stream.WritePacketRTP(o.media, o.packet) // fails only while the stream is being closed
		if o.packet.Marker {
			t.mu.Lock()
			t.sent[camera] = append(t.sent[camera], time.Now())
			t.mu.Unlock()
		}
	}
}

// shown is one showing of a part of the clip to a camera: when its first and its last frame had gone out.
func (t *theatre) shown(camera, firstFrame, lastFrame int) (all []menshen.Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sent := t.sent[camera]
	for at := 0; at+lastFrame < len(sent); at += t.frames {
		all = append(all, menshen.Span{From: sent[at+firstFrame], To: sent[at+lastFrame]})
	}
	return all
}

// close ends ffmpeg, the server and all goroutines.
func (t *theatre) close() {
	if t.ffmpeg != nil {
		_ = t.ffmpeg.Process.Kill() // fails only where it has ended
		_ = t.ffmpeg.Wait()         // that it was killed says nothing
	}
	close(t.ended)
	t.senders.Wait()
	t.server.Close()
}

// used is the processor time of ffmpeg so far.
func (t *theatre) used() time.Duration {
	all, err := measureParts(t.ffmpeg.Process.Pid)
	if err != nil {
		return 0
	}
	return all["hub"].cpu
}

func cameraOf(path string) int {
	n := 0
	if _, err := fmt.Sscanf(strings.Trim(path, "/"), "camera-%d", &n); err != nil {
		return -1
	}
	return n - 1
}

// OnAnnounce implements gortsplib.ServerHandlerOnAnnounce: ffmpeg tells what it is going to publish.
func (t *theatre) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.streams != nil {
		return &base.Response{StatusCode: base.StatusBadRequest}, errors.New("the clip is published already")
	}
	var streams []*gortsplib.ServerStream
	for range t.delays {
		s := &gortsplib.ServerStream{Server: t.server, Desc: ctx.Description}
		if err := s.Initialize(); err != nil {
			return &base.Response{StatusCode: base.StatusInternalServerError}, err
		}
		streams = append(streams, s)
	}
	t.streams = streams
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnDescribe implements gortsplib.ServerHandlerOnDescribe.
func (t *theatre) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return t.find(ctx.Path)
}

// OnSetup implements gortsplib.ServerHandlerOnSetup.
func (t *theatre) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if ctx.Session.State() == gortsplib.ServerSessionStatePreRecord {
		return &base.Response{StatusCode: base.StatusOK}, nil, nil
	}
	return t.find(ctx.Path)
}

func (t *theatre) find(path string) (*base.Response, *gortsplib.ServerStream, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := cameraOf(path)
	if i < 0 || i >= len(t.streams) {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, t.streams[i], nil
}

// OnPlay implements gortsplib.ServerHandlerOnPlay.
func (t *theatre) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) { //nolint:unparam // gortsplib's interface
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnRecord implements gortsplib.ServerHandlerOnRecord: packets go into the queue of every camera.
func (t *theatre) OnRecord(ctx *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) { //nolint:unparam // gortsplib's interface
	ctx.Session.OnPacketRTPAny(func(m *description.Media, _ format.Format, p *rtp.Packet) {
		o := outgoing{at: time.Now(), media: m, packet: p.Clone()}
		for _, q := range t.queues {
			select {
			case q <- o:
			case <-t.ended:
				return
			}
		}
	})
	return &base.Response{StatusCode: base.StatusOK}, nil
}
