package tracing_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/simulation"
	"menshen/tracing"
	"menshen/tracing/passlog"
	"menshen/tracing/policy"
)

// score counts what was found, what was there, and what is both.
type score struct{ found, there, both float64 }

func (s score) precision() float64 { return s.both / max(s.found, 1e-9) }
func (s score) recall() float64    { return s.both / max(s.there, 1e-9) }

func (s score) String() string {
	return fmt.Sprintf("%.3f / %.3f", s.precision(), s.recall())
}

// accuracy is how near to the truth tracing comes.
type accuracy struct {
	stays            score // in hours, by zone
	contacts, longer score // in people: of any length, and of 15 min in 24 h
	proved           score // in people: of any length, those of whose time together observed bounds prove some
	together         score // of contacts, in hours
}

// small are the kinds of zone where people meet for minutes: in the large ones, where all neighbours are at night, everybody
// is found whatever is lost.
var small = []menshen.ZoneKind{menshen.ZoneLift, menshen.ZoneShop, menshen.ZoneOffice}

func zonePolicy(total time.Duration) *policy.Policy {
	r := policy.Rule{ID: "zone", Kind: policy.RuleZone, Zones: small, Total: total, Level: menshen.LevelClose}
	if total > 0 {
		r.Per = 24 * time.Hour
	}
	return &policy.Policy{ID: "small", Rules: []policy.Rule{r}, Generations: 1}
}

// common gives the overlaps of two lists of stays, each without overlaps within a zone, by zone.
func common(a, b map[string][]menshen.Span) (out []menshen.Span) {
	for zone, list := range a {
		other, k := b[zone], 0
		for i := 0; i < len(list) && k < len(other); {
			if s, ok := list[i].Intersect(other[k]); ok {
				out = append(out, s)
			}
			if list[i].To.Before(other[k].To) {
				i++
			} else {
				k++
			}
		}
	}
	return out
}

// joined gives the time that spans cover, and whether they cover 15 min in some 24 h.
func joined(spans []menshen.Span) (sum time.Duration, long bool) {
	slices.SortFunc(spans, func(a, b menshen.Span) int { return a.From.Compare(b.From) })
	var apart []menshen.Span
	for _, s := range spans {
		if n := len(apart); n > 0 && !s.From.After(apart[n-1].To) {
			apart[n-1].To = later(apart[n-1].To, s.To)
		} else {
			apart = append(apart, s)
		}
	}
	for i, s := range apart {
		sum += s.Duration()
		day := menshen.Span{From: s.To.Add(-24 * time.Hour), To: s.To} // the most is in a day that ends with a span
		within := time.Duration(0)
		for _, o := range apart[:i+1] {
			if cut, ok := o.Intersect(day); ok {
				within += cut.Duration()
			}
		}
		long = long || within >= 15*time.Minute
	}
	return sum, long
}

func byZone(site menshen.Site, stays []menshen.Stay, span menshen.Span, kinds []menshen.ZoneKind) map[string][]menshen.Span {
	out := map[string][]menshen.Span{}
	for _, s := range stays {
		z, _ := site.Zone(s.Zone)
		if cut, ok := s.Intersect(span); ok && (kinds == nil || slices.Contains(kinds, z.Kind)) {
			out[s.Zone] = append(out[s.Zone], cut)
		}
	}
	return out
}

// measure traces spoiled passes and compares what is found with what was.
func measure(t *testing.T, c *simulation.Community, passes []menshen.Pass, span menshen.Span, truth map[string]map[string][]menshen.Span, noise simulation.Noise) (a accuracy) {
	spoiled, _, err := noise.Spoil(passes)
	if err != nil {
		t.Fatal(err)
	}
	sequence := map[string]uint64{}
	for i := range spoiled {
		sequence[spoiled[i].ID.Gate]++
		spoiled[i].ID.Sequence = sequence[spoiled[i].ID.Gate]
	}
	log := passlog.New(passlog.Config{Grade: tracing.Grade})
	for chunk := range slices.Chunk(spoiled, 1000) {
		if _, err := log.Append(chunk...); err != nil {
			t.Fatal(err)
		}
	}
	tracer, err := tracing.New(log, c.Site(), tracing.Config{
		Now: func() time.Time { return span.To },
		Residences: func(yield func(string, tracing.Residence) bool) {
			for _, p := range c.People() {
				if !yield(p.ID, tracing.Residence{Household: p.Household, Dwelling: p.Dwelling}) {
					return
				}
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	people := c.People()
	for i, p := range people {
		_, stays, err := tracer.Movements(t.Context(), p.ID, span)
		if err != nil {
			continue // moved away, or lost all passes
		}
		found, was := byZone(c.Site(), stays, span, nil), truth[p.ID]
		a.stays.found += hours(found)
		a.stays.there += hours(was)
		for zone := range was {
			for _, s := range common(map[string][]menshen.Span{zone: was[zone]}, found) {
				a.stays.both += s.Duration().Hours()
			}
		}
		if i%2 != 0 {
			continue
		}
		met, long := map[string]time.Duration{}, map[string]bool{}
		for _, other := range people {
			if other.ID == p.ID {
				continue
			}
			if sum, fifteen := joined(common(inSmall(c, was), inSmall(c, truth[other.ID]))); sum > 0 {
				met[other.ID], long[other.ID] = sum, fifteen
				a.contacts.there++
				a.proved.there++
				a.together.there += sum.Hours()
				if fifteen {
					a.longer.there++
				}
			}
		}
		for _, total := range []time.Duration{0, 15 * time.Minute} {
			answer, err := tracer.Case(t.Context(), tracing.CaseQuestion{Person: p.ID, Window: span, Policy: zonePolicy(total)})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range answer.Findings {
				sum, real := met[f.Person]
				if total > 0 {
					if a.longer.found++; long[f.Person] {
						a.longer.both++
					}
					continue
				}
				if a.contacts.found++; real {
					a.contacts.both++
				}
				if f.Least > 0 {
					if a.proved.found++; real {
						a.proved.both++
					}
				}
				a.together.found += f.Together.Hours()
				a.together.both += min(f.Together, sum).Hours()
			}
		}
	}
	return a
}

func inSmall(c *simulation.Community, stays map[string][]menshen.Span) map[string][]menshen.Span {
	out := map[string][]menshen.Span{}
	for zone, list := range stays {
		if z, _ := c.Site().Zone(zone); slices.Contains(small, z.Kind) {
			out[zone] = list
		}
	}
	return out
}

func hours(stays map[string][]menshen.Span) (sum float64) {
	for _, list := range stays {
		for _, s := range list {
			sum += s.Duration().Hours()
		}
	}
	return sum
}

// TestAccuracy measures what tracing still finds of the truth when passes are dropped, doubled, delayed and taken for one
// another's. With -v it prints the table of docs/tracing.md; MENSHEN_ACCURACY=1 measures a larger community at all rates.
func TestAccuracy(t *testing.T) {
	people, days, rates := 400, 3, []float64{0.05}
	if large() {
		people, days, rates = 600, 7, []float64{0.01, 0.05, 0.1, 0.2}
	}
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))
	c, err := simulation.New(simulation.Config{People: people, Seed: 11, Start: start.AddDate(0, 0, -30)})
	if err != nil {
		t.Fatal(err)
	}
	span := menshen.Span{From: start, To: start.AddDate(0, 0, days)}
	passes := slices.Collect(c.Passes(start.AddDate(0, 0, -3), span.To)) // three days to find out where everybody is
	truth := map[string]map[string][]menshen.Span{}
	for _, p := range c.People() {
		truth[p.ID] = byZone(c.Site(), c.Truth(p.ID, span), span, nil)
	}
	type row struct {
		name  string
		noise simulation.Noise
		least float64 // of every precision and recall
	}
	rows := []row{{"nothing", simulation.Noise{}, 0.9}}
	for _, rate := range rates {
		name := func(s string) string { return fmt.Sprintf("%s %g %%", s, rate*100) }
		least := 0.9 - 2.5*rate
		rows = append(rows,
			row{name("dropped"), simulation.Noise{Seed: 1, Dropped: rate}, least}, row{name("doubled"), simulation.Noise{Seed: 1, Doubled: rate}, 0.9},
			row{name("delayed"), simulation.Noise{Seed: 1, Delayed: rate}, 0.9}, row{name("swapped"), simulation.Noise{Seed: 1, Swapped: rate}, least},
			row{name("all four"), simulation.Noise{Seed: 1, Dropped: rate, Doubled: rate, Delayed: rate, Swapped: rate}, 0.9 - 4*rate})
	}
	var table strings.Builder
	for _, r := range rows {
		a := measure(t, c, passes, span, truth, r.noise)
		fmt.Fprintf(&table, "\n| %s | %v | %v | %v | %v | %v |", r.name, a.stays, a.contacts, a.proved, a.longer, a.together)
		for name, low := range map[string]float64{
			"stays": min(a.stays.precision(), a.stays.recall()), "contacts found": a.contacts.recall(), "proved": a.proved.precision(),
			"time together": a.together.recall(),
		} {
			if low < r.least || a.contacts.there < 100 {
				t.Errorf("%s: %s are %.3f, below %.2f", r.name, name, low, r.least)
			}
		}
	}
	t.Logf("precision / recall, %d people, %d days, %d passes\n| passes spoiled | stays | contacts | proved contacts | 15 min in 24 h | time together |\n|---|---|---|---|---|---|%s",
		people, days, len(passes), table.String())
}

func large() bool { return os.Getenv("MENSHEN_ACCURACY") != "" }
