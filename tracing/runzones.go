package tracing

import (
	"slices"
	"sort"

	"menshen/tracing/policy"
)

// time of somebody of the layer in a zone, cut to when they pass it on.
type term struct{ from, to, place uint32 }

// board is, for each zone in which anybody of the layer was, when they were there.
type board struct {
	index []int32 // by zone: 1 + place in zones
	zones []uint32
	terms [][]term // by place in zones
}

// zoneKinds gives the kinds of all zones that the policy looks at.
func (r *run) zoneKinds() (set kinds) {
	for _, rules := range [][]policy.Rule{r.q.Policy.Rules, r.q.Policy.Next} {
		for i := range rules {
			if rules[i].Kind == policy.RuleZone {
				set |= kindsOf(rules[i].Zones)
			}
		}
	}
	return set
}

// staysOf gives the stays of somebody in the zones that the policy looks at, if they are known.
func (d *desk) staysOf(person uint32) []stay { return d.run.sheet.at[person] }

// walk works the stays of somebody out, if they are not known. Different people may be walked at the same time.
func (d *desk) walk(person uint32) []stay { return d.walkTill(person, ^uint32(0)) }

// walkTill is walk for the stays that begin by a tick: what comes after them may be left out, or be wrong.
func (d *desk) walkTill(person, at uint32) []stay {
	r := d.run
	if known := r.sheet.at[person]; known != nil && r.sheet.upto[person] >= at {
		return known
	}
	first, upto := len(d.stays), ^uint32(0)
	if person < uint32(r.view.People()) {
		if !d.walker.walk(person, r.homeOf(person), at) {
			upto = at
		}
		d.stays = d.walker.group(d.stays)
	}
	stays := d.stays[first:len(d.stays):len(d.stays)]
	if stays == nil {
		stays = []stay{}
	}
	r.sheet.at[person], r.sheet.upto[person] = stays, upto
	d.pockets = append(d.pockets, person)
	return stays
}

// board puts down where those of the layer were, in zones of some kinds, in order of time.
func (r *run) board(layer []node, set kinds) (*board, error) {
	err := r.each(len(layer), 8, func(d *desk, i int) {
		switch n := &layer[i]; {
		case r.beyond(n.from, n.to):
		case r.bounded && !r.q.Backward:
			d.walkTill(n.person, r.horizon)
		default:
			d.walk(n.person)
		}
	})
	if err != nil {
		return nil, err
	}
	b := &board{index: make([]int32, len(r.plan.zones))}
	d := r.desks[0]
	for place := range layer {
		n := &layer[place]
		if r.beyond(n.from, n.to) {
			continue
		}
		for _, s := range d.staysOf(n.person) {
			from, to := max(s.from, n.from), min(s.to, n.to)
			if from >= to || r.plan.kinds[s.zone]&set == 0 || r.beyond(from, to) {
				continue
			}
			if b.index[s.zone] == 0 {
				b.zones, b.terms = append(b.zones, s.zone), append(b.terms, nil)
				b.index[s.zone] = int32(len(b.zones))
			}
			k := b.index[s.zone] - 1
			b.terms[k] = append(b.terms[k], term{from, to, uint32(place)})
		}
	}
	return b, r.each(len(b.zones), 8, func(d *desk, i int) { d.order(b.terms[i]) })
}

// order puts terms in order of their beginning.
func (d *desk) order(terms []term) {
	d.keys, d.terms = d.keys[:0], append(d.terms[:0], terms...)
	for i, t := range terms {
		d.keys = append(d.keys, uint64(t.from)<<32|uint64(i))
	}
	slices.Sort(d.keys)
	for i, k := range d.keys {
		terms[i] = d.terms[uint32(k)]
	}
}

// runZones finds who was in a zone of a kind together with somebody of the layer.
func (r *run) runZones(layer []node, set kinds) error {
	b, err := r.board(layer, set)
	if err != nil {
		return err
	}
	list, err := r.visitors(b)
	if err != nil || len(list) == 0 {
		return err
	}
	if len(layer) > 1 {
		if err := r.each(len(b.zones), 8, func(_ *desk, i int) { b.terms[i] = turns(b.terms[i]) }); err != nil {
			return err
		}
	}
	return r.each(len(list), 32, func(d *desk, i int) { d.receive(b, list[i]) })
}

// receive looks for what a visitor is offered by those of the board.
func (d *desk) receive(b *board, v visitor) {
	r := d.run
	if r.q.Backward || r.sheet.at[v.person] != nil || r.held[v.person] != nil || v.person >= uint32(r.view.People()) {
		d.hold(b, v.person, d.free(v.person, d.walkFor(v)))
		return
	}
	by := func() uint32 {
		if best := d.offers[v.person]; best != unreached {
			return r.label(best)
		}
		return ^uint32(0)
	}
	w, all := &d.walker, d.walker.ways
	if some := r.plan.waysOf(r.ground, v.kinds); some.flat {
		w.ways = some
	}
	w.told = func(s stay) uint32 {
		if k := b.index[s.zone]; k != 0 {
			d.holdOne(b.terms[k-1], v.person, &s)
		}
		return by()
	}
	w.walk(v.person, r.homeOf(v.person), by())
	w.told, w.ways = nil, all
}

// holdOne holds one stay of somebody against the turns of its zone.
func (d *desk) holdOne(turns []term, person uint32, s *stay) {
	lo, hi := 0, len(turns)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); turns[mid].to > s.from {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo < len(turns) && turns[lo].from < s.to {
		d.offer(person, max(s.from, turns[lo].from), turns[lo].place)
	}
}

// walkFor gives the stays of a visitor as far as they can make a better offer than the best so far: those that begin by
// then. Where they may have met the layer in zones of which nobody is in two at once, those alone are followed, which is
// several times as quick.
func (d *desk) walkFor(v visitor) []stay {
	r, at := d.run, ^uint32(0)
	if best := d.offers[v.person]; best != unreached && !r.q.Backward {
		at = r.label(best)
	}
	if r.sheet.at[v.person] != nil && r.sheet.upto[v.person] >= at || d.walker.ways.flat || v.person >= uint32(r.view.People()) {
		return d.walkTill(v.person, at)
	}
	some, all := r.plan.waysOf(r.ground, v.kinds), d.walker.ways
	if !some.flat {
		return d.walkTill(v.person, at)
	}
	d.walker.ways = some
	d.part = d.walker.until(d.part[:0], v.person, r.homeOf(v.person), at)
	d.walker.ways = all
	return d.part
}

// turns makes terms, in order, into ones that do not overlap: in each the first in the layer of all who are there.
func turns(terms []term) []term {
	var out, here []term // here is a heap by place
	var now uint32
	for i := 0; ; {
		for len(here) > 0 && here[0].to <= now {
			here = pop(here)
		}
		if len(here) == 0 {
			if i == len(terms) {
				return out
			}
			now = max(now, terms[i].from)
		}
		for ; i < len(terms) && terms[i].from <= now; i++ {
			here = push(here, terms[i])
		}
		for len(here) > 0 && here[0].to <= now {
			here = pop(here)
		}
		if len(here) == 0 {
			continue
		}
		to := here[0].to
		if i < len(terms) {
			to = min(to, terms[i].from)
		}
		if n := len(out); n > 0 && out[n-1].to == now && out[n-1].place == here[0].place {
			out[n-1].to = to
		} else {
			out = append(out, term{now, to, here[0].place})
		}
		now = to
	}
}

func push(heap []term, t term) []term {
	heap = append(heap, t)
	for i := len(heap) - 1; i > 0; {
		up := (i - 1) / 2
		if heap[up].place <= heap[i].place {
			break
		}
		heap[up], heap[i] = heap[i], heap[up]
		i = up
	}
	return heap
}

func pop(heap []term) []term {
	n := len(heap) - 1
	heap[0] = heap[n]
	heap = heap[:n]
	for i := 0; ; {
		least := i
		for _, k := range [2]int{2*i + 1, 2*i + 2} {
			if k < n && heap[k].place < heap[least].place {
				least = k
			}
		}
		if least == i {
			return heap
		}
		heap[i], heap[least] = heap[least], heap[i]
		i = least
	}
}

// hold holds the stays of somebody against the turns of the board.
func (d *desk) hold(b *board, person uint32, stays []stay) {
	r := d.run
	zone, next := ^uint32(0), 0
	var terms []term
	for _, s := range stays {
		if s.zone != zone {
			zone, next, terms = s.zone, 0, nil
			if k := b.index[zone]; k != 0 {
				terms = b.terms[k-1]
			}
		}
		if !r.q.Backward && uint64(s.from)<<32 > d.offers[person] {
			continue
		}
		to := s.to
		if next < len(terms) && terms[next].to <= s.from {
			next += sort.Search(len(terms)-next, func(k int) bool { return terms[next+k].to > s.from })
		}
		if next == len(terms) || terms[next].from >= to {
			continue
		}
		if !r.q.Backward {
			d.offer(person, max(s.from, terms[next].from), terms[next].place)
			continue
		}
		k := next
		for k+1 < len(terms) && terms[k+1].from < to {
			k++
		}
		d.offer(person, min(to, terms[k].to), terms[k].place)
	}
}
