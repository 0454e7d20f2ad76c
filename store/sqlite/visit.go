package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"
	"time"

	"menshen"
	"menshen/store"
)

const visitColumns = "id, person, host, reason, from_where, celsius, plate, expected_from, expected_to, state, permit, registered, " +
	"registered_by, answered, answered_by, entered, left_at, sealed"

// sealedVisit is what only the visitor's key opens.
type sealedVisit struct {
	Reason       string  `json:"r,omitempty"`
	From         string  `json:"f,omitempty"`
	Origin       float64 `json:"t,omitempty"`
	Plate        string  `json:"p,omitempty"`
	RegisteredBy string  `json:"b,omitempty"`
	AnsweredBy   string  `json:"a,omitempty"`
}

// visitMarks has a question mark for each of visitColumns.
const visitMarks = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

const selectVisits = "SELECT " + visitColumns + " FROM visits"

// AddVisit keeps a visit with the visitor, who is put into the registry as in PutPerson, and a reading of theirs as in
// AddTemperature where one was taken: all or nothing. CodeConflict for an id that is there.
func (s *Site) AddVisit(ctx context.Context, v menshen.Visit, p menshen.Person, particulars menshen.Particulars, reading *menshen.Temperature) error {
	const op = "sqlite.add_visit"
	if p.ID != v.Person || reading != nil && reading.Person != p.ID {
		return menshen.Errorf(menshen.CodeInvalid, op, "a visit is of another person than %s", p.ID)
	}
	if err := checkVisit(op, v); err != nil {
		return err
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		if err := s.putPeople(ctx, tx, []store.Record{{Person: p, Particulars: &particulars}}); err != nil {
			return err
		}
		values, err := s.visitValues(ctx, tx, op, v)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO visits ("+visitColumns+") VALUES ("+visitMarks+")", values...)
		if taken(err) {
			return menshen.Errorf(menshen.CodeConflict, op, "visit %s is there already", v.ID).WithCause(err)
		}
		if err != nil || reading == nil {
			return err
		}
		return s.addTemperature(ctx, tx, *reading)
	})
}

// ChangeVisit keeps a visit in place of the one with its id, and a permit with it where one is given: both or neither.
// CodeNotFound without the visit.
func (s *Site) ChangeVisit(ctx context.Context, v menshen.Visit, permit *menshen.Permit) error {
	const op = "sqlite.change_visit"
	if err := checkVisit(op, v); err != nil {
		return err
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		if err := s.changeVisit(ctx, tx, op, v); err != nil || permit == nil {
			return err
		}
		return s.insertPermits(ctx, tx, []menshen.Permit{*permit})
	})
}

// EndVisit keeps a visit that is over in place of the one with its id, and revokes its permit, if it has one that is still
// good: both or neither. CodeNotFound without the visit.
func (s *Site) EndVisit(ctx context.Context, v menshen.Visit, at time.Time, by, reason string) error {
	const op = "sqlite.end_visit"
	if err := checkVisit(op, v); err != nil {
		return err
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		if err := s.changeVisit(ctx, tx, op, v); err != nil || v.Permit == "" {
			return err
		}
		switch err := s.revoke(ctx, tx, v.Permit, at, by, reason); menshen.ErrorCode(err) {
		case menshen.CodeConflict, menshen.CodeNotFound: // revoked before, or gone because of its age: as good
			return nil
		default:
			return err
		}
	})
}

// changeVisit writes a visit over the one of its id.
func (s *Site) changeVisit(ctx context.Context, tx *sql.Tx, op string, v menshen.Visit) error {
	values, err := s.visitValues(ctx, tx, op, v)
	if err != nil {
		return err
	}
	done, err := tx.ExecContext(ctx, "UPDATE visits SET ("+visitColumns+") = ("+visitMarks+") WHERE id = ?", append(values, v.ID)...)
	if missing(err) {
		return nobody(op, v.Person)
	}
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return noVisit(op, v.ID)
	}
	return nil
}

// checkVisit refuses what cannot be kept.
func checkVisit(op string, v menshen.Visit) error {
	if v.ID == "" || v.Person == "" || v.Registered.IsZero() {
		return menshen.Errorf(menshen.CodeInvalid, op, "a visit has no id, visitor or time of registration")
	}
	switch v.State {
	case menshen.VisitAsked, menshen.VisitConfirmed, menshen.VisitRefused, menshen.VisitInside, menshen.VisitLeft:
	default:
		return menshen.Errorf(menshen.CodeInvalid, op, "the state of a visit %q is unknown", v.State).
			WithHint("use asked, confirmed, refused, inside or left")
	}
	if math.IsNaN(v.Origin) || math.IsInf(v.Origin, 0) {
		return menshen.Errorf(menshen.CodeInvalid, op, "a temperature is no number").WithHint("measure again; use 30 to 45 °C")
	}
	return checkTexts(op, v.ID, v.Person, v.Host, v.Reason, v.From, v.Plate, v.Permit, v.RegisteredBy, v.AnsweredBy)
}

func (s *Site) visitValues(ctx context.Context, tx *sql.Tx, op string, v menshen.Visit) ([]any, error) {
	t, err := encodeTimes(v.Span.From, v.To, v.Registered, v.Answered, v.Entered, v.Left)
	if err != nil {
		return nil, err
	}
	r := sealedVisit{v.Reason, v.From, v.Origin, v.Plate, v.RegisteredBy, v.AnsweredBy}
	var sealed any
	if !s.keyless && r != (sealedVisit{}) {
		if sealed, err = s.keepRecord(ctx, tx, op, r, v.Person, "visits", v.ID); err != nil {
			return nil, err
		}
		r = sealedVisit{}
	}
	return []any{
		v.ID, v.Person, v.Host, r.Reason, r.From, r.Origin, r.Plate, t[0], t[1], string(v.State), v.Permit, t[2],
		r.RegisteredBy, t[3], r.AnsweredBy, t[4], t[5], sealed,
	}, nil
}

// scanVisit gives a visit without what was sealed of it where the visitor was erased.
func (s *Site) scanVisit(rows *sql.Rows) (v menshen.Visit, err error) {
	var from, to, registered, answered, entered, left sql.NullInt64
	var sealed sql.RawBytes
	err = rows.Scan(&v.ID, &v.Person, &v.Host, &v.Reason, &v.From, &v.Origin, &v.Plate, &from, &to, &v.State, &v.Permit, &registered,
		&v.RegisteredBy, &answered, &v.AnsweredBy, &entered, &left, &sealed)
	if err != nil {
		return v, err
	}
	v.Span.From, v.To, v.Registered = decodeTime(from), decodeTime(to), decodeTime(registered)
	v.Answered, v.Entered, v.Left = decodeTime(answered), decodeTime(entered), decodeTime(left)
	if len(sealed) == 0 {
		return v, nil
	}
	var r sealedVisit
	if err := s.openRecord("sqlite.visit", sealed, &r, v.Person, "visits", v.ID); err != nil && !errors.Is(err, errErased) {
		return menshen.Visit{}, err
	}
	v.Reason, v.From, v.Origin, v.Plate, v.RegisteredBy, v.AnsweredBy = r.Reason, r.From, r.Origin, r.Plate, r.RegisteredBy, r.AnsweredBy
	return v, nil
}

func noVisit(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no visit %q", id).WithHint("list the visits to find its id")
}

// Visit gives the visit of an id, or CodeNotFound.
func (s *Site) Visit(ctx context.Context, id string) (menshen.Visit, error) {
	const op = "sqlite.visit"
	v, found, err := first(stream(ctx, s.db, op, selectVisits+" WHERE id = ?", []any{id}, s.scanVisit))
	if err == nil && !found {
		err = noVisit(op, id)
	}
	return v, err
}

// Visits gives the visits that the filter selects, the latest registered first.
func (s *Site) Visits(ctx context.Context, f store.VisitFilter) iter.Seq2[menshen.Visit, error] {
	var where conditions
	where.equal("state", string(f.State), "person", f.Person, "permit", f.Permit, "host", f.Host)
	if err := where.within("registered", f.Span); err != nil {
		return failed[menshen.Visit](err)
	}
	query := selectVisits + where.String() + where.latest("registered DESC, rowid DESC", f.Latest)
	return stream(ctx, s.db, "sqlite.visits", query, where.args, s.scanVisit)
}
