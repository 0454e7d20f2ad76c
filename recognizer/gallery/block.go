package gallery

import (
	"encoding/binary"
	"slices"
)

const (
	groupRows = 64                      // rows whose codes lie interleaved, and which share a page
	blockRows = blockSize * groupRows   // rows whose codes lie in one piece: what a removal copies, 80 KB
	blockSize = 32                      // groups of a block
	maxRows   = 1<<32 - 1 - 2*blockRows // rows are numbered with 32 bits
)

// block is up to blockRows templates in pages of groupRows. What a snapshot counts is never changed; what lies beyond
// belongs to the writers, who fill it up for the next snapshots.
type block struct {
	codes []byte // of the groups that are coded; nil before there is a rotation
	pages [blockSize]*page
	first [blockSize]*float32 // of each page's vectors: a search then waits for memory once a row, not twice
}

// put makes a page the one with a row; nil takes it out.
func (b *block) put(row int, p *page) {
	at := row / groupRows % blockSize
	if b.pages[at], b.first[at] = p, nil; p != nil {
		b.first[at] = &p.vectors[0]
	}
}

// page is up to groupRows templates.
type page struct {
	vectors []float32        // row after row, stride numbers each
	names   *[groupRows]pair // apart, as together they would not fit the allocator's sizes
	long    []string         // ids that are too long for a name
}

type pair struct{ person, template name }

func newPage(stride int) *page {
	return &page{vectors: make([]float32, groupRows*stride), names: new([groupRows]pair)}
}

// clone copies what the first n rows of a page need.
func (p *page) clone(n, stride int) *page {
	c := newPage(stride)
	copy(c.vectors, p.vectors[:n*stride])
	for i := range n {
		c.names[i] = pair{c.adopt(p.names[i].person, p.long), c.adopt(p.names[i].template, p.long)}
	}
	return c
}

// adopt makes a name of another page, with its long ones, one of this page.
func (p *page) adopt(n name, long []string) name {
	if n.long() {
		return p.keep(n, long[binary.LittleEndian.Uint32(n[12:])])
	}
	return n
}

// keep gives a name with the text of its id, if the name cannot hold it.
func (p *page) keep(n name, id string) name {
	if n.long() {
		i := slices.Index(p.long, id)
		if i < 0 {
			i = len(p.long)
			p.long = append(slices.Clip(p.long), id)
		}
		binary.LittleEndian.PutUint32(n[12:], uint32(i))
	}
	return n
}

// same reports whether two names, each of a page, are of one id.
func same(a name, p *page, b name, q *page) bool {
	if !a.long() || !b.long() {
		return a == b
	}
	return a.hash() == b.hash() && p.long[binary.LittleEndian.Uint32(a[12:])] == q.long[binary.LittleEndian.Uint32(b[12:])]
}

// is reports whether a name of this page is of an id, whose name n is but for its number.
func (p *page) is(a, n name, id string) bool {
	if !a.long() || !n.long() {
		return a == n
	}
	return a.hash() == n.hash() && p.long[binary.LittleEndian.Uint32(a[12:])] == id
}

// person gives the id of the person of a row.
func (s *snapshot) person(row int) string {
	var room [64]byte
	p := s.page(row)
	return string(p.names[row%groupRows].person.append(room[:0], p.long))
}

// template gives the id of the template in a row.
func (s *snapshot) template(row int) string {
	var room [64]byte
	p := s.page(row)
	return string(p.names[row%groupRows].template.append(room[:0], p.long))
}
