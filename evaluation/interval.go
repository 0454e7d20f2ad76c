package evaluation

import "math"

// Interval is a confidence interval of 95 %.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// quantile95 is the 97.5 % point of the normal distribution.
const quantile95 = 1.959963984540054

// Wilson gives the interval of a proportion of k in n independent trials (Wilson 1927); 0 to 1 where there is none.
// Unlike k/n ± 1.96·sd it says something where k is 0 or n.
func Wilson(k, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	p, z2, m := float64(k)/float64(n), quantile95*quantile95, float64(n)
	middle := (p + z2/(2*m)) / (1 + z2/m)
	half := quantile95 / (1 + z2/m) * math.Sqrt(p*(1-p)/m+z2/(4*m*m))
	i := Interval{Low: max(middle-half, 0), High: min(middle+half, 1)}
	if k == 0 {
		i.Low = 0 // and not 1e-18
	}
	if k == n {
		i.High = 1
	}
	return i
}
