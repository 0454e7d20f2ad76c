package passlog

import (
	"time"

	"menshen"
)

// Config is how a Log works. The zero value takes in passes of any time.
type Config struct {
	// Origin is the time from which on passes are held: earlier ones are left out, as if they had been forgotten. It must
	// be set where passes come from clocks that may be wrong: without it a single pass of a far time keeps all others out.
	Origin time.Time
	// Grade gives the grade of confidence of a pass, 0 (full) to Grades-1. It must not use the log. Nil gives 0 to all.
	Grade func(*menshen.Pass) uint8
}

// TickLength is how long a tick is: times within it are one and the same to the log.
const TickLength = 10 * time.Millisecond

// Reach is how far apart the first and the last pass of a log can be: 2³² ticks, about 497 days.
const Reach = TickLength << 32
