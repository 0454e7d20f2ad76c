package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"menshen"
	_ "menshen/store/sqlite" // registers the driver
)

// sqlitePeer is a database of SQLite in a temporary folder, tuned for one bulk load and many questions.
type sqlitePeer struct {
	dir string
	db  *sql.DB
	ask *sql.Stmt
}

func sqliteFailed(err error) error {
	return menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "the comparison with SQLite failed").WithHint("leave it out with --no-peers").WithCause(err)
}

// sqliteVersion gives its version, "" where even that cannot be asked.
func sqliteVersion(ctx context.Context) (version string) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return ""
	}
	defer func() { _ = db.Close() }() // in memory
	_ = db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version)
	return version
}

func openSQLitePeer(ctx context.Context) (database, error) {
	dir, err := os.MkdirTemp("", "menshen-bench-")
	if err != nil {
		return nil, sqliteFailed(err)
	}
	s := &sqlitePeer{dir: dir}
	if s.db, err = sql.Open("sqlite3", "file:"+filepath.Join(dir, "peer.db")); err != nil {
		return nil, errors.Join(sqliteFailed(err), s.close())
	}
	s.db.SetMaxOpenConns(1) // so that the pragmas hold
	for _, pragma := range []string{
		"page_size = 8192", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "temp_store = MEMORY", "cache_size = -4000000",
		"mmap_size = 64000000000", "threads = 2",
	} {
		if _, err := s.db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return nil, errors.Join(sqliteFailed(err), s.close())
		}
	}
	return s, nil
}

func (s *sqlitePeer) load(ctx context.Context, town *subdistrict) error {
	err := s.fill(ctx, town)
	if err == nil {
		s.ask, err = s.db.PrepareContext(ctx, sqliteQuery)
	}
	if err != nil {
		return sqliteFailed(err)
	}
	return nil
}

// fill inserts in order of the first index, as its own key, so that no separate table is needed for it.
func (s *sqlitePeer) fill(ctx context.Context, town *subdistrict) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if _, err := tx.ExecContext(ctx, "CREATE TABLE passes (at INTEGER NOT NULL, person INTEGER NOT NULL, gate INTEGER NOT NULL)"); err != nil {
		return err
	}
	const rows = 100 // of one statement
	insert := "INSERT INTO passes VALUES (?, ?, ?)"
	many := insert
	for range rows - 1 {
		many += ", (?, ?, ?)"
	}
	one, err := tx.PrepareContext(ctx, insert)
	if err != nil {
		return err
	}
	defer func() { _ = one.Close() }() // read only
	all, err := tx.PrepareContext(ctx, many)
	if err != nil {
		return err
	}
	defer func() { _ = all.Close() }() // read only
	args := make([]any, 0, 3*rows)
	err = town.passes(ctx, allPasses, func(day int, passes []made) error {
		for len(passes) > 0 {
			n, with := rows, all
			if len(passes) < rows {
				n, with = 1, one
			}
			args = args[:0]
			for _, m := range passes[:n] {
				args = append(args, int64(ticksSince(day, m.at)), int64(m.person), int64(m.door>>1))
			}
			passes = passes[n:]
			if _, err := with.ExecContext(ctx, args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"CREATE INDEX passes_person ON passes (person, at, gate)", "CREATE INDEX passes_gate ON passes (gate, at, person)", "ANALYZE",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (s *sqlitePeer) warm(ctx context.Context) error {
	for _, index := range []string{"passes_person", "passes_gate"} {
		var n int64
		if err := s.db.QueryRowContext(ctx, "SELECT sum(at + person + gate) FROM passes INDEXED BY "+index+" WHERE "+map[string]string{"passes_person": "person", "passes_gate": "gate"}[index]+" >= 0").Scan(&n); err != nil {
			return sqliteFailed(err)
		}
	}
	return nil
}

func (s *sqlitePeer) reached(ctx context.Context, person, within uint32) (found []reachedBy, err error) {
	rows, err := s.ask.QueryContext(ctx, int64(person), int64(within))
	if err != nil {
		return nil, sqliteFailed(err)
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	for rows.Next() {
		var r reachedBy
		if err := rows.Scan(&r.person, &r.generation); err != nil {
			return nil, sqliteFailed(err)
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, sqliteFailed(err)
	}
	return found, nil
}

// sqliteQuery has its joins made in the order in which they stand.
var sqliteQuery = strings.ReplaceAll(fmt.Sprintf(reachedQuery, "CROSS JOIN", onceOnly), "$", "?")

func (s *sqlitePeer) size(context.Context) (int64, error) {
	info, err := os.Stat(filepath.Join(s.dir, "peer.db"))
	if err != nil {
		return 0, sqliteFailed(err)
	}
	return info.Size(), nil
}

func (s *sqlitePeer) close() (err error) {
	if s.ask != nil {
		err = s.ask.Close()
	}
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}
