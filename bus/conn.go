package bus

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// Conn is one connection to the bus, in the words of the root package. It comes back by itself for as long as it lives, and
// subscriptions with it. Safe for concurrent use.
type Conn struct {
	cfg      ConnConfig
	subjects proto.Subjects
	nats     *nats.Conn
	js       jetstream.JetStream
	metrics  *connMetrics
	tally    *tally

	mu      sync.Mutex
	open    map[*Subscription]struct{}
	closed  bool
	streams sync.Mutex // held while a stream is looked for and made
}

// Connect makes a connection. The first one must stand within ConnectLimit: CodeUnavailable where nobody answers,
// CodeDenied where the seed is not known there. ctx is looked at before only.
func Connect(ctx context.Context, cfg ConnConfig) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "bus.connect", "connecting was broken off").WithCause(err)
	}
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Conn{
		cfg: cfg, subjects: proto.Subjects{Site: cfg.Site}, metrics: newConnMetrics(cfg.Registerer),
		tally: newTally(cfg.Log), open: map[*Subscription]struct{}{},
	}
	nc, err := dial(cfg,
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				cfg.Log.Warn("the connection to the bus is down", "connection", cfg.Name, "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) {
			c.metrics.reconnects.Inc()
			cfg.Log.Info("the connection to the bus is back", "connection", cfg.Name)
		}),
		nats.ErrorHandler(c.onError),
	)
	if err != nil {
		return nil, err
	}
	c.nats = nc
	c.js, err = jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, menshen.Errorf(menshen.CodeInternal, "bus.connect", "JetStream cannot be used").WithCause(err)
	}
	return c, nil
}

// dial makes the NATS connection.
func dial(cfg ConnConfig, more ...nats.Option) (*nats.Conn, error) {
	const op = "bus.connect"
	public, err := PublicKey(cfg.Credentials.Seed)
	if err != nil {
		return nil, err
	}
	seed := cfg.Credentials.Seed
	options := []nats.Option{
		nats.Name(cfg.Name),
		nats.Nkey(public, func(nonce []byte) ([]byte, error) {
			pair, err := userPair(seed)
			if err != nil {
				return nil, err
			}
			defer pair.Wipe()
			return pair.Sign(nonce)
		}),
		nats.CustomInboxPrefix(cfg.Credentials.Role.inbox()),
		nats.Timeout(cfg.ConnectLimit),
		nats.MaxReconnects(-1),
		nats.IgnoreAuthErrorAbort(), // a server that is just starting may refuse; its keys are the same after
		nats.CustomReconnectDelay(reconnectDelay),
		// What is published while the connection is down fails at once instead of being sent later: see the package.
		nats.ReconnectBufSize(-1),
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DrainTimeout(cfg.CloseLimit),
	}
	address := cfg.Credentials.URL
	if cfg.Server != nil {
		address, options = "", append(options, nats.InProcessServer(cfg.Server)) // a network's address would ask for TLS
	} else if strings.HasPrefix(cfg.Credentials.URL, "tls:") {
		options = append(options, nats.Secure(&tls.Config{MinVersion: tls.VersionTLS12}))
		if trust := cfg.trust(); trust != nil {
			options = append(options, nats.ClientTLSConfig(nil, trust))
		}
	}
	nc, err := nats.Connect(address, append(options, more...)...)
	switch {
	case err == nil:
		return nc, nil
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrNkeysNotSupported):
		return nil, menshen.Errorf(menshen.CodeDenied, op, "the message bus does not know the key of %s", cfg.Name).
			WithHint("give the key that the hub has for it; keys of children are made anew at each start of the hub").WithCause(err)
	}
	if own, ok := errors.AsType[*menshen.Error](err); ok { // of the authority
		return nil, own
	}
	if stranger(err) {
		return nil, menshen.Errorf(menshen.CodeDenied, op, "whoever answers at the address of the message bus has no certificate of the site's authority for that name").
			WithHint("give this machine the hub's authority (menshen certificate export), and use a name or address that is in the hub's certificate").WithCause(err)
	}
	return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the message bus does not answer").
		WithHint("start the hub (menshen serve), and check the address").WithCause(err)
}

// trust gives who may sign the server's certificate, at each attempt; nil is whom this machine trusts anyway.
func (c ConnConfig) trust() nats.RootCAsHandler {
	if c.Authority == nil && len(c.Credentials.Authority) == 0 {
		return nil
	}
	return func() (*x509.CertPool, error) {
		text := c.Credentials.Authority
		if c.Authority != nil {
			var err error
			if text, err = c.Authority(); err != nil {
				return nil, err
			}
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(text) {
			return nil, menshen.Errorf(menshen.CodeInvalid, "bus.connect", "the certificate of the hub's authority cannot be read").
				WithHint("export it anew on the hub: menshen certificate export")
		}
		return pool, nil
	}
}

// stranger reports whether a connection failed because the certificate of the other side is not to be trusted.
func stranger(err error) bool {
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	return unverified || errors.Is(err, nats.ErrSecureConnWanted)
}

// reconnectDelay grows from 50 ms to 2 s, with jitter, so that many clients do not come back in step.
func reconnectDelay(attempts int) time.Duration {
	d := min(50*time.Millisecond<<min(max(attempts-1, 0), 10), 2*time.Second)
	return d/2 + rand.N(d/2+1)
}

// onError takes what NATS says outside of any call.
func (c *Conn) onError(_ *nats.Conn, sub *nats.Subscription, err error) {
	switch {
	case errors.Is(err, nats.ErrSlowConsumer):
		subject := ""
		if sub != nil {
			subject = sub.Subject
		}
		c.tally.add("messages were lost: a subscriber is too slow", err, "subject", subject)
	case errors.Is(err, nats.ErrPermissionViolation):
		c.metrics.denied.Inc()
		c.tally.add("the bus refused a subject", err, "connection", c.cfg.Name)
	default:
		c.tally.add("the connection to the bus reported an error", err, "connection", c.cfg.Name)
	}
}

// Connected reports whether the connection stands now.
func (c *Conn) Connected() bool { return c.nats.IsConnected() }

// Flush returns once the server has handled everything that was published before.
func (c *Conn) Flush(ctx context.Context) error {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	if err := c.nats.FlushWithContext(ctx); err != nil {
		return unsent("bus.flush", err)
	}
	return nil
}

// Close ends the subscriptions, letting their handlers finish what was received (at most CloseLimit), and then the
// connection. It returns after all goroutines ended, and may be called more than once.
func (c *Conn) Close() error {
	c.mu.Lock()
	c.closed = true
	var open []*Subscription
	for s := range c.open {
		open = append(open, s)
	}
	c.mu.Unlock()
	var all sync.WaitGroup
	for _, s := range open {
		all.Go(func() { _ = s.Close() }) // says nothing but nil
	}
	all.Wait()
	if c.nats.IsConnected() {
		_ = c.nats.FlushTimeout(c.cfg.CloseLimit) // answers and reports on their way; what does not get through now is lost anyway
	}
	c.nats.Close()
	c.tally.close()
	return nil
}

// limit gives a context that ends after AskLimit, unless it has a deadline of its own.
func (c *Conn) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, has := ctx.Deadline(); has {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, c.cfg.AskLimit)
}

// publish sends a message that was encoded before.
func (c *Conn) publish(kind, subject string, data []byte, err error) error {
	if err == nil {
		if err = c.nats.Publish(subject, data); err != nil {
			err = unsent("bus.publish", err)
		}
	}
	if err != nil {
		c.metrics.dropped.WithLabelValues(kind, lostUnsent).Inc()
		return err
	}
	c.metrics.sent.WithLabelValues(kind).Inc()
	return nil
}

// unsent words why a message did not leave.
func unsent(op string, err error) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return menshen.Errorf(menshen.CodeInvalid, op, "a message is larger than the message bus takes").WithCause(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return menshen.Errorf(menshen.CodeUnavailable, op, "the message bus did not answer in time").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeUnavailable, op, "the connection to the message bus is down").
		WithHint("it comes back by itself while the hub runs").WithCause(err)
}
