package evaluation

import (
	"math"
	"slices"
)

// Tail tells how often different people are as near as a distance, also below the nearest that was measured: the share
// of the measured ones down to where there are enough, and below that at least a generalised Pareto distribution (peaks over a
// threshold; Pickands 1975) fitted by probability-weighted moments (Hosking and Wallis 1987). A fit can carry one or two
// powers of ten beyond the data; beyond that it is a guess.
type Tail struct {
	sorted []float64 // all distances, rising
	start  float64   // below it the fit counts
	share  float64   // of distances below start
	shape  float64   // ξ; negative: there is a smallest possible distance
	scale  float64   // σ
}

// tailShare is the share of distances that the fit rests on, and tailLeast the fewest.
const (
	tailShare = 0.01
	tailLeast = 40
)

// NewTail takes the distances between different people, in any order; those that are not finite count as never near.
// ok is false where there are too few to say anything.
func NewTail(distances []float64) (t Tail, ok bool) {
	t.sorted = slices.Clone(distances)
	slices.Sort(t.sorted) // NaN first
	for len(t.sorted) > 0 && math.IsNaN(t.sorted[0]) {
		t.sorted = append(t.sorted[1:], math.Inf(1))
	}
	n := min(max(int(tailShare*float64(len(t.sorted))), tailLeast), len(t.sorted)-1)
	if n < tailLeast || math.IsInf(t.sorted[n], 0) {
		return t, false
	}
	t.start, t.share = t.sorted[n], float64(n)/float64(len(t.sorted))
	// Excesses below start, rising: start − d for d from the largest down.
	var b0, b1 float64
	for i := range n {
		y := t.start - t.sorted[n-1-i]
		b0 += y / float64(n)
		b1 += y * float64(n-1-i) / float64(n-1) / float64(n)
	}
	if !(b0 > 0) || b0 == 2*b1 {
		return t, false
	}
	t.shape, t.scale = 2-b0/(b0-2*b1), 2*b0*b1/(b0-2*b1)
	return t, t.scale > 0
}

// FMR is the share of different people up to a distance: measured where enough are so near, below that the larger of
// measured and fitted, to err on the safe side.
func (t Tail) FMR(distance float64) float64 {
	i, _ := slices.BinarySearchFunc(t.sorted, distance, func(d, at float64) int {
		if d <= at {
			return -1
		}
		return 1
	})
	measured := float64(i) / float64(max(len(t.sorted), 1))
	if distance >= t.start || !(t.scale > 0) {
		return measured
	}
	return max(measured, t.fitted((t.start-distance)/t.scale))
}

// fitted is the share so many σ below the start.
func (t Tail) fitted(y float64) float64 {
	if math.Abs(t.shape) < 1e-9 {
		return t.share * math.Exp(-y)
	}
	if 1+t.shape*y <= 0 {
		return 0
	}
	return t.share * math.Pow(1+t.shape*y, -1/t.shape)
}

// Threshold is the largest distance whose FMR is at most so much.
func (t Tail) Threshold(fmr float64) float64 {
	if len(t.sorted) == 0 {
		return 0
	}
	low, high := 0.0, t.start
	if fmr >= t.FMR(high) {
		low, high = high, t.sorted[len(t.sorted)-1]
		if math.IsInf(high, 1) {
			high = max(2*low, 4)
		}
	}
	for range 60 {
		if middle := (low + high) / 2; t.FMR(middle) <= fmr {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// ExpectedFPIR is the chance that a stranger is taken for somebody of a gallery of so many people, if a comparison with
// each accepts independently with that FMR: 1 − (1 − FMR)^N.
func ExpectedFPIR(fmr float64, people int) float64 {
	return -math.Expm1(float64(people) * math.Log1p(-fmr))
}

// NeededFMR is the FMR that gives an FPIR in a gallery of so many people: 1 − (1 − FPIR)^(1/N).
func NeededFMR(fpir float64, people int) float64 {
	return -math.Expm1(math.Log1p(-fpir) / float64(people))
}
