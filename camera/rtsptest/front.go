package rtsptest

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
)

// front takes TLS connections and passes what is inside to the server, as cameras do it. The server's own TLS also
// encrypts each packet (SRTP), which FFmpeg cannot read.
type front struct {
	l    net.Listener
	work sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // nil after close
}

func newFront(addr, to string, cert tls.Certificate) (*front, error) {
	l, err := tls.Listen("tcp", addr, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	if err != nil {
		return nil, err
	}
	f := &front{l: l, conns: map[net.Conn]bool{}}
	f.work.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			f.work.Go(func() { f.pass(in, to) })
		}
	})
	return f, nil
}

// keep remembers a connection for close; false after that.
func (f *front) keep(c net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.conns == nil {
		return false
	}
	f.conns[c] = true
	return true
}

func (f *front) drop(c net.Conn) {
	_ = c.Close() // may be closed already
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
}

func (f *front) pass(in net.Conn, to string) {
	defer f.drop(in)
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer f.drop(out)
	if !f.keep(in) || !f.keep(out) {
		return
	}
	f.work.Go(func() {
		_, _ = io.Copy(out, in) // ends with either connection
		_ = out.Close()
	})
	_, _ = io.Copy(in, out)
}

func (f *front) close() {
	_ = f.l.Close()
	f.mu.Lock()
	for c := range f.conns {
		_ = c.Close()
	}
	f.conns = nil
	f.mu.Unlock()
	f.work.Wait()
}
