package tracing

import (
	"math"
	"sync/atomic"

	"menshen/tracing/passlog"
	"menshen/tracing/policy"
)

type counter struct{ n atomic.Int64 }

// take gives the next so many, by the first.
func (c *counter) take(n int) int { return int(c.n.Add(int64(n))) - n }

// gateTime is when those of a layer were at a gate, from the first to the last, and how often.
type gateTime struct{ gate, from, to, count uint32 }

// widest gives the widest window of the rules for gates, in ticks, and whether there is any.
func widest(rules []policy.Rule) (within uint32, ok bool) {
	for i := range rules {
		if rules[i].Kind == policy.RuleGate {
			within, ok = max(within, ticksOf(rules[i].Within)), true
		}
	}
	return within, ok
}

// runGates finds who was at a gate within moments of somebody of the layer: slice of time by slice, until no offer to anybody
// who has a pass at any of these gates, or beside one of the zones of some kinds that the layer may have been in, can be
// bettered. It sets the horizon.
func (r *run) runGates(layer []node, set kinds) error {
	r.horizon, r.bounded = 0, false
	within, ok := widest(r.rules)
	if !ok {
		return nil
	}
	if len(layer) == 1 {
		r.desks[0].follow(&layer[0], within)
		return nil
	}
	times, near, err := r.gateTimes(layer, within, set)
	if err != nil || len(times) == 0 {
		return err
	}
	guests := r.guests(near)
	first, last := uint32(math.MaxUint32), uint32(0)
	for _, t := range times {
		first, last = min(first, sooner(t.from, within)), max(last, min(later(t.to, within), r.now))
	}
	left := append(r.sheet.left[:0], guests...)
	r.sheet.left = left
	for step := max((last-first)/slices0, within+1); first <= last; step = later(step, step) {
		from, to := first, min(later(first, step-1), last) // both included
		if r.q.Backward {
			from, to = max(sooner(last, step-1), first), last
		}
		err := r.each(len(times), 4, func(d *desk, i int) { d.sweep(layer, times[i], within, from, to) })
		if err != nil {
			return err
		}
		if r.q.Backward {
			last = from - 1
			left = r.unsettled(left, uint64(^later(last, within))<<32)
		} else {
			first = to + 1
			left = r.unsettled(left, uint64(sooner(first, within))<<32)
		}
		if len(left) == 0 || from == 0 || to == math.MaxUint32 {
			break
		}
	}
	r.bound(guests)
	return nil
}

// slices0 is how many slices of time as long as the first there would be; each is twice as long as the one before.
const slices0 = 32

// guests gives everybody wanted who has a pass at any of some gates.
func (r *run) guests(gates []uint32) []uint32 {
	list, marks := r.sheet.guests[:0], r.desks[0].marks
	for _, g := range gates {
		for _, p := range r.view.Guests(g) {
			if !marks[p] {
				marks[p] = true
				list = append(list, p)
			}
		}
	}
	kept := list[:0]
	for _, p := range list {
		if marks[p] = false; r.wanted(p) {
			kept = append(kept, p)
		}
	}
	r.sheet.guests = kept
	return kept
}

// unsettled leaves those in a list to whom no offer so far is better than a key, and lets all desks know the best offers to
// the others.
func (r *run) unsettled(list []uint32, key uint64) []uint32 {
	kept := list[:0]
	for _, p := range list {
		best := uint64(unreached)
		for _, d := range r.desks {
			best = min(best, d.offers[p])
		}
		if best >= key {
			kept = append(kept, p)
		}
	}
	return kept
}

// bound sets the horizon: the worst of the best offers to everybody wanted who may come by. Nothing after it (asked
// backward, before it) betters any.
func (r *run) bound(guests []uint32) {
	worst := uint64(0)
	for _, p := range guests {
		best := uint64(unreached)
		for _, d := range r.desks {
			best = min(best, d.offers[p])
		}
		worst = max(worst, best)
	}
	if worst != unreached {
		r.horizon, r.bounded = r.label(worst), true
	}
}

// beyond reports whether nothing in [from, to) can better an offer.
func (r *run) beyond(from, to uint32) bool {
	return r.bounded && (r.q.Backward && to < r.horizon || !r.q.Backward && from > r.horizon)
}

// follow goes through the passes of one person.
func (d *desk) follow(n *node, within uint32) {
	r := d.run
	d.trail = d.trailOf(d.trail[:0], n, within)
	for _, e := range d.trail {
		for piece := range r.view.Register(e.Gate(), sooner(e.At, within), min(later(e.At, within), r.now)) {
			for i, other := range piece.Person {
				if other != n.person && r.wanted(other) {
					d.meet(n, 0, e.At, other, piece.At[i])
				}
			}
		}
	}
}

// trailOf gives the passes of somebody of a layer that can be an exposure.
func (d *desk) trailOf(dst []passlog.Entry, n *node, within uint32) []passlog.Entry {
	if n.person >= uint32(d.run.view.People()) || n.to == 0 {
		return dst
	}
	return d.run.view.AppendTrail(dst, n.person, sooner(n.minEnd, within), min(later(n.to, within), d.run.now))
}

// meet offers the exposure of two passes at one gate, if it is one.
func (d *desk) meet(n *node, place, own, person, other uint32) {
	r := d.run
	from, to := min(own, other), max(own, other)
	if to < n.minEnd || from >= n.to {
		return
	}
	if !r.q.Backward {
		d.offer(person, max(from, n.from), place)
		return
	}
	for _, g := range d.gapsOf(n, person) {
		if to >= g.from && from < g.to {
			d.offer(person, min(to, g.to), place)
		}
	}
}

// gateTimes gives the gates at which those of a layer were, and when, and the gates beside which they may have been: those
// of the zones, of some kinds, that they have a pass beside near that time, included.
func (r *run) gateTimes(layer []node, within uint32, set kinds) (times []gateTime, near []uint32, err error) {
	d := r.desks[0]
	marks := make([]int32, r.view.Gates())
	beside := make([]bool, r.view.Gates())
	wide := within
	if set != 0 {
		wide = max(wide, r.longest)
	}
	for i := range layer {
		if i%64 == 0 && r.ctx.Err() != nil {
			return nil, nil, r.ctx.Err()
		}
		n := &layer[i]
		if n.person >= uint32(r.view.People()) || n.to == 0 {
			continue
		}
		from, to := sooner(n.minEnd, within), later(n.to, within)
		d.trail = r.view.AppendTrail(d.trail[:0], n.person, sooner(n.from, wide), min(later(n.to, wide), r.now))
		for _, e := range d.trail {
			g := e.Gate()
			if beside[g] = true; e.At < from || e.At > to {
				continue
			}
			if marks[g] == 0 {
				times = append(times, gateTime{gate: g, from: math.MaxUint32})
				marks[g] = int32(len(times))
			}
			t := &times[marks[g]-1]
			t.from, t.to = min(t.from, e.At), max(t.to, e.At)
			t.count++
		}
	}
	return times, r.widen(beside, set), nil
}

// widen gives the gates that are marked, and those of all zones of some kinds that these lead from or into.
func (r *run) widen(beside []bool, set kinds) (gates []uint32) {
	for g, is := range beside {
		if is {
			gates = append(gates, uint32(g))
		}
	}
	for _, g := range gates {
		door := r.ground.doors[g]
		if door == nil {
			continue
		}
		for _, zones := range [2][]int{door.far, door.near} {
			for _, z := range zones {
				if r.plan.kinds[z]&set == 0 {
					continue
				}
				for _, other := range r.ground.touching[z] {
					if !beside[other] {
						beside[other] = true
						gates = append(gates, other)
					}
				}
			}
		}
	}
	return gates
}

// sweep reads the register of a gate through a slice of time, both ends included (asked backward: from the end on). Only
// passes of people to whom a better offer may still come are looked at closely: as time moves on, nobody with an offer of
// before these moments can get a better one here, and those are soon almost all.
func (d *desk) sweep(layer []node, t gateTime, within, first, last uint32) {
	r := d.run
	first, last = max(first, sooner(t.from, within)), min(last, later(t.to, within), r.now)
	if first > last {
		return
	}
	var at, person []uint32
	pieces := 0
	for piece := range r.view.Register(t.gate, sooner(first, within), min(later(last, within), r.now)) {
		if pieces++; pieces == 1 {
			at, person = piece.At, piece.Person
			continue
		}
		if pieces == 2 {
			d.at, d.person = append(d.at[:0], at...), append(d.person[:0], person...)
		}
		d.at, d.person = append(d.at, piece.At...), append(d.person, piece.Person...)
		at, person = d.at, d.person
	}
	offers := d.offers
	if r.q.Backward {
		for i := len(at) - 1; i >= 0 && at[i] >= first; i-- {
			if at[i] <= last && offers[person[i]]>>32 >= uint64(^later(at[i], within)) {
				d.lookAround(layer, at, person, i, within)
			}
		}
		return
	}
	person = person[:len(at)]
	i := 0
	for i < len(at) && at[i] < first {
		i++
	}
	for ; i < len(at) && at[i] <= last; i++ {
		if offers[person[i]] >= uint64(sooner(at[i], within))<<32 {
			d.lookAround(layer, at, person, i, within)
		}
	}
}

// lookAround holds a pass against those of the layer within moments of it.
func (d *desk) lookAround(layer []node, at, person []uint32, i int, within uint32) {
	rank, own, who := d.run.sheet.rank, at[i], person[i]
	for k := i - 1; k >= 0 && own-at[k] <= within; k-- {
		if n := rank[person[k]]; n != 0 && person[k] != who {
			d.meet(&layer[n-1], n-1, at[k], who, own)
		}
	}
	for k := i + 1; k < len(at) && at[k]-own <= within; k++ {
		if n := rank[person[k]]; n != 0 && person[k] != who {
			d.meet(&layer[n-1], n-1, at[k], who, own)
		}
	}
}
