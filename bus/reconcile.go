package bus

import (
	"context"
	"maps"
	"slices"
	"time"

	"menshen"
	"menshen/proto"
)

// questionSize is how many passes one question names.
const questionSize = 1000

// answer is what the other end says of passes that were asked about.
type answer struct {
	about     proto.Receipt
	committed proto.Receipt
	err       error
}

// question asks about passes whose receipt is overdue: one gate at a time, one question at a time.
func (r *Relay) question(ctx context.Context) {
	if r.asking {
		return
	}
	now := r.conn.cfg.Now()
	var about proto.Receipt
	for id, x := range r.under {
		if x.state != parcelCarried || now.Before(x.due) {
			continue
		}
		if about.Gate == "" {
			about.Gate = id.Gate
		}
		if id.Gate == about.Gate && len(about.Sequences) < questionSize {
			about.Sequences = append(about.Sequences, id.Sequence)
			x.asked = true
		}
	}
	if about.Gate == "" {
		return
	}
	r.asking = true
	r.asked.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, r.cfg.AckLimit)
		defer cancel()
		committed, err := r.conn.reconcile(ctx, about)
		r.answers <- answer{about: about, committed: committed, err: err} // there is room: one question at a time
	})
}

// reconcile asks which of the passes are committed.
func (c *Conn) reconcile(ctx context.Context, about proto.Receipt) (proto.Receipt, error) {
	const op = "bus.reconcile"
	data, err := proto.EncodeReconcile(about)
	if err != nil {
		return proto.Receipt{}, err
	}
	m, err := c.ask(ctx, op, proto.KindReconcile, c.subjects.Reconcile(about.Gate), data, asking{
		nobody: menshen.Errorf(menshen.CodeUnavailable, op, "nobody takes passes"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "the question for committed passes was not answered in time"),
	})
	if err != nil {
		return proto.Receipt{}, err
	}
	committed, err := proto.DecodeReceipt(m.Data)
	if err == nil && committed.Gate != about.Gate {
		err = menshen.Errorf(menshen.CodeInvalid, op, "the answer is about another gate")
	}
	return committed, err
}

// settle acts on an answer: what is committed goes, the rest is published again. Without an answer a pass that was never
// published is; another one is known to be in JetStream and waits for whoever takes it.
func (r *Relay) settle(a answer) {
	r.asking = false
	now := r.conn.cfg.Now()
	if a.err != nil {
		r.conn.tally.add("passes without receipt could not be asked about", a.err, "gate", a.about.Gate)
	} else {
		asked := map[uint64]bool{}
		for _, n := range a.about.Sequences {
			asked[n] = true
		}
		committed := proto.Receipt{Gate: a.about.Gate}
		for _, n := range a.committed.Sequences {
			if asked[n] {
				committed.Sequences = append(committed.Sequences, n)
			}
		}
		r.metrics.reconciled.Add(float64(r.commit(committed)))
	}
	for _, id := range a.about.IDs() {
		x, there := r.under[id]
		if !there || !x.asked {
			continue
		}
		x.asked = false
		if r.done[id.Gate][id.Sequence] || x.state != parcelCarried {
			continue
		}
		switch {
		case !x.sent:
			x.state, x.due = parcelUnsent, now
		case a.err != nil:
			x.due = now.Add(r.patience(x.tries))
		default:
			x.tries++
			x.state, x.due = parcelUnsent, now
		}
	}
}

// commit notes that passes are committed at the other end, and gives how many of them that is news for.
func (r *Relay) commit(receipt proto.Receipt) int {
	news := 0
	gate := r.done[receipt.Gate]
	if gate == nil {
		gate = map[uint64]bool{}
		r.done[receipt.Gate] = gate
	}
	for _, n := range receipt.Sequences {
		if !gate[n] {
			gate[n] = true
			news++
		}
	}
	return news
}

// remove takes what is committed out of the outbox. What cannot be taken out now is tried again.
func (r *Relay) remove(ctx context.Context) {
	now := r.conn.cfg.Now()
	if now.Before(r.paused) {
		return
	}
	if len(r.done) == 0 {
		return
	}
	all := make(map[string][]uint64, len(r.done))
	for gate, committed := range r.done {
		all[gate] = slices.AppendSeq(make([]uint64, 0, len(committed)), maps.Keys(committed))
	}
	if err := r.box.RemoveMany(ctx, all); err != nil {
		if ctx.Err() == nil {
			r.conn.tally.add("committed passes cannot be taken out of the outbox", err)
		}
		r.paused = now.Add(time.Second)
		return
	}
	clear(r.done)
	for gate, sequences := range all {
		for _, n := range sequences {
			id := menshen.PassID{Gate: gate, Sequence: n}
			if x, there := r.under[id]; there {
				r.land(x)
				delete(r.under, id)
			}
		}
	}
}
