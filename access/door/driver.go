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

// Driver tells doors what to do. It is safe for concurrent use.
type Driver interface {
	// Command returns nil once the door has taken the command. It fails with CodeInvalid for a command that makes no sense,
	// with CodeMissing for an action that this kind of door does not know, having told it nothing, and with CodeUnavailable
	// for a door that refuses, does not answer within the driver's time limit or before ctx ends, or after Close. Every
	// error has a hint.
	Command(ctx context.Context, cmd menshen.DoorCommand) error
	// State reads how the door of a gate is. It fails with CodeMissing where the device cannot tell, and else as Command
	// does. It changes nothing.
	State(ctx context.Context, gate string) (menshen.DoorState, error)
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
	if !cmd.Do().Valid() {
		return menshen.Errorf(menshen.CodeInvalid, op, "the door action %q is unknown", cmd.Action).WithHint("use open, hold, lock, normal or emergency")
	}
	if cmd.Do() != menshen.DoorOpen {
		return nil
	}
	if cmd.Direction != menshen.DirectionIn && cmd.Direction != menshen.DirectionOut {
		return menshen.Errorf(menshen.CodeInvalid, op, "the direction %q is unknown", cmd.Direction).WithHint("use in or out")
	}
	if cmd.Hold < minHold || cmd.Hold > maxHold {
		return menshen.Errorf(menshen.CodeInvalid, op, "a door cannot be held open for %v", cmd.Hold).WithHint("set %v … %v", minHold, maxHold)
	}
	return nil
}

// unable is the error of a door that does not know an action.
func unable(cmd menshen.DoorCommand) error {
	return menshen.Errorf(menshen.CodeMissing, "door.command", "the door at gate %q does not know the action %q", cmd.Gate, cmd.Do()).
		WithHint("it can only be opened: use a key, or a door controller that can do more")
}

// mute is the error of a door that cannot tell how it is.
func mute(gate string) error {
	return menshen.Errorf(menshen.CodeMissing, "door.state", "the door at gate %q cannot tell whether it is open", gate).
		WithHint("use a door controller with a door contact, over ONVIF or the message bus")
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
