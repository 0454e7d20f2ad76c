package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(appenderEnv); path != "" {
		os.Exit(appendUntilKilled(path, os.Stdout))
	}
	if path := os.Getenv(upgraderEnv); path != "" {
		os.Exit(upgradeUntilKilled(path))
	}
	if path := os.Getenv(pagerEnv); path != "" {
		os.Exit(pageUntilKilled(path, os.Stdout))
	}
	if path := os.Getenv(openerEnv); path != "" {
		os.Exit(openUntilKilled(path))
	}
	goleak.VerifyTestMain(m)
}

func TestSiteContract(t *testing.T) {
	storetest.Run(t, func(tb testing.TB) storetest.Store {
		return MustOpen(tb, filepath.Join(tb.TempDir(), "site.db"), sqlite.Options{Key: key()})
	})
}

func TestCopyContract(t *testing.T) {
	storetest.RunCopy(t, func(tb testing.TB) func(testing.TB) storetest.Copy {
		path := filepath.Join(tb.TempDir(), "copy.db")
		return func(tb testing.TB) storetest.Copy { return MustOpenCopy(tb, path, sqlite.Options{Key: key()}) }
	})
}

// key gives a key of a database.
func key() []byte { return bytes.Repeat([]byte{7}, 32) }

// MustOpenCopy opens a copy of a registry and closes it with the test.
func MustOpenCopy(tb testing.TB, path string, opts sqlite.Options) *sqlite.Copy {
	tb.Helper()
	c, err := sqlite.OpenCopy(context.Background(), path, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { must(tb, c.Close()) })
	return c
}

func TestOutboxContract(t *testing.T) {
	storetest.RunOutbox(t, func(tb testing.TB) func(testing.TB) storetest.Outbox {
		path := filepath.Join(tb.TempDir(), "gate.db")
		return func(tb testing.TB) storetest.Outbox { return MustOpenOutbox(tb, path, sqlite.Options{}) }
	})
}

// MustOpen opens a site's database and closes it with the test.
func MustOpen(tb testing.TB, path string, opts sqlite.Options) *sqlite.Site {
	tb.Helper()
	s, err := sqlite.Open(context.Background(), path, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { must(tb, s.Close()) })
	return s
}

// MustOpenOutbox opens an outbox and closes it with the test.
func MustOpenOutbox(tb testing.TB, path string, opts sqlite.Options) *sqlite.Outbox {
	tb.Helper()
	o, err := sqlite.OpenOutbox(context.Background(), path, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { must(tb, o.Close()) })
	return o
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// wantFault checks the code of an error, and that it tells people what to do.
func wantFault(tb testing.TB, err error, code menshen.Code) {
	tb.Helper()
	if got := menshen.ErrorCode(err); got != code {
		tb.Fatalf("code %q, want %q (error: %v)", got, code, err)
	}
	if message, hint := menshen.ErrorMessage(err); message == "" || hint == "" {
		tb.Errorf("message %q, hint %q", message, hint)
	}
}
