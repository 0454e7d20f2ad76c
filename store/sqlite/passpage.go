package sqlite

import (
	"context"
	"database/sql"
	"time"

	"menshen"
)

// briefColumns are those columns of a pass that a page has, in the order of briefRow.
const briefColumns = "passes.rowid, gate, sequence, site, person, direction, captured, means, outcome, reasons, confidence"

// briefRow receives briefColumns.
type briefRow struct {
	rowid    int64
	pass     menshen.Pass
	sequence int64
	person   sql.NullString
	captured sql.NullInt64
	reasons  sql.NullString
}

func (r *briefRow) into() []any {
	p := &r.pass
	return []any{
		&r.rowid, &p.ID.Gate, &r.sequence, &p.Site, &r.person, &p.Direction, &r.captured, &p.Means, &p.Decision.Outcome, &r.reasons, &p.Confidence,
	}
}

// reasonsCache spares the decoding of the few lists of reasons that nearly all passes have.
type reasonsCache map[string][]menshen.Reason

// decode gives what was scanned, or CodeCorrupt.
func (r *briefRow) decode(cache reasonsCache) (menshen.Pass, error) {
	full := passRow{pass: r.pass, sequence: r.sequence, person: r.person, captured: r.captured}
	known, ok := cache[r.reasons.String]
	if !ok {
		full.reasons = r.reasons
	}
	p, err := full.decode()
	if err != nil {
		return p, err
	}
	if !ok && len(cache) < 1000 {
		cache[r.reasons.String] = p.Decision.Reasons
	}
	if ok {
		p.Decision.Reasons = known
	}
	return p, nil
}

// rowRange is rowids from first to last, both included.
type rowRange struct{ first, last int64 }

// pageEntry is a page without its data.
type pageEntry struct {
	rowRange

	latest int64 // capture time, ns since 1970
}

func pageEntries(ctx context.Context, tx *sql.Tx) ([]pageEntry, error) {
	return rowsOf(ctx, tx, "SELECT first, last, latest FROM pass_pages ORDER BY first", nil, func(rows *sql.Rows) (e pageEntry, err error) {
		return e, rows.Scan(&e.first, &e.last, &e.latest)
	})
}

// gaps gives the rowids that no page covers, up to the last row.
func gaps(ctx context.Context, tx *sql.Tx, pages []pageEntry) ([]rowRange, error) {
	var least, most sql.NullInt64
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT min(rowid) FROM passes), (SELECT max(rowid) FROM passes)").Scan(&least, &most); err != nil {
		return nil, err
	}
	if !most.Valid {
		return nil, nil
	}
	var out []rowRange
	next := least.Int64
	for _, p := range pages {
		if p.first > next {
			out = append(out, rowRange{next, p.first - 1})
		}
		next = max(next, p.last+1)
	}
	if next <= most.Int64 {
		out = append(out, rowRange{next, most.Int64})
	}
	return out, nil
}

// checkPages drops all pages if one of them does not cover the rows that it was made of: rows are numbered anew when a file
// is copied, and then a change of a row would not drop its page.
func checkPages(ctx context.Context, d *database) error {
	const op = "sqlite.check_pages"
	const strange = `
		SELECT count(*) FROM pass_pages p
		WHERE NOT EXISTS (SELECT 1 FROM passes WHERE rowid = p.first AND gate = p.first_gate AND sequence = p.first_sequence)
		   OR NOT EXISTS (SELECT 1 FROM passes WHERE rowid = p.last AND gate = p.last_gate AND sequence = p.last_sequence)`
	var n int
	if err := d.reader.QueryRowContext(ctx, strange).Scan(&n); err != nil || n == 0 {
		return fault(op, d.path, err)
	}
	d.opts.Log.InfoContext(ctx, "the pages of passes are of another file: they are written anew", "pages", n)
	return d.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM pass_pages")
		return err
	})
}

// pageTick gives a time in the unit of pages.
func pageTick(t time.Time) int64 { return t.Unix()*100 + int64(t.Nanosecond())/1e7 }
