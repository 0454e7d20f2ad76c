package tracing

import (
	"menshen/tracing/passlog"
)

// stay is a stay in numbers, in ticks, [from, to). What lies before the origin of the log begins at the origin.
type stay struct {
	from, to    uint32
	first, last uint32 // proofs of being there: what observed bounds alone say
	zone        uint32
	inferred    bool
	grade       uint8 // of confidence, the worse of both proofs'
}

// walker works the stays of one person after the other out: the rules are those of plan.presences, by tables, and in
// zones of some kinds only.
type walker struct {
	view  passlog.View
	plan  *plan
	ways  *ways
	now   uint32 // tick
	again uint32 // passes so near are the same crossing
	trail []passlog.Entry
	in    []stay // the zones that the last crossing led into; grade is that of the first proof
	grade []uint8
	done  []stay
	heads []uint32 // zones of done, in the order of their first stay
}

// limit gives the cap of a zone.
func (w *walker) limit(h home, zone uint32) uint32 {
	if w.ways.caps[zone] < w.ways.long[zone] && w.plan.lives(h, int(zone)) {
		return w.ways.long[zone]
	}
	return w.ways.caps[zone]
}

func (w *walker) end(n int, to uint32, seen, open bool) {
	s := &w.in[n]
	if s.to = to; s.from < to {
		s.inferred = s.inferred || !seen && !open
		if s.grade = max(s.grade, w.grade[n]); open {
			s.last = to
		}
		w.done = append(w.done, *s)
	}
}

// leave ends the stays in zones that are not in a list.
func (w *walker) leave(list []uint32, h home, at uint32, seen bool, grade uint8) {
	kept := 0
	for n := range w.in {
		zone := w.in[n].zone
		if contains(list, zone) {
			w.in[kept], w.grade[kept] = w.in[n], w.grade[n]
			kept++
			continue
		}
		if seen {
			w.in[n].last, w.grade[n] = at, grade
			w.end(n, at, true, false)
		} else {
			w.end(n, min(at, later(w.in[n].last, w.limit(h, zone))), false, false)
		}
	}
	w.in, w.grade = w.in[:kept], w.grade[:kept]
}

func contains(list []uint32, zone uint32) bool {
	for _, z := range list {
		if z == zone {
			return true
		}
	}
	return false
}

func later(t, by uint32) uint32 {
	if t > ^by {
		return ^uint32(0)
	}
	return t + by
}

func sooner(t, by uint32) uint32 { return t - min(t, by) }

// stays appends the stays of a person, zone by zone and in order within each.
func (w *walker) stays(dst []stay, person uint32, h home) []stay {
	w.trail = w.view.AppendTrail(w.trail[:0], person, 0, w.now)
	w.in, w.grade, w.done = w.in[:0], w.grade[:0], w.done[:0]
	var elsewhere, lastAt, lastDoor uint32 // the last crossing, and the one before it that may be the same
	lastDoor = ^uint32(0)
	for _, e := range w.trail {
		if !e.Flags().Allowed() {
			continue
		}
		g := e.Gate()
		way := w.ways.at[g]
		if !way.known {
			continue
		}
		door := g << 1
		far := w.ways.zones[way.first : way.first+uint32(way.far)]
		near := w.ways.zones[way.first+uint32(way.far) : way.first+uint32(way.far)+uint32(way.near)]
		before, after := near, far
		if e.Flags().In() {
			before, after = far, near
			door++
		}
		same := door == lastDoor && e.At-lastAt <= w.again
		lastAt, lastDoor = e.At, door
		if same {
			continue
		}
		grade := e.Flags().Grade()
		if len(w.in) > 0 {
			w.leave(before, h, e.At, false, 0)
		}
		for _, z := range before {
			limit := w.limit(h, z)
			n := 0
			for n < len(w.in) && w.in[n].zone != z {
				n++
			}
			switch {
			case n == len(w.in):
				w.in = append(w.in, stay{zone: z, from: max(elsewhere, sooner(e.At, limit)), first: e.At, inferred: true, grade: grade})
				w.grade = append(w.grade, grade)
			case later(w.in[n].last, limit) < sooner(e.At, limit): // silent for too long to have been there all the time
				w.end(n, later(w.in[n].last, limit), false, false)
				w.in[n] = stay{zone: z, from: e.At - limit, first: e.At, inferred: true, grade: grade}
			}
			w.in[n].last, w.grade[n] = e.At, grade
		}
		if len(w.in) > 0 {
			w.leave(after, h, e.At, true, grade)
		}
		for _, z := range after {
			if !contains(before, z) {
				w.in = append(w.in, stay{zone: z, from: e.At, first: e.At, last: e.At, grade: grade})
				w.grade = append(w.grade, grade)
			}
		}
		elsewhere = e.At
	}
	for n := range w.in {
		to := later(w.in[n].last, w.limit(h, w.in[n].zone))
		w.end(n, min(to, w.now), false, to > w.now)
	}
	return w.group(dst)
}

// group appends what is done zone by zone.
func (w *walker) group(dst []stay) []stay {
	w.heads = w.heads[:0]
	for i := range w.done {
		if !contains(w.heads, w.done[i].zone) {
			w.heads = append(w.heads, w.done[i].zone)
		}
	}
	for _, z := range w.heads {
		for i := range w.done {
			if w.done[i].zone == z {
				dst = append(dst, w.done[i])
			}
		}
	}
	return dst
}
