package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"math"
	"strconv"
	"time"

	"menshen"
)

// PassedAfter gives up to limit allowed passes that were committed after a cursor and captured at since or later, in the
// order in which they were committed, and the cursor to go on from. 0 is before all.
func (s *Site) PassedAfter(ctx context.Context, after uint64, since time.Time, limit int) (passes []menshen.Pass, next uint64, err error) {
	const op = "sqlite.passed_after"
	from, err := encodeTime(since)
	if err != nil {
		return nil, 0, err
	}
	if from == nil {
		from = int64(math.MinInt64) // of any time
	}
	after = min(after, maxSequence)
	tx, err := s.db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, fault(op, s.db.path, err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(rowid), 0) FROM passes").Scan(&next); err != nil {
		return nil, 0, fault(op, s.db.path, err)
	}
	type numbered struct {
		row  uint64
		pass menshen.Pass
	}
	rows, err := rowsOf(ctx, tx, "SELECT rowid, "+passColumns+" FROM passes WHERE rowid > ? AND outcome = ? AND person IS NOT NULL AND captured >= ? ORDER BY rowid LIMIT ?",
		[]any{int64(after), string(menshen.OutcomeAllow), from, limit}, func(rows *sql.Rows) (n numbered, err error) {
			var r passRow
			if err := rows.Scan(append([]any{&n.row}, r.into()...)...); err != nil {
				return n, err
			}
			n.pass, err = r.decode()
			return n, err
		})
	if err != nil {
		return nil, 0, fault(op, s.db.path, err)
	}
	for _, n := range rows {
		passes = append(passes, n.pass)
	}
	if len(rows) == limit {
		next = rows[limit-1].row
	}
	return passes, next, nil
}

// copiedPass is what gates need of a pass elsewhere.
type copiedPass struct {
	Site       string            `json:"s"`
	Person     string            `json:"p"`
	Direction  menshen.Direction `json:"d"`
	Captured   time.Time         `json:"t"`
	Credential string            `json:"c,omitempty"`
}

// PassedCursor gives how far the pass log of the hub was read, 0 for not at all.
func (c *Copy) PassedCursor(ctx context.Context) (cursor uint64, err error) {
	err = c.db.reader.QueryRowContext(ctx, "SELECT cursor FROM passed_cursor").Scan(&cursor)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return cursor, fault("sqlite.passed_cursor", c.db.path, err)
}

// NotePassed keeps who was let through at other gates together with how far the log was read, and forgets what was
// captured before a time. A pass may come again.
func (c *Copy) NotePassed(ctx context.Context, cursor uint64, passes []menshen.Pass, forget time.Time) error {
	const op = "sqlite.note_passed"
	before, err := encodeTime(forget)
	if err != nil {
		return err
	}
	return c.db.write(ctx, op, func(tx *sql.Tx) error {
		for _, p := range passes {
			captured, err := encodeTime(p.Captured)
			if err != nil {
				return err
			}
			plain, err := json.Marshal(copiedPass{p.Site, p.Person, p.Direction, p.Captured.UTC(), p.Credential})
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO passed (gate, sequence, captured, sealed) VALUES (?, ?, ?, ?)",
				p.ID.Gate, int64(p.ID.Sequence), captured, c.vault.seal(plain, passedPlace(p.ID)...))
			if err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM passed WHERE captured < ?", before); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO passed_cursor (id, cursor) VALUES (1, ?)", int64(min(cursor, maxSequence)))
		return err
	})
}

// Passed gives what NotePassed keeps, in order of capture time: allowed passes with what gates need of them.
func (c *Copy) Passed(ctx context.Context) iter.Seq2[menshen.Pass, error] {
	const query = "SELECT gate, sequence, sealed FROM passed ORDER BY captured, gate, sequence"
	return stream(ctx, c.db, "sqlite.passed", query, nil, func(rows *sql.Rows) (menshen.Pass, error) {
		var id menshen.PassID
		var sealed sql.RawBytes
		if err := rows.Scan(&id.Gate, &id.Sequence, &sealed); err != nil {
			return menshen.Pass{}, err
		}
		var kept copiedPass
		plain, err := c.vault.open(sealed, passedPlace(id)...)
		if err == nil {
			err = json.Unmarshal(plain, &kept)
		}
		if err != nil {
			return menshen.Pass{}, menshen.Errorf(menshen.CodeCorrupt, "sqlite.copy", "the copy of the registry is damaged").WithCause(err).
				WithHint("stop the gate, remove %s with its -wal file, and start it again: it fetches everything anew", c.db.path)
		}
		return menshen.Pass{
			ID: id, Site: kept.Site, Person: kept.Person, Direction: kept.Direction, Captured: kept.Captured, Credential: kept.Credential,
			Decision: menshen.Decision{Outcome: menshen.OutcomeAllow},
		}, nil
	})
}

func passedPlace(id menshen.PassID) []string {
	return []string{"passed", id.Gate, strconv.FormatUint(id.Sequence, 10)}
}
