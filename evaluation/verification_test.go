package evaluation_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"menshen"
	"menshen/evaluation"
)

// drawn makes pairs whose distances are normally distributed: of one person about 1, of two about 1 + apart,
// standard deviation 0.1.
func drawn(people, each int, apart float64) (pairs []evaluation.Pair, distances []float64) {
	random := rand.New(rand.NewPCG(7, 7))
	for i := range people {
		for k := range each {
			a := fmt.Sprintf("%d/%d.jpg", i, k)
			pairs = append(pairs, evaluation.Pair{First: a, Second: fmt.Sprintf("%d/x.jpg", i), Same: true},
				evaluation.Pair{First: a, Second: fmt.Sprintf("%d/x.jpg", (i+1+random.IntN(people-1))%people)})
			distances = append(distances, 1+0.1*random.NormFloat64(), 1+apart+0.1*random.NormFloat64())
		}
	}
	return pairs, distances
}

// TestVerifyKnown compares with what the normal distribution gives: at half way the accuracy is Φ(2) = 0.9772 for four
// standard deviations apart, TAR at FAR 1e-2 is Φ(4 − 2.326) = 0.9529.
func TestVerifyKnown(t *testing.T) {
	pairs, distances := drawn(400, 25, 0.4)
	v, err := evaluation.Verify(pairs, distances, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string][3]float64{
		"accuracy": {v.Accuracy, 0.9772, 0.004}, "ten folds": {v.TenFold, 0.9772, 0.004}, "threshold": {v.Threshold, 1.2, 0.03},
		"equal error": {v.EqualError, 0.0228, 0.004}, "TAR at 1e-2": {v.TAR["1e-2"], 0.9529, 0.01}, "TAR at 1e-3": {v.TAR["1e-3"], 0.8187, 0.06},
	} {
		if math.Abs(x[0]-x[1]) > x[2] {
			t.Errorf("%s is %.4f instead of %.4f", name, x[0], x[1])
		}
	}
	for _, p := range v.Points {
		if p.Measured > p.FAR || !(p.Interval.Low <= p.TAR && p.TAR <= p.Interval.High) || p.Interval.High-p.Interval.Low > 0.3 {
			t.Errorf("%+v", p)
		}
		if p.Resolved != (p.FAR >= 1e-4) {
			t.Errorf("FAR %g resolved by 10,000 pairs: %v", p.FAR, p.Resolved)
		}
	}
	if len(v.ROC) < 50 || len(v.ROC) > 300 {
		t.Errorf("%d points of the curve", len(v.ROC))
	}
	last := v.ROC[len(v.ROC)-1]
	if last.FAR != 1 || last.TAR != 1 || v.ROC[0].FAR != 0 {
		t.Errorf("the curve goes from %+v to %+v", v.ROC[0], last)
	}
	again, err := evaluation.Verify(pairs, distances, 1)
	if err != nil || !reflect.DeepEqual(v, again) {
		t.Error("the same call gives other figures")
	}
}

func TestVerifyPerfect(t *testing.T) {
	pairs, distances := drawn(30, 4, 20)
	v, err := evaluation.Verify(pairs, distances, 1)
	if err != nil || v.Accuracy != 1 || v.TenFold != 1 || v.EqualError != 0 || v.TAR["1e-4"] != 1 || v.Points[2].Resolved {
		t.Errorf("%+v, error %v", v, err)
	}
	if math.Abs(v.Threshold-11) > 1 {
		t.Errorf("the threshold %.3f is not between the two kinds", v.Threshold)
	}
}

// TestVerifyFailures: a failed photograph is never accepted, which is wrong for its person and right for another one.
func TestVerifyFailures(t *testing.T) {
	pairs, distances := drawn(20, 5, 20)
	for i := range 20 {
		distances[i] = math.Inf(1) // ten of each kind, of 100
	}
	v, err := evaluation.Verify(pairs, distances, 1)
	if err != nil || math.Abs(v.Accuracy-0.95) > 1e-9 || math.Abs(v.TAR["1e-2"]-0.9) > 1e-9 {
		t.Errorf("accuracy %.3f, TAR %.3f, error %v", v.Accuracy, v.TAR["1e-2"], err)
	}
	if _, err := json.Marshal(v); err != nil {
		t.Error(err)
	}
	for i := range distances {
		distances[i] = math.Inf(1)
	}
	if v, err = evaluation.Verify(pairs, distances, 1); err != nil || v.Accuracy != 0.5 || v.TAR["1e-2"] != 0 {
		t.Errorf("nothing could be used: %+v, error %v", v, err)
	}
	if _, err := json.Marshal(v); err != nil {
		t.Error(err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	same := []evaluation.Pair{{First: "a/1", Second: "a/2", Same: true}}
	if _, err := evaluation.Verify(same, []float64{1}, 1); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("one kind alone: error %v", err)
	}
	both := append(same, evaluation.Pair{First: "a/1", Second: "b/1"})
	for _, bad := range []float64{math.NaN(), -1} {
		if _, err := evaluation.Verify(both, []float64{1, bad}, 1); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("distance %g: error %v", bad, err)
		}
	}
}

// TestIntervalsByPeople: where all pairs of a person fail together, people and not pairs say how sure a rate is. With 40
// people of whom a quarter always fail, it is about ±0.13; a hundred times as many pairs of them tell nothing more.
func TestIntervalsByPeople(t *testing.T) {
	pairs, distances := drawn(40, 50, 20)
	for i, p := range pairs {
		var who int
		fmt.Sscanf(p.First, "%d/", &who)
		if p.Same && who%4 == 0 {
			distances[i] = math.Inf(1)
		}
	}
	v, err := evaluation.Verify(pairs, distances, 1)
	if err != nil {
		t.Fatal(err)
	}
	if i := v.Points[0].Interval; i.High-i.Low < 0.2 || i.High-i.Low > 0.35 {
		t.Errorf("%.3f … %.3f", i.Low, i.High)
	}
}
