package tracing

import (
	"cmp"
	"slices"
	"time"

	"menshen"
	"menshen/tracing/passlog"
	"menshen/tracing/policy"
)

var levels = []menshen.ContactLevel{menshen.LevelClose, menshen.LevelSecondary, menshen.LevelGeneral, menshen.LevelCoPresent}

// hop is the step to a node, made ready for answers.
type hop struct {
	menshen.Hop
	sure float64
}

// rulesAt gives the rules by which exposures to a node are judged.
func (r *run) rulesAt(n *node) []policy.Rule {
	if n.person == r.root {
		return r.q.Policy.Rules
	}
	return r.q.Policy.Next
}

// findings judges each who was found by the one before them, and puts all in order.
func (r *run) findings() ([]Finding, error) {
	if len(r.found) == 0 {
		return nil, nil
	}
	steps := r.steps()
	people := make([]uint32, len(steps))
	for i, s := range steps {
		people[i] = r.layers[s.layer][s.place].person
	}
	if err := r.know(r.layers[0], people); err != nil {
		return nil, err
	}
	out := make([]Finding, len(steps)) // those after len(r.found) are steps only
	hops := make([][]hop, len(r.layers))
	for g := range hops {
		hops[g] = make([]hop, len(r.layers[g]))
	}
	err := r.each(len(steps), 8, func(d *desk, i int) {
		s := steps[i]
		n := &r.layers[s.layer][s.place]
		d.detail(&out[i], &hops[s.layer][s.place], int(s.layer), &r.layers[s.layer-1][n.before], n)
	})
	if err != nil {
		return nil, err
	}
	out = out[:len(r.found)]
	for i, s := range r.found {
		r.path(&out[i], hops, s)
	}
	slices.SortFunc(out, func(a, b Finding) int {
		if c := cmp.Compare(a.Generation, b.Generation); c != 0 {
			return c
		}
		if c := cmp.Compare(slices.Index(levels, a.Level), slices.Index(levels, b.Level)); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(b.Together, a.Together), a.First.Compare(b.First), cmp.Compare(a.Person, b.Person))
	})
	return out, nil
}

// steps gives the findings and, after them, all other nodes that their paths lead over.
func (r *run) steps() []spot {
	steps := slices.Clone(r.found)
	if len(r.layers) <= 3 { // with two hops, all that paths lead over are findings themselves
		return steps
	}
	seen := make(map[spot]bool, len(steps))
	for _, s := range steps {
		seen[s] = true
	}
	for i := 0; i < len(steps); i++ {
		s := spot{layer: steps[i].layer - 1, place: r.layers[steps[i].layer][steps[i].place].before}
		if s.layer > 0 && !seen[s] {
			seen[s] = true
			steps = append(steps, s)
		}
	}
	return steps
}

// detail judges a step.
func (d *desk) detail(f *Finding, h *hop, generation int, before, n *node) {
	r := d.run
	rules := r.q.Policy.Rules
	if generation > 1 {
		rules = r.q.Policy.Next
	}
	j := d.judge(before, n.person, rules)
	rule := &rules[j.rule]
	f.Person, f.Generation, f.Level, f.Risk, f.Rule = r.id(n.person), generation, rule.Level, rule.Risk, rule.ID
	f.First, f.Threshold, f.Last = r.view.Time(j.first), r.view.Time(j.threshold), r.view.Time(j.last)
	f.Together, f.Least = d.together(j)
	f.Exposures = r.exposures(j)
	for i := range f.Exposures {
		h.sure = max(h.sure, f.Exposures[i].Sureness)
	}
	h.Exposure = f.Exposures[0]
	h.From, h.To = r.id(before.person), f.Person
	if r.q.Backward {
		for _, e := range f.Exposures {
			if e.To.After(h.Exposure.To) {
				h.Exposure = e
			}
		}
		h.From, h.To = h.To, h.From
	}
	h.Exposed = r.view.Time(n.label)
	if len(f.Exposures) > MaxExposures {
		f.Exposures = slices.Clone(f.Exposures[:MaxExposures])
	}
}

// together gives the sum of zone overlaps, and what observed bounds alone prove of it.
func (d *desk) together(j *judgement) (most, least time.Duration) {
	if len(j.zones) == 0 {
		return 0, 0
	}
	d.pieces = d.pieces[:0]
	for _, o := range j.zones {
		d.pieces = append(d.pieces, piece{int64(o.from), int64(o.to)})
	}
	most = time.Duration(length(unite(d.pieces))) * passlog.TickLength
	d.pieces = d.pieces[:0]
	for _, o := range j.zones {
		if o.first < o.proved {
			d.pieces = append(d.pieces, piece{int64(o.first), int64(o.proved)})
		}
	}
	return most, time.Duration(length(unite(d.pieces))) * passlog.TickLength
}

// exposures makes the exposures of a judgement, in order.
func (r *run) exposures(j *judgement) []menshen.Exposure {
	out := make([]menshen.Exposure, 0, len(j.zones)+len(j.gates)+len(j.homes))
	span := func(from, to uint32) menshen.Span { return menshen.Span{From: r.view.Time(from), To: r.view.Time(to)} }
	for _, o := range j.zones {
		out = append(out, menshen.Exposure{
			Kind: menshen.ExposureZone, Zone: r.plan.zones[o.zone].ID, Span: span(o.from, o.to), Inferred: o.inferred,
			Least: time.Duration(max(o.proved, o.first)-o.first) * passlog.TickLength, Sureness: o.sure,
		})
	}
	for _, m := range j.gates {
		out = append(out, menshen.Exposure{Kind: menshen.ExposureGate, Gate: r.view.GateID(m.gate), Span: span(m.from, m.to), Sureness: m.sure})
	}
	for _, e := range j.homes {
		e.Span = span(j.from, j.to)
		out = append(out, e)
	}
	if len(out) > 1 {
		slices.SortFunc(out, func(a, b menshen.Exposure) int {
			if c := a.From.Compare(b.From); c != 0 {
				return c
			}
			return cmp.Or(a.To.Compare(b.To), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Gate, b.Gate))
		})
	}
	return out
}

// path puts the hops to a finding together.
func (r *run) path(f *Finding, hops [][]hop, at spot) {
	f.Path = make([]menshen.Hop, 0, at.layer)
	f.Sureness = 1
	for at.layer > 0 {
		h := &hops[at.layer][at.place]
		f.Path = append(f.Path, h.Hop)
		f.Sureness *= h.sure
		at = spot{layer: at.layer - 1, place: r.layers[at.layer][at.place].before}
	}
	if !r.q.Backward {
		slices.Reverse(f.Path)
	}
}
