package policy_test

import (
	"testing"
	"time"

	"menshen/tracing/policy"
)

// Lengths of time in policies are a year and a day at most, before or after, whatever is written.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"14d", "36h", "1m", "-1d", "999999999999d", "1d12h", "", "NaN", "1e9d", "0x1d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := policy.ParseDuration(s); ok && d.Abs() > 366*24*time.Hour {
			t.Errorf("%q is %v", s, d)
		}
	})
}
