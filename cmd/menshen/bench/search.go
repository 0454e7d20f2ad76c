package bench

import (
	"fmt"
	"math"
	"math/rand/v2"

	"menshen"
	"menshen/access/evidence"
	"menshen/recognizer/gallery"
)

// Sizes of the galleries that are searched, in templates.
var gallerySizes = []int{1_000, 10_000, 100_000}

const (
	templatesEach = 5 // of a person
	faceSeed      = 1
)

// measureSearch measures the search that the hub makes for every face, half of them of people who are enrolled.
func measureSearch(w *stopwatch, engine menshen.EngineID) error {
	space := newFaceSpace(engine.Dim)
	g := gallery.New(engine)
	people := 0
	for _, size := range gallerySizes {
		var batch []menshen.Template
		for g.Len()+len(batch) < size {
			person := space.person(people)
			for k := range templatesEach {
				batch = append(batch, menshen.Template{
					ID: fmt.Sprintf("%d-%d", people, k), Person: fmt.Sprint(people), Engine: engine, Descriptor: space.face(person), Quality: 1,
				})
			}
			people++
			if err := w.ctx.Err(); err != nil {
				return err
			}
		}
		if err := g.Insert(batch...); err != nil {
			return err
		}
		probes := make([]menshen.Descriptor, 64)
		for i := range probes {
			who := i * people / len(probes)
			if i%2 == 1 {
				who += 1 << 32 // nobody who is enrolled
			}
			probes[i] = space.face(space.person(who))
		}
		err := w.measure(fmt.Sprintf("search %d templates", g.Len()), "face", func(i int) error {
			_, err := g.Search(probes[i%len(probes)], evidence.SearchPeople)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// faceSpace makes descriptors that lie to each other as those of faces do: a person is a point of a Gaussian whose
// spectrum falls exponentially, a picture of the person another one around it. No face is behind them. Distances within a
// person are 0.31 to 0.46, between people 0.70 to 1.21 (first and last per cent).
type faceSpace struct {
	axes   [][]float64 // orthonormal
	spread []float64   // variance along each, sums up to 1
	mean   []float64
	random *rand.Rand
}

const (
	meanNorm       = 1.237
	personVariance = 0.36
	faceVariance   = 0.072
)

func newFaceSpace(dim int) *faceSpace {
	s := &faceSpace{random: rand.New(rand.NewPCG(faceSeed, 0))}
	sum := 0.0
	for j := range dim {
		v := math.Exp(-float64(j) / 16)
		s.spread = append(s.spread, v)
		sum += v
	}
	for j := range s.spread {
		s.spread[j] /= sum
	}
	for range dim {
		s.axes = append(s.axes, s.axis(dim))
	}
	s.mean = s.gaussian(dim)
	scale(s.mean, meanNorm/math.Sqrt(dot(s.mean, s.mean)))
	return s
}

func (s *faceSpace) gaussian(dim int) []float64 {
	v := make([]float64, dim)
	for i := range v {
		v[i] = s.random.NormFloat64()
	}
	return v
}

// axis makes another axis, orthogonal to those there are (Gram and Schmidt).
func (s *faceSpace) axis(dim int) []float64 {
	v := s.gaussian(dim)
	for _, a := range s.axes {
		k := dot(v, a)
		for i := range v {
			v[i] -= k * a[i]
		}
	}
	scale(v, 1/math.Sqrt(dot(v, v)))
	return v
}

// person gives the same coordinates along the axes for the same number.
func (s *faceSpace) person(number int) []float64 {
	r := rand.New(rand.NewPCG(faceSeed, uint64(number)+1))
	z := make([]float64, len(s.spread))
	for j := range z {
		z[j] = r.NormFloat64() * math.Sqrt(personVariance*s.spread[j])
	}
	return z
}

// face makes the descriptor of another picture of a person.
func (s *faceSpace) face(person []float64) menshen.Descriptor {
	dim := len(s.spread)
	x := append([]float64(nil), s.mean...)
	for j, z := range person {
		k := z + s.random.NormFloat64()*math.Sqrt(faceVariance*(0.5*s.spread[j]+0.5/float64(dim)))
		for i, a := range s.axes[j] {
			x[i] += k * a
		}
	}
	d := make(menshen.Descriptor, dim)
	for i, v := range x {
		d[i] = float32(v)
	}
	return d
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func scale(v []float64, k float64) {
	for i := range v {
		v[i] *= k
	}
}
