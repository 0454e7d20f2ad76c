package gallery

import (
	"slices"
	"unsafe"
)

// snapshot is the gallery at one moment. All blocks and pages but the last are full; none is empty.
type snapshot struct {
	stride   int
	blocks   []*block
	rows     int
	people   int
	coded    int       // rows that have codes, a multiple of groupRows; those after them are fresh and scanned as they are
	rotation *rotation // nil while nothing is coded
	rounding float64   // the largest error of a code, in units of the rotation
}

func (s *snapshot) page(row int) *page {
	return s.blocks[row/blockRows].pages[row/groupRows%blockSize]
}

// address is where the vector of a row begins.
func (s *snapshot) address(row int) unsafe.Pointer {
	return unsafe.Add(unsafe.Pointer(s.blocks[row/blockRows].first[row/groupRows%blockSize]), row%groupRows*s.stride*4)
}

func (s *snapshot) vector(row int) []float32 {
	i := row % groupRows * s.stride
	return s.page(row).vectors[i : i+s.stride : i+s.stride]
}

// draft is the next snapshot under construction; the writers' lock is held.
type draft struct {
	snapshot
	g         *Gallery
	ownList   bool                // blocks is no longer shared
	ownBlocks map[*block]struct{} // blocks that no reader sees yet
	ownPages  map[*page]struct{}
	ownCodes  map[*block]struct{} // own blocks whose codes are own as well
}

func (g *Gallery) draft() *draft {
	return &draft{snapshot: *g.now.Load(), g: g}
}

// publish makes the draft what readers see from now on.
func (d *draft) publish() {
	d.code()
	d.shrink()
	s := d.snapshot
	d.g.now.Store(&s)
}

// add appends a template whose id is not there.
func (d *draft) add(person, template string, vector []float32) {
	row := d.rows
	if row%blockRows == 0 {
		// Beyond the end of what any reader counts, unless a longer snapshot used the place: then remove cloned the list.
		d.blocks = append(d.blocks, &block{})
	}
	b := d.blocks[row/blockRows]
	if row%groupRows == 0 {
		b.put(row, newPage(d.stride))
	}
	p, at := b.pages[row/groupRows%blockSize], row%groupRows
	copy(p.vectors[at*d.stride:], vector)
	names := pair{nameOf(d.g.seed, person), nameOf(d.g.seed, template)}
	if names.person.long() || names.template.long() {
		p = d.ownPage(row, at)
		copy(p.vectors[at*d.stride:], vector)
		names.person, names.template = p.keep(names.person, person), p.keep(names.template, template)
	}
	p.names[at] = names
	d.rows++
	d.enter(row, names)
}

// enter makes a row known to the tables.
func (d *draft) enter(row int, names pair) {
	g, p := d.g, d.page(row)
	if _, ok := g.persons.find(names.person.hash(), func(r int) bool { return d.samePerson(r, names.person, p) }); !ok {
		d.people++
	}
	if g.templates.full(d.rows) {
		d.rebuild()
		return
	}
	g.templates.add(names.template.hash(), row)
	g.persons.add(names.person.hash(), row)
}

// rebuild makes the tables anew, in the size that suits.
func (d *draft) rebuild() {
	d.g.templates, d.g.persons = newTable(d.rows), newTable(d.rows)
	for row := range d.rows {
		names := &d.page(row).names[row%groupRows]
		d.g.templates.add(names.template.hash(), row)
		d.g.persons.add(names.person.hash(), row)
	}
}

// shrink gives the memory of tables back that have become far too large.
func (d *draft) shrink() {
	if d.g.templates.sparse(d.rows) {
		d.rebuild()
	}
}

func (s *snapshot) samePerson(row int, n name, p *page) bool {
	q := s.page(row)
	return same(q.names[row%groupRows].person, q, n, p)
}

// remove takes a row out: the last one moves into its place. What held its numbers is a copy by then, so they are gone
// with the last reader of the old one.
func (d *draft) remove(row int) {
	g, last := d.g, d.rows-1
	names := d.page(row).names[row%groupRows]
	g.templates.remove(names.template.hash(), row, func(r int) uint64 { return d.page(r).names[r%groupRows].template.hash() })
	g.persons.remove(names.person.hash(), row, func(r int) uint64 { return d.page(r).names[r%groupRows].person.hash() })
	p := d.page(row)
	if _, ok := g.persons.find(names.person.hash(), func(r int) bool { return d.samePerson(r, names.person, p) }); !ok {
		d.people--
	}
	if row != last {
		d.move(last, row)
	}
	d.drop(last)
}

// move puts a row in the place of another, which is forgotten.
func (d *draft) move(from, to int) {
	p, q := d.page(from), d.ownPage(to, groupRows)
	names, at := p.names[from%groupRows], to%groupRows
	d.g.templates.move(names.template.hash(), from, to)
	d.g.persons.move(names.person.hash(), from, to)
	copy(q.vectors[at*d.stride:(at+1)*d.stride], d.vector(from))
	q.names[at] = pair{q.adopt(names.person, p.long), q.adopt(names.template, p.long)}
	if to < d.coded {
		b := d.ownCode(to)
		d.rounding = max(d.rounding, d.rotation.encode(d.g.kernel, d.g.coder, q.vectors[at*d.stride:], b.codes, to%blockRows))
	}
}

// drop forgets the last row.
func (d *draft) drop(last int) {
	if last < d.coded {
		d.coded -= groupRows
		if last%blockRows > 0 {
			b := d.ownCode(last)
			size := len(b.codes) / blockSize
			clear(b.codes[d.coded%blockRows/groupRows*size:])
		}
	}
	switch {
	case last%blockRows == 0:
		d.ownBlockList()
		d.blocks[len(d.blocks)-1] = nil
		d.blocks = d.blocks[:len(d.blocks)-1]
	case last%groupRows == 0:
		d.ownBlock(last).put(last, nil)
	default:
		p := d.ownPage(last, last%groupRows)
		clear(p.vectors[last%groupRows*d.stride:])
		p.names[last%groupRows] = pair{}
	}
	d.rows--
}

func (d *draft) ownBlockList() {
	if !d.ownList {
		d.blocks, d.ownList = slices.Clone(d.blocks), true
	}
}

// ownBlock makes the block of a row the draft's own; its pages and codes are shared still.
func (d *draft) ownBlock(row int) *block {
	b := d.blocks[row/blockRows]
	if _, ok := d.ownBlocks[b]; ok {
		return b
	}
	d.ownBlockList()
	c := *b
	d.blocks[row/blockRows] = &c
	d.ownBlocks = mark(d.ownBlocks, &c)
	return &c
}

// ownPage makes the page of a row, with its first n rows, the draft's own.
func (d *draft) ownPage(row, n int) *page {
	p := d.page(row)
	if _, ok := d.ownPages[p]; ok {
		return p
	}
	c := p.clone(min(n, d.rows-row/groupRows*groupRows), d.stride)
	d.ownBlock(row).put(row, c)
	d.ownPages = mark(d.ownPages, c)
	return c
}

// ownCode makes the codes of a row's block the draft's own.
func (d *draft) ownCode(row int) *block {
	b := d.ownBlock(row)
	if _, ok := d.ownCodes[b]; !ok {
		b.codes = slices.Clone(b.codes)
		d.ownCodes = mark(d.ownCodes, b)
	}
	return b
}

func mark[T any](set map[*T]struct{}, x *T) map[*T]struct{} {
	if set == nil {
		set = map[*T]struct{}{}
	}
	set[x] = struct{}{}
	return set
}

// find gives the row of a template.
func (d *draft) find(template string) (row int, ok bool) {
	n := nameOf(d.g.seed, template)
	return d.g.templates.find(n.hash(), func(r int) bool {
		p := d.page(r)
		return p.is(p.names[r%groupRows].template, n, template)
	})
}

// findPerson gives a row of a person.
func (d *draft) findPerson(person string) (row int, ok bool) {
	n := nameOf(d.g.seed, person)
	return d.g.persons.find(n.hash(), func(r int) bool {
		p := d.page(r)
		return p.is(p.names[r%groupRows].person, n, person)
	})
}
