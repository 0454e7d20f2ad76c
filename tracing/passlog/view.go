package passlog

import (
	"iter"
	"math"
	"time"
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

// Time gives the time at which a tick begins, in UTC. Ticks and the origin are the same for as long as a View is.
func (v View) Time(tick uint32) time.Time { return timeOf(v.l.origin + int64(tick)) }

// Floor gives the time from which on passes are held; the zero time for all.
func (v View) Floor() time.Time {
	if v.l.floor == math.MinInt64 {
		return time.Time{}
	}
	return timeOf(v.l.floor)
}

// Count gives the number of passes.
func (v View) Count() int { return v.l.count }

// PersonNumber gives the number of a person who has a pass in the log, and whether there is one. Numbers stay as long as
// the log lives.
func (v View) PersonNumber(id string) (number uint32, seen bool) {
	n, ok := v.l.people.find(id)
	if !ok || v.l.trails.heads[n].count == 0 {
		return 0, false
	}
	return n, true
}

// PersonID gives the id of a person by number; "" for 0, which is nobody.
func (v View) PersonID(number uint32) string { return v.l.people.id(number) }

// People gives the number up to which people are numbered, exclusive. Some of them may have no pass any more.
func (v View) People() int { return v.l.people.len() }

// GateNumber gives the number of a gate, and whether it has one.
func (v View) GateNumber(id string) (number uint32, seen bool) { return v.l.gates.find(id) }

// GateID gives the id of a gate by number.
func (v View) GateID(number uint32) string { return v.l.gates.id(number) }

// Gates gives the number up to which gates are numbered, exclusive.
func (v View) Gates() int { return v.l.gates.len() }

// Flags gives what a manner of a Piece means.
func (v View) Flags(manner uint8) Flags { return v.l.manners.flags(manner) }

// TrailLength gives the number of passes of a person.
func (v View) TrailLength(person uint32) int { return int(v.l.trails.heads[person].count) }

// Trail gives the passes of a person, in order, as few pieces one after the other. Nobody has none.
func (v View) Trail(person uint32) iter.Seq[[]Entry] {
	return func(yield func([]Entry) bool) { v.l.trails.walk(v.l.trails.heads[person], 0, yield) }
}

// AppendTrail appends the passes of a person with ticks in [from, to], in order, to dst.
func (v View) AppendTrail(dst []Entry, person, from, to uint32) []Entry {
	v.l.trails.walk(v.l.trails.heads[person], 0, func(part []Entry) bool {
		n := len(part)
		if part[n-1].At < from {
			return true
		}
		if part[n-1].At > to {
			n = firstAfter(part, to)
		}
		first := 0
		if from > 0 {
			first = firstAfter(part, from-1)
		}
		if first < n {
			dst = append(dst, part[first:n]...)
		}
		return n == len(part)
	})
	return dst
}

// firstAfter gives how many of entries, in order, are not after a tick.
func firstAfter(part []Entry, tick uint32) int {
	lo, hi := 0, len(part)
	for lo < hi {
		if mid := int(uint(lo+hi) / 2); part[mid].At <= tick {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// RegisterLength gives the number of passes at a gate.
func (v View) RegisterLength(gate uint32) int { return int(v.l.registers.gates[gate].count) }

// Register gives the passes at a gate with ticks in [from, to], in order, as few pieces one after the other.
func (v View) Register(gate, from, to uint32) iter.Seq[Piece] {
	return func(yield func(Piece) bool) { v.l.registers.walk(&v.l.registers.gates[gate], from, to, yield) }
}

// walk hands out the passes with ticks in [from, to], in pieces as long as chunks lie one after the other.
func (r *registers) walk(g *register, from, to uint32, yield func(Piece) bool) {
	k, end := r.lower(g, from), g.count
	if to != math.MaxUint32 {
		end = r.lower(g, to+1)
	}
	for k < end {
		s := g.skip + k
		n := s / registerChunk
		c, place := g.chunks[n], s%registerChunk
		length := min(registerChunk-place, end-k)
		for last := c; k+length < end && g.chunks[n+1] == last+1 && (last+1)%registerChunks != 0; n++ {
			last++
			length += min(registerChunk, end-k-length)
		}
		b, i := r.blocks[c/registerChunks], c%registerChunks*registerChunk+place
		j := i + length
		if !yield(Piece{At: b.at[i:j:j], Person: b.person[i:j:j], Manner: b.manner[i:j:j]}) {
			return
		}
		k += length
	}
}
