package passlog

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
)

// Build gives the log of all that was added, as if it had been appended. On an error a pass was not valid.
func (b *Bulk) Build() (*Log, error) {
	l := b.log
	l.registers.gates = make([]register, l.gates.len())
	l.trails.heads = make([]trailHead, l.people.len())
	s := scatter{log: l, parts: b.parts, workers: min(max(runtime.GOMAXPROCS(0), 1), 8)}
	s.each(s.single)
	s.gates, s.people = make([][]uint32, s.workers), make([][]uint32, s.workers)
	s.each(s.measure)
	s.layOut()
	s.each(s.move)
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
	gates   [][]uint32 // by worker and gate: first how many, then where the next goes
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

// layOut gives every register and trail its chunks, one after the other, and turns counts into places.
func (s *scatter) layOut() {
	l := s.log
	chunk := uint32(0)
	for g := range l.registers.gates {
		r := &l.registers.gates[g]
		r.count = places(s.gates, g, chunk*registerChunk)
		n := (r.count + registerChunk - 1) / registerChunk
		if n > 0 {
			r.chunks = make([]uint32, n)
		}
		for i := range r.chunks {
			r.chunks[i] = chunk + uint32(i)
		}
		chunk += n
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
		h.count = places(s.people, p, chunk*trailChunk)
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
}

// places turns the counts of one key into the places where each worker begins, and gives the sum.
func places(counts [][]uint32, key int, at uint32) (sum uint32) {
	for w := range counts {
		counts[w][key], sum = at+sum, sum+counts[w][key]
	}
	return sum
}

func (s *scatter) move(worker int) {
	gates, people := s.gates[worker], s.people[worker]
	registers, trails := s.log.registers.blocks, s.log.trails.blocks
	var flags [rareManners]uint32
	for i, m := range s.log.manners.list[:min(rareManners, len(s.log.manners.list))] {
		flags[i] = uint32(m.flags)
	}
	from, to := s.share(worker, len(s.parts))
	for _, part := range s.parts[from:to] {
		for i := range part {
			r := &part[i]
			if r.person == none {
				continue
			}
			at := gates[r.door>>8]
			gates[r.door>>8]++
			b, place := registers[at/(registerChunks*registerChunk)], at%(registerChunks*registerChunk)
			b.at[place], b.person[place], b.manner[place] = r.at, r.person, uint8(r.door)
			s.sequences[at] = r.sequence
			if r.person == 0 {
				continue
			}
			at = people[r.person]
			people[r.person]++
			trails[at/(trailChunks*trailChunk)].entries[at%(trailChunks*trailChunk)] = Entry{r.at, r.door&^0xff | flags[uint8(r.door)]}
		}
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
