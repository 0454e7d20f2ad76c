package evaluation

import (
	"math"
	"slices"
	"strconv"

	"menshen"
)

// FARs that verification reports, and their names in JSON.
var (
	verificationFARs = []float64{1e-2, 1e-3, 1e-4}
	farNames         = []string{"1e-2", "1e-3", "1e-4"}
)

const folds = 10

// Verification is what comparing pairs showed.
type Verification struct {
	Pairs     int `json:"pairs"`
	Same      int `json:"same_pairs"`
	Different int `json:"different_pairs"`
	People    int `json:"people"`

	// At the threshold that suits these very pairs best.
	Accuracy         float64  `json:"accuracy"`
	AccuracyInterval Interval `json:"accuracy_interval"` // by people
	Threshold        float64  `json:"threshold"`
	// At thresholds chosen on nine tenths of the pairs and tried on the tenth, people as far as possible kept together.
	TenFold      float64 `json:"ten_fold_accuracy"`
	TenFoldError float64 `json:"ten_fold_standard_error"`
	EqualError   float64 `json:"equal_error_rate"`

	TAR    map[string]float64 `json:"tar_at_far"` // by "1e-2", "1e-3", "1e-4"
	Points []FARPoint         `json:"operating_points"`
	ROC    []ROCPoint         `json:"roc"` // by rising threshold, at most about 200
}

// FARPoint is the TAR at a FAR.
type FARPoint struct {
	FAR       float64  `json:"far"`       // wanted
	Measured  float64  `json:"measured"`  // at the threshold, at most the wanted one
	Threshold float64  `json:"threshold"` // the largest one that does not exceed it
	TAR       float64  `json:"tar"`
	Interval  Interval `json:"interval"` // by people, the threshold chosen anew for every draw
	Resolved  bool     `json:"resolved"` // at least one false accept would be expected among so many pairs
}

// ROCPoint is one threshold's rates.
type ROCPoint struct {
	Threshold float64 `json:"threshold"`
	FAR       float64 `json:"far"`
	TAR       float64 `json:"tar"`
}

// Verify measures pairs and their distances, +Inf where a photograph failed. CodeInvalid where there are no pairs of one
// of the two kinds, or a distance is no number.
func Verify(pairs []Pair, distances []float64, seed uint64) (Verification, error) {
	const op = "evaluation.verify"
	all, people := comparisons(pairs, distances)
	v := Verification{Pairs: len(pairs), People: people, TAR: map[string]float64{}}
	for _, x := range all {
		if x.same {
			v.Same++
		} else {
			v.Different++
		}
		if math.IsNaN(x.distance) || x.distance < 0 {
			return v, menshen.Errorf(menshen.CodeInvalid, op, "a distance is not a number")
		}
	}
	if v.Same == 0 || v.Different == 0 {
		return v, menshen.Errorf(menshen.CodeInvalid, op, "there are %d pairs of one person and %d of two people; both are needed", v.Same, v.Different).
			WithHint("add pairs with same 1 and with same 0")
	}
	c, every := newCurve(all), func(comparison) float64 { return 1 }
	best := c.best(every)
	v.Accuracy, v.Threshold, v.EqualError = best.accuracy, best.threshold, c.equalError(every)
	v.TenFold, v.TenFoldError = c.tenFold()
	v.ROC = c.roc()
	intervals := bootstrap(people, replicates(len(all)), 1+len(verificationFARs), seed, func(drawn, out []float64) {
		weight := func(x comparison) float64 { return x.weight(drawn) }
		for i, r := range c.at(verificationFARs, weight) {
			out[i+1] = r.tar
		}
		out[0] = c.accuracy(v.Threshold, weight)
	})
	v.AccuracyInterval = intervals[0]
	for i, r := range c.at(verificationFARs, every) {
		far := verificationFARs[i]
		v.TAR[farNames[i]] = r.tar
		v.Points = append(v.Points, FARPoint{
			FAR: far, Measured: r.far, Threshold: finite(r.threshold), TAR: r.tar, Interval: intervals[i+1], Resolved: far*float64(v.Different) >= 1,
		})
	}
	return v, nil
}

// comparisons numbers the people and puts their pairs into folds: all those whose first photograph is of one person
// into the same one. Where there are fewer people than folds, pairs are dealt out singly.
func comparisons(pairs []Pair, distances []float64) (all []comparison, people int) {
	number := map[string]int{}
	index := func(image string) int {
		who := PersonOf(image)
		if _, ok := number[who]; !ok {
			number[who] = len(number)
		}
		return number[who]
	}
	for i, p := range pairs {
		x := comparison{distance: distances[i], same: p.Same, a: index(p.First), b: index(p.Second)}
		x.fold = x.a % folds
		all = append(all, x)
	}
	if len(number) < 2*folds {
		var dealt [2]int
		for i := range all {
			k := 0
			if all[i].same {
				k = 1
			}
			all[i].fold = dealt[k] % folds
			dealt[k]++
		}
	}
	return all, len(number)
}

// accuracy is the share of comparisons that a threshold puts right; NaN where none counts.
func (c curve) accuracy(threshold float64, weight func(comparison) float64) float64 {
	var right, sum float64
	for _, x := range c {
		w := weight(x)
		sum += w
		if (x.distance <= threshold) == x.same {
			right += w
		}
	}
	return right / sum
}

// tenFold gives the mean accuracy over folds and its standard error (Huang et al. 2007, Labeled Faces in the Wild).
func (c curve) tenFold() (mean, standardError float64) {
	var all []float64
	for f := range folds {
		best := c.best(func(x comparison) float64 { return one(x.fold != f) })
		if a := c.accuracy(best.threshold, func(x comparison) float64 { return one(x.fold == f) }); !math.IsNaN(a) && best.accuracy >= 0 {
			all = append(all, a)
		}
	}
	if len(all) < 2 {
		return 0, 0
	}
	n := float64(len(all))
	for _, a := range all {
		mean += a
	}
	mean /= n
	for _, a := range all {
		standardError += (a - mean) * (a - mean) / (n - 1)
	}
	return mean, math.Sqrt(standardError / n)
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

const rocPoints = 200

// roc thins the curve out: the points where a rate changes visibly.
func (c curve) roc() []ROCPoint {
	var all []ROCPoint
	c.walk(func(comparison) float64 { return 1 }, func(r rates, _ float64) {
		p := ROCPoint{Threshold: finite(r.threshold), FAR: r.far, TAR: r.tar}
		if n := len(all); n > 1 && (all[n-1].FAR == p.FAR && all[n-2].FAR == p.FAR || all[n-1].TAR == p.TAR && all[n-2].TAR == p.TAR) {
			all[n-1] = p // a straight step needs its ends only
			return
		}
		all = append(all, p)
	})
	if len(all) <= rocPoints {
		return all
	}
	// Evenly in the logarithm of the FAR, where what matters is small, and then in the TAR.
	var kept []ROCPoint
	at := func(p ROCPoint) float64 { return 25*math.Log10(max(p.FAR, 1e-7)) + 50*p.TAR }
	for i, p := range all {
		if i == 0 || i == len(all)-1 || at(p)-at(kept[len(kept)-1]) >= 1 || p.FAR > 0 && kept[len(kept)-1].FAR == 0 {
			kept = append(kept, p)
		}
	}
	return slices.Clip(kept)
}

// finite gives 0 for a threshold below all distances, which JSON could not hold.
func finite(v float64) float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	return v
}

// Name of a FAR as people in the field write it, e.g. "1e-3".
func (p FARPoint) Name() string {
	if i := slices.Index(verificationFARs, p.FAR); i >= 0 {
		return farNames[i]
	}
	return strconv.FormatFloat(p.FAR, 'g', 2, 64)
}
