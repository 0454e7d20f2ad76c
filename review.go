package menshen

import "time"

// Review (待核对) is a pass that waits for a guard.
type Review struct {
	Pass    Pass
	Until   time.Time // when the gate's default follows
	Default Outcome   // what follows then: allow or deny
}

// GuardAnswer is what a guard decides: about a review, or about somebody whom no camera saw.
type GuardAnswer struct {
	Pass      PassID // the review; zero where no camera saw anybody
	Gate      string // where Pass is zero
	Direction Direction
	Allow     bool
	Person    string // who it is; needed to allow somebody unknown
	Note      string
	By        string // the guard
}

// Validate checks an answer on its own.
func (a GuardAnswer) Validate() error {
	const op = "menshen.answer"
	switch {
	case a.By == "":
		return Errorf(CodeInvalid, op, "an answer names no guard")
	case a.Pass != (PassID{}) && (a.Gate != "" || a.Direction != ""):
		return Errorf(CodeInvalid, op, "an answer names a review and a gate").WithHint("leave gate and direction out: the review has them")
	case a.Pass != (PassID{}):
		return nil
	}
	if err := ValidateSlug("gate", a.Gate); err != nil {
		return err
	}
	if a.Direction != DirectionIn && a.Direction != DirectionOut {
		return Errorf(CodeInvalid, op, "the direction %q is unknown", a.Direction).WithHint("use in or out")
	}
	if a.Allow && a.Person == "" {
		return Errorf(CodeInvalid, op, "nobody is named, and nobody unnamed is let in").WithHint("say who it is, or register a visit first")
	}
	return nil
}
