package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// analyseLimit is how long a recognizer may work on one photograph. It is shorter than answerLimit, after which an answer
// would be refused.
const analyseLimit = time.Minute

// Analyse has a recognizer find the faces of a photograph (JPEG or PNG, at most proto.MaxImage bytes) and waits for the
// answer until ctx ends, at most AskLimit where it has no deadline. It fails with CodeUnavailable where no recognizer
// runs or answers in time, with CodeExhausted where all are busy, and with whatever error the recognizer gave.
func (c *Conn) Analyse(ctx context.Context, image []byte) (menshen.Analysis, error) {
	const op = "bus.analyse"
	data, err := proto.EncodeAnalyseRequest(image)
	if err != nil {
		return menshen.Analysis{}, err
	}
	m, err := c.ask(ctx, op, proto.KindAnalyse, c.subjects.Analyse(), data, asking{
		nobody: menshen.Errorf(menshen.CodeUnavailable, op, "no recognizer is running").
			WithHint("wait a few seconds while it starts; if it does not, run menshen status and menshen doctor"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "the recognizer did not answer in time").
			WithHint("try again; if it comes back, run menshen status"),
	})
	if err != nil {
		return menshen.Analysis{}, err
	}
	return proto.DecodeAnalysis(m.Data)
}

// ServeAnalyse answers requests with what the handler finds, on up to workers goroutines at the same time. Servers that
// name the same queue share the requests; recognizers use RecognizerQueue. A request that finds no room is answered with
// CodeExhausted at once. The handler's context ends after a minute.
func (c *Conn) ServeAnalyse(ctx context.Context, queue string, workers int, handle func(context.Context, []byte) (menshen.Analysis, error)) (*Subscription, error) {
	type request struct {
		image []byte
		m     *nats.Msg
	}
	answer := func(m *nats.Msg, a menshen.Analysis, err error) {
		c.answer(proto.KindAnalyse, m, proto.EncodeAnalysis(a, err))
	}
	return listen(ctx, c, listening[request]{
		kind: proto.KindAnalyse, subject: c.subjects.Analyse(), queue: queue, size: c.cfg.QueueRequests, workers: workers,
		decode: func(m *nats.Msg) (request, error) {
			image, err := proto.DecodeAnalyseRequest(m.Data)
			return request{image: image, m: m}, err
		},
		bad: func(m *nats.Msg, err error) { answer(m, menshen.Analysis{}, err) },
		full: func(r request) {
			answer(r.m, menshen.Analysis{}, menshen.Errorf(menshen.CodeExhausted, "bus.analyse", "the recognizer has too many photographs to look at").
				WithHint("try again in a few seconds"))
		},
		handle: func(ctx context.Context, r request) {
			ctx, cancel := context.WithTimeout(ctx, analyseLimit)
			defer cancel()
			a, err := handle(ctx, r.image)
			answer(r.m, a, err)
		},
	})
}

// asking words the two ways in which a request finds no answer.
type asking struct{ nobody, silent *menshen.Error }

// ask sends a request and waits for the first answer.
func (c *Conn) ask(ctx context.Context, op, kind, subject string, data []byte, words asking) (*nats.Msg, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	c.metrics.sent.WithLabelValues(kind).Inc()
	m, err := c.nats.RequestWithContext(ctx, subject, data)
	switch {
	case err == nil:
		return m, nil
	case errors.Is(err, nats.ErrNoResponders):
		return nil, words.nobody.WithCause(err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return nil, words.silent.WithCause(err)
	}
	c.metrics.dropped.WithLabelValues(kind, lostUnsent).Inc()
	return nil, unsent(op, err)
}

// answer sends the answer to a request. Who asked may be gone.
func (c *Conn) answer(kind string, m *nats.Msg, data []byte) {
	if err := m.Respond(data); err != nil {
		c.metrics.dropped.WithLabelValues(kind, lostUnsent).Inc()
		c.tally.add("an answer could not be sent", err, "kind", kind)
		return
	}
	c.metrics.sent.WithLabelValues(kind).Inc()
}
