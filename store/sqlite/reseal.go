package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	"menshen"
)

// How many rows are sealed in one transaction: what is done is kept, and the next start goes on from there. A photograph may have
// 20 MB.
const (
	sealBatch       = 1000
	photographBatch = 10
)

// sealedRow is the key of a row with the number of the key that it is sealed under.
type sealedRow struct {
	id     string
	number int64
}

// scanSealed reads an id and the number of the key of a sealed column; 0 for one under the site's key.
func scanSealed(rows *sql.Rows) (r sealedRow, err error) {
	var sealed sql.RawBytes
	if err := rows.Scan(&r.id, &sealed); err != nil {
		return r, err
	}
	if len(sealed) > 9 && sealed[0] == ownVersion {
		r.number = int64(binary.BigEndian.Uint64(sealed[1:9])) //nolint:gosec // any number
	}
	return r, nil
}

// plainRow is a value that is not yet under its person's key.
type plainRow struct {
	row    int64  // rowid, where the table has them
	id     string // where it has none, and where the place of the value is named by it
	person string
	text   string
	data   []byte
}

// plainClass is one class of values that older versions kept plain or under the site's key.
type plainClass struct {
	kind  keyKind
	batch int    // rows in a transaction
	query string // rowid, id, person, text, data
	put   func(s *Site, ctx context.Context, tx *sql.Tx, r plainRow) error
}

func plainClasses() []plainClass {
	const op = "sqlite.seal"
	// Those under the site's key are opened with it first.
	again := func(table, key string, id func(plainRow) string) plainClass {
		return plainClass{
			kind:  keyOther,
			batch: sealBatch,
			query: "SELECT 0, " + key + ", person, '', sealed FROM " + table + " WHERE substr(sealed, 1, 1) = x'01' LIMIT ? OFFSET ?",
			put: func(s *Site, ctx context.Context, tx *sql.Tx, r plainRow) error {
				where := []string{table, id(r)}
				plain, err := s.vault.read(op, r.data, where...)
				if err != nil {
					return err
				}
				sealed, err := s.keepOwn(op, plain, own{keyOwner{r.person, keyOther}, where})
				if err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, "UPDATE "+table+" SET sealed = ? WHERE "+key+" = ?", sealed, id(r))
				return err
			},
		}
	}
	byID := func(r plainRow) string { return r.id }
	return []plainClass{
		{keyOther, sealBatch, "SELECT 0, id, id, name, x'' FROM people WHERE sealed IS NULL AND name NOT IN ('', '—') LIMIT ? OFFSET ?", func(s *Site, ctx context.Context, tx *sql.Tx, r plainRow) error {
			_, sealed, err := s.keepName(op, r.person, r.text)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE people SET name = '', sealed = ? WHERE id = ?", sealed, r.id)
			return err
		}},
		{keyFace, sealBatch, "SELECT rowid, id, person, '', descriptor FROM templates WHERE sealed = 0 LIMIT ? OFFSET ?", func(s *Site, ctx context.Context, tx *sql.Tx, r plainRow) error {
			number, sealed, err := s.sealOwn(op, r.data, ofTemplate(r.id, r.person))
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE templates SET descriptor = ?, sealed = ? WHERE rowid = ?", sealed, number, r.row)
			return err
		}},
		{keyFace, photographBatch, "SELECT rowid, '', person, name, data FROM photographs WHERE sealed = 0 LIMIT ? OFFSET ?", func(s *Site, ctx context.Context, tx *sql.Tx, r plainRow) error {
			p, err := s.keepPhotograph(r.person, r.text, r.data)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE photographs SET name = '', sum = ?, data = ?, sealed = ? WHERE rowid = ?", p.sum, p.data, p.sealed, r.row)
			return err
		}},
		again("particulars", "person", func(r plainRow) string { return r.person }),
		again("consents", "id", byID),
		again("form_answers", "id", byID),
		plainRecords("health", "person", "", selectHealth, (*Site).scanHealth, func(s *Site, ctx context.Context, tx *sql.Tx, h menshen.Health) error {
			return s.putHealth(ctx, tx, op, h)
		}),
		plainRecords("temperatures", "id", "", selectTemperatures, (*Site).scanTemperature, func(s *Site, ctx context.Context, tx *sql.Tx, t menshen.Temperature) error {
			values, err := s.temperatureValues(ctx, tx, op, t)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "UPDATE temperatures SET ("+temperatureColumns+") = (?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?", append(values, t.ID)...)
			return err
		}),
		plainRecords("visits", "id", " AND (reason <> '' OR from_where <> '' OR celsius <> 0 OR plate <> '' OR registered_by <> '' OR answered_by <> '')",
			selectVisits, (*Site).scanVisit, func(s *Site, ctx context.Context, tx *sql.Tx, v menshen.Visit) error {
				return s.changeVisit(ctx, tx, op, v)
			}),
		plainRecords("permits", "id", " AND (plate NOT IN ('', '—') OR revoked_for NOT IN "+plainReasons+")",
			selectPermits, (*Site).scanPermit, func(s *Site, ctx context.Context, tx *sql.Tx, p menshen.Permit) error {
				plate, reason, sealed, err := s.keepPermit(ctx, tx, op, p)
				if err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, "UPDATE permits SET plate = ?, revoked_for = ?, sealed = ? WHERE id = ?", plate, reason, sealed, p.ID)
				return err
			}),
	}
}

// plainRecords is the class of rows of a table that are plain; more is what else the index of them says. They are read and written as
// they are at other times.
func plainRecords[T any](table, key, more, selectAll string, scan func(*Site, *sql.Rows) (T, error), put func(*Site, context.Context, *sql.Tx, T) error) plainClass {
	return plainClass{
		kind:  keyOther,
		batch: sealBatch,
		query: "SELECT 0, " + key + ", person, '', x'' FROM " + table + " WHERE sealed IS NULL" + more + " LIMIT ? OFFSET ?",
		put: func(s *Site, ctx context.Context, tx *sql.Tx, r plainRow) error {
			rows, err := rowsOf(ctx, tx, selectAll+" WHERE "+key+" = ?", []any{r.id}, func(rows *sql.Rows) (T, error) { return scan(s, rows) })
			for i := 0; i < len(rows) && err == nil; i++ {
				err = put(s, ctx, tx, rows[i])
			}
			return err
		},
	}
}

// sealPlain seals under people's keys what older versions, or a database without a key, kept otherwise. It may be cut off at any
// moment: the next start goes on.
func (s *Site) sealPlain(ctx context.Context) error {
	const op = "sqlite.seal"
	if s.ring == nil {
		return nil
	}
	total := 0
	for _, class := range plainClasses() {
		for done, damaged := class.batch, 0; done == class.batch; {
			worse := 0
			err := s.db.write(ctx, op, func(tx *sql.Tx) (err error) {
				done, worse, err = s.sealSome(ctx, tx, class, damaged)
				return err
			})
			if err != nil {
				return err
			}
			damaged += worse
			total += done - worse
		}
	}
	if total > 0 {
		s.db.opts.Log.InfoContext(ctx, "personal data are sealed under the keys of their people", "entries", total)
	}
	return s.rewrite(ctx)
}

// sealSome passes over the damaged rows found before. It says how many rows it read, and how many of them cannot be opened: those
// stay as they are, and are found out by whoever reads them.
func (s *Site) sealSome(ctx context.Context, tx *sql.Tx, class plainClass, damaged int) (read, worse int, err error) {
	rows, err := rowsOf(ctx, tx, class.query, []any{class.batch, damaged}, func(rows *sql.Rows) (r plainRow, err error) {
		return r, rows.Scan(&r.row, &r.id, &r.person, &r.text, &r.data)
	})
	if err != nil {
		return 0, 0, err
	}
	people := make([]string, len(rows))
	for i, r := range rows {
		people[i] = r.person
	}
	if err := s.ring.ensure(ctx, class.kind, people...); err != nil {
		return 0, 0, err
	}
	for i, r := range rows {
		if err := sometimes(ctx, i); err != nil {
			return 0, 0, err
		}
		err := class.put(s, context.WithoutCancel(ctx), tx, r)
		if menshen.ErrorCode(err) == menshen.CodeCorrupt {
			s.db.opts.Log.ErrorContext(ctx, "stored personal data cannot be decrypted", "person", r.person)
			worse++
			continue
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return len(rows), worse, nil
}

// rewrite makes the file anew, once: SQLite leaves copies of rows in other places when it balances its trees, and overwrites only what
// is deleted. Without the room for it, it waits for the next start.
func (s *Site) rewrite(ctx context.Context) error {
	const op = "sqlite.seal"
	var rewritten bool
	if err := s.db.writer.QueryRowContext(ctx, "SELECT rewritten FROM keyring").Scan(&rewritten); err != nil || rewritten {
		return fault(op, s.db.path, err)
	}
	err := s.db.vacuumOnDisk(ctx, op)
	if menshen.ErrorCode(err) == menshen.CodeExhausted {
		s.db.opts.Log.ErrorContext(ctx, "the disk has no room to make the database anew: what was plain before may be readable in it until the next start", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE keyring SET rewritten = 1")
		return err
	})
}

// vacuumOnDisk is vacuum for a file that may be larger than memory: what SQLite writes in between lies beside it, without a name.
func (d *database) vacuumOnDisk(ctx context.Context, op string) (err error) {
	const folder = "SQLITE_TMPDIR"
	before, had := os.LookupEnv(folder)
	if err := os.Setenv(folder, filepath.Dir(d.path)); err != nil {
		return fault(op, d.path, err)
	}
	defer func() {
		if had {
			err = errors.Join(err, os.Setenv(folder, before))
		} else {
			err = errors.Join(err, os.Unsetenv(folder))
		}
	}()
	conn, err := d.writer.Conn(ctx)
	if err != nil {
		return fault(op, d.path, err)
	}
	_, err = conn.ExecContext(ctx, "PRAGMA temp_store = FILE")
	if err == nil {
		_, err = conn.ExecContext(ctx, "VACUUM")
	}
	_, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = MEMORY")
	if err = errors.Join(err, back, conn.Close()); err != nil {
		return fault(op, d.path, err)
	}
	return d.emptyLog(ctx, op)
}

// vacuum makes the file anew, and its write-ahead log empty.
func (d *database) vacuum(ctx context.Context, op string) error {
	if _, err := d.writer.ExecContext(ctx, "VACUUM"); err != nil {
		return fault(op, d.path, err)
	}
	return d.emptyLog(ctx, op)
}
