package gallery_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"menshen"
	"menshen/recognizer/gallery"
)

var engine = menshen.EngineID{Name: "opencv", ModelHash: "0123456789abcdef", Dim: 128, Metric: menshen.MetricEuclidean}

// faces makes descriptors whose distances are like those of faces: within a person 0.31 / 0.38 / 0.46 (1, 50, 99 %),
// between people 0.70 / 0.92 / 1.21. Their spectrum falls off exponentially in a random basis.
type faces struct {
	rnd    *rand.Rand
	basis  [][]float64
	lambda []float64
	mean   []float64
}

func newFaces(seed uint64) *faces {
	const dim = 128
	f := &faces{rnd: rand.New(rand.NewPCG(seed, seed)), lambda: make([]float64, dim), mean: make([]float64, dim)}
	sum := 0.0
	for j := range dim {
		f.lambda[j] = math.Exp(-float64(j) / 16)
		sum += f.lambda[j]
	}
	for j := range dim {
		f.lambda[j] /= sum
		f.mean[j] = 1.237 / math.Sqrt(dim)
		v := make([]float64, dim)
		for i := range v {
			v[i] = f.rnd.NormFloat64()
		}
		for _, b := range f.basis { // Gram and Schmidt
			p := 0.0
			for i := range v {
				p += v[i] * b[i]
			}
			for i := range v {
				v[i] -= p * b[i]
			}
		}
		norm := 0.0
		for _, x := range v {
			norm += x * x
		}
		for i := range v {
			v[i] /= math.Sqrt(norm)
		}
		f.basis = append(f.basis, v)
	}
	return f
}

// person gives the place of a new person in the basis.
func (f *faces) person() []float64 {
	z := make([]float64, len(f.lambda))
	for j := range z {
		z[j] = math.Sqrt(0.36*f.lambda[j]) * f.rnd.NormFloat64()
	}
	return z
}

// photograph gives a descriptor of a person.
func (f *faces) photograph(person []float64) menshen.Descriptor {
	x := make([]float64, len(f.mean))
	copy(x, f.mean)
	for j, z := range person {
		c := z + math.Sqrt(0.072*(0.5*f.lambda[j]+0.5/float64(len(person))))*f.rnd.NormFloat64()
		for i, u := range f.basis[j] {
			x[i] += c * u
		}
	}
	d := make(menshen.Descriptor, len(x))
	for i := range d {
		d[i] = float32(x[i])
	}
	return d
}

func template(person, id string, d menshen.Descriptor) menshen.Template {
	return menshen.Template{ID: id, Person: person, Engine: engine, Descriptor: d, Quality: 1}
}

// fill inserts so many people with one template each, and gives their places.
func (f *faces) fill(g *gallery.Gallery, people int) ([][]float64, error) {
	var places [][]float64
	var batch []menshen.Template
	for i := range people {
		p := f.person()
		places = append(places, p)
		batch = append(batch, template(fmt.Sprintf("p%07d", i), fmt.Sprintf("t%07d", i), f.photograph(p)))
	}
	return places, g.Insert(batch...)
}
