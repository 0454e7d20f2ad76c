package calibration_test

import (
	"maps"
	"slices"
	"testing"

	"menshen"
	"menshen/recognizer/calibration"
)

func TestLookAlikes(t *testing.T) {
	s := newSpace(5)
	twin := s.identity()
	people := append(s.people(30, 3), s.person("twin-a", twin, 3), s.person("twin-b", s.kin(twin, 0.2), 3))
	g := MustFill(t, people)
	l := calibration.NewLookAlikes(0.6)
	for _, p := range people {
		must(t, l.Enter(p.ID, p.Templates, g))
	}
	pairs := l.Pairs(0.5)
	if len(pairs) != 1 || pairs[0].A != "twin-a" || pairs[0].B != "twin-b" {
		t.Fatalf("pairs %+v", pairs)
	}
	limits := l.Limits(0.5, 0.01)
	a, b := limits["twin-a"], limits["twin-b"]
	if len(limits) != 2 || a != b || a.Known >= pairs[0].Distance || a.MinMargin != 0.05 {
		t.Errorf("limits %+v of %+v", limits, pairs)
	}
	if m := l.Limits(0.5, 0.2)["twin-a"].MinMargin; m != 0.2 {
		t.Errorf("a margin of the site of 0.2 became %v", m)
	}
	if len(l.Pairs(pairs[0].Distance)) != 1 || len(l.Pairs(pairs[0].Distance*0.999)) != 0 {
		t.Error("who is a look-alike does not follow Known")
	}

	// A third one, who is then enrolled anew with other photographs, and one who leaves.
	third := s.person("twin-c", s.kin(twin, 0.2), 3)
	must(t, g.Insert(templates(third)...))
	must(t, l.Enter("twin-c", third.Templates, g))
	if n := len(l.Pairs(0.5)); n != 3 {
		t.Errorf("three look-alikes make %d pairs", n)
	}
	g.RemovePerson("twin-a")
	l.Forget("twin-a")
	if p := l.Pairs(0.5); len(p) != 1 || p[0].A != "twin-b" || p[0].B != "twin-c" {
		t.Errorf("after one left: %+v", p)
	}
	g.RemovePerson("twin-c")
	must(t, l.Enter("twin-c", nil, g))
	if n := len(l.Limits(0.5, 0)); n != 0 {
		t.Errorf("alone, still %d limits", n)
	}
	if err := l.Enter("x", []menshen.Descriptor{{1}}, g); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a descriptor of another kind: %v", err)
	}
}

func TestLimitOf(t *testing.T) {
	for _, d := range []float64{0, 1e-12, 0.2, 0.5, 0.5000001} {
		limit := calibration.LimitOf(d, 0.5, 0)
		if !(limit.Known > 0) || limit.Known > 0.5 || !(limit.MinMargin > 0) {
			t.Errorf("at %v: %+v", d, limit)
		}
	}
}

// TestPriceOfLimits measures what the rule does to people who look alike, with the figures that the documents name. Run
// with -v to see them.
func TestPriceOfLimits(t *testing.T) {
	s := newSpace(11)
	const known, rounds, shots = 0.51, 300, 4
	for _, part := range []float64{0.2, 0.33, 0.5} {
		var before, after struct{ right, wrong, third float64 }
		for range rounds {
			one := s.identity()
			other := s.kin(one, part)
			a, b := s.person("a", one, 5), s.person("b", other, 5)
			g := MustFill(t, []calibration.Person{a, b})
			l := calibration.NewLookAlikes(known)
			must(t, l.Enter("a", a.Templates, g))
			limits := l.Limits(known, 0)
			third := s.kin(one, part)
			for range shots {
				vote := func(d menshen.Descriptor, limits map[string]calibration.Limit) string {
					found, err := g.Search(d, 2)
					must(t, err)
					limit, ok := limits[found[0].Person]
					if !ok {
						limit.Known = known
					}
					if found[0].Distance > limit.Known || found[1].Distance-found[0].Distance < limit.MinMargin {
						return ""
					}
					return found[0].Person
				}
				x, y := s.picture(other), s.picture(third)
				for sums, limits := range maps.All(map[*struct{ right, wrong, third float64 }]map[string]calibration.Limit{&before: nil, &after: limits}) {
					switch vote(x, limits) {
					case "b":
						sums.right += 1.0 / rounds / shots
					case "a":
						sums.wrong += 1.0 / rounds / shots
					}
					if vote(y, limits) != "" {
						sums.third += 1.0 / rounds / shots
					}
				}
			}
		}
		t.Logf("%.2f of a stranger's distance: wrong %.2f %% → %.2f %%, an unenrolled third %.1f %% → %.1f %%, right %.1f %% → %.1f %%",
			part, 100*before.wrong, 100*after.wrong, 100*before.third, 100*after.third, 100*before.right, 100*after.right)
		if after.wrong > 0.005 || after.third > 0.1 || after.wrong > before.wrong || after.right > before.right {
			t.Errorf("at %v: before %+v, after %+v", part, before, after)
		}
	}
}

func templates(p calibration.Person) []menshen.Template {
	var all []menshen.Template
	for i, d := range p.Templates {
		all = append(all, menshen.Template{ID: p.ID + string(rune('a'+i)), Person: p.ID, Engine: engine, Descriptor: d, Quality: 1})
	}
	return slices.Clip(all)
}
