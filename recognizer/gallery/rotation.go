package gallery

import (
	"math"
	"math/rand/v2"
)

const (
	firstTraining = 1024 // templates from which on a rotation pays
	trainAgain    = 4    // times as many inserted as there were when the rotation was made: it is made anew
	sampleRows    = 4096 // templates that a rotation is learnt from, at most; an eighth of them, but firstTraining at least
	iterations    = 6    // of the power method; a poor rotation costs speed only
)

// rotation maps a vector x to a head that never enlarges a distance: R (x − mean) and the length of what that leaves,
// √(|x − mean|² − |R (x − mean)|²). With ‖R‖ ≤ 1 there is S = √(I − RᵀR), the length is |S (x − mean)|, and
//
//	|R (y − z)|² + (|S y| − |S z|)² ≤ |R (y − z)|² + |S (y − z)|² = |y − z|².
//
// R is made of the principal components of a sample, as these leave the least; nothing but speed hangs on that.
type rotation struct {
	stride, heads int
	cols          int       // heads, filled up to a multiple of 16
	mean          []float64 // stride
	matrix        []float64 // Rᵀ, row-major stride × cols
	offset        []float64 // R mean, cols
	rest          float64   // the mean length of what is left
	size          float64   // |mean|

	unit    float64 // what 1 means in a code
	shift   uint    // of scores (see bound.go)
	trained int     // templates when it was made
}

// train makes a rotation for the templates of a snapshot.
func train(k kernel, s *snapshot, dim int) *rotation {
	r := &rotation{stride: s.stride, trained: s.rows, mean: make([]float64, s.stride)}
	r.heads = min(codeNumbers-1, dim)
	r.cols = (r.heads + 15) &^ 15

	n := min(s.rows, max(firstTraining, min(s.rows/8, sampleRows))) &^ 3
	sample := make([]float64, n*s.stride) // centred
	for i := range n {
		for j, v := range s.vector(i * s.rows / n) {
			sample[i*s.stride+j] = float64(v)
			r.mean[j] += float64(v) / float64(n)
		}
	}
	for i := range sample {
		sample[i] -= r.mean[i%s.stride]
	}
	for _, v := range r.mean {
		r.size += v * v
	}
	r.size = math.Sqrt(r.size)

	axes := components(k, sample, s.stride, dim, r.heads)
	contract(axes)
	r.matrix = make([]float64, r.stride*r.cols)
	r.offset = make([]float64, r.cols)
	for i, axis := range axes {
		for j, v := range axis {
			r.matrix[j*r.cols+i] = v
			r.offset[i] += v * r.mean[j]
		}
	}
	r.scale(k, sample)
	return r
}

// scale chooses unit and shift so that the leading dimension fits in 8 bits but for rare rows, and scores up to that of
// a usual pair fit in 8 bits as well.
func (r *rotation) scale(k kernel, sample []float64) {
	n := len(sample) / r.stride
	head, variance := make([]float64, r.cols), make([]float64, r.heads)
	rests := make([]float64, n)
	for i := range n {
		x := sample[i*r.stride : (i+1)*r.stride]
		k.combine(&head[0], &x[0], &r.matrix[0], r.stride, r.cols)
		rest := 0.0
		for _, v := range x {
			rest += v * v
		}
		for j := range variance {
			variance[j] += head[j] * head[j] / float64(n)
			rest -= head[j] * head[j]
		}
		rests[i] = math.Sqrt(max(rest, 0))
		r.rest += rests[i] / float64(n)
	}
	most := 0.0
	for _, v := range rests {
		most += (v - r.rest) * (v - r.rest) / float64(n)
	}
	all := most
	for _, v := range variance {
		most = max(most, v)
		all += v
	}
	if r.unit = 4 * math.Sqrt(most) / maxCode; r.unit < 1e-30 { // all are equal, or as good as
		r.unit = 1
	}
	for pair := all / (r.unit * r.unit); r.shift < lastShift && 255*math.Exp2(float64(r.shift)) < pair; r.shift++ {
	}
}

// components gives orthonormal vectors that hold about the most of a centred sample's variance: the power method for
// several vectors at once (Golub and Van Loan 2013, section 8.2.4). Some may be zero where the sample has no more.
func components(k kernel, sample []float64, stride, dim, count int) [][]float64 {
	n := len(sample) / stride
	covariance := make([]float64, stride*stride)
	column := make([]float64, n)
	for j := range dim {
		for i := range column {
			column[i] = sample[i*stride+j]
		}
		k.combine(&covariance[j*stride], &column[0], &sample[0], n, stride)
	}
	random := rand.New(rand.NewPCG(1, 2))
	axes := make([][]float64, count)
	for i := range axes {
		axes[i] = make([]float64, stride)
		for j := range dim {
			axes[i][j] = random.NormFloat64()
		}
	}
	orthonormalise(axes)
	next := make([]float64, stride)
	for range iterations {
		for i := range axes {
			k.combine(&next[0], &axes[i][0], &covariance[0], stride, stride)
			copy(axes[i], next)
		}
		orthonormalise(axes)
	}
	return axes
}

// orthonormalise is Gram's and Schmidt's method, done twice as rounding wants. What depends on others becomes zero.
func orthonormalise(axes [][]float64) {
	for i, a := range axes {
		before := dot(a, a)
		for range 2 {
			for _, b := range axes[:i] {
				p := dot(a, b)
				for j := range a {
					a[j] -= p * b[j]
				}
			}
		}
		scale := 0.0
		if after := dot(a, a); after > 1e-20*before && after > 1e-200 {
			scale = 1 / math.Sqrt(after)
		}
		for j := range a {
			a[j] *= scale
		}
	}
}

// contract makes sure of ‖R‖ ≤ 1. The norm of a symmetric matrix is at most its largest sum of absolute values in a row,
// and ‖R‖² = ‖R Rᵀ‖. Its entries are sums of stride products of numbers up to 1, so 2⁻⁵³ stride for each, times heads of
// them, is far below the 10⁻⁹ that is taken off (stride · heads < 4 million).
func contract(axes [][]float64) {
	norm := 0.0
	for _, a := range axes {
		sum := 0.0
		for _, b := range axes {
			sum += math.Abs(dot(a, b))
		}
		norm = max(norm, sum)
	}
	if norm == 0 {
		return
	}
	scale := (1 - 1e-9) / math.Sqrt(norm)
	for _, a := range axes {
		for j := range a {
			a[j] *= scale
		}
	}
}

func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		s0, s1, s2, s3 = s0+a[0]*b[0], s1+a[1]*b[1], s2+a[2]*b[2], s3+a[3]*b[3]
		a, b = a[4:], b[4:]
	}
	for i := range min(len(a), len(b)) {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}
