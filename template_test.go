package menshen_test

import (
	"math"
	"testing"

	"menshen"
)

func TestMeanDescriptor(t *testing.T) {
	d := func(v ...float32) menshen.Descriptor { return v }
	if got := menshen.MeanDescriptor([]menshen.Descriptor{d(1, 0), d(0, 1), nil, d(1, 2, 3)}); len(got) != 2 || math.Abs(float64(got[0])-math.Sqrt(0.5)) > 1e-6 {
		t.Errorf("%v", got)
	}
	if got := menshen.MeanDescriptor([]menshen.Descriptor{d(0.6, 0), d(0.4, 0)}); math.Abs(float64(got[0])-0.5) > 1e-6 {
		t.Errorf("the mean length is not kept: %v", got)
	}
	if got := menshen.MeanDescriptor([]menshen.Descriptor{d(1, 0), d(-1, 0)}); got != nil {
		t.Errorf("opposites give %v", got)
	}
	if menshen.MeanDescriptor(nil) != nil {
		t.Error("nothing gives something")
	}
}
