package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"menshen"
	"menshen/store"
)

const caseColumns = "id, number, person, state, expires, onset, sampled, isolated, symptom_free, policy, policy_version, parent, requested, " +
	"requested_by, decided, decided_by, closed, closed_by, judged, revision, sealed"

const selectCases = "SELECT " + caseColumns + " FROM cases"

// sealedCase is what of a case only the key opens.
type sealedCase struct {
	Purpose  string   `json:"p,omitempty"`
	Symptoms []string `json:"s,omitempty"`
}

// caseValues gives the columns of a case at a revision.
func (s *Site) caseValues(op string, c menshen.Case, revision uint64) ([]any, error) {
	switch c.State {
	case menshen.CaseRequested, menshen.CaseOpen, menshen.CaseRefused, menshen.CaseClosed:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the state of a case %q is unknown", c.State).
			WithHint("use requested, open, refused or closed")
	}
	if c.ID == "" || c.Number == "" || c.Person == "" || c.Requested.IsZero() || c.Expires.IsZero() || c.Policy.Version > maxSequence {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "a case has no id, number, person, expiry or time of its request")
	}
	if err := checkTexts(op, append([]string{
		c.ID, c.Number, c.Person, c.Purpose, c.Policy.ID, c.Parent, c.RequestedBy, c.DecidedBy, c.ClosedBy,
	}, c.Symptoms...)...); err != nil {
		return nil, err
	}
	t, err := encodeTimes(c.Expires, c.Onset, c.Sampled, c.Isolated, c.SymptomFree, c.Requested, c.Decided, c.Closed, c.Judged)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(sealedCase{Purpose: c.Purpose, Symptoms: c.Symptoms})
	if err != nil {
		return nil, err
	}
	sealed, err := s.vault.keep(op, plain, "cases", c.ID)
	if err != nil {
		return nil, err
	}
	return []any{
		c.ID, c.Number, c.Person, string(c.State), t[0], t[1], t[2], t[3], t[4], c.Policy.ID, int64(c.Policy.Version), c.Parent, t[5],
		c.RequestedBy, t[6], c.DecidedBy, t[7], c.ClosedBy, t[8], int64(revision), sealed,
	}, nil
}

// putCase writes a case over the one with its id and revision, or as a new one.
func (s *Site) putCase(ctx context.Context, tx *sql.Tx, c menshen.Case) error {
	const op = "sqlite.write_case"
	values, err := s.caseValues(op, c, c.Revision+1)
	if err != nil {
		return err
	}
	const marks = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	if c.Revision == 0 {
		_, err = tx.ExecContext(ctx, "INSERT INTO cases ("+caseColumns+") VALUES "+marks, values...)
	} else {
		var done sql.Result
		done, err = tx.ExecContext(ctx, "UPDATE cases SET ("+caseColumns+") = "+marks+" WHERE id = ? AND revision = ?",
			append(values, c.ID, int64(c.Revision))...)
		if err == nil {
			err = changedOne(ctx, tx, op, done, "cases", c.ID, noCase)
		}
	}
	switch {
	case taken(err):
		return menshen.Errorf(menshen.CodeConflict, op, "number: there is a case %q already", c.Number).WithCause(err).
			WithHint("look at that case, or correct the number")
	case missing(err):
		return nobody(op, c.Person)
	}
	return err
}

// changedOne sees that an update of one revision met a row, and says what else is there.
func changedOne(ctx context.Context, tx *sql.Tx, op string, done sql.Result, table, id string, none func(op, id string) error) error {
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return err
	}
	var there int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+table+" WHERE id = ?", id).Scan(&there); err != nil {
		return err
	}
	if there == 0 {
		return none(op, id)
	}
	return menshen.Errorf(menshen.CodeConflict, op, "somebody changed it meanwhile").WithHint("look at it again, then repeat your change")
}

func (s *Site) scanCase(rows *sql.Rows) (c menshen.Case, err error) {
	const op = "sqlite.case"
	var expires, onset, sampled, isolated, free, requested, decided, closed, judged sql.NullInt64
	var sealed []byte
	err = rows.Scan(&c.ID, &c.Number, &c.Person, &c.State, &expires, &onset, &sampled, &isolated, &free, &c.Policy.ID, &c.Policy.Version,
		&c.Parent, &requested, &c.RequestedBy, &decided, &c.DecidedBy, &closed, &c.ClosedBy, &judged, &c.Revision, &sealed)
	if err != nil {
		return c, err
	}
	c.Expires, c.Onset, c.Sampled, c.Isolated, c.SymptomFree = decodeTime(expires), decodeTime(onset), decodeTime(sampled), decodeTime(isolated), decodeTime(free)
	c.Requested, c.Decided, c.Closed, c.Judged = decodeTime(requested), decodeTime(decided), decodeTime(closed), decodeTime(judged)
	plain, err := s.vault.read(op, sealed, "cases", c.ID)
	if err != nil {
		return menshen.Case{}, err
	}
	var secret sealedCase
	if err := json.Unmarshal(plain, &secret); err != nil {
		return menshen.Case{}, unusable(op, c.ID, err)
	}
	c.Purpose, c.Symptoms = secret.Purpose, secret.Symptoms
	return c, nil
}

func noCase(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no case %q", id).WithHint("list the cases to find its number")
}

// Case gives the case of an id or a number, or CodeNotFound. Of a number that was asked for again after a refusal, it is the
// latest.
func (s *Site) Case(ctx context.Context, ref string) (menshen.Case, error) {
	const op = "sqlite.case"
	query := selectCases + " WHERE id = ?1 OR number = ?1 ORDER BY id = ?1 DESC, state <> 'refused' DESC, rowid DESC LIMIT 1"
	c, found, err := first(stream(ctx, s.db, op, query, []any{ref}, s.scanCase))
	if err == nil && !found {
		err = noCase(op, ref)
	}
	return c, err
}

// Cases gives the cases that the filter selects, the latest requested first.
func (s *Site) Cases(ctx context.Context, f store.CaseFilter) iter.Seq2[menshen.Case, error] {
	var where conditions
	where.equal("state", string(f.State), "person", f.Person, "parent", f.Parent)
	query := selectCases + where.String() + where.latest("requested DESC, rowid DESC", f.Latest)
	return stream(ctx, s.db, "sqlite.cases", query, where.args, s.scanCase)
}
