package passlog

// registers is the passes of every gate, in order. A register knows its chunks in order; all but the last are full, and the
// first is empty up to skip.
type registers struct {
	blocks []*registerBlock
	used   uint32 // chunks that were ever given out
	free   []uint32
	gates  []register // by number of the gate
	narrow columns[uint8]
	wide   columns[uint64]
	spare  [registerChunk]uint64 // scratch
}

const (
	registerChunk  = 128     // passes
	registerChunks = 1 << 9  // in a block
	wideColumn     = 1 << 31 // of registerBlock.column
)

type registerBlock struct {
	at     [registerChunks * registerChunk]uint32
	person [registerChunks * registerChunk]uint32
	manner [registerChunks * registerChunk]uint8
	// The sequence of the i-th of a chunk is base + i where column is 0, else base + what the narrow column - 1 has, or what
	// the wide one has.
	base   [registerChunks]uint64
	column [registerChunks]uint32
}

type register struct {
	chunks []uint32
	count  uint32
	skip   uint32
	seen   sequences
	edits  uint32 // grows with every change but an append
	guests *guestBook
}

// record is one pass of a register.
type record struct {
	at, person uint32
	sequence   uint64
	manner     uint8
}

func (a record) before(b record) bool {
	return a.at < b.at || a.at == b.at && a.sequence < b.sequence
}

func (r *registers) take() uint32 {
	if n := len(r.free); n > 0 {
		c := r.free[n-1]
		r.free = r.free[:n-1]
		return c
	}
	if r.used == uint32(len(r.blocks)*registerChunks) {
		r.blocks = append(r.blocks, new(registerBlock))
	}
	r.used++
	return r.used - 1
}

func (r *registers) giveBack(c uint32) {
	r.dropColumn(c)
	r.free = append(r.free, c)
}

// slot gives the block of the k-th pass of a register, and the place in its columns.
func (r *registers) slot(g *register, k uint32) (*registerBlock, uint32) {
	s := g.skip + k
	c := g.chunks[s/registerChunk]
	return r.blocks[c/registerChunks], c%registerChunks*registerChunk + s%registerChunk
}

func (r *registers) sequence(b *registerBlock, place uint32) uint64 {
	c, i := place/registerChunk, place%registerChunk
	switch column := b.column[c]; {
	case column == 0:
		return b.base[c] + uint64(i)
	case column&wideColumn == 0:
		return b.base[c] + uint64(r.narrow.at(column - 1)[i])
	default:
		return r.wide.at(column &^ wideColumn)[i]
	}
}

func (r *registers) record(g *register, k uint32) record {
	b, i := r.slot(g, k)
	return record{at: b.at[i], person: b.person[i], manner: b.manner[i], sequence: r.sequence(b, i)}
}

// append adds a pass to the end of a register, if it comes after all of it, and reports whether it did.
func (r *registers) append(gate uint32, p record) bool {
	g := &r.gates[gate]
	if g.count > 0 {
		b, i := r.slot(g, g.count-1)
		if last := b.at[i]; last > p.at || last == p.at && r.sequence(b, i) > p.sequence {
			return false
		}
	}
	if (g.skip+g.count)%registerChunk == 0 {
		g.chunks = append(g.chunks, r.take())
	}
	g.count++
	b, i := r.slot(g, g.count-1)
	b.at[i], b.person[i], b.manner[i] = p.at, p.person, p.manner
	r.note(b, i, g.firstOf(g.count-1), p.sequence)
	return true
}

// firstOf gives the place, within its chunk, of the first pass in the chunk of the k-th.
func (g *register) firstOf(k uint32) uint32 {
	if g.skip+k < registerChunk {
		return g.skip
	}
	return 0
}

// lower gives how many passes are before a tick.
func (r *registers) lower(g *register, tick uint32) uint32 {
	lo, hi := uint32(0), uint32(len(g.chunks)) // to the first chunk whose last pass is not before
	for lo < hi {
		mid := (lo + hi) / 2
		c, place := g.chunks[mid], uint32(registerChunk-1)
		if mid == uint32(len(g.chunks))-1 {
			place = (g.skip + g.count - 1) % registerChunk
		}
		if r.blocks[c/registerChunks].at[c%registerChunks*registerChunk+place] >= tick {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo == uint32(len(g.chunks)) {
		return g.count
	}
	first := max(lo*registerChunk, g.skip) // slots
	c, last := g.chunks[lo], min((lo+1)*registerChunk, g.skip+g.count)
	i := c%registerChunks*registerChunk + first%registerChunk
	at := r.blocks[c/registerChunks].at[i : i+last-first]
	lo, hi = 0, last-first
	for lo < hi {
		if mid := (lo + hi) / 2; at[mid] >= tick {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return first - g.skip + lo
}

// find gives where the pass with a sequence is.
func (r *registers) find(g *register, sequence uint64) (k uint32, ok bool) {
	for n, c := range g.chunks {
		b, i := r.blocks[c/registerChunks], c%registerChunks
		column := b.column[i]
		if d := sequence - b.base[i]; column == 0 && d >= registerChunk || column != 0 && column&wideColumn == 0 && d > 255 {
			continue
		}
		from := max(uint32(n)*registerChunk, g.skip)
		for s := from; s < min(uint32(n+1)*registerChunk, g.skip+g.count); s++ {
			if r.sequence(b, i*registerChunk+s%registerChunk) == sequence {
				return s - g.skip, true
			}
		}
	}
	return 0, false
}

// whole gives the first pass of the chunk of the k-th.
func (g *register) whole(k uint32) uint32 {
	return max((g.skip+k)/registerChunk*registerChunk, g.skip) - g.skip
}

// replace puts passes in place of all from the k-th on, which must be the first of its chunk.
func (r *registers) replace(gate, k uint32, with []record) {
	g := &r.gates[gate]
	g.edits++
	g.count = k
	keep := (g.skip + k + registerChunk - 1) / registerChunk
	if k == 0 {
		keep = 0
	}
	for i := len(g.chunks) - 1; i >= int(keep); i-- { // so that they are taken again in their order
		r.giveBack(g.chunks[i])
	}
	g.chunks = g.chunks[:keep]
	if k == 0 {
		g.skip = 0
	}
	for len(with) > 0 {
		c := r.take()
		g.chunks = append(g.chunks, c)
		part := with[:min(registerChunk, len(with))]
		b, first := r.blocks[c/registerChunks], c%registerChunks*registerChunk
		for i, p := range part {
			place := first + uint32(i)
			b.at[place], b.person[place], b.manner[place] = p.at, p.person, p.manner
			r.spare[i] = p.sequence
		}
		r.encode(c, 0, r.spare[:len(part)])
		g.count += uint32(len(part))
		with = with[len(part):]
	}
}

// drop removes the first k passes.
func (r *registers) drop(gate, k uint32) {
	g := &r.gates[gate]
	if k >= g.count {
		r.replace(gate, 0, nil)
		g.chunks = nil
		return
	}
	g.edits++
	g.skip += k
	g.count -= k
	n := g.skip / registerChunk
	for _, c := range g.chunks[:n] {
		r.giveBack(c)
	}
	g.chunks = append([]uint32(nil), g.chunks[n:]...)
	g.skip %= registerChunk
}

// shift takes delta from all ticks.
func (r *registers) shift(delta uint32) {
	for _, b := range r.blocks {
		for i := range b.at {
			b.at[i] -= delta
		}
	}
}

func (r *registers) bytes() int {
	b := len(r.blocks)*(registerChunks*registerChunk*9+registerChunks*12) + 4*cap(r.free) + 96*cap(r.gates) + r.narrow.bytes() + 8*r.wide.bytes()
	for i := range r.gates {
		b += 4*cap(r.gates[i].chunks) + r.gates[i].seen.bytes()
		if known := r.gates[i].guests.Load(); known != nil {
			b += 4 * cap(known.people)
		}
	}
	return b
}
