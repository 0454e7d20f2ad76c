package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"time"

	"menshen"
	"menshen/store"
)

// AddLink keeps a link that somebody without an account may use once. Only the hash of its token is here. CodeConflict for
// a hash that is there.
func (s *Site) AddLink(ctx context.Context, l store.Link) error {
	const op = "sqlite.add_link"
	if len(l.Hash) != sha256.Size {
		return menshen.Errorf(menshen.CodeInvalid, op, "the hash of a link has %d bytes", len(l.Hash))
	}
	if err := checkTexts(op, l.Purpose, l.Subject, l.Person); err != nil {
		return err
	}
	t, err := encodeTimes(l.Expires, l.Used)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO links (hash, purpose, subject, person, expires, used) VALUES (?, ?, ?, ?, ?, ?)",
			l.Hash, l.Purpose, l.Subject, l.Person, t[0], t[1])
		if taken(err) {
			return menshen.Errorf(menshen.CodeConflict, op, "the link is there already").WithCause(err)
		}
		return err
	})
}

// Link gives the link of a hash, or CodeNotFound. Whether it has expired is for who asks to see.
func (s *Site) Link(ctx context.Context, hash []byte) (store.Link, error) {
	const op = "sqlite.link"
	const query = "SELECT hash, purpose, subject, person, expires, used FROM links WHERE hash = ?"
	l, found, err := first(stream(ctx, s.db, op, query, []any{hash}, func(rows *sql.Rows) (l store.Link, err error) {
		var expires, used sql.NullInt64
		err = rows.Scan(&l.Hash, &l.Purpose, &l.Subject, &l.Person, &expires, &used)
		l.Expires, l.Used = decodeTime(expires), decodeTime(used)
		return l, err
	}))
	if err == nil && !found {
		err = noLink(op)
	}
	return l, err
}

// UseLink marks a link as used. CodeConflict if it is already: of two at once only one gets through. CodeNotFound without it.
func (s *Site) UseLink(ctx context.Context, hash []byte, at time.Time) error {
	const op = "sqlite.use_link"
	if at.IsZero() {
		return menshen.Errorf(menshen.CodeInvalid, op, "a link is used without a time")
	}
	n, err := encodeTime(at)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE links SET used = ? WHERE hash = ? AND used IS NULL", n, hash)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		var there int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM links WHERE hash = ?", hash).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return noLink(op)
		}
		return menshen.Errorf(menshen.CodeConflict, op, "the link was used already").WithHint("ask the property office for a new one")
	})
}

func noLink(op string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no such link").WithHint("ask the property office for a new one")
}
