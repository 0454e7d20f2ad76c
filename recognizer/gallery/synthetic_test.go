package gallery_test

import (
	"fmt"

	"menshen"
	"menshen/recognizer/gallery"
	"menshen/recognizer/gallery/synthetic"
)

var engine = menshen.EngineID{Name: "opencv", ModelHash: "0123456789abcdef", Dim: 128, Metric: menshen.MetricEuclidean}

// faces takes one person and one picture after another out of a population.
type faces struct {
	*synthetic.Faces
	people, pictures uint64
}

func newFaces(seed uint64) *faces { return &faces{Faces: synthetic.New(engine.Dim, seed)} }

// person gives the number of a new person.
func (f *faces) person() uint64 {
	f.people++
	return f.people
}

// photograph gives a new descriptor of a person.
func (f *faces) photograph(person uint64) menshen.Descriptor {
	f.pictures++
	return f.Face(person, f.pictures)
}

func template(person, id string, d menshen.Descriptor) menshen.Template {
	return menshen.Template{ID: id, Person: person, Engine: engine, Descriptor: d, Quality: 1}
}

// fill inserts so many people with one template each, and gives their numbers.
func (f *faces) fill(g *gallery.Gallery, people int) ([]uint64, error) {
	var places []uint64
	var batch []menshen.Template
	for i := range people {
		p := f.person()
		places = append(places, p)
		batch = append(batch, template(fmt.Sprintf("p%07d", i), fmt.Sprintf("t%07d", i), f.photograph(p)))
	}
	return places, g.Insert(batch...)
}
