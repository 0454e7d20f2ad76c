// Package door holds the drivers that tell a door to open: over HTTP to a relay, over the message bus to a door
// controller, or not at all. One contract suite (package doortest) holds for all.
//
// A driver tells, once, within its time limit. It does not decide, repeat, or remember; that is package access.
//
// A new driver is one new file beside these and one line in the configuration of package cmd.
package door

import (
	"context"
	"errors"
	"time"

	"menshen"
)

// Driver opens doors. It is safe for concurrent use.
type Driver interface {
	// Open returns nil once the door has taken the command. It fails with CodeInvalid for a command that makes no sense,
	// and with CodeUnavailable for a door that refuses, does not answer within the driver's time limit or before ctx
	// ends, or after Close. Every error has a hint.
	Open(ctx context.Context, cmd menshen.DoorCommand) error
	// Close waits for nothing and may be called more than once.
	Close() error
}

// DefaultLimit is the time limit of a command where none is set.
const DefaultLimit = 2 * time.Second

// Bounds of a command.
const (
	minHold = 100 * time.Millisecond
	maxHold = 5 * time.Minute
)

// check refuses a command that no driver can carry out.
func check(cmd menshen.DoorCommand) error {
	const op = "door.open"
	if err := menshen.ValidateSlug("gate", cmd.Gate); err != nil {
		return err
	}
	if cmd.Direction != menshen.DirectionIn && cmd.Direction != menshen.DirectionOut {
		return menshen.Errorf(menshen.CodeInvalid, op, "the direction %q is unknown", cmd.Direction).WithHint("use in or out")
	}
	if cmd.Hold < minHold || cmd.Hold > maxHold {
		return menshen.Errorf(menshen.CodeInvalid, op, "a door cannot be held open for %v", cmd.Hold).WithHint("set %v … %v", minHold, maxHold)
	}
	return nil
}

// checkLimit gives the time limit to use.
func checkLimit(limit time.Duration) (time.Duration, error) {
	if limit == 0 {
		return DefaultLimit, nil
	}
	if limit < 10*time.Millisecond || limit > time.Minute {
		return 0, menshen.Errorf(menshen.CodeInvalid, "door.config", "the time limit of %v is out of range", limit).WithHint("set 10ms … 1m")
	}
	return limit, nil
}

// unanswered is the error of a door that did not take the command. cause must not hold secrets.
func unanswered(cmd menshen.DoorCommand, limit time.Duration, cause error) error {
	e := menshen.Errorf(menshen.CodeUnavailable, "door.open", "the door at gate %q did not take the command", cmd.Gate).WithCause(cause)
	switch {
	case errors.Is(cause, context.DeadlineExceeded):
		e.Message += " in time"
		return e.WithHint("check power and network of the door controller; the time limit is %v", limit)
	case errors.Is(cause, context.Canceled):
		return e.WithHint("the command was called off; give it again if somebody still waits")
	}
	return e.WithHint("check address, power and network of the door controller")
}

func closed() error {
	return menshen.Errorf(menshen.CodeUnavailable, "door.open", "the door driver is closed").WithHint("start the service again")
}
