// Package shot chooses which pictures of a tracked face are worth sending, and what part of the frame to cut out for
// them. It owns the choice only: no pixels, no tracks. Plain Go.
package shot

import (
	"time"

	"menshen"
)

// Config tunes the choice.
type Config struct {
	Margin   float64       // what a crop shows around a face, see Margin; that if 0
	MinFace  float64       // smallest face sent, px wide in the full frame; 40 if 0: smaller ones are not recognised well
	MinScore float64       // lowest quality score sent, 0 … 1; 0.25 if 0
	Gain     float64       // share by which the best score must improve; 0.05 if 0
	MinShots int           // so many go out without improvement, for evidence from several frames; 5 if 0
	MaxShots int           // most shots of a track; 12 if 0
	Pause    time.Duration // shortest time between two shots of a track; 200 ms if 0
}

// WithDefaults gives the configuration with zero fields filled in.
func (c Config) WithDefaults() Config {
	set(&c.Margin, Margin)
	set(&c.MinFace, 40)
	set(&c.MinScore, 0.25)
	set(&c.Gain, 0.05)
	set(&c.MinShots, 5)
	set(&c.MaxShots, 12)
	set(&c.Pause, 200*time.Millisecond)
	return c
}

func set[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Validate checks a configuration with defaults filled in.
func (c Config) Validate() error {
	const op = "camera.shot"
	switch {
	case !(c.MinFace >= 16 && c.MinFace <= 1000):
		return menshen.Errorf(menshen.CodeInvalid, op, "the smallest face of %g px is out of range", c.MinFace).WithHint("use 16 to 1000, usually 40")
	case !(c.Margin >= 0.2 && c.Margin <= 2):
		return menshen.Errorf(menshen.CodeInvalid, op, "the margin %g around a face is out of range", c.Margin).WithHint("use 0.2 to 2, usually 0.6")
	case !(c.MinScore > 0 && c.MinScore < 1 && c.Gain > 0 && c.Gain < 1):
		return menshen.Errorf(menshen.CodeInvalid, op, "the lowest quality %g or the gain %g is out of range", c.MinScore, c.Gain).
			WithHint("both lie between 0 and 1, usually 0.25 and 0.05")
	case c.MinShots < 1 || c.MaxShots < c.MinShots || c.MaxShots > 100:
		return menshen.Errorf(menshen.CodeInvalid, op, "%d to %d shots of a track are out of range", c.MinShots, c.MaxShots).
			WithHint("use 1 to 100, usually 5 to 12, the second not below the first")
	case c.Pause < 0 || c.Pause > 10*time.Second:
		return menshen.Errorf(menshen.CodeInvalid, op, "the pause of %s between shots is out of range", c.Pause).WithHint("use at most 10s, usually 200ms")
	}
	return nil
}

// Selector chooses the shots of one track. Not safe for concurrent use.
type Selector struct {
	cfg  Config
	sent int
	best float64
	last time.Time
}

// NewSelector makes a selector; cfg has its defaults filled in.
func NewSelector(cfg Config) *Selector { return &Selector{cfg: cfg} }

// Sent is how many shots were taken.
func (s *Selector) Sent() int { return s.sent }

// Take decides whether a picture goes out, and counts it if so: the number of the shot, from 1 on, and whether to send.
//
// The first MinShots need only be Pause apart. After that each further one must improve on the best by Gain more than
// the one before (5 %, 10 %, 15 %, …): so the budget of MaxShots lasts from a poor picture far away to the best one at
// the gate, however slowly somebody walks up.
func (s *Selector) Take(at time.Time, width, score float64) (number int, ok bool) {
	if width < s.cfg.MinFace || score < s.cfg.MinScore || s.sent >= s.cfg.MaxShots {
		return 0, false
	}
	if s.sent > 0 && at.Sub(s.last) < s.cfg.Pause {
		return 0, false
	}
	if extra := s.sent - s.cfg.MinShots; extra >= 0 && score < s.best*(1+s.cfg.Gain*float64(extra+1)) {
		return 0, false
	}
	s.sent++
	s.best = max(s.best, score)
	s.last = at
	return s.sent, true
}
