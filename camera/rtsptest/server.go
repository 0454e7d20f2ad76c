// Package rtsptest is an RTSP server in the process of a test: programs publish video into it (ANNOUNCE, RECORD) and
// cameras are read from it (PLAY). It tells when each frame passed through, and can be stopped and started again on
// the same port. It is for tests only.
package rtsptest

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"
	"github.com/pion/rtp"
)

// Options of a server; the zero Options are an open one without TLS.
type Options struct {
	User, Password string // readers must give them; publishers need not
	TLS            bool   // rtsps:// with a certificate of its own signing

	Silence time.Duration // a publisher that sends nothing for so long is cut off; 10 s if 0
}

// Server is an RTSP server on 127.0.0.1. Safe for concurrent use.
type Server struct {
	opt     Options
	addr    string // host:port for readers, the same after a restart
	inAddr  string // host:port for publishers: the same unless readers use TLS
	udpPort int    // even; RTCP is the next one
	cert    tls.Certificate

	mu      sync.Mutex
	server  *gortsplib.Server // nil while stopped
	front   *front            // with TLS
	streams map[string]*live
	readers map[*gortsplib.ServerSession]string // what each reads
	seen    map[string][]time.Time
}

// live is what is being published under a path.
type live struct {
	out       *gortsplib.ServerStream
	publisher *gortsplib.ServerSession
	ready     bool // RECORD has come
}

// New starts a server and ends it with the test.
func New(tb testing.TB, opt Options) *Server {
	tb.Helper()
	s := &Server{opt: opt, streams: map[string]*live{}, readers: map[*gortsplib.ServerSession]string{}, seen: map[string][]time.Time{}}
	if opt.TLS {
		s.cert = mustCertificate(tb)
	}
	s.addr = fmt.Sprintf("127.0.0.1:%d", mustFreePort(tb))
	s.inAddr = s.addr
	if opt.TLS {
		s.inAddr = fmt.Sprintf("127.0.0.1:%d", mustFreePort(tb))
	}
	s.udpPort = mustFreePair(tb)
	s.Start(tb)
	tb.Cleanup(s.Stop)
	return s
}

// Start starts a stopped server again, on the port it had. What was published must be published again.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return
	}
	silence := cmp.Or(s.opt.Silence, 10*time.Second)
	server := &gortsplib.Server{
		Handler: handler{s}, RTSPAddress: s.inAddr, ReadTimeout: silence, WriteTimeout: 10 * time.Second, WriteQueueSize: 4096,
		UDPRTPAddress:  fmt.Sprintf("127.0.0.1:%d", s.udpPort),
		UDPRTCPAddress: fmt.Sprintf("127.0.0.1:%d", s.udpPort+1),
	}
	if err := server.Start(); err != nil {
		tb.Fatalf("the RTSP server does not start on %s: %v", s.inAddr, err)
	}
	s.server = server
	if s.opt.TLS {
		f, err := newFront(s.addr, s.inAddr, s.cert)
		if err != nil {
			tb.Fatalf("the RTSP server does not start on %s: %v", s.addr, err)
		}
		s.front = f
	}
}

// Stop cuts all connections and frees the port; it returns after all of the server's goroutines ended.
func (s *Server) Stop() {
	s.mu.Lock()
	server, front := s.server, s.front
	s.server, s.front = nil, nil
	s.mu.Unlock()
	if server != nil {
		server.Close()
	}
	if front != nil {
		front.close()
	}
}

// URL is the address of a path, with the user and the password that readers need.
func (s *Server) URL(path string) string {
	scheme, user := "rtsp", ""
	if s.opt.TLS {
		scheme = "rtsps"
	}
	if s.opt.User != "" {
		user = s.opt.User + ":" + s.opt.Password + "@"
	}
	return fmt.Sprintf("%s://%s%s/%s", scheme, user, s.addr, path)
}

// Addr is host:port.
func (s *Server) Addr() string { return s.addr }

// Frames gives the time at which each video frame published under a path had arrived whole, in order, since the last
// start of publishing.
func (s *Server) Frames(path string) []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.seen[path]...)
}

// FirstFrameAt gives the time at which the first frame of what is published under a path had arrived, and whether
// there was one.
func (s *Server) FirstFrameAt(path string) (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.seen[path]; len(f) > 0 {
		return f[0], true
	}
	return time.Time{}, false
}

// Readers is how many sessions read a path over the given transport now: "TCP" or "UDP".
func (s *Server) Readers(path, transport string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for session, of := range s.readers {
		if t := session.SetuppedTransport(); of == path && t != nil && t.String() == transport {
			n++
		}
	}
	return n
}

func (s *Server) published(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.streams[path]
	return l != nil && l.ready
}

// handler answers the requests of both sides.
type handler struct{ s *Server }

func trim(path string) string { return strings.Trim(path, "/") }

// OnSessionClose ends what a publisher published, and forgets a reader.
func (h handler) OnSessionClose(ctx *gortsplib.ServerHandlerOnSessionCloseCtx) {
	h.s.mu.Lock()
	delete(h.s.readers, ctx.Session)
	var over []*gortsplib.ServerStream
	for path, l := range h.s.streams {
		if l.publisher == ctx.Session {
			over = append(over, l.out)
			delete(h.s.streams, path)
		}
	}
	h.s.mu.Unlock()
	for _, o := range over {
		o.Close()
	}
}

// OnDescribe gives readers what is published.
func (h handler) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if h.s.opt.User != "" && !ctx.Conn.VerifyCredentials(ctx.Request, h.s.opt.User, h.s.opt.Password) {
		return &base.Response{StatusCode: base.StatusUnauthorized}, nil, liberrors.ErrServerAuth{}
	}
	return h.find(ctx.Path)
}

func (h handler) find(path string) (*base.Response, *gortsplib.ServerStream, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	l := h.s.streams[trim(path)]
	if l == nil {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, l.out, nil
}

// OnAnnounce begins a publication. Another one of the same path must have ended.
func (h handler) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	path := trim(ctx.Path)
	if h.s.streams[path] != nil || h.s.server == nil {
		return &base.Response{StatusCode: base.StatusBadRequest}, fmt.Errorf("%q is published already", path)
	}
	out := &gortsplib.ServerStream{Server: h.s.server, Desc: ctx.Description}
	if err := out.Initialize(); err != nil {
		return &base.Response{StatusCode: base.StatusInternalServerError}, err
	}
	h.s.streams[path] = &live{out: out, publisher: ctx.Session}
	h.s.seen[path] = nil
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnSetup prepares either side.
func (h handler) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if ctx.Session.State() == gortsplib.ServerSessionStatePreRecord {
		return &base.Response{StatusCode: base.StatusOK}, nil, nil
	}
	return h.find(ctx.Path)
}

// OnPlay lets a reader begin.
func (h handler) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	h.s.readers[ctx.Session] = trim(ctx.Path)
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// OnRecord lets a publisher begin: packets go to all readers, and the last packet of each frame is noted.
func (h handler) OnRecord(ctx *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	path := trim(ctx.Path)
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	l := h.s.streams[path]
	if l == nil {
		return &base.Response{StatusCode: base.StatusBadRequest}, fmt.Errorf("%q was not announced", path)
	}
	l.ready = true
	ctx.Session.OnPacketRTPAny(func(m *description.Media, _ format.Format, p *rtp.Packet) {
		if p.Marker && m.Type == description.MediaTypeVideo {
			at := time.Now()
			h.s.mu.Lock()
			h.s.seen[path] = append(h.s.seen[path], at)
			h.s.mu.Unlock()
		}
		_ = l.out.WritePacketRTP(m, p) // fails only while the stream is being closed
	})
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// mustFreePort finds a TCP port that is free now.
func mustFreePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// mustFreePair finds an even UDP port that is free now together with the next one.
func mustFreePair(tb testing.TB) int {
	tb.Helper()
	for range 100 {
		a, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		port := a.LocalAddr().(*net.UDPAddr).Port
		var b net.PacketConn
		if port%2 == 0 {
			b, err = net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port+1))
		}
		_ = a.Close()
		if b != nil && err == nil {
			_ = b.Close()
			return port
		}
	}
	tb.Fatal("no two neighbouring UDP ports are free")
	return 0
}
