// Package gallery is the hot index of templates in memory: the exact nearest enrolled people of a face, while templates
// come and go. It holds the templates of one engine only, keeps nothing on disk, and decides nothing: what a distance
// means is the operating point's business.
//
// Readers never wait: they scan a snapshot that no writer changes. Writers take turns; each publishes a new snapshot
// that shares all blocks but the ones it touched.
package gallery

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"menshen"
)

// Gallery is an index of templates. Safe for concurrent use.
type Gallery struct {
	engine menshen.EngineID
	now    atomic.Pointer[snapshot]

	mu     sync.Mutex // of writers, and of the maps
	places map[string]place
	people map[string][]string // template ids of a person, in no order
}

// New makes an empty gallery for templates of one engine.
func New(engine menshen.EngineID) *Gallery {
	g := &Gallery{engine: engine, places: map[string]place{}, people: map[string][]string{}}
	g.now.Store(&snapshot{})
	return g
}

// Engine is what made the templates.
func (g *Gallery) Engine() menshen.EngineID { return g.engine }

// Len is how many templates are there.
func (g *Gallery) Len() int { return g.now.Load().templates }

// People is how many people have templates here.
func (g *Gallery) People() int { return g.now.Load().people }

// Insert adds templates; one with an id that is there already replaces the old one. Either all are taken or none:
// CodeInvalid for one that is not valid or of another engine. Searches see all of them or none.
func (g *Gallery) Insert(templates ...menshen.Template) error {
	for _, t := range templates {
		if err := g.check(t); err != nil {
			return err
		}
	}
	if len(templates) == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.draft()
	for _, t := range templates {
		d.remove(t.ID)
		d.add(t)
	}
	d.publish()
	return nil
}

// RemovePerson removes all templates of a person and says how many there were.
func (g *Gallery) RemovePerson(person string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	ids := slices.Clone(g.people[person])
	if len(ids) == 0 {
		return 0
	}
	d := g.draft()
	for _, id := range ids {
		d.remove(id)
	}
	d.publish()
	return len(ids)
}

// RemoveTemplate removes one template and says whether it was there.
func (g *Gallery) RemoveTemplate(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.places[id]; !ok {
		return false
	}
	d := g.draft()
	d.remove(id)
	d.publish()
	return true
}

// maxNorm is far beyond the length of any real descriptor (1 for opencv, about 1.4 for dlib); squares of what is
// within it cannot overflow a float32.
const maxNorm = 1e6

func (g *Gallery) check(t menshen.Template) error {
	if t.Engine != g.engine {
		return menshen.Errorf(menshen.CodeInvalid, "gallery.insert", "the template %s is of the engine %s, this gallery is for %s", t.ID, t.Engine, g.engine).
			WithHint("enrol the person again with the engine in use")
	}
	if err := t.Validate(); err != nil {
		return err
	}
	return g.checkDescriptor("gallery.insert", t.Descriptor)
}

func (g *Gallery) checkDescriptor(op string, d menshen.Descriptor) error {
	if err := d.Validate(g.engine); err != nil {
		return err
	}
	sum := 0.0
	for _, v := range d {
		sum += float64(v) * float64(v)
	}
	if math.Sqrt(sum) > maxNorm {
		return menshen.Errorf(menshen.CodeInvalid, op, "a descriptor of length %.3g is no face of the engine %s", math.Sqrt(sum), g.engine)
	}
	return nil
}
