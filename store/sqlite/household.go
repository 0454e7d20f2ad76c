package sqlite

import (
	"context"
	"database/sql"
	"errors"

	sqlite3 "github.com/mattn/go-sqlite3"

	"menshen"
)

// households finds or makes the households of people within one transaction.
type households struct {
	ctx   context.Context // of the transaction
	tx    *sql.Tx
	known map[menshen.Dwelling]string // found or made in this transaction
}

// of gives the household of a person as a column: its id, or NULL for none.
func (h households) of(p menshen.Person) (any, error) {
	const op = "sqlite.household"
	if p.Dwelling == (menshen.Dwelling{}) {
		if p.Household == "" {
			return nil, nil
		}
		var found int
		if err := h.tx.QueryRowContext(h.ctx, "SELECT count(*) FROM households WHERE id = ?", p.Household).Scan(&found); err != nil {
			return nil, err
		}
		if found == 0 {
			return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no household %q", p.Household).WithHint("give the dwelling instead")
		}
		return p.Household, nil
	}
	if id, ok := h.known[p.Dwelling]; ok {
		return id, nil
	}
	dwelling, err := dwellingColumn(op, p.Dwelling)
	if err != nil {
		return nil, err
	}
	var id string
	err = h.tx.QueryRowContext(h.ctx, "SELECT id FROM households WHERE dwelling = ?", dwelling).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		id, err = h.add(p.Household, dwelling)
	}
	if err != nil {
		return nil, err
	}
	h.known[p.Dwelling] = id
	return id, nil
}

// dwellingColumn gives the text of a dwelling, "" for none. It must be readable again.
func dwellingColumn(op string, d menshen.Dwelling) (string, error) {
	if d == (menshen.Dwelling{}) {
		return "", nil
	}
	dwelling := d.String()
	if back, err := menshen.ParseDwelling(dwelling); err != nil || back != d {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "dwelling %q cannot be kept", dwelling).WithCause(err).
			WithHint("give building, unit, floor and room without '-', for example 3-2-14-1402")
	}
	return dwelling, checkTexts(op, dwelling)
}

func (h households) add(id, dwelling string) (string, error) {
	if id == "" {
		id = menshen.NewID()
	}
	_, err := h.tx.ExecContext(context.Background(), "INSERT INTO households (id, dwelling) VALUES (?, ?)", id, dwelling)
	if taken(err) {
		return "", menshen.Errorf(menshen.CodeConflict, "sqlite.household", "household %s lives elsewhere already", id).WithCause(err).
			WithHint("leave the household out, or correct the dwelling")
	}
	return id, err
}

// taken reports whether a statement failed because a key is used already.
func taken(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey || e.ExtendedCode == sqlite3.ErrConstraintUnique)
}

// missing reports whether a statement failed because it refers to a row that is not there.
func missing(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && e.ExtendedCode == sqlite3.ErrConstraintForeignKey
}

// sometimes looks at every 256th row whether the caller has given up.
func sometimes(ctx context.Context, i int) error {
	if i%256 == 0 {
		return ctx.Err()
	}
	return nil
}
