package bus

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// frameLimit is how long a camera may take to take a frame in; then the next one is better.
const frameLimit = 2 * time.Second

// SendFrame hands a frame (JPEG, at most proto.MaxFrame bytes) to a camera whose pictures are sent to it, and gives what the
// camera saw last. It fails with CodeUnavailable where the camera does not run, and with CodeInvalid where the frame cannot
// be decoded.
func (c *Conn) SendFrame(ctx context.Context, camera string, jpeg []byte) (menshen.Seen, error) {
	const op = "bus.frame"
	if err := menshen.ValidateSlug("camera", camera); err != nil {
		return menshen.Seen{}, err
	}
	if err := proto.CheckFrame(jpeg); err != nil {
		return menshen.Seen{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, frameLimit)
	defer cancel()
	m, err := c.ask(ctx, op, proto.KindFrame, c.subjects.Frame(camera), jpeg, asking{
		nobody: menshen.Errorf(menshen.CodeUnavailable, op, "the camera %s is not running", camera).
			WithHint("wait a few seconds while it starts; if it does not, run menshen status"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "the camera %s did not take the frame in time", camera).
			WithHint("wait a few seconds; if it comes back, run menshen status"),
	})
	if err != nil {
		return menshen.Seen{}, err
	}
	return proto.DecodeSeen(m.Data)
}

// ServeFrames hands the frames for a camera to the handler, one after the other, and answers with what it gives. Of frames
// that wait the oldest is dropped, without an answer.
func (c *Conn) ServeFrames(ctx context.Context, camera string, handle func(context.Context, []byte) (menshen.Seen, error)) (*Subscription, error) {
	if err := menshen.ValidateSlug("camera", camera); err != nil {
		return nil, err
	}
	answer := func(m *nats.Msg, s menshen.Seen, err error) { c.answer(proto.KindFrame, m, proto.EncodeSeen(s, err)) }
	return listen(ctx, c, listening[*nats.Msg]{
		kind: proto.KindFrame, subject: c.subjects.Frame(camera), size: 2, workers: 1,
		decode: func(m *nats.Msg) (*nats.Msg, error) { return m, proto.CheckFrame(m.Data) },
		bad:    func(m *nats.Msg, err error) { answer(m, menshen.Seen{}, err) },
		handle: func(ctx context.Context, m *nats.Msg) {
			s, err := handle(ctx, m.Data)
			answer(m, s, err)
		},
	})
}
