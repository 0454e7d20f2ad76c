package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"strconv"

	"menshen"
	"menshen/store"
)

// sealedFollowUp is what of a follow-up only the key opens.
type sealedFollowUp struct {
	Celsius  float64  `json:"c,omitempty"`
	Symptoms []string `json:"s,omitempty"`
	Note     string   `json:"n,omitempty"`
}

func (s *Site) putFollowUps(ctx context.Context, tx *sql.Tx, w store.CaseWrite) error {
	const op = "sqlite.write_case"
	for _, f := range w.FollowUps {
		if err := f.Validate(); err != nil {
			return err
		}
		if err := checkTexts(op, append([]string{f.ID, f.Contact, f.Note, f.Source, f.By}, f.Symptoms...)...); err != nil {
			return err
		}
		at, err := encodeTime(f.At)
		if err != nil {
			return err
		}
		var plain []byte
		if f.Celsius != 0 || len(f.Symptoms) > 0 || f.Note != "" {
			if plain, err = json.Marshal(sealedFollowUp{Celsius: f.Celsius, Symptoms: f.Symptoms, Note: f.Note}); err != nil {
				return err
			}
		}
		sealed, err := s.vault.keep(op, plain, "follow_ups", f.ID)
		if err != nil {
			return err
		}
		// REPLACE takes the former record of the day out.
		done, err := tx.ExecContext(ctx, `
			INSERT OR REPLACE INTO follow_ups (id, case_id, contact, day, reached, source, at, entered_by, sealed)
			SELECT ?, case_id, id, ?, ?, ?, ?, ?, ? FROM case_contacts WHERE id = ?`,
			f.ID, f.Day, f.Reached, f.Source, at, f.By, sealed, f.Contact)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return noContact(op, f.Contact)
		}
	}
	return nil
}

// putMoves gives follow-ups and tests of one contact to another.
func (s *Site) putMoves(ctx context.Context, tx *sql.Tx, w store.CaseWrite) error {
	for _, m := range w.Moves {
		for _, query := range []string{
			// Of a day that both have, the later record stays.
			`DELETE FROM follow_ups WHERE contact = ?1 AND EXISTS
			 (SELECT 1 FROM follow_ups o WHERE o.contact = ?2 AND o.day = follow_ups.day AND o.at >= follow_ups.at)`,
			`DELETE FROM follow_ups WHERE contact = ?2 AND EXISTS
			 (SELECT 1 FROM follow_ups o WHERE o.contact = ?1 AND o.day = follow_ups.day AND o.at > follow_ups.at)`,
			"UPDATE follow_ups SET contact = ?2 WHERE contact = ?1",
			"UPDATE lab_tests SET contact = ?2 WHERE contact = ?1",
		} {
			if _, err := tx.ExecContext(ctx, query, m.From, m.To); err != nil {
				return err
			}
		}
	}
	return nil
}

// FollowUps gives the follow-ups that the filter selects, in order of their days.
func (s *Site) FollowUps(ctx context.Context, f store.FollowUpFilter) iter.Seq2[menshen.FollowUp, error] {
	const op = "sqlite.follow_ups"
	var where conditions
	where.equal("case_id", f.Case, "contact", f.Contact)
	if f.From != "" {
		where.add("day >= ?", f.From)
	}
	if f.To != "" {
		where.add("day <= ?", f.To)
	}
	days, group := "day", ""
	if f.Latest {
		days, group = "max(day) AS day", " GROUP BY contact" // the other columns are those of that row
	}
	query := "SELECT id, contact, " + days + ", reached, source, at, entered_by, sealed FROM follow_ups" + where.String() + group + " ORDER BY day, rowid"
	// The driver starts a goroutine for a query that can be cancelled, which would cost more than the rows.
	return stream(context.WithoutCancel(ctx), s.db, op, query, where.args, func(rows *sql.Rows) (f menshen.FollowUp, err error) {
		var at sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&f.ID, &f.Contact, &f.Day, &f.Reached, &f.Source, &at, &f.By, &sealed); err != nil {
			return f, err
		}
		f.At = decodeTime(at)
		plain, err := s.vault.read(op, sealed, "follow_ups", f.ID)
		if err != nil || plain == nil {
			return f, err
		}
		var secret sealedFollowUp
		if err := json.Unmarshal(plain, &secret); err != nil {
			return menshen.FollowUp{}, unusable(op, f.ID, err)
		}
		f.Celsius, f.Symptoms, f.Note = secret.Celsius, secret.Symptoms, secret.Note
		return f, nil
	})
}

// ReachedDays gives of each contact of a case on which days it was reached, in order, with spaces between: all that is needed
// to see which were missed, without opening what is sealed.
func (s *Site) ReachedDays(ctx context.Context, caseID string) (map[string]string, error) {
	const op = "sqlite.reached_days"
	const query = "SELECT contact, group_concat(day, ' ') FROM (SELECT contact, day FROM follow_ups WHERE case_id = ? AND reached ORDER BY contact, day) GROUP BY contact"
	days := map[string]string{}
	for d, err := range stream(ctx, s.db, op, query, []any{caseID}, func(rows *sql.Rows) (d [2]string, err error) { return d, rows.Scan(&d[0], &d[1]) }) {
		if err != nil {
			return nil, err
		}
		days[d[0]] = d[1]
	}
	return days, nil
}

// changePlace says where the sealed part of an entry of the history belongs.
func changePlace(number int64, c menshen.CaseChange) []string {
	return []string{"case_changes", strconv.FormatInt(number, 10), c.Case, c.Contact, c.By, c.Field}
}
