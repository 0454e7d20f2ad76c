package bus

import (
	"context"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// ServePresentations hands what was shown to readers on the bus to the handler, and answers with its decision.
func (c *Conn) ServePresentations(ctx context.Context, handle func(context.Context, menshen.Presentation) (menshen.Decision, error)) (*Subscription, error) {
	return serve(ctx, c, proto.KindPresent, c.subjects.AnyPresent(), func(m *nats.Msg) (menshen.Presentation, error) {
		p, err := proto.DecodePresentation(m.Data)
		if err != nil {
			return p, err
		}
		return p, c.checkSubject(proto.KindPresent, m, p.Gate)
	}, func(ctx context.Context, p menshen.Presentation, err error) ([]byte, error) {
		var d menshen.Decision
		if err == nil {
			d, err = handle(ctx, p)
		}
		return proto.EncodePresentationAnswer(d, err), nil
	})
}

// Present hands over what was shown to a reader and waits for the decision, at most AskLimit where ctx has no deadline. The
// connection needs the role of the gate's door.
func (c *Conn) Present(ctx context.Context, p menshen.Presentation) (menshen.Decision, error) {
	const op = "bus.present"
	data, err := proto.EncodePresentation(p)
	if err != nil {
		return menshen.Decision{}, err
	}
	m, err := c.ask(ctx, op, proto.KindPresent, c.subjects.Present(p.Gate), data, asking{
		nobody: menshen.Errorf(menshen.CodeUnavailable, op, "nobody decides at gate %s", p.Gate).WithHint("start the hub or the gate's post"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "gate %s did not answer in time", p.Gate).WithHint("look at the gate's post, and show it again"),
	})
	if err != nil {
		return menshen.Decision{}, err
	}
	return proto.DecodePresentationAnswer(m.Data)
}
