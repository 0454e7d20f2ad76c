package passlog

import (
	"cmp"
	"slices"

	"menshen"
)

// Passes gives the passes of a person captured in the span, in order; a zero bound is open, and bounds count in ticks.
// Nobody known by that id has none, and nor has "".
func (l *Log) Passes(person string, span menshen.Span) (passes []menshen.Pass) {
	l.View(func(v View) { passes = v.Passes(person, span) })
	return passes
}

// Passes gives the passes of a person captured in the span, in order, as Log.Passes.
func (v View) Passes(person string, span menshen.Span) []menshen.Pass {
	n, ok := v.PersonNumber(person)
	if !ok {
		return nil
	}
	from, to := uint32(0), ^uint32(0)
	if !span.From.IsZero() {
		if ticks(span.From)-v.l.origin > int64(to) {
			return nil
		}
		from = v.Tick(span.From)
	}
	if !span.To.IsZero() {
		end := ticks(span.To) - v.l.origin
		if end <= 0 {
			return nil
		}
		to = uint32(min(end-1, int64(to)))
	}
	if to < from {
		return nil
	}
	entries := v.AppendTrail(nil, n, from, to)
	out := make([]menshen.Pass, 0, len(entries))
	for i, e := range entries {
		if i == 0 || entries[i-1].At != e.At || entries[i-1].Gate() != e.Gate() {
			v.l.each(e.Gate(), n, e.At, func(_ uint32, r record) { out = append(out, v.l.pass(e.Gate(), r)) })
		}
	}
	return out
}

// PassesAt gives the passes of a person at a gate in one tick, by sequence: mostly one. With them an Entry becomes what it
// was made of.
func (v View) PassesAt(person, gate, tick uint32) (out []menshen.Pass) {
	v.l.each(gate, person, tick, func(_ uint32, r record) { out = append(out, v.l.pass(gate, r)) })
	return out
}

func (l *Log) pass(gate uint32, r record) menshen.Pass {
	m := l.manners.of(r.manner, place{gate, r.sequence})
	return menshen.Pass{
		ID:        menshen.PassID{Gate: l.gates.id(gate), Sequence: r.sequence},
		Site:      m.site,
		Person:    l.people.id(r.person),
		Direction: m.direction,
		Captured:  timeOf(l.origin + int64(r.at)),
		Means:     m.means,
		Decision:  m.decision,
	}
}

// Latest gives the n passes captured last at a gate, or at all gates for "", the latest first.
func (l *Log) Latest(n int, gate string) []menshen.Pass {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var gates []uint32
	switch number, ok := l.gates.find(gate); {
	case ok:
		gates = []uint32{number}
	case gate == "":
		gates = l.liveliest(n)
	}
	var ends []latePass
	for _, number := range gates {
		g := &l.registers.gates[number]
		for k := g.count; k > 0 && int(g.count-k) < n; k-- {
			ends = append(ends, latePass{number, l.registers.record(g, k-1)})
		}
	}
	slices.SortFunc(ends, func(a, b latePass) int { return -l.inOrder(a, b) })
	ends = ends[:min(max(n, 0), len(ends))]
	out := make([]menshen.Pass, len(ends))
	for i, p := range ends {
		out[i] = l.pass(p.gate, p.record)
	}
	return out
}

// liveliest gives the n gates whose last passes are the latest: the n latest passes of all are among theirs.
func (l *Log) liveliest(n int) []uint32 {
	var lasts []latePass
	for i := range l.registers.gates {
		if g := &l.registers.gates[i]; g.count > 0 && n > 0 {
			lasts = append(lasts, latePass{uint32(i), l.registers.record(g, g.count-1)})
		}
	}
	slices.SortFunc(lasts, func(a, b latePass) int { return -l.inOrder(a, b) })
	gates := make([]uint32, 0, n)
	for _, p := range lasts[:min(max(n, 0), len(lasts))] {
		gates = append(gates, p.gate)
	}
	return gates
}

func (l *Log) inOrder(a, b latePass) int {
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	if a.gate != b.gate {
		return cmp.Compare(l.gates.id(a.gate), l.gates.id(b.gate))
	}
	return cmp.Compare(a.sequence, b.sequence)
}
