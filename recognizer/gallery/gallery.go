// Package gallery is the hot index of templates in memory: the exact nearest enrolled people of a face, while templates
// come and go. It holds the templates of one engine only and decides nothing: what a distance means is the operating
// point's business. It keeps nothing on disk unless told to (Save).
//
// Every answer is that of a plain scan, to the last bit of its distances; only the way there is short. A search looks at
// 40 bytes of each template (package file code.go: the leading dimensions of a rotation, in 8 bits), from which a
// lower bound of its distance follows (bound.go), and measures those alone that may be among the nearest.
//
// Readers never wait: they search a snapshot that no writer changes. Writers take turns; each publishes a new snapshot
// that shares all but what it touched. No goroutine outlives a call.
package gallery

import (
	"hash/maphash"
	"math"
	"sync"
	"sync/atomic"

	"menshen"
)

// Gallery is an index of templates. Safe for concurrent use.
type Gallery struct {
	engine menshen.EngineID
	stride int // numbers of a stored vector: the dimension, filled up to a multiple of 16
	kernel kernel
	seed   maphash.Seed
	probes sync.Pool // of *probe
	now    atomic.Pointer[snapshot]

	mu        sync.Mutex // of writers, and of what follows
	templates table      // rows by template id
	persons   table      // rows by person id; several of one person
	since     int        // templates inserted since the rotation was made
	coder     *coder
}

// New makes an empty gallery for templates of one engine.
func New(engine menshen.EngineID) *Gallery { return newGallery(engine, kernels()[0]) }

func newGallery(engine menshen.EngineID, k kernel) *Gallery {
	g := &Gallery{engine: engine, stride: (max(engine.Dim, 1) + 15) &^ 15, kernel: k, seed: maphash.MakeSeed()}
	g.coder = newCoder(g.stride)
	g.probes.New = func() any { return newProbe(g.stride) }
	g.now.Store(&snapshot{stride: g.stride})
	return g
}

// Engine is what made the templates.
func (g *Gallery) Engine() menshen.EngineID { return g.engine }

// Kernel names the instructions that searches use, e.g. "avx512vnni"; "plain" is what every processor can do.
func (g *Gallery) Kernel() string { return g.kernel.name }

// Len is how many templates are there.
func (g *Gallery) Len() int { return g.now.Load().rows }

// People is how many people have templates here.
func (g *Gallery) People() int { return g.now.Load().people }

// Insert adds templates; one with an id that is there already replaces the old one. Either all are taken or none:
// CodeInvalid for one that is not valid or of another engine, CodeExhausted when there would be more than 4 billion.
// Searches see all of them or none.
func (g *Gallery) Insert(templates ...menshen.Template) error {
	for i := range templates {
		if err := g.check(&templates[i]); err != nil {
			return err
		}
	}
	if len(templates) == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.draft()
	if d.rows+len(templates) > maxRows {
		return menshen.Errorf(menshen.CodeExhausted, "gallery.insert", "a gallery has room for %d templates", maxRows)
	}
	for i := range templates {
		if row, ok := d.find(templates[i].ID); ok {
			d.remove(row)
		}
		d.add(templates[i].Person, templates[i].ID, templates[i].Descriptor)
	}
	g.since += len(templates)
	d.publish()
	return nil
}

// RemovePerson removes all templates of a person and says how many there were.
func (g *Gallery) RemovePerson(person string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	d, n := g.draft(), 0
	for row, ok := d.findPerson(person); ok; row, ok = d.findPerson(person) {
		d.remove(row)
		n++
	}
	if n > 0 {
		d.publish()
	}
	return n
}

// RemoveTemplate removes one template and says whether it was there.
func (g *Gallery) RemoveTemplate(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.draft()
	row, ok := d.find(id)
	if ok {
		d.remove(row)
		d.publish()
	}
	return ok
}

// maxNorm is far beyond the length of any real descriptor (1 for opencv, about 1.4 for dlib); squares of what is
// within it cannot overflow a float32.
const maxNorm = 1e6

func (g *Gallery) check(t *menshen.Template) error {
	if t.Engine != g.engine {
		return menshen.Errorf(menshen.CodeInvalid, "gallery.insert", "the template %s is of the engine %s, this gallery is for %s", t.ID, t.Engine, g.engine).
			WithHint("enrol the person again with the engine in use")
	}
	if t.ID == "" || t.Person == "" {
		return t.Validate()
	}
	return g.checkDescriptor("gallery.insert", t.Descriptor)
}

// checkDescriptor sums the squares once, in four sums, for what is good; what is not gets its words from Validate.
func (g *Gallery) checkDescriptor(op string, d menshen.Descriptor) error {
	sum := math.NaN()
	if len(d) == g.engine.Dim {
		sum = squares(d)
	}
	switch {
	case sum > 0 && sum <= maxNorm*maxNorm:
		return nil
	case sum > 0 && !math.IsInf(sum, 1):
		return menshen.Errorf(menshen.CodeInvalid, op, "a descriptor of length %.3g is no face of the engine %s", math.Sqrt(sum), g.engine)
	}
	return d.Validate(g.engine)
}

func squares(d []float32) float64 {
	var s0, s1, s2, s3 float64
	for len(d) >= 4 {
		a, b, c, e := float64(d[0]), float64(d[1]), float64(d[2]), float64(d[3])
		s0, s1, s2, s3 = s0+a*a, s1+b*b, s2+c*c, s3+e*e
		d = d[4:]
	}
	for _, v := range d {
		s0 += float64(v) * float64(v)
	}
	return (s0 + s1) + (s2 + s3)
}
