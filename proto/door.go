package proto

import (
	"time"

	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxHold is the longest time that a door may be asked to stay open.
const maxHold = time.Hour

// DoorCommandToWire converts a command. Hold is rounded down to milliseconds. Direction and hold go with opening alone, so
// that a controller which knows of no other action cannot take one for an opening.
func DoorCommandToWire(c menshen.DoorCommand) *menshenv1.DoorCommand {
	m := &menshenv1.DoorCommand{Gate: c.Gate, At: timeToWire(c.At), Track: c.Track, Action: doorActions().toWire(c.Do())}
	if c.Do() != menshen.DoorOpen {
		return m
	}
	hold := c.Hold.Milliseconds()
	if hold < 0 || hold > maxHold.Milliseconds() {
		hold = maxHold.Milliseconds() + 1 // the way in refuses it
	}
	m.Direction, m.HoldMs = DirectionToWire(c.Direction), uint32(hold)
	return m
}

// DoorCommandFromWire converts a command. Hold is at most one hour; 0 leaves it to the door.
func DoorCommandFromWire(m *menshenv1.DoorCommand) (menshen.DoorCommand, error) {
	const op = "proto.door"
	c := menshen.DoorCommand{Gate: m.GetGate(), Track: m.GetTrack(), Hold: time.Duration(m.GetHoldMs()) * time.Millisecond}
	var err error
	if err = checkID(op, "gate", c.Gate); err != nil {
		return menshen.DoorCommand{}, err
	}
	if err = checkText(op, "the track", c.Track); err != nil {
		return menshen.DoorCommand{}, err
	}
	if m.GetAction() != menshenv1.DoorAction_DOOR_ACTION_UNSPECIFIED {
		if c.Action, err = doorActions().fromWire("door action", m.GetAction()); err != nil {
			return menshen.DoorCommand{}, err
		}
	}
	if c.Action == menshen.DoorOpen {
		c.Action = ""
	}
	if c.At, err = neededTime(op, "the time of the command", m.GetAt()); err != nil {
		return menshen.DoorCommand{}, err
	}
	if c.Do() != menshen.DoorOpen {
		c.Hold = 0
		return c, nil
	}
	if c.Direction, err = DirectionFromWire(m.GetDirection()); err != nil {
		return menshen.DoorCommand{}, err
	}
	if c.Hold > maxHold {
		return menshen.DoorCommand{}, invalid(op, "a door cannot be held open for more than %s, or less than no time", maxHold)
	}
	return c, nil
}

// EncodeDoorCommand gives the bytes of a command.
func EncodeDoorCommand(c menshen.DoorCommand) ([]byte, error) {
	return encode("proto.door", c, DoorCommandToWire, DoorCommandFromWire)
}

// DecodeDoorCommand reads the bytes of a command.
func DecodeDoorCommand(b []byte) (menshen.DoorCommand, error) {
	return decode("proto.door", b, DoorCommandFromWire)
}

// DoorReportToWire converts what became of a command: nil is done.
func DoorReportToWire(failure error) *menshenv1.DoorReport {
	if failure == nil {
		return &menshenv1.DoorReport{Done: true}
	}
	message, _ := menshen.ErrorMessage(failure)
	return &menshenv1.DoorReport{Error: clip(message)}
}

// DoorReportFromWire gives nil for a door that obeyed, CodeUnavailable with the door's own words for one that did not,
// and CodeInvalid for a report that says both or neither.
func DoorReportFromWire(m *menshenv1.DoorReport) error {
	const op = "proto.door"
	if err := checkText(op, "the door's error", m.GetError()); err != nil {
		return err
	}
	switch done, failure := m.GetDone(), m.GetError(); {
	case done && failure == "":
		return nil
	case !done && failure != "":
		return menshen.Errorf(menshen.CodeUnavailable, op, "the door did not do it: %s", failure).WithHint("look at the door's controller")
	}
	return invalid(op, "the door's report makes no sense")
}

// EncodeDoorReport gives the bytes of a report.
func EncodeDoorReport(failure error) []byte {
	b, err := proto.Marshal(DoorReportToWire(failure))
	if err != nil { // cannot be: clip leaves nothing but UTF-8
		return nil
	}
	return b
}

// DecodeDoorReport reads the bytes of a report; see DoorReportFromWire.
func DecodeDoorReport(b []byte) error {
	_, err := decode("proto.door", b, func(m *menshenv1.DoorReport) (struct{}, error) { return struct{}{}, DoorReportFromWire(m) })
	return err
}

// EncodeDoorStateRequest gives the bytes of the question how a door is.
func EncodeDoorStateRequest(gate string) ([]byte, error) {
	return encode("proto.doorstate", gate, func(g string) *menshenv1.DoorStateRequest { return &menshenv1.DoorStateRequest{Gate: g} }, doorStateRequestFromWire)
}

// DecodeDoorStateRequest reads the bytes of the question how a door is.
func DecodeDoorStateRequest(b []byte) (gate string, err error) {
	return decode("proto.doorstate", b, doorStateRequestFromWire)
}

func doorStateRequestFromWire(m *menshenv1.DoorStateRequest) (string, error) {
	return m.GetGate(), checkID("proto.doorstate", "gate", m.GetGate())
}

// DoorStateToWire converts how a door is.
func DoorStateToWire(s menshen.DoorState) *menshenv1.DoorState {
	return &menshenv1.DoorState{
		Gate: s.Gate, Position: doorPositions().toWire(s.Position), Lock: doorLocks().toWire(s.Lock), Alarm: clip(s.Alarm), At: timeToWire(s.At),
	}
}

// DoorStateFromWire converts how a door is. A position or lock that is not known here is unknown.
func DoorStateFromWire(m *menshenv1.DoorState) (menshen.DoorState, error) {
	const op = "proto.doorstate"
	s := menshen.DoorState{Gate: m.GetGate(), Alarm: m.GetAlarm(), Position: menshen.PositionUnknown, Lock: menshen.LockUnknown}
	if err := checkID(op, "gate", s.Gate); err != nil {
		return menshen.DoorState{}, err
	}
	if err := checkText(op, "the door's alarm", s.Alarm); err != nil {
		return menshen.DoorState{}, err
	}
	if p, err := doorPositions().fromWire("door position", m.GetPosition()); err == nil {
		s.Position = p
	}
	if l, err := doorLocks().fromWire("door lock", m.GetLock()); err == nil {
		s.Lock = l
	}
	var err error
	s.At, err = neededTime(op, "the time of the door's state", m.GetAt())
	return s, err
}

// EncodeDoorStateAnswer gives the bytes of a report with how a door is, or why that is not known.
func EncodeDoorStateAnswer(s menshen.DoorState, failure error) []byte {
	m := DoorReportToWire(failure)
	if failure == nil {
		m.State = DoorStateToWire(s)
	}
	b, err := proto.Marshal(m)
	if err != nil { // cannot be: clip leaves nothing but UTF-8, and gates are slugs
		return nil
	}
	return b
}

// DecodeDoorStateAnswer reads the bytes of a report with how a door is.
func DecodeDoorStateAnswer(b []byte) (menshen.DoorState, error) {
	return decode("proto.doorstate", b, func(m *menshenv1.DoorReport) (menshen.DoorState, error) {
		if err := DoorReportFromWire(m); err != nil {
			return menshen.DoorState{}, err
		}
		return DoorStateFromWire(m.GetState())
	})
}
