package tracing_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// narrowRules makes rules that few meetings match, so that chains grow long.
func narrowRules(rng *rand.Rand) []policy.Rule {
	return []policy.Rule{
		{ID: "gate", Kind: policy.RuleGate, Within: time.Duration(1+rng.IntN(15)) * time.Second, Level: menshen.LevelClose},
		{ID: "lift", Kind: policy.RuleZone, Zones: []menshen.ZoneKind{menshen.ZoneLift}, Level: menshen.LevelGeneral},
	}[:1+rng.IntN(2)]
}

// randomRules makes rules that say little but try everything.
func randomRules(rng *rand.Rand, n int) (rules []policy.Rule) {
	all := []menshen.ZoneKind{menshen.ZoneLift, menshen.ZoneUnit, menshen.ZoneBuilding, menshen.ZoneShop, menshen.ZoneCompound}
	for i := range n {
		r := policy.Rule{
			ID: fmt.Sprintf("rule-%d", i), Risk: []string{"high", "medium", "low"}[rng.IntN(3)],
			Level: []menshen.ContactLevel{menshen.LevelClose, menshen.LevelSecondary, menshen.LevelGeneral, menshen.LevelCoPresent}[rng.IntN(4)],
		}
		switch rng.IntN(8) {
		case 0, 1, 2:
			r.Kind = policy.RuleZone
			for _, k := range all {
				if rng.IntN(3) == 0 {
					r.Zones = append(r.Zones, k)
				}
			}
			if rng.IntN(3) == 0 {
				r.Each = time.Duration(rng.IntN(40)) * time.Second
			}
			if rng.IntN(2) == 0 {
				r.Total = time.Duration(1+rng.IntN(90)) * time.Second
				if rng.IntN(2) == 0 {
					r.Per = r.Total + time.Duration(rng.IntN(60))*time.Second
				}
			}
		case 3, 4:
			r.Kind, r.Within = policy.RuleGate, time.Duration(1+rng.IntN(25))*time.Second
		case 5:
			r.Kind = policy.RuleHousehold
		case 6:
			r.Kind, r.Floors = policy.RuleFloor, rng.IntN(3)
		case 7:
			r.Kind = policy.RuleBuilding
		}
		if r.Kind != policy.RuleZone && r.Kind != policy.RuleGate {
			r.Homes = []string{"", "", "own", "shared"}[rng.IntN(4)]
		}
		rules = append(rules, r)
	}
	return rules
}

func randomResidences(rng *rand.Rand, people []string) map[string]tracing.Residence {
	out := map[string]tracing.Residence{}
	for _, p := range people {
		if rng.IntN(3) == 0 {
			continue
		}
		d := menshen.Dwelling{Building: fmt.Sprint(1 + rng.IntN(2)), Unit: fmt.Sprint(1 + rng.IntN(2)), Floor: rng.IntN(5) - 1, Room: fmt.Sprint(rng.IntN(3))}
		out[p] = tracing.Residence{Household: d.String(), Dwelling: d, Shared: rng.IntN(2) == 0}
	}
	return out
}

// wantReach holds Reach against Case, and for several index people against one question for each.
func wantReach(t *testing.T, tracer *tracing.Tracer, q tracing.CaseQuestion, p *policy.Policy, want tracing.CaseAnswer) {
	t.Helper()
	answer, err := tracer.Reach(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	show := func(person string, generation int, path []menshen.Hop) string {
		hops := showHops(path)
		for i, h := range path {
			hops[i] += fmt.Sprintf(" least %v sure %.4f", h.Least, h.Sureness)
		}
		return fmt.Sprint(person, " ", generation, " ", strings.Join(hops, "; "))
	}
	var got, lines []string
	sign := 1
	if q.Backward {
		sign = -1
	}
	ordered := slices.IsSortedFunc(answer.People, func(a, b tracing.Reached) int {
		return cmp.Or(cmp.Compare(a.Generation, b.Generation), sign*a.Exposed.Compare(b.Exposed), cmp.Compare(a.Person, b.Person))
	})
	if !ordered {
		t.Errorf("out of order: %+v", answer.People)
	}
	reached := map[string]tracing.Reached{}
	for i, x := range answer.People {
		path := answer.Path(i)
		got = append(got, show(x.Person, x.Generation, path))
		reached[x.Person] = x
		first := path[0].From
		if q.Backward {
			first = path[len(path)-1].To
		}
		if first != x.Index || x.Before < len(answer.People) && x.Before >= 0 && len(path) != x.Generation {
			t.Errorf("%+v has the path %+v", x, path)
		}
		rules := p.Rules
		if x.Generation > 1 {
			rules = p.Next
		}
		if x.Generation == 1 {
			rules = append(slices.Clone(rules), reported(q, x.Person)...)
		}
		if n := slices.IndexFunc(rules, func(r policy.Rule) bool { return r.ID == x.Rule }); n < 0 || string(rules[n].Kind) != string(x.Exposure.Kind) || rules[n].Level != x.Level || rules[n].Risk != x.Risk {
			t.Errorf("%+v is by no rule of %+v", x, rules)
		}
	}
	for _, f := range want.Findings {
		hop := f.Path[len(f.Path)-1]
		if q.Backward {
			hop = f.Path[0]
		}
		if !f.Exposed.Equal(hop.Exposed) || !f.Exposed.Equal(reached[f.Person].Exposed) {
			t.Errorf("%s is exposed at %s, by the path at %s", f.Person, clock(f.Exposed), clock(hop.Exposed))
		}
		lines = append(lines, show(f.Person, f.Generation, f.Path))
	}
	slices.Sort(got)
	slices.Sort(lines)
	wantLines(t, got, lines)
	sums := p.NextOf == "" // then, and without isolation that ends, somebody exposed earlier passes it on to all whom they would later
	for _, spans := range q.Held {
		sums = sums && !slices.ContainsFunc(spans, func(s menshen.Span) bool { return !s.To.IsZero() })
	}
	if len(q.Others) > 0 && sums {
		wantUnion(t, tracer, q, reached)
	}
}

// wantUnion asks about each index person alone, while the others pass nothing on.
func wantUnion(t *testing.T, tracer *tracing.Tracer, q tracing.CaseQuestion, want map[string]tracing.Reached) {
	t.Helper()
	all := append([]tracing.Index{{Person: q.Person, Window: q.Window, Isolated: q.Isolated}}, q.Others...)
	best := map[string]tracing.Reached{}
	for _, x := range all {
		one := q
		one.Person, one.Window, one.Isolated, one.Others, one.Held = x.Person, x.Window, x.Isolated, nil, map[string][]menshen.Span{}
		maps.Copy(one.Held, q.Held)
		for _, y := range all {
			if y.Person != x.Person {
				one.Held[y.Person] = []menshen.Span{{From: day.Add(-time.Hour)}}
			}
		}
		if x.Person != q.Person {
			one.Known = nil
		}
		answer, err := tracer.Reach(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range answer.People {
			isIndex := slices.ContainsFunc(all, func(y tracing.Index) bool { return y.Person == f.Person })
			had, ok := best[f.Person]
			if !isIndex && (!ok || f.Generation < had.Generation || f.Generation == had.Generation && f.Exposed.Before(had.Exposed)) {
				best[f.Person] = f
			}
		}
	}
	if len(best) != len(want) {
		t.Errorf("%d are reached, of each alone %d", len(want), len(best))
	}
	for person, f := range best {
		if w := want[person]; w.Generation != f.Generation || !w.Exposed.Equal(f.Exposed) {
			t.Errorf("%+v, of %s alone %+v", w, f.Index, f)
		}
	}
}

func TestCasesAgainstReference(t *testing.T) {
	yards := uint64(300)
	if testing.Short() {
		yards = 40
	}
	questions, findings := 0, map[int]int{}
	defer tracing.SetWays(0, 0)() // the sites are small: all ways are to be gone
	for seed := range yards {
		rng := rand.New(rand.NewPCG(seed, 9))
		tracing.SetWays([]int{0, 3, 1 << 20}[seed%3], int(seed)%4)
		r, people := crowd(rng, []string{"li", "wang", "zhang", "zhao", "qian", "zhou", "wu", "he", "lin", "ma"}[:4+rng.IntN(7)])
		for i := range r.passes {
			if rng.IntN(3) == 0 {
				r.passes[i].Confidence = []float64{0.9375, 0.75, 0.5}[rng.IntN(3)]
			}
		}
		if r.cfg.Home == nil {
			r.cfg.Home = func(_, zone string) bool { return zone == "compound" || zone == "building" || zone == "unit" }
		}
		r.all(people)
		residences := randomResidences(rng, append(people, "chen", "sun")) // two make no pass
		tracer := r.tracer(t, rng)
		tracer.Settle(maps.All(residences))
		for range 12 {
			p := &policy.Policy{
				ID: "random", Rules: randomRules(rng, 1+rng.IntN(2)), Next: randomRules(rng, min(3, rng.IntN(5))), Generations: 2 + rng.IntN(4),
				NextFrom: []policy.Anchor{"", policy.AnchorFirst, policy.AnchorThreshold, policy.AnchorLast}[rng.IntN(4)],
			}
			if rng.IntN(4) == 0 {
				p.Latency = time.Duration(rng.IntN(100)) * time.Second
			}
			if rng.IntN(2) == 0 {
				p.Rules, p.Next, p.Generations = narrowRules(rng), narrowRules(rng), 5
			}
			moment := func() time.Time { return day.Add(time.Duration(rng.IntN(700)-50) * time.Second) }
			q := tracing.CaseQuestion{Person: people[rng.IntN(len(people))], Policy: p, Backward: rng.IntN(2) == 0, Generations: max(0, rng.IntN(8)-2)}
			q.Window.From = moment()
			q.Window.To = q.Window.From.Add(time.Duration(1+rng.IntN(600)) * time.Second)
			if rng.IntN(2) == 0 {
				q.Window = menshen.Span{From: day.Add(-time.Minute), To: day.Add(time.Hour)}
			}
			if rng.IntN(4) == 0 {
				q.Isolated = moment()
			}
			if rng.IntN(5) == 0 {
				p.NextOf = []string{"low", "medium", "high"}[rng.IntN(3)]
			}
			if rng.IntN(3) == 0 {
				q.Held = map[string][]menshen.Span{}
				for _, person := range people {
					for range max(0, rng.IntN(6)-2) {
						s := menshen.Span{From: moment()}
						if rng.IntN(4) > 0 {
							s.To = s.From.Add(time.Duration(1+rng.IntN(150)) * time.Second)
						}
						q.Held[person] = append(q.Held[person], s)
					}
				}
			}
			if rng.IntN(3) == 0 {
				for range 1 + rng.IntN(3) {
					k := tracing.Known{Person: append(people, "chen", "sun", "nobody")[rng.IntN(len(people)+3)]}
					if rng.IntN(5) > 0 {
						k.From = moment()
					}
					if rng.IntN(5) > 0 {
						k.To = moment()
					}
					if !k.From.IsZero() && (k.To.Before(k.From) && !k.To.IsZero() || rng.IntN(4) == 0) {
						k.To = k.From
					}
					k.Level = []menshen.ContactLevel{"", menshen.LevelClose, menshen.LevelGeneral}[rng.IntN(3)]
					k.Risk = []string{"", "high", "medium", "low"}[rng.IntN(4)]
					q.Known = append(q.Known, k)
				}
			}
			for _, k := range rng.Perm(len(people))[:rng.IntN(3)] {
				if person := people[k]; person != q.Person && !q.Backward && rng.IntN(2) == 0 {
					x := tracing.Index{Person: person, Window: menshen.Span{From: moment()}}
					x.Window.To = x.Window.From.Add(time.Duration(1+rng.IntN(600)) * time.Second)
					if rng.IntN(3) == 0 {
						x.Isolated = moment()
					}
					q.Others = append(q.Others, x)
				}
			}
			ref := caseReference{reference: r, people: append(people, "chen", "sun"), residences: residences, q: q}
			want := ref.find()
			answer, err := tracer.Case(t.Context(), q)
			if menshen.ErrorCode(err) == menshen.CodeNotFound {
				continue // made no pass and is not in the registry
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range answer.Findings {
				got = append(got, showFinding(f, showHops(f.Path)))
				findings[f.Generation]++
			}
			questions++
			wantLines(t, got, want)
			wantReach(t, tracer, q, p, answer)
			if t.Failed() {
				t.Fatalf("seed %d: %+v of %+v, now %s; home of %+v", seed, q, *p, clock(r.now), residences)
			}
		}
	}
	if t.Logf("%d questions, findings by generation: %v", questions, findings); !testing.Short() && (questions < 3000 || findings[1] < 2500 || findings[2] < 700 || findings[3] < 60) {
		t.Error("the sites are too empty to say anything")
	}
}
