package menshen

import (
	"errors"
	"fmt"
	"strings"
)

// Code says what kind of failure an Error is. Codes map to exit codes, HTTP states and metrics labels, so there are few
// of them and they stay.
type Code string

const (
	CodeInvalid     Code = "invalid"     // what was given cannot be used; the Hint says what to change
	CodeNotFound    Code = "not_found"   // the thing named does not exist
	CodeConflict    Code = "conflict"    // it clashes with what is there already
	CodeDenied      Code = "denied"      // who asks may not
	CodeUnavailable Code = "unavailable" // a part outside (camera, network, port, device) does not answer; trying again may help
	CodeMissing     Code = "missing"     // something must be installed or fetched first
	CodeExhausted   Code = "exhausted"   // disk, memory or a quota is full
	CodeCorrupt     Code = "corrupt"     // stored data is not what was written
	CodeInternal    Code = "internal"    // our own fault
)

// Error is the one error type that crosses package borders. Message and Hint are for people and carry no internal
// text; Err is for the log.
type Error struct {
	Code    Code
	Op      string // what was being done, e.g. "models.fetch"; for the log
	Message string // what is wrong, in one line, without a final stop
	Hint    string // what to do next, in one line; may be empty
	Err     error  // the cause; may be nil
}

// Error gives the one line that the log gets. People are shown Message and Hint.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Message)
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a code with a message and no hint.
func Errorf(code Code, op, format string, args ...any) *Error {
	return &Error{Code: code, Op: op, Message: fmt.Sprintf(format, args...)}
}

// WithHint adds what to do next and gives the same error back.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithCause adds the cause and gives the same error back.
func (e *Error) WithCause(err error) *Error {
	e.Err = err
	return e
}

// ErrorCode gives the code of the first Error in the chain, CodeInternal for any other error, "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// ErrorMessage gives what a person may read of an error: message and hint of the first Error in the chain. Text of any
// other error stays in the log.
func ErrorMessage(err error) (message, hint string) {
	if err == nil {
		return "", ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message, e.Hint
	}
	return "an internal error occurred", "see the log for the cause, and report it if it comes back"
}
