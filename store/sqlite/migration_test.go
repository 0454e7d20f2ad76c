package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// TestMigrations applies each step of all sets to an empty file one by one, then opens it as usual: every state that
// a file can have been left in is brought to the newest schema, with its foreign keys whole.
func TestMigrations(t *testing.T) {
	for set, name := range map[string]string{"site": "site.db", "gate": "gate.db", "copy": "copy.db"} {
		folder := filepath.Join("migrations", set)
		files, err := os.ReadDir(folder)
		must(t, err)
		for steps := range len(files) + 1 {
			path := filepath.Join(t.TempDir(), name)
			db := MustRaw(t, path)
			p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(folder), goose.WithDisableGlobalRegistry(true))
			must(t, err)
			// Asking makes goose's own table, as a crash before the first step would leave it.
			_, err = p.GetDBVersion(t.Context())
			must(t, err)
			for range steps {
				_, err := p.UpByOne(t.Context())
				must(t, err)
			}
			must(t, db.Close())
			must(t, open(path, sqlite.Options{}))
			must(t, open(path, sqlite.Options{}))

			db = MustRaw(t, path)
			var broken string
			if err := db.QueryRow("SELECT \"table\" FROM pragma_foreign_key_check").Scan(&broken); err != sql.ErrNoRows {
				t.Errorf("%s after %d steps: foreign keys of %q, %v", set, steps, broken, err)
			}
			must(t, db.Close())
		}
	}
}

// TestOldRegistryIsNewToGates opens a database from before there were changes: everybody in it, and every template, is
// told to gates that ask.
func TestOldRegistryIsNewToGates(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	db := MustRaw(t, path)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations/site"), goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = p.UpTo(ctx, 4)
	must(t, err)
	mustExec(t, db, "INSERT INTO households VALUES ('h-1', '3-2-14-1402')")
	mustExec(t, db, "INSERT INTO people VALUES ('p-2', '李', NULL, 'inactive', NULL), ('p-1', '王', 'h-1', 'active', 1772352000000000000)")
	mustExec(t, db, "INSERT INTO engines VALUES (1, 'opencv', '793362600dda', 2, 'euclidean')")
	descriptor := sqlite.EncodeDescriptor(menshen.Descriptor{1, 2})
	mustExec(t, db, "INSERT INTO templates (id, person, engine, descriptor, quality, masked) VALUES ('t-9', 'p-1', 1, ?1, 1, 0), ('t-1', 'p-2', 1, ?1, 1, 0)", descriptor)
	mustExec(t, db, `INSERT INTO passes VALUES ('east-1', 1, 'garden', 'p-1', 'in', 1772352000000000000, NULL, 'face', 'allow', NULL, NULL, '', '')`)
	must(t, db.Close())

	s := MustOpen(t, path, sqlite.Options{Key: key()})
	changes, latest, err := s.Changes(ctx, 0, 0)
	must(t, err)
	var keys string
	for _, c := range changes {
		keys += c.Key + " "
		if c.Gone() {
			t.Errorf("%s is gone", c.Key)
		}
	}
	if keys != "p-1 p-2 t-9 t-1 " || latest != 4 {
		t.Errorf("the changes are %s, the latest is %d", keys, latest)
	}
	if w := changes[0].Person; w.Name != "王" || w.Household != "h-1" || w.Dwelling.Room != "1402" {
		t.Errorf("%+v", w)
	}
	passes := storetest.MustCollect(t, s.Passes(ctx, menshen.PassFilter{}))
	if len(passes) != 1 || passes[0].Permit != "" || passes[0].By != "" {
		t.Errorf("%+v", passes)
	}
}
