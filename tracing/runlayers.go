package tracing

import (
	"cmp"
	"slices"
)

// key makes a label so that the better of two is the smaller.
func (r *run) key(label uint32) uint64 {
	if r.q.Backward {
		label = ^label
	}
	return uint64(label) << 32
}

func (r *run) label(key uint64) uint32 {
	if r.q.Backward {
		return ^uint32(key >> 32)
	}
	return uint32(key >> 32)
}

// wanted reports whether an offer to a person may still matter in this round.
func (r *run) wanted(person uint32) bool {
	best := r.sheet.best[person]
	return person != 0 && best != 0 && (best == unreached || !r.last)
}

// share lets all desks know the best offers so far.
func (r *run) share() {
	first := r.desks[0]
	for _, d := range r.desks[1:] {
		for _, p := range d.offered {
			first.offer(p, r.label(d.offers[p]), uint32(d.offers[p]))
		}
	}
	for _, d := range r.desks[1:] {
		for _, p := range first.offered {
			d.offer(p, r.label(first.offers[p]), uint32(first.offers[p]))
		}
	}
}

// bar gives everybody to whom no offer matters in this round one that none betters.
func (r *run) bar() {
	for _, d := range r.desks {
		d.offers[0] = 0
		for i := range r.layers[0] {
			d.offers[r.layers[0][i].person] = 0
		}
		if r.last {
			for _, p := range r.sheet.touched {
				d.offers[p] = 0
			}
		}
	}
}

// unbar takes that back.
func (r *run) unbar() {
	for _, d := range r.desks {
		d.offers[0] = unreached
		for _, p := range r.sheet.touched {
			d.offers[p] = unreached
		}
	}
}

// settle makes the next layer of the best offers.
func (r *run) settle() {
	g := uint32(len(r.layers))
	first := r.desks[0]
	for _, d := range r.desks[1:] {
		for _, p := range d.offered {
			first.offer(p, r.label(d.offers[p]), uint32(d.offers[p]))
			d.offers[p] = unreached
		}
		d.offered = d.offered[:0]
	}
	defer r.unbar()
	layer := make([]node, 0, len(first.offered))
	latency := ticksOf(r.q.Policy.Latency)
	for _, p := range first.offered {
		key := first.offers[p]
		first.offers[p] = unreached
		label, best := r.label(key), r.sheet.best[p]
		if best != unreached && (r.last || r.key(label) >= best) {
			continue
		}
		n := node{person: p, before: uint32(key), label: label}
		if r.q.Backward {
			n.from, n.minEnd, n.to = r.lo, r.lo, sooner(label, latency)
		} else {
			n.from = later(label, latency)
			n.minEnd, n.to = later(n.from, 1), r.until(p, label, r.now)
		}
		if n.to <= n.from {
			n.to = 0
		}
		layer = append(layer, n)
	}
	first.offered = first.offered[:0]
	layer = r.ordered(layer)
	for i, n := range layer {
		if r.sheet.best[n.person] == unreached {
			r.sheet.touched = append(r.sheet.touched, n.person)
			r.found = append(r.found, spot{layer: g, place: uint32(i)})
		}
		r.sheet.best[n.person] = r.key(n.label)
	}
	r.layers = append(r.layers, layer)
}

// ordered puts a layer in order of labels, and of ids within one.
func (r *run) ordered(layer []node) []node {
	keys := r.desks[0].keys[:0]
	for i, n := range layer {
		keys = append(keys, r.key(n.label)|uint64(i))
	}
	slices.Sort(keys)
	r.desks[0].keys = keys
	sorted := make([]node, len(layer))
	for i, k := range keys {
		sorted[i] = layer[uint32(k)]
	}
	for i := 0; i < len(sorted); {
		k := i + 1
		for k < len(sorted) && sorted[k].label == sorted[i].label {
			k++
		}
		if k > i+1 {
			slices.SortFunc(sorted[i:k], func(a, b node) int { return cmp.Compare(r.id(a.person), r.id(b.person)) })
		}
		i = k
	}
	return sorted
}
