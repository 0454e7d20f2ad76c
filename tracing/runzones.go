package tracing

import (
	"slices"
	"sort"
	"time"

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
		home, end := r.homeOf(person), later(at, later(later(r.longest, r.longest), 1))
		d.stays = d.walker.until(d.stays, person, home, end)
		switch {
		case end >= r.now:
		case d.walker.loose <= at:
			d.stays = d.walker.stays(d.stays[:first], person, home)
		default:
			upto = at
		}
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

// visitor is somebody who may have been in zones of the board, and the kinds of these.
type visitor struct {
	person uint32
	kinds  kinds
}

// visitors gives everybody wanted who may have been in a zone of the board at a time of it: who is in a zone has a pass
// that proves it within reach, before or after.
func (r *run) visitors(b *board) ([]visitor, error) {
	err := r.each(len(b.zones), 4, func(d *desk, i int) {
		z := b.zones[i]
		reach, kind := r.reach(int(z)), r.plan.kinds[z]
		for _, gate := range r.ground.touching[z] {
			terms := b.terms[i]
			for k := 0; k < len(terms); {
				from, to := sooner(terms[k].from, reach), later(terms[k].to, reach)
				for k++; k < len(terms) && sooner(terms[k].from, reach) <= later(to, reach); k++ {
					to = max(to, later(terms[k].to, reach))
				}
				for piece := range r.view.Register(gate, from, min(to, r.now)) {
					for _, person := range piece.Person {
						if d.marks[person]&kind == 0 {
							d.mark(person, kind)
						}
					}
				}
			}
		}
	})
	first := r.desks[0]
	for _, d := range r.desks[1:] {
		for _, p := range d.marked {
			first.mark(p, d.marks[p])
			d.marks[p] = 0
		}
		d.marked = d.marked[:0]
	}
	list := make([]visitor, 0, len(first.marked))
	for _, p := range first.marked {
		if r.wanted(p) {
			list = append(list, visitor{p, first.marks[p]})
		}
		first.marks[p] = 0
	}
	first.marked = first.marked[:0]
	return list, err
}

// mark adds kinds to the marks of somebody.
func (d *desk) mark(person uint32, set kinds) {
	if d.marks[person] == 0 {
		d.marked = append(d.marked, person)
	}
	d.marks[person] |= set
}

// reach gives how long before or after a time in a zone its proof may lie, in ticks: by the cap of the zone, or of homes
// if it is anybody's.
func (l *look) reach(zone int) uint32 {
	p, home := l.plan, l.plan.kinds[zone]&homely != 0
	switch {
	case p.cfg.Home != nil:
		home = true
	case len(l.residents.list) > 0:
		home = l.residents.homes[zone] || home && l.residents.unplaced
	}
	if home {
		return later(ticksOf(time.Duration(p.farthest(zone))), 1)
	}
	return later(ticksOf(time.Duration(p.span(zone, p.caps[zone]))), 1)
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
	return r.each(len(list), 32, func(d *desk, i int) { d.hold(b, list[i].person, d.free(list[i].person, d.walkFor(list[i]))) })
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
	d.part = d.walker.until(d.part[:0], v.person, r.homeOf(v.person), later(at, later(later(r.longest, r.longest), 1)))
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
