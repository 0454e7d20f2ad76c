package passlog

// columns is the sequences of chunks where they do not follow from the place.
type columns[T uint8 | uint64] struct {
	blocks []*[columnsInBlock][registerChunk]T
	used   uint32
	free   []uint32
}

const columnsInBlock = 64

func (c *columns[T]) at(n uint32) *[registerChunk]T {
	return &c.blocks[n/columnsInBlock][n%columnsInBlock]
}

func (c *columns[T]) take() uint32 {
	if n := len(c.free); n > 0 {
		k := c.free[n-1]
		c.free = c.free[:n-1]
		return k
	}
	if c.used == uint32(len(c.blocks)*columnsInBlock) {
		c.blocks = append(c.blocks, new([columnsInBlock][registerChunk]T))
	}
	c.used++
	return c.used - 1
}

func (c *columns[T]) bytes() int { return len(c.blocks)*columnsInBlock*registerChunk + 4*cap(c.free) }

// note keeps the sequence of a pass that was added to the end of a chunk whose first pass is at the place first.
func (r *registers) note(b *registerBlock, place, first uint32, sequence uint64) {
	c, i := place/registerChunk, place%registerChunk
	switch column := b.column[c]; {
	case i == first:
		b.base[c], b.column[c] = sequence-uint64(i), 0
		return
	case column == 0:
		if b.base[c]+uint64(i) == sequence {
			return
		}
	case column&wideColumn == 0:
		if d := sequence - b.base[c]; d < 256 {
			r.narrow.at(column - 1)[i] = uint8(d)
			return
		}
	default:
		r.wide.at(column &^ wideColumn)[i] = sequence
		return
	}
	all := r.spare[first : i+1]
	for j := range all[:i-first] {
		all[j] = r.sequence(b, c*registerChunk+first+uint32(j))
	}
	all[i-first] = sequence
	r.encodeIn(b, c, first, all)
}

// encode keeps the sequences of a chunk from a place on.
func (r *registers) encode(chunk, first uint32, all []uint64) {
	r.encodeIn(r.blocks[chunk/registerChunks], chunk%registerChunks, first, all)
}

func (r *registers) encodeIn(b *registerBlock, c, first uint32, all []uint64) {
	r.dropIn(b, c)
	least, most, plain := all[0], all[0], true
	for i, s := range all {
		least, most = min(least, s), max(most, s)
		plain = plain && s == all[0]+uint64(i)
	}
	switch {
	case plain:
		b.base[c] = all[0] - uint64(first)
	case most-least < 256:
		n := r.narrow.take()
		column := r.narrow.at(n)
		for i, s := range all {
			column[first+uint32(i)] = uint8(s - least)
		}
		b.base[c], b.column[c] = least, n+1
	default:
		n := r.wide.take()
		copy(r.wide.at(n)[first:], all)
		b.column[c] = n | wideColumn
	}
}

func (r *registers) dropColumn(chunk uint32) {
	r.dropIn(r.blocks[chunk/registerChunks], chunk%registerChunks)
}

func (r *registers) dropIn(b *registerBlock, c uint32) {
	switch column := b.column[c]; {
	case column == 0:
	case column&wideColumn == 0:
		r.narrow.free = append(r.narrow.free, column-1)
	default:
		r.wide.free = append(r.wide.free, column&^wideColumn)
	}
	b.column[c] = 0
}
