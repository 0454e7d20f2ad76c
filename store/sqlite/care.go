package sqlite

import (
	"context"
	"database/sql"
	"time"

	"menshen"
)

// CareFigure is how many people said or use something.
type CareFigure struct {
	ID     string // consent, consent_old, refused, withdrawn; qr, card, pin, other
	People int
}

// CareFigures counts what people said to the use of their face, and by what else they come in. Whoever is inactive does not count.
func (s *Site) CareFigures(ctx context.Context) ([]CareFigure, error) {
	const active = "(SELECT id FROM people WHERE state = 'active')"
	const latest = "(SELECT coalesce(max(version), 0) FROM consent_texts)"
	const good = "FROM credentials WHERE revoked IS NULL AND person IN " + active
	const query = `
		SELECT 'consent', (SELECT count(DISTINCT person) FROM consents WHERE ended IS NULL AND refused = 0 AND version = ` + latest + ` AND person IN ` + active + `)
		UNION ALL SELECT 'consent_old', (SELECT count(DISTINCT person) FROM consents WHERE ended IS NULL AND refused = 0 AND version < ` + latest + ` AND person IN ` + active + `)
		UNION ALL SELECT 'refused', (SELECT count(DISTINCT person) FROM consents WHERE ended IS NULL AND refused = 1 AND person IN ` + active + `)
		UNION ALL SELECT 'withdrawn', (SELECT count(DISTINCT person) FROM consents c WHERE refused = 0 AND ended IS NOT NULL AND NOT EXISTS
			(SELECT 1 FROM consents d WHERE d.person = c.person AND d.ended IS NULL AND d.refused = 0))
		UNION ALL SELECT 'qr', (SELECT count(DISTINCT person) ` + good + ` AND kind = 'qr')
		UNION ALL SELECT 'card', (SELECT count(DISTINCT person) ` + good + ` AND kind = 'card')
		UNION ALL SELECT 'pin', (SELECT count(DISTINCT person) ` + good + ` AND kind = 'pin')
		UNION ALL SELECT 'other', (SELECT count(DISTINCT person) ` + good + ` AND person NOT IN (SELECT person FROM templates))`
	return collect(stream(ctx, s.db, "sqlite.care_figures", query, nil, func(rows *sql.Rows) (f CareFigure, err error) {
		return f, rows.Scan(&f.ID, &f.People)
	}))
}

// Children counts the people with templates who are known to be under the age of consent on a day.
func (s *Site) Children(ctx context.Context, on time.Time) (n int, err error) {
	const op = "sqlite.children"
	const query = "SELECT person, sealed FROM particulars WHERE sealed IS NOT NULL AND person IN (SELECT person FROM templates)"
	for child, err := range stream(ctx, s.db, op, query, nil, func(rows *sql.Rows) (bool, error) {
		var person string
		var sealed []byte
		if err := rows.Scan(&person, &sealed); err != nil {
			return false, err
		}
		var with menshen.Particulars
		err := s.openParticulars(op, person, sealed, &with)
		return with.Child(on), err
	}) {
		if err != nil {
			return 0, err
		}
		if child {
			n++
		}
	}
	return n, nil
}
