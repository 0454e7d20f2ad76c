package tracing

import (
	"slices"

	"menshen"
	"menshen/tracing/policy"
)

// around is judge for the exposures alone that begin with a label: no exposure of the two may begin before it, as the label
// of somebody who was found is, and no rule may ask for sums. The stays of the one of the layer must be known.
func (d *desk) around(n *node, person, label uint32, rules []policy.Rule) *judgement {
	r, j := d.run, &d.judged
	*j = judgement{rule: -1, zones: j.zones[:0], gates: j.gates[:0], facts: j.facts[:0]}
	j.from, j.to = n.from, n.to
	set := kinds(0)
	for i := range rules {
		rule := &rules[i]
		var matches bool
		switch rule.Kind {
		case policy.RuleGate:
			d.meetsAt(n, person, label, ticksOf(rule.Within), j)
			matches = len(j.gates) > 0
		case policy.RuleZone:
			set |= kindsOf(rule.Zones)
			matches = true
		case ruleReported:
			for _, f := range d.told(n, person, d.gapsOf(n, person)) {
				if f.from == label {
					j.know(f)
					matches = true
				}
			}
		default:
			a, b := r.resident(n.person), r.resident(person)
			if label != n.from || a < 0 || b < 0 || j.from >= j.to {
				continue
			}
			var e menshen.Exposure
			if e, matches = r.livesNear(rule, a, b); matches {
				j.know(fact{e, j.from, j.to})
			}
		}
		if matches {
			j.matched |= 1 << min(i, 63)
			if j.rule < 0 {
				j.rule = i
			}
		}
	}
	if set != 0 {
		d.overlapsAt(n, person, label, set, j)
	}
	return j
}

// overlapsAt puts the overlaps of two people that begin with a label into a judgement.
func (d *desk) overlapsAt(n *node, person, label uint32, set kinds, j *judgement) {
	theirs, here, at := d.staysOf(n.person), d.layered[:0], kinds(0)
	for i := range theirs {
		if x := &theirs[i]; x.from <= label && x.to > label && d.run.plan.kinds[x.zone]&set != 0 {
			here = append(here, uint32(i))
			at |= d.run.plan.kinds[x.zone]
		}
	}
	if d.layered = here; len(here) == 0 {
		return // as is common: they met at a gate
	}
	stays := d.staysAround(person, label, at)
	for i := range stays {
		y := &stays[i]
		if y.from > label || y.to <= label {
			continue
		}
		for _, k := range here {
			if x := &theirs[k]; x.zone == y.zone {
				if o := overlapOf(x, y, j); o.from == label && o.from < o.to {
					j.zones = append(j.zones, o)
				}
			}
		}
	}
}

// staysAround gives the stays of somebody in zones of some kinds at a tick, and maybe others.
func (d *desk) staysAround(person, tick uint32, set kinds) []stay {
	r := d.run
	if known := r.sheet.at[person]; known != nil && r.sheet.upto[person] >= tick || person >= uint32(r.view.People()) {
		return known
	}
	w, all := &d.walker, d.walker.ways
	w.ways = r.plan.waysOf(r.ground, set)
	d.part = w.around(d.part[:0], person, r.homeOf(person), tick)
	w.ways = all
	return d.part
}

// overlapOf gives the overlap of two stays in one zone within the span of a judgement; empty unless from < to.
func overlapOf(x, y *stay, j *judgement) overlap {
	o := overlap{
		from: max(x.from, y.from, j.from), to: min(x.to, y.to, j.to), first: max(x.first, y.first, j.from), proved: min(x.last, y.last, j.to),
		zone: x.zone, inferred: x.inferred || y.inferred,
	}
	if o.from < o.to {
		o.sure = sureness(x.grade) * sureness(y.grade) * (0.5 + 0.5*float64(max(o.proved, o.first)-o.first)/float64(o.to-o.from))
	}
	return o
}

// meetsAt puts the meetings at gates of two people that begin with a label into a judgement, those of one gate that touch as
// one.
func (d *desk) meetsAt(n *node, person, label, within uint32, j *judgement) {
	r := d.run
	if people := uint32(r.view.People()); person >= people || n.person >= people || n.to == 0 {
		return
	}
	lo := sooner(label, within)
	end := later(label, later(within, within))
	for {
		d.own = r.view.AppendTrail(d.own[:0], n.person, max(lo, sooner(n.minEnd, within)), min(end, later(n.to, within), r.now))
		d.other = r.view.AppendTrail(d.other[:0], person, lo, min(end, r.now))
		j.gates = j.gates[:0]
		for d.touch(n, label, within, j) {
		}
		last := label
		for _, m := range j.gates {
			last = max(last, m.to)
		}
		if later(last, within) <= end {
			return
		}
		end = later(last, later(within, within))
	}
}

// touch adds what begins with the label, or touches what is there, and reports whether anything grew.
func (d *desk) touch(n *node, label, within uint32, j *judgement) (grew bool) {
	for _, e := range d.own {
		for _, o := range d.other {
			from, to := min(e.At, o.At), max(e.At, o.At)
			if e.Gate() != o.Gate() || to-from > within || to < n.minEnd || from >= j.to {
				continue
			}
			from, to = max(from, j.from), min(to, j.to)
			sure := sureness(e.Flags().Grade()) * sureness(o.Flags().Grade())
			k := slices.IndexFunc(j.gates, func(m meet) bool { return m.gate == e.Gate() })
			switch {
			case k < 0 && from == label:
				j.gates = append(j.gates, meet{gate: e.Gate(), from: from, to: to, sure: sure})
				grew = true
			case k >= 0 && from <= j.gates[k].to:
				m := &j.gates[k]
				grew = grew || to > m.to || sure > m.sure
				m.to, m.sure = max(m.to, to), max(m.sure, sure)
			}
		}
	}
	return grew
}
