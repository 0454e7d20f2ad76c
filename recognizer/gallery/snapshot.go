package gallery

import (
	"slices"

	"menshen"
)

// blockRows is how many templates share a block: what a removal copies (256 KB at 128 numbers), and what a small
// gallery takes at least.
const blockRows = 512

// block is up to blockRows templates. A reader sees len(rows) of them; what lies beyond, up to the capacity, belongs to
// the writers, who append there and never change what a reader may see.
type block struct {
	vectors []float32 // row after row
	rows    []row
}

type row struct {
	person, template string
}

// snapshot is the gallery at one moment. All blocks but the last are full; none is empty.
type snapshot struct {
	blocks    []block
	templates int
	people    int
}

// place is where a template lies.
type place struct{ block, row int }

// draft is the next snapshot under construction; the writers' lock is held.
type draft struct {
	g      *Gallery
	blocks []block
	own    map[int]bool // blocks that were copied for this draft, so that no reader sees them yet
}

func (g *Gallery) draft() *draft {
	return &draft{g: g, blocks: slices.Clone(g.now.Load().blocks), own: map[int]bool{}}
}

// publish makes the draft what readers see from now on.
func (d *draft) publish() {
	d.g.now.Store(&snapshot{blocks: d.blocks, templates: len(d.g.places), people: len(d.g.people)})
}

// add appends a template whose id is not there.
func (d *draft) add(t menshen.Template) {
	g, n := d.g, len(d.blocks)-1
	if n < 0 || len(d.blocks[n].rows) == blockRows {
		d.blocks = append(d.blocks, newBlock(g.engine.Dim))
		n++
		d.own[n] = true
	}
	b := &d.blocks[n]
	g.places[t.ID] = place{n, len(b.rows)}
	g.people[t.Person] = append(g.people[t.Person], t.ID)
	b.vectors = append(b.vectors, t.Descriptor...)
	b.rows = append(b.rows, row{person: t.Person, template: t.ID})
}

// remove takes a template out, if it is there: the last template of all moves into its place. Both blocks are copies
// by then, so the number it held is gone with the last reader of the old ones.
func (d *draft) remove(id string) {
	g := d.g
	at, ok := g.places[id]
	if !ok {
		return
	}
	last := len(d.blocks) - 1
	d.copy(at.block)
	d.copy(last)
	to, from := &d.blocks[at.block], &d.blocks[last]
	end := len(from.rows) - 1
	dim := g.engine.Dim

	person := to.rows[at.row].person
	delete(g.places, id)
	if ids := slices.DeleteFunc(g.people[person], func(s string) bool { return s == id }); len(ids) > 0 {
		g.people[person] = ids
	} else {
		delete(g.people, person)
	}

	if moved := from.rows[end]; moved.template != id {
		copy(to.vectors[at.row*dim:(at.row+1)*dim], from.vectors[end*dim:])
		to.rows[at.row] = moved
		g.places[moved.template] = at
	}
	clear(from.vectors[end*dim:])
	clear(from.rows[end:])
	from.vectors, from.rows = from.vectors[:end*dim], from.rows[:end]
	if end == 0 {
		d.blocks[last] = block{}
		d.blocks = d.blocks[:last]
		delete(d.own, last)
	}
}

// copy makes a block the draft's own.
func (d *draft) copy(n int) {
	if d.own[n] {
		return
	}
	b := newBlock(d.g.engine.Dim)
	b.vectors = append(b.vectors, d.blocks[n].vectors...)
	b.rows = append(b.rows, d.blocks[n].rows...)
	d.blocks[n] = b
	d.own[n] = true
}

func newBlock(dim int) block {
	return block{vectors: make([]float32, 0, blockRows*dim), rows: make([]row, 0, blockRows)}
}
