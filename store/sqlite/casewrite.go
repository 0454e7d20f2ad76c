package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"menshen"
	"menshen/store"
)

// WriteCase keeps what one act changes of cases, with its history: all or nothing.
//
// CodeConflict: a case or contact has another revision than it was read at, or a number or id is there already. CodeNotFound:
// something named is not there. CodeInvalid: something cannot be kept, or is changed without an entry in the history.
func (s *Site) WriteCase(ctx context.Context, w store.CaseWrite) error {
	const op = "sqlite.write_case"
	if err := explained(op, w); err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		for _, c := range w.Cases {
			if err := s.putCase(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, part := range []func(context.Context, *sql.Tx, store.CaseWrite) error{
			s.putContacts, s.putTests, s.putFollowUps, s.putMoves, s.putOrders, s.putChanges,
		} {
			if err := part(ctx, tx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// explained refuses to change anything of which the history says nothing.
func explained(op string, w store.CaseWrite) error {
	type subject struct{ caseID, contact string }
	told := map[subject]bool{}
	for _, c := range w.Changes {
		if c.Case == "" || c.At.IsZero() || c.By == "" || c.Why == "" || c.Field == "" {
			return menshen.Errorf(menshen.CodeInvalid, op, "a change of a case has no case, time, author, reason or field")
		}
		told[subject{c.Case, c.Contact}] = true
	}
	silent := func(what, id string) error {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s %s would change without a word in the history", what, id)
	}
	for _, c := range w.Cases {
		if !told[subject{caseID: c.ID}] {
			return silent("case", c.ID)
		}
	}
	for _, c := range w.Contacts {
		if !told[subject{c.Case, c.ID}] {
			return silent("contact", c.ID)
		}
	}
	for _, t := range w.Tests {
		if !told[subject{t.Case, t.Contact}] {
			return silent("test", t.ID)
		}
	}
	of := map[string]bool{}
	for x := range told {
		of[x.contact] = true
	}
	for _, f := range w.FollowUps {
		if !of[f.Contact] {
			return silent("follow-up", f.ID)
		}
	}
	for _, m := range w.Moves {
		if !of[m.From] || !of[m.To] {
			return silent("contact", m.From)
		}
	}
	return nil
}

// sealedChange is what of a change only the key opens.
type sealedChange struct {
	Why    string `json:"w"`
	Before string `json:"b,omitempty"`
	After  string `json:"a,omitempty"`
}

// maxChange is the longest value that the history keeps, in bytes: a path of contacts is the longest there is.
const maxChange = 64 << 10

func (s *Site) putChanges(ctx context.Context, tx *sql.Tx, w store.CaseWrite) error {
	const op = "sqlite.write_case"
	if len(w.Changes) == 0 {
		return nil
	}
	var last int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM case_changes").Scan(&last); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO case_changes (number, case_id, contact, at, changed_by, field, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, c := range w.Changes {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
		if err := checkTexts(op, c.Case, c.Contact, c.By, c.Field, c.Why); err != nil {
			return err
		}
		if len(c.Before) > maxChange || len(c.After) > maxChange {
			return menshen.Errorf(menshen.CodeInvalid, op, "a value is too long for the history").WithHint("shorten it")
		}
		at, err := encodeTime(c.At)
		if err != nil {
			return err
		}
		plain, err := json.Marshal(sealedChange{Why: c.Why, Before: c.Before, After: c.After})
		if err != nil {
			return err
		}
		last++
		sealed, err := s.vault.keep(op, plain, changePlace(last, c)...)
		if err != nil {
			return err
		}
		_, err = insert.ExecContext(context.WithoutCancel(ctx), last, c.Case, c.Contact, at, c.By, c.Field, sealed)
		if missing(err) {
			return noCase(op, c.Case)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CaseChanges gives the history of a case with that of its contacts, or of one contact, in the order in which it was written.
func (s *Site) CaseChanges(ctx context.Context, caseID, contact string) iter.Seq2[menshen.CaseChange, error] {
	const op = "sqlite.case_changes"
	var where conditions
	where.equal("case_id", caseID, "contact", contact)
	query := "SELECT number, case_id, contact, at, changed_by, field, sealed FROM case_changes" + where.String() + " ORDER BY number"
	return stream(ctx, s.db, op, query, where.args, func(rows *sql.Rows) (c menshen.CaseChange, err error) {
		var number int64
		var at sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&number, &c.Case, &c.Contact, &at, &c.By, &c.Field, &sealed); err != nil {
			return c, err
		}
		c.At = decodeTime(at)
		plain, err := s.vault.read(op, sealed, changePlace(number, c)...)
		if err != nil {
			return menshen.CaseChange{}, err
		}
		var secret sealedChange
		if err := json.Unmarshal(plain, &secret); err != nil {
			return menshen.CaseChange{}, unusable(op, c.Case, err)
		}
		c.Why, c.Before, c.After = secret.Why, secret.Before, secret.After
		return c, nil
	})
}
