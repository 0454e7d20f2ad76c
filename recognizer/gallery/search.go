package gallery

import (
	"math"
	"unsafe"

	"menshen"
)

// Query says who is looked for.
type Query struct {
	Descriptor menshen.Descriptor // of the gallery's engine
	K          int                // how many people at most; 0: everybody within the distance
	Within     float64            // the distance up to which people count; 0: any. The smaller, the faster
	// Permitted says whether a person counts, nil: everybody does. It is asked for the nearest only, perhaps more than
	// once, and must not change its mind during a search.
	Permitted func(person string) bool
}

// Search gives up to k different people, nearest first, each with their nearest template and its distance; people at
// the same distance in order of their ids. The answer is exact. An empty gallery gives none and no error. CodeInvalid
// for a descriptor that is not of this engine.
func (g *Gallery) Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error) {
	return g.SearchWithin(d, k, math.Inf(1))
}

// SearchWithin is Search among people who are not farther than a distance. The nearer the bound, the faster it is.
func (g *Gallery) SearchWithin(d menshen.Descriptor, k int, distance float64) ([]menshen.Candidate, error) {
	const op = "gallery.search"
	if err := g.checkDescriptor(op, d); err != nil {
		return nil, err
	}
	if math.IsNaN(distance) {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the distance to search within is no number")
	}
	if k < 1 || distance < 0 {
		return nil, nil
	}
	p := g.probes.Get().(*probe)
	defer g.probes.Put(p)
	return p.search(g, d, k, distance, nil), nil
}

// SearchQuery is Search with all that a query may say. CodeInvalid also for a negative K or Within, or one that is no number.
func (g *Gallery) SearchQuery(q Query) ([]menshen.Candidate, error) {
	if err := g.checkQuery(q); err != nil {
		return nil, err
	}
	p := g.probes.Get().(*probe)
	defer g.probes.Put(p)
	k, within := q.limits()
	return p.search(g, q.Descriptor, k, within, q.Permitted), nil
}

func (g *Gallery) checkQuery(q Query) error {
	const op = "gallery.search"
	if !(q.Within >= 0) || q.K < 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "nobody can be among %d people within %g", q.K, q.Within).
			WithHint("ask for 0 or more people, within 0 or more")
	}
	return g.checkDescriptor(op, q.Descriptor)
}

// limits gives what zeros stand for.
func (q Query) limits() (k int, within float64) {
	if k, within = q.K, q.Within; k == 0 {
		k = math.MaxInt
	}
	if within == 0 {
		within = math.Inf(1)
	}
	return k, within
}

// probe is a descriptor that is looked for, and what a search needs room for. Not safe for concurrent use.
type probe struct {
	descriptor menshen.Descriptor
	padded     []float32 // the same, with zeros up to the stride
	nearest    nearest

	rotation *rotation // of the snapshot
	coder    *coder
	code     [codeBytes]int8
	base     int32
	shift    uint    // of the scores
	seeded   bool    // there was a search for a first bound
	rounding float64 // of the code and of any code of the snapshot, in units

	scores, least []byte // of rows and of groups
	rows          []uint32
	addresses     []unsafe.Pointer
	squared       []float32
}

func newProbe(stride int) *probe {
	return &probe{
		padded: make([]float32, stride), coder: newCoder(stride), rows: make([]uint32, queue+blockRows),
		addresses: make([]unsafe.Pointer, queue), squared: make([]float32, queue),
	}
}

// queue is how many rows are measured at once; seeds how many groups are looked into for a first bound.
const (
	queue = 256
	seeds = 16
)

func (p *probe) search(g *Gallery, d menshen.Descriptor, k int, within float64, permitted func(string) bool) []menshen.Candidate {
	s := g.now.Load()
	p.begin(g.kernel, s, d, k, within, permitted)
	p.visit(g.kernel, 0, s.coded)
	all := p.nearest.candidates()
	p.end()
	return all
}

// begin makes the code of a descriptor and measures the rows that have none.
func (p *probe) begin(k kernel, s *snapshot, d menshen.Descriptor, people int, within float64, permitted func(string) bool) {
	p.descriptor = d
	copy(p.padded, d)
	p.nearest.reset(s, people, within, permitted)
	p.seeded = false
	if p.rotation = s.rotation; s.rotation != nil {
		p.encode(k, s)
	}
	rows := p.rows[:0]
	for row := s.coded; row < s.rows; row++ {
		if rows = append(rows, uint32(row)); len(rows) == queue {
			p.measure(k, rows)
			rows = rows[:0]
		}
	}
	p.measure(k, rows)
}

// end forgets whom the search was for, so that a waiting probe holds no memory of the gallery.
func (p *probe) end() {
	p.descriptor, p.rotation = nil, nil
	p.nearest.reset(nil, 0, 0, nil)
	clear(p.addresses)
}

func (p *probe) encode(k kernel, s *snapshot) {
	r := s.rotation
	p.rounding = r.numbersOf(k, p.coder, p.padded) + s.rounding
	sum, square := 0, 0
	for i, v := range p.coder.numbers[:codeNumbers] {
		n := int(v)
		sum += n
		square += n * n
		p.code[i] = int8(-n)
	}
	p.code[codeNumbers], p.code[codeNumbers+1] = lengthOne, 1
	p.base = int32(128*sum + (square+1)/2)
}

// visit searches the coded rows from one to another, both multiples of blockRows or the end.
func (p *probe) visit(k kernel, from, to int) {
	if from >= to {
		return
	}
	n := &p.nearest
	p.scan(k, from, to, p.rotation.shift)
	for want := max(seeds, 2*min(n.k, to-from)); n.k <= to-from && (!p.seeded || !n.full); want *= 4 {
		p.seeded = true
		m := p.threshold(want)
		if p.limit(n.bound) <= float64(m) {
			break
		}
		p.seed(k, from, byte(m))
		if n.k > few {
			n.settle()
		}
		if m == 255 {
			break
		}
	}
	limit := p.limit(n.bound)
	if limit >= 255 && !math.IsInf(limit, 1) { // the scores do not tell
		p.scan(k, from, to, lastShift)
		limit = p.limit(n.bound)
	}
	rows := p.rows[:0]
	for row := from; row < to && limit >= 0; row += blockRows {
		groups := (min(to-row, blockRows)) / groupRows
		found := k.collect(&p.scores[row-from], groups, byte(min(limit, 255)), uint32(row), &p.rows[:len(rows)+1][len(rows)])
		if rows = rows[:len(rows)+found]; len(rows) >= queue {
			p.measure(k, rows)
			rows = rows[:0]
			limit = p.limit(n.bound)
		}
	}
	p.measure(k, rows)
}

// scan scores the rows from one to another.
func (p *probe) scan(k kernel, from, to int, shift uint) {
	p.shift = shift
	if cap(p.scores) < to-from {
		p.scores, p.least = make([]byte, to-from+(to-from)/8), make([]byte, (to-from+(to-from)/8)/groupRows+1)
	}
	s := p.nearest.snapshot
	p.scores, p.least = p.scores[:to-from], p.least[:(to-from)/groupRows]
	for row := from; row < to; row += blockRows {
		groups := min(to-row, blockRows) / groupRows
		k.scan(&s.blocks[row/blockRows].codes[0], groups, &p.code[0], codeBytes/4, p.base, p.shift,
			&p.scores[row-from], &p.least[(row-from)/groupRows])
	}
}

// threshold gives the score that at least so many groups have a row at or below, 255 if there are fewer.
func (p *probe) threshold(groups int) int {
	var counts [256]uint32
	for _, m := range p.least {
		counts[m]++
	}
	sum := 0
	for m, n := range counts {
		if sum += int(n); sum >= groups {
			return m
		}
	}
	return 255
}

// seed measures the rows with scores up to a limit, those that look nearest first.
func (p *probe) seed(k kernel, from int, limit byte) {
	rows := p.rows[:0]
	for g, m := range p.least {
		if m > limit {
			continue
		}
		found := k.collect(&p.scores[g*groupRows], 1, limit, uint32(from+g*groupRows), &p.rows[:len(rows)+1][len(rows)])
		if rows = rows[:len(rows)+found]; len(rows) >= queue {
			p.measure(k, rows)
			rows = rows[:0]
		}
	}
	p.measure(k, rows)
}

// measure offers rows whose float32 distance leaves that open.
func (p *probe) measure(k kernel, rows []uint32) {
	n := &p.nearest
	for len(rows) > 0 {
		part := rows[:min(len(rows), queue)]
		rows = rows[len(part):]
		for i, row := range part {
			p.addresses[i] = n.snapshot.address(int(row))
		}
		squared := p.squared[:len(part)]
		k.distances(&p.padded[0], len(p.padded), &p.addresses[0], len(part), &squared[0])
		for tries := 0; !n.full && tries < 2*n.k && n.k <= few; tries++ { // the nearest first, as long as there is no bound
			at := 0
			for i, s := range squared {
				if s < squared[at] {
					at = i
				}
			}
			if !(squared[at] <= ceiling(n.bound, len(p.padded))) {
				break
			}
			p.offer(int(part[at]))
			squared[at] = float32(math.Inf(1))
		}
		limit := ceiling(n.bound, len(p.padded))
		for i, s := range squared {
			if s <= limit {
				p.offer(int(part[i]))
				limit = ceiling(n.bound, len(p.padded))
			}
		}
	}
}

// offer measures again, as everybody else would.
func (p *probe) offer(row int) {
	v := menshen.Descriptor(p.nearest.snapshot.vector(row))
	p.nearest.offer(row, p.descriptor.Distance(v))
}
