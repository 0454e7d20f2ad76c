package calibration

import "math"

// observation is the distance of one probe to the nearest stranger, +Inf where there is none, with the weight of the
// probe: each person weighs 1 in all, however many templates they have.
type observation struct {
	distance, weight float64
	subject          int // who it is of, by place in the sample
}

// tail is the distribution of the distance to the nearest of N₀ strangers, near its lower end: Weibull up to reach, and
// above it as it was observed.
type tail struct {
	sorted []observation // by distance
	total  float64       // weight of all
	reach  float64       // the fit holds up to here
	scale  float64       // s, a distance
	shape  float64       // k; 0 where nothing could be fitted
}

// fitTail fits the nearest share of the observations, which are sorted by distance and kept, not copied. Shape and scale come from the likelihood of a Weibull sample that
// is censored at reach: with r the weight of those below and T = Σ w·min(d, reach)^k,
//
//	Σ_below w·ln d / r + 1/k = Σ w·min(d, reach)^k·ln min(d, reach) / T,   s^k = T/r
//
// (Cohen 1965). Distances are taken in units of reach, which keeps the powers within 0 … 1.
func fitTail(observations []observation, share float64) tail {
	t := newTail(observations)
	t.reach = t.quantile(share)
	if !(t.reach > 0) || math.IsInf(t.reach, 1) {
		return t
	}
	var logs []observation // distance is ln(d/reach) ≤ 0
	below, sum := 0.0, 0.0
	for _, o := range t.sorted {
		if o.distance > t.reach {
			break
		}
		l := math.Log(max(o.distance, t.reach*smallest) / t.reach)
		logs = append(logs, observation{distance: l, weight: o.weight})
		below += o.weight
		sum += o.weight * l
	}
	if sum == 0 {
		return t // all at one distance
	}
	censored := t.total - below // each is 1^k = 1 in T, and adds nothing to the sum with its logarithm
	score := func(k float64) float64 {
		powers, weighted := censored, 0.0
		for _, o := range logs {
			p := o.weight * math.Exp(k*o.distance)
			powers += p
			weighted += p * o.distance
		}
		return sum/below + 1/k - weighted/powers
	}
	low, high := 0.1, 1000.0 // the score falls with k
	if score(low) < 0 || score(high) > 0 {
		return t
	}
	for range 60 {
		if mid := (low + high) / 2; score(mid) > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	t.shape = (low + high) / 2
	powers := censored
	for _, o := range logs {
		powers += o.weight * math.Exp(t.shape*o.distance)
	}
	t.scale = t.reach * math.Pow(powers/below, 1/t.shape)
	return t
}

func newTail(sorted []observation) tail {
	t := tail{sorted: sorted}
	for _, o := range sorted {
		t.total += o.weight
	}
	return t
}

// smallest is what a distance of 0 counts as, in units of reach.
const smallest = 1e-3

// quantile gives the smallest observed distance that a share of the weight is within.
func (t *tail) quantile(share float64) float64 {
	sum := 0.0
	for _, o := range t.sorted {
		if sum += o.weight; sum >= share*t.total {
			return o.distance
		}
	}
	return math.Inf(1)
}

// hazard gives −ln(1 − FPIR) at a distance in a gallery of the size observed: the expected number of people within it,
// as far as they come independently.
func (t *tail) hazard(distance float64) float64 {
	if t.shape > 0 && distance <= t.reach {
		return math.Pow(distance/t.scale, t.shape)
	}
	sum := 0.0
	for _, o := range t.sorted {
		if o.distance > distance {
			break
		}
		sum += o.weight
	}
	return -math.Log1p(-min(sum/t.total, 1-1e-9))
}

// threshold is the inverse of hazard.
func (t *tail) threshold(hazard float64) float64 {
	if t.shape > 0 {
		if d := t.scale * math.Pow(hazard, 1/t.shape); d <= t.reach {
			return d
		}
	}
	return t.quantile(-math.Expm1(-hazard))
}
