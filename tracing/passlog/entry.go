package passlog

import "menshen"

// Entry is one pass on the trail of a person.
type Entry struct {
	At   uint32 // tick
	Door uint32 // number of the gate << 8 | Flags
}

// Gate gives the number of the gate.
func (e Entry) Gate() uint32 { return e.Door >> 8 }

// Flags gives what else is known of the pass.
func (e Entry) Flags() Flags { return Flags(e.Door) }

// Flags is what stays, contacts and their sureness need of a pass beside who, where and when.
type Flags uint8

const (
	flagIn Flags = 1 << iota
	flagAllowed
	gradeShift = 2
)

// Grades is the number of grades of confidence: 0, which is full confidence, to Grades-1.
const Grades = 16

// In reports whether the gate was crossed inwards.
func (f Flags) In() bool { return f&flagIn != 0 }

// Allowed reports whether the gate let the person through: a pass that was not proves presence at the gate only.
func (f Flags) Allowed() bool { return f&flagAllowed != 0 }

// Grade gives the grade of confidence, as Config.Grade gave it: 0 is full confidence.
func (f Flags) Grade() uint8 { return uint8(f >> gradeShift) }

func flagsOf(way menshen.Direction, outcome menshen.Outcome, grade uint8) Flags {
	f := Flags(min(grade, Grades-1)) << gradeShift
	if way == menshen.DirectionIn {
		f |= flagIn
	}
	if outcome == menshen.OutcomeAllow {
		f |= flagAllowed
	}
	return f
}

// Piece is a part of a register in order of time. Its slices are of one length and belong to the log.
type Piece struct {
	At     []uint32 // ticks
	Person []uint32 // numbers of people; 0 is nobody
	Manner []uint8  // View.Flags has what each means
}
