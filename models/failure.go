package models

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"menshen"
)

// summary joins the errors of several files into one whose message names each. format takes their number and the
// joined messages. The code and the hint are those of the first, a refused file going before all others.
func summary(op, format string, errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	lead := errs[0]
	messages := make([]string, len(errs))
	for i, err := range errs {
		messages[i], _ = menshen.ErrorMessage(err)
		if menshen.ErrorCode(lead) != menshen.CodeCorrupt && menshen.ErrorCode(err) == menshen.CodeCorrupt {
			lead = err
		}
	}
	if len(errs) == 1 {
		return lead
	}
	_, hint := menshen.ErrorMessage(lead)
	return &menshen.Error{
		Code: menshen.ErrorCode(lead), Op: op, Hint: hint,
		Message: fmt.Sprintf(format, len(errs), strings.Join(messages, "; ")), Err: errors.Join(errs...),
	}
}

func isNotDir(err error) bool { return errors.Is(err, syscall.ENOTDIR) }

// writing names what went wrong while a file was written; nil for nil.
func writing(p string, err error) error {
	const op = "models.fetch"
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return menshen.Errorf(menshen.CodeExhausted, op, "there is no room left to write %s", p).
			WithHint("free some space or choose another models folder, then run: menshen models fetch").WithCause(err)
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EROFS):
		return menshen.Errorf(menshen.CodeDenied, op, "%s may not be written", p).
			WithHint("run the command as the owner of the models folder, or choose another folder").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeUnavailable, op, "%s cannot be written", p).
		WithHint("check the disk and the models folder").WithCause(err)
}
