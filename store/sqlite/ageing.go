package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"menshen"
)

// Ageing is what a site's database and a post's copy have in common of what grows old: the clock that counts, what looks removed,
// and the audit log. Safe for concurrent use.
type Ageing struct{ db *database }

// Ageing is that of the site.
func (s *Site) Ageing() Ageing { return Ageing{s.db} }

// Ageing is that of the post.
func (c *Copy) Ageing() Ageing { return Ageing{c.db} }

// Clock gives what PutClock kept, "" for nothing.
func (a Ageing) Clock(ctx context.Context) (state string, err error) {
	err = a.db.reader.QueryRowContext(ctx, "SELECT state FROM retention_clock").Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, fault("sqlite.retention_clock", a.db.path, err)
}

// PutClock keeps what was seen of the clock.
func (a Ageing) PutClock(ctx context.Context, state string) error {
	return a.db.write(ctx, "sqlite.retention_clock", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO retention_clock (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state", state)
		return err
	})
}

// RetentionLook is when a class was last looked through for what is too old.
type RetentionLook struct {
	At             time.Time
	Removed, Total int // then, and ever
}

// PutLook keeps a look.
func (a Ageing) PutLook(ctx context.Context, class string, at time.Time, removed int) error {
	n, err := encodeTime(at)
	if err != nil {
		return err
	}
	return a.db.write(ctx, "sqlite.retention_look", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO retention_runs (class, at, removed, total) VALUES (?1, ?2, ?3, ?3)
			ON CONFLICT (class) DO UPDATE SET at = excluded.at, removed = excluded.removed, total = total + excluded.removed`, class, n, removed)
		return err
	})
}

// Looks gives the latest look at each class.
func (a Ageing) Looks(ctx context.Context) (map[string]RetentionLook, error) {
	looks := map[string]RetentionLook{}
	_, err := collect(stream(ctx, a.db, "sqlite.retention_looks", "SELECT class, at, removed, total FROM retention_runs", nil, func(rows *sql.Rows) (none struct{}, err error) {
		var class string
		var at sql.NullInt64
		var l RetentionLook
		err = rows.Scan(&class, &at, &l.Removed, &l.Total)
		l.At = decodeTime(at)
		looks[class] = l
		return none, err
	}))
	return looks, err
}

// Aged are entries at the beginning of the audit log that are old.
type Aged struct {
	Size  uint64    // entries up to the last of them, those that went before included
	Root  [32]byte  // over all of them
	Until time.Time // of the latest
}

// OldAudit gives at most so many entries from the beginning of the audit log that are older than a time, and how many there are in
// all and of those; Size is 0 where there is none. The latest entry is never among them.
func (a Ageing) OldAudit(ctx context.Context, before time.Time, most int) (old Aged, kept, due int, err error) {
	const op = "sqlite.old_audit"
	at, err := encodeTime(before)
	if err != nil {
		return old, 0, 0, err
	}
	tx, err := a.db.reader.BeginTx(ctx, nil) // one moment
	if err != nil {
		return old, 0, 0, fault(op, a.db.path, err)
	}
	defer func() { err = errors.Join(err, fault(op, a.db.path, tx.Rollback())) }()
	var first, last, end int64 // end is the first that stays
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM audit").Scan(&first, &last); err != nil {
		return old, 0, 0, fault(op, a.db.path, err)
	}
	err = tx.QueryRowContext(ctx, "SELECT id FROM audit WHERE at >= ? ORDER BY id LIMIT 1", at).Scan(&end)
	if errors.Is(err, sql.ErrNoRows) {
		end, err = last, nil
	}
	if err != nil {
		return old, 0, 0, fault(op, a.db.path, err)
	}
	kept, due = int(last-first+1), int(end-first)
	if last == 0 || due <= 0 {
		return old, kept, 0, nil
	}
	old.Size = uint64(min(end-1, first-1+int64(most)))
	rows, err := rowsOf(ctx, tx, "SELECT id, at, actor, action, subject, purpose, detail FROM audit WHERE id <= ? ORDER BY id", []any{int64(old.Size)}, scanAudit)
	if err != nil {
		return old, kept, due, fault(op, a.db.path, err)
	}
	tree := treeReader{ctx, tx}
	for _, row := range rows {
		if row.entry.At.After(old.Until) {
			old.Until = row.entry.At
		}
		// What was tampered with stays, for whoever looks into it.
		hashes, err := tree.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(row.number)-1)})
		if err != nil || hashes[0] != tlog.RecordHash(row.entry.Record(row.number)) {
			return old, kept, due, menshen.Errorf(menshen.CodeCorrupt, op, "entry %d of the audit log is not as it was written: nothing of it is removed", row.number).
				WithCause(err).WithHint("run menshen audit verify, and keep the file as it is for whoever looks into it")
		}
	}
	hash, err := tlog.TreeHash(int64(old.Size), tree)
	old.Root = hash
	return old, kept, due, fault(op, a.db.path, err)
}

// RemoveOldAudit removes the first entries of the audit log with what the site signed of it. Their hashes stay.
func (a Ageing) RemoveOldAudit(ctx context.Context, size uint64, note string) error {
	return a.db.write(ctx, "sqlite.remove_old_audit", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO audit_removals (size, note) VALUES (?, ?)", int64(size), note); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM audit WHERE id <= ?", int64(size))
		return err
	})
}
