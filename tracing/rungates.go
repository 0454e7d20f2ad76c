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
		return r.followOne(&layer[0], within)
	}
	times, near, err := r.gateTimes(layer, within, set)
	if err != nil || len(times) == 0 {
		return err
	}
	busy := r.busy(times)
	err = r.each(len(times)-busy, 4, func(d *desk, i int) { d.scan(layer, times[busy+i], within) })
	if err != nil {
		return err
	}
	if times = times[:busy]; busy > 0 {
		if err := r.sweeps(layer, times, within); err != nil {
			return err
		}
	}
	if set != 0 {
		r.bound(r.guests(near))
	}
	return nil
}

// fewOf is how many passes come to one of the layer at a gate that is not busy, at the least.
var fewOf = 32

// busy puts the gates at which many passes are of the layer first, and gives their number: there soon everybody has the best
// offer.
func (r *run) busy(times []gateTime) (n int) {
	for i, t := range times {
		if int(t.count)*fewOf > r.view.RegisterLength(t.gate) {
			times[i], times[n] = times[n], t
			n++
		}
	}
	return n
}

// scan reads the register of a gate for the passes of the layer, and looks about each.
func (d *desk) scan(layer []node, t gateTime, within uint32) {
	r, sieve := d.run, d.run.sheet.sieve
	first, last := sooner(t.from, within), min(later(t.to, within), r.now)
	at, person := d.register(t.gate, first, last)
	for i, p := range person {
		if sieve[p>>6]>>(p&63)&1 == 0 {
			continue
		}
		if x := &layer[r.sheet.rank[p]-1]; x.from > later(at[i], within) || x.to < sooner(at[i], within) {
			continue
		}
		for k := i - 1; k >= 0 && at[i]-at[k] <= within; k-- {
			d.pair(layer, at, person, i, k)
		}
		for k := i + 1; k < len(at) && at[k]-at[i] <= within; k++ {
			d.pair(layer, at, person, i, k)
		}
	}
}

// register gives the times and people of the passes at a gate in a span of time, both ends included, until it is called again.
func (d *desk) register(gate, from, to uint32) (at, person []uint32) {
	pieces := 0
	for piece := range d.run.view.Register(gate, from, to) {
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
	return at, person
}

// sweeps reads the registers of busy gates slice of time by slice.
func (r *run) sweeps(layer []node, times []gateTime, within uint32) error {
	first, last := uint32(math.MaxUint32), uint32(0)
	gates := make([]uint32, len(times))
	for i, t := range times {
		first, last = min(first, sooner(t.from, within)), max(last, min(later(t.to, within), r.now))
		gates[i] = t.gate
	}
	left := append(r.sheet.left[:0], r.guests(gates)...)
	r.sheet.left = left
	for step := max((last-first)/manySlices, within+1); first <= last; step = later(step, step) {
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
		if len(left) <= stragglers {
			return r.chases(layer, left, gates, within, first, last)
		}
	}
	return nil
}

// followOne goes through the passes of one person.
func (r *run) followOne(n *node, within uint32) error {
	first := r.desks[0]
	trail := first.trailOf(first.trail[:0], n, within)
	first.trail = trail
	return r.each(len(trail), 16, func(d *desk, i int) {
		e := trail[i]
		for piece := range r.view.Register(e.Gate(), sooner(e.At, within), min(later(e.At, within), r.now)) {
			for k, other := range piece.Person {
				if other != n.person && r.wanted(other) {
					d.meet(n, 0, e.At, other, piece.At[k])
				}
			}
		}
	})
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
	wide := within
	if set != 0 {
		wide = max(wide, r.longest)
	}
	for _, d := range r.desks {
		d.times = d.times[:0]
	}
	err = r.each(len(layer), 64, func(d *desk, i int) { d.noteGates(&layer[i], within, wide) })
	beside := make([]bool, r.view.Gates())
	place := make([]int32, r.view.Gates())
	for _, d := range r.desks {
		for _, t := range d.times {
			d.timed[t.gate], beside[t.gate] = 0, true
			if t.count == 0 {
				continue
			}
			if place[t.gate] == 0 {
				times = append(times, t)
				place[t.gate] = int32(len(times))
				continue
			}
			all := &times[place[t.gate]-1]
			all.from, all.to, all.count = min(all.from, t.from), max(all.to, t.to), all.count+t.count
		}
	}
	return times, r.widen(beside, set), err
}

// noteGates adds the gates of one of a layer to the times of a desk; those that are only beside get a count of 0.
func (d *desk) noteGates(n *node, within, wide uint32) {
	r := d.run
	if n.person >= uint32(r.view.People()) || n.to == 0 {
		return
	}
	from, to := sooner(n.minEnd, within), later(n.to, within)
	d.trail = r.view.AppendTrail(d.trail[:0], n.person, sooner(n.from, wide), min(later(n.to, wide), r.now))
	for _, e := range d.trail {
		g := e.Gate()
		if d.timed[g] == 0 {
			d.times = append(d.times, gateTime{gate: g, from: math.MaxUint32})
			d.timed[g] = uint32(len(d.times))
		}
		if e.At >= from && e.At <= to {
			t := &d.times[d.timed[g]-1]
			t.from, t.to = min(t.from, e.At), max(t.to, e.At)
			t.count++
		}
	}
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
	at, person := d.register(t.gate, sooner(first, within), min(later(last, within), r.now))
	// Those of the layer who may pass it on in this slice: few are, at first.
	layered := d.layered[:0]
	rank := r.sheet.rank
	for i, p := range person {
		if n := rank[p]; n != 0 {
			if x := &layer[n-1]; x.from <= later(at[i], within) && (x.to >= sooner(at[i], within)) {
				layered = append(layered, uint32(i))
			}
		}
	}
	if d.layered = layered; len(layered) == 0 {
		return
	}
	offers := d.offers
	if r.q.Backward {
		k := len(layered) - 1
		for i := len(at) - 1; i >= 0 && at[i] >= first; i-- {
			if at[i] > last || offers[person[i]]>>32 < uint64(^later(at[i], within)) {
				continue
			}
			for k >= 0 && at[layered[k]] > later(at[i], within) {
				k--
			}
			for c := k; c >= 0 && at[layered[c]] >= sooner(at[i], within); c-- {
				d.pair(layer, at, person, int(layered[c]), i)
			}
		}
		return
	}
	i, k := 0, 0
	for i < len(at) && at[i] < first {
		i++
	}
	for ; i < len(at) && at[i] <= last; i++ {
		if offers[person[i]] < uint64(sooner(at[i], within))<<32 {
			continue
		}
		for k < len(layered) && at[layered[k]] < sooner(at[i], within) {
			k++
		}
		if k == len(layered) {
			return
		}
		for c := k; c < len(layered) && at[layered[c]] <= later(at[i], within); c++ {
			d.pair(layer, at, person, int(layered[c]), i)
		}
	}
}

// pair holds the pass of one of the layer against another pass at the gate.
func (d *desk) pair(layer []node, at, person []uint32, own, other int) {
	if place := d.run.sheet.rank[person[own]] - 1; person[own] != person[other] {
		d.meet(&layer[place], place, at[own], person[other], at[other])
	}
}
