// Package synthetic makes descriptors that lie to each other as those of faces do; no face is behind them. A person is a
// point of a Gaussian whose variances fall exponentially along random axes, a picture of the person another one around
// it. Distances within a person are 0.31, 0.38 and 0.46 (first, middle and last per cent), between people 0.70, 0.92 and
// 1.21. For benchmarks and tests.
package synthetic

import (
	"math"
	"math/rand/v2"

	"menshen"
)

const (
	meanNorm        = 1.237
	personVariance  = 0.36
	pictureVariance = 0.072
	decay           = 16 // axes over which the variance falls by a factor of e
)

// Faces is a population without end: the same numbers always give the same faces. Safe for concurrent use.
type Faces struct {
	seed            uint64
	dim             int
	axes            []float64 // orthonormal, row-major
	mean            []float64
	person, picture []float64 // standard deviations along each axis
}

// New makes a population with descriptors of dim numbers.
func New(dim int, seed uint64) *Faces {
	f := &Faces{seed: seed, dim: dim, axes: make([]float64, dim*dim)}
	random := f.stream(0, 0)
	sum := 0.0
	for j := range dim {
		sum += math.Exp(-float64(j) / decay)
	}
	for j := range dim {
		v := math.Exp(-float64(j)/decay) / sum
		f.person = append(f.person, math.Sqrt(personVariance*v))
		f.picture = append(f.picture, math.Sqrt(pictureVariance*(0.5*v+0.5/float64(dim))))
	}
	for j := range dim {
		f.direction(random, j)
	}
	square := 0.0
	for range dim {
		v := random.NormFloat64()
		f.mean = append(f.mean, v)
		square += v * v
	}
	for i := range f.mean {
		f.mean[i] *= meanNorm / math.Sqrt(square)
	}
	return f
}

// direction makes the axis j, orthogonal to those before (Gram and Schmidt).
func (f *Faces) direction(random *rand.Rand, j int) {
	a := f.axes[j*f.dim : (j+1)*f.dim]
	for i := range a {
		a[i] = random.NormFloat64()
	}
	for range 2 { // once more, for what rounding left
		for k := range j {
			b, p := f.axes[k*f.dim:(k+1)*f.dim], 0.0
			for i := range a {
				p += a[i] * b[i]
			}
			for i := range a {
				a[i] -= p * b[i]
			}
		}
	}
	square := 0.0
	for _, v := range a {
		square += v * v
	}
	for i := range a {
		a[i] /= math.Sqrt(square)
	}
}

// Face gives the descriptor of one of the pictures of a person.
func (f *Faces) Face(person, picture uint64) menshen.Descriptor {
	d := make(menshen.Descriptor, f.dim)
	f.Draw(d, person, picture)
	return d
}

// Draw is Face into a descriptor of the right length.
func (f *Faces) Draw(d menshen.Descriptor, person, picture uint64) {
	x := make([]float64, 2*f.dim)
	x, along := x[:f.dim], x[f.dim:]
	copy(x, f.mean)
	random := f.stream(person+1, 0)
	for j := range along {
		along[j] = f.person[j] * random.NormFloat64()
	}
	random = f.stream(person+1, picture+1)
	for j := range along {
		along[j] += f.picture[j] * random.NormFloat64()
	}
	for j := 0; j < f.dim; j++ {
		if j+3 < f.dim { // four axes at once: a million faces take a while
			n, a := f.dim, f.axes[j*f.dim:]
			a0, a1, a2, a3 := a[:n], a[n:2*n], a[2*n:3*n], a[3*n:4*n]
			k0, k1, k2, k3 := along[j], along[j+1], along[j+2], along[j+3]
			for i := range x {
				x[i] += k0*a0[i] + k1*a1[i] + k2*a2[i] + k3*a3[i]
			}
			j += 3
			continue
		}
		for i, a := range f.axes[j*f.dim : (j+1)*f.dim] {
			x[i] += along[j] * a
		}
	}
	for i, v := range x {
		d[i] = float32(v)
	}
}

func (f *Faces) stream(a, b uint64) *rand.Rand {
	s := splitmix(f.seed)
	s = splitmix(s.Uint64() ^ a)
	s = splitmix(s.Uint64() ^ b)
	return rand.New(&s)
}

// splitmix is SplitMix64 (Steele, Lea and Flood 2014): any state is a good one.
type splitmix uint64

func (s *splitmix) Uint64() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
