package sqlite

import (
	"context"
	"encoding/json"

	"menshen"
)

// KnownPasses reports which passes the log has: of the same gate, person, direction, capture time and outcome, whatever
// their sequence. The answer is in the order of the passes.
func (s *Site) KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error) {
	return knownPasses(ctx, s.db, "passes p INDEXED BY passes_gate", passes)
}

// KnownPasses is as that of a Site, of the passes that wait.
func (o *Outbox) KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error) {
	return knownPasses(ctx, o.db, "outbox p INDEXED BY outbox_captured", passes)
}

func knownPasses(ctx context.Context, d *database, table string, passes []menshen.Pass) ([]bool, error) {
	const op = "sqlite.known_passes"
	known := make([]bool, len(passes))
	if len(passes) == 0 {
		return known, nil
	}
	wanted := make([][5]any, len(passes))
	for i, p := range passes {
		at, err := encodeTime(p.Captured)
		if err != nil {
			return nil, err
		}
		wanted[i] = [5]any{p.ID.Gate, at, p.Person, p.Direction, p.Decision.Outcome}
	}
	list, err := json.Marshal(wanted)
	if err != nil {
		return nil, fault(op, d.path, err)
	}
	// The passes asked for come first, so that each is one search.
	query := `
		SELECT DISTINCT w.key FROM json_each(?) w CROSS JOIN ` + table + `
		ON p.gate = w.value ->> 0 AND p.captured = w.value ->> 1
		AND coalesce(p.person, '') = w.value ->> 2 AND p.direction = w.value ->> 3 AND p.outcome = w.value ->> 4`
	rows, err := d.reader.QueryContext(ctx, query, string(list))
	if err != nil {
		return nil, fault(op, d.path, err)
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	for rows.Next() {
		var i int
		if err := rows.Scan(&i); err != nil {
			return nil, fault(op, d.path, err)
		}
		known[i] = true
	}
	return known, fault(op, d.path, rows.Err())
}
