package passlog

import (
	"math"
	"time"

	"menshen"
)

// Reassign gives a pass to another person, or to nobody (""), and reports whether the pass is in the log. A pass that is not
// there yet gets its person when it comes, within two weeks.
func (l *Log) Reassign(id menshen.PassID, person string) (moved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gate, ok := l.gates.find(id.Gate)
	if !ok || !l.registers.gates[gate].seen.has(id.Sequence) {
		l.wanted[id] = wanted{person, l.nights}
		return false
	}
	g := &l.registers.gates[gate]
	k, ok := l.registers.find(g, id.Sequence)
	if !ok {
		return false // cannot be: what was seen is there
	}
	r := l.registers.record(g, k)
	if l.origin+int64(r.at) < l.floor {
		return false // it is being forgotten
	}
	to := l.person(person)
	if r.person == to {
		return true
	}
	b, i := l.registers.slot(g, k)
	b.person[i] = to
	g.edits++
	e := Entry{r.at, gate<<8 | uint32(l.manners.flags(r.manner))}
	if r.person != 0 {
		l.takeAway(r.person, e)
	}
	if to != 0 && !l.trails.append(to, e) {
		l.settleEntries(to, append(l.late.freshE[:0], e))
	}
	return true
}

// takeAway takes an entry out of a trail, after its pass has another person in the register.
func (l *Log) takeAway(person uint32, e Entry) {
	h := l.trails.heads[person]
	k := l.trails.lower(h, e.At)
	tail := l.trails.tail(h, k, l.late.tailE[:0])
	l.late.tailE = tail
	for i := range tail {
		if tail[i].At == e.At && tail[i].Gate() == e.Gate() {
			tail = append(tail[:i], tail[i+1:]...)
			break
		}
	}
	same := 0
	for same < len(tail) && tail[same].At == e.At {
		same++
	}
	// A group of one has its flags from the register too: which of several was taken out above is not known.
	for i := 0; i < same; i++ {
		if tail[i].Gate() == e.Gate() && (i == 0 || tail[i-1].Gate() != e.Gate()) {
			at := i
			l.each(e.Gate(), person, e.At, func(_ uint32, r record) {
				tail[at].Door = e.Gate()<<8 | uint32(l.manners.flags(r.manner))
				at++
			})
		}
	}
	l.trails.replace(person, k, tail)
}

// Forget drops the passes captured before a time, says how many, and takes none of them in any more. The memory is used
// again. An earlier time than was forgotten already does nothing. It goes person by person, then gate by gate, and lets others
// at the log in between: until it returns, they may still find some of the passes at gates, and of some people.
func (l *Log) Forget(before time.Time) (dropped int) {
	l.forgetting.Lock()
	defer l.forgetting.Unlock()
	floor := ticks(before)
	if !l.raise(floor) {
		return 0
	}
	// Trails go first: what is on one is always in a register.
	for person := 1; person > 0; {
		person = l.forgetTrails(person, floor)
	}
	for gate := 0; gate >= 0; {
		next, n := l.forgetRegisters(gate, floor)
		gate, dropped = next, dropped+n
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	// The origin moves while there is still room, so that no pass has to wait for it.
	if _, last := l.extent(); last-l.origin > math.MaxUint32/4*3 && floor-l.origin > int64(24*time.Hour/TickLength) {
		l.rebase(floor)
	}
	return dropped
}

// raise sets from when on passes are held, and reports whether that is news.
func (l *Log) raise(floor int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nights++
	for id, w := range l.wanted {
		if l.nights-w.night > patience {
			delete(l.wanted, id)
		}
	}
	if floor <= l.floor {
		return false
	}
	l.floor = floor
	return true
}

// portions is how much is forgotten at once, with the log locked: some milliseconds.
type portions struct{ people, passes, gates int }

func usualPortions() portions { return portions{people: 1 << 12, passes: 1 << 15, gates: 1 << 10} }

// before gives the tick of the floor; all where everything is before it. The origin may have moved since it was asked last.
func (l *Log) before(floor int64) (tick uint32, all bool) {
	d := max(floor-l.origin, 0)
	return uint32(min(d, math.MaxUint32)), d > math.MaxUint32
}

// forgetTrails drops what some people have before the floor, and gives who is next; 0 for nobody.
func (l *Log) forgetTrails(from int, floor int64) (next int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tick, all := l.before(floor)
	end := min(from+l.portions.people, len(l.trails.heads))
	for person := from; person < end; person++ {
		h := l.trails.heads[person]
		n := h.count
		if !all {
			n = l.trails.lower(h, tick)
		}
		if n > 0 {
			l.trails.drop(uint32(person), n)
		}
	}
	if end == len(l.trails.heads) {
		return 0
	}
	return end
}

// forgetRegisters drops some of what gates have before the floor, says how many, and gives the gate to go on with; -1 for none.
func (l *Log) forgetRegisters(from int, floor int64) (next, dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tick, all := l.before(floor)
	for gate := from; gate < len(l.registers.gates); gate++ {
		if dropped >= l.portions.passes || gate == from+l.portions.gates {
			return gate, dropped
		}
		g := &l.registers.gates[gate]
		n := g.count
		if !all {
			n = l.registers.lower(g, tick)
		}
		if n == 0 {
			continue
		}
		part := min(n, uint32(l.portions.passes-dropped))
		for k := range part {
			r := l.registers.record(g, k)
			g.seen.remove(r.sequence)
			if r.manner >= rareManners {
				delete(l.manners.rare, place{uint32(gate), r.sequence})
			}
		}
		g.seen.trim()
		l.registers.drop(uint32(gate), part)
		dropped += int(part)
		l.count -= int(part)
		if part < n {
			return gate, dropped
		}
	}
	return -1, dropped
}
