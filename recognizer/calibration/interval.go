package calibration

import (
	"math/rand/v2"
	"slices"
)

// interval gives the 95 % confidence interval of the FPIR at a distance: the percentile bootstrap over people (Efron and
// Tibshirani 1993), for the templates of one person are no independent witnesses. The people are probes and gallery at
// once, and the bootstrap draws them as probes only. A mean over pairs of one sample has up to twice the standard error of
// a mean over probes (Hoeffding 1948: Var U ≈ 4ζ₁/n), so the interval is stretched by 2, in logarithms.
func interval(sorted []observation, people int, distance, scale float64, resamples int) (low, high float64) {
	point := newFit(sorted, people).hazard(distance) * scale
	if !(point > 0) || resamples < 2 {
		return 0, shareOf(point)
	}
	rnd := rand.New(rand.NewPCG(uint64(people), uint64(len(sorted))))
	times := make([]float64, people)
	again := make([]observation, 0, len(sorted))
	hazards := make([]float64, 0, resamples)
	for range resamples {
		clear(times)
		for range people {
			times[rnd.IntN(people)]++
		}
		again = again[:0]
		for _, o := range sorted {
			if n := times[o.subject]; n > 0 {
				o.weight *= n
				again = append(again, o)
			}
		}
		hazards = append(hazards, newFit(again, people).hazard(distance)*scale)
	}
	slices.Sort(hazards)
	stretched := func(at float64) float64 {
		h := hazards[int(at*float64(resamples-1))]
		return shareOf(h * h / point)
	}
	return min(stretched(0.025), shareOf(point)), max(stretched(0.975), shareOf(point))
}

func newFit(sorted []observation, people int) *tail {
	t := fitTail(sorted, fitShare(people))
	return &t
}
