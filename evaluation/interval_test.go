package evaluation_test

import (
	"math"
	"testing"

	"menshen/evaluation"
)

// TestWilson compares with figures that others publish (Newcombe 1998, table I).
func TestWilson(t *testing.T) {
	for _, test := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {20, 20, 0.8389, 1}, {0, 0, 0, 1}} {
		got := evaluation.Wilson(test.k, test.n)
		if math.Abs(got.Low-test.low) > 1e-4 || math.Abs(got.High-test.high) > 1e-4 {
			t.Errorf("%d of %d: %.4f … %.4f instead of %.4f … %.4f", test.k, test.n, got.Low, got.High, test.low, test.high)
		}
	}
}
