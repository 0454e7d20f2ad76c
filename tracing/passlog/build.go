package passlog

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// Build gives the log of all that was added or placed, as if it had been appended. On an error a pass was not valid.
func (b *Bulk) Build() (*Log, error) {
	b.count(b.parts)
	b.layOut()
	for len(b.parts) > 0 {
		some := b.parts[:min(partsAtOnce, len(b.parts))]
		if err := b.place(some); err != nil {
			return nil, err
		}
		clear(some) // their memory can be used again
		b.parts = b.parts[len(some):]
	}
	b.scratch = nil
	b.ground.clear(b.log)
	f := finish{log: b.log}
	each(b.workers, f.look)
	each(b.workers, f.registers)
	each(b.workers, f.trails)
	for at, p := range b.ground.doubled {
		b.log.put(at.gate, record{at: p.at, person: p.person, sequence: at.sequence, manner: uint8(p.door)})
	}
	b.log.settle()
	b.ground = nil
	_, err := b.log.Append(b.rest...)
	return b.log, err
}

// partsAtOnce is how many added parts are placed at once.
const partsAtOnce = 16

// ground is the registers and trails that are being filled.
type ground struct {
	ready  bool     // everything is counted, and has its place
	gates  []uint32 // by gate: how many
	people []uint32 // by person: how many
	places []places // by gate
	sorts  [maxWorkers]bucketSort
	// doubled are the identities that came more than once: one of each is put in at the end.
	doubled map[place]raw
}

// places are those of a register: the next to fill, and the end.
type places struct{ next, end uint32 }

// each runs f on n goroutines.
func each(n int, f func(worker int)) {
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}

// sides runs what is to be done with registers on one goroutine, and what with trails on the others, each of which sees to
// every so manieth person.
func (b *Bulk) sides(registers func(), trails func(worker, of uint32)) {
	each(b.workers, func(w int) {
		if w == 0 {
			registers()
		} else {
			trails(uint32(w-1), uint32(b.workers-1))
		}
	})
}

// count counts passes by gate and person, and notes which have been seen.
func (b *Bulk) count(parts [][]raw) {
	l := b.log
	if b.ground == nil {
		l.registers.gates = make([]register, l.gates.len())
		for i := range l.registers.gates {
			l.registers.gates[i].guests = new(guestBook)
		}
		l.trails.grow(l.people.len())
		b.ground = &ground{gates: make([]uint32, l.gates.len()), people: make([]uint32, l.people.len()), doubled: map[place]raw{}}
	}
	g := b.ground
	b.sides(func() {
		for _, part := range parts {
			for i := range part {
				gate := part[i].door >> 8
				g.gates[gate]++
				if !l.registers.gates[gate].seen.add(uint64(part[i].sequence)) {
					g.doubled[place{gate, uint64(part[i].sequence)}] = part[i]
				}
			}
		}
	}, func(worker, of uint32) {
		for _, part := range parts {
			for i := range part {
				if p := part[i].person; of == 1 || p%of == worker {
					g.people[p]++
				}
			}
		}
	})
}

// layOut gives every register and trail its chunks, one after the other, and says at which places they begin.
func (b *Bulk) layOut() {
	l, g := b.log, b.ground
	if g.ready {
		return
	}
	g.ready = true
	chunk := uint32(0)
	for i, n := range g.gates {
		r := &l.registers.gates[i]
		r.seen.words = slices.Clip(append([]uint64(nil), r.seen.words...))
		if n := (n + registerChunk - 1) / registerChunk; n > 0 {
			r.chunks = make([]uint32, n)
		}
		for k := range r.chunks {
			r.chunks[k] = chunk + uint32(k)
		}
		g.places = append(g.places, places{chunk * registerChunk, chunk*registerChunk + n})
		chunk += uint32(len(r.chunks))
	}
	l.registers.used = chunk
	for range (chunk + registerChunks - 1) / registerChunks {
		l.registers.blocks = append(l.registers.blocks, new(registerBlock))
	}
	chunk = 0
	for p := 1; p < len(g.people); p++ {
		h := &l.trails.heads[p]
		h.first = chunk
		chunk += (g.people[p] + trailChunk - 1) / trailChunk
	}
	l.trails.used = chunk
	for range (chunk + trailChunks - 1) / trailChunks {
		l.trails.blocks = append(l.trails.blocks, new(trailBlock))
	}
}

// place puts passes into registers and onto trails, in the order in which they come.
func (b *Bulk) place(parts [][]raw) error {
	b.layOut()
	l, g := b.log, b.ground
	if len(g.doubled) > 0 {
		parts = b.single(parts)
	}
	var short atomic.Bool
	var flags [rareManners]uint32
	for i, m := range l.manners.list[:min(rareManners, len(l.manners.list))] {
		flags[i] = uint32(m.flags)
	}
	b.sides(func() {
		r := &l.registers
		rows := g.sorts[0].by(parts, func(p *raw) uint32 { return p.door >> (8 + gateBits) }, len(g.gates)>>gateBits+1)
		for i := range rows {
			p := &rows[i]
			to := &g.places[p.door>>8]
			at := to.next
			if at == to.end {
				short.Store(true)
				return
			}
			to.next++
			block, k := r.blocks[at/(registerChunks*registerChunk)], at%(registerChunks*registerChunk)
			block.at[k], block.person[k], block.manner[k] = p.at, p.person, uint8(p.door)
			if c := k / registerChunk; k%registerChunk != 0 && block.column[c] == 0 && block.base[c]+uint64(k%registerChunk) == uint64(p.sequence) {
				continue // by far the most
			}
			r.note(block, k, 0, uint64(p.sequence))
		}
	}, func(worker, of uint32) {
		t := &l.trails
		rows := g.sorts[1+worker].by(parts, func(p *raw) uint32 {
			if p.person == 0 || of != 1 && p.person%of != worker {
				return none
			}
			return p.person >> peopleBits
		}, len(g.people)>>peopleBits+1)
		for i := range rows {
			p := &rows[i]
			h := &t.heads[p.person]
			if h.count == g.people[p.person] {
				short.Store(true)
				return
			}
			at := h.first*trailChunk + h.count
			h.count++
			t.blocks[at/(trailChunks*trailChunk)].entries[at%(trailChunks*trailChunk)] = Entry{p.at, p.door&^0xff | flags[uint8(p.door)]}
		}
	})
	if short.Load() {
		return unusable("they are not what was counted")
	}
	return nil
}

// Passes are placed a bucket of gates or people after the other, so that what is written at one time is near in memory.
const (
	gateBits   = 5
	peopleBits = 10
)

// bucketSort sorts passes by bucket, in order of arrival within each.
type bucketSort struct {
	rows []raw
	next []uint32
}

// by gives the passes of parts that have a bucket, not none. What it gives is good until the next call.
func (s *bucketSort) by(parts [][]raw, bucket func(*raw) uint32, buckets int) []raw {
	s.next = append(s.next[:0], make([]uint32, buckets)...)
	for _, part := range parts {
		for i := range part {
			if k := bucket(&part[i]); k != none {
				s.next[k]++
			}
		}
	}
	n := uint32(0)
	for k, count := range s.next {
		s.next[k] = n
		n += count
	}
	if uint32(cap(s.rows)) < n {
		s.rows = make([]raw, n)
	}
	rows := s.rows[:n]
	for _, part := range parts {
		for i := range part {
			if k := bucket(&part[i]); k != none {
				rows[s.next[k]] = part[i]
				s.next[k]++
			}
		}
	}
	return rows
}

// single takes out what came more than once.
func (b *Bulk) single(parts [][]raw) [][]raw {
	for n, part := range parts {
		parts[n] = slices.DeleteFunc(part, func(p raw) bool {
			_, doubled := b.ground.doubled[place{p.door >> 8, uint64(p.sequence)}]
			return doubled
		})
	}
	return parts
}

// clear gives back the chunks that were counted and not used, and links those of trails.
func (g *ground) clear(l *Log) {
	for i := range l.registers.gates {
		r := &l.registers.gates[i]
		r.count = g.gates[i] - (g.places[i].end - g.places[i].next)
		l.count += int(r.count)
		for len(r.chunks) > int((r.count+registerChunk-1)/registerChunk) {
			l.registers.giveBack(r.chunks[len(r.chunks)-1])
			r.chunks = r.chunks[:len(r.chunks)-1]
		}
	}
	t := &l.trails
	for p := 1; p < len(t.heads); p++ {
		h := &t.heads[p]
		end := h.first + (g.people[p]+trailChunk-1)/trailChunk
		for c := h.first + h.chunks(); c < end; c++ {
			t.free = append(t.free, c)
		}
		if h.count == 0 {
			*h = trailHead{}
			continue
		}
		h.last = h.first + h.chunks() - 1
		for c := h.first; c < h.last; c++ {
			*t.next(c) = c + 1
		}
	}
}

// finish brings registers and trails into order that were filled out of order.
type finish struct {
	log                   *Log
	looked, gates, people atomic.Int32
	mu                    sync.Mutex // while columns of sequences move
	unordered             []int      // gates
}

// look finds the registers that are not in order.
func (f *finish) look(int) {
	r := &f.log.registers
	for i := int(f.looked.Add(1)) - 1; i < len(r.gates); i = int(f.looked.Add(1)) - 1 {
		if !r.ordered(&r.gates[i]) {
			f.mu.Lock()
			f.unordered = append(f.unordered, i)
			f.mu.Unlock()
		}
	}
}

// registers sorts those that look has found.
func (f *finish) registers(int) {
	r := &f.log.registers
	var records []record
	for i := int(f.gates.Add(1)) - 1; i < len(f.unordered); i = int(f.gates.Add(1)) - 1 {
		g := &r.gates[f.unordered[i]]
		records = records[:0]
		f.mu.Lock()
		for k := range g.count {
			records = append(records, r.record(g, k))
		}
		f.mu.Unlock()
		slices.SortFunc(records, func(a, b record) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.sequence, b.sequence)) })
		for k, p := range records {
			b, place := r.slot(g, uint32(k))
			b.at[place], b.person[place], b.manner[place] = p.at, p.person, p.manner
		}
		f.mu.Lock()
		for rest, n := records, 0; len(rest) > 0; n++ {
			part := rest[:min(registerChunk, len(rest))]
			for k, p := range part {
				r.spare[k] = p.sequence
			}
			r.encode(g.chunks[n], 0, r.spare[:len(part)])
			rest = rest[len(part):]
		}
		f.mu.Unlock()
	}
}

// ordered reports whether a register that begins with a chunk is in order. It looks at sequences only where times are equal.
func (r *registers) ordered(g *register) bool {
	last, any := uint32(0), false
	for n, c := range g.chunks {
		b, first := r.blocks[c/registerChunks], c%registerChunks*registerChunk
		for i, at := range b.at[first : first+min(registerChunk, g.count-uint32(n)*registerChunk)] {
			if any && (at < last || at == last && !r.record(g, uint32(n*registerChunk+i)-1).before(r.record(g, uint32(n*registerChunk+i)))) {
				return false
			}
			last, any = at, true
		}
	}
	return true
}

// peoplePortion is how many trails are looked at in one go.
const peoplePortion = 1 << 10

// trails sees to people, on several goroutines. The registers must be done.
func (f *finish) trails(int) {
	t := &f.log.trails
	var entries []Entry
	for i := int(f.people.Add(1)) - 1; i*peoplePortion < len(t.heads); i = int(f.people.Add(1)) - 1 {
		for p := i * peoplePortion; p < min((i+1)*peoplePortion, len(t.heads)); p++ {
			h := t.heads[p]
			ordered, last := true, int64(-1)
			t.walk(h, 0, func(part []Entry) bool {
				for i := range part {
					ordered = ordered && int64(part[i].At) > last
					last = int64(part[i].At)
				}
				return ordered
			})
			if ordered {
				continue
			}
			entries = t.tail(h, 0, entries[:0])
			slices.SortFunc(entries, f.log.compare)
			f.log.settleFlags(uint32(p), entries)
			rest := entries
			t.walk(h, 0, func(part []Entry) bool {
				rest = rest[copy(part, rest):]
				return true
			})
		}
	}
}
