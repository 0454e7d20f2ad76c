package passlog

import (
	"cmp"
	"slices"
)

// late is what came out of order in a batch, until it is settled, and scratch for that.
type late struct {
	passes  []latePass
	entries []lateEntry

	fresh, tail, merged    []record
	freshE, tailE, mergedE []Entry
}

type latePass struct {
	gate uint32
	record
}

type lateEntry struct {
	person uint32
	Entry
}

// settle puts late passes into their places; they move what is later than they are.
func (l *Log) settle() {
	for rest := l.late.passes; len(rest) > 0; {
		if len(rest) == len(l.late.passes) {
			slices.SortFunc(rest, func(a, b latePass) int {
				return cmp.Or(cmp.Compare(a.gate, b.gate), cmp.Compare(a.at, b.at), cmp.Compare(a.sequence, b.sequence))
			})
		}
		gate := rest[0].gate
		fresh := l.late.fresh[:0]
		for len(rest) > 0 && rest[0].gate == gate {
			fresh = append(fresh, rest[0].record)
			rest = rest[1:]
		}
		l.late.fresh = fresh
		l.settlePasses(gate, fresh)
	}
	l.late.passes = l.late.passes[:0]
	for rest := l.late.entries; len(rest) > 0; {
		if len(rest) == len(l.late.entries) {
			slices.SortFunc(rest, func(a, b lateEntry) int {
				return cmp.Or(cmp.Compare(a.person, b.person), l.compare(a.Entry, b.Entry))
			})
		}
		person := rest[0].person
		fresh := l.late.freshE[:0]
		for len(rest) > 0 && rest[0].person == person {
			fresh = append(fresh, rest[0].Entry)
			rest = rest[1:]
		}
		l.late.freshE = fresh
		l.settleEntries(person, fresh)
	}
	l.late.entries = l.late.entries[:0]
}

// settlePasses merges passes, in order, into a register.
func (l *Log) settlePasses(gate uint32, fresh []record) {
	r := &l.registers
	g := &r.gates[gate]
	k := r.lower(g, fresh[0].at)
	for k < g.count && r.record(g, k).before(fresh[0]) {
		k++
	}
	k = g.whole(k)
	tail := l.late.tail[:0]
	for i := k; i < g.count; i++ {
		tail = append(tail, r.record(g, i))
	}
	l.late.tail = tail
	merged := l.late.merged[:0]
	for len(tail) > 0 && len(fresh) > 0 {
		if tail[0].before(fresh[0]) {
			merged, tail = append(merged, tail[0]), tail[1:]
		} else {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
	}
	merged = append(append(merged, tail...), fresh...)
	l.late.merged = merged
	r.replace(gate, k, merged)
}

// compare orders entries of one trail. It says nothing of two passes at one gate in one tick: see settleFlags.
func (l *Log) compare(a, b Entry) int {
	if c := cmp.Compare(a.At, b.At); c != 0 || a.Gate() == b.Gate() {
		return c
	}
	return cmp.Compare(l.gates.id(a.Gate()), l.gates.id(b.Gate()))
}

// settleEntries merges entries, in order, into a trail. Their passes must be in the registers.
func (l *Log) settleEntries(person uint32, fresh []Entry) {
	h := l.trails.heads[person]
	k := l.trails.lower(h, fresh[0].At)
	if k == h.count { // only where it was emptied meanwhile, or by a correction
		for i, e := range fresh {
			if !l.trails.append(person, e) {
				l.settleEntries(person, fresh[i:])
				return
			}
		}
		return
	}
	tail := l.trails.tail(h, k, l.late.tailE[:0])
	l.late.tailE = tail
	merged := l.late.mergedE[:0]
	for len(tail) > 0 && len(fresh) > 0 {
		if l.compare(tail[0], fresh[0]) <= 0 {
			merged, tail = append(merged, tail[0]), tail[1:]
		} else {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
	}
	merged = append(append(merged, tail...), fresh...)
	l.late.mergedE = merged
	l.settleFlags(person, merged)
	l.trails.replace(person, k, merged)
}

// settleFlags brings passes of one person at one gate in one tick into the order of their sequences: the register has it.
func (l *Log) settleFlags(person uint32, entries []Entry) {
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].At == entries[i].At && entries[j].Gate() == entries[i].Gate() {
			j++
		}
		if j-i > 1 {
			same := i
			gate := entries[i].Gate()
			l.each(gate, person, entries[i].At, func(k uint32, r record) {
				entries[same].Door = gate<<8 | uint32(l.manners.flags(r.manner))
				same++
			})
		}
		i = j
	}
}

// each hands out the passes of a person at a gate in a tick, by sequence.
func (l *Log) each(gate, person, at uint32, f func(k uint32, r record)) {
	g := &l.registers.gates[gate]
	for k := l.registers.lower(g, at); k < g.count; k++ {
		r := l.registers.record(g, k)
		if r.at != at {
			return
		}
		if r.person == person {
			f(k, r)
		}
	}
}
