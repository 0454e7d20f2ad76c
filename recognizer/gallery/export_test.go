package gallery

import (
	"io"
	"unsafe"

	"menshen"
)

// Kernels names what this processor can do, the fastest first.
func Kernels() (names []string) {
	for _, k := range kernels() {
		names = append(names, k.name)
	}
	return names
}

// NewWith is New with a certain kernel.
func NewWith(engine menshen.EngineID, name string) *Gallery {
	for _, k := range kernels() {
		if k.name == name {
			return newGallery(engine, k)
		}
	}
	panic("no kernel " + name)
}

// Inspect checks what must hold of a gallery that nobody writes to, and says how many rows are coded.
func (g *Gallery) Inspect() (coded int, fault string) {
	s := g.now.Load()
	for row := range s.rows {
		p := s.page(row)
		n := p.names[row%groupRows]
		if at, ok := g.templates.find(n.template.hash(), func(r int) bool { return r == row }); !ok || at != row {
			return 0, "a row is not in the table of templates"
		}
		if at, ok := g.persons.find(n.person.hash(), func(r int) bool { return r == row }); !ok || at != row {
			return 0, "a row is not in the table of people"
		}
	}
	entries := 0
	for _, x := range g.templates.slots {
		if x != 0 {
			entries++
		}
	}
	if entries != s.rows {
		return 0, "the table of templates has rows that are gone"
	}
	if len(s.blocks) > 0 { // what removed rows held
		b := s.blocks[len(s.blocks)-1]
		for i, p := range b.pages {
			for j := range groupRows {
				row := (len(s.blocks)-1)*blockRows + i*groupRows + j
				if p == nil || row < s.rows {
					continue
				}
				if p.names[j] != (pair{}) {
					return 0, "the name of a removed row is left"
				}
				for _, v := range p.vectors[j*s.stride : (j+1)*s.stride] {
					if v != 0 {
						return 0, "the numbers of a removed row are left"
					}
				}
			}
		}
	}
	return s.coded, ""
}

// Scores runs scan and collect of a kernel over codes of groups of 64 rows, a query of as many bytes as a row has.
func Scores(kernel string, codes []byte, query []int8, base int32, shift uint, limit byte) (scores, least []byte, rows []uint32) {
	k := NewWith(menshen.EngineID{Dim: 1}, kernel).kernel
	groups := len(codes) / len(query) / groupRows
	scores, least, rows = make([]byte, groups*groupRows), make([]byte, groups), make([]uint32, groups*groupRows)
	k.scan(&codes[0], groups, &query[0], len(query)/4, base, shift, &scores[0], &least[0])
	n := k.collect(&scores[0], groups, limit, 1000, &rows[0])
	return scores, least, rows[:n]
}

// Squared runs distances of a kernel.
func Squared(kernel string, query []float32, rows [][]float32) []float32 {
	addresses, squared := make([]unsafe.Pointer, len(rows)), make([]float32, len(rows))
	for i, r := range rows {
		addresses[i] = unsafe.Pointer(&r[0])
	}
	NewWith(menshen.EngineID{Dim: 1}, kernel).kernel.distances(&query[0], len(query), &addresses[0], len(rows), &squared[0])
	return squared
}

// Combined runs combine of a kernel.
func Combined(kernel string, weights, matrix []float64) []float64 {
	sum := make([]float64, len(matrix)/len(weights))
	NewWith(menshen.EngineID{Dim: 1}, kernel).kernel.combine(&sum[0], &weights[0], &matrix[0], len(weights), len(sum))
	return sum
}

// Write and Read are Save and Open without a file.
func (g *Gallery) Write(w io.Writer) error { return g.write(w) }

func Read(r io.Reader, engine menshen.EngineID) (*Gallery, error) {
	g := New(engine)
	return g, g.read(r)
}
