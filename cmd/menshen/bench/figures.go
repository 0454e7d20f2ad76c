package bench

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// durations are measurements of one thing.
type durations []time.Duration

// percentile gives the smallest measurement that at least p percent of them do not exceed (nearest rank), 0 for none.
// p is above 0 and at most 100.
func (d durations) percentile(p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(d))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// mean gives the arithmetic mean, 0 for none.
func (d durations) mean() time.Duration {
	if len(d) == 0 {
		return 0
	}
	sum := time.Duration(0)
	for _, v := range d {
		sum += v
	}
	return sum / time.Duration(len(d))
}

// spread sums measurements up, in milliseconds.
type spread struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P95   float64 `json:"p95_ms"`
	P99   float64 `json:"p99_ms"`
	Mean  float64 `json:"mean_ms"`
}

func (d durations) spread() spread {
	return spread{
		Count: len(d), P50: inMilliseconds(d.percentile(50)), P95: inMilliseconds(d.percentile(95)), P99: inMilliseconds(d.percentile(99)),
		Mean: inMilliseconds(d.mean()),
	}
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// millis prints milliseconds with three digits that matter, e.g. 0.0821, 12.3, 184.
func millis(v float64) string {
	digits := 0
	for limit := 100.0; digits < 4 && v < limit; digits++ {
		limit /= 10
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
