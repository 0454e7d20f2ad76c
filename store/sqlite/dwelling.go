package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

// PutHousehold keeps language, note and whether kitchen and bath are shared of the household of a dwelling, and makes it where there is none: with the id given,
// or a new one. It gives the id of the household.
func (s *Site) PutHousehold(ctx context.Context, h menshen.Household) (id string, err error) {
	const op = "sqlite.put_household"
	switch {
	case h.Dwelling == (menshen.Dwelling{}):
		return "", menshen.Errorf(menshen.CodeInvalid, op, "a household has no dwelling").WithHint("say where it lives, for example 3-2-14-1402")
	case h.Language != "" && h.Language != "zh" && h.Language != "en":
		return "", menshen.Errorf(menshen.CodeInvalid, op, "the language %q is unknown", h.Language).WithHint("use zh or en")
	}
	if err := checkTexts(op, h.ID, h.Note); err != nil {
		return "", err
	}
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		homes := households{ctx: ctx, tx: tx, known: map[menshen.Dwelling]string{}}
		found, err := homes.of(menshen.Person{Household: h.ID, Dwelling: h.Dwelling})
		if err != nil {
			return err
		}
		id, _ = found.(string)
		_, err = tx.ExecContext(ctx, "UPDATE households SET language = ?, note = ?, shared = ? WHERE id = ?", h.Language, h.Note, h.Shared, id)
		return err
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Households gives those whose id is query, or whose dwelling or a name of whose people has it as a part, in order of
// dwelling, at most limit; 0 is all. An empty query finds every household. Letter case of a–z does not matter.
func (s *Site) Households(ctx context.Context, query string, limit int) ([]menshen.Household, error) {
	const op = "sqlite.households"
	if limit <= 0 {
		limit = -1
	}
	name := personName // as in FindPeople
	if _, err := menshen.ParseDwelling(query); err == nil || query == "" {
		name = "''"
	}
	text := selectHouseholds + `
		WHERE id = ?1 OR instr(lower(dwelling), lower(?1)) > 0
		   OR EXISTS (SELECT 1 FROM people p WHERE p.household = h.id AND instr(lower(` + name + `), lower(?1)) > 0)
		ORDER BY dwelling LIMIT ?2`
	return collect(stream(ctx, s.db, op, text, []any{query, limit}, scanHousehold))
}

const selectHouseholds = "SELECT id, dwelling, language, note, shared FROM households h"

func scanHousehold(rows *sql.Rows) (h menshen.Household, err error) {
	var dwelling string
	if err := rows.Scan(&h.ID, &dwelling, &h.Language, &h.Note, &h.Shared); err != nil {
		return h, err
	}
	if h.Dwelling, err = menshen.ParseDwelling(dwelling); err != nil {
		return menshen.Household{}, unusable("sqlite.households", h.ID, err)
	}
	return h, nil
}

// Household gives the household of an id, or CodeNotFound.
func (s *Site) Household(ctx context.Context, id string) (menshen.Household, error) {
	const op = "sqlite.household"
	h, found, err := first(stream(ctx, s.db, op, selectHouseholds+" WHERE id = ?", []any{id}, scanHousehold))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "there is no household %q", id).WithHint("give the dwelling instead")
	}
	return h, err
}

// Residences gives where everybody with a household lives, of any state, in order of person.
func (s *Site) Residences(ctx context.Context) iter.Seq2[store.Residence, error] {
	const query = "SELECT p.id, h.id, h.dwelling, h.shared FROM people p JOIN households h ON h.id = p.household ORDER BY p.id"
	return stream(ctx, s.db, "sqlite.residences", query, nil, func(rows *sql.Rows) (r store.Residence, err error) {
		var dwelling string
		if err := rows.Scan(&r.Person, &r.Household, &dwelling, &r.Shared); err != nil {
			return r, err
		}
		if r.Dwelling, err = menshen.ParseDwelling(dwelling); err != nil {
			return store.Residence{}, unusable("sqlite.residences", r.Household, err)
		}
		return r, nil
	})
}

// HouseholdPeople gives the people of a household of any state, in order of id; none for no household.
func (s *Site) HouseholdPeople(ctx context.Context, household string) ([]menshen.Person, error) {
	const query = selectPeople + fromPeople + " WHERE p.household = ? ORDER BY p.id"
	return collect(stream(ctx, s.db, "sqlite.household_people", query, []any{household}, s.scanPerson))
}
