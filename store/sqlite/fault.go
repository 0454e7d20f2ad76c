package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	sqlite3 "github.com/mattn/go-sqlite3"

	"menshen"
)

// fault makes a *menshen.Error of anything that went wrong with a database file, with what to do next.
func fault(op, path string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*menshen.Error](err); ok {
		return err
	}
	file := filepath.Base(path)
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		switch e.Code {
		case sqlite3.ErrFull:
			return full(op, path, err)
		case sqlite3.ErrCorrupt, sqlite3.ErrNotADB:
			return corrupt(op, path).WithCause(err)
		case sqlite3.ErrBusy, sqlite3.ErrLocked:
			return menshen.Errorf(menshen.CodeConflict, op, "%s is locked by another process", file).WithCause(err).
				WithHint("stop the other program that uses %s, then try again", path)
		case sqlite3.ErrConstraint:
			return menshen.Errorf(menshen.CodeConflict, op, "it clashes with what %s holds already", file).WithCause(err)
		case sqlite3.ErrPerm, sqlite3.ErrReadonly, sqlite3.ErrAuth, sqlite3.ErrCantOpen:
			if !noSpace(e.SystemErrno) {
				return denied(op, path, err)
			}
			return full(op, path, err)
		case sqlite3.ErrIoErr:
			if noSpace(e.SystemErrno) {
				return full(op, path, err)
			}
			return menshen.Errorf(menshen.CodeUnavailable, op, "the disk of %s does not obey", file).WithCause(err).
				WithHint("check the disk and the kernel's log (dmesg), then restart")
		case sqlite3.ErrNomem:
			return menshen.Errorf(menshen.CodeExhausted, op, "memory is full").WithCause(err).WithHint("free memory, then try again")
		case sqlite3.ErrInterrupt:
			return stopped(op, err)
		}
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return stopped(op, err)
	case errors.Is(err, sql.ErrTxDone): // database/sql rolls back when the context ends
		return stopped(op, err)
	case errors.Is(err, sql.ErrConnDone), errors.Is(err, errClosed), err.Error() == dbClosed:
		return menshen.Errorf(menshen.CodeUnavailable, op, "%s is closed", file).WithCause(err)
	case errors.Is(err, fs.ErrPermission):
		return denied(op, path, err)
	}
	if n, ok := errors.AsType[syscall.Errno](err); ok && noSpace(n) {
		return full(op, path, err)
	}
	return menshen.Errorf(menshen.CodeInternal, op, "%s could not be used", file).WithCause(err).
		WithHint("see the log for the cause, and report it if it comes back")
}

// errClosed is returned by an Outbox that was closed.
var errClosed = errors.New("closed")

// dbClosed is the text of the error that database/sql keeps to itself.
const dbClosed = "sql: database is closed"

func noSpace(n syscall.Errno) bool {
	return n == syscall.ENOSPC || n == syscall.EDQUOT || n == syscall.EFBIG
}

func full(op, path string, err error) error {
	return menshen.Errorf(menshen.CodeExhausted, op, "no space is left for %s", filepath.Base(path)).WithCause(err).
		WithHint("free space on the disk of %s, or raise its limit; writing then goes on by itself", filepath.Dir(path))
}

func denied(op, path string, err error) error {
	return menshen.Errorf(menshen.CodeDenied, op, "%s cannot be opened for writing", filepath.Base(path)).WithCause(err).
		WithHint("let the user that runs menshen own %s and the folder it is in", path)
}

func stopped(op string, err error) error {
	return menshen.Errorf(menshen.CodeUnavailable, op, "stopped before it was done").WithCause(err)
}

// corrupt says that a file or a row of it is not what was written.
func corrupt(op, path string) *menshen.Error {
	return menshen.Errorf(menshen.CodeCorrupt, op, "%s is damaged or is no database", filepath.Base(path)).
		WithHint("stop menshen, keep a copy of %s with its -wal file, and put the latest backup in its place", path)
}
