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
	view   passlog.View
	plan   *plan
	ways   *ways
	home   home
	now    uint32 // tick
	again  uint32 // passes so near are the same crossing
	at     moment
	in     []presence32 // the zones that the last crossing led into
	done   []stay
	heads  []head   // zones of done, in the order of their first stay
	places []uint32 // for each of done: of its zone in heads
	by     uint32   // what begins later is not asked for
	// told, if there is one, is given the stays instead of done, in order of their ends, and says anew what is asked for.
	told func(s stay) (by uint32)
}

// presence32 is a stay that goes on.
type presence32 struct {
	stay
	limit uint32 // the cap of the zone
	grade uint8  // of the last proof; that of stay is the first's
}

// limit gives the cap of a zone.
func (w *walker) limit(zone uint32) uint32 {
	if w.ways.caps[zone] < w.ways.long[zone] && w.plan.lives(w.home, int(zone)) {
		return w.ways.long[zone]
	}
	return w.ways.caps[zone]
}

// whole gives how far apart two proofs may be for the time between to be one stay.
func (w *walker) whole(p *presence32) uint32 {
	return max(w.ways.whole[p.zone], later(p.limit, p.limit))
}

// end puts a stay down.
func (w *walker) end(p *presence32, to uint32, seen bool) {
	if p.from >= to {
		return
	}
	s := stay{
		from: p.from, to: to, first: p.first, last: p.last, zone: p.zone, inferred: p.inferred || !seen, grade: max(p.stay.grade, p.grade),
	}
	if w.told != nil {
		w.by = w.told(s)
		return
	}
	w.done = append(w.done, s)
}

// miss ends the stays in zones that the person cannot have been in just before a crossing.
func (w *walker) miss(before []uint32, at uint32) {
	kept := w.in[:0]
	for i := range w.in {
		if p := w.in[i]; contains(before, p.zone) {
			kept = append(kept, p)
		} else {
			w.end(&p, min(at, later(p.last, p.limit)), false)
		}
	}
	w.in = kept
}

// prove takes into account that the person was in zones just before a crossing.
func (w *walker) prove(before []uint32, at, elsewhere uint32, grade uint8) {
	for _, z := range before {
		n := 0
		for n < len(w.in) && w.in[n].zone != z {
			n++
		}
		if n == len(w.in) {
			limit := w.limit(z)
			w.in = append(w.in, presence32{stay: stay{zone: z, from: max(elsewhere, sooner(at, limit)), first: at, inferred: true, grade: grade}, limit: limit})
		} else if p := &w.in[n]; at-p.last > w.whole(p) { // silent for too long to have been there all the time
			w.end(p, later(p.last, p.limit), false)
			*p = presence32{stay: stay{zone: z, from: at - p.limit, first: at, inferred: true, grade: grade}, limit: p.limit}
		}
		w.in[n].last, w.in[n].grade = at, grade
	}
}

// cross ends and begins the stays in zones that a crossing leads out of and into.
func (w *walker) cross(before, after []uint32, at uint32, grade uint8) {
	kept := 0
	for i := range w.in {
		p := &w.in[i]
		if !contains(after, p.zone) {
			w.end(p, at, true)
			continue
		}
		if kept != i {
			w.in[kept] = *p
		}
		kept++
	}
	w.in = w.in[:kept]
	for _, z := range after {
		if !contains(before, z) {
			w.in = append(w.in, presence32{stay: stay{zone: z, from: at, first: at, last: at, grade: grade}, limit: w.limit(z), grade: grade})
		}
	}
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

// until appends the stays of a person that begin by a tick, zone by zone and in order within each: the walk ends when no later
// pass can change them. Of what begins after it, some may be left out.
func (w *walker) until(dst []stay, person uint32, h home, at uint32) []stay {
	w.walk(person, h, at)
	return w.group(dst)
}

// walk puts down, in done, the stays of a person that begin by a tick, and reports whether it put all down.
func (w *walker) walk(person uint32, h home, by uint32) (all bool) {
	w.in, w.done, w.home, w.by = w.in[:0], w.done[:0], h, by
	w.at = moment{door: ^uint32(0)}
	for piece := range w.view.Trail(person) {
		rest := len(piece) > 0 && piece[len(piece)-1].At > w.now
		if rest {
			piece = piece[:before(piece, w.now)]
		}
		if w.take(piece) {
			return false
		}
		if rest {
			break
		}
	}
	w.finish()
	return true
}

// finish ends what goes on, when there are no more passes.
func (w *walker) finish() {
	for i := range w.in {
		p := &w.in[i]
		if to := later(p.last, p.limit); to > w.now { // still there
			p.last = w.now
			w.end(p, w.now, true)
		} else {
			w.end(p, to, false)
		}
	}
}

// around does the same for the stays at a tick alone, from the last crossing before it that led out of all zones that matter.
func (w *walker) around(dst []stay, person uint32, h home, tick uint32) []stay {
	w.in, w.done, w.home, w.by = w.in[:0], w.done[:0], h, tick
	w.at = moment{door: ^uint32(0)}
	tick = min(tick, w.now)
	for piece := range w.view.Trail(person) {
		end := len(piece)
		if piece[end-1].At > w.now {
			end = before(piece, w.now)
		}
		k := w.clear(piece[:end], tick)
		if k > 0 {
			w.in, w.done = w.in[:0], w.done[:0]
		}
		if w.take(piece[k:end]) {
			return w.group(dst)
		}
		if end < len(piece) {
			break
		}
	}
	w.finish()
	return w.group(dst)
}

// clear gives the number of entries up to the last one, not after a tick, that leads out of all zones that matter, and takes
// what they lead to for the last crossing; 0 where there is none that does so beyond doubt.
func (w *walker) clear(entries []passlog.Entry, tick uint32) int {
	for k := before(entries, tick) - 1; k > 0; k-- {
		e, last := entries[k], entries[k-1]
		door, other := doorOf(e), doorOf(last)
		s := w.ways.steps[door]
		if !s.known || s.after != 0 || !e.Flags().Allowed() || !w.ways.steps[other].known || !last.Flags().Allowed() || other == door {
			continue
		}
		w.at = moment{elsewhere: e.At, at: e.At, door: door}
		return k + 1
	}
	return 0
}

// doorOf gives the place of a pass among the steps of ways.
func doorOf(e passlog.Entry) uint32 {
	door := e.Gate() << 1
	if e.Flags().In() {
		door++
	}
	return door
}

// before gives how many of entries, in order, are not after a tick.
func before(entries []passlog.Entry, tick uint32) int {
	lo, hi := 0, len(entries)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); entries[mid].At <= tick {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// moment is the last crossing so far.
type moment struct {
	elsewhere uint32 // when it was, repetitions left out
	at, door  uint32 // of it or its last repetition
	set       uint32 // of the zones that it led into
}

// take follows the next passes, and reports whether that is enough.
func (w *walker) take(piece []passlog.Entry) (over bool) {
	if w.ways.flat {
		return w.followFlat(piece)
	}
	return w.follow(piece)
}

// follow takes the next passes, and reports whether no later one can change what begins by w.by: a stay that is not open
// begins after the last crossing.
func (w *walker) follow(piece []passlog.Entry) (over bool) {
	m := w.at
	for _, e := range piece {
		door := doorOf(e)
		s := w.ways.steps[door]
		if !e.Flags().Allowed() || !s.known {
			continue
		}
		at, same := e.At, door == m.door && e.At-m.at <= w.again
		m.at, m.door = at, door
		if same {
			continue
		}
		if s.before|s.after|m.set != 0 { // else no zone that matters
			before, grade := w.ways.sets[s.before], e.Flags().Grade()
			if m.set != s.before {
				w.miss(before, at)
			}
			w.prove(before, at, m.elsewhere, grade)
			if s.after != s.before {
				w.cross(before, w.ways.sets[s.after], at, grade)
			}
			m.set = s.after
		}
		m.elsewhere = at
		if at > w.by && w.openAfter(w.by) {
			return true
		}
	}
	w.at = m
	return false
}

// openAfter reports whether all stays that go on begin after a tick.
func (w *walker) openAfter(tick uint32) bool {
	for i := range w.in {
		if w.in[i].from <= tick {
			return false
		}
	}
	return true
}

// followFlat does the same where nobody is in more than one zone that matters.
func (w *walker) followFlat(piece []passlog.Entry) (over bool) {
	m := w.at
	var p presence32
	if m.set != 0 {
		p = w.in[0]
	}
	steps, sets, again := w.ways.steps, w.ways.sets, w.again
	for _, e := range piece {
		door := doorOf(e)
		s := steps[door]
		if !e.Flags().Allowed() || !s.known {
			continue
		}
		at, same := e.At, door == m.door && e.At-m.at <= again
		m.at, m.door = at, door
		if same {
			continue
		}
		if s.before|s.after|m.set == 0 {
			if m.elsewhere = at; at > w.by {
				return true
			}
			continue
		}
		grade := e.Flags().Grade()
		if m.set != 0 && m.set != s.before {
			w.end(&p, min(at, later(p.last, p.limit)), false)
			m.set = 0
		}
		if s.before != 0 {
			if m.set == 0 {
				zone := sets[s.before][0]
				limit := w.limit(zone)
				p = presence32{stay: stay{zone: zone, from: max(m.elsewhere, sooner(at, limit)), first: at, inferred: true, grade: grade}, limit: limit}
			} else if at-p.last > w.whole(&p) {
				w.end(&p, later(p.last, p.limit), false)
				p = presence32{stay: stay{zone: p.zone, from: at - p.limit, first: at, inferred: true, grade: grade}, limit: p.limit}
			}
			p.last, p.grade = at, grade
			if s.after != s.before {
				w.end(&p, at, true)
			}
		}
		if s.after != 0 && s.after != s.before {
			zone := sets[s.after][0]
			p = presence32{stay: stay{zone: zone, from: at, first: at, last: at, grade: grade}, limit: w.limit(zone), grade: grade}
		}
		m.set, m.elsewhere = s.after, at
		if at > w.by && (m.set == 0 || p.from > w.by) {
			return true
		}
	}
	if w.in = w.in[:0]; m.set != 0 {
		w.in = append(w.in, p)
	}
	w.at = m
	return false
}

// group appends what is done zone by zone.
func (w *walker) group(dst []stay) []stay {
	w.heads, w.places = w.heads[:0], w.places[:0]
	for i := range w.done {
		z, k := w.done[i].zone, 0
		for k < len(w.heads) && w.heads[k].zone != z {
			k++
		}
		if k == len(w.heads) {
			w.heads = append(w.heads, head{zone: z})
		}
		w.heads[k].next++
		w.places = append(w.places, uint32(k))
	}
	if len(w.heads) == 1 {
		return append(dst, w.done...)
	}
	sum := len(dst)
	for k := range w.heads {
		w.heads[k].next, sum = sum, sum+w.heads[k].next
	}
	dst = append(dst, w.done...)
	for i, k := range w.places {
		dst[w.heads[k].next] = w.done[i]
		w.heads[k].next++
	}
	return dst
}

// head is a zone of what is done, and where its next stay goes.
type head struct {
	zone uint32
	next int
}
