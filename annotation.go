package menshen

import (
	"cmp"
	"time"
)

// AnnotationKind says what somebody added to a pass.
type AnnotationKind string

const (
	AnnotationNote     AnnotationKind = "note"     // in words
	AnnotationNotThem  AnnotationKind = "not_them" // "not this person": recognition was wrong
	AnnotationIdentity AnnotationKind = "identity" // who it was: Person
	AnnotationHelp     AnnotationKind = "help"     // a guard called for help
	AnnotationVisitor  AnnotationKind = "visitor"  // registered as a visitor: Person
)

// Annotation is what a guard added to a pass. Passes themselves never change.
type Annotation struct {
	ID     string
	Pass   PassID
	Kind   AnnotationKind
	Person string // for identity and visitor
	Text   string
	At     time.Time
	By     string
}

// Validate checks an annotation on its own.
func (a Annotation) Validate() error {
	const op = "menshen.annotation"
	if a.ID == "" || a.By == "" || a.At.IsZero() || a.Pass.Sequence == 0 {
		return Errorf(CodeInvalid, op, "an annotation has no id, pass, author or time")
	}
	switch a.Kind {
	case AnnotationNote:
		if a.Text == "" {
			return Errorf(CodeInvalid, op, "a note is empty").WithHint("write what was seen")
		}
	case AnnotationNotThem, AnnotationHelp:
	case AnnotationIdentity, AnnotationVisitor:
		if a.Person == "" {
			return Errorf(CodeInvalid, op, "an annotation of kind %s names nobody", a.Kind).WithHint("say who it was")
		}
	default:
		return Errorf(CodeInvalid, op, "the kind of annotation %q is unknown", a.Kind).WithHint("use note, not_them, identity, help or visitor")
	}
	return nil
}

// HelpCall is a guard's call for help at a gate that is about no pass.
type HelpCall struct {
	ID   string // chosen by the caller: the same once more changes nothing; "" for a new one
	Gate string
	Text string    // may be ""
	At   time.Time // when it was called; zero is now
}

// Corrected gives whose a pass is after what guards said of it, and whether they said anything: "not this person" makes it
// nobody's, an identity or a visitor theirs, and what was said last counts, of one moment what has the greater id. Whom
// recognition took it for then no longer matters. annotations are those of one pass, in any order.
func Corrected(annotations []Annotation) (person string, corrected bool) {
	var last Annotation
	for _, a := range annotations {
		switch a.Kind {
		case AnnotationNotThem, AnnotationIdentity, AnnotationVisitor:
		default:
			continue
		}
		if !corrected || cmp.Or(a.At.Compare(last.At), cmp.Compare(a.ID, last.ID)) > 0 {
			last, corrected = a, true
		}
	}
	if last.Kind == AnnotationNotThem {
		return "", corrected
	}
	return last.Person, corrected
}
