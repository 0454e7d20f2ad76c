package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"menshen"
	"menshen/store"
)

// rowsAtOnce is how many passes without a page are handed over at once.
const rowsAtOnce = 10_000

// ReadPasses hands the passes captured at since or later to r, from pages where there are any, and from rows where not; all
// of one moment. A page may bring older ones along. Pages are decoded on all processors. A damaged page is noticed, read
// from its rows and dropped.
func (s *Site) ReadPasses(ctx context.Context, since time.Time, r store.PassReader) (store.PassesRead, error) {
	const op = "sqlite.read_passes"
	var read store.PassesRead
	tx, err := s.db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return read, fault(op, s.db.path, err)
	}
	defer func() { _ = tx.Rollback() }()
	from, err := encodeTime(since)
	if err != nil {
		return read, err
	}
	floor, _ := from.(int64)
	names, err := pageNames(ctx, tx)
	if errors.Is(err, errPage) {
		return read, corrupt(op, s.db.path).WithCause(err)
	}
	if err != nil {
		return read, fault(op, s.db.path, err)
	}
	r.Names(names[0], names[1])
	pages, err := pageEntries(ctx, tx)
	if err != nil {
		return read, fault(op, s.db.path, err)
	}
	missing, err := gaps(ctx, tx, pages)
	if err != nil {
		return read, fault(op, s.db.path, err)
	}
	if from != nil {
		pages = slices.DeleteFunc(pages, func(p pageEntry) bool { return p.latest < floor })
	}
	reading := pageReading{reader: r}
	if err := reading.run(ctx, tx, pages); err != nil {
		return read, fault(op, s.db.path, err)
	}
	read.Pages, read.Paged, read.Damaged = reading.pages, reading.paged, len(reading.damaged)
	missing = append(append(missing, reading.damaged...), reading.without...)
	slices.SortFunc(missing, func(a, b rowRange) int { return int(a.first - b.first) })
	if read.Rows, err = readRows(ctx, tx, missing, floor, r); err != nil {
		return read, fault(op, s.db.path, err)
	}
	_ = tx.Rollback()
	if len(reading.damaged) == 0 {
		return read, nil
	}
	s.db.opts.Log.WarnContext(ctx, "pages of passes were damaged: their rows were read instead", "pages", len(reading.damaged))
	return read, s.db.write(ctx, op, func(tx *sql.Tx) error {
		for _, p := range reading.damaged {
			if _, err := tx.ExecContext(ctx, "DELETE FROM pass_pages WHERE first = ?", p.first); err != nil {
				return err
			}
		}
		return nil
	})
}

// pageNames gives the ids of people, then of gates, by number.
func pageNames(ctx context.Context, tx *sql.Tx) (names [2][]string, err error) {
	for i, table := range []string{"pass_people", "pass_gates"} {
		rows, err := tx.QueryContext(ctx, "SELECT number, id FROM "+table+" ORDER BY number")
		if err != nil {
			return names, err
		}
		defer rows.Close()
		list := []string{""}
		for rows.Next() {
			var n int
			var id string
			if err := rows.Scan(&n, &id); err != nil {
				return names, err
			}
			if n < len(list) || n > 1<<28 {
				return names, errPage
			}
			list = append(append(list, make([]string, n-len(list))...), id)
		}
		if err := rows.Err(); err != nil {
			return names, err
		}
		names[i] = list
	}
	return names, nil
}

// pageReading hands out pages from several goroutines.
type pageReading struct {
	reader store.PassReader

	mu               sync.Mutex
	pages, paged     int
	damaged, without []rowRange
	err              error
}

type pageData struct {
	rowRange

	data []byte
}

func (p *pageReading) run(ctx context.Context, tx *sql.Tx, pages []pageEntry) error {
	fetched := make(chan pageData)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			var scratch page
			for d := range fetched {
				p.take(d, &scratch)
			}
		})
	}
	err := p.fetch(ctx, tx, pages, fetched)
	close(fetched)
	wg.Wait()
	return errors.Join(err, p.err)
}

func (p *pageReading) fetch(ctx context.Context, tx *sql.Tx, pages []pageEntry, to chan<- pageData) error {
	get, err := tx.PrepareContext(ctx, "SELECT data FROM pass_pages WHERE first = ?")
	if err != nil {
		return err
	}
	defer get.Close()
	for _, e := range pages {
		d := pageData{rowRange: e.rowRange}
		if err := get.QueryRowContext(ctx, e.first).Scan(&d.data); err != nil {
			return err
		}
		if p.failed() {
			return nil
		}
		to <- d
	}
	return nil
}

func (p *pageReading) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err != nil
}

func (p *pageReading) take(d pageData, scratch *page) {
	err := decodePage(d.data, scratch)
	if err == nil && (scratch.first != d.first || scratch.last != d.last) {
		err = errPage
	}
	if err == nil {
		err = p.reader.Page(scratch.PassPage)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.pages++
		p.paged += len(scratch.At)
		for _, n := range scratch.without {
			p.without = append(p.without, rowRange{n, n})
		}
	case errors.Is(err, errPage), menshen.ErrorCode(err) == menshen.CodeCorrupt:
		p.damaged = append(p.damaged, d.rowRange)
	case p.err == nil:
		p.err = err
	}
}

// readRows hands out the passes in rows captured at floor (ns since 1970) or later.
func readRows(ctx context.Context, tx *sql.Tx, ranges []rowRange, floor int64, r store.PassReader) (n int, err error) {
	cache := reasonsCache{}
	var batch []menshen.Pass
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		n += len(batch)
		err := r.Passes(batch)
		batch = batch[:0]
		return err
	}
	for _, rows := range ranges {
		err := eachRow(ctx, tx, "SELECT "+briefColumns+" FROM passes WHERE rowid BETWEEN ? AND ? AND captured >= ? ORDER BY rowid",
			[]any{rows.first, rows.last, floor}, func(row *briefRow) error {
				p, err := row.decode(cache)
				if err != nil {
					return err
				}
				if batch = append(batch, p); len(batch) < rowsAtOnce {
					return nil
				}
				return flush()
			})
		if err != nil {
			return n, err
		}
	}
	return n, flush()
}

// eachRow scans the rows of a query of briefColumns; more is where to scan columns behind them.
func eachRow(ctx context.Context, tx *sql.Tx, query string, args []any, f func(*briefRow) error, more ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var row briefRow
	into := append(row.into(), more...)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := f(&row); err != nil {
			return err
		}
	}
	return rows.Err()
}
