package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"menshen"
	"menshen/store"
)

// destroy overwrites keys for good and notes what goes with them. The site's rows are deleted by the caller after; what a crash
// leaves of them nobody can read, and the next opening deletes it.
func (k *keyring) destroy(ctx context.Context, e store.Erasure, numbers []int64) error {
	const op = "sqlite.destroy_keys"
	at, err := encodeTime(e.At)
	if err != nil {
		return err
	}
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	counts, err := json.Marshal(e.Counts)
	if err != nil {
		return err
	}
	err = k.db.write(ctx, op, func(tx *sql.Tx) error {
		if err := overwrite(ctx, tx, string(list)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO erasures (person, scope, at, keys, counts, certified) VALUES (?, ?, ?, ?, ?, ?)",
			e.Person, string(e.Scope), at, string(list), string(counts), e.Certified)
		return err
	})
	if err != nil {
		return err
	}
	k.forget(numbers)
	return k.db.emptyLog(ctx, op)
}

// overwrite puts zeros in the place of keys.
func overwrite(ctx context.Context, tx *sql.Tx, list string) error {
	_, err := tx.ExecContext(ctx, "UPDATE person_keys SET wrapped = zeroblob(?) WHERE number IN (SELECT value FROM json_each(?)) AND wrapped <> zeroblob(?)",
		wrappedLength, list, wrappedLength)
	return err
}

// erase destroys somebody's keys of some kinds within the transaction that deletes their rows. Nothing happens where they have none.
func (s *Site) erase(ctx context.Context, tx *sql.Tx, person string, scope store.ErasureScope, kinds ...keyKind) error {
	if s.keyless {
		return nil
	}
	if err := s.vault.needed("sqlite.destroy_keys"); err != nil {
		return err
	}
	numbers := s.ring.held(person, kinds...)
	if len(numbers) == 0 {
		return nil
	}
	e := store.Erasure{Person: person, Scope: scope, At: s.db.opts.Now()}
	c := &e.Counts
	err := tx.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM templates WHERE person = ?1), (SELECT count(*) FROM photographs WHERE person = ?1)`, person).Scan(&c.Templates, &c.Photographs)
	if err == nil && scope == store.ErasedPerson {
		err = tx.QueryRowContext(ctx, `
			SELECT (SELECT count(*) FROM people WHERE id = ?1 AND sealed IS NOT NULL), (SELECT count(*) FROM particulars WHERE person = ?1),
			       (SELECT count(*) FROM consents WHERE person = ?1 AND sealed IS NOT NULL),
			       (SELECT count(*) FROM form_answers WHERE person = ?1 AND sealed IS NOT NULL),
			       (SELECT count(*) FROM credentials WHERE person = ?1),
			       (SELECT count(*) FROM health WHERE person = ?1) + (SELECT count(*) FROM temperatures WHERE person = ?1) +
			       (SELECT count(*) FROM visits WHERE person = ?1 AND sealed IS NOT NULL) +
			       (SELECT count(*) FROM permits WHERE person = ?1 AND sealed IS NOT NULL)`, person).
			Scan(&c.Names, &c.Particulars, &c.Signatures, &c.Answers, &c.Credentials, &c.Records)
	}
	if err != nil {
		return err
	}
	return s.ring.destroy(ctx, e, numbers)
}

// finishErasure cuts what is erased out of the write-ahead log, and its keys out of the copies that backups made of them.
func (s *Site) finishErasure(ctx context.Context, op string) error {
	if err := s.db.emptyLog(ctx, op); err != nil || s.ring == nil {
		return err
	}
	return s.ring.purgeSnapshots(ctx)
}

// Erasures gives what was erased of people, the oldest first: all that have no certificate yet, or all of a person where one is named.
func (s *Site) Erasures(ctx context.Context, person string) ([]store.Erasure, error) {
	const op = "sqlite.erasures"
	if s.ring == nil {
		return nil, nil
	}
	query, args := "SELECT number, person, scope, at, keys, counts, certified FROM erasures WHERE NOT certified ORDER BY number", []any(nil)
	if person != "" {
		query, args = "SELECT number, person, scope, at, keys, counts, certified FROM erasures WHERE person = ? ORDER BY number", []any{person}
	}
	all, err := collect(stream(ctx, s.ring.db, op, query, args, func(rows *sql.Rows) (e store.Erasure, err error) {
		var at sql.NullInt64
		var keys, counts string
		if err := rows.Scan(&e.Number, &e.Person, &e.Scope, &at, &keys, &counts, &e.Certified); err != nil {
			return e, err
		}
		e.At = decodeTime(at)
		if err := json.Unmarshal([]byte(counts), &e.Counts); err != nil {
			return e, unusable(op, e.Person, err)
		}
		var numbers []int64
		if err := json.Unmarshal([]byte(keys), &numbers); err != nil {
			return e, unusable(op, e.Person, err)
		}
		e.Keys, err = s.ring.marks(ctx, numbers)
		return e, err
	}))
	return all, err
}

// SetCertified notes that there is a certificate of an erasure.
func (s *Site) SetCertified(ctx context.Context, number int64) error {
	const op = "sqlite.erasures"
	if err := s.vault.needed(op); err != nil {
		return err
	}
	return s.ring.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE erasures SET certified = 1 WHERE number = ?", number)
		return err
	})
}

// KeysAreNew reports whether this opening was the first with keys of people: the database is older than they are.
func (s *Site) KeysAreNew() bool { return s.ring != nil && s.ring.new }

// EraseAgain destroys the keys that certificates name, where a backup brought them back, and deletes what they sealed; in the copies
// of other backups too. It says how many there were in the database.
func (s *Site) EraseAgain(ctx context.Context, marks []string) (int, error) {
	const op = "sqlite.erase_again"
	if s.ring == nil {
		return 0, nil
	}
	s.ring.copies.Lock()
	s.ring.certified = append([]string{}, marks...)
	s.ring.copies.Unlock()
	list, err := json.Marshal(marks)
	if err != nil {
		return 0, fault(op, s.db.path, err)
	}
	type found struct {
		number int64
		owner  keyOwner
	}
	const query = `
		SELECT number, person, kind FROM person_keys
		WHERE lower(hex(mark)) IN (SELECT value FROM json_each(?)) AND wrapped <> zeroblob(?) ORDER BY number`
	back, err := collect(stream(ctx, s.ring.db, op, query, []any{string(list), wrappedLength}, func(rows *sql.Rows) (f found, err error) {
		return f, rows.Scan(&f.number, &f.owner.person, &f.owner.kind)
	}))
	if err != nil {
		return 0, err
	}
	if len(back) == 0 {
		return 0, s.ring.purgeSnapshots(ctx)
	}
	for _, f := range back {
		scope := store.ErasedFace
		if f.owner.kind == keyOther {
			scope = store.ErasedPerson
		}
		e := store.Erasure{Person: f.owner.person, Scope: scope, At: s.db.opts.Now(), Certified: true}
		if err := s.ring.destroy(ctx, e, []int64{f.number}); err != nil {
			return 0, err
		}
	}
	return len(back), s.sweep(ctx)
}

// sweep deletes the rows whose keys were destroyed: what a crash left, or a backup brought back.
func (s *Site) sweep(ctx context.Context) error {
	const op = "sqlite.sweep"
	if s.ring == nil {
		return nil
	}
	numbers, people := s.ring.gone()
	if len(numbers) == 0 {
		return nil
	}
	keys, err := json.Marshal(numbers)
	if err != nil {
		return fault(op, s.db.path, err)
	}
	owners, err := json.Marshal(people)
	if err != nil {
		return fault(op, s.db.path, err)
	}
	swept := 0
	err = s.alter(ctx, op, func(tx *sql.Tx) error {
		const rows = " WHERE person IN (SELECT value FROM json_each(?)) AND sealed IN (SELECT value FROM json_each(?))"
		args := []any{string(owners), string(keys)}
		photographs, err := rowsOf(ctx, tx, "DELETE FROM photographs"+rows+" RETURNING person", args, scanText)
		if err != nil {
			return err
		}
		templates, err := rowsOf(ctx, tx, "DELETE FROM templates"+rows+" RETURNING id", args, scanText)
		if err != nil {
			return err
		}
		named, err := rowsOf(ctx, tx, "SELECT id, sealed FROM people WHERE sealed IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
			[]any{string(owners)}, scanSealed)
		if err != nil {
			return err
		}
		swept = len(photographs) + len(templates)
		for _, n := range named {
			if _, gone := slices.BinarySearch(numbers, n.number); !gone {
				continue
			}
			swept++
			if err := s.removeRows(ctx, tx, op, n.id); err != nil {
				return err
			}
		}
		return mark(ctx, tx, menshen.ChangeTemplate, templates...)
	})
	if err != nil {
		return err
	}
	if swept > 0 {
		s.db.opts.Log.InfoContext(ctx, "what was erased before is deleted again", "entries", swept)
		if err := s.db.emptyLog(ctx, op); err != nil {
			return err
		}
	}
	return s.ring.purgeSnapshots(ctx)
}
