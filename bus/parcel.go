package bus

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// parcel is one pass under way.
type parcel struct {
	id    menshen.PassID
	data  []byte
	since time.Time // when the relay first saw it
	state parcelState
	due   time.Time // when something happens to it if nothing else does before
	sent  bool      // it was published at least once
	asked bool      // a question about it is under way
	tries int       // how often it was published again
}

type parcelState int

const (
	parcelUnsent  parcelState = iota // to be published when due
	parcelFlying                     // published; JetStream has not answered, and should have when due
	parcelCarried                    // in JetStream; to be asked about when due
)

// ack is what JetStream says of a published pass.
type ack struct {
	id  menshen.PassID
	err error
}

// fill reads the outbox as far as there is room, and publishes.
func (r *Relay) fill(ctx context.Context) {
	const portion = 1024
	now := r.conn.cfg.Now()
	if now.After(r.rescan) {
		r.rescan = now.Add(r.cfg.Rescan)
		r.cursor, r.more = 0, true
		r.health.clear(passesStuck())
	}
	if r.crowded {
		r.retry(ctx)
	}
	// A quarter of the flight must be free, or the outbox would be read a few rows at a time.
	for r.more && r.inFlight <= r.cfg.InFlight*3/4 && !now.Before(r.paused) && ctx.Err() == nil {
		limit := min(portion, r.cfg.InFlight-r.inFlight, r.room())
		if limit <= 0 {
			return
		}
		passes, next, err := r.box.Pending(ctx, r.cursor, limit)
		if err != nil {
			if ctx.Err() == nil {
				r.conn.tally.add("the outbox cannot be read", err)
			}
			r.paused = now.Add(time.Second)
			return
		}
		r.cursor, r.more = next, len(passes) == limit
		var fresh []*parcel
		for _, p := range passes {
			if x := r.accept(p); x != nil {
				fresh = append(fresh, x)
			}
		}
		if !r.starting {
			r.publish(ctx, fresh)
			continue
		}
		r.starting = r.more
		r.question(ctx)
	}
}

// room is how many more passes may be under way. Where there is none, those that were tried often make room: they stay
// in the outbox, and come again with the next reading from its beginning.
func (r *Relay) room() int {
	if len(r.under) >= r.cfg.Window {
		for id, p := range r.under {
			if p.tries >= r.cfg.Tries && p.state == parcelCarried && !p.asked {
				delete(r.under, id)
				r.stuck(id, menshen.Errorf(menshen.CodeUnavailable, "bus.relay", "pass %s was published %d times and is not committed", id, p.tries))
			}
		}
	}
	return r.cfg.Window - len(r.under)
}

// stuck says that a pass stays in the outbox for now.
func (r *Relay) stuck(id menshen.PassID, err error) {
	r.metrics.stuck.Inc()
	r.conn.tally.add("a pass is stuck in the outbox", err, "pass", id.String())
	r.health.set(passesStuck(), err)
}

// accept puts a pass of the outbox under way, and gives nil where it is already or cannot be.
func (r *Relay) accept(p menshen.Pass) *parcel {
	if _, there := r.under[p.ID]; there || r.done[p.ID.Gate][p.ID.Sequence] {
		return nil
	}
	data, err := proto.EncodePass(p)
	if err != nil {
		r.stuck(p.ID, err) // and the next one is not kept waiting by it
		return nil
	}
	now := r.conn.cfg.Now()
	x := &parcel{id: p.ID, data: data, since: now, due: now}
	if r.starting {
		x.state = parcelCarried // perhaps it was carried before the start: ask
	}
	r.under[p.ID] = x
	return x
}

// retry publishes what is due, in order within each gate, and gives up waiting for acknowledgements that do not come.
func (r *Relay) retry(ctx context.Context) {
	now := r.conn.cfg.Now()
	var due []*parcel
	for _, x := range r.under {
		if now.Before(x.due) {
			continue
		}
		switch x.state {
		case parcelFlying:
			r.land(x)
			r.postpone(x)
		case parcelUnsent:
			due = append(due, x)
		case parcelCarried: // that is for question
		}
	}
	slices.SortFunc(due, func(a, b *parcel) int {
		return cmp.Or(cmp.Compare(a.id.Gate, b.id.Gate), cmp.Compare(a.id.Sequence, b.id.Sequence))
	})
	r.publish(ctx, due)
}

// publish sends passes one after the other, as many as may fly.
func (r *Relay) publish(ctx context.Context, due []*parcel) {
	r.crowded = false
	for i, x := range due {
		if ctx.Err() != nil {
			return
		}
		if r.inFlight >= r.cfg.InFlight {
			r.crowded = true
			return
		}
		if err := r.send(x); err != nil {
			// The connection is down, so the rest need not be tried one by one.
			r.conn.tally.add("passes cannot be published", err)
			r.metrics.failed.Inc()
			for _, y := range due[i:] {
				y.due = r.conn.cfg.Now().Add(time.Second)
			}
			return
		}
	}
}

// send publishes a pass. The answer comes to take.
func (r *Relay) send(x *parcel) error {
	m := &nats.Msg{Subject: r.conn.subjects.Pass(x.id.Gate), Data: x.data, Header: nats.Header{}}
	_, err := r.js.PublishMsgAsync(m, jetstream.WithMsgID(x.id.String()), jetstream.WithExpectStream(r.conn.StreamName()), jetstream.WithRetryAttempts(0))
	if err != nil {
		return unsent("bus.relay", err)
	}
	r.metrics.published.Inc()
	if x.sent {
		r.metrics.republished.Inc()
	}
	x.sent, x.state = true, parcelFlying
	x.due = r.conn.cfg.Now().Add(3 * r.cfg.AckLimit)
	r.inFlight++
	return nil
}

// land ends the flight of a pass.
func (r *Relay) land(x *parcel) {
	if x.state == parcelFlying {
		x.state = parcelUnsent
		r.inFlight--
	}
}

// postpone puts a failed publishing off for a while.
func (r *Relay) postpone(x *parcel) {
	r.metrics.failed.Inc()
	wait := min(r.cfg.AckLimit, time.Second)
	x.due = r.conn.cfg.Now().Add(wait/2 + rand.N(wait/2+1))
}

// take notes what JetStream said.
func (r *Relay) take(a ack) {
	x, there := r.under[a.id]
	if !there || x.state != parcelFlying {
		return // receipted already, or given up
	}
	r.land(x)
	if a.err == nil {
		x.state = parcelCarried
		x.due = r.conn.cfg.Now().Add(r.patience(x.tries))
		return
	}
	if errors.Is(a.err, jetstream.ErrNoStreamResponse) || errors.Is(a.err, nats.ErrNoResponders) {
		r.ensured = time.Time{} // it may have been lost with its folder
	}
	r.conn.tally.add("JetStream did not take a pass", a.err, "pass", a.id.String())
	r.postpone(x)
}

// patience is how long a receipt is waited for, longer with each try.
func (r *Relay) patience(tries int) time.Duration {
	return min(r.cfg.ReceiptLimit<<min(tries, 16), max(r.cfg.MaxWait, r.cfg.ReceiptLimit))
}
