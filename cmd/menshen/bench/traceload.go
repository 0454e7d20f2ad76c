package bench

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// pagePasses is how many passes a page of the store has.
const pagePasses = 1 << 16

// load writes the passes into a store, as pages, and measures how long the log takes to be read from them.
func (r *traceReport) load(ctx context.Context, p Program, s *subdistrict, most int) (*passlog.Log, error) {
	begin, n := time.Now(), 0
	r.last = make([]uint64, len(s.gates))
	if err := s.passes(ctx, min(most, 20_000_000), func(_ int, passes []made) error { n += len(passes); return nil }); err != nil {
		return nil, err
	}
	r.MakePerS = float64(n) / time.Since(begin).Seconds()
	dir, err := os.MkdirTemp("", "menshen-bench-")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "no temporary folder can be made").WithCause(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	path := filepath.Join(dir, "site.db")
	site, err := sqlite.Open(ctx, path, sqlite.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer func() { _ = site.Close() }() // of a temporary folder
	fmt.Fprintf(p.Progress, "writing %d passes into a store\n", most)
	if err := s.write(ctx, site, most, r.last); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil {
		r.PageBytes = float64(info.Size())
	}
	fmt.Fprintln(p.Progress, "loading them")
	began := time.Now()
	reader := &logReader{}
	read, err := site.ReadPasses(ctx, time.Time{}, reader)
	if err != nil {
		return nil, err
	}
	log, err := reader.bulk.Build()
	if err != nil {
		return nil, err
	}
	r.LoadS = time.Since(began).Seconds()
	r.Passes = log.Count()
	r.LoadPerS, r.PageBytes = float64(r.Passes)/r.LoadS, r.PageBytes/float64(r.Passes)
	if read.Damaged > 0 || read.Paged != r.Passes {
		return nil, menshen.Errorf(menshen.CodeInternal, "cmd.bench", "of the passes written, %d came back, and %d pages were damaged", r.Passes, read.Damaged)
	}
	return log, nil
}

// logReader takes what the store reads into a log, as a start does.
type logReader struct{ bulk *passlog.Bulk }

// Names implements store.PassReader.
func (r *logReader) Names(people, gates []string) {
	r.bulk = passlog.NewBulk(passlog.Config{Origin: firstDay(), Grade: tracing.Grade}, people, gates)
}

// Count implements store.PassReader.
func (r *logReader) Count(pages []store.PassPage) []error { return r.bulk.Count(columnsOf(pages)) }

// Place implements store.PassReader.
func (r *logReader) Place(pages []store.PassPage) error { return r.bulk.Place(columnsOf(pages)) }

// columnsOf gives pages as a log takes them.
func columnsOf(pages []store.PassPage) []passlog.Columns {
	columns := make([]passlog.Columns, len(pages))
	for i, p := range pages {
		columns[i] = passlog.Columns(p)
	}
	return columns
}

// Passes implements store.PassReader.
func (r *logReader) Passes(passes []menshen.Pass) error {
	return menshen.Errorf(menshen.CodeInternal, "cmd.bench", "%d passes came back that no page has", len(passes))
}

// manners are those of all passes, by way: in, out.
func (s *subdistrict) manners() []menshen.Pass {
	in := menshen.Pass{
		Site: s.site.ID, Direction: menshen.DirectionIn, Means: menshen.MeansFace, Confidence: 0.9375,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
	}
	out := in
	out.Direction = menshen.DirectionOut
	return []menshen.Pass{in, out}
}

// write puts the passes into a store in order of time, page by page.
func (s *subdistrict) write(ctx context.Context, site *sqlite.Site, most int, sequence []uint64) error {
	var failed error
	pages := iter.Seq[store.PassPage](func(yield func(store.PassPage) bool) {
		failed = s.pages(ctx, most, sequence, func(p store.PassPage) error {
			if !yield(p) {
				return context.Canceled
			}
			return nil
		})
	})
	return firstError(site.PutPages(ctx, s.people, s.gates, pages), failed)
}

// pages gives the passes as pages, and counts in sequence the numbers that each gate has given; what a call was given is its own until it returns.
func (s *subdistrict) pages(ctx context.Context, most int, sequence []uint64, each func(store.PassPage) error) error {
	page := store.PassPage{Manners: s.manners()}
	return s.passes(ctx, most, func(day int, passes []made) error {
		page.Base = firstDay().AddDate(0, 0, day).Unix() * ticksOfSecond
		for len(passes) > 0 {
			part := passes[:min(pagePasses, len(passes))]
			passes = passes[len(part):]
			page.At, page.Person, page.Gate, page.Sequence, page.Manner = page.At[:0], page.Person[:0], page.Gate[:0], page.Sequence[:0], page.Manner[:0]
			for _, m := range part {
				gate := m.door >> 1
				sequence[gate]++
				page.At, page.Person, page.Gate = append(page.At, m.at), append(page.Person, m.person), append(page.Gate, gate)
				page.Sequence, page.Manner = append(page.Sequence, sequence[gate]), append(page.Manner, uint16(m.door&1))
			}
			if err := each(page); err != nil {
				return err
			}
		}
		return nil
	})
}

// log gives the pass log without a store.
func (s *subdistrict) log(ctx context.Context, most int) (*passlog.Log, error) {
	r := &logReader{}
	r.Names(s.people, s.gates)
	if err := s.pages(ctx, most, make([]uint64, len(s.gates)), func(p store.PassPage) error { return r.bulk.Add(passlog.Columns(p)) }); err != nil {
		return nil, err
	}
	return r.bulk.Build()
}

// appendBatch is how many passes are committed together when many come.
const appendBatch = 500

// append measures how fast the passes of the next day go into the full log.
func (r *traceReport) append(ctx context.Context, p Program, s *subdistrict, log *passlog.Log) error {
	fmt.Fprintln(p.Progress, "appending")
	const most = 2_000_000
	next := *s
	next.days = 1
	manners := s.manners()
	batch := make([]menshen.Pass, 0, appendBatch)
	var took time.Duration
	added := 0
	flush := func() error {
		begin := time.Now()
		n, err := log.Append(batch...)
		took += time.Since(begin)
		added += n
		batch = batch[:0]
		return err
	}
	err := next.passes(ctx, most, func(_ int, passes []made) error {
		for _, m := range passes {
			gate := m.door >> 1
			r.last[gate]++
			one := manners[m.door&1]
			one.ID = menshen.PassID{Gate: s.gates[gate], Sequence: r.last[gate]}
			one.Person, one.Captured = s.people[m.person], s.end().Add(time.Duration(m.at)*10*time.Millisecond)
			if batch = append(batch, one); len(batch) == appendBatch {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		return flush()
	})
	r.AppendPerS = float64(added) / took.Seconds()
	return err
}
