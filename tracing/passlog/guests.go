package passlog

import (
	"math/bits"
	"slices"
	"sync/atomic"
)

// guests is who has passes at a gate. It never changes: a new one takes its place.
type guests struct {
	people []uint32 // ascending; some may have none any more
	edits  uint32   // of the register
	count  uint32   // passes of the register that were counted
}

// guestBook is what is known of a gate's guests; worked out when first asked for.
type guestBook struct{ atomic.Pointer[guests] }

// Guests gives everybody who has a pass at a gate, nobody left out, and in order of their numbers; maybe some who had one
// once. The first time it reads the whole register, later what was added since.
func (v View) Guests(gate uint32) []uint32 {
	g := &v.l.registers.gates[gate]
	old := g.guests.Load()
	switch {
	case old != nil && old.edits == g.edits && old.count == g.count:
		return old.people
	case old == nil || old.edits != g.edits:
		old = &guests{}
	}
	fresh := guests{people: old.people, edits: g.edits, count: g.count}
	if g.count-old.count > 64 {
		fresh.people = v.l.registers.everybody(g, old, v.People())
	} else {
		var more []uint32
		for k := old.count; k < g.count; k++ {
			b, i := v.l.registers.slot(g, k)
			if _, ok := slices.BinarySearch(old.people, b.person[i]); !ok && b.person[i] != 0 {
				more = append(more, b.person[i])
			}
		}
		if len(more) > 0 {
			more = append(more, old.people...)
			slices.Sort(more)
			fresh.people = slices.Compact(more)
		}
	}
	g.guests.Store(&fresh)
	return fresh.people
}

// everybody joins the guests so far with those of the passes after them.
func (r *registers) everybody(g *register, old *guests, people int) []uint32 {
	set := make([]uint64, people/64+1)
	for _, p := range old.people {
		set[p/64] |= 1 << (p % 64)
	}
	for k := old.count; k < g.count; {
		b, i := r.slot(g, k)
		n := min(registerChunk-i%registerChunk, g.count-k)
		for _, p := range b.person[i : i+n] {
			set[p/64] |= 1 << (p % 64)
		}
		k += n
	}
	set[0] &^= 1 // nobody
	n := 0
	for _, w := range set {
		n += bits.OnesCount64(w)
	}
	list := make([]uint32, 0, n)
	for i, w := range set {
		for ; w != 0; w &= w - 1 {
			list = append(list, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return list
}
