package storetest

import (
	"cmp"
	"math"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// PassList is a store.PassReader that makes a list: what a log in memory would hold after a start. Capture times are on the
// grid of pages, and confidences as pages have them, so that passes from pages and from rows compare.
type PassList struct {
	people, gates []string
	counted       int
	passes        []menshen.Pass
}

// Names implements store.PassReader.
func (l *PassList) Names(people, gates []string) { l.people, l.gates = people, gates }

// Count implements store.PassReader.
func (l *PassList) Count(pages []store.PassPage) []error {
	errs := make([]error, len(pages))
	for i, p := range pages {
		l.counted += len(p.At)
		for k := range p.At {
			if err := l.pass(&p, k).Validate(); err != nil {
				errs[i] = err
			}
		}
	}
	return errs
}

// Place implements store.PassReader.
func (l *PassList) Place(pages []store.PassPage) error {
	for _, p := range pages {
		for i := range p.At {
			l.passes = append(l.passes, l.pass(&p, i))
		}
	}
	if len(l.passes) > l.counted {
		return menshen.Errorf(menshen.CodeInternal, "storetest.place", "%d passes were placed, %d counted", len(l.passes), l.counted)
	}
	return nil
}

func (l *PassList) pass(p *store.PassPage, i int) menshen.Pass {
	pass := p.Manners[p.Manner[i]]
	pass.Decision.Reasons = slices.Clone(pass.Decision.Reasons)
	pass.ID = menshen.PassID{Gate: l.gates[p.Gate[i]], Sequence: p.Sequence[i]}
	pass.Person = l.people[p.Person[i]]
	pass.Captured = time.UnixMilli((p.Base + int64(p.At[i])) * 10).UTC()
	return pass
}

// Passes implements store.PassReader.
func (l *PassList) Passes(passes []menshen.Pass) error {
	for _, p := range passes {
		l.passes = append(l.passes, brief(p))
	}
	return nil
}

// brief is what a page has of a pass.
func brief(p menshen.Pass) menshen.Pass {
	c := p.Confidence * 32
	if c != math.Floor(c) {
		c = math.Floor(c) + 0.5
	}
	return menshen.Pass{
		ID: p.ID, Site: p.Site, Person: p.Person, Direction: p.Direction, Captured: p.Captured.Truncate(10 * time.Millisecond), Means: p.Means, Decision: p.Decision,
		Confidence: c / 32,
	}
}

// WantPasses compares what was read with the passes of the log from since on: neither more nor fewer, each once.
func (l *PassList) WantPasses(tb testing.TB, since time.Time, all []menshen.Pass) {
	tb.Helper()
	since = since.Truncate(10 * time.Millisecond)
	var want []menshen.Pass
	for _, p := range all {
		if !p.Captured.Before(since) {
			want = append(want, brief(p))
		}
	}
	got := slices.DeleteFunc(slices.Clone(l.passes), func(p menshen.Pass) bool { return p.Captured.Before(since) })
	byID := func(a, b menshen.Pass) int {
		return cmp.Or(cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(a.ID.Sequence, b.ID.Sequence))
	}
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	wantEqual(tb, got, want)
}

// passPages shows that what a start reads is what is in the log, before and after pages were written, and with more after.
func passPages(t *testing.T, s Store) {
	ctx := t.Context()
	var all []menshen.Pass
	add := func(passes ...menshen.Pass) {
		t.Helper()
		_, err := s.CommitPasses(ctx, passes)
		must(t, err)
		all = append(all, passes...)
	}
	want := func(since time.Time, read store.PassesRead) {
		t.Helper()
		list := &PassList{}
		got, err := s.ReadPasses(ctx, since, list)
		must(t, err)
		wantEqual(t, got, read)
		list.WantPasses(t, since, all)
	}
	keep := func(all bool, pages int) {
		t.Helper()
		n, err := s.KeepPages(ctx, all)
		must(t, err)
		wantEqual(t, n, pages)
	}
	keep(true, 0)
	want(time.Time{}, store.PassesRead{})
	for n := range uint64(50) {
		p := Pass([]string{"east-1", "west-1"}[n%2], n+1, []string{"p-1", "p-2", ""}[n%3])
		p.Captured = start().Add(time.Duration(n) * time.Minute)
		add(p)
	}
	want(time.Time{}, store.PassesRead{Rows: 50})
	keep(false, 0) // too few for a page
	keep(true, 1)
	keep(true, 0)
	want(time.Time{}, store.PassesRead{Pages: 1, Paged: 50})
	odd := Pass("east-1", 1<<40, "p-3")
	odd.Captured = start().AddDate(50, 0, 0) // the clock of a gate was wrong
	old := Pass("west-1", 1000, "p-1")
	old.Captured = start().AddDate(0, 0, -10)
	add(odd, old)
	want(time.Time{}, store.PassesRead{Pages: 1, Paged: 50, Rows: 2})
	want(start(), store.PassesRead{Pages: 1, Paged: 50, Rows: 1})
	want(start().AddDate(1, 0, 0), store.PassesRead{Rows: 1})
	keep(true, 1) // one page of all, and the odd one from its row still
	want(time.Time{}, store.PassesRead{Pages: 1, Paged: 51, Rows: 1})
}
