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

// runGates finds who was at a gate within moments of somebody of the layer.
func (r *run) runGates(layer []node) error {
	within, ok := widest(r.rules)
	if !ok {
		return nil
	}
	if len(layer) == 1 {
		r.desks[0].follow(&layer[0], within)
		return nil
	}
	times, err := r.gateTimes(layer, within)
	if err != nil {
		return err
	}
	return r.each(len(times), 4, func(d *desk, i int) { d.sweep(layer, times[i], within) })
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

// gateTimes gives the gates at which those of a layer were, and when.
func (r *run) gateTimes(layer []node, within uint32) ([]gateTime, error) {
	marks := make([]int32, r.view.Gates())
	var times []gateTime
	d := r.desks[0]
	for i := range layer {
		if i%64 == 0 && r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		d.trail = d.trailOf(d.trail[:0], &layer[i], within)
		for _, e := range d.trail {
			g := e.Gate()
			if marks[g] == 0 {
				times = append(times, gateTime{gate: g, from: math.MaxUint32})
				marks[g] = int32(len(times))
			}
			t := &times[marks[g]-1]
			t.from, t.to = min(t.from, e.At), max(t.to, e.At)
			t.count++
		}
	}
	return times, nil
}

// sweep reads the register of a gate from the first pass of the layer to the last (asked backward: from the last to the
// first). Only passes of people to whom a better offer may still come are looked at closely: as time moves on, nobody with
// an offer of before these moments can get a better one here, and those are soon almost all.
func (d *desk) sweep(layer []node, t gateTime, within uint32) {
	r := d.run
	var at, person []uint32
	pieces := 0
	for piece := range r.view.Register(t.gate, sooner(t.from, within), min(later(t.to, within), r.now)) {
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
		for i := len(at) - 1; i >= 0; i-- {
			if offers[person[i]]>>32 >= uint64(^later(at[i], within)) {
				d.lookAround(layer, at, person, i, within)
			}
		}
		return
	}
	person = person[:len(at)]
	for i, t := range at {
		if offers[person[i]] >= uint64(sooner(t, within))<<32 {
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
