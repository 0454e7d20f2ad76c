package bus

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"menshen"
	"menshen/proto"
)

// Server is the embedded NATS server of a site. NewServer prepares it, Start makes it answer, Run watches it and starts it
// again where JetStream has stopped taking messages, Close ends it. Safe for concurrent use.
type Server struct {
	cfg      ServerConfig
	subjects proto.Subjects
	seeds    map[Role]menshen.Secret // of the hub and its children
	users    []*server.NkeyUser
	readers  []*server.User // over MQTT
	metrics  *serverMetrics
	health   *health

	turn  sync.Mutex // held while the server starts or stops
	aside time.Time  // when the store was set aside last; guarded by turn

	mu       sync.RWMutex
	nats     *server.Server // nil while it does not run
	mqttPort int            // 0 until the first start and without MQTT, then the one it had
	port     int            // -1 until the first start, then the one it had, so that children find it again
	closed   bool
}

// NewServer checks the configuration and makes the keys. It opens nothing yet.
func NewServer(cfg ServerConfig) (*Server, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	_, port, err := cfg.address()
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, subjects: proto.Subjects{Site: cfg.Site}, seeds: map[Role]menshen.Secret{}, port: port,
		metrics: newServerMetrics(cfg.Registerer), health: newHealth(cfg.Now),
	}
	roles := []Role{RoleHub()}
	for _, id := range cfg.Cameras {
		roles = append(roles, RoleCamera(id))
	}
	for _, id := range cfg.Recognizers {
		roles = append(roles, RoleRecognizer(id))
	}
	for _, r := range roles {
		if _, there := s.seeds[r]; there {
			return nil, menshen.Errorf(menshen.CodeInvalid, "bus.server", "%s is listed twice", r).WithHint("give each its own id")
		}
		seed, public, err := NewSeed()
		if err != nil {
			return nil, err
		}
		s.seeds[r] = seed
		s.users = append(s.users, &server.NkeyUser{Nkey: public, Permissions: permissions(s.subjects, r, nil)})
	}
	if s.readers, err = cfg.MQTT.users(s.subjects); err != nil {
		return nil, err
	}
	for gate, public := range cfg.Doors {
		s.users = append(s.users, &server.NkeyUser{Nkey: public, Permissions: permissions(s.subjects, RoleDoor(gate), nil)})
	}
	for id, post := range cfg.Posts {
		s.users = append(s.users, &server.NkeyUser{Nkey: post.Key, Permissions: permissions(s.subjects, RolePost(id), post.Gates)})
	}
	return s, nil
}

// Start makes the server answer. It fails with CodeUnavailable where the address is taken or cannot be listened on, and
// with CodeInternal or CodeExhausted where JetStream does not start within ReadyLimit. It can be tried again.
func (s *Server) Start(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return s.start(ctx)
}

// start is Start for who has the turn.
func (s *Server) start(ctx context.Context) error { return s.startOn(ctx, false) }

// startOn starts the server; again says that a store was set aside already.
func (s *Server) startOn(ctx context.Context, again bool) error {
	const op = "bus.start"
	s.mu.RLock()
	running, closed, port, mqttPort := s.nats != nil, s.closed, s.port, s.mqttPort
	s.mu.RUnlock()
	switch {
	case closed:
		return menshen.Errorf(menshen.CodeUnavailable, op, "the bus is closed")
	case running:
		return nil
	}
	if err := s.checkAddress(ctx, port); err != nil {
		return err
	}
	if err := s.cfg.MQTT.check(ctx, mqttPort); err != nil {
		return err
	}
	if err := os.MkdirAll(s.cfg.Store, 0o700); err != nil {
		return storeError(op, err)
	}
	log := newServerLog(s.cfg.Log)
	options := s.options(port)
	n, err := server.NewServer(options)
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, op, "the message bus cannot be set up").WithCause(err)
	}
	n.SetLoggerV2(log, false, false, false)
	go n.Start() // ends when the server does
	if err := s.await(ctx, n, log); err != nil {
		stop(n)
		if again || ctx.Err() != nil || s.checkStore() != nil {
			return err
		}
		// The address is free and the folder takes data: what cannot be used is what is in it. The server may read a damaged file
		// without end, so that a start that takes too long is taken for that too.
		if moved := s.moveStore(err); moved != nil {
			return errors.Join(err, moved)
		}
		return s.startOn(ctx, true)
	}

	s.mu.Lock()
	s.nats = n
	if addr, ok := n.Addr().(*net.TCPAddr); ok && !s.cfg.DontListen {
		s.port = addr.Port
	}
	s.mqttPort = options.MQTT.Port // the server writes the real one there before it is ready
	s.mu.Unlock()
	s.cfg.Log.Info("the message bus is up", "address", s.URL(), "store", s.cfg.Store)
	return nil
}

// checkAddress tries to listen: the server itself gives no error that says why it could not.
func (s *Server) checkAddress(ctx context.Context, port int) error {
	if s.cfg.DontListen {
		return nil
	}
	host, _, err := s.cfg.address()
	if err != nil {
		return err
	}
	address := net.JoinHostPort(host, strconv.Itoa(max(port, 0)))
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		_ = l.Close() // it has heard nobody
		return nil
	case errors.Is(err, syscall.EADDRINUSE):
		return menshen.Errorf(menshen.CodeUnavailable, "bus.start", "the address %s of the message bus is in use", address).
			WithHint("stop the other program (another Menshen?), or set bus.listen to another port; port 0 takes any free one").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeUnavailable, "bus.start", "the message bus cannot listen on %s", address).
		WithHint("set bus.listen to an address of this machine, for example 127.0.0.1:4222").WithCause(err)
}

// await waits until the server answers, at most ReadyLimit.
func (s *Server) await(ctx context.Context, n *server.Server, log *serverLog) error {
	const op = "bus.start"
	deadline := time.NewTimer(s.cfg.ReadyLimit)
	defer deadline.Stop()
	for {
		if cause := log.Fatal(); cause != nil {
			return menshen.Errorf(menshen.CodeInternal, op, "the message bus did not start").
				WithHint("see the log; if its folder is damaged, move it away: what passes wait in it wait in the outbox too").WithCause(cause)
		}
		if n.ReadyForConnections(25 * time.Millisecond) {
			return nil
		}
		select {
		case <-ctx.Done():
			return menshen.Errorf(menshen.CodeUnavailable, op, "the start of the message bus was broken off").WithCause(ctx.Err())
		case <-deadline.C:
			return menshen.Errorf(menshen.CodeUnavailable, op, "the message bus was not ready within %s", s.cfg.ReadyLimit).
				WithHint("look at the disk: a full or very slow one keeps JetStream from starting")
		default:
		}
	}
}

// tlsLimit is how many seconds a handshake may take.
const tlsLimit = 5

// options gives the NATS server's options. They are made anew for each start, because the server writes into them.
func (s *Server) options(port int) *server.Options {
	host, _, err := s.cfg.address()
	if err != nil { // cannot be: validate has read it
		host = "127.0.0.1"
	}
	users := make([]*server.NkeyUser, len(s.users))
	for i, u := range s.users {
		users[i] = &server.NkeyUser{Nkey: u.Nkey, Permissions: u.Permissions}
	}
	o := &server.Options{
		ServerName: "menshen-" + s.cfg.Site,
		Host:       host, Port: port, DontListen: s.cfg.DontListen,
		Nkeys:                  users, // and nobody without
		NoSigs:                 true,  // signals are for the program
		MaxPayload:             MaxPayload,
		MaxPending:             256 << 20, // some photographs on their way to one slow recognizer
		MaxControlLine:         4 << 10,
		JetStream:              true,
		StoreDir:               s.cfg.Store,
		JetStreamMaxMemory:     64 << 20,
		JetStreamMaxStore:      s.cfg.MaxStore,
		SyncAlways:             s.cfg.SyncAlways,
		DisableJetStreamBanner: true,
	}
	if s.cfg.TLS != nil {
		o.TLSConfig, o.TLSTimeout = s.cfg.TLS.Clone(), tlsLimit
	}
	s.mu.RLock()
	s.cfg.MQTT.options(o, s.readers, s.mqttPort)
	s.mu.RUnlock()
	return o
}

// URL is where children connect, "" where the server does not listen or has not started yet.
func (s *Server) URL() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	host, _, err := s.cfg.address()
	if s.cfg.DontListen || s.port <= 0 || err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "nats://"
	if s.cfg.TLS != nil {
		scheme = "tls://"
	}
	return scheme + net.JoinHostPort(host, strconv.Itoa(s.port))
}

// Credentials gives what a role connects with: the hub, a camera or a recognizer of the configuration. A door's key is
// with the door: the caller has made it. CodeNotFound for a role that has no user here.
func (s *Server) Credentials(r Role) (Credentials, error) {
	seed, ok := s.seeds[r]
	if !ok {
		return Credentials{}, menshen.Errorf(menshen.CodeNotFound, "bus.credentials", "the message bus has no user %q", r.String())
	}
	return Credentials{Role: r, URL: s.URL(), Seed: seed, Authority: s.cfg.Authority}, nil
}

// InProcessConn gives a connection that needs no network. It fails while the server does not run.
func (s *Server) InProcessConn() (net.Conn, error) {
	s.mu.RLock()
	n := s.nats
	s.mu.RUnlock()
	if n == nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "bus.connect", "the message bus is not running")
	}
	return n.InProcessConn()
}

// Close ends the server and returns when all of it has ended. Connections should be closed before. It may be called more
// than once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.turn.Lock() // a start under way ends first
	defer s.turn.Unlock()
	s.halt()
	return nil
}

// halt stops the server that runs, if any. The caller has the turn.
func (s *Server) halt() {
	s.mu.Lock()
	n := s.nats
	s.nats = nil
	s.mu.Unlock()
	if n != nil {
		stop(n)
	}
}

func stop(n *server.Server) {
	n.Shutdown()
	n.WaitForShutdown()
}

// storeError words a failure of the file system.
func storeError(op string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return menshen.Errorf(menshen.CodeExhausted, op, "the disk of the message bus is full").WithHint("make space, then start again").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeUnavailable, op, "the folder of the message bus cannot be used").
		WithHint("give Menshen's user the right to write in the data folder").WithCause(err)
}
