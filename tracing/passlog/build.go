package passlog

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Build gives the log of all that was added, as if it had been appended. On an error a pass was not valid.
func (b *Bulk) Build() (*Log, error) {
	l := b.log
	l.registers.gates = make([]register, l.gates.len())
	for i := range l.registers.gates {
		l.registers.gates[i].guests = new(guestBook)
	}
	l.trails.heads = make([]trailHead, l.people.len())
	s := scatter{log: l, parts: b.parts, workers: min(max(runtime.GOMAXPROCS(0), 1), 8)}
	s.each(s.single)
	s.gates, s.people = make([][]uint32, s.workers), make([][]uint32, s.workers)
	s.each(s.measure)
	gates, people := s.layOut()
	sorted := make([]raw, l.count)
	s.spread(sorted, byGate(), s.gates, func(part []raw) { s.fillRegisters(part, gates) })
	s.spread(sorted, byPerson(), s.people, func(part []raw) { s.fillTrails(part, people) })
	b.parts, s.parts = nil, nil
	s.loose = make([][]uint32, s.workers)
	s.each(s.finishRegisters)
	s.encode()
	s.sequences = nil
	s.each(s.finishTrails)
	_, err := l.Append(b.rest...)
	return l, err
}

// scatter is a counting sort of raw passes into registers and trails, on several processors.
type scatter struct {
	log     *Log
	workers int
	parts   [][]raw
	gates   [][]uint32 // how many, by worker and gate
	people  [][]uint32 // the same by person
	// sequences by place in the registers, and the chunks in which they do not follow from it, by worker.
	sequences []uint32
	loose     [][]uint32
}

func (s *scatter) each(f func(worker int)) {
	var wg sync.WaitGroup
	for w := range s.workers {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}

// share gives the part of n that a worker sees to.
func (s *scatter) share(worker, n int) (from, to int) {
	return worker * n / s.workers, (worker + 1) * n / s.workers
}

// single marks all passes of an identity but the first; each worker sees to its gates.
func (s *scatter) single(worker int) {
	for _, part := range s.parts {
		for i := range part {
			if gate := part[i].door >> 8; int(gate)%s.workers == worker && !s.log.registers.gates[gate].seen.add(uint64(part[i].sequence)) {
				part[i].person = none
			}
		}
	}
	for g := worker; g < len(s.log.registers.gates); g += s.workers {
		seen := &s.log.registers.gates[g].seen
		seen.words = slices.Clip(append([]uint64(nil), seen.words...))
	}
}

func (s *scatter) measure(worker int) {
	gates, people := make([]uint32, s.log.gates.len()), make([]uint32, s.log.people.len())
	from, to := s.share(worker, len(s.parts))
	for _, part := range s.parts[from:to] {
		for i := range part {
			if part[i].person != none {
				gates[part[i].door>>8]++
				people[part[i].person]++
			}
		}
	}
	s.gates[worker], s.people[worker] = gates, people
}

// layOut gives every register and trail its chunks, one after the other, and says at which places they begin.
func (s *scatter) layOut() (gates, people []uint32) {
	l := s.log
	gates, people = make([]uint32, len(l.registers.gates)), make([]uint32, len(l.trails.heads))
	chunk := uint32(0)
	for g := range l.registers.gates {
		r := &l.registers.gates[g]
		for _, counts := range s.gates {
			r.count += counts[g]
		}
		gates[g] = chunk * registerChunk
		if n := (r.count + registerChunk - 1) / registerChunk; n > 0 {
			r.chunks = make([]uint32, n)
		}
		for i := range r.chunks {
			r.chunks[i] = chunk + uint32(i)
		}
		chunk += uint32(len(r.chunks))
		l.count += int(r.count)
	}
	l.registers.used = chunk
	for range (chunk + registerChunks - 1) / registerChunks {
		l.registers.blocks = append(l.registers.blocks, new(registerBlock))
	}
	s.sequences = make([]uint32, chunk*registerChunk)
	chunk = 0
	for p := 1; p < len(l.trails.heads); p++ {
		h := &l.trails.heads[p]
		for _, counts := range s.people {
			h.count += counts[p]
		}
		people[p] = chunk * trailChunk
		if h.count > 0 {
			h.first = chunk
			chunk += h.chunks()
			h.last = chunk - 1
		}
	}
	l.trails.used = chunk
	for range (chunk + trailChunks - 1) / trailChunks {
		l.trails.blocks = append(l.trails.blocks, new(trailBlock))
	}
	return gates, people
}

// order is by what passes are spread: key in a bucket together, so that what is filled at one time stays near the processor.
type order struct {
	shift uint32
	key   func(*raw) uint32
}

func byGate() order { return order{shift: 6, key: func(r *raw) uint32 { return r.door >> 8 }} }

func byPerson() order { return order{shift: 10, key: func(r *raw) uint32 { return r.person }} }

// spread sorts the passes that count by bucket, in order of arrival within each, and has every bucket filled in. counts are
// by worker and key.
func (s *scatter) spread(sorted []raw, by order, counts [][]uint32, fill func([]raw)) {
	buckets := (len(counts[0]) + 1<<by.shift - 1) >> by.shift
	next := make([][]uint32, s.workers) // by worker and bucket
	for w := range next {
		next[w] = make([]uint32, buckets)
	}
	ends := make([]uint32, buckets)
	at := uint32(0)
	for b := range buckets {
		for w := range counts {
			next[w][b] = at
			for _, n := range counts[w][b<<by.shift : min((b+1)<<by.shift, len(counts[w]))] {
				at += n
			}
		}
		ends[b] = at
	}
	s.each(func(worker int) {
		next := next[worker]
		from, to := s.share(worker, len(s.parts))
		for _, part := range s.parts[from:to] {
			for i := range part {
				if r := &part[i]; r.person != none {
					b := by.key(r) >> by.shift
					sorted[next[b]] = *r
					next[b]++
				}
			}
		}
	})
	var taken atomic.Int32
	s.each(func(int) {
		for b := int(taken.Add(1)) - 1; b < buckets; b = int(taken.Add(1)) - 1 {
			begin := uint32(0)
			if b > 0 {
				begin = ends[b-1]
			}
			fill(sorted[begin:ends[b]])
		}
	})
}

// fillRegisters puts passes into their registers; gates says where the next of each gate goes.
func (s *scatter) fillRegisters(part []raw, gates []uint32) {
	blocks := s.log.registers.blocks
	for i := range part {
		r := &part[i]
		at := gates[r.door>>8]
		gates[r.door>>8]++
		b, place := blocks[at/(registerChunks*registerChunk)], at%(registerChunks*registerChunk)
		b.at[place], b.person[place], b.manner[place] = r.at, r.person, uint8(r.door)
		s.sequences[at] = r.sequence
	}
}

// fillTrails puts passes onto their trails; people says where the next of each person goes.
func (s *scatter) fillTrails(part []raw, people []uint32) {
	blocks := s.log.trails.blocks
	var flags [rareManners]uint32
	for i, m := range s.log.manners.list[:min(rareManners, len(s.log.manners.list))] {
		flags[i] = uint32(m.flags)
	}
	for i := range part {
		r := &part[i]
		if r.person == 0 {
			continue
		}
		at := people[r.person]
		people[r.person]++
		blocks[at/(trailChunks*trailChunk)].entries[at%(trailChunks*trailChunk)] = Entry{r.at, r.door&^0xff | flags[uint8(r.door)]}
	}
}

// finishRegisters brings registers into order, and sets the sequences of the chunks where they follow from the place.
func (s *scatter) finishRegisters(worker int) {
	r := &s.log.registers
	from, to := s.share(worker, len(r.gates))
	var records []record
	for i := from; i < to; i++ {
		g := &r.gates[i]
		ordered := true
		for k := uint32(1); k < g.count && ordered; k++ {
			ordered = s.record(g, k-1).before(s.record(g, k))
		}
		if !ordered {
			records = records[:0]
			for k := range g.count {
				records = append(records, s.record(g, k))
			}
			slices.SortFunc(records, func(a, b record) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.sequence, b.sequence)) })
			for k, p := range records {
				b, place := r.slot(g, uint32(k))
				b.at[place], b.person[place], b.manner[place] = p.at, p.person, p.manner
				s.sequences[g.chunks[0]*registerChunk+uint32(k)] = uint32(p.sequence)
			}
		}
		for n, c := range g.chunks {
			all := s.chunk(g, n)
			follows := true
			for j := 1; j < len(all) && follows; j++ {
				follows = all[j] == all[0]+uint32(j)
			}
			r.blocks[c/registerChunks].base[c%registerChunks] = uint64(all[0])
			if !follows {
				s.loose[worker] = append(s.loose[worker], uint32(i), uint32(n))
			}
		}
	}
}

func (s *scatter) record(g *register, k uint32) record {
	b, place := s.log.registers.slot(g, k)
	return record{at: b.at[place], person: b.person[place], manner: b.manner[place], sequence: uint64(s.sequences[g.chunks[0]*registerChunk+k])}
}

// chunk gives the sequences of the n-th chunk of a register.
func (s *scatter) chunk(g *register, n int) []uint32 {
	first := g.chunks[n] * registerChunk
	return s.sequences[first : first+min(registerChunk, g.count-uint32(n)*registerChunk)]
}

// encode keeps the sequences that do not follow from the place.
func (s *scatter) encode() {
	var all [registerChunk]uint64
	for _, loose := range s.loose {
		for ; len(loose) > 0; loose = loose[2:] {
			g := &s.log.registers.gates[loose[0]]
			part := s.chunk(g, int(loose[1]))
			for i, q := range part {
				all[i] = uint64(q)
			}
			s.log.registers.encode(g.chunks[loose[1]], 0, all[:len(part)])
		}
	}
}

// finishTrails links the chunks of trails and brings their entries into order. The registers must be done.
func (s *scatter) finishTrails(worker int) {
	t := &s.log.trails
	from, to := s.share(worker, len(t.heads))
	var entries []Entry
	for p := max(from, 1); p < to; p++ {
		h := t.heads[p]
		if h.count == 0 {
			continue
		}
		for c := h.first; c < h.last; c++ {
			*t.next(c) = c + 1
		}
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
		slices.SortFunc(entries, s.log.compare)
		s.log.settleFlags(uint32(p), entries)
		rest := entries
		t.walk(h, 0, func(part []Entry) bool {
			rest = rest[copy(part, rest):]
			return true
		})
	}
}
