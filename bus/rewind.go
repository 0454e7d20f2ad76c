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

// lookBack is how many of the passes that the consumer has taken last are looked at by Forgotten.
const lookBack = 64

// Forgotten reports whether the durable consumer has taken passes that are not committed, as it is after the pass log was put back
// from a backup: those are not delivered again by themselves. What it was given and has not answered for comes again anyway, so
// that after a crash nothing is forgotten.
func (c *Conn) Forgotten(ctx context.Context, cfg StreamConfig, durable string, log interface {
	Committed(ctx context.Context, gate string, sequences []uint64) ([]uint64, error)
},
) (bool, error) {
	const op = "bus.forgotten"
	stream, err := c.ensureStream(ctx, cfg)
	if err != nil {
		return false, err
	}
	fail := func(err error) (bool, error) {
		return false, menshen.Errorf(menshen.CodeUnavailable, op, "the stream of passes cannot be read").WithCause(err)
	}
	limited, cancel := c.limit(ctx)
	defer cancel()
	consumer, err := stream.Consumer(limited, durable)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return false, nil // a new one is given everything
	}
	if err != nil {
		return fail(err)
	}
	first := stream.CachedInfo().State.FirstSeq
	gates := map[string][]uint64{}
	for n, looked := consumer.CachedInfo().AckFloor.Stream, 0; n >= max(first, 1) && looked < lookBack; n, looked = n-1, looked+1 {
		m, err := stream.GetMsg(limited, n)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return fail(err)
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
		committed, err := log.Committed(ctx, gate, sequences)
		if err != nil {
			return false, err
		}
		if len(committed) < len(sequences) {
			return true, nil
		}
	}
	return false, nil
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
