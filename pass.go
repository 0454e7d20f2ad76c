package menshen

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Direction says which way a gate is crossed.
type Direction string

const (
	DirectionIn  Direction = "in"
	DirectionOut Direction = "out"
)

// Means (方式) says by what somebody was identified at a gate.
type Means string

const (
	MeansFace  Means = "face"
	MeansQR    Means = "qr"
	MeansCard  Means = "card"
	MeansPIN   Means = "pin"
	MeansGuard Means = "guard"
)

// Outcome is the answer of a gate.
type Outcome string

const (
	OutcomeAllow  Outcome = "allow"
	OutcomeDeny   Outcome = "deny"
	OutcomeReview Outcome = "review" // a guard decides
)

// Decision (判定) is the answer with its reasons in order, the deciding one first.
type Decision struct {
	Outcome Outcome
	Reasons []Reason
}

// PassID is the identity of a pass everywhere: NATS message id, database key, and the way to see a gap. Sequence counts
// up by one within a gate, from 1.
type PassID struct {
	Gate     string
	Sequence uint64
}

// String gives "gate:sequence".
func (id PassID) String() string { return id.Gate + ":" + strconv.FormatUint(id.Sequence, 10) }

// ParsePassID reads what String gives.
func ParsePassID(s string) (PassID, error) {
	gate, seq, ok := strings.Cut(s, ":")
	n, err := strconv.ParseUint(seq, 10, 64)
	if !ok || err != nil || n == 0 || ValidateSlug("gate", gate) != nil {
		return PassID{}, Errorf(CodeInvalid, "menshen.pass", "%q is no pass id", s).WithHint("write gate:sequence, for example east-1:42")
	}
	return PassID{Gate: gate, Sequence: n}, nil
}

// Pass (通行记录) is one crossing or refused attempt. A refused pass is presence at the gate, not entry.
type Pass struct {
	ID        PassID // Sequence is 0 until the outbox has given it one
	Site      string
	Person    string // "" for somebody unknown
	Direction Direction
	Captured  time.Time // of the frame that decided; the order of passes is this, never arrival
	Decided   time.Time
	Means     Means
	Decision  Decision
	Match     Match  // what recognition saw, for means face
	Camera    string // "" for other means
	Track     string // joins the pass with its sightings; "" for other means

	Permit     string // id of the permit that it was allowed by; "" for none
	Credential string // what was shown: "<credential id>@<Unix seconds at which a code was made>"; "" for a face
	By         string // who decided, for means guard; "" for the policy
	Answers    string // the pass, as "gate:sequence", whose review this one answers; "" for none

	Confidence float64 // how sure it is that it was Person, 0 … 1, see Match.Confidence; 0 where it is not said
}

// PassFilter selects passes of the log; zero fields select all.
type PassFilter struct {
	Person string
	Gate   string
	Span       // of the capture time; a zero bound is open
	Latest int // only so many, the latest by capture time; 0 is all
}

// Validate checks what the pass log relies on. A pass without a sequence is not valid here.
func (p Pass) Validate() error {
	const op = "menshen.pass"
	bad := func(format string, args ...any) error {
		return Errorf(CodeInvalid, op, "pass %s: %s", p.ID, fmt.Sprintf(format, args...))
	}
	if err := ValidateSlug("gate", p.ID.Gate); err != nil {
		return err
	}
	if err := ValidateSlug("site", p.Site); err != nil {
		return err
	}
	if p.ID.Sequence == 0 {
		return bad("has no sequence")
	}
	if p.Direction != DirectionIn && p.Direction != DirectionOut {
		return bad("unknown direction %q", p.Direction)
	}
	if p.Captured.IsZero() || p.Captured.Year() < 2000 || p.Captured.Year() > 2200 {
		return bad("capture time %v is out of range", p.Captured)
	}
	switch p.Decision.Outcome {
	case OutcomeAllow, OutcomeDeny, OutcomeReview:
	default:
		return bad("unknown outcome %q", p.Decision.Outcome)
	}
	switch p.Means {
	case MeansFace, MeansQR, MeansCard, MeansPIN, MeansGuard:
	default:
		return bad("unknown means %q", p.Means)
	}
	if !(p.Confidence >= 0 && p.Confidence <= 1) {
		return bad("the confidence %v is out of range", p.Confidence)
	}
	if p.Decision.Outcome == OutcomeAllow && p.Person == "" {
		return bad("allowed, but nobody is named")
	}
	return nil
}
