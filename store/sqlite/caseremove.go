package sqlite

import (
	"context"
	"database/sql"
)

// RemoveCase takes a case out with its contacts, tests, follow-ups, links and history: all or nothing. CodeNotFound without it.
func (s *Site) RemoveCase(ctx context.Context, id string) error {
	const op = "sqlite.remove_case"
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		// The case goes first: its history lets go once it is gone.
		if _, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = ON"); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "DELETE FROM cases WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return noCase(op, id)
		}
		for _, query := range []string{
			"DELETE FROM links WHERE purpose = 'follow_up' AND subject IN (SELECT id FROM case_contacts WHERE case_id = ?)",
			"DELETE FROM follow_ups WHERE case_id = ?", "DELETE FROM lab_tests WHERE case_id = ?", "DELETE FROM case_changes WHERE case_id = ?",
			"DELETE FROM case_contacts WHERE case_id = ?",
		} {
			if _, err := tx.ExecContext(ctx, query, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// EndLinks takes all links of a purpose out that are about a subject, and says how many there were.
func (s *Site) EndLinks(ctx context.Context, purpose, subject string) (n int, err error) {
	const op = "sqlite.end_links"
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "DELETE FROM links WHERE purpose = ? AND subject = ?", purpose, subject)
		if err != nil {
			return err
		}
		many, err := done.RowsAffected()
		n = int(many)
		return err
	})
	return n, err
}
