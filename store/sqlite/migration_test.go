package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"

	"menshen/store/sqlite"
)

// TestMigrations applies each step of both sets to an empty file one by one, then opens it as usual: every state that
// a file can have been left in is brought to the newest schema, with its foreign keys whole.
func TestMigrations(t *testing.T) {
	for set, name := range map[string]string{"site": "site.db", "gate": "gate.db"} {
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
