package evaluation

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Replicates of a bootstrap: enough for two digits of a 95 % interval (Efron and Tibshirani 1993, ch. 13), fewer where
// there are very many comparisons.
const (
	maxReplicates = 1000
	minReplicates = 200
	replicateWork = 400_000_000 // comparisons looked at over all replicates
)

func replicates(comparisons int) int {
	return min(max(replicateWork/max(comparisons, 1), minReplicates), maxReplicates)
}

// bootstrap draws so many people as there are, with replacement, again and again; measure gets how often each was drawn
// and gives some figures, NaN for what cannot be said of that draw. The intervals lie between the 2.5 % and the 97.5 %
// points of each figure (percentile method); 0 to 1 where no draw said anything.
func bootstrap(people, times, figures int, seed uint64, measure func(drawn []float64, out []float64)) []Interval {
	random := rand.New(rand.NewPCG(seed, uint64(people)))
	drawn, out := make([]float64, people), make([]float64, figures)
	all := make([][]float64, figures)
	for range times {
		clear(drawn)
		for range people {
			drawn[random.IntN(people)]++
		}
		measure(drawn, out)
		for i, v := range out {
			if !math.IsNaN(v) {
				all[i] = append(all[i], v)
			}
		}
	}
	intervals := make([]Interval, figures)
	for i, v := range all {
		slices.Sort(v)
		intervals[i] = Interval{Low: 0, High: 1}
		if n := len(v); n > 0 {
			intervals[i] = Interval{Low: v[int(0.025*float64(n))], High: v[min(int(math.Ceil(0.975*float64(n))), n)-1]}
		}
	}
	return intervals
}
