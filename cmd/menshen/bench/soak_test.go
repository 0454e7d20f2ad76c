package bench

import (
	"math"
	"testing"
)

func TestSlopeFindsWhatGrows(t *testing.T) {
	at := []float64{0, 1, 2, 3, 4, 5, 6, 7} // minutes
	for name, c := range map[string]struct {
		values []float64
		want   float64
	}{
		"flat":          {[]float64{5, 5, 5, 5, 5, 5, 5, 5}, 0},
		"a leak":        {[]float64{0, 2, 4, 6, 8, 10, 12, 14}, 120},
		"only at first": {[]float64{0, 90, 100, 100, 100, 100, 100, 100}, 0},
		"one sample":    {[]float64{3}, 0},
	} {
		if got := newCurve(name, c.values, at).Slope; math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v an hour, want %v", name, got, c.want)
		}
	}
}

func TestMetricValue(t *testing.T) {
	const text = "# HELP go_goroutines Number\n# TYPE go_goroutines gauge\ngo_goroutines 87\ngo_goroutines_more 3\n"
	if v, err := metricValue(text, "go_goroutines"); v != 87 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := metricValue(text, "go_gorout"); err == nil {
		t.Error("a part of a name was taken for the whole")
	}
}
