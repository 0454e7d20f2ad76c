package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"math"
	"time"

	"menshen"
)

// Crossings gives the passes that let a known person through, captured at since or later, in no particular order, and of each only
// what gates go by: its id, site, person, direction, time of capture, outcome and credential. A hub reads those of weeks
// when it starts; whole passes would take it several times as long.
func (s *Site) Crossings(ctx context.Context, since time.Time) iter.Seq2[menshen.Pass, error] {
	from, err := encodeTime(since)
	if err != nil {
		return failed[menshen.Pass](err)
	}
	if from == nil {
		from = int64(math.MinInt64) // of any time
	}
	const query = "SELECT gate, sequence, site, person, direction, captured, credential FROM passes WHERE captured >= ? AND outcome = ? AND person IS NOT NULL"
	return stream(ctx, s.db, "sqlite.crossings", query, []any{from, string(menshen.OutcomeAllow)}, func(rows *sql.Rows) (p menshen.Pass, err error) {
		var captured sql.NullInt64
		if err := rows.Scan(&p.ID.Gate, &p.ID.Sequence, &p.Site, &p.Person, &p.Direction, &captured, &p.Credential); err != nil {
			return p, err
		}
		p.Captured, p.Decision.Outcome = decodeTime(captured), menshen.OutcomeAllow
		return p, nil
	})
}
