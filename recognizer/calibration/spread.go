package calibration

import (
	"math"
	"slices"
)

// Spread is what a calibration rests on, for people to look at.
type Spread struct {
	Strangers []Bar   // distances of people to the nearest stranger
	Own       []Bar   // distances of the pictures of people to the nearest other one of them
	Curve     []Trade // the strictest threshold first; none where too little is known
}

// Bar is the share of all that is from one distance up to another.
type Bar struct{ From, To, Share float64 }

// Trade is what a threshold would mean by a single picture: the share of strangers who would be taken for somebody, and of
// people's own pictures that would not be known.
type Trade struct{ Known, Taken, Missed float64 }

const (
	bars   = 40 // of a distribution
	trades = 60 // of a curve
)

// SpreadOf describes a sample. Both distributions have the same bars, so that they can be laid over each other.
func SpreadOf(s Sample, cfg Config) Spread {
	cfg = cfg.withDefaults(s)
	near, _ := s.strangers()
	var own []observation
	for i, one := range s.subjects {
		for _, d := range one.genuine {
			own = append(own, observation{distance: d, weight: 1 / float64(len(one.genuine)), subject: i})
		}
	}
	slices.SortFunc(own, compareDistance)
	longest := max(farthest(near), farthest(own))
	out := Spread{Strangers: barsOf(near, longest), Own: barsOf(own, longest)}
	t := fitTail(near, fitShare(len(s.subjects)))
	if t.shape == 0 || s.Gallery < MinPeople {
		return out
	}
	scale := growth(s.Gallery, cfg.People)
	missed := newTail(own)
	// From where hardly a stranger is taken to where half of them are.
	low, high := t.threshold(hazardOf(0.00005)/scale), t.threshold(hazardOf(0.5)/scale)
	for i := range trades {
		known := low + (high-low)*float64(i)/(trades-1)
		p := Trade{Known: known, Taken: shareOf(scale * t.hazard(known))}
		if missed.total > 0 {
			p.Missed = missed.beyond(known)
		}
		if !math.IsInf(known, 0) && !math.IsNaN(p.Taken) {
			out.Curve = append(out.Curve, p)
		}
	}
	return out
}

func compareDistance(a, b observation) int {
	switch {
	case a.distance < b.distance:
		return -1
	case a.distance > b.distance:
		return 1
	}
	return a.subject - b.subject
}

// farthest gives the largest finite distance.
func farthest(sorted []observation) float64 {
	for _, o := range slices.Backward(sorted) {
		if !math.IsInf(o.distance, 1) {
			return o.distance
		}
	}
	return 0
}

func barsOf(sorted []observation, longest float64) []Bar {
	if len(sorted) == 0 || !(longest > 0) {
		return nil
	}
	width := longest / bars
	out := make([]Bar, bars)
	for i := range out {
		out[i] = Bar{From: float64(i) * width, To: float64(i+1) * width}
	}
	total := 0.0
	for _, o := range sorted {
		if math.IsInf(o.distance, 1) {
			continue
		}
		total += o.weight
		out[min(bars-1, int(o.distance/width))].Share += o.weight
	}
	if total == 0 { // all are out of reach of one another
		return nil
	}
	for i := range out {
		out[i].Share /= total
	}
	return out
}

// beyond gives the share of the weight that is farther than a distance.
func (t *tail) beyond(distance float64) float64 {
	sum := 0.0
	for _, o := range t.sorted {
		if o.distance > distance {
			sum += o.weight
		}
	}
	return sum / t.total
}
