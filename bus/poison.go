package bus

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// poisonMemory is how long a refused pass stays a condition.
const poisonMemory = time.Hour

// read gives the pass of a message. Its gate and site must be those of the subject.
func (c *Consumer) read(m jetstream.Msg) (menshen.Pass, error) {
	const op = "bus.consumer"
	p, err := proto.DecodePass(m.Data())
	if err != nil {
		return menshen.Pass{}, err
	}
	gate, err := c.conn.subjects.Token(proto.KindPass, m.Subject())
	if err != nil {
		return menshen.Pass{}, err
	}
	if gate != p.ID.Gate || p.Site != c.conn.cfg.Site {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeInvalid, op, "a pass of site %q and gate %q came on the subject of gate %q", p.Site, p.ID.Gate, gate)
	}
	return p, nil
}

// refuse takes a pass out of the stream for good, without a receipt.
func (c *Consumer) refuse(m jetstream.Msg, cause error) {
	c.metrics.poison.Inc()
	c.poisoned = c.conn.cfg.Now()
	c.health.set(passesRefused(), cause)
	c.conn.tally.add("a pass was refused for good", cause, "subject", m.Subject(), "id", m.Headers().Get(jetstream.MsgIDHeader))
	c.answered(m.TermWithReason("unusable"))
}

// forgive ends the condition of refused passes some time after the last one.
func (c *Consumer) forgive() {
	if !c.poisoned.IsZero() && c.conn.cfg.Now().Sub(c.poisoned) > poisonMemory {
		c.poisoned = time.Time{}
		c.health.clear(passesRefused())
	}
}

// serveReconcile answers which passes are committed.
func (c *Consumer) serveReconcile(ctx context.Context) (*Subscription, error) {
	type request struct {
		about proto.Receipt
		m     *nats.Msg
	}
	// Nothing, which is no receipt, tells who asked not to wait: ask again later.
	nothing := func(m *nats.Msg) { c.conn.answer(proto.KindReconcile, m, nil) }
	return listen(ctx, c.conn, listening[request]{
		kind: proto.KindReconcile, subject: c.conn.subjects.AnyReconcile(), queue: c.cfg.Durable, size: c.conn.cfg.QueueReports, workers: 1,
		decode: func(m *nats.Msg) (request, error) {
			about, err := proto.DecodeReconcile(m.Data)
			if err != nil {
				return request{}, err
			}
			return request{about: about, m: m}, c.conn.checkSubject(proto.KindReconcile, m, about.Gate)
		},
		bad:  func(m *nats.Msg, _ error) { nothing(m) },
		full: func(r request) { nothing(r.m) },
		handle: func(ctx context.Context, r request) {
			ctx, cancel := context.WithTimeout(ctx, c.cfg.AckWait)
			defer cancel()
			committed, err := c.log.Committed(ctx, r.about.Gate, r.about.Sequences)
			if err != nil {
				c.conn.tally.add("committed passes could not be looked up", err, "gate", r.about.Gate)
				nothing(r.m)
				return
			}
			data, err := proto.EncodeReceipt(proto.Receipt{Gate: r.about.Gate, Sequences: committed})
			if err != nil {
				c.conn.tally.add("committed passes could not be told", err, "gate", r.about.Gate)
			}
			c.conn.answer(proto.KindReconcile, r.m, data)
		},
	})
}
