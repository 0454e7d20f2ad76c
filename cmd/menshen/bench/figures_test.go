package bench

import (
	"testing"
	"time"
)

func TestPercentiles(t *testing.T) {
	var d durations
	for _, ms := range []int{40, 15, 50, 20, 35} {
		d = append(d, time.Duration(ms)*time.Millisecond)
	}
	for p, want := range map[float64]int{5: 15, 20: 15, 20.1: 20, 30: 20, 40: 20, 50: 35, 80: 40, 95: 50, 99: 50, 100: 50} {
		if got := d.percentile(p); got != time.Duration(want)*time.Millisecond {
			t.Errorf("the %g %% point is %s instead of %d ms", p, got, want)
		}
	}
	if got := d.mean(); got != 32*time.Millisecond {
		t.Errorf("the mean is %s", got)
	}
	if d[0] != 40*time.Millisecond {
		t.Error("the measurements were put into another order")
	}
	var hundred durations
	for i := 100; i >= 1; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	if a, b, c := hundred.percentile(50), hundred.percentile(95), hundred.percentile(99); a != 50 || b != 95 || c != 99 {
		t.Errorf("of 1 to 100 they are %d, %d, %d", a, b, c)
	}
	if none := (durations{}).spread(); none != (spread{}) {
		t.Errorf("of nothing they are %+v", none)
	}
}

func TestMillis(t *testing.T) {
	for v, want := range map[float64]string{0: "0.0000", 0.00123: "0.0012", 0.0821: "0.0821", 1.234: "1.23", 12.34: "12.3", 184.2: "184", 7781: "7781"} {
		if got := millis(v); got != want {
			t.Errorf("%g is printed as %s instead of %s", v, got, want)
		}
	}
}
