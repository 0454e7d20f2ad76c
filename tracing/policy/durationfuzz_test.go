package policy_test

import (
	"testing"

	"menshen/tracing/policy"
)

// Lengths of time in policies never come out negative, whatever is written.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"14d", "36h", "1m", "-1d", "999999999999d", "1d12h", "", "NaN", "1e9d", "0x1d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := policy.ParseDuration(s); ok && d < 0 {
			t.Errorf("%q is %v", s, d)
		}
	})
}
