package door

import (
	"context"
	"sync/atomic"
	"time"

	"menshen"
)

// Asker asks a door controller over the message bus. It is safe for concurrent use and returns when ctx ends.
type Asker interface {
	// AskDoor returns nil once the controller has answered that it took the command.
	AskDoor(ctx context.Context, cmd menshen.DoorCommand) error
	// AskDoorState gives how the door is; CodeMissing where nobody answers that question.
	AskDoorState(ctx context.Context, gate string) (menshen.DoorState, error)
}

// Bus tells a door controller that listens on the message bus.
type Bus struct {
	asker  Asker
	limit  time.Duration
	closed atomic.Bool
}

// NewBus makes the driver. A limit of 0 is the default of 2 s.
func NewBus(asker Asker, limit time.Duration) (*Bus, error) {
	limit, err := checkLimit(limit)
	if err != nil {
		return nil, err
	}
	return &Bus{asker: asker, limit: limit}, nil
}

// Command asks once.
func (d *Bus) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if d.closed.Load() {
		return closed()
	}
	if err := check(cmd); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	err := d.asker.AskDoor(ctx, cmd)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = ctx.Err() // the cause behind whatever the bus makes of it
	}
	return unanswered(cmd, d.limit, err)
}

// State asks once.
func (d *Bus) State(ctx context.Context, gate string) (menshen.DoorState, error) {
	if d.closed.Load() {
		return menshen.DoorState{}, closed()
	}
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return menshen.DoorState{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.limit)
	defer cancel()
	s, err := d.asker.AskDoorState(ctx, gate)
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil:
		return s, unanswered(menshen.DoorCommand{Gate: gate}, d.limit, ctx.Err())
	case menshen.ErrorCode(err) == menshen.CodeMissing:
		return s, mute(gate)
	}
	return s, unanswered(menshen.DoorCommand{Gate: gate}, d.limit, err)
}

// Close makes the driver refuse; the bus belongs to its owner.
func (d *Bus) Close() error {
	d.closed.Store(true)
	return nil
}
