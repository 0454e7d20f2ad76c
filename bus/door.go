package bus

import (
	"context"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// AskDoor has the door of the command's gate open, and returns nil once its controller says that it did. ctx, or AskLimit
// where it has no deadline, bounds the waiting. It fails with CodeUnavailable where no controller answers or it refuses.
func (c *Conn) AskDoor(ctx context.Context, cmd menshen.DoorCommand) error {
	const op = "bus.door"
	data, err := proto.EncodeDoorCommand(cmd)
	if err != nil {
		return err
	}
	m, err := c.ask(ctx, op, proto.KindDoor, c.subjects.Door(cmd.Gate), data, asking{
		nobody: menshen.Errorf(menshen.CodeUnavailable, op, "no door controller listens for gate %s", cmd.Gate).
			WithHint("start the door's controller, or check its key and its gate id"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "the door controller of gate %s did not answer in time", cmd.Gate).
			WithHint("look at the door's controller"),
	})
	if err != nil {
		return err
	}
	return proto.DecodeDoorReport(m.Data)
}

// ServeDoor hands the commands for the door of a gate to the handler, one after the other, and reports what it gives: nil
// is an open door. A command that finds no room, because the door is slow, is refused.
func (c *Conn) ServeDoor(ctx context.Context, gate string, handle func(context.Context, menshen.DoorCommand) error) (*Subscription, error) {
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return nil, err
	}
	type request struct {
		cmd menshen.DoorCommand
		m   *nats.Msg
	}
	answer := func(m *nats.Msg, err error) { c.answer(proto.KindDoor, m, proto.EncodeDoorReport(err)) }
	return listen(ctx, c, listening[request]{
		kind: proto.KindDoor, subject: c.subjects.Door(gate), size: c.cfg.QueueRequests, workers: 1,
		decode: func(m *nats.Msg) (request, error) {
			cmd, err := proto.DecodeDoorCommand(m.Data)
			if err != nil {
				return request{}, err
			}
			return request{cmd: cmd, m: m}, c.checkSubject(proto.KindDoor, m, cmd.Gate)
		},
		bad: answer,
		full: func(r request) {
			answer(r.m, menshen.Errorf(menshen.CodeExhausted, "bus.door", "the door has too many commands waiting"))
		},
		handle: func(ctx context.Context, r request) { answer(r.m, handle(ctx, r.cmd)) },
	})
}
