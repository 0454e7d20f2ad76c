package sqlite_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// TestKnownPasses asks both databases for a pass that they have, and for others that differ from it in one thing each.
func TestKnownPasses(t *testing.T) {
	ctx := t.Context()
	had, unknown := storetest.Unnumbered("east-1", 1, "p-1"), storetest.Unnumbered("east-1", 2, "")
	o, err := sqlite.OpenOutbox(ctx, t.TempDir()+"/gate.db", sqlite.Options{})
	must(t, err)
	defer o.Close()
	kept, err := o.AppendMany(ctx, []menshen.Pass{had, unknown})
	must(t, err)
	s := MustOpen(t, t.TempDir()+"/site.db", sqlite.Options{})
	_, err = s.CommitPasses(ctx, kept)
	must(t, err)

	asked := []menshen.Pass{had, unknown}
	for _, change := range []func(p *menshen.Pass){
		func(p *menshen.Pass) { p.ID.Gate = "west-1" },
		func(p *menshen.Pass) { p.Person = "p-2" },
		func(p *menshen.Pass) { p.Person = "" },
		func(p *menshen.Pass) { p.Direction = menshen.DirectionOut },
		func(p *menshen.Pass) { p.Captured = p.Captured.Add(time.Nanosecond) },
		func(p *menshen.Pass) { p.Decision.Outcome = menshen.OutcomeReview },
	} {
		p := had
		change(&p)
		asked = append(asked, p)
	}
	numbered := had
	numbered.ID.Sequence, numbered.Confidence, numbered.Means = 77, 0.9, menshen.MeansCard // not what a pass is known by
	asked = append(asked, numbered, had)
	want := []bool{true, true, false, false, false, false, false, false, true, true}
	for name, ask := range map[string]interface {
		KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error)
	}{"outbox": o, "site": s} {
		got, err := ask.KnownPasses(ctx, asked)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, want)
		}
		if got, err := ask.KnownPasses(ctx, nil); err != nil || len(got) != 0 {
			t.Errorf("%s: none asked for: %v, %v", name, got, err)
		}
	}
}
