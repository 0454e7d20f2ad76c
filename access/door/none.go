package door

import (
	"context"
	"log/slog"
	"sync/atomic"

	"menshen"
)

// None drives no door: it logs the command, for gates that a guard opens by hand and for trying things out.
type None struct {
	log    *slog.Logger
	closed atomic.Bool
}

// NewNone makes the driver.
func NewNone(log *slog.Logger) *None { return &None{log: log} }

// Command logs the command.
func (d *None) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if d.closed.Load() {
		return closed()
	}
	if err := check(cmd); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return unanswered(cmd, DefaultLimit, err)
	}
	d.log.Info("door would be told", "gate", cmd.Gate, "action", cmd.Do(), "direction", cmd.Direction, "track", cmd.Track, "hold", cmd.Hold)
	return nil
}

// State knows nothing.
func (d *None) State(_ context.Context, gate string) (menshen.DoorState, error) {
	if d.closed.Load() {
		return menshen.DoorState{}, closed()
	}
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return menshen.DoorState{}, err
	}
	return menshen.DoorState{}, mute(gate)
}

// Close makes the driver refuse.
func (d *None) Close() error {
	d.closed.Store(true)
	return nil
}
