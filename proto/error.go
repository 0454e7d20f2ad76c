package proto

import (
	"strings"
	"unicode/utf8"

	"menshen"
)

// ErrorToWire gives what of an error may cross a process border: its code, and message and hint for people. The cause
// stays in the log of the side where it happened. nil gives three empty texts.
func ErrorToWire(err error) (code, message, hint string) {
	if err == nil {
		return "", "", ""
	}
	message, hint = menshen.ErrorMessage(err)
	return string(menshen.ErrorCode(err)), clip(message), clip(hint)
}

// ErrorFromWire gives the error that ErrorToWire took apart, nil for an empty code. A code that is not known here is
// CodeInternal: an error stays an error.
func ErrorFromWire(op, code, message, hint string) error {
	if code == "" {
		return nil
	}
	c := menshen.Code(code)
	switch c {
	case menshen.CodeInvalid, menshen.CodeNotFound, menshen.CodeConflict, menshen.CodeDenied, menshen.CodeUnavailable,
		menshen.CodeMissing, menshen.CodeExhausted, menshen.CodeCorrupt, menshen.CodeInternal:
	default:
		c = menshen.CodeInternal
	}
	if message == "" {
		message = "the other side failed without saying why"
	}
	return &menshen.Error{Code: c, Op: op, Message: clip(message), Hint: clip(hint)}
}

// clip makes a text short enough and valid UTF-8.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= maxText {
		return s
	}
	s = s[:maxText]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
