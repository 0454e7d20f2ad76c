package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	"menshen"
)

// backup writes a compact copy of the database as it is at this moment to dest, which must not exist. Writing goes on
// meanwhile. The copy is checked and on the disk before it gets its name.
func (d *database) backup(ctx context.Context, dest string) (err error) {
	const op = "sqlite.backup"
	if _, err := os.Lstat(dest); err == nil {
		return menshen.Errorf(menshen.CodeConflict, op, "%s exists already", filepath.Base(dest)).
			WithHint("name another file, or move %s away", dest)
	} else if !errors.Is(err, os.ErrNotExist) {
		return fault(op, dest, err)
	}
	part := dest + ".partial"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault(op, dest, err)
	}
	if err := secureFile(part); err != nil {
		return fault(op, dest, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err := d.vacuumInto(ctx, part); err != nil {
		return err
	}
	if err := syncPath(part); err != nil {
		return fault(op, dest, err)
	}
	if err := os.Rename(part, dest); err != nil {
		return fault(op, dest, err)
	}
	return fault(op, dest, syncPath(filepath.Dir(dest)))
}

// vacuumInto copies through a connection of its own, so that neither writing nor reading waits for it.
func (d *database) vacuumInto(ctx context.Context, part string) (err error) {
	const op = "sqlite.backup"
	opts := d.opts
	opts.MaxBytes = 0
	source := sql.OpenDB(newWriter(d.path, opts))
	source.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, fault(op, d.path, source.Close())) }()
	if _, err := source.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return fault(op, part, err)
	}
	copied := sql.OpenDB(newCopyReader(part))
	defer func() { err = errors.Join(err, fault(op, part, copied.Close())) }()
	return quickCheck(ctx, op, copied, part)
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Backup writes a compact copy of the site's database to the file dest, which must not exist, while work goes on. The keys of people
// come beside it, as KeysPath says: without them a copy says nothing about people. Keys that are destroyed later are destroyed in
// that file too, as long as it is where it was written.
func (s *Site) Backup(ctx context.Context, dest string) error {
	if err := s.db.backup(ctx, dest); err != nil || s.ring == nil {
		return err
	}
	return s.ring.snapshot(ctx, KeysPath(dest)) // after the other: it has all keys that are needed there
}

// Backup writes a compact copy of the outbox to the file dest, which must not exist, while work goes on. After putting
// one back, Advance the gates beyond what the site's database has seen before anything is appended.
func (o *Outbox) Backup(ctx context.Context, dest string) error { return o.db.backup(ctx, dest) }

// Inspect reads every page and every index of a copy that nothing writes to, and gives what is in it: CodeCorrupt where
// anything is wrong.
func Inspect(ctx context.Context, path string) (people, passes int, err error) {
	const op = "sqlite.inspect"
	copied := sql.OpenDB(newCopyReader(path))
	defer func() { err = errors.Join(err, fault(op, path, copied.Close())) }()
	var verdict string
	if err := copied.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return 0, 0, fault(op, path, err)
	}
	if verdict != "ok" {
		return 0, 0, corrupt(op, path).WithCause(errors.New(verdict))
	}
	var registry int // the outbox has no people
	if err := copied.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'people'").Scan(&registry); err != nil || registry == 0 {
		return 0, 0, fault(op, path, err)
	}
	err = copied.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM passes)").Scan(&people, &passes)
	return people, passes, fault(op, path, err)
}
