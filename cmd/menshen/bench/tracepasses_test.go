package bench

import (
	"slices"
	"testing"

	"menshen"
)

func collected(tb testing.TB, s *subdistrict, most int) (all []made, days []int) {
	tb.Helper()
	err := s.passes(tb.Context(), most, func(day int, passes []made) error {
		all = append(all, passes...)
		days = append(days, len(passes))
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all, days
}

// TestSubdistrict looks at what people do: in order, through gates that are there, never through a wall.
func TestSubdistrict(t *testing.T) {
	const people, days, passes = 7000, 7, 7000 * 7 * 16
	s := newSubdistrict(people, days, passes, 1)
	if err := s.site.Validate(); err != nil {
		t.Fatal(err)
	}
	if len(s.people) != people+1 || s.communities() != 2 || len(s.gates) != len(s.site.Gates)+1 {
		t.Fatalf("%d people, %d communities, %d gates", len(s.people)-1, s.communities(), len(s.gates)-1)
	}
	all, each := collected(t, s, allPasses)
	if n := len(all); n < passes || n > passes*102/100 {
		t.Errorf("%d passes, want %d or slightly more", n, passes)
	}
	zone := make([]string, len(s.people)) // "" is at home
	hours, visits := [24]int{}, 0
	next := 0
	for _, n := range each {
		today := all[next : next+n]
		next += n
		if !slices.IsSortedFunc(today, func(a, b made) int { return int(a.at) - int(b.at) }) {
			t.Fatal("not in order")
		}
		for _, p := range today {
			if p.at >= dayTicks || p.person == 0 || int(p.person) >= len(s.people) {
				t.Fatalf("%+v", p)
			}
			g := s.site.Gates[p.door>>1-1]
			if g.ID != s.gates[p.door>>1] {
				t.Fatal("gates are numbered otherwise than the site has them")
			}
			from, to := g.From, g.To
			if p.door&1 == 1 {
				from, to = to, from
			}
			c, b, u := s.home(p.person)
			if zone[p.person] == "" {
				zone[p.person] = homeZone(menshen.Dwelling{Building: s.site.Zones[1+c*(3+s.blocks*5)].ID + "-b" + two(b+1), Unit: string(rune('1' + u))})
			}
			if zone[p.person] != from {
				t.Fatalf("person %d goes from %s to %s and was in %s", p.person, from, to, zone[p.person])
			}
			zone[p.person] = to
			hours[p.at/ticksOfHour]++
			if int(p.door>>1-1)/s.gatesOf() != c {
				visits++
			}
		}
	}
	if hours[3] > hours[8]/10 || hours[8] < hours[11] {
		t.Errorf("by hours: %v", hours)
	}
	if share := float64(visits) / float64(len(all)); share < 0.0005 || share > 0.02 {
		t.Errorf("%.3f of the passes are elsewhere", share)
	}
}

func two(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

func TestSubdistrictFollowsItsSeed(t *testing.T) {
	s := newSubdistrict(6000, 3, 300_000, 5)
	a, _ := collected(t, s, allPasses)
	b, _ := collected(t, newSubdistrict(6000, 3, 300_000, 5), allPasses)
	if !slices.Equal(a, b) {
		t.Error("one seed gave two results")
	}
	if c, _ := collected(t, newSubdistrict(6000, 3, 300_000, 6), allPasses); slices.Equal(a, c) {
		t.Error("another seed gave the same")
	}
	if c, _ := collected(t, s, 100_000); !slices.Equal(a[:100_000], c) {
		t.Error("the first ones are not those of all")
	}
}

func BenchmarkSubdistrict(b *testing.B) {
	s := newSubdistrict(90_000, 2, 90_000*2*16, 1)
	n := 0
	for b.Loop() {
		_ = s.passes(b.Context(), allPasses, func(_ int, p []made) error { n += len(p); return nil })
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "passes/s")
}
