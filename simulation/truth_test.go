package simulation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/simulation"
	"menshen/tracing"
)

func line(s menshen.Stay) string {
	const form = "01-02 15:04:05.000"
	return fmt.Sprintf("%s %s–%s %v %v", s.Zone, s.From.Format(form), s.To.Format(form), s.FromObserved, s.ToObserved)
}

// What tracing reads out of complete passes is what really was. The caps are long, for complete passes need none.
func TestTracingFindsTheTruth(t *testing.T) {
	c := MustCommunity(t, simulation.Config{People: 400, Seed: 4})
	for _, span := range []menshen.Span{
		{From: monday.Add(4 * time.Hour), To: monday.AddDate(0, 0, 14)},
		{From: monday.Add(9*time.Hour + 123*time.Millisecond), To: monday.Add(57*time.Hour + 11*time.Minute)},
	} {
		passes := map[string][]menshen.Pass{}
		sequence := uint64(0)
		for p := range c.Passes(span.From, span.To) {
			sequence++
			p.ID.Sequence = sequence
			passes[p.Person] = append(passes[p.Person], p)
		}
		year := 366 * 24 * time.Hour
		cfg := tracing.StayConfig{HomeCap: year, Caps: map[menshen.ZoneKind]time.Duration{
			menshen.ZoneLift: year, menshen.ZoneShop: year, menshen.ZoneOffice: year,
		}}
		compared := 0
		for _, r := range c.Residents() {
			if len(passes[r.ID]) == 0 {
				continue // never passed: tracing cannot know
			}
			var want, got []string
			for _, s := range c.Truth(r.ID, span) {
				want = append(want, line(s))
			}
			for _, s := range tracing.Stays(c.Site(), passes[r.ID], cfg, span, span.To) {
				s.FromObserved, s.ToObserved = s.From.After(span.From), s.To.Before(span.To)
				cut, _ := s.Intersect(span)
				s.Span = menshen.Span{From: cut.From.UTC(), To: cut.To.UTC()}
				got = append(got, line(s))
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s %s (%s):\ngot\n\t%s\nwant\n\t%s", r.ID, r.Name, r.Habit, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
			}
			compared += len(want)
		}
		if compared < 3000 {
			t.Errorf("only %d stays compared", compared)
		}
	}
}

func TestTruth(t *testing.T) {
	c := MustCommunity(t, simulation.Config{People: 100, Seed: 8, Start: monday})
	people := c.People()
	span := menshen.Span{From: monday.AddDate(0, 0, -3), To: monday.AddDate(0, 0, 2)}
	if len(c.Truth("nobody", span)) != 0 || len(c.Truth(people[0].ID, menshen.Span{From: span.From, To: monday})) != 0 ||
		len(c.Truth(people[0].ID, menshen.Span{From: span.To, To: span.From})) != 0 {
		t.Error("there is truth about nobody, before the start, or in an empty span")
	}
	found := 0
	for _, p := range people {
		stays := c.Truth(p.ID, span)
		for i, s := range stays {
			if !s.From.Before(s.To) || s.From.Before(monday) || s.To.After(span.To) || s.Open || s.Person != p.ID || i > 0 && s.From.Before(stays[i-1].From) {
				t.Errorf("impossible stay %s", line(s))
			}
		}
		if p.State == menshen.PersonInactive && len(stays) > 0 {
			t.Errorf("%s has moved away and is here", p.Name)
		}
		found += len(stays)
	}
	if found < 500 {
		t.Errorf("only %d stays", found)
	}
}
