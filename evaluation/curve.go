package evaluation

import (
	"cmp"
	"math"
	"slices"
)

// comparison is one distance with the people it is between.
type comparison struct {
	distance float64
	same     bool
	a, b     int // people; equal where same
	fold     int
}

// weight is how often a comparison occurs in a draw of people: one of a person as often as the person was drawn, one of two
// as often as both together.
func (c comparison) weight(drawn []float64) float64 {
	if drawn == nil {
		return 1
	}
	if c.same {
		return drawn[c.a]
	}
	return drawn[c.a] * drawn[c.b]
}

// curve is comparisons by rising distance.
type curve []comparison

func newCurve(all []comparison) curve {
	c := slices.Clone(all)
	slices.SortStableFunc(c, func(x, y comparison) int { return cmp.Compare(x.distance, y.distance) })
	return c
}

// rates is what a threshold does.
type rates struct {
	threshold float64
	far, tar  float64
	accuracy  float64
}

// walk calls visit for each threshold at which something changes, from the smallest finite distance up, after one below
// all. weight says how much a comparison counts; nothing that counts makes no call.
func (c curve) walk(weight func(comparison) float64, visit func(r rates, next float64)) {
	var same, different float64
	for _, x := range c {
		if w := weight(x); x.same {
			same += w
		} else {
			different += w
		}
	}
	if same == 0 || different == 0 {
		return
	}
	var hits, accepts float64
	at := func(threshold float64) rates {
		return rates{threshold: threshold, far: accepts / different, tar: hits / same, accuracy: (hits + different - accepts) / (same + different)}
	}
	next := func(i int) float64 {
		if i < len(c) {
			return c[i].distance
		}
		return math.Inf(1)
	}
	visit(at(math.Inf(-1)), next(0))
	for i := 0; i < len(c) && !math.IsInf(c[i].distance, 1); {
		d := c[i].distance
		for ; i < len(c) && c[i].distance == d; i++ {
			if w := weight(c[i]); c[i].same {
				hits += w
			} else {
				accepts += w
			}
		}
		visit(at(d), next(i))
	}
}

// best gives the threshold of the highest accuracy, half way to the next distance; of equals the one with most room.
func (c curve) best(weight func(comparison) float64) rates {
	best, room := rates{accuracy: -1}, 0.0
	c.walk(weight, func(r rates, next float64) {
		gap := next - r.threshold
		if math.IsInf(r.threshold, -1) {
			gap, r.threshold = 0, 0
		} else if math.IsInf(next, 1) {
			gap = 0
		}
		if r.accuracy > best.accuracy || r.accuracy == best.accuracy && gap > room {
			r.threshold += gap / 2
			best, room = r, gap
		}
	})
	return best
}

// at gives, for each FAR wanted, the largest threshold that does not exceed it; NaN where nothing was compared.
func (c curve) at(fars []float64, weight func(comparison) float64) []rates {
	out := make([]rates, len(fars))
	for i := range out {
		out[i].tar = math.NaN()
	}
	c.walk(weight, func(r rates, _ float64) {
		for i, f := range fars {
			if r.far <= f {
				out[i] = r
			}
		}
	})
	return out
}

// equalError gives the rate at which FAR and FNMR cross.
func (c curve) equalError(weight func(comparison) float64) float64 {
	rate, gap := math.NaN(), math.Inf(1)
	c.walk(weight, func(r rates, _ float64) {
		if g := math.Abs(r.far - (1 - r.tar)); g < gap {
			rate, gap = (r.far+1-r.tar)/2, g
		}
	})
	return rate
}
