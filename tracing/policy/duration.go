package policy

import (
	"strconv"
	"strings"
	"time"
)

// day is 24 hours: a policy of so many days means the same length whether or not clocks are changed within it.
const day = 24 * time.Hour

// longest bounds every duration of a policy.
const longest = 366 * day

// ParseDuration reads a duration as policies write it: as Go does ("15m", "1h30m", "60s"), with days of 24 hours before
// that ("14d", "1d12h"). It reports false for anything else, and for more than 366 days either way.
func ParseDuration(s string) (time.Duration, bool) {
	days, rest, found := strings.Cut(s, "d")
	if !found {
		d, err := time.ParseDuration(s)
		return d, err == nil && d >= -longest && d <= longest
	}
	n, err := strconv.Atoi(days)
	if err != nil || n < -366 || n > 366 {
		return 0, false
	}
	d := time.Duration(n) * day
	if rest != "" {
		more, err := time.ParseDuration(rest)
		if err != nil || more < 0 || more >= day || strings.ContainsAny(rest[:1], "+-") {
			return 0, false
		}
		if n < 0 || strings.HasPrefix(days, "-") {
			more = -more
		}
		d += more
	}
	return d, d >= -longest && d <= longest
}

// FormatDuration writes a duration of a policy so that ParseDuration reads it and people do too: 14d, 1d12h, 15m.
func FormatDuration(d time.Duration) string {
	if d < 0 {
		return "-" + FormatDuration(-d)
	}
	var b strings.Builder
	if n := d / day; n > 0 {
		b.WriteString(strconv.Itoa(int(n)) + "d")
	}
	rest := d % day
	if rest == 0 && b.Len() > 0 {
		return b.String()
	}
	s := rest.String() // 15m0s, 1h0m0s
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return b.String() + s
}
