package tracing

import (
	"cmp"
	"slices"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

var levels = []menshen.ContactLevel{menshen.LevelClose, menshen.LevelSecondary, menshen.LevelGeneral, menshen.LevelCoPresent}

// hop is the step to a node, made ready for answers.
type hop struct {
	menshen.Hop
	sure float64
}

// findings judges each who was found by the one before them, and puts all in order.
func (r *run) findings() ([]Finding, error) {
	if len(r.found) == 0 {
		return nil, nil
	}
	steps := r.steps()
	// Those who were found by one person come one after the other, whose passes are then looked up once.
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := steps[a], steps[b]
		return cmp.Or(cmp.Compare(x.layer, y.layer), cmp.Compare(r.layers[x.layer][x.place].before, r.layers[y.layer][y.place].before))
	})
	before := make([]node, 0, len(steps))
	for _, k := range order {
		n := r.layers[steps[k].layer-1][r.layers[steps[k].layer][steps[k].place].before]
		if len(before) == 0 || before[len(before)-1].person != n.person {
			before = append(before, n)
		}
	}
	if err := r.know(before); err != nil {
		return nil, err
	}
	out := make([]Finding, len(steps)) // those after len(r.found) are steps only
	hops := make([][]hop, len(r.layers))
	for g := range hops {
		hops[g] = make([]hop, len(r.layers[g]))
	}
	err := r.each(len(steps), 8, func(d *desk, i int) {
		i = order[i]
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
	level := make(map[menshen.ContactLevel]int, len(levels))
	for i, l := range levels {
		level[l] = i
	}
	type row struct {
		generation, level, place int
		together                 time.Duration
	}
	rows := make([]row, len(out))
	for i := range out {
		rows[i] = row{generation: out[i].Generation, level: level[out[i].Level], together: out[i].Together, place: i}
	}
	slices.SortFunc(rows, func(a, b row) int {
		switch {
		case a.generation != b.generation:
			return a.generation - b.generation
		case a.level != b.level:
			return a.level - b.level
		case a.together != b.together:
			return cmp.Compare(b.together, a.together)
		}
		x, y := &out[a.place], &out[b.place]
		if c := x.First.Compare(y.First); c != 0 {
			return c
		}
		return cmp.Compare(x.Person, y.Person)
	})
	sorted := make([]Finding, len(out))
	for i, row := range rows {
		sorted[i] = out[row.place]
	}
	return sorted, nil
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
	rules := r.rulesOf(generation)
	j := d.judge(before, n.person, rules)
	rule := &rules[j.rule]
	f.Person, f.Generation, f.Rule, f.Exposed = r.id(n.person), generation, rule.ID, r.view.Time(n.label)
	f.Level, f.Risk = r.verdict(rule, n.person)
	f.First, f.Threshold, f.Last = r.view.Time(j.first), r.view.Time(j.threshold), r.view.Time(j.last)
	f.Together, f.Least = d.together(j)
	h.From, h.To = r.id(before.person), f.Person
	if r.q.Backward {
		h.From, h.To = h.To, h.From
	}
	f.Exposures, h.Exposure, h.sure = d.exposures(j)
	h.Exposed = f.Exposed
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

// ref is an exposure of a judgement: a place in its zones, gates or facts, one after the other.
type ref struct{ from, to, place uint32 }

// exposures makes the exposures of a judgement, in order and no more than MaxExposures, and gives the one that the label
// rests on (the first of them; asked backward, the last) and how sure the surest is.
func (d *desk) exposures(j *judgement) (list []menshen.Exposure, basis menshen.Exposure, sure float64) {
	d.refs = d.refs[:0]
	for i, o := range j.zones {
		d.refs = append(d.refs, ref{o.from, o.to, uint32(i)})
		sure = max(sure, o.sure)
	}
	for i, m := range j.gates {
		d.refs = append(d.refs, ref{m.from, m.to, uint32(len(j.zones) + i)})
		sure = max(sure, m.sure)
	}
	for i, m := range j.facts {
		d.refs = append(d.refs, ref{m.from, m.to, uint32(len(j.zones) + len(j.gates) + i)})
		sure = 1
	}
	slices.SortFunc(d.refs, func(a, b ref) int { return d.compare(j, a, b) })
	list = make([]menshen.Exposure, min(len(d.refs), MaxExposures))
	for i := range list {
		list[i] = d.exposure(j, d.refs[i])
	}
	last := d.refs[0]
	if d.run.q.Backward {
		for _, r := range d.refs {
			if r.to > last.to {
				last = r
			}
		}
	}
	return list, d.exposure(j, last), sure
}

// compare orders exposures of one judgement.
func (d *desk) compare(j *judgement, a, b ref) int {
	switch {
	case a.from != b.from:
		return cmp.Compare(a.from, b.from)
	case a.to != b.to:
		return cmp.Compare(a.to, b.to)
	}
	x, y := d.exposure(j, a), d.exposure(j, b)
	return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Zone, y.Zone), cmp.Compare(x.Gate, y.Gate))
}

// exposure makes one exposure.
func (d *desk) exposure(j *judgement, at ref) menshen.Exposure {
	r, k := d.run, int(at.place)
	span := menshen.Span{From: r.view.Time(at.from), To: r.view.Time(at.to)}
	if k < len(j.zones) {
		o := &j.zones[k]
		return menshen.Exposure{
			Kind: menshen.ExposureZone, Zone: r.plan.zones[o.zone].ID, Span: span, Inferred: o.inferred,
			Least: time.Duration(max(o.proved, o.first)-o.first) * passlog.TickLength, Sureness: o.sure,
		}
	}
	if k -= len(j.zones); k < len(j.gates) {
		return menshen.Exposure{Kind: menshen.ExposureGate, Gate: r.view.GateID(j.gates[k].gate), Span: span, Sureness: j.gates[k].sure}
	}
	e := j.facts[k-len(j.gates)].Exposure
	e.Span = span
	return e
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
