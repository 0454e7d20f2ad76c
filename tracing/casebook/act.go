package casebook

import (
	"strings"
	"unicode/utf8"

	"menshen"
)

// Act says who changes something, why, and from which state of it.
type Act struct {
	By  string // who; required
	Why string // reason, 1 … 500 characters; required unless a method says otherwise
	// Revision of the case or the contact that the change was made from. If somebody changed it meanwhile, the change is
	// refused with CodeConflict. 0 takes it as it is now.
	Revision uint64
}

// maxText is the longest reason or note, in characters.
const maxText = 500

// check gives the act with its texts trimmed, or CodeInvalid.
func (a Act) check() (Act, error) {
	const op = "casebook.act"
	a.By, a.Why = strings.TrimSpace(a.By), strings.TrimSpace(a.Why)
	if a.By == "" {
		return a, menshen.Errorf(menshen.CodeInvalid, op, "by: nobody is named who does it").WithHint("sign in first")
	}
	if a.Why == "" {
		return a, menshen.Errorf(menshen.CodeInvalid, op, "why: nothing of a case changes without a reason").WithHint("say why, for the record")
	}
	return a, checkText(op, "why", a.Why)
}

// checkText refuses what is too long or no text.
func checkText(op, field, text string) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxText || strings.ContainsFunc(text, control) {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s: the text is too long, not UTF-8, or has control characters", field).
			WithHint("use at most %d characters", maxText)
	}
	return nil
}

// control reports whether a character is one that no note needs.
func control(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == 0x7f }

// from refuses a change that was made from another revision than the present one.
func (a Act) from(revision uint64) error {
	if a.Revision == 0 || a.Revision == revision {
		return nil
	}
	return menshen.Errorf(menshen.CodeConflict, "casebook.act", "somebody changed it meanwhile").WithHint("look at it again, then repeat your change")
}
