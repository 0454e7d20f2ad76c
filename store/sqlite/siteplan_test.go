package sqlite_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

func TestSitePlans(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	if p, err := s.SitePlan(ctx, 0); err != nil || p.Revision != 0 || p.Picture.ID != "" {
		t.Fatalf("before the first: %+v, %v", p, err)
	}
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	picture := menshen.PlanPicture{ID: "aa", Type: "image/png", Width: 40, Height: 30, Data: []byte("pixels")}
	places := []menshen.PlanPlace{{Gate: "east-1", X: 0.25, Y: 1}, {Zone: "compound", X: 0.5, Y: 0.5, Width: 0.5, Height: 0.25}}
	first, err := s.AddSitePlan(ctx, menshen.SitePlan{At: at, By: "office@王", Picture: picture, Places: places}, 0)
	must(t, err)
	got, err := s.SitePlan(ctx, 0)
	must(t, err)
	if got.Revision != first || got.By != "office@王" || !got.At.Equal(at) || len(got.Places) != 2 || got.Places[1] != places[1] || got.Picture.Width != 40 || got.Picture.Data != nil {
		t.Errorf("kept %+v", got)
	}
	// The next one has the same picture, which is not sent again.
	picture.Data = nil
	second, err := s.AddSitePlan(ctx, menshen.SitePlan{At: at, By: "b", Picture: picture}, first)
	must(t, err)
	if _, err := s.AddSitePlan(ctx, menshen.SitePlan{At: at, By: "c"}, first); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Errorf("a change of what is no longer the latest: %v", err)
	}
	if _, err := s.AddSitePlan(ctx, menshen.SitePlan{At: at, Places: []menshen.PlanPlace{{Gate: "east-1", X: 2}}}, second); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a gate beside the plan: %v", err)
	}
	history, err := s.PlanHistory(ctx)
	must(t, err)
	if len(history) != 2 || history[0].Revision != second || history[0].Places != 0 || !history[1].Picture || history[1].Places != 2 {
		t.Errorf("history %+v", history)
	}
	if p, err := s.PlanPicture(ctx, "aa"); err != nil || string(p.Data) != "pixels" || p.Height != 30 {
		t.Errorf("picture %+v, %v", p, err)
	}
	// A picture goes with the last revision that has it.
	base := second
	for range 60 {
		base, err = s.AddSitePlan(ctx, menshen.SitePlan{At: at, By: "d"}, base)
		must(t, err)
	}
	if _, err := s.PlanPicture(ctx, "aa"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("a picture that no revision has: %v", err)
	}
	if _, err := s.SitePlan(ctx, first); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("a revision of long ago: %v", err)
	}
	if history, err = s.PlanHistory(ctx); err != nil || len(history) != 50 {
		t.Errorf("%d revisions, %v", len(history), err)
	}
}

func TestPassTallies(t *testing.T) {
	ctx := t.Context()
	s := MustOpen(t, filepath.Join(t.TempDir(), "site.db"), sqlite.Options{Key: key()})
	var passes []menshen.Pass
	for n := range uint64(2000) { // a second each, from 08:00:00.1
		person := "p-1"
		if n%4 == 3 {
			person = ""
		}
		passes = append(passes, storetest.Pass("east-1", n+1, person))
	}
	none := storetest.Pass("west-1", 1, "")
	none.Decision = menshen.Decision{Outcome: menshen.OutcomeReview}
	_, err := s.CommitPasses(ctx, append(passes, none))
	must(t, err)
	begin := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	got, err := s.PassTallies(ctx, menshen.Span{From: begin, To: begin.Add(30 * time.Minute)})
	must(t, err)
	sums := map[menshen.PassTally]int{}
	for _, g := range got {
		n := g.Count
		g.Count = 0
		sums[g] = n
	}
	quarter := begin.Add(15 * time.Minute)
	for want, n := range map[menshen.PassTally]int{
		{At: begin, Gate: "east-1", Direction: "in", Outcome: "allow"}:                                     675,
		{At: quarter, Gate: "east-1", Direction: "in", Outcome: "allow"}:                                   675,
		{At: begin, Gate: "east-1", Direction: "in", Outcome: "deny", Reason: menshen.ReasonUnknownFace}:   224,
		{At: quarter, Gate: "east-1", Direction: "in", Outcome: "deny", Reason: menshen.ReasonUnknownFace}: 225,
		{At: begin, Gate: "west-1", Direction: "in", Outcome: "review"}:                                    1,
	} {
		if sums[want] != n {
			t.Errorf("%+v: %d, want %d", want, sums[want], n)
		}
	}
	if len(sums) != 5 {
		t.Errorf("tallies %v", sums)
	}
}

func TestSiteFigures(t *testing.T) {
	ctx := t.Context()
	s := MustOpen(t, filepath.Join(t.TempDir(), "site.db"), sqlite.Options{Key: key()})
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	day := at.Add(-12 * time.Hour)
	for i, state := range []menshen.PersonState{menshen.PersonActive, menshen.PersonActive, menshen.PersonActive, menshen.PersonInactive} {
		must(t, s.AddPeople(ctx, []menshen.Person{{ID: "p-" + string(rune('1'+i)), Name: "王" + strings.Repeat("五", i), State: state, Created: at}}))
	}
	for _, h := range []menshen.Health{
		{Person: "p-1", State: menshen.HealthObservation, Since: day, Changed: at}, {Person: "p-2", State: menshen.HealthIsolated, Since: day, Changed: at},
	} {
		must(t, s.SetHealth(ctx, h))
	}
	for i, r := range []struct {
		person  string
		at      time.Time
		celsius float64
	}{{"p-1", at, 36.5}, {"p-2", at.Add(-time.Hour), 38}, {"p-2", at, 38.2}, {"p-3", day.Add(-time.Minute), 39}} {
		must(t, s.AddTemperature(ctx, menshen.Temperature{ID: "t-" + string(rune('1'+i)), Person: r.person, At: r.at, Celsius: r.celsius, Source: menshen.TemperatureGuard}))
	}
	for _, p := range []menshen.Permit{
		{ID: "e-1", Kind: menshen.PermitResident, Person: "p-1", Span: menshen.Span{From: day}}, {ID: "e-2", Kind: menshen.PermitResident, Person: "p-2", Span: menshen.Span{From: day, To: at}},
	} {
		must(t, s.AddPermit(ctx, p))
	}
	got, err := s.SiteFigures(ctx, day, at, 37.3)
	must(t, err)
	if want := (menshen.SiteFigures{People: 3, Permitted: 1, Observed: 1, Isolated: 1, Fevers: 1, Measured: 2}); got != want {
		t.Errorf("figures %+v, want %+v", got, want)
	}
}
