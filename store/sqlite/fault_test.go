package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	sqlite3 "github.com/mattn/go-sqlite3"

	"menshen"
	"menshen/store/sqlite"
)

// TestFault is for what a test cannot bring about: broken disks, missing rights (root has all), full memory.
func TestFault(t *testing.T) {
	for _, c := range []struct {
		err  error
		code menshen.Code
	}{
		{sqlite3.Error{Code: sqlite3.ErrFull}, menshen.CodeExhausted},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.ENOSPC}, menshen.CodeExhausted},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EDQUOT}, menshen.CodeExhausted},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.ENOSPC}, menshen.CodeExhausted},
		{sqlite3.Error{Code: sqlite3.ErrNomem}, menshen.CodeExhausted},
		{&os.PathError{Op: "write", Err: syscall.ENOSPC}, menshen.CodeExhausted},
		{sqlite3.Error{Code: sqlite3.ErrIoErr, SystemErrno: syscall.EIO}, menshen.CodeUnavailable},
		{sqlite3.Error{Code: sqlite3.ErrCantOpen, SystemErrno: syscall.EACCES}, menshen.CodeDenied},
		{sqlite3.Error{Code: sqlite3.ErrReadonly}, menshen.CodeDenied},
		{&os.PathError{Op: "open", Err: syscall.EACCES}, menshen.CodeDenied},
		{sqlite3.Error{Code: sqlite3.ErrBusy}, menshen.CodeConflict},
		{sqlite3.Error{Code: sqlite3.ErrLocked}, menshen.CodeConflict},
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, menshen.CodeCorrupt},
		{sqlite3.Error{Code: sqlite3.ErrNotADB}, menshen.CodeCorrupt},
		{sqlite3.Error{Code: sqlite3.ErrMisuse}, menshen.CodeInternal},
		{errors.New("strange"), menshen.CodeInternal},
	} {
		err := sqlite.Fault("sqlite.test", "/data/site.db", fmt.Errorf("in the middle: %w", c.err))
		wantFault(t, err, c.code)
		if !errors.Is(err, c.err) {
			t.Errorf("the cause of %v is lost", err)
		}
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded, sql.ErrTxDone, sql.ErrConnDone, sqlite3.Error{Code: sqlite3.ErrInterrupt}} {
		if err := sqlite.Fault("sqlite.test", "site.db", cause); menshen.ErrorCode(err) != menshen.CodeUnavailable {
			t.Errorf("%v becomes %v", cause, err)
		}
	}
	if err := sqlite.Fault("sqlite.test", "site.db", nil); err != nil {
		t.Errorf("no error becomes %v", err)
	}
	own := menshen.Errorf(menshen.CodeNotFound, "x", "y")
	if err := sqlite.Fault("sqlite.test", "site.db", own); err != own {
		t.Errorf("our own error becomes %v", err)
	}
}

// TestSettingsAreAsserted opens connections that are weaker than they must be.
func TestSettingsAreAsserted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	must(t, sqlite.ConnectCarelessly(path, url.Values{"_journal": {"WAL"}}, "journal_mode", "wal"))
	for name, c := range map[string]struct{ parameter, weak, value string }{
		"journal_mode":  {"_journal", "DELETE", "wal"},
		"synchronous":   {"_sync", "NORMAL", "2"},
		"foreign_keys":  {"_fk", "0", "1"},
		"secure_delete": {"_secure_delete", "0", "1"},
		"query_only":    {"_query_only", "0", "1"},
		"busy_timeout":  {"_busy_timeout", "1", "5000"},
	} {
		wantFault(t, sqlite.ConnectCarelessly(path, url.Values{c.parameter: {c.weak}}, name, c.value), menshen.CodeUnavailable)
	}
}
