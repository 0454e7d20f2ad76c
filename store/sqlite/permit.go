package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"time"

	"menshen"
	"menshen/store"
)

const permitColumns = "id, kind, person, plate, valid_from, valid_to, gates, weekdays, hours_from, hours_to, quota_outings, quota_days, " +
	"quota_household, visit, renews, issued, issued_by, revoked, revoked_by, revoked_for, sealed"

// permitMarks has a question mark for each of permitColumns.
const permitMarks = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

// sealedPermit is what only the holder's key opens.
type sealedPermit struct {
	Plate      string `json:"p,omitempty"`
	RevokedFor string `json:"r,omitempty"`
}

// wordsOfRevoking are reasons that the program itself gives: they say nothing of a person and stay plain, so that of the many permits
// that a start reads few have to be opened. plainReasons is the same list for SQL.
var wordsOfRevoking = []string{"", "removed", "renewed", "visit ended"}

const plainReasons = "('', 'removed', 'renewed', 'visit ended')"

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
	return s.alter(ctx, "sqlite.add_permit", func(tx *sql.Tx) error { return s.insertPermits(ctx, tx, permits) })
}

func (s *Site) insertPermits(ctx context.Context, tx *sql.Tx, permits []menshen.Permit) error {
	const op = "sqlite.add_permit"
	insert, err := tx.PrepareContext(ctx, "INSERT INTO permits ("+permitColumns+") VALUES ("+permitMarks+")")
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
		values, err := s.permitValues(ctx, tx, op, p)
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
func (s *Site) permitValues(ctx context.Context, tx *sql.Tx, op string, p menshen.Permit) ([]any, error) {
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
	plate, reason, sealed, err := s.keepPermit(ctx, tx, op, p)
	if err != nil {
		return nil, err
	}
	q := p.Quota
	return []any{
		p.ID, string(p.Kind), p.Person, plate, times[0], times[1], gates, int(p.Weekdays), p.Hours.From, p.Hours.To, q.Outings, q.Days,
		q.Household, p.Visit, p.Renews, times[2], p.IssuedBy, times[3], p.RevokedBy, reason, sealed,
	}, nil
}

// keepPermit gives the columns plate, revoked_for and sealed.
func (s *Site) keepPermit(ctx context.Context, tx *sql.Tx, op string, p menshen.Permit) (plate, reason string, sealed any, err error) {
	if s.keyless || p.Plate == "" && slices.Contains(wordsOfRevoking, p.RevokedFor) {
		return p.Plate, p.RevokedFor, nil, nil
	}
	sealed, err = s.keepRecord(ctx, tx, op, sealedPermit{p.Plate, p.RevokedFor}, p.Person, "permits", p.ID)
	if err == nil && sealed == nil {
		err = nobody(op, p.Person)
	}
	return "", "", sealed, err
}

// scanPermit gives a permit without the reason of its revocation, and a vehicle's with NameErased for a plate, where the holder was erased.
func (s *Site) scanPermit(rows *sql.Rows) (menshen.Permit, error) {
	var p menshen.Permit
	var from, to, issued, revoked sql.NullInt64
	var gates sql.NullString
	var sealed sql.RawBytes
	q := &p.Quota
	err := rows.Scan(&p.ID, &p.Kind, &p.Person, &p.Plate, &from, &to, &gates, &p.Weekdays, &p.Hours.From, &p.Hours.To, &q.Outings, &q.Days,
		&q.Household, &p.Visit, &p.Renews, &issued, &p.IssuedBy, &revoked, &p.RevokedBy, &p.RevokedFor, &sealed)
	if err != nil {
		return menshen.Permit{}, err
	}
	p.From, p.To, p.Issued, p.Revoked = decodeTime(from), decodeTime(to), decodeTime(issued), decodeTime(revoked)
	if len(sealed) > 0 {
		if err := s.openPermit(sealed, &p); err != nil {
			return menshen.Permit{}, err
		}
	}
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

func (s *Site) openPermit(sealed []byte, p *menshen.Permit) error {
	var r sealedPermit
	err := s.openRecord("sqlite.permit", sealed, &r, p.Person, "permits", p.ID)
	if errors.Is(err, errErased) {
		if err = nil; p.Kind == menshen.PermitVehicle {
			r.Plate = menshen.NameErased
		}
	}
	p.Plate, p.RevokedFor = r.Plate, r.RevokedFor
	return err
}

// ReplacePermit ends a permit and keeps the one that follows it, both or neither. Of old its id and how it was revoked
// count. CodeNotFound without old, CodeConflict if it is revoked already; see AddPermit for next.
func (s *Site) ReplacePermit(ctx context.Context, old, next menshen.Permit) error {
	return s.alter(ctx, "sqlite.replace_permit", func(tx *sql.Tx) error {
		if err := s.revoke(ctx, tx, old.ID, old.Revoked, old.RevokedBy, old.RevokedFor); err != nil {
			return err
		}
		return s.insertPermits(ctx, tx, []menshen.Permit{next})
	})
}

// RevokePermit ends a permit for a reason and gives it as it is now. CodeNotFound without it, CodeConflict if it is revoked
// already.
func (s *Site) RevokePermit(ctx context.Context, id string, at time.Time, by, reason string) (menshen.Permit, error) {
	err := s.alter(ctx, "sqlite.revoke_permit", func(tx *sql.Tx) error { return s.revoke(ctx, tx, id, at, by, reason) })
	if err != nil {
		return menshen.Permit{}, err
	}
	return s.Permit(ctx, id)
}

func (s *Site) revoke(ctx context.Context, tx *sql.Tx, id string, at time.Time, by, reason string) error {
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
	there, err := rowsOf(ctx, tx, selectPermits+" WHERE id = ?", []any{id}, s.scanPermit)
	if err != nil {
		return err
	}
	if len(there) == 0 {
		return noPermit(op, id)
	}
	p := there[0]
	if !p.Revoked.IsZero() {
		return menshen.Errorf(menshen.CodeConflict, op, "permit %s is revoked already", id)
	}
	p.RevokedFor = reason
	plate, reason, sealed, err := s.keepPermit(ctx, tx, op, p)
	if menshen.ErrorCode(err) == menshen.CodeNotFound { // the holder was erased
		plate, reason, sealed, err = p.Plate, "", nil, nil
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE permits SET revoked = ?, revoked_by = ?, plate = ?, revoked_for = ?, sealed = ? WHERE id = ?",
		n, by, plate, reason, sealed, id)
	if err != nil {
		return err
	}
	return mark(ctx, tx, menshen.ChangePermit, id)
}

func noPermit(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no permit %q", id).WithHint("list the permits to find its id")
}

// Permit gives the permit of an id, or CodeNotFound.
func (s *Site) Permit(ctx context.Context, id string) (menshen.Permit, error) {
	const op = "sqlite.permit"
	p, found, err := first(stream(ctx, s.db, op, selectPermits+" WHERE id = ?", []any{id}, s.scanPermit))
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
	return stream(ctx, s.db, "sqlite.permits", query, where.args, s.scanPermit)
}
