package tracing

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"

	"menshen/tracing/passlog"
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
	rule                   int    // the first that matches; -1 for none
	matched                uint64 // a bit for each that does
	first, threshold, last uint32
	zones                  []overlap
	gates                  []meet
	facts                  []fact
	from, to               uint32 // within which all lies
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
	if err := r.know(layer); err != nil {
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

// know works out the stays of a layer.
func (r *run) know(layer []node) error {
	if r.zoneKinds() == 0 {
		return nil
	}
	return r.each(len(layer), 8, func(d *desk, i int) { d.walk(layer[i].person) })
}

// judge looks at everything that somebody of a layer has to do with somebody else. The stays of the one of
// the layer must be known. What it gives is good until the next call.
func (d *desk) judge(n *node, person uint32, rules []policy.Rule) *judgement {
	r, j := d.run, &d.judged
	*j = judgement{rule: -1, first: math.MaxUint32, threshold: math.MaxUint32, zones: j.zones[:0], gates: j.gates[:0], facts: j.facts[:0]}
	j.from, j.to = n.from, n.to
	gaps := d.gapsOf(n, person)
	within, gated := widest(rules)
	d.lay(n, within)
	nearest, near := uint32(math.MaxUint32), false
	if person < uint32(r.view.People()) && len(d.byGate)+len(d.nearby) > 0 {
		nearest, near = d.meets(n, person, within, gated, gaps, j)
	}
	if d.over = d.over[:0]; near {
		d.overlaps(n.person, d.free(person, d.walk(person)), j)
	}
	counts := d.counts[:0]
	counts = append(counts, make([]bool, len(d.over))...)
	gates := false
	for i := range rules {
		rule := &rules[i]
		var threshold uint32
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
			facts := d.factsBy(rule, n, person, gaps)
			if len(facts) == 0 {
				continue
			}
			threshold = facts[0].from
			for _, f := range facts {
				j.know(f)
				threshold = min(threshold, f.from)
				j.first, j.last = min(j.first, f.from), max(j.last, f.to)
			}
		}
		if j.rule < 0 {
			j.rule = i
		}
		j.matched |= 1 << min(i, 63)
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
func (d *desk) overlaps(a uint32, others []stay, j *judgement) {
	all := d.staysOf(a)
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
			if o := overlapOf(x, y, j); o.from < o.to {
				d.over = append(d.over, o)
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

// meets puts the meetings of somebody laid out with somebody else into a judgement, those of one gate that touch as one. It
// gives how near in time the nearest are, and whether both were ever near a zone of the first.
func (d *desk) meets(n *node, person, within uint32, gated bool, gaps []gap, j *judgement) (nearest uint32, near bool) {
	nearest = math.MaxUint32
	var flag uint8
	for piece := range d.run.view.Trail(person) {
		flag |= d.sift(piece, gated)
	}
	for _, o := range d.spare {
		gate := o.Gate()
		slot := d.slots[gate]
		if slot == 0 {
			continue
		}
		g := d.byGate[slot-1]
		own := d.passes[g.first:g.end]
		from := sooner(o.At, within)
		for k := sort.Search(len(own), func(k int) bool { return own[k].At >= from }); k < len(own) && own[k].At <= later(o.At, within); k++ {
			e := own[k]
			from, to := min(e.At, o.At), max(e.At, o.At)
			for _, g := range gaps {
				if to < max(n.minEnd, g.from) || from >= g.to {
					continue
				}
				nearest = min(nearest, to-from)
				j.gates = append(j.gates, meet{
					gate: e.Gate(), from: max(from, g.from), to: min(to, g.to), sure: sureness(e.Flags().Grade()) * sureness(o.Flags().Grade()),
				})
			}
		}
	}
	d.spare = d.spare[:0]
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
	return nearest, flag != 0
}

// sift puts passes that may meet those laid out into spare, and reports whether any is near a zone of theirs.
func (d *desk) sift(piece []passlog.Entry, gated bool) (flag uint8) {
	near, sieve, shift := d.near, &d.sieve, d.shift
	for _, o := range piece {
		gate := o.Gate()
		flag |= near[gate]
		if h := sieveAt(gate, o.At>>(shift&31)); sieve[h>>6&(sieveBits/64-1)]&(1<<(h&63)) != 0 && gated && o.At <= d.run.now {
			d.spare = append(d.spare, o) // few are
		}
	}
	return flag
}

// atGate is where the passes of one person at one gate stand.
type atGate struct{ gate, first, end uint32 }

// sieveBits is the size of a sieve, of which a pass sets three bits: for its gate and its part of time, and the parts
// before and after. A pass whose bit is not set meets none of them.
const sieveBits = 1 << 14

func sieveAt(gate, part uint32) uint32 { return (gate*0x9E3779B1 ^ part*0x85EBCA6B) * 0xC2B2AE35 >> 18 }

// lay sorts the passes of somebody of a layer by gate, unless it was them before.
func (d *desk) lay(n *node, within uint32) {
	if d.trailed == n {
		return
	}
	d.forget()
	d.trailed = n
	d.trail = d.trailOf(d.trail[:0], n, within)
	d.shift = uint8(bits.Len32(within))
	for _, e := range d.trail {
		gate, part := e.Gate(), e.At>>d.shift
		for _, h := range [3]uint32{sieveAt(gate, part-1), sieveAt(gate, part), sieveAt(gate, part+1)} {
			d.sieve[h>>6] |= 1 << (h & 63)
		}
		if d.slots[gate] == 0 {
			d.byGate = append(d.byGate, atGate{gate: gate})
			d.slots[gate] = uint32(len(d.byGate))
		}
		d.byGate[d.slots[gate]-1].end++
	}
	zone := ^uint32(0)
	for _, s := range d.staysOf(n.person) {
		if s.zone != zone {
			zone = s.zone
			for _, gate := range d.run.ground.touching[zone] {
				d.near[gate] = 1
				d.nearby = append(d.nearby, gate)
			}
		}
	}
	sum := uint32(0)
	for k := range d.byGate {
		g := &d.byGate[k]
		g.first, sum = sum, sum+g.end
		g.end = g.first
	}
	if len(d.passes) < len(d.trail) {
		d.passes = make([]passlog.Entry, len(d.trail)*2)
	}
	for _, e := range d.trail {
		g := &d.byGate[d.slots[e.Gate()]-1]
		d.passes[g.end] = e
		g.end++
	}
}

// forget ends what lay did.
func (d *desk) forget() {
	for _, g := range d.byGate {
		d.slots[g.gate] = 0
	}
	for _, gate := range d.nearby {
		d.near[gate] = 0
	}
	d.sieve = [sieveBits / 64]uint64{}
	d.byGate, d.nearby, d.trailed = d.byGate[:0], d.nearby[:0], nil
}
