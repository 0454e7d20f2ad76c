package passlog

import (
	"iter"
	"math"
	"sort"
	"time"

	"menshen"
)

// View is one look at a log, for whose time nothing changes in it. It, and every slice it gives, is valid within the
// function that View was handed to, and must not be changed. That function must not call the log's own methods. A View may
// be used from several goroutines, which must end before that function does.
type View struct{ l *Log }

// View calls f with one look at the log: the log is locked for reading until f returns.
func (l *Log) View(f func(v View)) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	f(View{l})
}

// Tick gives the tick of a time: 0 for all times before the origin, the last tick for all beyond the reach.
func (v View) Tick(t time.Time) uint32 {
	return uint32(min(max(ticks(t)-v.l.origin, 0), math.MaxUint32))
}

// Time gives the time at which a tick begins, in UTC.
func (v View) Time(tick uint32) time.Time {
	return time.UnixMilli((v.l.origin + int64(tick)) * 10).UTC()
}

// PersonNumber gives the number of a person who has a pass in the log, and whether there is one. Numbers stay as long as
// the log lives.
func (v View) PersonNumber(id string) (number uint32, seen bool) {
	n, ok := v.l.people.numbers[id]
	if !ok || int(n) >= len(v.l.trails) || len(v.l.trails[n]) == 0 {
		return 0, false
	}
	return n, true
}

// PersonID gives the id of a person by number; "" for 0, which is nobody.
func (v View) PersonID(number uint32) string { return v.l.people.list[number] }

// People gives the number up to which people are numbered, exclusive.
func (v View) People() int { return len(v.l.people.list) }

// GateNumber gives the number of a gate, and whether it has one.
func (v View) GateNumber(id string) (number uint32, seen bool) {
	n, ok := v.l.gates.numbers[id]
	return n, ok
}

// GateID gives the id of a gate by number.
func (v View) GateID(number uint32) string { return v.l.gates.list[number] }

// Gates gives the number up to which gates are numbered, exclusive.
func (v View) Gates() int { return len(v.l.gates.list) }

// Count gives the number of passes.
func (v View) Count() int { return len(v.l.list) }

// TrailLength gives the number of passes of a person.
func (v View) TrailLength(person uint32) int { return len(v.trail(person)) }

func (v View) trail(person uint32) []Entry {
	if int(person) >= len(v.l.trails) {
		return nil
	}
	return v.l.trails[person]
}

// Trail gives the passes of a person, in order, as few pieces one after the other.
func (v View) Trail(person uint32) iter.Seq[[]Entry] {
	return func(yield func([]Entry) bool) {
		if t := v.trail(person); len(t) > 0 {
			yield(t)
		}
	}
}

// AppendTrail appends the passes of a person with ticks in [from, to] to dst.
func (v View) AppendTrail(dst []Entry, person, from, to uint32) []Entry {
	for _, e := range v.trail(person) {
		if e.At >= from && e.At <= to {
			dst = append(dst, e)
		}
	}
	return dst
}

// Register gives the passes at a gate with ticks in [from, to], both included, in order, as few pieces one after the other.
func (v View) Register(gate, from, to uint32) iter.Seq[Piece] {
	return func(yield func(Piece) bool) {
		if int(gate) >= len(v.l.regs) {
			return
		}
		r := v.l.regs[gate]
		i := sort.Search(len(r), func(i int) bool { return r[i].at >= from })
		j := sort.Search(len(r), func(i int) bool { return r[i].at > to })
		var p Piece
		for _, s := range r[i:max(i, j)] {
			p.At, p.Person, p.Manner = append(p.At, s.at), append(p.Person, s.person), append(p.Manner, uint8(v.l.flags(&s.pass)))
		}
		if len(p.At) > 0 {
			yield(p)
		}
	}
}

// Flags gives what a manner in a Piece means.
func (v View) Flags(manner uint8) Flags { return Flags(manner) }

// Passes gives the passes of a person captured in the span, in order; a zero bound is open.
func (v View) Passes(person string, span menshen.Span) (out []menshen.Pass) {
	for _, p := range v.l.list {
		if person != "" && p.Person == person && (span.From.IsZero() || !p.Captured.Before(span.From)) && (span.To.IsZero() || p.Captured.Before(span.To)) {
			out = append(out, p)
		}
	}
	return out
}
