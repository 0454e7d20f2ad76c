package tracing

import "time"

// Lookback is how long before a time a pass may tell of a stay then: the longest cap of any zone, also for who lives there. With
// the passes from T on, stays are known from T + Lookback on.
func (t *Tracer) Lookback() time.Duration {
	longest := int64(0)
	for zone := range t.plan.caps {
		longest = max(longest, t.plan.longestCap(zone))
	}
	return time.Duration(longest)
}
