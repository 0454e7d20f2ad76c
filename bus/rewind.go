package bus

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// Ahead reports whether the stream holds a pass with a higher number than the one given for its gate, as it does after a
// database was put back from a backup or lost.
func (c *Conn) Ahead(ctx context.Context, cfg StreamConfig, given map[string]uint64, gates []string) (bool, error) {
	const op = "bus.ahead"
	stream, err := c.ensureStream(ctx, cfg)
	if err != nil {
		return false, err
	}
	for _, gate := range gates {
		m, err := stream.GetLastMsgForSubject(ctx, c.subjects.Pass(gate))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return false, menshen.Errorf(menshen.CodeUnavailable, op, "the stream of passes cannot be read").WithCause(err)
		}
		id, err := menshen.ParsePassID(m.Header.Get(jetstream.MsgIDHeader))
		if err == nil && id.Sequence > given[gate] {
			return true, nil
		}
	}
	return false, nil
}

// lookBack is how many of the passes that the consumer has taken last are looked at by Forgotten, and lookBackIdle how many while
// nothing comes.
const (
	lookBack     = 64
	lookBackIdle = 4
)

// committed is what a pass log says of itself.
type committed interface {
	Committed(ctx context.Context, gate string, sequences []uint64) ([]uint64, error)
}

// Forgotten reports whether the durable consumer has taken passes that are not committed, as it is after the pass log was put back
// from a backup: those are not delivered again by themselves. What it was given and has not answered for comes again anyway, so
// that after a crash nothing is forgotten.
func (c *Conn) Forgotten(ctx context.Context, cfg StreamConfig, durable string, log committed) (bool, error) {
	stream, err := c.ensureStream(ctx, cfg)
	if err != nil {
		return false, err
	}
	limited, cancel := c.limit(ctx)
	defer cancel()
	consumer, err := stream.Consumer(limited, durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return false, nil // a new one is given everything
	}
	if err != nil {
		return false, menshen.Errorf(menshen.CodeUnavailable, "bus.forgotten", "the stream of passes cannot be read").WithCause(err)
	}
	if consumer.CachedInfo().Delivered.Stream > stream.CachedInfo().State.LastSeq {
		return true, nil // the stream lost its end: what comes now would count as taken
	}
	_, missing, err := c.takenLast(limited, stream, consumer, log, lookBack)
	return missing > 0, err
}

// UnderWay gives the passes that the durable consumer was given and has not answered for all in a row. Which of them it has answered
// for nobody can tell, so that after a restore one of them may come again or never: have all of them committed. They are some
// thousand at most.
func (c *Conn) UnderWay(ctx context.Context, cfg StreamConfig, durable string) (passes []menshen.Pass, err error) {
	fail := func(err error) ([]menshen.Pass, error) {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "bus.under_way", "the stream of passes cannot be read").WithCause(err)
	}
	stream, err := c.ensureStream(ctx, cfg)
	if err != nil {
		return nil, err
	}
	consumer, err := stream.Consumer(ctx, durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, nil // a new one is given everything
	}
	if err != nil {
		return fail(err)
	}
	has, came := stream.CachedInfo().State, consumer.CachedInfo()
	for n := max(came.AckFloor.Stream+1, has.FirstSeq); n <= min(came.Delivered.Stream, has.LastSeq); n++ {
		m, err := stream.GetMsg(ctx, n)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return fail(err)
		}
		if _, tokenErr := c.subjects.Token(proto.KindPass, m.Subject); tokenErr != nil {
			continue // a probe, or an alert
		}
		if p, err := proto.DecodePass(m.Data); err == nil && p.Validate() == nil {
			passes = append(passes, p) // others are refused when they come
		}
	}
	return passes, nil
}

// takenLast looks at the passes that a consumer has taken last, at most so many, and gives how many of them are not committed.
func (c *Conn) takenLast(ctx context.Context, stream jetstream.Stream, consumer jetstream.Consumer, log committed, most int) (looked, missing int, err error) {
	first, gates := stream.CachedInfo().State.FirstSeq, map[string][]uint64{}
	for n, tries := consumer.CachedInfo().AckFloor.Stream, 0; n >= max(first, 1) && tries < most; n, tries = n-1, tries+1 {
		m, err := stream.GetMsg(ctx, n)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return 0, 0, menshen.Errorf(menshen.CodeUnavailable, "bus.forgotten", "the stream of passes cannot be read").WithCause(err)
		}
		if _, tokenErr := c.subjects.Token(proto.KindPass, m.Subject); tokenErr != nil {
			continue // a probe, or an alert
		}
		if id, err := menshen.ParsePassID(m.Header.Get(jetstream.MsgIDHeader)); err == nil {
			gates[id.Gate] = append(gates[id.Gate], id.Sequence)
		}
	}
	for gate, sequences := range gates {
		slices.Sort(sequences)
		sequences = slices.Compact(sequences) // one may have been sent twice
		there, err := log.Committed(ctx, gate, sequences)
		if err != nil {
			return 0, 0, err
		}
		looked, missing = looked+len(sequences), missing+len(sequences)-len(there)
	}
	return looked, missing, nil
}

// Rewind reads the whole stream for the highest number of every gate, and forgets how far the durable consumer has come,
// so that the pass log, which keeps each pass once, is given everything again. Call it before Relay and Consumer run.
func (c *Conn) Rewind(ctx context.Context, cfg StreamConfig, durable string) (last map[string]uint64, err error) {
	const op = "bus.rewind"
	stream, err := c.ensureStream(ctx, cfg)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (map[string]uint64, error) {
		return nil, menshen.Errorf(menshen.CodeUnavailable, op, "the stream of passes cannot be read from its beginning").WithCause(err)
	}
	if err := stream.DeleteConsumer(ctx, durable); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fail(err)
	}
	consumer, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{c.subjects.AnyPass()}, DeliverPolicy: jetstream.DeliverAllPolicy, HeadersOnly: true,
	})
	if err != nil {
		return fail(err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(c.subjects.AnyPass()))
	if err != nil {
		return fail(err)
	}
	var total, seen uint64
	for _, n := range info.State.Subjects {
		total += n
	}
	last = map[string]uint64{}
	for seen < total {
		batch, err := consumer.Fetch(1000, jetstream.FetchMaxWait(2*time.Second))
		if err != nil {
			return fail(err)
		}
		before := seen
		for m := range batch.Messages() {
			seen++
			gate, tokenErr := c.subjects.Token(proto.KindPass, m.Subject())
			id, idErr := menshen.ParsePassID(m.Headers().Get(jetstream.MsgIDHeader))
			if tokenErr == nil && idErr == nil {
				last[gate] = max(last[gate], id.Sequence)
			}
		}
		if err := batch.Error(); err != nil {
			return fail(err)
		}
		if seen == before {
			return fail(context.DeadlineExceeded)
		}
	}
	return last, nil
}
