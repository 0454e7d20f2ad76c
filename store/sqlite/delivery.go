package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

const deliveryColumns = "id, gate, carrier, sealed, dwelling, item, arrived, taken_by, handed, handed_by, handed_to"

const selectDeliveries = "SELECT " + deliveryColumns + " FROM deliveries"

// AddDelivery keeps what was handed over at a gate. CodeConflict for an id that is there.
func (s *Site) AddDelivery(ctx context.Context, d menshen.Delivery) error {
	const op = "sqlite.add_delivery"
	values, err := s.deliveryValues(op, d)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO deliveries ("+deliveryColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values...)
		if taken(err) {
			return menshen.Errorf(menshen.CodeConflict, op, "delivery %s is there already", d.ID).WithCause(err)
		}
		return err
	})
}

// ChangeDelivery keeps a delivery in place of the one with its id, CodeNotFound without it.
func (s *Site) ChangeDelivery(ctx context.Context, d menshen.Delivery) error {
	const op = "sqlite.change_delivery"
	values, err := s.deliveryValues(op, d)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE deliveries SET ("+deliveryColumns+") = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?", append(values, d.ID)...)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return noDelivery(op, d.ID)
	})
}

func (s *Site) deliveryValues(op string, d menshen.Delivery) ([]any, error) {
	if d.ID == "" || d.Arrived.IsZero() {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "a delivery has no id or no time")
	}
	if err := menshen.ValidateSlug("gate", d.Gate); err != nil {
		return nil, err
	}
	if err := checkTexts(op, d.ID, d.Carrier, d.Phone, d.Item, d.TakenBy, d.HandedBy, d.HandedTo); err != nil {
		return nil, err
	}
	dwelling, err := dwellingColumn(op, d.For)
	if err != nil {
		return nil, err
	}
	phone, err := s.vault.keep(op, []byte(d.Phone), "deliveries", d.ID)
	if err != nil {
		return nil, err
	}
	t, err := encodeTimes(d.Arrived, d.Handed)
	if err != nil {
		return nil, err
	}
	return []any{d.ID, d.Gate, d.Carrier, phone, dwelling, d.Item, t[0], d.TakenBy, t[1], d.HandedBy, d.HandedTo}, nil
}

func (s *Site) scanDelivery(rows *sql.Rows) (d menshen.Delivery, err error) {
	const op = "sqlite.deliveries"
	var sealed []byte
	var dwelling string
	var arrived, handed sql.NullInt64
	err = rows.Scan(&d.ID, &d.Gate, &d.Carrier, &sealed, &dwelling, &d.Item, &arrived, &d.TakenBy, &handed, &d.HandedBy, &d.HandedTo)
	if err != nil {
		return d, err
	}
	d.Arrived, d.Handed = decodeTime(arrived), decodeTime(handed)
	if dwelling != "" {
		if d.For, err = menshen.ParseDwelling(dwelling); err != nil {
			return menshen.Delivery{}, unusable(op, d.ID, err)
		}
	}
	phone, err := s.vault.read(op, sealed, "deliveries", d.ID)
	d.Phone = string(phone)
	return d, err
}

func noDelivery(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no delivery %q", id).WithHint("list the deliveries to find its id")
}

// Delivery gives the delivery of an id, or CodeNotFound.
func (s *Site) Delivery(ctx context.Context, id string) (menshen.Delivery, error) {
	const op = "sqlite.delivery"
	d, found, err := first(stream(ctx, s.db, op, selectDeliveries+" WHERE id = ?", []any{id}, s.scanDelivery))
	if err == nil && !found {
		err = noDelivery(op, id)
	}
	return d, err
}

// Deliveries gives the deliveries that the filter selects, the latest first.
func (s *Site) Deliveries(ctx context.Context, f store.DeliveryFilter) iter.Seq2[menshen.Delivery, error] {
	const op = "sqlite.deliveries"
	var where conditions
	if f.Waiting {
		where.add("handed IS NULL")
	}
	dwelling, err := dwellingColumn(op, f.Dwelling)
	if err != nil {
		return failed[menshen.Delivery](err)
	}
	where.equal("dwelling", dwelling)
	query := selectDeliveries + where.String() + where.latest("arrived DESC, rowid DESC", f.Latest)
	return stream(ctx, s.db, op, query, where.args, s.scanDelivery)
}
