package bus

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"menshen"
)

// Subscription is something that a Conn listens to. Close ends it.
type Subscription struct {
	conn    *Conn
	nats    *nats.Subscription
	ended   chan struct{} // closed when NATS hands over nothing more
	stop    func()        // closes the backlog
	cancel  context.CancelFunc
	workers sync.WaitGroup
	once    sync.Once
}

// Close stops listening, lets the handlers finish what was received, and returns when they have ended. After CloseLimit
// their context ends. It may be called more than once, but not from a handler.
func (s *Subscription) Close() error {
	s.once.Do(func() {
		limit := time.AfterFunc(s.conn.cfg.CloseLimit, s.cancel)
		defer limit.Stop()
		if s.nats.Drain() != nil { // the connection is down: there is nothing to come
			_ = s.nats.Unsubscribe()
		}
		deadline := time.NewTimer(s.conn.cfg.CloseLimit)
		defer deadline.Stop()
		select {
		case <-s.ended:
		case <-deadline.C:
			_ = s.nats.Unsubscribe() // what fails here fails because it is over already
		}
		s.stop()
		s.workers.Wait()
		s.cancel()
		s.conn.mu.Lock()
		delete(s.conn.open, s)
		s.conn.mu.Unlock()
	})
	s.workers.Wait()
	return nil
}

// listening says how messages of one kind are received.
type listening[T any] struct {
	kind    string
	subject string
	queue   string // group that shares the messages; "" for all of them
	size    int    // of the backlog
	workers int    // handlers at the same time; 1 keeps the order
	decode  func(*nats.Msg) (T, error)
	keep    func(T) bool             // entries to drop last
	full    func(T)                  // answers what finds no room; nil drops the oldest instead
	bad     func(*nats.Msg, error)   // answers what cannot be read; nil counts it only
	handle  func(context.Context, T) // gets a context that ends with the subscription
}

// listen subscribes and starts the handlers. It returns once the server has taken the subscription: CodeDenied where it
// refuses it.
func listen[T any](ctx context.Context, c *Conn, l listening[T]) (*Subscription, error) {
	const op = "bus.subscribe"
	b := newBacklog(l.size, l.keep)
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &Subscription{conn: c, ended: make(chan struct{}), stop: b.close, cancel: cancel}
	received, dropped := c.metrics.received.WithLabelValues(l.kind), c.metrics.dropped
	full, unreadable := dropped.WithLabelValues(l.kind, lostFull), dropped.WithLabelValues(l.kind, lostUndecodable)

	take := func(m *nats.Msg) {
		v, err := l.decode(m)
		if err != nil {
			unreadable.Inc()
			c.tally.add("a message cannot be read", err, "kind", l.kind)
			if l.bad != nil {
				l.bad(m, err)
			}
			return
		}
		received.Inc()
		if l.full == nil {
			if b.put(v) {
				full.Inc()
				c.tally.add("a subscriber is too slow, the oldest message was dropped", nil, "kind", l.kind)
			}
		} else if !b.offer(v) {
			full.Inc()
			l.full(v)
		}
	}

	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		cancel()
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the connection to the message bus is closed")
	}
	sub, err := c.nats.QueueSubscribe(l.subject, l.queue, take)
	if err != nil {
		c.mu.Unlock()
		cancel()
		return nil, unsent(op, err)
	}
	sub.SetClosedHandler(func(string) { close(s.ended) })
	s.nats = sub
	c.open[s] = struct{}{}
	for range max(l.workers, 1) {
		s.workers.Go(func() {
			for {
				v, ok := b.take()
				if !ok {
					return
				}
				l.handle(handling, v)
			}
		})
	}
	c.mu.Unlock()

	if err := c.confirm(ctx, sub); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// confirm waits until the server has taken the subscription.
func (c *Conn) confirm(ctx context.Context, sub *nats.Subscription) error {
	const op = "bus.subscribe"
	ctx, cancel := c.limit(ctx)
	defer cancel()
	if err := c.nats.FlushWithContext(ctx); err != nil {
		return unsent(op, err)
	}
	// A refusal comes before the answer to the flush, and stays the connection's last error. That another refusal came
	// since does not matter: it is told apart by the subject.
	err := c.nats.LastError()
	if errors.Is(err, nats.ErrPermissionViolation) && refused(err, sub) {
		return menshen.Errorf(menshen.CodeDenied, op, "%s may not listen to this subject", c.cfg.Name).WithCause(err)
	}
	return nil
}

// refused reports whether a permission error is about this subscription.
func refused(err error, sub *nats.Subscription) bool {
	return strings.Contains(err.Error(), `Subscription to "`+sub.Subject+`"`)
}
