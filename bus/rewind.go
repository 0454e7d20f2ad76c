package bus

import (
	"context"
	"errors"
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
