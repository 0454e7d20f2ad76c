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
// again. An earlier time than was forgotten already does nothing.
func (l *Log) Forget(before time.Time) (dropped int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nights++
	for id, w := range l.wanted {
		if l.nights-w.night > patience {
			delete(l.wanted, id)
		}
	}
	floor := ticks(before)
	if floor <= l.floor {
		return 0
	}
	l.floor = floor
	if tick := floor - l.origin; tick > 0 {
		dropped = l.dropBefore(uint32(min(tick, math.MaxUint32)), tick > math.MaxUint32)
	}
	l.count -= dropped
	// The origin moves while there is still room, so that no pass has to wait for it.
	if _, last := l.extent(); last-l.origin > math.MaxUint32/4*3 && floor-l.origin > int64(24*time.Hour/TickLength) {
		l.rebase(floor)
	}
	return dropped
}

// dropBefore drops what is before a tick, or all.
func (l *Log) dropBefore(tick uint32, all bool) (dropped int) {
	for gate := range l.registers.gates {
		g := &l.registers.gates[gate]
		n := g.count
		if !all {
			n = l.registers.lower(g, tick)
		}
		if n == 0 {
			continue
		}
		for k := range n {
			r := l.registers.record(g, k)
			g.seen.remove(r.sequence)
			if r.manner >= rareManners {
				delete(l.manners.rare, place{uint32(gate), r.sequence})
			}
		}
		g.seen.trim()
		l.registers.drop(uint32(gate), n)
		dropped += int(n)
	}
	for person := range l.trails.heads {
		h := l.trails.heads[person]
		n := h.count
		if !all {
			n = l.trails.lower(h, tick)
		}
		if n > 0 {
			l.trails.drop(uint32(person), n)
		}
	}
	return dropped
}
