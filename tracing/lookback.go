package tracing

import "time"

// Lookback is how long before a time a pass may tell of a stay then: the longest that the time
// between two proofs is taken as one stay in any zone, also for who lives there. With
// the passes from T on, stays are known from T + Lookback on.
func (t *Tracer) Lookback() time.Duration {
	longest := int64(0)
	for zone := range t.plan.caps {
		longest = max(longest, t.plan.wholeFor(zone, max(t.plan.caps[zone], int64(t.plan.cfg.HomeCap))))
	}
	return time.Duration(longest)
}
