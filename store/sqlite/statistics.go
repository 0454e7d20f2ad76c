package sqlite

import (
	"context"
	"database/sql"
	"time"

	"menshen"
)

// quarter is what passes are counted by, and quarterText is it in nanoseconds.
const (
	quarter     = 15 * time.Minute
	quarterText = "900000000000"
)

// PassTallies counts the passes of a span by quarter of an hour, gate, direction, answer, and the reason of what was not
// allowed, in no order.
func (s *Site) PassTallies(ctx context.Context, span menshen.Span) ([]menshen.PassTally, error) {
	var where conditions
	if err := where.within("captured", span); err != nil {
		return nil, err
	}
	query := `
		SELECT captured / ` + quarterText + `, gate, direction, outcome,
		       CASE WHEN outcome = 'allow' OR NOT json_valid(reasons) THEN '' ELSE coalesce(json_extract(reasons, '$[0]'), '') END, count(*)
		FROM passes` + where.String() + " GROUP BY 1, 2, 3, 4, 5"
	return collect(stream(ctx, s.db, "sqlite.pass_tallies", query, where.args, func(rows *sql.Rows) (t menshen.PassTally, err error) {
		var at int64
		err = rows.Scan(&at, &t.Gate, &t.Direction, &t.Outcome, &t.Reason, &t.Count)
		t.At = time.Unix(0, at*int64(quarter)).UTC()
		return t, err
	}))
}

// SiteFigures counts people at a time; those with a fever, from so many °C, and those measured since the day began. It opens all
// health records, and the readings of the day.
func (s *Site) SiteFigures(ctx context.Context, dayBegan, at time.Time, fever float64) (f menshen.SiteFigures, err error) {
	const op = "sqlite.site_figures"
	err = s.db.reader.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM people WHERE state = 'active'),
		       (SELECT count(*) FROM people p WHERE p.state = 'active' AND EXISTS (SELECT 1 FROM templates t WHERE t.person = p.id)),
		       (SELECT count(DISTINCT person) FROM permits
		        WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1) AND (revoked IS NULL OR revoked > ?1)),
		       (SELECT count(DISTINCT person) FROM temperatures WHERE at >= ?2 AND at <= ?1)`,
		at.UnixNano(), dayBegan.UnixNano()).Scan(&f.People, &f.Enrolled, &f.Permitted, &f.Measured)
	if err != nil {
		return f, fault(op, s.db.path, err)
	}
	for h, err := range stream(ctx, s.db, op, selectHealth, nil, s.scanHealthOfAll) {
		if err != nil {
			return f, err
		}
		switch h.State {
		case menshen.HealthObservation:
			f.Observed++
		case menshen.HealthMonitoring:
			f.Monitored++
		case menshen.HealthIsolated:
			f.Isolated++
		}
	}
	feverish := map[string]bool{}
	const today = selectTemperatures + " WHERE at >= ? AND at <= ?"
	for t, err := range stream(ctx, s.db, op, today, []any{dayBegan.UnixNano(), at.UnixNano()}, s.scanTemperatureOfAll) {
		if err != nil {
			return f, err
		}
		if t.Celsius >= fever {
			feverish[t.Person] = true
		}
	}
	f.Fevers = len(feverish)
	return f, nil
}
