package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

func (s *Site) putOrders(ctx context.Context, tx *sql.Tx, w store.CaseWrite) error {
	const op = "sqlite.write_case"
	for _, o := range w.Orders {
		if o.ID == "" {
			return menshen.Errorf(menshen.CodeInvalid, op, "an order has no id")
		}
		if err := o.Health.Validate(); err != nil {
			return err
		}
		if err := checkTexts(op, o.ID, o.Contact, o.Person, o.Reason, o.By); err != nil {
			return err
		}
		t, err := encodeTimes(o.Since, o.Until, o.Health.Changed)
		if err != nil {
			return err
		}
		sealed, err := s.vault.keep(op, []byte(o.Reason), "case_orders", o.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO case_orders (id, contact, person, state, since, until, at, given_by, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			o.ID, o.Contact, o.Person, string(o.State), t[0], t[1], t[2], o.By, sealed)
		if taken(err) {
			return menshen.Errorf(menshen.CodeConflict, op, "order %s is there already", o.ID).WithCause(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CaseOrders gives the health states that the registry has not got yet, in the order in which they were given.
func (s *Site) CaseOrders(ctx context.Context) iter.Seq2[store.CaseOrder, error] {
	const op = "sqlite.case_orders"
	const query = "SELECT id, contact, person, state, since, until, at, given_by, sealed FROM case_orders ORDER BY rowid"
	return stream(ctx, s.db, op, query, nil, func(rows *sql.Rows) (o store.CaseOrder, err error) {
		var since, until, at sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&o.ID, &o.Contact, &o.Person, &o.State, &since, &until, &at, &o.By, &sealed); err != nil {
			return o, err
		}
		o.Since, o.Until, o.Changed = decodeTime(since), decodeTime(until), decodeTime(at)
		reason, err := s.vault.read(op, sealed, "case_orders", o.ID)
		o.Reason = string(reason)
		return o, err
	})
}

// EndCaseOrder takes an order out that the registry has got; one that is gone is as good.
func (s *Site) EndCaseOrder(ctx context.Context, id string) error {
	const op = "sqlite.end_case_order"
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM case_orders WHERE id = ?", id)
		return err
	})
}
