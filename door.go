package menshen

import (
	"cmp"
	"time"
)

// DoorAction is what doors are told to do.
type DoorAction string

const (
	DoorOpen      DoorAction = "open"      // once
	DoorHold      DoorAction = "hold"      // stay open until told otherwise
	DoorLock      DoorAction = "lock"      // stay shut, whatever the policy says
	DoorNormal    DoorAction = "normal"    // the policy decides
	DoorEmergency DoorAction = "emergency" // every door opens and stays open: fire
)

// Valid reports whether a is one of the actions above.
func (a DoorAction) Valid() bool {
	switch a {
	case DoorOpen, DoorHold, DoorLock, DoorNormal, DoorEmergency:
		return true
	}
	return false
}

// DoorCommand tells the door of a gate what to do.
type DoorCommand struct {
	Gate      string
	Action    DoorAction // "" is open
	Direction Direction  // of opening
	At        time.Time
	Track     string        // what it is opened for
	Hold      time.Duration // of opening: how long it stays open
}

// Do gives the action.
func (c DoorCommand) Do() DoorAction { return cmp.Or(c.Action, DoorOpen) }

// DoorResult says whether a door did what it was told.
type DoorResult struct {
	Gate      string
	Confirmed bool
	Message   Text // what went wrong
}

// DoorPosition says whether the leaf of a door stands open.
type DoorPosition string

const (
	PositionUnknown DoorPosition = "unknown"
	PositionClosed  DoorPosition = "closed"
	PositionOpen    DoorPosition = "open"
)

// LockState says what holds a door.
type LockState string

const (
	LockUnknown  LockState = "unknown"
	LockLocked   LockState = "locked"
	LockUnlocked LockState = "unlocked" // for somebody to pass
	LockHeld     LockState = "held"     // unlocked until told otherwise
)

// DoorState is how a door is, as far as its device can tell.
type DoorState struct {
	Gate     string
	Position DoorPosition
	Lock     LockState
	Alarm    string // in the device's words; "" for none
	At       time.Time
}

// Alarms that every device's words are brought to; others stay as the device has them.
const (
	AlarmForced   = "forced"    // opened without a command
	AlarmHeldOpen = "held open" // stands open too long, by the device's own clock
)
