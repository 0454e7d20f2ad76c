package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"math"

	"menshen"
)

// AddTemplates adds templates of people in the registry, all or nothing. An unknown person gives CodeNotFound, a
// template id that is there already CodeConflict.
func (s *Site) AddTemplates(ctx context.Context, templates []menshen.Template) error {
	return s.alter(ctx, "sqlite.add_templates", func(tx *sql.Tx) error { return s.insertTemplates(ctx, tx, templates) })
}

func (s *Site) insertTemplates(ctx context.Context, tx *sql.Tx, templates []menshen.Template) error {
	const op = "sqlite.add_templates"
	insert, err := tx.PrepareContext(ctx,
		"INSERT INTO templates (id, person, engine, descriptor, quality, masked, adapted, created, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	people := make([]string, len(templates))
	for i, t := range templates {
		people[i] = t.Person
	}
	if err := s.ensureKeys(ctx, op, keyFace, people...); err != nil {
		return err
	}
	engines := map[menshen.EngineID]int64{}
	keys := make([]string, len(templates))
	for i, t := range templates {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
		keys[i] = t.ID
		if err := t.Validate(); err != nil {
			return err
		}
		if err := checkTexts(op, t.ID); err != nil {
			return err
		}
		if t.Engine.Dim <= 0 || math.IsNaN(t.Quality) {
			return menshen.Errorf(menshen.CodeInvalid, op, "template %s has no dimension or no quality", t.ID)
		}
		created, err := encodeTime(t.Created)
		if err != nil {
			return err
		}
		engine, ok := engines[t.Engine]
		if !ok {
			if engine, err = engineRow(ctx, tx, t.Engine); err != nil {
				return err
			}
			engines[t.Engine] = engine
		}
		descriptor, number := encodeDescriptor(t.Descriptor), int64(0)
		if !s.keyless {
			if number, descriptor, err = s.sealOwn(op, descriptor, ofTemplate(t.ID, t.Person)); err != nil {
				return err
			}
		}
		_, err = insert.ExecContext(context.WithoutCancel(ctx),
			t.ID, t.Person, engine, descriptor, t.Quality, t.Masked, t.Adapted, created, number)
		switch {
		case taken(err):
			return menshen.Errorf(menshen.CodeConflict, op, "template %s is there already", t.ID).WithCause(err)
		case missing(err):
			return nobody(op, t.Person)
		case err != nil:
			return err
		}
	}
	return mark(ctx, tx, menshen.ChangeTemplate, keys...)
}

func ofTemplate(id, person string) own {
	return own{keyOwner{person, keyFace}, []string{"templates", id}}
}

// RemoveTemplates erases templates by their ids, in one transaction. Those that are not there are passed over. As after
// RemovePerson no copy stays in the write-ahead log.
func (s *Site) RemoveTemplates(ctx context.Context, ids []string) error {
	const op = "sqlite.remove_templates"
	if len(ids) == 0 {
		return nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return fault(op, s.db.path, err)
	}
	err = s.alter(ctx, op, func(tx *sql.Tx) error {
		const query = "DELETE FROM templates WHERE id IN (SELECT value FROM json_each(?)) RETURNING id"
		gone, err := rowsOf(ctx, tx, query, []any{string(list)}, scanText)
		if err != nil {
			return err
		}
		return mark(ctx, tx, menshen.ChangeTemplate, gone...)
	})
	if err != nil {
		return err
	}
	return s.db.emptyLog(ctx, op)
}

// engineRow finds or makes the row of an engine.
func engineRow(ctx context.Context, tx *sql.Tx, e menshen.EngineID) (id int64, err error) {
	// The update changes nothing; it is there so that an existing row is returned too.
	err = tx.QueryRowContext(ctx, `
		INSERT INTO engines (name, model_hash, dim, metric) VALUES (?, ?, ?, ?)
		ON CONFLICT (name, model_hash, dim, metric) DO UPDATE SET dim = excluded.dim RETURNING id`,
		e.Name, e.ModelHash, e.Dim, string(e.Metric)).Scan(&id)
	return id, err
}

// Templates gives the templates of one engine and of no other, in the order they were added.
func (s *Site) Templates(ctx context.Context, engine menshen.EngineID) iter.Seq2[menshen.Template, error] {
	return s.templates(ctx, "sqlite.templates", engine, "")
}

// TemplatesOf gives the templates of one person and one engine, in the order they were added; none for nobody.
func (s *Site) TemplatesOf(ctx context.Context, engine menshen.EngineID, person string) iter.Seq2[menshen.Template, error] {
	return s.templates(ctx, "sqlite.templates_of", engine, " AND t.person = ?", person)
}

func (s *Site) templates(ctx context.Context, op string, engine menshen.EngineID, and string, more ...any) iter.Seq2[menshen.Template, error] {
	const of = " WHERE e.name = ? AND e.model_hash = ? AND e.dim = ? AND e.metric = ?"
	args := append([]any{engine.Name, engine.ModelHash, engine.Dim, string(engine.Metric)}, more...)
	return stream(ctx, s.db, op, selectTemplates+of+and+" ORDER BY t.rowid", args, s.scanTemplate)
}

const selectTemplates = `
	SELECT t.id, t.person, e.name, e.model_hash, e.dim, e.metric, t.descriptor, t.quality, t.masked, t.adapted, t.created, t.sealed
	FROM templates t JOIN engines e ON e.id = t.engine`

func (s *Site) scanTemplate(rows *sql.Rows) (menshen.Template, error) {
	var t menshen.Template
	var raw sql.RawBytes
	var created sql.NullInt64
	var number int64
	e := &t.Engine
	err := rows.Scan(&t.ID, &t.Person, &e.Name, &e.ModelHash, &e.Dim, &e.Metric, &raw, &t.Quality, &t.Masked, &t.Adapted, &created, &number)
	if err != nil {
		return menshen.Template{}, err
	}
	plain := []byte(raw)
	if number != 0 {
		if plain, err = s.openOwn("sqlite.templates", number, raw, ofTemplate(t.ID, t.Person)); err != nil {
			return menshen.Template{}, err
		}
	}
	if t.Descriptor, err = decodeDescriptor(plain, t.Engine); err != nil {
		return menshen.Template{}, menshen.Errorf(menshen.CodeCorrupt, "sqlite.templates", "the stored template %s is damaged", t.ID).
			WithCause(err).WithHint("enrol person %s again, or put the latest backup in place of the database", t.Person)
	}
	t.Created = decodeTime(created)
	return t, nil
}

// TemplateEngines gives how many templates there are of each engine; those of another engine than the one that runs
// recognise nobody.
func (s *Site) TemplateEngines(ctx context.Context) (map[menshen.EngineID]int, error) {
	const query = `
		SELECT e.name, e.model_hash, e.dim, e.metric, count(*)
		FROM templates t JOIN engines e ON e.id = t.engine GROUP BY e.id`
	type row struct {
		engine menshen.EngineID
		count  int
	}
	rows, err := collect(stream(ctx, s.db, "sqlite.template_engines", query, nil, func(rows *sql.Rows) (r row, err error) {
		return r, rows.Scan(&r.engine.Name, &r.engine.ModelHash, &r.engine.Dim, &r.engine.Metric, &r.count)
	}))
	if err != nil {
		return nil, err
	}
	counts := make(map[menshen.EngineID]int, len(rows))
	for _, r := range rows {
		counts[r.engine] = r.count
	}
	return counts, nil
}
