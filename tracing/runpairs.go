package tracing

import (
	"cmp"
	"math"
	"slices"

	"menshen"
	"menshen/tracing/policy"
)

// meet is two passes at one gate, or several that touch.
type meet struct {
	gate     uint32
	from, to uint32
	sure     float64
}

// judgement is what the rules make of somebody of a layer and somebody else.
type judgement struct {
	rule                   int // the first that matches; -1 for none
	first, threshold, last uint32
	zones                  []overlap
	gates                  []meet
	homes                  []menshen.Exposure // without their span
	from, to               uint32             // the span of homes
}

// runPairs makes offers where the end of the last exposure counts: of everybody who has any, each of the layer's is judged.
func (r *run) runPairs(layer []node) error {
	followed := *r.q.Policy
	followed.NextFrom = policy.AnchorFirst
	q := *r.q
	q.Policy = &followed
	asked := r.q
	r.q = &q
	err := r.follow(layer)
	r.q = asked
	if err != nil {
		return err
	}
	var list []uint32
	for _, d := range r.desks {
		for _, p := range d.offered {
			d.offers[p] = unreached
			list = append(list, p)
		}
		d.offered = d.offered[:0]
	}
	slices.Sort(list)
	list = slices.Compact(list)
	if err := r.know(layer, list); err != nil {
		return err
	}
	return r.each(len(list), 8, func(d *desk, i int) {
		for place := range layer {
			if layer[place].person == list[i] {
				continue
			}
			if j := d.judge(&layer[place], list[i], r.rules); j.rule >= 0 {
				label := j.last
				if r.q.Backward {
					label = j.first
				}
				d.offer(list[i], label, uint32(place))
			}
		}
	})
}

// know works out the stays of people.
func (r *run) know(layer []node, list []uint32) error {
	if r.zoneKinds() == 0 {
		return nil
	}
	if err := r.each(len(layer), 8, func(d *desk, i int) { d.walk(layer[i].person) }); err != nil {
		return err
	}
	return r.each(len(list), 8, func(d *desk, i int) { d.walk(list[i]) })
}

// judge looks at everything that somebody of a layer has to do with somebody else. The stays of both must be known. What
// it gives is good until the next call.
func (d *desk) judge(n *node, person uint32, rules []policy.Rule) *judgement {
	r, j := d.run, &d.judged
	*j = judgement{rule: -1, first: math.MaxUint32, threshold: math.MaxUint32, zones: j.zones[:0], gates: j.gates[:0], homes: j.homes[:0]}
	j.from, j.to = n.from, n.to
	if r.q.Backward {
		j.to = r.until(person, j.to)
	}
	within, _ := widest(rules)
	nearest := d.meets(n, person, within, j)
	d.overlaps(n.person, person, j)
	counts := d.counts[:0]
	counts = append(counts, make([]bool, len(d.over))...)
	gates := false
	for i := range rules {
		rule := &rules[i]
		threshold := uint32(math.MaxUint32)
		switch rule.Kind {
		case policy.RuleGate:
			if nearest > ticksOf(rule.Within) || len(j.gates) == 0 {
				continue
			}
			gates, threshold = true, j.gates[0].from
			for _, m := range j.gates {
				threshold = min(threshold, m.from)
			}
		case policy.RuleZone:
			set, each := kindsOf(rule.Zones), ticksOf(rule.Each)
			d.picked = d.picked[:0]
			for _, o := range d.over {
				if r.plan.kinds[o.zone]&set != 0 && o.to-o.from >= each {
					d.picked = append(d.picked, o)
				}
			}
			var ok bool
			if threshold, _, ok = d.reckon(d.picked, rule); !ok {
				continue
			}
			for k, o := range d.over {
				counts[k] = counts[k] || r.plan.kinds[o.zone]&set != 0 && o.to-o.from >= each
			}
		default:
			a, b := r.resident(n.person), r.resident(person)
			if a < 0 || b < 0 || j.from >= j.to {
				continue
			}
			e, ok := r.livesNear(rule, a, b)
			if !ok {
				continue
			}
			if threshold = j.from; !slices.Contains(j.homes, e) {
				j.homes = append(j.homes, e)
			}
			j.first, j.last = min(j.first, j.from), max(j.last, j.to)
		}
		if j.rule < 0 {
			j.rule = i
		}
		j.threshold = min(j.threshold, threshold)
	}
	for k, o := range d.over {
		if counts[k] {
			j.zones = append(j.zones, o)
			j.first, j.last = min(j.first, o.from), max(j.last, o.to)
		}
	}
	if !gates {
		j.gates = j.gates[:0]
	}
	for _, m := range j.gates {
		j.first, j.last = min(j.first, m.from), max(j.last, m.to)
	}
	d.counts = counts
	return j
}

// overlaps puts into over when two people were in a zone together within the span of a judgement.
func (d *desk) overlaps(a, b uint32, j *judgement) {
	d.over = d.over[:0]
	all, others := d.staysOf(a), d.staysOf(b)
	for i := 0; i < len(others); {
		zone, end := others[i].zone, i
		for end < len(others) && others[end].zone == zone {
			end++
		}
		k := 0
		for k < len(all) && all[k].zone != zone {
			k++
		}
		for i < end && k < len(all) && all[k].zone == zone {
			x, y := &all[k], &others[i]
			if from, to := max(x.from, y.from, j.from), min(x.to, y.to, j.to); from < to {
				first, proved := max(x.first, y.first, j.from), min(x.last, y.last, j.to)
				sure := sureness(x.grade) * sureness(y.grade) * (0.5 + 0.5*float64(max(proved, first)-first)/float64(to-from))
				d.over = append(d.over, overlap{
					from: from, to: to, first: first, proved: proved, zone: zone, inferred: x.inferred || y.inferred, sure: sure,
				})
			}
			if x.to <= y.to {
				k++
			} else {
				i++
			}
		}
		i = end
	}
}

// meets puts the meetings of two people at gates into a judgement, those of one gate that touch as one, and gives how near
// in time the nearest are.
func (d *desk) meets(n *node, person, within uint32, j *judgement) (nearest uint32) {
	nearest = math.MaxUint32
	r := d.run
	if within == 0 && !slices.ContainsFunc(r.rulesAt(n), func(rule policy.Rule) bool { return rule.Kind == policy.RuleGate }) || person >= uint32(r.view.People()) {
		return nearest
	}
	d.trail = d.trailOf(d.trail[:0], n, within)
	if len(d.trail) == 0 {
		return nearest
	}
	d.spare = r.view.AppendTrail(d.spare[:0], person, sooner(d.trail[0].At, within), min(later(d.trail[len(d.trail)-1].At, within), r.now))
	start := 0
	for _, e := range d.trail {
		for start < len(d.spare) && later(d.spare[start].At, within) < e.At {
			start++
		}
		for k := start; k < len(d.spare) && d.spare[k].At <= later(e.At, within); k++ {
			o := d.spare[k]
			if o.Gate() != e.Gate() {
				continue
			}
			from, to := min(e.At, o.At), max(e.At, o.At)
			if to < n.minEnd || from >= j.to {
				continue
			}
			nearest = min(nearest, to-from)
			j.gates = append(j.gates, meet{
				gate: e.Gate(), from: max(from, j.from), to: min(to, j.to), sure: sureness(e.Flags().Grade()) * sureness(o.Flags().Grade()),
			})
		}
	}
	if len(j.gates) > 1 {
		slices.SortFunc(j.gates, func(a, b meet) int { return cmp.Or(cmp.Compare(a.gate, b.gate), cmp.Compare(a.from, b.from)) })
		out := j.gates[:1]
		for _, m := range j.gates[1:] {
			if l := &out[len(out)-1]; l.gate == m.gate && m.from <= l.to {
				l.to, l.sure = max(l.to, m.to), max(l.sure, m.sure)
			} else {
				out = append(out, m)
			}
		}
		j.gates = out
	}
	return nearest
}
