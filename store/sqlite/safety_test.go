package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// TestAuditOnlyGrows tries to change the audit log with the bare driver.
func TestAuditOnlyGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	must(t, s.Audit(t.Context(), menshen.AuditEntry{At: storetest.Pass("a", 1, "").Captured, Actor: "wang", Action: "trace.contacts"}))
	db := MustRaw(t, path)
	for _, query := range []string{
		"UPDATE audit SET actor = 'li'", "DELETE FROM audit",
		"INSERT OR REPLACE INTO audit (id, at, actor, action, subject, purpose, detail) VALUES (1, 1, 'li', '', '', '', '')",
	} {
		if _, err := db.Exec(query); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// TestCountersOnlyGrow tries to take a gate's counter back.
func TestCountersOnlyGrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gate.db")
	o := MustOpenOutbox(t, path, sqlite.Options{})
	storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 1, ""))
	storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 2, ""))
	db := MustRaw(t, path)
	for _, query := range []string{"UPDATE counters SET last = 1", "UPDATE counters SET gate = 'x'", "DELETE FROM counters"} {
		if _, err := db.Exec(query); err == nil || !strings.Contains(err.Error(), "never counts back") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// TestErased looks for the bytes of a removed person's template in the files.
func TestErased(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	e := menshen.EngineID{Name: "opencv", Dim: 128, Metric: menshen.MetricEuclidean}
	descriptor := func(seed float32) menshen.Descriptor {
		d := make(menshen.Descriptor, e.Dim)
		for i := range d {
			d[i] = seed + float32(i)/7
		}
		return d
	}
	for i, id := range []string{"p-1", "p-2"} {
		must(t, s.AddPerson(ctx, menshen.Person{ID: id, Name: id, State: menshen.PersonActive},
			[]menshen.Template{{ID: "t-" + id, Person: id, Engine: e, Descriptor: descriptor(float32(i + 1))}}))
	}
	holds := func(d menshen.Descriptor) bool {
		t.Helper()
		found := false
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + suffix)
			must(t, err)
			found = found || bytes.Contains(b, sqlite.EncodeDescriptor(d))
		}
		return found
	}
	if !holds(descriptor(1)) || !holds(descriptor(2)) {
		t.Fatal("the templates are not in the files")
	}
	must(t, s.RemovePerson(ctx, "p-1"))
	if holds(descriptor(1)) {
		t.Error("the template of a removed person is still in the files")
	}
	if !holds(descriptor(2)) {
		t.Error("the template of another person is gone")
	}

	// Somebody reading does not hold up a removal.
	for range s.People(ctx) {
		must(t, s.RemovePerson(ctx, "p-2"))
		break
	}
	must(t, s.Close())
	b, err := os.ReadFile(path)
	must(t, err)
	if bytes.Contains(b, sqlite.EncodeDescriptor(descriptor(2))) {
		t.Error("the template is still in the file after closing")
	}
}

func TestBackup(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s := MustOpen(t, filepath.Join(dir, "site.db"), sqlite.Options{})
	o := MustOpenOutbox(t, filepath.Join(dir, "gate.db"), sqlite.Options{})
	pass := storetest.Pass("east-1", 1, "p-1")
	_, err := s.CommitPasses(ctx, []menshen.Pass{pass})
	must(t, err)
	storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 1, "p-1"))

	dest := filepath.Join(dir, "backup", "site's.db")
	must(t, os.Mkdir(filepath.Dir(dest), 0o700))
	must(t, os.WriteFile(dest+".partial", []byte("left by a crash"), 0o644))
	must(t, s.Backup(ctx, dest))
	must(t, o.Backup(ctx, filepath.Join(dir, "backup", "gate.db")))
	wantFault(t, s.Backup(ctx, dest), menshen.CodeConflict)
	names, err := os.ReadDir(filepath.Dir(dest))
	must(t, err)
	if len(names) != 2 {
		t.Errorf("files in the backup folder: %v", names)
	}
	for _, n := range names {
		info, err := n.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", n.Name(), info.Mode().Perm())
		}
	}
	// Work goes on, and the copies stay as they were.
	_, err = s.CommitPasses(ctx, []menshen.Pass{storetest.Pass("east-1", 2, "p-1")})
	must(t, err)
	restored := MustOpen(t, dest, sqlite.Options{})
	if got := storetest.MustCollect(t, restored.Passes(ctx, menshen.PassFilter{})); len(got) != 1 || got[0].ID != pass.ID {
		t.Errorf("the backup holds %+v", got)
	}
	again := MustOpenOutbox(t, filepath.Join(dir, "backup", "gate.db"), sqlite.Options{})
	if n := len(storetest.MustPending(t, again)); n != 1 {
		t.Errorf("the backup of the outbox holds %d passes", n)
	}
	if p := storetest.MustAppend(t, again, storetest.Unnumbered("east-1", 2, "")); p.ID.Sequence != 2 {
		t.Errorf("the outbox put back goes on at %d", p.ID.Sequence)
	}
}
