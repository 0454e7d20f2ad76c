package menshen

import "time"

// PassTally is how many passes were alike: at one gate, in one direction, with one answer, within one quarter of an hour.
type PassTally struct {
	At        time.Time // the quarter begins; quarters, because the clocks of some places are not whole hours from UTC
	Gate      string
	Direction Direction
	Outcome   Outcome
	Reason    Reason // the deciding one of what was not allowed; "" for none
	Count     int
}

// SiteFigures is how many people of a site are what, at one moment.
type SiteFigures struct {
	People    int // active
	Enrolled  int // of them, with a template of any engine
	Permitted int // with a permit that is valid
	Observed  int // at home
	Monitored int
	Isolated  int
	Fevers    int // people with a fever since the day began
	Measured  int // people measured since the day began
}
