package tracing

import (
	"cmp"
	"math"
	"slices"
)

// gap is a part of time, [from, to).
type gap struct{ from, to uint32 }

// hold takes over who is isolated when.
func (r *run) hold() {
	if len(r.q.Held) == 0 {
		return
	}
	r.held = make(map[uint32][]gap, len(r.q.Held))
	for id, spans := range r.q.Held {
		n, ok := r.number(id)
		if !ok {
			continue
		}
		list := make([]gap, 0, len(spans))
		for _, s := range spans {
			g := gap{from: r.view.Tick(s.From), to: math.MaxUint32}
			if !s.To.IsZero() {
				g.to = r.view.Tick(s.To)
			}
			if g.from < g.to {
				list = append(list, g)
			}
		}
		slices.SortFunc(list, func(a, b gap) int { return cmp.Compare(a.from, b.from) })
		apart := list[:0]
		for _, g := range list {
			if k := len(apart); k > 0 && g.from <= apart[k-1].to {
				apart[k-1].to = max(apart[k-1].to, g.to)
			} else {
				apart = append(apart, g)
			}
		}
		r.held[n] = apart
	}
}

// until gives a time, or an earlier one at which the first isolation begins of those that end after somebody was exposed.
func (r *run) until(person, exposed, to uint32) uint32 {
	for _, g := range r.held[person] {
		if g.to > exposed {
			return min(to, g.from)
		}
	}
	return to
}

// released gives a time, or that at which the isolation ends in which it lies.
func (r *run) released(person, at uint32) uint32 {
	for _, g := range r.held[person] {
		if g.from <= at && at < g.to {
			return g.to
		}
	}
	return at
}

// gapsOf gives when somebody and one of a layer can have passed it on to one another: within the time of the one of the layer
// and, asked backward, whenever the other is not isolated. It is good until the next call.
func (d *desk) gapsOf(n *node, person uint32) []gap {
	d.gaps = d.gaps[:0]
	from := n.from
	if d.run.q.Backward {
		for _, g := range d.run.held[person] {
			if to := min(g.from, n.to); from < to {
				d.gaps = append(d.gaps, gap{from, to})
			}
			from = max(from, g.to)
		}
	}
	if from < n.to {
		d.gaps = append(d.gaps, gap{from, n.to})
	}
	return d.gaps
}

// free cuts the stays of somebody, asked backward, to when they are not isolated. It is good until the next call.
func (d *desk) free(person uint32, stays []stay) []stay {
	held := d.run.held[person]
	if !d.run.q.Backward || len(held) == 0 {
		return stays
	}
	d.freed = d.freed[:0]
	cut := func(s stay, from, to uint32) {
		s.from, s.to, s.first, s.last = max(s.from, from), min(s.to, to), max(s.first, from), min(s.last, to)
		if s.from < s.to {
			d.freed = append(d.freed, s)
		}
	}
	for _, s := range stays {
		from := uint32(0)
		for _, g := range held {
			cut(s, from, g.from)
			from = g.to
		}
		cut(s, from, math.MaxUint32)
	}
	return d.freed
}

// offerSpan offers an exposure that began and ended as given.
func (d *desk) offerSpan(person, from, to, place uint32) {
	if d.run.q.Backward {
		d.offer(person, to, place)
	} else {
		d.offer(person, from, place)
	}
}
