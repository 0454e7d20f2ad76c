package tracing

// stragglers is how few people are looked for by their own passes, instead of in the registers.
var stragglers = 256

// chases looks for the best offers to some people at some gates in a span of time, both ends included.
func (r *run) chases(layer []node, people, gates []uint32, within, first, last uint32) error {
	at := make([]bool, r.view.Gates())
	for _, g := range gates {
		at[g] = true
	}
	return r.each(len(people), 8, func(d *desk, i int) { d.chase(layer, people[i], at, within, first, last) })
}

// chase looks for the best offer to one person, by their own passes.
func (d *desk) chase(layer []node, person uint32, at []bool, within, first, last uint32) {
	r := d.run
	d.trail = r.view.AppendTrail(d.trail[:0], person, first, min(last, r.now))
	for i := range d.trail {
		o := d.trail[i]
		if r.q.Backward {
			if o = d.trail[len(d.trail)-1-i]; d.offers[person]>>32 < uint64(^later(o.At, within)) {
				return
			}
		} else if d.offers[person] < uint64(sooner(o.At, within))<<32 {
			return
		}
		if !at[o.Gate()] {
			continue
		}
		for piece := range r.view.Register(o.Gate(), sooner(o.At, within), min(later(o.At, within), r.now)) {
			for k, p := range piece.Person {
				if n := r.sheet.rank[p]; n != 0 && p != person {
					d.meet(&layer[n-1], n-1, piece.At[k], person, o.At)
				}
			}
		}
	}
}

// manySlices is how many slices of time as long as the first there would be; each is twice as long as the one before.
const manySlices = 32

// guests gives everybody wanted who has a pass at any of some gates.
func (r *run) guests(gates []uint32) []uint32 {
	list, marks := r.sheet.guests[:0], r.desks[0].marks
	for _, g := range gates {
		for _, p := range r.view.Guests(g) {
			if marks[p] == 0 {
				marks[p] = 1
				list = append(list, p)
			}
		}
	}
	kept := list[:0]
	for _, p := range list {
		if marks[p] = 0; r.wanted(p) {
			kept = append(kept, p)
		}
	}
	r.sheet.guests = kept
	return kept
}

// unsettled leaves those in a list to whom no offer so far is better than a key.
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
