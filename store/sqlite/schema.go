package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"menshen"
)

//go:embed migrations
var migrations embed.FS

// schema is one of the sets of migrations, with the mark that its files bear.
type schema struct {
	folder string
	id     applicationID
	holds  string // for people
}

// siteSchema is for site.db.
func siteSchema() schema {
	return schema{folder: "migrations/site", id: 0x4D535353, holds: "site database"}
}

// gateSchema is for gate.db.
func gateSchema() schema {
	return schema{folder: "migrations/gate", id: 0x4D535347, holds: "outbox"}
}

// copySchema is for copy.db.
func copySchema() schema {
	return schema{folder: "migrations/copy", id: 0x4D535343, holds: "copy of a registry"}
}

// belongs refuses a file of another program or of another database. An empty file belongs to whoever opens it first.
func (s schema) belongs(ctx context.Context, db *sql.DB, path string) error {
	const op = "sqlite.open"
	var id applicationID
	var tables int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return fault(op, path, err)
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return fault(op, path, err)
	}
	// goose makes its own table before the first migration runs: a crash in between leaves that one and no mark.
	var started int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE tbl_name IN (?, 'sqlite_sequence')",
		goose.DefaultTablename).Scan(&started); err != nil {
		return fault(op, path, err)
	}
	if id == s.id || id == 0 && tables == started {
		return nil
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "%s is not a Menshen %s", filepath.Base(path), s.holds).
		WithHint("name another file, or move this one away")
}

// migrate brings the file to the newest schema, one transaction for each step, and refuses one newer than this program.
func (s schema) migrate(ctx context.Context, db *sql.DB, path string, opts Options) error {
	const op = "sqlite.migrate"
	files, err := fs.Sub(migrations, s.folder)
	if err != nil {
		return fault(op, path, err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true), goose.WithSlog(opts.Log))
	if err != nil {
		return fault(op, path, err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fault(op, path, err)
	}
	if current > target {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s was written by a newer menshen (schema %d, this one knows %d)",
			filepath.Base(path), current, target).
			WithHint("run that version or a newer one, or put back the backup made before the upgrade")
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fault(op, path, fmt.Errorf("from schema %d to %d: %w", current, target, err))
	}
	opts.Log.InfoContext(ctx, "database schema is up to date", "file", filepath.Base(path), "from", current, "to", target)
	return nil
}
