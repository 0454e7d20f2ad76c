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

// sight is somebody at a gate.
type sight struct{ at, person uint32 }

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
	from, to, until := min(own, other), max(own, other), n.to
	if r.q.Backward {
		until = r.until(person, until)
	}
	if to < n.minEnd || from >= until {
		return
	}
	if r.q.Backward {
		d.offer(person, min(to, until), place)
	} else {
		d.offer(person, max(from, n.from), place)
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
// first). Beside it go the passes of the last moments: those of the layer, and those of people to whom a better offer may
// still come. As time only moves on, nobody with an offer of before these moments can get a better one here.
func (d *desk) sweep(layer []node, t gateTime, within uint32) {
	r := d.run
	w := window{desk: d, nodes: layer, within: within, layer: d.carriers[:0], open: d.open[:0]}
	offers, rank := d.offers, r.sheet.rank
	if r.q.Backward {
		d.pages = d.pages[:0]
		for piece := range r.view.Register(t.gate, sooner(t.from, within), min(later(t.to, within), r.now)) {
			d.pages = append(d.pages, piece)
		}
		for k := len(d.pages) - 1; k >= 0; k-- {
			page := d.pages[k]
			for i := len(page.At) - 1; i >= 0; i-- {
				if at, person := page.At[i], page.Person[i]; offers[person]>>32 >= uint64(^later(at, within)) || rank[person] != 0 {
					w.see(sight{at, person}, rank[person], uint64(^later(at, within))<<32)
				}
			}
		}
	} else {
		for page := range r.view.Register(t.gate, sooner(t.from, within), min(later(t.to, within), r.now)) {
			for i, at := range page.At {
				if person := page.Person[i]; offers[person] >= uint64(sooner(at, within))<<32 || rank[person] != 0 {
					w.see(sight{at, person}, rank[person], uint64(sooner(at, within))<<32)
				}
			}
		}
	}
	d.carriers, d.open = w.layer, w.open
}

// window is the passes of the last moments at a gate.
type window struct {
	desk        *desk
	nodes       []node
	within      uint32
	layer, open []sight // those of the layer by place
	first, next int     // where they begin
}

// apart gives how far apart in time two passes are of which the first is the one before, as the register is read.
func (w *window) apart(a, b uint32) uint32 {
	if a > b {
		return a - b
	}
	return b - a
}

// see takes the next pass at a gate; an offer better than bound cannot be bettered any more.
func (w *window) see(own sight, rank uint32, bound uint64) {
	d := w.desk
	open := d.offers[own.person] >= bound
	if rank != 0 {
		n := &w.nodes[rank-1]
		for w.next < len(w.open) && w.apart(w.open[w.next].at, own.at) > w.within {
			w.next++
		}
		for _, o := range w.open[w.next:] {
			if o.person != own.person && d.offers[o.person] >= bound {
				d.meet(n, rank-1, own.at, o.person, o.at)
			}
		}
	}
	if open {
		for w.first < len(w.layer) && w.apart(w.layer[w.first].at, own.at) > w.within {
			w.first++
		}
		for _, c := range w.layer[w.first:] {
			if n := &w.nodes[c.person]; n.person != own.person {
				d.meet(n, c.person, c.at, own.person, own.at)
			}
		}
		w.open = append(w.open, own)
	}
	if rank != 0 {
		w.layer = append(w.layer, sight{own.at, rank - 1})
	}
}
