package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

// AddPhotographs keeps the photographs that somebody was enrolled with, all or nothing; one that is there already is
// kept once. CodeNotFound for nobody, CodeInvalid for an empty one.
func (s *Site) AddPhotographs(ctx context.Context, person string, photos []menshen.Photograph) error {
	const op = "sqlite.add_photographs"
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		for _, p := range photos {
			if len(p.Data) == 0 {
				return menshen.Errorf(menshen.CodeInvalid, op, "the photograph %q is empty", p.Name)
			}
			created, err := encodeTime(p.Created)
			if err != nil {
				return err
			}
			sum := p.Sum()
			_, err = tx.ExecContext(ctx, "INSERT INTO photographs (person, sum, name, data, created) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				person, sum[:], p.Name, p.Data, created)
			if missing(err) {
				return nobody(op, person)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Photographs gives those kept of a person, in the order they were added; none for nobody.
func (s *Site) Photographs(ctx context.Context, person string) iter.Seq2[menshen.Photograph, error] {
	const query = "SELECT name, data, created FROM photographs WHERE person = ? ORDER BY rowid"
	return stream(ctx, s.db, "sqlite.photographs", query, []any{person}, func(rows *sql.Rows) (p menshen.Photograph, err error) {
		var created sql.NullInt64
		if err := rows.Scan(&p.Name, &p.Data, &created); err != nil {
			return p, err
		}
		p.Created = decodeTime(created)
		return p, nil
	})
}

// RemovePhotographs erases the photographs kept of a person, or of everybody where person is "", and says how many. As
// after RemovePerson no copy stays in the write-ahead log.
func (s *Site) RemovePhotographs(ctx context.Context, person string) (photographs int, err error) {
	const op = "sqlite.remove_photographs"
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM photographs WHERE ?1 = '' OR person = ?1", person)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		photographs = int(n)
		return err
	})
	if err != nil {
		return 0, err
	}
	return photographs, s.db.emptyLog(ctx, op)
}

// Untemplated gives the active people who have templates of other engines only, and those who have none for covered
// faces, with the number of photographs kept of each, in the order of their ids. Somebody who never had a template is not
// among them.
func (s *Site) Untemplated(ctx context.Context, engine menshen.EngineID) iter.Seq2[store.Untemplated, error] {
	const query = `
		WITH own AS (
		    SELECT t.person, max(t.masked) AS masked FROM templates t JOIN engines e ON e.id = t.engine
		    WHERE e.name = ? AND e.model_hash = ? AND e.dim = ? AND e.metric = ? GROUP BY t.person)
		SELECT p.id, p.name, coalesce(h.dwelling, ''), (SELECT count(*) FROM photographs f WHERE f.person = p.id), own.person IS NOT NULL
		FROM people p LEFT JOIN households h ON h.id = p.household LEFT JOIN own ON own.person = p.id
		WHERE p.state = 'active' AND EXISTS (SELECT 1 FROM templates t WHERE t.person = p.id) AND coalesce(own.masked, 0) = 0
		ORDER BY p.id`
	args := []any{engine.Name, engine.ModelHash, engine.Dim, string(engine.Metric)}
	return stream(ctx, s.db, "sqlite.untemplated", query, args, func(rows *sql.Rows) (u store.Untemplated, err error) {
		return u, rows.Scan(&u.Person, &u.Name, &u.Dwelling, &u.Photographs, &u.MaskedOnly)
	})
}
