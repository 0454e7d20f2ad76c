package mask

import (
	"math"

	"menshen"
	"menshen/recognizer"
)

// Covered says how surely the lower face of these five points is covered, 0 … 1; from 0.5 on it counts as covered. 0 where the
// points make no face. It takes some tens of microseconds.
func Covered(p recognizer.Picture, l menshen.Landmarks) float64 {
	m, ok := Measure(p, l)
	if !ok {
		return 0
	}
	z := coefficients[0]
	for i, v := range m {
		z += coefficients[i+1] * v
	}
	return Logistic(z)
}

// Logistic is 1/(1 + e^−z).
func Logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
