package sqlite_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"menshen"
	"menshen/audit"
	"menshen/store/sqlite"
)

// mustVerify checks the audit log of a file, and against checkpoints.
func mustVerify(tb testing.TB, path string, checkpoints ...audit.Checkpoint) audit.Result {
	tb.Helper()
	ctx := tb.Context()
	l, err := sqlite.OpenAuditLog(ctx, path)
	must(tb, err)
	defer func() { must(tb, l.Close()) }()
	leaves, err := l.Leaves(ctx)
	must(tb, err)
	notes, err := l.Removals(ctx)
	must(tb, err)
	gone := audit.Removed{}
	if len(notes) > 0 {
		key, err := audit.NewKey(key())
		must(tb, err)
		v, err := audit.NewVerifier(key.Public())
		must(tb, err)
		// One that the site did not sign is as none.
		if gone.Removal, err = v.ReadRemoval(notes[len(notes)-1]); err == nil {
			gone.Leaves = l.Hashes(ctx, gone.Size)
		}
	}
	r, err := audit.Verify(verifiable(l.Entries(ctx)), leaves, checkpoints, gone)
	must(tb, err)
	return r
}

func verifiable(all iter.Seq2[sqlite.VerifiableEntry, error]) iter.Seq2[audit.Entry, error] {
	return func(yield func(audit.Entry, error) bool) {
		for e, err := range all {
			if !yield(audit.Entry(e), err) {
				return
			}
		}
	}
}

func entry(n int) menshen.AuditEntry {
	return menshen.AuditEntry{At: time.Date(2020, 2, 20, 8, 0, 0, n, time.UTC), Actor: "office@wang", Action: "person.show", Subject: fmt.Sprint("p-", n), Detail: `{"n":1}`}
}

// Entries of many at once get their places in the tree, whose root is that of the entries; the file is read beside its owner,
// and after.
func TestAuditTree(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s, err := sqlite.Open(ctx, path, sqlite.Options{Key: key()})
	must(t, err)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 25 {
				if err := s.Audit(ctx, entry(100*i+j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	size, root, err := s.AuditTree(ctx)
	must(t, err)
	r := mustVerify(t, path, audit.Checkpoint{Size: size, Root: root})
	if size != 200 || r.Entries != 200 || r.Root != root || len(r.Findings) > 0 || len(r.Held) != 1 {
		t.Errorf("%d entries: %+v", size, r)
	}
	must(t, s.PutAuditCheckpoint(ctx, 200, "first"))
	must(t, s.PutAuditCheckpoint(ctx, 200, "second"))
	must(t, s.Close())
	l, err := sqlite.OpenAuditLog(ctx, path)
	must(t, err)
	if notes, err := l.Checkpoints(ctx); err != nil || len(notes) != 1 || notes[0] != "first" {
		t.Errorf("%q, %v", notes, err)
	}
	must(t, l.Close())
	if r := mustVerify(t, path); r.Root != root || len(r.Findings) > 0 {
		t.Errorf("when nobody has it open: %+v", r)
	}
}

// TestAuditTamperedWith writes into the file as somebody with its disk would, past all triggers.
func TestAuditTamperedWith(t *testing.T) {
	for name, c := range map[string]struct{ do, want string }{
		"an entry is changed":   {"UPDATE audit SET actor = 'nobody' WHERE id = 3", "[{changed 3 3} {rewritten 1 10}]"},
		"an entry is removed":   {"DELETE FROM audit WHERE id = 3", "[{missing 3 3}]"},
		"the tail is cut":       {"DELETE FROM audit WHERE id > 8", "[{cut 9 10}]"},
		"two change places":     {"UPDATE audit SET id = -id WHERE id IN (3, 4); UPDATE audit SET id = 7 + id WHERE id < 0", "[{changed 3 4} {rewritten 1 10}]"},
		"the tail and hashes":   {"DELETE FROM audit WHERE id > 8; DELETE FROM audit_tree WHERE (number + 1) << level > 8", "[{cut 9 10}]"},
		"nothing is done to it": {"SELECT 1", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			path := filepath.Join(t.TempDir(), "site.db")
			s, err := sqlite.Open(ctx, path, sqlite.Options{Key: key()})
			must(t, err)
			for i := range 10 {
				must(t, s.Audit(ctx, entry(i)))
			}
			size, root, err := s.AuditTree(ctx)
			must(t, err)
			must(t, s.Close())
			db := MustRaw(t, path)
			if _, err := db.Exec(c.do); c.want != "[]" && err == nil {
				t.Error("the triggers let it through")
			}
			for _, table := range []string{"audit", "audit_tree"} {
				for _, trigger := range []string{"no_update", "no_delete", "no_replace"} {
					mustExec(t, db, "DROP TRIGGER "+table+"_"+trigger)
				}
			}
			mustExec(t, db, c.do)
			must(t, db.Close())
			if got := fmt.Sprint(mustVerify(t, path, audit.Checkpoint{Size: size, Root: root}).Findings); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestOldAuditLog opens a log from before there was a tree: its entries have their places then.
func TestOldAuditLog(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	db := MustRaw(t, path)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations/site"), goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = p.UpTo(ctx, 12)
	must(t, err)
	mustExec(t, db, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001)
		INSERT INTO audit (at, actor, action, subject, purpose, detail) SELECT 1582185600000000000 + i, 'office@wang', 'person.show', 'p-' || i, '', '{}' FROM n`)
	must(t, db.Close())
	if _, err := sqlite.OpenAuditLog(ctx, path); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("before it is opened: %v", err)
	}
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	must(t, s.Audit(ctx, entry(1)))
	size, root, err := s.AuditTree(ctx)
	must(t, err)
	if r := mustVerify(t, path, audit.Checkpoint{Size: size, Root: root}); size != 20002 || len(r.Findings) > 0 || len(r.Held) != 1 {
		t.Errorf("%d entries: %+v", size, r)
	}
}

// TestAuditWithoutItsTree: a log whose hashes are gone takes nothing more, rather than to go on as if it were whole.
func TestAuditWithoutItsTree(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s, err := sqlite.Open(ctx, path, sqlite.Options{Key: key()})
	must(t, err)
	for i := range 7 {
		must(t, s.Audit(ctx, entry(i)))
	}
	db := MustRaw(t, path)
	mustExec(t, db, "DROP TRIGGER audit_tree_no_delete")
	mustExec(t, db, "DELETE FROM audit_tree WHERE level = 0 AND number = 6")
	if err := s.Audit(ctx, entry(7)); menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("%v", err)
	}
	var n int
	must(t, db.QueryRow("SELECT count(*) FROM audit").Scan(&n))
	if n != 7 {
		t.Errorf("%d entries", n)
	}
	must(t, db.Close())
	must(t, s.Close())
}

// TestOldAuditIsRemoved: the first entries go with a note of the site, and what remains, and checkpoints of before, still prove that the
// log is whole. Nothing goes without such a note, before its time, or where it was tampered with.
func TestOldAuditIsRemoved(t *testing.T) {
	for _, c := range []struct {
		file string
		open func(path string) auditedFile
	}{
		{"site.db", func(path string) auditedFile { return MustOpen(t, path, sqlite.Options{Key: key()}) }},
		{"copy.db", func(path string) auditedFile { return MustOpenCopy(t, path, sqlite.Options{Key: key()}) }},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			testOldAuditIsRemoved(t, path, c.open(path))
		})
	}
}

// auditedFile has an audit log that grows old.
type auditedFile interface {
	Audit(ctx context.Context, e menshen.AuditEntry) error
	AuditTree(ctx context.Context) (size uint64, root [32]byte, err error)
	Ageing() sqlite.Ageing
}

func testOldAuditIsRemoved(t *testing.T, path string, s auditedFile) {
	ctx := t.Context()
	began := time.Date(2020, 3, 1, 8, 0, 0, 0, time.UTC)
	for i := range 30 {
		e := entry(i)
		e.At = began.AddDate(0, 0, i)
		must(t, s.Audit(ctx, e))
	}
	size, root, err := s.AuditTree(ctx)
	must(t, err)
	whole := audit.Checkpoint{Size: size, Root: root}
	signer, err := audit.NewKey(key())
	must(t, err)
	now := began.AddDate(3, 0, 13)
	limit := now.Add(-audit.KeptFor)
	removed := uint64(0)
	for {
		old, kept, due, err := s.Ageing().OldAudit(ctx, limit, 5)
		must(t, err)
		if old.Size == 0 {
			if kept != 30-int(removed) || due != 0 {
				t.Errorf("%d kept, %d due", kept, due)
			}
			break
		}
		removed = old.Size
		note, err := signer.SignRemoval(audit.Removal{Size: old.Size, Root: old.Root, Until: old.Until, At: now})
		must(t, err)
		must(t, s.Ageing().RemoveOldAudit(ctx, old.Size, note))
	}
	if removed != 13 { // the fourteenth is of the very limit, and stays
		t.Errorf("%d went", removed)
	}
	r := mustVerify(t, path, whole)
	if len(r.Findings) > 0 || r.Entries != 30 || r.Removed != 13 || len(r.Held) != 1 || r.Root != root {
		t.Errorf("%+v", r)
	}
	must(t, s.Audit(ctx, entry(31))) // it grows on
	if r := mustVerify(t, path, whole); len(r.Findings) > 0 || r.Entries != 31 {
		t.Errorf("%+v", r)
	}
	if s, ok := s.(*sqlite.Site); ok {
		if n, err := s.RemovedAudit(ctx); err != nil || n != 13 {
			t.Errorf("%d removed, %v", n, err)
		}
	}

	// Whoever has the file and not the key removes nothing unseen.
	db := MustRaw(t, path)
	if _, err := db.Exec("DELETE FROM audit WHERE id = 14"); err == nil {
		t.Error("the trigger let it through")
	}
	mustExec(t, db, "INSERT INTO audit_removals VALUES (20, 'not signed')")
	mustExec(t, db, "DELETE FROM audit WHERE id <= 20")
	if r := mustVerify(t, path, whole); fmt.Sprint(r.Findings) != "[{missing 1 20}]" {
		t.Errorf("%v", r.Findings)
	}
}

// TestAuditTamperedWithIsKept: entries that are not as they were written are not removed because of their age.
func TestAuditTamperedWithIsKept(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	for i := range 5 {
		must(t, s.Audit(ctx, entry(i)))
	}
	db := MustRaw(t, path)
	mustExec(t, db, "DROP TRIGGER audit_no_update")
	mustExec(t, db, "UPDATE audit SET actor = 'nobody' WHERE id = 2")
	_, _, _, err := s.Ageing().OldAudit(ctx, time.Now().AddDate(10, 0, 0), 10)
	if menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("%v", err)
	}
}
