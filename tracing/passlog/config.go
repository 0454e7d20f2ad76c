package passlog

import (
	"time"

	"menshen"
)

// Config is how a Log works. The zero value is right where passes are of one year.
type Config struct {
	// Origin is a time near the oldest pass that the log is to hold. It is where ticks begin, and moves when it grows old.
	// Zero: 248 days before the first pass.
	Origin time.Time
	// Grade gives the grade of confidence of a pass, 0 (full) to Grades-1. Nil gives 0 to all.
	Grade func(*menshen.Pass) uint8
}

// TickLength is how long a tick is: times within it are one and the same to the log.
const TickLength = 10 * time.Millisecond

// Reach is how far apart the first and the last pass of a log can be: 2³² ticks, about 497 days.
const Reach = TickLength << 32
