package tracing_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"menshen"
	"menshen/tracing"
)

// reference works stays and contacts out second by second, straight from the rules in the package comment. Passes must
// lie on whole seconds, and no two of one person on the same one.
type reference struct {
	site   menshen.Site
	cfg    tracing.StayConfig // with HomeCap, Repeat, every cap and every whole set; Home may be nil
	now    time.Time
	begin  time.Time // first second looked at
	passes []menshen.Pass
	found  map[string]map[string][]menshen.Stay // by person and zone
}

func (r *reference) inside(zone, of string) bool {
	for z := of; z != "" && z != menshen.OutsideZone; {
		if z == zone {
			return true
		}
		at, _ := r.site.Zone(z)
		z = at.Parent
	}
	return false
}

// proofs of one person, in order of time, without repetitions.
func (r *reference) proofs(person string) []menshen.Pass {
	var list, out []menshen.Pass
	for _, p := range r.passes {
		if p.Person == person && p.Decision.Outcome == menshen.OutcomeAllow && !p.Captured.After(r.now) {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b menshen.Pass) int { return a.Captured.Compare(b.Captured) })
	for i, p := range list {
		if i > 0 && list[i-1].ID.Gate == p.ID.Gate && list[i-1].Direction == p.Direction && p.Captured.Sub(list[i-1].Captured) <= r.cfg.Repeat {
			continue
		}
		out = append(out, p)
	}
	return out
}

func (r *reference) capOf(person string, z menshen.Zone) time.Duration {
	longest := r.cfg.Caps[z.Kind]
	for _, other := range r.site.Zones {
		if other.ID != menshen.OutsideZone && r.inside(z.ID, other.ID) {
			longest = max(longest, r.cfg.Caps[other.Kind])
		}
	}
	home := z.Kind == menshen.ZoneCompound || z.Kind == menshen.ZoneBuilding || z.Kind == menshen.ZoneUnit
	if r.cfg.Home != nil {
		home = r.cfg.Home(person, z.ID)
	}
	if home {
		longest = max(longest, r.cfg.HomeCap)
	}
	return longest
}

func (r *reference) wholeOf(z menshen.Zone) time.Duration {
	longest := r.cfg.Whole[z.Kind]
	for _, other := range r.site.Zones {
		if other.ID != menshen.OutsideZone && r.inside(z.ID, other.ID) {
			longest = max(longest, r.cfg.Whole[other.Kind])
		}
	}
	return longest
}

// stays of one person in one zone.
func (r *reference) stays(person string, z menshen.Zone) []menshen.Stay {
	proofs := r.proofs(person)
	limit := r.capOf(person, z)
	whole := max(2*limit, r.wholeOf(z))
	before := func(p menshen.Pass) bool {
		g, _ := r.site.Gate(p.ID.Gate)
		return r.inside(z.ID, g.Into(map[menshen.Direction]menshen.Direction{"in": "out", "out": "in"}[p.Direction]))
	}
	after := func(p menshen.Pass) bool {
		g, _ := r.site.Gate(p.ID.Gate)
		return r.inside(z.ID, g.Into(p.Direction))
	}
	var out []menshen.Stay
	was := false
	for s := r.begin; s.Before(r.now); s = s.Add(time.Second) {
		var prev, next *menshen.Pass
		cut := false
		for i := range proofs {
			if p := &proofs[i]; p.Captured.After(s) {
				if next == nil {
					next = p
				}
			} else {
				prev = p
				cut = cut || p.Captured.Equal(s) && !(before(*p) && after(*p))
			}
		}
		in := prev != nil && after(*prev) && s.Before(prev.Captured.Add(limit)) ||
			next != nil && before(*next) && !s.Before(next.Captured.Add(-limit)) ||
			prev != nil && next != nil && after(*prev) && before(*next) && next.Captured.Sub(prev.Captured) <= whole
		if in && (!was || cut) {
			out = append(out, menshen.Stay{Person: person, Zone: z.ID, Span: menshen.Span{From: s}})
		}
		if in {
			out[len(out)-1].To = s.Add(time.Second)
		}
		was = in
	}
	for i := range out {
		for _, p := range proofs {
			out[i].FromObserved = out[i].FromObserved || p.Captured.Equal(out[i].From) && !before(p) && after(p)
			out[i].ToObserved = out[i].ToObserved || p.Captured.Equal(out[i].To) && before(p) && !after(p)
		}
		if n := len(proofs); out[i].To.Equal(r.now) && !out[i].ToObserved {
			last := proofs[n-1]
			begins := last.Captured.Equal(r.now) && !before(last) // another stay, of no length yet
			out[i].Open = after(last) && !begins && r.now.Before(last.Captured.Add(limit))
		}
	}
	return out
}

func (r *reference) all(people []string) []menshen.Stay {
	r.found = map[string]map[string][]menshen.Stay{}
	var out []menshen.Stay
	for _, person := range people {
		r.found[person] = map[string][]menshen.Stay{}
		for _, z := range r.site.Zones {
			if z.ID == menshen.OutsideZone {
				continue
			}
			found := r.stays(person, z)
			r.found[person][z.ID] = found
			out = append(out, found...)
		}
	}
	return out
}

// contacts of two people, by comparing everything with everything. Needs all to have been called.
func (r *reference) exposures(a, b string, span menshen.Span, opt tracing.ContactOptions) []menshen.Exposure {
	var out []menshen.Exposure
	for _, z := range r.site.Zones {
		if !slices.Contains(opt.Kinds, z.Kind) {
			continue
		}
		for _, x := range r.found[a][z.ID] {
			for _, y := range r.found[b][z.ID] {
				common, ok := x.Span.Intersect(y.Span)
				if common, ok2 := common.Intersect(span); ok && ok2 && common.Duration() >= opt.MinTogether {
					inferred := !x.FromObserved || !y.FromObserved || !x.ToObserved && !x.Open || !y.ToObserved && !y.Open
					out = append(out, menshen.Exposure{Kind: menshen.ExposureZone, Zone: z.ID, Span: common, Inferred: inferred})
				}
			}
		}
	}
	in := func(t time.Time) bool { return !t.Before(span.From) && t.Before(span.To) }
	for _, g := range r.site.Gates {
		var pairs []menshen.Span
		for _, x := range r.passes {
			for _, y := range r.passes {
				if x.Person == a && y.Person == b && x.ID.Gate == g.ID && y.ID.Gate == g.ID && in(x.Captured) && in(y.Captured) &&
					y.Captured.Sub(x.Captured).Abs() <= opt.GateWindow {
					s := menshen.Span{From: x.Captured, To: y.Captured}
					if s.To.Before(s.From) {
						s.From, s.To = s.To, s.From
					}
					pairs = append(pairs, s)
				}
			}
		}
		for joined := true; joined; { // join any two that touch until none do
			joined = false
			for i := 0; i < len(pairs); i++ {
				for j := i + 1; j < len(pairs); j++ {
					if !pairs[i].To.Before(pairs[j].From) && !pairs[j].To.Before(pairs[i].From) {
						pairs[i].From = earlier(pairs[i].From, pairs[j].From)
						pairs[i].To = later(pairs[i].To, pairs[j].To)
						pairs = slices.Delete(pairs, j, j+1)
						joined, j = true, j-1
					}
				}
			}
		}
		for _, s := range pairs {
			out = append(out, menshen.Exposure{Kind: menshen.ExposureGate, Gate: g.ID, Span: s})
		}
	}
	slices.SortFunc(out, func(a, b menshen.Exposure) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Gate, b.Gate))
	})
	return out
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func showExposure(e menshen.Exposure) string {
	return fmt.Sprintf("%s %s%s %s %s %v", e.Kind, e.Zone, e.Gate, clock(e.From), clock(e.To), e.Inferred)
}

func showExposures(list []menshen.Exposure) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = showExposure(e)
	}
	return out
}
