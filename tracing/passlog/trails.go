package passlog

// trails is the passes of every person, in order. The chunks of a trail are linked; all but its last are full, and the
// first is empty up to skip.
type trails struct {
	blocks []*trailBlock
	used   uint32 // chunks that were ever given out
	free   []uint32
	heads  []trailHead // by number of the person
}

const (
	trailChunk  = 16      // entries
	trailChunks = 1 << 12 // in a block
)

type trailBlock struct {
	entries [trailChunks * trailChunk]Entry
	next    [trailChunks]uint32
}

type trailHead struct {
	first, last uint32 // chunks; meaningless for an empty trail
	count, skip uint32 // entries
}

func (h *trailHead) chunks() uint32 { return (h.skip + h.count + trailChunk - 1) / trailChunk }

func (t *trails) chunk(c uint32) []Entry {
	i := c % trailChunks * trailChunk
	return t.blocks[c/trailChunks].entries[i : i+trailChunk : i+trailChunk]
}

func (t *trails) next(c uint32) *uint32 { return &t.blocks[c/trailChunks].next[c%trailChunks] }

func (t *trails) take() uint32 {
	if n := len(t.free); n > 0 {
		c := t.free[n-1]
		t.free = t.free[:n-1]
		return c
	}
	if t.used == uint32(len(t.blocks)*trailChunks) {
		t.blocks = append(t.blocks, new(trailBlock))
	}
	t.used++
	return t.used - 1
}

// grow makes room for people up to a number, exclusive.
func (t *trails) grow(people int) {
	for len(t.heads) < people {
		t.heads = append(t.heads, trailHead{})
	}
}

// append adds an entry to the end of a trail, if it is later than all of it, and reports whether it did.
func (t *trails) append(person uint32, e Entry) bool {
	h := &t.heads[person]
	end := h.skip + h.count
	if h.count > 0 && t.chunk(h.last)[(end-1)%trailChunk].At >= e.At {
		return false
	}
	if end%trailChunk == 0 {
		c := t.take()
		if h.count == 0 {
			h.first = c
		} else {
			*t.next(h.last) = c
		}
		h.last = c
	}
	t.chunk(h.last)[end%trailChunk] = e
	h.count++
	return true
}

// walk hands out the entries of a trail from the k-th on, in pieces as long as chunks lie one after the other.
func (t *trails) walk(h trailHead, k uint32, yield func([]Entry) bool) {
	c, from := t.at(h, k)
	for left := h.count - k; left > 0; from = 0 {
		b, first := t.blocks[c/trailChunks], c%trailChunks
		last, n := first, min(trailChunk-from, left)
		for n < left && last+1 < trailChunks && b.next[last] == c-first+last+1 {
			last++
			n += min(trailChunk, left-n)
		}
		start := first*trailChunk + from
		if !yield(b.entries[start : start+n : start+n]) {
			return
		}
		left -= n
		c = b.next[last]
	}
}

// at gives the chunk of the k-th entry, and its place there. The trail must have it.
func (t *trails) at(h trailHead, k uint32) (chunk, place uint32) {
	if h.count == 0 {
		return 0, 0
	}
	c, slot := h.first, h.skip+k
	for range slot / trailChunk {
		c = *t.next(c)
	}
	return c, slot % trailChunk
}

// lower gives how many entries are before a tick.
func (t *trails) lower(h trailHead, tick uint32) (k uint32) {
	c, from := h.first, h.skip
	for k < h.count {
		n := min(trailChunk-from, h.count-k)
		part := t.chunk(c)[from : from+n]
		if part[n-1].At >= tick {
			for part[0].At < tick {
				part, k = part[1:], k+1
			}
			return k
		}
		k += n
		from = 0
		if k < h.count {
			c = *t.next(c)
		}
	}
	return k
}

// tail appends the entries from the k-th on to dst.
func (t *trails) tail(h trailHead, k uint32, dst []Entry) []Entry {
	t.walk(h, k, func(part []Entry) bool {
		dst = append(dst, part...)
		return true
	})
	return dst
}

// replace puts entries in place of all from the k-th on, which there must be.
func (t *trails) replace(person, k uint32, with []Entry) {
	h := &t.heads[person]
	chunks := h.chunks()
	c, place := t.at(*h, k)
	number := (h.skip + k) / trailChunk
	for n := uint32(copy(t.chunk(c)[place:], with)); n < uint32(len(with)); {
		if number++; number < chunks {
			c = *t.next(c)
		} else {
			fresh := t.take()
			*t.next(c), c = fresh, fresh
		}
		n += uint32(copy(t.chunk(c), with[n:]))
	}
	h.count = k + uint32(len(with))
	kept := h.chunks()
	if h.count == 0 {
		kept = 0
	}
	last, c := h.first, h.first
	for i := range max(chunks, kept) {
		following := c
		if i+1 < max(chunks, kept) {
			following = *t.next(c)
		}
		if i < kept {
			last = c
		} else {
			t.free = append(t.free, c)
		}
		c = following
	}
	h.last = last
	if h.count == 0 {
		*h = trailHead{}
	}
}

// drop removes the first k entries.
func (t *trails) drop(person, k uint32) {
	h := &t.heads[person]
	if k >= h.count {
		if h.count > 0 {
			t.replace(person, 0, nil)
		}
		return
	}
	h.skip += k
	h.count -= k
	for ; h.skip >= trailChunk; h.skip -= trailChunk {
		t.free = append(t.free, h.first)
		h.first = *t.next(h.first)
	}
}

// shift takes delta from all ticks.
func (t *trails) shift(delta uint32) {
	for _, b := range t.blocks {
		for i := range b.entries {
			b.entries[i].At -= delta
		}
	}
}

func (t *trails) bytes() int {
	return len(t.blocks)*(trailChunks*trailChunk*8+trailChunks*4) + 4*cap(t.free) + 16*cap(t.heads)
}
