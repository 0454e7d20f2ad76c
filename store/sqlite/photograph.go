package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"iter"
	"strings"

	"menshen"
	"menshen/store"
)

// AddPhotographs keeps the photographs that somebody was enrolled with, all or nothing; one that is there already is
// kept once. CodeNotFound for nobody, CodeInvalid for an empty one.
func (s *Site) AddPhotographs(ctx context.Context, person string, photos []menshen.Photograph) error {
	const op = "sqlite.add_photographs"
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		if err := s.ensureKeys(ctx, op, keyFace, person); err != nil {
			return err
		}
		for _, p := range photos {
			if len(p.Data) == 0 {
				return menshen.Errorf(menshen.CodeInvalid, op, "the photograph %q is empty", p.Name)
			}
			created, err := encodeTime(p.Created)
			if err != nil {
				return err
			}
			kept := keptPhotograph{name: p.Name, data: p.Data}
			if s.keyless {
				sum := p.Sum()
				kept.sum = sum[:]
			} else if kept, err = s.keepPhotograph(person, p.Name, p.Data); err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO photographs (person, sum, name, data, created, sealed) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
				person, kept.sum, kept.name, kept.data, created, kept.sealed)
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

// keptPhotograph is a photograph as it is stored: sealed, its name is within data.
type keptPhotograph struct {
	sum    []byte
	name   string
	data   []byte
	sealed int64
}

func ofPhotograph(person, sum string) own {
	return own{keyOwner{person, keyFace}, []string{"photographs", sum}}
}

// keepPhotograph seals a photograph with its file's name, which often is that of the person.
func (s *Site) keepPhotograph(person, name string, data []byte) (k keptPhotograph, err error) {
	const op = "sqlite.add_photographs"
	if k.sum, err = s.digest(keyOwner{person, keyFace}, data); err != nil {
		return k, err
	}
	plain := binary.AppendUvarint(nil, uint64(len(name)))
	plain = append(append(plain, name...), data...)
	k.sealed, k.data, err = s.sealOwn(op, plain, ofPhotograph(person, strings.ToUpper(hex.EncodeToString(k.sum))))
	return k, err
}

func (s *Site) openPhotograph(person, sum string, number int64, sealed []byte) (name string, data []byte, err error) {
	const op = "sqlite.photographs"
	plain, err := s.openOwn(op, number, sealed, ofPhotograph(person, sum))
	if err != nil {
		return "", nil, err
	}
	length, n := binary.Uvarint(plain)
	if n <= 0 || length > uint64(len(plain)-n) {
		return "", nil, unusable(op, person, errors.New("cut"))
	}
	rest := plain[n:]
	return string(rest[:length]), rest[length:], nil
}

// Photographs gives those kept of a person, in the order they were added; none for nobody.
func (s *Site) Photographs(ctx context.Context, person string) iter.Seq2[menshen.Photograph, error] {
	const query = "SELECT name, data, created, sealed, hex(sum) FROM photographs WHERE person = ? ORDER BY rowid"
	return stream(ctx, s.db, "sqlite.photographs", query, []any{person}, func(rows *sql.Rows) (p menshen.Photograph, err error) {
		var created sql.NullInt64
		var number int64
		var sum string
		if err := rows.Scan(&p.Name, &p.Data, &created, &number, &sum); err != nil {
			return p, err
		}
		if number != 0 {
			if p.Name, p.Data, err = s.openPhotograph(person, sum, number, p.Data); err != nil {
				return menshen.Photograph{}, err
			}
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
		SELECT p.id, ` + personName + `, coalesce(h.dwelling, ''), (SELECT count(*) FROM photographs f WHERE f.person = p.id), own.person IS NOT NULL
		FROM people p LEFT JOIN households h ON h.id = p.household LEFT JOIN own ON own.person = p.id
		WHERE p.state = 'active' AND EXISTS (SELECT 1 FROM templates t WHERE t.person = p.id) AND coalesce(own.masked, 0) = 0
		ORDER BY p.id`
	args := []any{engine.Name, engine.ModelHash, engine.Dim, string(engine.Metric)}
	return stream(ctx, s.db, "sqlite.untemplated", query, args, func(rows *sql.Rows) (u store.Untemplated, err error) {
		return u, rows.Scan(&u.Person, &u.Name, &u.Dwelling, &u.Photographs, &u.MaskedOnly)
	})
}
