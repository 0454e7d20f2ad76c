package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"menshen"
	"menshen/store"
)

// PutPerson adds a person, or changes the one with the id. The household is found by the dwelling, or made, as in AddPeople.
// Particulars are replaced where they are given, and stay as they are where they are nil.
func (s *Site) PutPerson(ctx context.Context, p menshen.Person, particulars *menshen.Particulars) error {
	return s.PutPeople(ctx, []store.Record{{Person: p, Particulars: particulars}})
}

// PutPeople is PutPerson for many at once, all or nothing. Who is as before makes no change.
func (s *Site) PutPeople(ctx context.Context, records []store.Record) error {
	return s.alter(ctx, "sqlite.put_person", func(tx *sql.Tx) error { return s.putPeople(ctx, tx, records) })
}

func (s *Site) putPeople(ctx context.Context, tx *sql.Tx, records []store.Record) error {
	const op = "sqlite.put_person"
	// Created stays what it was where none is given.
	put, err := tx.PrepareContext(ctx, `
		INSERT INTO people (id, name, household, state, created, sealed) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, sealed = excluded.sealed, household = excluded.household, state = excluded.state,
		    created = coalesce(excluded.created, created)
		WHERE name <> excluded.name OR sealed IS NOT excluded.sealed OR household IS NOT excluded.household OR state <> excluded.state
		   OR created IS NOT coalesce(excluded.created, created)`)
	if err != nil {
		return err
	}
	defer put.Close()
	homes := households{ctx: ctx, tx: tx, known: map[menshen.Dwelling]string{}}
	everybody := make([]string, len(records))
	for i, r := range records {
		everybody[i] = r.Person.ID
	}
	if err := s.ensureKeys(ctx, op, keyOther, everybody...); err != nil {
		return err
	}
	var keys []string
	for i, r := range records {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
		p := r.Person
		if err := checkPerson(op, p); err != nil {
			return err
		}
		created, err := encodeTime(p.Created)
		if err != nil {
			return err
		}
		household, err := homes.of(p)
		if err != nil {
			return err
		}
		name, sealed, err := s.sameName(ctx, tx, p)
		if err != nil {
			return err
		}
		done, err := put.ExecContext(context.WithoutCancel(ctx), p.ID, name, household, string(p.State), created, sealed)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		called := false // by another number than before, which finding people must hear of
		if r.Particulars != nil {
			if called, err = s.putParticulars(ctx, tx, p.ID, *r.Particulars); err != nil {
				return err
			}
		}
		if n > 0 || called {
			keys = append(keys, p.ID)
		}
	}
	return mark(ctx, tx, menshen.ChangePerson, keys...)
}

// sameName gives the columns of a name: as they are where it is the same as before, since it would look changed if it were sealed anew.
func (s *Site) sameName(ctx context.Context, tx *sql.Tx, p menshen.Person) (name string, sealed any, err error) {
	const op = "sqlite.put_person"
	if s.keyless {
		return p.Name, nil, nil
	}
	var plain string
	var before []byte
	err = tx.QueryRowContext(context.WithoutCancel(ctx), "SELECT name, sealed FROM people WHERE id = ?", p.ID).Scan(&plain, &before)
	if err == nil && len(before) > 0 {
		if was, err := s.nameOf(p.ID, plain, before); err == nil && was == p.Name {
			return plain, before, nil
		}
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", nil, err
	}
	return s.keepName(op, p.ID, p.Name)
}
