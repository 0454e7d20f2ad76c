package simulation_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/simulation"
)

func TestPassesAreValidAndInOrder(t *testing.T) {
	c := MustCommunity(t, simulation.Config{People: 300, Seed: 1})
	known := map[string]bool{}
	for _, p := range c.People() {
		known[p.ID] = true
	}
	from, to := monday.Add(3*time.Hour+17*time.Minute), monday.AddDate(0, 0, 9)
	sequence := map[string]uint64{}
	last := from
	outcomes := map[menshen.Outcome]int{}
	for p := range c.Passes(from, to) {
		if p.Captured.Before(last) || !p.Captured.Before(to) || p.Captured.Location() != time.UTC {
			t.Fatalf("pass at %v after one at %v", p.Captured, last)
		}
		last = p.Captured
		if p.ID.Sequence != 0 {
			t.Fatal("a pass has a sequence")
		}
		sequence[p.ID.Gate]++
		p.ID.Sequence = sequence[p.ID.Gate]
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		if _, ok := c.Site().Gate(p.ID.Gate); !ok || p.Site != c.Site().ID {
			t.Fatalf("pass of another site: %+v", p)
		}
		if n := len(p.Decision.Reasons); n != 2 || p.Decision.Reasons[1] != menshen.ReasonSimulated {
			t.Fatalf("reasons %v", p.Decision.Reasons)
		}
		if d := p.Decided.Sub(p.Captured); d <= 0 || d > time.Second {
			t.Fatalf("decided after %v", d)
		}
		if p.Person != "" && !known[p.Person] || p.Means == menshen.MeansFace && p.Match.Person() != p.Person || p.Means != menshen.MeansFace && p.Match.Faces != 0 {
			t.Fatalf("pass of %q by %s with the match %+v", p.Person, p.Means, p.Match)
		}
		outcomes[p.Decision.Outcome]++
	}
	if outcomes["allow"] < 10_000 || outcomes["deny"] < 50 || outcomes["review"] < 20 {
		t.Errorf("outcomes %v", outcomes)
	}
}

func collect(c *simulation.Community, from, to time.Time) []menshen.Pass {
	return slices.Collect(c.Passes(from, to))
}

// A span asked for in parts, or from another start, or again, gives the same passes.
func TestPassesAreDeterministic(t *testing.T) {
	cfg := simulation.Config{People: 120, Seed: 9}
	c := MustCommunity(t, cfg)
	to := monday.AddDate(0, 0, 3)
	whole := collect(c, monday, to)
	if !reflect.DeepEqual(whole, collect(MustCommunity(t, cfg), monday, to)) {
		t.Error("another run gives other passes")
	}
	var parts []menshen.Pass
	for at := monday; at.Before(to); at = at.Add(7 * time.Hour) {
		end := at.Add(7 * time.Hour)
		if end.After(to) {
			end = to
		}
		parts = append(parts, collect(c, at, end)...)
	}
	if !reflect.DeepEqual(whole, parts) {
		t.Error("the parts give other passes than the whole")
	}
	cfg.Start = monday.Add(30 * time.Hour)
	late := MustCommunity(t, cfg)
	if !reflect.DeepEqual(collect(late, monday, to), collect(c, cfg.Start, to)) {
		t.Error("the start changes more than where the passes begin")
	}
	if len(collect(c, to, monday))+len(collect(c, monday, monday)) != 0 {
		t.Error("an empty span has passes")
	}
	for range c.Passes(monday, to) {
		break // stopping early is fine
	}
	cfg.Seed++
	if reflect.DeepEqual(whole, collect(MustCommunity(t, cfg), monday, to)) {
		t.Error("another seed gives the same passes")
	}
}

// Nobody leaves a zone that they are not in, or crosses two gates at once. Everybody begins at home, or outside.
func TestContinuity(t *testing.T) {
	c := MustCommunity(t, simulation.Config{People: 500, Seed: 2})
	at := map[string]string{}
	last := map[string]time.Time{}
	for p := range c.Passes(monday.Add(4*time.Hour), monday.AddDate(0, 0, 21)) {
		g, _ := c.Site().Gate(p.ID.Gate)
		if p.Person == "" {
			continue
		}
		origin, target := g.From, g.To
		if p.Direction == menshen.DirectionOut {
			origin, target = target, origin
		}
		if zone, ok := at[p.Person]; ok && zone != origin {
			t.Fatalf("%s passes %s %s from %s at %v, but is in %s", p.Person, g.ID, p.Direction, origin, p.Captured, zone)
		}
		if !p.Captured.After(last[p.Person]) {
			t.Fatalf("%s passes twice at %v", p.Person, p.Captured)
		}
		last[p.Person] = p.Captured
		if at[p.Person] = origin; p.Decision.Outcome == menshen.OutcomeAllow {
			at[p.Person] = target
		}
	}
	if len(at) < 480 {
		t.Errorf("only %d of 500 people pass in three weeks", len(at))
	}
}

// Days look like days: the gates are busy in the morning and in the evening and nearly silent at night, workers go out on
// weekdays, people pass some times a day.
func TestDaysLookLikeDays(t *testing.T) {
	c := MustCommunity(t, simulation.Config{People: 2000, Seed: 3})
	habit := map[string]simulation.Habit{}
	for _, r := range c.Residents() {
		habit[r.ID] = r.Habit
	}
	var hours, out [24]int
	total, weekday, weekend := 0, 0, 0
	for p := range c.Passes(monday.Add(4*time.Hour), monday.AddDate(0, 0, 14).Add(4*time.Hour)) {
		local := p.Captured.In(monday.Location())
		total++
		hours[local.Hour()]++
		g, _ := c.Site().Gate(p.ID.Gate)
		if g.From != menshen.OutsideZone || p.Direction != menshen.DirectionOut || habit[p.Person] != simulation.HabitWorker {
			continue
		}
		out[local.Hour()]++
		if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
			weekend++
		} else {
			weekday++
		}
	}
	perDay := float64(total) / 2000 / 14
	if perDay < 6 || perDay > 20 {
		t.Errorf("%.1f passes a person and day", perDay)
	}
	if night := hours[2] + hours[3] + hours[4]; night*100 > total {
		t.Errorf("%d of %d passes are from two to five at night", night, total)
	}
	if out[7]+out[8] < 3*(out[10]+out[11]) {
		t.Errorf("workers go out by hour: %v", out)
	}
	if weekday/10 < 3*weekend/4/2 {
		t.Errorf("workers go out %d times on 10 weekdays and %d times on 4 other days", weekday, weekend)
	}
}

func BenchmarkPasses(b *testing.B) {
	for name, people := range map[string]int{"1000people": 1000, "100000people": 100_000} {
		c := MustCommunity(b, simulation.Config{People: people})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				for range c.Passes(monday, monday.AddDate(0, 0, 14)) {
					n++
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "passes/s")
			b.ReportMetric(float64(n)/float64(b.N), "passes")
		})
	}
}
