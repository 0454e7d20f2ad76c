package bus

import (
	"context"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// AskDoor has the door of the command's gate do what it says, and returns nil once its controller says that it did. ctx, or AskLimit
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
// is a door that did it. A command that finds no room, because the door is slow, is refused.
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

// AskDoorState asks the controller of a gate how the door is. It fails with CodeMissing where none answers that question: it
// is off, or cannot tell.
func (c *Conn) AskDoorState(ctx context.Context, gate string) (menshen.DoorState, error) {
	const op = "bus.door_state"
	data, err := proto.EncodeDoorStateRequest(gate)
	if err != nil {
		return menshen.DoorState{}, err
	}
	m, err := c.ask(ctx, op, proto.KindDoorState, c.subjects.DoorState(gate), data, asking{
		nobody: menshen.Errorf(menshen.CodeMissing, op, "no door controller tells how the door of gate %s is", gate).
			WithHint("start the door's controller, or check its key and its gate id"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "the door controller of gate %s did not answer in time", gate).
			WithHint("look at the door's controller"),
	})
	if err != nil {
		return menshen.DoorState{}, err
	}
	s, err := proto.DecodeDoorStateAnswer(m.Data)
	if err == nil && s.Gate != gate {
		return menshen.DoorState{}, menshen.Errorf(menshen.CodeInvalid, op, "the answer is about another gate")
	}
	return s, err
}

// ServeDoorState answers how the door of a gate is. A controller that cannot tell does not serve it.
func (c *Conn) ServeDoorState(ctx context.Context, gate string, read func(context.Context) (menshen.DoorState, error)) (*Subscription, error) {
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return nil, err
	}
	answer := func(m *nats.Msg, s menshen.DoorState, err error) {
		s.Gate = gate
		c.answer(proto.KindDoorState, m, proto.EncodeDoorStateAnswer(s, err))
	}
	return listen(ctx, c, listening[*nats.Msg]{
		kind: proto.KindDoorState, subject: c.subjects.DoorState(gate), size: c.cfg.QueueRequests, workers: 1,
		decode: func(m *nats.Msg) (*nats.Msg, error) {
			about, err := proto.DecodeDoorStateRequest(m.Data)
			if err != nil {
				return nil, err
			}
			return m, c.checkSubject(proto.KindDoorState, m, about)
		},
		bad: func(m *nats.Msg, err error) { answer(m, menshen.DoorState{}, err) },
		full: func(m *nats.Msg) {
			answer(m, menshen.DoorState{}, menshen.Errorf(menshen.CodeExhausted, "bus.door", "the door has too many commands waiting"))
		},
		handle: func(ctx context.Context, m *nats.Msg) {
			s, err := read(ctx)
			answer(m, s, err)
		},
	})
}
