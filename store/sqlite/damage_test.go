package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// MustRaw opens a file with the bare driver, as another program would.
func MustRaw(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := rawOpen(path)
	must(tb, err)
	tb.Cleanup(func() { must(tb, db.Close()) })
	return db
}

func rawOpen(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=50")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

func mustExec(tb testing.TB, db *sql.DB, query string, args ...any) {
	tb.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
}

// open opens either database and closes it again.
func open(path string, opts sqlite.Options) error {
	ctx := context.Background()
	if strings.HasPrefix(filepath.Base(path), "copy") {
		opts.Key = key()
		c, err := sqlite.OpenCopy(ctx, path, opts)
		if err != nil {
			return err
		}
		return c.Close()
	}
	if strings.HasPrefix(filepath.Base(path), "gate") {
		o, err := sqlite.OpenOutbox(ctx, path, opts)
		if err != nil {
			return err
		}
		return o.Close()
	}
	s, err := sqlite.Open(ctx, path, opts)
	if err != nil {
		return err
	}
	return s.Close()
}

func TestNoDatabase(t *testing.T) {
	for _, name := range []string{"site.db", "gate.db", "copy.db"} {
		path := filepath.Join(t.TempDir(), name)
		must(t, os.WriteFile(path, bytes.Repeat([]byte("this is a letter, no database. "), 400), 0o600))
		wantFault(t, open(path, sqlite.Options{}), menshen.CodeCorrupt)
	}
}

// TestFlippedBytes damages pages of a file one after the other: opening must refuse it, or, where the damage lies in
// values that nothing can check, reading must not crash.
func TestFlippedBytes(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	var passes []menshen.Pass
	for n := range uint64(2000) {
		passes = append(passes, storetest.Pass("east-1", n+1, fmt.Sprintf("p-%d", n%50)))
	}
	_, err := s.CommitPasses(ctx, passes)
	must(t, err)
	must(t, s.Close())
	sound, err := os.ReadFile(path)
	must(t, err)

	const page = 4096
	refused := 0
	for at := 0; at < len(sound); at += page {
		damaged := bytes.Clone(sound)
		for i := range 64 { // the header of the page, where its structure is
			damaged[at+i] ^= byte(1 + rand.IntN(255))
		}
		copied := filepath.Join(t.TempDir(), "site.db")
		must(t, os.WriteFile(copied, damaged, 0o600))
		s, err := sqlite.Open(ctx, copied, sqlite.Options{})
		if err != nil {
			wantFault(t, err, menshen.CodeCorrupt)
			refused++
			continue
		}
		for range s.Passes(ctx, menshen.PassFilter{}) {
		}
		must(t, s.Close())
	}
	if pages := len(sound) / page; refused < pages*9/10 {
		t.Errorf("%d of %d damaged pages were noticed", refused, pages)
	}
}

func TestTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gate.db")
	must(t, open(path, sqlite.Options{}))
	must(t, os.Truncate(path, 5000))
	wantFault(t, open(path, sqlite.Options{}), menshen.CodeCorrupt)
}

// TestLargeFileIsNotChecked shows that the limit is obeyed.
func TestLargeFileIsNotChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	must(t, open(path, sqlite.Options{}))
	db := MustRaw(t, path)
	// A row that breaks a rule of its table is damage that only the check finds.
	mustExec(t, db, "PRAGMA ignore_check_constraints = ON")
	mustExec(t, db, "INSERT INTO engines (name, model_hash, dim, metric) VALUES ('x', '', 0, '')")
	must(t, db.Close())
	wantFault(t, open(path, sqlite.Options{}), menshen.CodeCorrupt)
	must(t, open(path, sqlite.Options{CheckLimit: 1}))
	wantFault(t, open(path, sqlite.Options{CheckLimit: -1}), menshen.CodeCorrupt)
}

// TestDamagedColumns changes stored values behind the store's back.
func TestDamagedColumns(t *testing.T) {
	for name, damage := range map[string]string{
		"reasons":    "UPDATE passes SET reasons = '[7]'",
		"match":      "UPDATE passes SET recognition = '{'",
		"direction":  "UPDATE passes SET direction = 'up'",
		"gate":       "UPDATE passes SET gate = ''",
		"captured":   "UPDATE passes SET captured = 5",
		"short":      "UPDATE templates SET descriptor = x'0011'",
		"infinite":   "UPDATE templates SET descriptor = x'0000807f0000807f0000807f0000807f'",
		"name":       "UPDATE people SET name = ''",
		"state":      "UPDATE people SET state = 'asleep'",
		"dwelling":   "UPDATE households SET dwelling = 'here'",
		"dimensions": "UPDATE engines SET dim = 3",
		"kind":       "UPDATE permits SET kind = 'golden'",
		"gates":      "UPDATE permits SET gates = '{'",
		"health":     "UPDATE health SET state = 'dead'",
		"key":        "UPDATE credentials SET key = x'00'",
		"celsius":    "UPDATE temperatures SET celsius = 366",
		"annotation": "UPDATE annotations SET kind = 'praise'",
		"form":       "UPDATE forms SET content = '{'",
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			path := filepath.Join(t.TempDir(), "site.db")
			s := MustOpen(t, path, sqlite.Options{})
			e := storetest.Engine("opencv")
			d, err := menshen.ParseDwelling("3-2-14-1402")
			must(t, err)
			p := menshen.Person{ID: "p-1", Name: "A", Dwelling: d, State: menshen.PersonActive}
			must(t, s.AddPerson(ctx, p, []menshen.Template{{ID: "t-1", Person: "p-1", Engine: e, Descriptor: menshen.Descriptor{1, 2, 3, 4}}}))
			_, err = s.CommitPasses(ctx, []menshen.Pass{storetest.Pass("east-1", 1, "p-1")})
			must(t, err)
			at := storetest.Pass("east-1", 1, "p-1").Captured
			must(t, s.AddPermit(ctx, storetest.Permit("e-1", "p-1", 1)))
			must(t, s.AddTemperature(ctx, menshen.Temperature{ID: "t-1", Person: "p-1", At: at, Celsius: 36.6, Source: menshen.TemperatureSelf}))
			must(t, s.AddCredential(ctx, menshen.Credential{ID: "c-1", Person: "p-1", Kind: menshen.CredentialQR, Key: key()}))
			must(t, s.AddAnnotation(ctx, menshen.Annotation{ID: "a-1", Pass: menshen.PassID{Gate: "e", Sequence: 1}, Kind: menshen.AnnotationHelp, At: at, By: "g"}))
			must(t, s.AddForm(ctx, menshen.Form{ID: "daily", Version: 1}))
			must(t, s.Close())
			db := MustRaw(t, path)
			mustExec(t, db, damage)
			must(t, db.Close())

			s = MustOpen(t, path, sqlite.Options{})
			if name == "dimensions" {
				e.Dim = 3
			}
			var errs []error
			for _, err := range s.Passes(ctx, menshen.PassFilter{}) {
				errs = append(errs, err)
			}
			for _, err := range s.Templates(ctx, e) {
				errs = append(errs, err)
			}
			for _, err := range s.People(ctx) {
				errs = append(errs, err)
			}
			for _, err := range s.Permits(ctx, store.PermitFilter{}) {
				errs = append(errs, err)
			}
			_, err = s.Health(ctx, "p-1")
			errs = append(errs, err)
			for _, err := range s.Credentials(ctx, "") {
				errs = append(errs, err)
			}
			for _, err := range s.Temperatures(ctx, store.TemperatureFilter{}) {
				errs = append(errs, err)
			}
			for _, err := range s.Annotations(ctx, store.AnnotationFilter{}) {
				errs = append(errs, err)
			}
			_, err = s.Form(ctx, "daily", 0)
			errs = append(errs, err)
			if want := 9; len(errs) != want {
				t.Fatalf("%d rows, want %d", len(errs), want)
			}
			_, _, err = s.Changes(ctx, 0, 0)
			if told := map[string]bool{"short": true, "infinite": true, "name": true, "state": true, "dwelling": true, "dimensions": true,
				"kind": true, "gates": true, "health": true, "key": true}[name]; told != (menshen.ErrorCode(err) == menshen.CodeCorrupt) {
				t.Errorf("the changes come with %v", err)
			}
			found := 0
			for _, err := range errs {
				if err != nil {
					wantFault(t, err, menshen.CodeCorrupt)
					found++
				}
			}
			if found != 1 {
				t.Errorf("%d of the rows are refused, want 1: %v", found, errs)
			}
		})
	}
}

func TestOtherFiles(t *testing.T) {
	dir := t.TempDir()
	site, gate := filepath.Join(dir, "site.db"), filepath.Join(dir, "gate.db")
	must(t, open(site, sqlite.Options{}))
	must(t, open(gate, sqlite.Options{}))
	_, err := sqlite.Open(t.Context(), gate, sqlite.Options{})
	wantFault(t, err, menshen.CodeInvalid)
	_, err = sqlite.OpenOutbox(t.Context(), site, sqlite.Options{})
	wantFault(t, err, menshen.CodeInvalid)
	_, err = sqlite.OpenCopy(t.Context(), site, sqlite.Options{Key: key()})
	wantFault(t, err, menshen.CodeInvalid)

	alien := filepath.Join(dir, "alien.db")
	db := MustRaw(t, alien)
	mustExec(t, db, "CREATE TABLE songs (title TEXT)")
	must(t, db.Close())
	wantFault(t, open(alien, sqlite.Options{}), menshen.CodeInvalid)

	must(t, os.Mkdir(filepath.Join(dir, "folder.db"), 0o700))
	wantFault(t, open(filepath.Join(dir, "folder.db"), sqlite.Options{}), menshen.CodeInvalid)
	wantFault(t, open("", sqlite.Options{}), menshen.CodeInvalid)
	// An empty file, as a crash right after its creation leaves it, is begun.
	must(t, os.WriteFile(filepath.Join(dir, "empty.db"), nil, 0o600))
	must(t, open(filepath.Join(dir, "empty.db"), sqlite.Options{}))
}

func TestNewerSchema(t *testing.T) {
	for _, name := range []string{"site.db", "gate.db", "copy.db"} {
		path := filepath.Join(t.TempDir(), name)
		must(t, open(path, sqlite.Options{}))
		db := MustRaw(t, path)
		mustExec(t, db, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
		must(t, db.Close())
		err := open(path, sqlite.Options{})
		wantFault(t, err, menshen.CodeInvalid)
		if message, _ := menshen.ErrorMessage(err); !strings.Contains(message, "newer") {
			t.Errorf("message %q", message)
		}
	}
}

func TestPermissions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "数据 50%?#&")
	path := filepath.Join(dir, "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	must(t, s.Audit(t.Context(), menshen.AuditEntry{At: storetest.Pass("a", 1, "").Captured, Actor: "x", Action: "y"}))
	wantMode := func(name string, want fs.FileMode) {
		t.Helper()
		info, err := os.Stat(name)
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
	wantMode(filepath.Dir(dir), 0o700)
	wantMode(dir, 0o700)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		wantMode(path+suffix, 0o600)
	}
	must(t, s.Close())
	must(t, os.Chmod(path, 0o644))
	must(t, open(path, sqlite.Options{}))
	wantMode(path, 0o600)
}
