package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"

	"github.com/google/uuid"

	"menshen"
	"menshen/store"
)

// AddPerson adds one person with their templates, all or nothing. The household is found by the dwelling, or made; see
// AddPeople. A person or template id that is there already gives CodeConflict.
func (s *Site) AddPerson(ctx context.Context, p menshen.Person, templates []menshen.Template) error {
	const op = "sqlite.add_person"
	for _, t := range templates {
		if t.Person != p.ID {
			return menshen.Errorf(menshen.CodeInvalid, op, "a template is of another person than %s", p.ID)
		}
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		if err := s.insertPeople(ctx, tx, []menshen.Person{p}); err != nil {
			return err
		}
		return s.insertTemplates(ctx, tx, templates)
	})
}

// AddPeople adds many people at once, all or nothing. Whoever shares a dwelling shares a household: the one that lives
// there already, else one with the id in Household, else one with a new id. A person without a dwelling belongs to the
// household named, or to none.
func (s *Site) AddPeople(ctx context.Context, people []menshen.Person) error {
	const op = "sqlite.add_people"
	return s.alter(ctx, op, func(tx *sql.Tx) error { return s.insertPeople(ctx, tx, people) })
}

func (s *Site) insertPeople(ctx context.Context, tx *sql.Tx, people []menshen.Person) error {
	const op = "sqlite.add_people"
	insert, err := tx.PrepareContext(ctx, "INSERT INTO people (id, name, household, state, created, sealed) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	homes := households{ctx: ctx, tx: tx, known: map[menshen.Dwelling]string{}}
	keys := make([]string, len(people))
	for i, p := range people {
		keys[i] = p.ID
	}
	if err := s.ensureKeys(ctx, op, keyOther, keys...); err != nil {
		return err
	}
	for i, p := range people {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
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
		name, sealed, err := s.keepName(op, p.ID, p.Name)
		if err != nil {
			return err
		}
		// The driver starts a goroutine for a statement that can be cancelled, which would cost more than the row.
		_, err = insert.ExecContext(context.WithoutCancel(ctx), p.ID, name, household, string(p.State), created, sealed)
		if taken(err) {
			return menshen.Errorf(menshen.CodeConflict, op, "person %s is in the registry already", p.ID).WithCause(err)
		}
		if err != nil {
			return err
		}
	}
	return mark(ctx, tx, menshen.ChangePerson, keys...)
}

// checkPerson refuses who cannot be kept, or could not be told to a gate.
func checkPerson(op string, p menshen.Person) error {
	if err := p.Validate(); err != nil {
		return err
	}
	return checkTexts(op, p.ID, p.Household)
}

// SetPersonState makes a person active or inactive; CodeNotFound without such a person.
func (s *Site) SetPersonState(ctx context.Context, id string, state menshen.PersonState) error {
	const op = "sqlite.set_person_state"
	if state != menshen.PersonActive && state != menshen.PersonInactive {
		return menshen.Errorf(menshen.CodeInvalid, op, "%q is no state of a person", state).WithHint("use active or inactive")
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error { return setState(ctx, tx, op, id, state) })
}

// RemovePerson takes a person out: their keys are destroyed; their name, templates, photographs, credentials, particulars,
// signatures, answers, state of health and readings are erased, and what their visits and permits say of them; their permits are
// revoked for "removed", they become inactive, and their passes stay.
// CodeNotFound without such a person. Copies of what is erased in the write-ahead log go at once too, unless somebody is reading
// just then: then they go with a later checkpoint, unreadable meanwhile.
func (s *Site) RemovePerson(ctx context.Context, id string) error {
	const op = "sqlite.remove_person"
	ctx = context.WithoutCancel(ctx) // keys that are destroyed stay so: the rest must follow
	err := s.alter(ctx, op, func(tx *sql.Tx) error {
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM people WHERE id = ?)", id).Scan(&there); err != nil {
			return err
		}
		if !there {
			return nobody(op, id)
		}
		if err := s.erase(ctx, tx, id, store.ErasedPerson, keyFace, keyOther); err != nil {
			return err
		}
		return s.removeRows(ctx, tx, op, id)
	})
	if err != nil {
		return errors.Join(err, s.sweep(ctx))
	}
	return s.finishErasure(ctx, op)
}

// removeRows deletes what RemovePerson says.
func (s *Site) removeRows(ctx context.Context, tx *sql.Tx, op, id string) error {
	now, err := encodeTime(s.db.opts.Now())
	if err != nil {
		return err
	}
	if err := setState(ctx, tx, op, id, menshen.PersonInactive); err != nil {
		return err
	}
	for _, query := range []string{
		"UPDATE people SET name = '" + menshen.NameErased + "', sealed = NULL WHERE id = ?", "DELETE FROM photographs WHERE person = ?", "DELETE FROM particulars WHERE person = ?",
		"UPDATE form_answers SET sealed = NULL WHERE person = ?", "DELETE FROM temperatures WHERE person = ?", "DELETE FROM pack_requests WHERE person = ?",
		"UPDATE visits SET reason = '', from_where = '', celsius = 0, plate = '', registered_by = '', answered_by = '', sealed = NULL WHERE person = ?",
	} {
		if _, err := tx.ExecContext(ctx, query, id); err != nil {
			return err
		}
	}
	if err := forgetConsents(ctx, tx, id, s.db.opts.Now()); err != nil {
		return err
	}
	for _, x := range []struct {
		kind  menshen.ChangeKind
		query string
		args  []any
	}{
		{menshen.ChangeTemplate, "DELETE FROM templates WHERE person = ? RETURNING id", []any{id}},
		{menshen.ChangeCredential, "DELETE FROM credentials WHERE person = ? RETURNING id", []any{id}},
		{menshen.ChangeHealth, "DELETE FROM health WHERE person = ? RETURNING person", []any{id}},
		{menshen.ChangePermit, "UPDATE permits SET plate = iif(kind = 'vehicle', '" + menshen.NameErased + "', ''), " +
			"revoked_for = iif(revoked_for IN " + plainReasons + ", revoked_for, ''), sealed = NULL " +
			"WHERE person = ? AND (sealed IS NOT NULL OR plate <> '' OR revoked_for <> '') RETURNING id", []any{id}},
		{menshen.ChangePermit, "UPDATE permits SET revoked = ?, revoked_by = 'menshen', revoked_for = 'removed' " +
			"WHERE person = ? AND revoked IS NULL RETURNING id", []any{now, id}},
	} {
		gone, err := rowsOf(ctx, tx, x.query, x.args, scanText)
		if err != nil {
			return err
		}
		if err := mark(ctx, tx, x.kind, gone...); err != nil {
			return err
		}
	}
	return nil
}

func setState(ctx context.Context, tx *sql.Tx, op, id string, state menshen.PersonState) error {
	done, err := tx.ExecContext(ctx, "UPDATE people SET state = ? WHERE id = ?", string(state), id)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return nobody(op, id)
	}
	return mark(ctx, tx, menshen.ChangePerson, id)
}

func scanText(rows *sql.Rows) (text string, err error) { return text, rows.Scan(&text) }

func nobody(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "nobody in the registry has the id %q", id).
		WithHint("search by name or dwelling to find the id")
}

const selectPeople = "SELECT p.id, p.name, p.sealed, p.household, h.dwelling, p.state, p.created"
const templateCount = ", (SELECT count(*) FROM templates t WHERE t.person = p.id)"
const fromPeople = " FROM people p LEFT JOIN households h ON h.id = p.household"

// Person gives the person of an id, or CodeNotFound.
func (s *Site) Person(ctx context.Context, id string) (menshen.Person, error) {
	const op = "sqlite.person"
	p, found, err := first(stream(ctx, s.db, op, selectPeople+fromPeople+" WHERE p.id = ?", []any{id}, s.scanPerson))
	if err == nil && !found {
		err = nobody(op, id)
	}
	return p, err
}

// People gives everybody of any state, in order of id, which is order of creation.
func (s *Site) People(ctx context.Context) iter.Seq2[menshen.Person, error] {
	return stream(ctx, s.db, "sqlite.people", selectPeople+fromPeople+" ORDER BY p.id", nil, s.scanPerson)
}

func (s *Site) scanPerson(rows *sql.Rows) (menshen.Person, error) {
	var r personRow
	if err := rows.Scan(r.into()...); err != nil {
		return menshen.Person{}, err
	}
	return r.decode(s)
}

// FindPeople gives people whose id is query, or whose name or dwelling has it as a part, with their template counts:
// an exact id, name or dwelling first, then by name. An empty query finds everybody. At most limit; 0 is all. Letter
// case of a–z does not matter.
func (s *Site) FindPeople(ctx context.Context, query string, limit int) ([]store.Entry, error) {
	if limit <= 0 {
		limit = -1
	}
	// To search names they are opened, all of them. Nobody is called like a dwelling, or like an id of ours.
	name := personName
	if _, err := menshen.ParseDwelling(query); err == nil || uuid.Validate(query) == nil {
		name = "''"
	}
	text := `
		WITH named AS (SELECT p.id, ` + name + ` AS name FROM people p LIMIT -1) -- the limit has each name opened once
		` + selectPeople + templateCount + fromPeople + ` JOIN named n ON n.id = p.id
		WHERE p.id = ?1 OR instr(lower(n.name), lower(?1)) > 0 OR instr(lower(h.dwelling), lower(?1)) > 0
		ORDER BY (p.id = ?1 OR lower(n.name) = lower(?1) OR h.dwelling IS NOT NULL AND lower(h.dwelling) = lower(?1)) DESC,
		         n.name, h.dwelling, p.id
		LIMIT ?2`
	return collect(stream(ctx, s.db, "sqlite.find_people", text, []any{query, limit}, s.scanEntry))
}

// PeopleByID gives those of the ids that are in the registry, of any state, with their template counts.
func (s *Site) PeopleByID(ctx context.Context, ids []string) (map[string]store.Entry, error) {
	const op = "sqlite.people_by_id"
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fault(op, s.db.path, err)
	}
	const text = selectPeople + templateCount + fromPeople + " WHERE p.id IN (SELECT value FROM json_each(?))"
	found := map[string]store.Entry{}
	for e, err := range stream(ctx, s.db, op, text, []any{string(list)}, s.scanEntry) {
		if err != nil {
			return nil, err
		}
		found[e.ID] = e
	}
	return found, nil
}

func (s *Site) scanEntry(rows *sql.Rows) (e store.Entry, err error) {
	var r personRow
	if err := rows.Scan(append(r.into(), &e.Templates)...); err != nil {
		return e, err
	}
	e.Person, err = r.decode(s)
	return e, err
}

// personRow receives the columns of selectPeople.
type personRow struct {
	person              menshen.Person
	household, dwelling sql.NullString
	created             sql.NullInt64
	sealed              sql.RawBytes
}

func (r *personRow) into() []any {
	p := &r.person
	return []any{&p.ID, &p.Name, &r.sealed, &r.household, &r.dwelling, &p.State, &r.created}
}

// decode gives the person that was scanned, or CodeCorrupt.
func (r *personRow) decode(s *Site) (menshen.Person, error) {
	p := r.person
	p.Household, p.Created = r.household.String, decodeTime(r.created)
	var err error
	if p.Name, err = s.nameOf(p.ID, p.Name, r.sealed); err != nil {
		return menshen.Person{}, err
	}
	err = p.Validate()
	if err == nil && r.dwelling.Valid {
		p.Dwelling, err = menshen.ParseDwelling(r.dwelling.String)
	}
	if err != nil {
		return menshen.Person{}, menshen.Errorf(menshen.CodeCorrupt, "sqlite.person", "the stored person %q is not usable", p.ID).
			WithCause(err).WithHint("put the latest backup in place of the database")
	}
	return p, nil
}
