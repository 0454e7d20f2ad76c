package web

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"menshen"
)

// Server is the HTTP server of the hub. New listens, Run serves, Close frees what New took.
type Server struct {
	cfg      Config
	log      *slog.Logger
	http     *http.Server
	listener net.Listener
	leaf     *x509.Certificate // nil without TLS
	stopping chan struct{}     // closed when Run is to end, so that streams end
	stop     func()
}

// New checks the configuration and takes the listener, so that an address in use is known before anything else starts:
// CodeUnavailable, naming the address and web.listen. Calls wait in the backlog until Run.
func New(deps Deps, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := errors.Join(deps.validate(), cfg.Validate()); err != nil {
		return nil, err
	}
	return newServer(cfg, deps.Log, func(s *Server) (http.Handler, error) { return s.routes(deps) })
}

// newServer listens; routes makes what is served.
func newServer(cfg Config, log *slog.Logger, routes func(s *Server) (http.Handler, error)) (*Server, error) {
	s := &Server{cfg: cfg, log: log, stopping: make(chan struct{})}
	s.stop = sync.OnceFunc(func() { close(s.stopping) })
	handler, err := routes(s)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if cfg.TLS != nil {
		s.http.TLSConfig = cfg.TLS.Clone()
	} else if cfg.TLSCert != "" {
		cert, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
		if err != nil {
			return nil, menshen.Errorf(menshen.CodeInvalid, "web.tls", "web.tls_cert and web.tls_key: %s and %s cannot be used together", cfg.TLSCert, cfg.TLSKey).
				WithHint("give the PEM files of a certificate chain and of its own private key, readable by Menshen").WithCause(err)
		}
		if s.leaf, err = x509.ParseCertificate(cert.Certificate[0]); err != nil {
			return nil, menshen.Errorf(menshen.CodeInvalid, "web.tls", "web.tls_cert: %s holds no certificate", cfg.TLSCert).
				WithHint("give the PEM files of a certificate chain and of its own private key, readable by Menshen").WithCause(err)
		}
		s.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	}
	if s.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, cannotListen(cfg.Listen, err)
	}
	return s, nil
}

func cannotListen(addr string, err error) error {
	const op = "web.listen"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return menshen.Errorf(menshen.CodeUnavailable, op, "the address %s is in use by another program", addr).
			WithHint("stop that program (is Menshen running already?), or set web.listen to another port").WithCause(err)
	case errors.Is(err, fs.ErrPermission):
		return menshen.Errorf(menshen.CodeDenied, op, "listening on %s is not allowed", addr).
			WithHint("set web.listen to a port of 1024 or above").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "Menshen cannot listen on %s", addr).
		WithHint("set web.listen to an address of this machine, for example %s", DefaultListen).WithCause(err)
}

// Addr gives the address listened on, with the real port where the configuration has 0.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL gives the address for a browser on this machine.
func (s *Server) URL() string {
	scheme := "http"
	if s.cfg.encrypted() {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(s.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// KeyHash gives the SHA-256 of the public key (SubjectPublicKeyInfo) of the certificate, in lower-case hex, for clients on
// this machine to know the server by; "" without TLS.
func (s *Server) KeyHash() string {
	if s.leaf == nil {
		return s.cfg.KeyHash
	}
	sum := sha256.Sum256(s.leaf.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// Run serves until ctx ends; then it takes no more calls, ends the streams, lets other calls finish within the grace,
// and returns nil. It is called once.
func (s *Server) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() {
		if s.cfg.encrypted() { // Serve itself sets http.TLSConfig, so that says nothing
			served <- s.http.ServeTLS(s.listener, "", "")
			return
		}
		served <- s.http.Serve(s.listener)
	}()
	select {
	case err := <-served:
		_ = s.Close() // it has ended already
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return menshen.Errorf(menshen.CodeUnavailable, "web.run", "the web server on %s ended", s.cfg.Listen).
			WithHint("restart Menshen; if it comes back, see the log").WithCause(err)
	case <-ctx.Done():
	}
	s.stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Grace)
	defer cancel()
	if err := s.http.Shutdown(grace); err != nil {
		s.log.Warn("calls were cut off at the end of the grace", "grace", s.cfg.Grace)
	}
	err := s.http.Close()
	<-served
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return menshen.Errorf(menshen.CodeInternal, "web.run", "the web server did not close").WithCause(err)
	}
	return nil
}

// Close frees the listener and cuts off whatever is still open. It may be called more than once, with or without Run.
func (s *Server) Close() error {
	s.stop()
	err := errors.Join(s.http.Close(), s.listener.Close())
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
