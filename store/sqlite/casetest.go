package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

func (s *Site) putTests(ctx context.Context, tx *sql.Tx, w store.CaseWrite) error {
	const op = "sqlite.write_case"
	for _, t := range w.Tests {
		if t.ID == "" || t.Case == "" {
			return menshen.Errorf(menshen.CodeInvalid, op, "a test has no id or case")
		}
		if err := checkTexts(op, t.ID, t.Case, t.Contact, t.Kind, string(t.Result), t.By); err != nil {
			return err
		}
		times, err := encodeTimes(t.Sampled, t.At)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO lab_tests (id, case_id, contact, kind, sampled, result, at, entered_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, sampled = excluded.sampled, result = excluded.result, at = excluded.at,
			    entered_by = excluded.entered_by`,
			t.ID, t.Case, t.Contact, t.Kind, times[0], string(t.Result), times[1], t.By)
		if missing(err) {
			return noCase(op, t.Case)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// LabTests gives the tests that the filter selects, by the time of sampling.
func (s *Site) LabTests(ctx context.Context, f store.LabTestFilter) iter.Seq2[menshen.LabTest, error] {
	var where conditions
	where.equal("id", f.ID, "case_id", f.Case, "contact", f.Contact)
	query := "SELECT id, case_id, contact, kind, sampled, result, at, entered_by FROM lab_tests" + where.String() + " ORDER BY sampled, rowid"
	return stream(ctx, s.db, "sqlite.lab_tests", query, where.args, func(rows *sql.Rows) (t menshen.LabTest, err error) {
		var sampled, at sql.NullInt64
		err = rows.Scan(&t.ID, &t.Case, &t.Contact, &t.Kind, &sampled, &t.Result, &at, &t.By)
		t.Sampled, t.At = decodeTime(sampled), decodeTime(at)
		return t, err
	})
}
