package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	"menshen"
)

// database is one open file: the writing connection and the reading ones.
type database struct {
	path   string
	opts   Options
	writer *sql.DB
	reader *sql.DB
}

// openDatabase makes or opens the file, checks it, and brings it to the newest schema.
func openDatabase(ctx context.Context, path string, s schema, opts Options) (_ *database, err error) {
	const op = "sqlite.open"
	opts = opts.withDefaults()
	if path == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "no file is named").WithHint("name the database file")
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, fault(op, path, err)
	}
	if err := secureFile(path); err != nil {
		return nil, fault(op, path, err)
	}
	d := &database{path: path, opts: opts}
	defer func() {
		if err == nil {
			return
		}
		if more := d.close(); more != nil {
			err = errors.Join(err, more)
		}
	}()
	d.writer = sql.OpenDB(newWriter(path, opts))
	d.writer.SetMaxOpenConns(1)
	if err := d.writer.PingContext(ctx); err != nil {
		return nil, fault(op, path, err)
	}
	if err := s.belongs(ctx, d.writer, path); err != nil {
		return nil, err
	}
	if err := d.check(ctx); err != nil {
		return nil, err
	}
	// A file locked by another process is found out now, not at the first pass.
	if err := d.write(ctx, op, func(*sql.Tx) error { return nil }); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, d.writer, path, opts); err != nil {
		return nil, err
	}
	d.reader = sql.OpenDB(newReader(path, opts))
	d.reader.SetMaxOpenConns(opts.Readers)
	d.reader.SetMaxIdleConns(opts.Readers)
	if err := d.reader.PingContext(ctx); err != nil {
		return nil, fault(op, path, err)
	}
	return d, nil
}

// secureFile makes the folder and the file where they are missing, for their owner only, and closes an existing file
// to everybody else. SQLite gives its -wal and -shm files the mode of the file.
func secureFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	// An existing file is not opened here: closing it would drop the locks that another handle of this process holds.
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return menshen.Errorf(menshen.CodeInvalid, "sqlite.open", "%s is no file", filepath.Base(name)).WithHint("name a file")
		}
		if info.Mode().Perm()&0o077 != 0 {
			if err := os.Chmod(name, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// check reads the whole file for damage. Above the limit it would hold up the start for too long.
func (d *database) check(ctx context.Context) error {
	const op = "sqlite.check"
	info, err := os.Stat(d.path)
	if err != nil {
		return fault(op, d.path, err)
	}
	if d.opts.CheckLimit >= 0 && info.Size() > d.opts.CheckLimit {
		d.opts.Log.WarnContext(ctx, "database not checked for damage, it is large", "file", filepath.Base(d.path), "bytes", info.Size())
		return nil
	}
	return quickCheck(ctx, op, d.writer, d.path)
}

func quickCheck(ctx context.Context, op string, db *sql.DB, path string) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fault(op, path, err)
	}
	if verdict != "ok" {
		return corrupt(op, path).WithCause(errors.New(verdict))
	}
	return nil
}

// write runs f in one transaction of the writing connection. On any error nothing of it stays.
func (d *database) write(ctx context.Context, op string, f func(*sql.Tx) error) error {
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return fault(op, d.path, err)
	}
	if err := f(tx); err != nil {
		// SQLite may have rolled back already, on a full disk for instance; then this says so, and that is no news.
		_ = tx.Rollback()
		return fault(op, d.path, err)
	}
	return fault(op, d.path, tx.Commit())
}

// close ends all connections; the last one moves the write-ahead log into the file.
func (d *database) close() error {
	var errs []error
	for _, db := range []*sql.DB{d.reader, d.writer} {
		if db != nil {
			errs = append(errs, fault("sqlite.close", d.path, db.Close()))
		}
	}
	return errors.Join(errs...)
}

// emptyLog moves the write-ahead log into the file and cuts it to nothing, so that no copy of erased content stays in
// it. It does not wait for who reads just now.
func (d *database) emptyLog(ctx context.Context, op string) (err error) {
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return fault(op, d.path, err)
	}
	defer func() { err = errors.Join(err, fault(op, d.path, conn.Close())) }()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return fault(op, d.path, err)
	}
	var busy, frames, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	// The wait must come back, whatever became of the caller.
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = "+milliseconds(d.opts.BusyTimeout))
	if busy != 0 {
		d.opts.Log.InfoContext(ctx, "write-ahead log is in use and is emptied later", "file", filepath.Base(d.path))
	}
	return fault(op, d.path, errors.Join(err, back))
}
