package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"menshen"
	"menshen/store"
)

// rowsAtOnce is how many passes without a page are handed over at once.
const rowsAtOnce = 10_000

// ReadPasses hands the passes captured at since or later to r, from pages where there are any, and from rows where not; all
// of one moment. A page may bring older ones along. Pages are decoded on all processors, twice: nothing is gathered. A damaged page is noticed, read
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

// pagesAtOnce is how many pages are handed over at once: some tens of megabytes.
const pagesAtOnce = 16

// pageReading hands out pages twice: all to be counted, then the good ones to be placed.
type pageReading struct {
	reader  store.PassReader
	decoded [pagesAtOnce]page // reused

	garbage          int // bytes
	pages, paged     int
	good             []pageEntry
	damaged, without []rowRange
}

type pageData struct {
	pageEntry

	data []byte
}

func (p *pageReading) run(ctx context.Context, tx *sql.Tx, pages []pageEntry) error {
	if err := p.rounds(ctx, tx, pages, p.count); err != nil {
		return err
	}
	return p.rounds(ctx, tx, p.good, p.place)
}

// rounds calls f with some pages after the other; while it looks at some, the next are fetched.
func (p *pageReading) rounds(ctx context.Context, tx *sql.Tx, pages []pageEntry, f func([]pageData) error) error {
	fetched, free := make(chan []pageData), make(chan []pageData, 2)
	free <- make([]pageData, 0, pagesAtOnce)
	free <- make([]pageData, 0, pagesAtOnce)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var failed error
	go func() {
		defer close(fetched)
		failed = fetch(ctx, tx, pages, fetched, free)
	}()
	var err error
	for batch := range fetched {
		if err == nil {
			if err = f(batch); err != nil {
				cancel()
			}
		}
		p.collect(batch)
		free <- batch // of two, so that there is room
	}
	if err != nil {
		return err
	}
	return failed
}

// maxGarbage is how many bytes of pages may wait for the garbage collector.
const maxGarbage = 64 << 20

// collect has garbage collected that the driver makes: it gives the data of a page in memory of its own. Left to itself, the
// collector would wait until there is as much garbage as the log has bytes. It takes milliseconds, for a log has no pointers.
func (p *pageReading) collect(batch []pageData) {
	for _, d := range batch {
		p.garbage += len(d.data)
	}
	if p.garbage > maxGarbage {
		p.garbage = 0
		runtime.GC()
	}
}

// fetch reads the data of pages into batches that are free.
func fetch(ctx context.Context, tx *sql.Tx, pages []pageEntry, to chan<- []pageData, free <-chan []pageData) error {
	get, err := tx.PrepareContext(ctx, "SELECT data FROM pass_pages WHERE first = ?")
	if err != nil {
		return err
	}
	defer get.Close()
	for some := range slices.Chunk(pages, pagesAtOnce) {
		batch := (<-free)[:len(some)]
		for i, e := range some {
			batch[i].pageEntry, batch[i].data = e, batch[i].data[:0]
			if err := fetchOne(ctx, get, &batch[i]); err != nil {
				return err
			}
		}
		to <- batch
	}
	return nil
}

func fetchOne(ctx context.Context, get *sql.Stmt, d *pageData) error {
	rows, err := get.QueryContext(ctx, d.first)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var data sql.RawBytes
		if err := rows.Scan(&data); err != nil {
			return err
		}
		d.data = append(d.data, data...)
	}
	return rows.Err()
}

// decode decodes a batch on all processors.
func (p *pageReading) decode(batch []pageData) (errs [pagesAtOnce]error) {
	var wg sync.WaitGroup
	var taken atomic.Int32
	for range min(runtime.GOMAXPROCS(0), len(batch)) {
		wg.Go(func() {
			for i := int(taken.Add(1)) - 1; i < len(batch); i = int(taken.Add(1)) - 1 {
				d, to := &batch[i], &p.decoded[i]
				errs[i] = decodePage(d.data, to)
				if errs[i] == nil && (to.first != d.first || to.last != d.last) {
					errs[i] = errPage
				}
			}
		})
	}
	wg.Wait()
	return errs
}

// count has those pages counted that can be read, and notes the others.
func (p *pageReading) count(batch []pageData) error {
	errs := p.decode(batch)
	var pages []store.PassPage
	var which []int
	for i := range batch {
		if errs[i] == nil {
			pages, which = append(pages, p.decoded[i].PassPage), append(which, i)
		}
	}
	for k, err := range p.reader.Count(pages) {
		errs[which[k]] = err
	}
	for i, d := range batch {
		switch err := errs[i]; {
		case err == nil:
			p.pages++
			p.paged += len(p.decoded[i].At)
			p.good = append(p.good, d.pageEntry)
			for _, n := range p.decoded[i].without {
				p.without = append(p.without, rowRange{n, n})
			}
		case errors.Is(err, errPage), menshen.ErrorCode(err) == menshen.CodeCorrupt:
			p.damaged = append(p.damaged, d.rowRange)
		default:
			return err
		}
	}
	return nil
}

// place has pages placed that were good before.
func (p *pageReading) place(batch []pageData) error {
	pages := make([]store.PassPage, len(batch))
	for i, err := range p.decode(batch) {
		if err != nil {
			return err
		}
		if i < len(batch) {
			pages[i] = p.decoded[i].PassPage
		}
	}
	return p.reader.Place(pages)
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
