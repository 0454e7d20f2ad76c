package tracing

import (
	"slices"
	"time"
)

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
		reach, kind, terms := r.reach(int(z)), r.plan.kinds[z], b.terms[i]
		if gate, into, ok := r.onlyDoor(z); ok {
			d.callers(gate, into, z, terms)
			return
		}
		parts, long := r.parts(terms, reach)
		for _, gate := range r.ground.touching[z] {
			if all := r.view.Guests(gate); long || len(all) < parts {
				for _, person := range all {
					d.mark(person, kind)
				}
				continue
			}
			for k := 0; k < len(terms); {
				from, to := sooner(terms[k].from, reach), later(terms[k].to, reach)
				for k++; k < len(terms) && sooner(terms[k].from, reach) <= later(to, reach); k++ {
					to = max(to, later(terms[k].to, reach))
				}
				for piece := range r.view.Register(gate, from, min(to, r.now)) {
					for _, person := range piece.Person {
						d.mark(person, kind)
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

// parts gives into how many parts terms, in order, fall with what is within reach of them, and whether these are a large part of
// the time there is: all who ever were there may then have been there at these times.
func (r *run) parts(terms []term, reach uint32) (n int, long bool) {
	sum, end := uint64(0), uint32(0)
	for _, t := range terms {
		from, to := sooner(t.from, reach), min(later(t.to, reach), r.now)
		if from > end || n == 0 {
			n++
		}
		if from = max(from, end); from < to {
			sum, end = sum+uint64(to-from), to
		}
	}
	return n, sum*4 > uint64(r.now-min(r.lo, r.now))
}

// mark adds kinds to the marks of somebody.
func (d *desk) mark(person uint32, set kinds) {
	switch d.marks[person] | set {
	case d.marks[person]:
		return
	case set:
		d.marked = append(d.marked, person)
	}
	d.marks[person] |= set
}

// reach gives how long before or after a time in a zone its proof may lie, in ticks: by the cap of the zone, or of homes
// if it is anybody's.
func (l *look) reach(zone int) uint32 {
	p := l.plan
	if l.lived(zone) {
		return later(ticksOf(time.Duration(p.farthest(zone))), 1)
	}
	return later(ticksOf(time.Duration(p.span(zone, p.caps[zone]))), 1)
}

// lived reports whether a zone may be anybody's home.
func (l *look) lived(zone int) bool {
	homely := l.plan.kinds[zone]&homely != 0
	switch {
	case l.plan.cfg.Home != nil:
		return true
	case len(l.residents.list) > 0:
		return l.residents.homes[zone] || homely && l.residents.unplaced
	}
	return homely
}

// onlyDoor gives the gate of a zone that has one alone and is nobody's home, and whether it is the way in that leads into it.
func (r *run) onlyDoor(zone uint32) (gate uint32, into bool, ok bool) {
	gates := r.ground.touching[zone]
	if len(gates) != 1 || r.lived(int(zone)) {
		return 0, false, false
	}
	door := r.ground.doors[gates[0]]
	far, near := slices.Contains(door.far, int(zone)), slices.Contains(door.near, int(zone))
	return gates[0], near, far != near
}

// callers marks who may have been in a zone with one door at a time of terms, in order. Who came in was there until their next
// pass at the door at the latest, or as long as the cap; who went out without having come in, from a cap before at the
// earliest. What else they did in between can only shorten that. Somebody may be inside as long as two proofs may lie apart.
func (d *desk) callers(gate uint32, into bool, zone uint32, terms []term) {
	r, kind := d.run, d.run.plan.kinds[zone]
	limit := ticksOf(time.Duration(r.plan.caps[zone]))
	whole := max(ticksOf(time.Duration(r.plan.wholes[zone])), later(limit, limit))
	if n := r.many - len(d.inside); n > 0 {
		d.inside = append(d.inside, make([]uint32, n)...)
	}
	for len(terms) > 0 {
		spans := append(d.spans[:0], span{terms[0].from, terms[0].to})
		from := sooner(terms[0].from, whole)
		for terms = terms[1:]; len(terms) > 0; terms = terms[1:] {
			last, t := &spans[len(spans)-1], terms[0]
			if t.from <= last.to {
				last.to = max(last.to, t.to)
			} else if sooner(t.from, whole) <= later(last.to, limit) {
				spans = append(spans, span{t.from, t.to})
			} else {
				break
			}
		}
		d.spans = spans
		begun, end := 0, uint32(0) // spans, and the end of the last of those
		check := func(person, since uint32) {
			if end > since {
				d.mark(person, kind)
			}
		}
		came := d.came[:0]
		for piece := range r.view.Register(gate, from, min(later(spans[len(spans)-1].to, limit), r.now)) {
			for k, person := range piece.Person {
				flags, at := r.view.Flags(piece.Manner[k]), piece.At[k]
				if !flags.Allowed() {
					continue
				}
				for begun < len(spans) && spans[begun].from <= at {
					end = spans[begun].to
					begun++
				}
				since := d.inside[person]
				switch {
				case since != 0:
					check(person, since-1)
				case flags.In() != into:
					check(person, sooner(at, limit))
				}
				if d.inside[person] = 0; flags.In() == into {
					d.inside[person] = later(at, 1)
					came = append(came, person)
				}
			}
		}
		end = spans[len(spans)-1].to
		for _, person := range came {
			if since := d.inside[person]; since != 0 {
				check(person, since-1)
				d.inside[person] = 0
			}
		}
		d.came = came
	}
}

// span is a time, in ticks, [from, to).
type span struct{ from, to uint32 }
