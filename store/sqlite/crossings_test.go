package sqlite_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// TestCrossings compares what gates go by with the whole passes.
func TestCrossings(t *testing.T) {
	ctx := t.Context()
	s := MustOpen(t, t.TempDir()+"/site.db", sqlite.Options{})
	var passes []menshen.Pass
	for i := range uint64(40) {
		p := storetest.Pass("east-1", i+1, "p-1")
		p.Captured = p.Captured.Add(time.Duration(i) * time.Hour)
		switch i % 4 {
		case 1:
			p.Person = ""
		case 2:
			p.Decision.Outcome = menshen.OutcomeDeny
		case 3:
			p.Credential = "c-1@1700000000"
		}
		passes = append(passes, p)
	}
	_, err := s.CommitPasses(ctx, passes)
	must(t, err)

	since := passes[9].Captured
	want := map[menshen.PassID]menshen.Pass{}
	for p, err := range s.Passes(ctx, menshen.PassFilter{Span: menshen.Span{From: since}}) {
		must(t, err)
		if p.Decision.Outcome == menshen.OutcomeAllow && p.Person != "" {
			want[p.ID] = menshen.Pass{
				ID: p.ID, Site: p.Site, Person: p.Person, Direction: p.Direction, Captured: p.Captured, Credential: p.Credential,
				Decision: menshen.Decision{Outcome: p.Decision.Outcome},
			}
		}
	}
	if len(want) != 15 {
		t.Fatalf("%d of the passes let somebody through, want 15", len(want))
	}
	for p, err := range s.Crossings(ctx, since) {
		must(t, err)
		if w, ok := want[p.ID]; !ok || w.ID != p.ID || w.Site != p.Site || w.Person != p.Person || w.Direction != p.Direction ||
			!w.Captured.Equal(p.Captured) || w.Credential != p.Credential || w.Decision.Outcome != p.Decision.Outcome {
			t.Errorf("%v: %+v, want %+v", p.ID, p, w)
		}
		delete(want, p.ID)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
