package proto

import (
	"time"

	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxHold is the longest time that a door may be asked to stay open.
const maxHold = time.Hour

// DoorCommandToWire converts a command. Hold is rounded down to milliseconds.
func DoorCommandToWire(c menshen.DoorCommand) *menshenv1.DoorCommand {
	hold := c.Hold.Milliseconds()
	if hold < 0 || hold > maxHold.Milliseconds() {
		hold = maxHold.Milliseconds() + 1 // the way in refuses it
	}
	return &menshenv1.DoorCommand{Gate: c.Gate, Direction: DirectionToWire(c.Direction), At: timeToWire(c.At), Track: c.Track, HoldMs: uint32(hold)}
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
	if c.Direction, err = DirectionFromWire(m.GetDirection()); err != nil {
		return menshen.DoorCommand{}, err
	}
	if c.At, err = neededTime(op, "the time of the command", m.GetAt()); err != nil {
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
		return menshen.Errorf(menshen.CodeUnavailable, op, "the door did not open: %s", failure).WithHint("look at the door's controller")
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
