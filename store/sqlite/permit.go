package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"time"

	"menshen"
	"menshen/store"
)

const permitColumns = "id, kind, person, plate, valid_from, valid_to, gates, weekdays, hours_from, hours_to, quota_outings, quota_days, " +
	"quota_household, visit, renews, issued, issued_by, revoked, revoked_by, revoked_for"

// maxGates bounds the gates that one permit names, as on the wire.
const maxGates = 4096

const selectPermits = "SELECT " + permitColumns + " FROM permits"

// AddPermit keeps a permit: CodeInvalid for one that makes no sense, CodeNotFound for a holder who is not in the registry,
// CodeConflict for an id that is there.
func (s *Site) AddPermit(ctx context.Context, p menshen.Permit) error {
	return s.AddPermits(ctx, []menshen.Permit{p})
}

// AddPermits is AddPermit for many at once, all or nothing.
func (s *Site) AddPermits(ctx context.Context, permits []menshen.Permit) error {
	return s.alter(ctx, "sqlite.add_permit", func(tx *sql.Tx) error { return insertPermits(ctx, tx, permits) })
}

func insertPermits(ctx context.Context, tx *sql.Tx, permits []menshen.Permit) error {
	const op = "sqlite.add_permit"
	insert, err := tx.PrepareContext(ctx, "INSERT INTO permits ("+permitColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	keys := make([]string, len(permits))
	for i, p := range permits {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
		keys[i] = p.ID
		values, err := permitValues(op, p)
		if err != nil {
			return err
		}
		_, err = insert.ExecContext(context.WithoutCancel(ctx), values...)
		switch {
		case taken(err):
			return menshen.Errorf(menshen.CodeConflict, op, "permit %s is there already", p.ID).WithCause(err)
		case missing(err):
			return nobody(op, p.Person)
		case err != nil:
			return err
		}
	}
	return mark(ctx, tx, menshen.ChangePermit, keys...)
}

// permitValues gives the columns of a valid permit.
func permitValues(op string, p menshen.Permit) ([]any, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := checkTexts(op, p.ID, p.Person, p.Plate, p.Visit, p.Renews, p.IssuedBy, p.RevokedBy, p.RevokedFor); err != nil {
		return nil, err
	}
	if len(p.Gates) > maxGates {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "a permit names %d gates, more than %d", len(p.Gates), maxGates)
	}
	times, err := encodeTimes(p.From, p.To, p.Issued, p.Revoked)
	if err != nil {
		return nil, err
	}
	var gates any
	if len(p.Gates) > 0 {
		list, err := json.Marshal(p.Gates)
		if err != nil {
			return nil, err
		}
		gates = string(list)
	}
	q := p.Quota
	return []any{
		p.ID, string(p.Kind), p.Person, p.Plate, times[0], times[1], gates, int(p.Weekdays), p.Hours.From, p.Hours.To, q.Outings, q.Days,
		q.Household, p.Visit, p.Renews, times[2], p.IssuedBy, times[3], p.RevokedBy, p.RevokedFor,
	}, nil
}

func scanPermit(rows *sql.Rows) (menshen.Permit, error) {
	var p menshen.Permit
	var from, to, issued, revoked sql.NullInt64
	var gates sql.NullString
	q := &p.Quota
	err := rows.Scan(&p.ID, &p.Kind, &p.Person, &p.Plate, &from, &to, &gates, &p.Weekdays, &p.Hours.From, &p.Hours.To, &q.Outings, &q.Days,
		&q.Household, &p.Visit, &p.Renews, &issued, &p.IssuedBy, &revoked, &p.RevokedBy, &p.RevokedFor)
	if err != nil {
		return menshen.Permit{}, err
	}
	p.From, p.To, p.Issued, p.Revoked = decodeTime(from), decodeTime(to), decodeTime(issued), decodeTime(revoked)
	if gates.Valid {
		err = json.Unmarshal([]byte(gates.String), &p.Gates)
	}
	if err == nil {
		err = p.Validate()
	}
	if err != nil {
		return menshen.Permit{}, unusable("sqlite.permit", p.ID, err)
	}
	return p, nil
}

// ReplacePermit ends a permit and keeps the one that follows it, both or neither. Of old its id and how it was revoked
// count. CodeNotFound without old, CodeConflict if it is revoked already; see AddPermit for next.
func (s *Site) ReplacePermit(ctx context.Context, old, next menshen.Permit) error {
	return s.alter(ctx, "sqlite.replace_permit", func(tx *sql.Tx) error {
		if err := revoke(ctx, tx, old.ID, old.Revoked, old.RevokedBy, old.RevokedFor); err != nil {
			return err
		}
		return insertPermits(ctx, tx, []menshen.Permit{next})
	})
}

// RevokePermit ends a permit for a reason and gives it as it is now. CodeNotFound without it, CodeConflict if it is revoked
// already.
func (s *Site) RevokePermit(ctx context.Context, id string, at time.Time, by, reason string) (menshen.Permit, error) {
	err := s.alter(ctx, "sqlite.revoke_permit", func(tx *sql.Tx) error { return revoke(ctx, tx, id, at, by, reason) })
	if err != nil {
		return menshen.Permit{}, err
	}
	return s.Permit(ctx, id)
}

func revoke(ctx context.Context, tx *sql.Tx, id string, at time.Time, by, reason string) error {
	const op = "sqlite.revoke_permit"
	if at.IsZero() {
		return menshen.Errorf(menshen.CodeInvalid, op, "a permit is revoked without a time")
	}
	if err := checkTexts(op, by, reason); err != nil {
		return err
	}
	n, err := encodeTime(at)
	if err != nil {
		return err
	}
	done, err := rowsOf(ctx, tx, "UPDATE permits SET revoked = ?, revoked_by = ?, revoked_for = ? WHERE id = ? AND revoked IS NULL RETURNING id",
		[]any{n, by, reason, id}, scanText)
	if err != nil {
		return err
	}
	if len(done) == 0 {
		there, err := rowsOf(ctx, tx, "SELECT id FROM permits WHERE id = ?", []any{id}, scanText)
		if err != nil {
			return err
		}
		if len(there) == 0 {
			return noPermit(op, id)
		}
		return menshen.Errorf(menshen.CodeConflict, op, "permit %s is revoked already", id)
	}
	return mark(ctx, tx, menshen.ChangePermit, id)
}

func noPermit(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no permit %q", id).WithHint("list the permits to find its id")
}

// Permit gives the permit of an id, or CodeNotFound.
func (s *Site) Permit(ctx context.Context, id string) (menshen.Permit, error) {
	const op = "sqlite.permit"
	p, found, err := first(stream(ctx, s.db, op, selectPermits+" WHERE id = ?", []any{id}, scanPermit))
	if err == nil && !found {
		err = noPermit(op, id)
	}
	return p, err
}

// Permits gives the permits that the filter selects, the latest issued first.
func (s *Site) Permits(ctx context.Context, f store.PermitFilter) iter.Seq2[menshen.Permit, error] {
	var where conditions
	where.equal("person", f.Person, "kind", string(f.Kind), "visit", f.Visit)
	at, err := encodeTime(f.ValidAt)
	if err != nil {
		return failed[menshen.Permit](err)
	}
	if at != nil {
		where.add("valid_from <= ? AND (valid_to IS NULL OR valid_to > ?) AND (revoked IS NULL OR revoked > ?)", at, at, at)
	}
	query := selectPermits + where.String() + where.latest("issued DESC, id DESC", f.Latest)
	return stream(ctx, s.db, "sqlite.permits", query, where.args, scanPermit)
}
