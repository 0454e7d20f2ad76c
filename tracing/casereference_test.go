package tracing_test

import (
	"cmp"
	"math"
	"slices"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// caseReference works cases out by comparing everybody with everybody, by the stays of reference and second by second.
// Times are seconds since day.
type caseReference struct {
	*reference
	people     []string
	residences map[string]tracing.Residence
	q          tracing.CaseQuestion
}

// carrier is somebody in a layer of hops, and when they can pass the infection on (asked backward: can have caught it).
type carrier struct {
	person           string
	label            int // when exposed
	from, minEnd, to int
	before           *carrier
	met              meetings
}

// met is one exposure.
type met struct {
	menshen.Exposure
	from, to          int
	leastFrom, leastT int
}

// meetings is what two people have to do with each other by a policy.
type meetings struct {
	rule                   *policy.Rule
	list                   []met
	first, threshold, last int
	label                  int
}

func sec(t time.Time) int { return int(t.Sub(day) / time.Second) }

func at(s int) time.Time { return day.Add(time.Duration(s) * time.Second) }

func seconds(d time.Duration) int { return int(d / time.Second) }

// proved gives the first and last proof within a stay, and how sure they are.
func (r *caseReference) proved(s menshen.Stay) (from, to int, sure float64) {
	from, sure = math.MinInt, 1
	var last float64
	for _, p := range r.proofs(s.Person) {
		g, _ := r.site.Gate(p.ID.Gate)
		other := map[menshen.Direction]menshen.Direction{"in": "out", "out": "in"}[p.Direction]
		before, after := r.inside(s.Zone, g.Into(other)), r.inside(s.Zone, g.Into(p.Direction))
		t := p.Captured
		if before && t.After(s.From) && !t.After(s.To) || after && !t.Before(s.From) && t.Before(s.To) {
			c := p.Confidence
			if c == 0 {
				c = 1
			}
			if from == math.MinInt {
				from, sure = sec(t), c
			}
			to, last = sec(t), c
		}
	}
	if s.Open {
		to = sec(s.To)
	}
	return from, to, min(sure, last)
}

// exposures of two people by one rule within [lo, hi), ending at minEnd at the earliest; carrier is who may infect.
func (r *caseReference) byRule(rule *policy.Rule, a, b, carrier string, lo, hi, minEnd int) (list []met) {
	switch rule.Kind {
	case policy.RuleZone:
		for _, z := range r.site.Zones {
			if !slices.Contains(rule.Zones, z.Kind) {
				continue
			}
			for _, x := range r.found[a][z.ID] {
				for _, y := range r.found[b][z.ID] {
					from, to := max(sec(x.From), sec(y.From), lo), min(sec(x.To), sec(y.To), hi)
					if from >= to || to-from < seconds(rule.Each) {
						continue
					}
					xf, xt, xs := r.proved(x)
					yf, yt, ys := r.proved(y)
					m := met{from: from, to: to, leastFrom: max(xf, yf, lo), leastT: min(xt, yt, hi)}
					m.Exposure = menshen.Exposure{
						Kind: menshen.ExposureZone, Zone: z.ID, Inferred: !x.FromObserved || !y.FromObserved || !x.ToObserved && !x.Open || !y.ToObserved && !y.Open,
						Least: time.Duration(max(0, m.leastT-m.leastFrom)) * time.Second,
					}
					m.Sureness = xs * ys * (0.5 + 0.5*m.Least.Seconds()/float64(to-from))
					list = append(list, m)
				}
			}
		}
	case "reported":
		for _, k := range r.q.Known {
			from, to := lo, hi
			if !k.From.IsZero() {
				from = sec(k.From)
			}
			if !k.To.IsZero() {
				to = sec(k.To)
			}
			moment := !k.From.IsZero() && k.From.Equal(k.To) && lo <= from && from < hi
			if k.Person != b || !moment && max(from, lo) >= min(to, hi) {
				continue
			}
			list = append(list, met{from: max(from, lo), to: min(to, hi), Exposure: menshen.Exposure{Kind: menshen.ExposureReported, Sureness: 1}})
		}
	case policy.RuleGate:
		for _, x := range r.passes {
			for _, y := range r.passes {
				tx, ty := sec(x.Captured), sec(y.Captured)
				if x.Person != a || y.Person != b || x.ID.Gate != y.ID.Gate || max(tx-ty, ty-tx) > seconds(rule.Within) ||
					max(tx, ty) < minEnd || min(tx, ty) >= hi || max(tx, ty) > sec(r.now) {
					continue
				}
				m := met{from: max(min(tx, ty), lo), to: min(max(tx, ty), hi)}
				m.Exposure = menshen.Exposure{Kind: menshen.ExposureGate, Gate: x.ID.Gate, Sureness: cmp.Or(x.Confidence, 1) * cmp.Or(y.Confidence, 1)}
				list = append(list, m)
			}
		}
	default:
		x, ok := r.residences[a]
		y, ok2 := r.residences[b]
		c := r.residences[carrier]
		if !ok || !ok2 || lo >= hi || rule.Homes == "own" && c.Shared || rule.Homes == "shared" && !c.Shared {
			return nil
		}
		m := met{from: lo, to: hi, Exposure: menshen.Exposure{Sureness: 1}}
		d, e := x.Dwelling, y.Dwelling
		storey := func(f int) int {
			if f > 0 {
				return f - 1
			}
			return f
		}
		apart := storey(d.Floor) - storey(e.Floor)
		m.Floors = max(apart, -apart)
		same := d.Building != "" && d.Building == e.Building
		switch {
		case rule.Kind == policy.RuleHousehold && x.Household != "" && x.Household == y.Household:
			m.Kind, m.Floors = menshen.ExposureHousehold, 0
		case rule.Kind == policy.RuleFloor && same && d.Unit == e.Unit && d.Floor != 0 && e.Floor != 0 && m.Floors <= rule.Floors:
			m.Kind = menshen.ExposureFloor
		case rule.Kind == policy.RuleBuilding && same:
			m.Kind, m.Floors = menshen.ExposureBuilding, 0
		default:
			return nil
		}
		list = append(list, m)
	}
	return list
}

// reach gives when the sum within per, looking back (asked with step -1: forward), comes to total first, and whether it does.
func reach(list []met, total, per int, backward bool) (int, bool) {
	lo, hi := math.MaxInt, math.MinInt
	for _, m := range list {
		lo, hi = min(lo, m.from), max(hi, m.to)
	}
	if len(list) == 0 {
		return 0, false
	}
	in := make([]int, hi-lo+1) // seconds together before lo+i
	for s := lo; s < hi; s++ {
		together := 0
		for _, m := range list {
			if m.from <= s && s < m.to {
				together = 1
			}
		}
		in[s-lo+1] = in[s-lo] + together
	}
	sum := func(a, b int) int { return in[min(max(b, lo), hi)-lo] - in[min(max(a, lo), hi)-lo] }
	if per == 0 {
		per = hi - lo
	}
	for i := lo; i <= hi; i++ {
		if !backward && sum(i-per, i) >= total {
			return i, true
		}
		if j := hi - (i - lo); backward && sum(j, j+per) >= total {
			return j, true
		}
	}
	return 0, false
}

// judge says what the rules make of p and somebody else.
func (r *caseReference) judge(p *carrier, other string, rules []policy.Rule) (out meetings, ok bool) {
	who, when := p.person, []pair{{p.from, p.to}}
	if r.q.Backward {
		who, when = other, r.free(other, p.from, p.to)
	}
	byRule := func(rule *policy.Rule) (list []met) {
		for _, w := range when {
			list = append(list, r.byRule(rule, p.person, other, who, w.from, w.to, max(p.minEnd, w.from))...)
		}
		return list
	}
	out.threshold = math.MaxInt
	back := math.MinInt // the threshold seen backward
	widest := time.Duration(0)
	for i := range rules {
		if rules[i].Kind == policy.RuleGate {
			widest = max(widest, rules[i].Within)
		}
	}
	for i := range rules {
		rule := &rules[i]
		list := byRule(rule)
		if len(list) == 0 {
			continue
		}
		threshold, mirrored := math.MaxInt, math.MinInt
		for _, m := range list {
			threshold, mirrored = min(threshold, m.from), max(mirrored, m.to)
		}
		switch {
		case rule.Kind == policy.RuleZone && rule.Total > 0:
			if threshold, ok = reach(list, seconds(rule.Total), seconds(rule.Per), false); !ok {
				continue
			}
			mirrored, _ = reach(list, seconds(rule.Total), seconds(rule.Per), true)
		case rule.Kind == policy.RuleZone:
			threshold, mirrored = threshold+seconds(rule.Each), mirrored-seconds(rule.Each)
		case rule.Kind == policy.RuleGate:
			wide := *rule
			wide.Within = widest
			list = joinAtGates(byRule(&wide))
			if threshold, mirrored = math.MaxInt, math.MinInt; true {
				for _, m := range list {
					threshold, mirrored = min(threshold, m.from), max(mirrored, m.to)
				}
			}
		}
		if out.rule == nil {
			out.rule = rule
		}
		out.threshold, back = min(out.threshold, threshold), max(back, mirrored)
		for _, m := range list {
			if !slices.Contains(out.list, m) {
				out.list = append(out.list, m)
			}
		}
	}
	if out.rule == nil {
		return out, false
	}
	out.first, out.last = math.MaxInt, math.MinInt
	for i := range out.list {
		m := &out.list[i]
		m.Span = menshen.Span{From: at(m.from), To: at(m.to)}
		out.first, out.last = min(out.first, m.from), max(out.last, m.to)
	}
	slices.SortFunc(out.list, func(a, b met) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Gate, b.Gate))
	})
	anchors := map[policy.Anchor]int{"": out.first, policy.AnchorFirst: out.first, policy.AnchorThreshold: out.threshold, policy.AnchorLast: out.last}
	if r.q.Backward {
		anchors = map[policy.Anchor]int{"": out.last, policy.AnchorFirst: out.last, policy.AnchorThreshold: back, policy.AnchorLast: out.first}
	}
	out.label = anchors[r.q.Policy.NextFrom]
	return out, true
}

// joinAtGates joins exposures at one gate that touch.
func joinAtGates(list []met) []met {
	for joined := true; joined; {
		joined = false
		for i := 0; i < len(list); i++ {
			for j := i + 1; j < len(list); j++ {
				if a, b := &list[i], list[j]; a.Gate == b.Gate && a.from <= b.to && b.from <= a.to {
					a.from, a.to, a.Sureness = min(a.from, b.from), max(a.to, b.to), max(a.Sureness, b.Sureness)
					list = slices.Delete(list, j, j+1)
					joined, j = true, j-1
				}
			}
		}
	}
	return list
}

// find gives the findings.
func (r *caseReference) find() (out []string) {
	sign, lo := 1, sec(r.q.Window.From)
	if r.q.Backward {
		sign = -1
	}
	var layer []*carrier
	isIndex := map[string]bool{}
	for _, x := range append([]tracing.Index{{Person: r.q.Person, Window: r.q.Window, Isolated: r.q.Isolated}}, r.q.Others...) {
		from := sec(x.Window.From)
		root := &carrier{person: x.Person, from: from, minEnd: from, to: min(sec(x.Window.To), sec(r.now))}
		if !r.q.Backward {
			if !x.Isolated.IsZero() {
				root.to = min(root.to, sec(x.Isolated))
			}
			for moved := true; moved; { // the window may open in isolation
				moved = false
				for _, h := range r.q.Held[root.person] {
					if sec(h.From) <= root.from && (h.To.IsZero() || sec(h.To) > root.from) {
						if root.from, moved = sec(h.To), true; h.To.IsZero() {
							root.from, moved = math.MaxInt/2, false
						}
					}
				}
			}
			root.minEnd = root.from
			root.to = r.until(root.person, root.from, root.to)
		}
		layer, isIndex[x.Person] = append(layer, root), true
	}
	generations := cmp.Or(r.q.Generations, r.q.Policy.Generations)
	best := map[string]int{}
	latency := seconds(r.q.Policy.Latency)
	var found []*carrier
	generation := map[*carrier]int{}
	for g := 1; g <= generations; g++ {
		rules := r.q.Policy.Rules
		if g > 1 {
			rules = r.q.Policy.Next
		}
		var next []*carrier
		for _, other := range r.people {
			had, known := best[other]
			if isIndex[other] || known && g == generations {
				continue
			}
			var first *carrier
			for _, p := range layer { // in order, so that the first of equals wins
				if p.person == other {
					continue
				}
				rules := rules
				if g == 1 && r.registered(other) && p.person == r.q.Person {
					rules = append(slices.Clone(rules), reported(r.q, other)...)
				}
				m, ok := r.judge(p, other, rules)
				if ok && (!known || m.label*sign < had*sign) && (first == nil || m.label*sign < first.label*sign) {
					first = &carrier{person: other, label: m.label, before: p, met: m}
				}
			}
			if first == nil {
				continue
			}
			if r.q.Backward {
				first.from, first.minEnd, first.to = lo, lo, first.label-latency
			} else {
				first.from = first.label + latency
				first.minEnd, first.to = first.from+1, r.until(other, first.label, sec(r.now))
			}
			if first.to <= first.from || !r.mayFollow(first.met.rule) {
				first.from, first.minEnd, first.to = math.MaxInt/2, math.MaxInt/2, math.MinInt/2
			}
			if !known {
				found = append(found, first)
				generation[first] = g
			}
			best[other] = first.label
			next = append(next, first)
		}
		slices.SortFunc(next, func(a, b *carrier) int {
			return cmp.Or(cmp.Compare(a.label*sign, b.label*sign), cmp.Compare(a.person, b.person))
		})
		layer = next
	}
	slices.SortFunc(found, func(a, b *carrier) int {
		return cmp.Or(cmp.Compare(generation[a], generation[b]), cmp.Compare(levelOrder[a.met.rule.Level], levelOrder[b.met.rule.Level]),
			cmp.Compare(together(b.met.list, false), together(a.met.list, false)), cmp.Compare(a.met.first, b.met.first), cmp.Compare(a.person, b.person))
	})
	for _, c := range found {
		out = append(out, r.show(c, generation[c]))
	}
	return out
}

var levelOrder = map[menshen.ContactLevel]int{menshen.LevelClose: 0, menshen.LevelSecondary: 1, menshen.LevelGeneral: 2, menshen.LevelCoPresent: 3}
