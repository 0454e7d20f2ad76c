package storetest

import (
	"math"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func commitPassesRoundTrip(t *testing.T, s Store) {
	ctx := t.Context()
	full, stranger := Pass("east-1", 2, "p-1"), Pass("east-1", 1, "")
	bare := menshen.Pass{
		ID: menshen.PassID{Gate: "west-1", Sequence: math.MaxInt64}, Site: "garden", Direction: menshen.DirectionOut,
		Captured: start().Add(time.Hour), Means: menshen.MeansGuard, Decision: menshen.Decision{Outcome: menshen.OutcomeReview},
	}
	local := full // the same instant elsewhere, with a monotonic reading gone and empty lists instead of none
	local.Captured = full.Captured.In(time.FixedZone("CST", 8*3600))
	loose := bare
	loose.Decision.Reasons, loose.Match.Candidates = []menshen.Reason{}, []menshen.Candidate{}

	r, err := s.CommitPasses(ctx, []menshen.Pass{local, stranger, loose})
	must(t, err)
	wantEqual(t, r, store.CommitResult{Fresh: []menshen.Pass{local, stranger, loose}})
	wantEqual(t, MustCollect(t, s.Passes(ctx, menshen.PassFilter{})), []menshen.Pass{stranger, full, bare})
}

func commitPassesTwice(t *testing.T, s Store) {
	ctx := t.Context()
	a, b, c := Pass("east-1", 1, "p-1"), Pass("east-1", 2, "p-2"), Pass("west-1", 1, "p-1")
	r, err := s.CommitPasses(ctx, []menshen.Pass{a, b, a})
	must(t, err)
	wantEqual(t, r, store.CommitResult{Fresh: []menshen.Pass{a, b}, Known: 1})
	again := b
	again.Decided = b.Decided.In(time.FixedZone("CST", 8*3600))
	r, err = s.CommitPasses(ctx, []menshen.Pass{again, c})
	must(t, err)
	wantEqual(t, r, store.CommitResult{Fresh: []menshen.Pass{c}, Known: 1})
	n, err := s.PassCount(ctx)
	must(t, err)
	wantEqual(t, n, 3)
	r, err = s.CommitPasses(ctx, nil)
	must(t, err)
	wantEqual(t, r, store.CommitResult{})
}

func commitPassesConflict(t *testing.T, s Store) {
	ctx := t.Context()
	first := Pass("east-1", 1, "p-1")
	_, err := s.CommitPasses(ctx, []menshen.Pass{first})
	must(t, err)
	var others []menshen.Pass
	for _, change := range []func(*menshen.Pass){
		func(p *menshen.Pass) { p.Person = "p-2" },
		func(p *menshen.Pass) { p.Captured = p.Captured.Add(1) },
		func(p *menshen.Pass) { p.Decided = time.Time{} },
		func(p *menshen.Pass) { p.Decision.Reasons = nil },
		func(p *menshen.Pass) { p.Match.Candidates = p.Match.Candidates[:1] },
		func(p *menshen.Pass) { p.Track = "" },
	} {
		other := first
		change(&other)
		others = append(others, other)
		next := Pass("east-1", 2, "p-1")
		r, err := s.CommitPasses(ctx, []menshen.Pass{other, next})
		must(t, err)
		wantEqual(t, r.Conflicts, []menshen.PassID{first.ID})
		if len(r.Fresh)+r.Known != 1 {
			t.Errorf("the pass beside a conflict: %+v", r)
		}
		_, err = s.CommitPasses(ctx, []menshen.Pass{other}) // again: it is kept aside once
		must(t, err)
	}
	wantEqual(t, MustCollect(t, s.Passes(ctx, menshen.PassFilter{}))[0], first)
	wantEqual(t, MustCollect(t, s.SetAside(ctx)), others)
	c, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, c.SetAside, len(others))
}

func commitPassesRefuses(t *testing.T, s Store) {
	ctx := t.Context()
	bad := []menshen.Pass{
		Pass("east-1", 0, "p-1"), Pass("East 1", 1, "p-1"), Pass("east-1", math.MaxInt64+1, "p-1"),
		Pass("east-1", 4, "p-1"), Pass("east-1", 5, "p-1"), Pass("east-1", 6, "p-1"),
	}
	bad[2].Captured, bad[2].Decided = start(), start()
	bad[3].Match.Threshold = math.NaN()
	bad[4].Track = "\xff"
	bad[5].Decided = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)
	good := Pass("east-1", 9, "p-1")
	r, err := s.CommitPasses(ctx, append(slices.Clone(bad), good))
	must(t, err)
	wantEqual(t, r.Fresh, []menshen.Pass{good})
	wantEqual(t, len(r.Refused), len(bad))
	for i, refusal := range r.Refused {
		wantEqual(t, refusal.ID, bad[i].ID)
		wantCode(t, refusal.Err, menshen.CodeInvalid)
	}
}

func passesFilter(t *testing.T, s Store) {
	ctx := t.Context()
	// Captured in the order 1 2 3 4 5; the last two at one instant, and committed in another order.
	e1, w1, e2, e3, w2 := Pass("east-1", 1, "p-1"), Pass("west-1", 2, "p-2"), Pass("east-1", 3, "p-1"), Pass("east-1", 4, ""), Pass("west-1", 4, "p-1")
	_, err := s.CommitPasses(ctx, []menshen.Pass{w2, e3, e1, e2, w1})
	must(t, err)
	span := func(from, to int) menshen.Span {
		var sp menshen.Span
		if from >= 0 {
			sp.From = start().Add(time.Duration(from) * time.Second)
		}
		if to >= 0 {
			sp.To = start().Add(time.Duration(to) * time.Second)
		}
		return sp
	}
	for name, c := range map[string]struct {
		filter menshen.PassFilter
		want   []menshen.Pass
	}{
		"all":            {menshen.PassFilter{}, []menshen.Pass{e1, w1, e2, e3, w2}},
		"person":         {menshen.PassFilter{Person: "p-1"}, []menshen.Pass{e1, e2, w2}},
		"gate":           {menshen.PassFilter{Gate: "west-1"}, []menshen.Pass{w1, w2}},
		"both":           {menshen.PassFilter{Person: "p-1", Gate: "west-1"}, []menshen.Pass{w2}},
		"half open":      {menshen.PassFilter{Span: span(1, 4)}, []menshen.Pass{e1, w1, e2}},
		"from":           {menshen.PassFilter{Span: span(3, -1)}, []menshen.Pass{e2, e3, w2}},
		"to":             {menshen.PassFilter{Span: span(-1, 2)}, []menshen.Pass{e1}},
		"empty span":     {menshen.PassFilter{Span: span(3, 3)}, nil},
		"latest":         {menshen.PassFilter{Latest: 2}, []menshen.Pass{e3, w2}},
		"latest one":     {menshen.PassFilter{Latest: 1}, []menshen.Pass{w2}},
		"latest of many": {menshen.PassFilter{Person: "p-1", Latest: 2}, []menshen.Pass{e2, w2}},
		"latest in span": {menshen.PassFilter{Span: span(0, 4), Latest: 2}, []menshen.Pass{w1, e2}},
		"nobody":         {menshen.PassFilter{Person: "p-9"}, nil},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.Passes(ctx, c.filter)), c.want) })
	}
	var failure error
	for _, err := range s.Passes(ctx, menshen.PassFilter{Span: menshen.Span{From: time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}}) {
		failure = err
	}
	wantCode(t, failure, menshen.CodeInvalid)
}

// passesStopEarly breaks off more loops than there can be connections.
func passesStopEarly(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", 1, ""), Pass("east-1", 2, "")})
	must(t, err)
	for range 100 {
		for p, err := range s.Passes(ctx, menshen.PassFilter{}) {
			must(t, err)
			wantEqual(t, p.ID.Sequence, uint64(1))
			break
		}
	}
}

func committed(t *testing.T, s Store) {
	ctx := t.Context()
	var passes []menshen.Pass
	var asked []uint64
	var want []uint64
	for n := uint64(1); n <= 2000; n++ {
		asked = append(asked, n)
		if n%3 == 0 {
			passes = append(passes, Pass("east-1", n, ""))
			want = append(want, n)
		}
	}
	_, err := s.CommitPasses(ctx, append(passes, Pass("west-1", 1, "")))
	must(t, err)
	slices.Reverse(asked)
	got, err := s.Committed(ctx, "east-1", append(asked, 3, 0, math.MaxUint64))
	must(t, err)
	wantEqual(t, got, want)
	got, err = s.Committed(ctx, "north-1", asked)
	must(t, err)
	wantEqual(t, got, []uint64(nil))
	got, err = s.Committed(ctx, "east-1", nil)
	must(t, err)
	wantEqual(t, got, []uint64(nil))
}

func lastSequences(t *testing.T, s Store) {
	ctx := t.Context()
	last, err := s.LastSequences(ctx)
	must(t, err)
	wantEqual(t, last, map[string]uint64{})
	_, err = s.CommitPasses(ctx, []menshen.Pass{Pass("west-1", 7, ""), Pass("east-1", 9, ""), Pass("east-1", 2, ""), Pass("a", 1, "")})
	must(t, err)
	last, err = s.LastSequences(ctx)
	must(t, err)
	wantEqual(t, last, map[string]uint64{"a": 1, "east-1": 9, "west-1": 7})
}

// passedAfter follows the log in the order of commits: allowed passes of somebody, each once.
func passedAfter(t *testing.T, s Store) {
	ctx := t.Context()
	denied := Pass("east-1", 4, "p-1")
	denied.Decision.Outcome = menshen.OutcomeDeny
	_, err := s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", 5, "p-1"), Pass("east-1", 1, "p-2"), denied, Pass("east-1", 2, ""), Pass("west-1", 3, "p-1")})
	must(t, err)
	want := []menshen.Pass{Pass("east-1", 5, "p-1"), Pass("east-1", 1, "p-2"), Pass("west-1", 3, "p-1")}
	var got []menshen.Pass
	cursor := uint64(0)
	for {
		part, next, err := s.PassedAfter(ctx, cursor, time.Time{}, 2)
		must(t, err)
		if next < cursor || len(part) > 2 {
			t.Fatalf("%d passes, from %d to %d", len(part), cursor, next)
		}
		got, cursor = append(got, part...), next
		if len(part) == 0 {
			break
		}
	}
	wantEqual(t, got, want)
	_, err = s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", 6, "p-3"), Pass("east-1", 5, "p-1")}) // the second is known
	must(t, err)
	part, _, err := s.PassedAfter(ctx, cursor, time.Time{}, 10)
	must(t, err)
	wantEqual(t, part, []menshen.Pass{Pass("east-1", 6, "p-3")})
	part, _, err = s.PassedAfter(ctx, 0, Pass("east-1", 5, "").Captured, 10)
	must(t, err)
	wantEqual(t, part, []menshen.Pass{Pass("east-1", 5, "p-1"), Pass("east-1", 6, "p-3")})
}
