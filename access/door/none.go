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

// Open logs the command.
func (d *None) Open(ctx context.Context, cmd menshen.DoorCommand) error {
	if d.closed.Load() {
		return closed()
	}
	if err := check(cmd); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return unanswered(cmd, DefaultLimit, err)
	}
	d.log.Info("door would open", "gate", cmd.Gate, "direction", cmd.Direction, "track", cmd.Track, "hold", cmd.Hold)
	return nil
}

// Close makes the driver refuse.
func (d *None) Close() error {
	d.closed.Store(true)
	return nil
}
