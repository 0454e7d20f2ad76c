package retention

import (
	"slices"
	"sync"
	"time"
)

const (
	// settled is how long Menshen runs on after the clock has jumped ahead until the jump is believed.
	settled = 24 * time.Hour
	// drift is by how much a clock that is being kept right may run ahead between two looks.
	drift = 2 * time.Minute
)

// Moment is what the machine's clocks say at once.
type Moment struct {
	Wall time.Time     // of the day
	Boot string        // which start of the machine; "" where it is not known
	Up   time.Duration // since then, suspended time included
}

// Jump is how far the clock went ahead of itself at once.
type Jump struct {
	By   time.Duration `json:"by"`
	Left time.Duration `json:"left"` // to wait until it is believed
}

// ClockState is what a Clock must keep between runs.
type ClockState struct {
	Wall  time.Time     `json:"wall"` // when it was last looked at; zero for never
	Boot  string        `json:"boot,omitempty"`
	Up    time.Duration `json:"up,omitempty"`
	Jumps []Jump        `json:"jumps,omitempty"`
}

// Clock tells by which time data grow old. It follows the machine's clock as long as that goes on evenly. Where it jumped ahead,
// also while Menshen or the machine was off, the time before counts on, until it has run evenly for a day since: a clock that was
// set wrong and is put right within a day removes nothing early. Each jump is waited out by itself, so that a machine that is off
// every night lags by about a day, and no more. Where a clock is set back, the earlier time counts at once. Safe for concurrent use.
type Clock struct {
	mu    sync.Mutex
	state ClockState
}

// NewClock goes on from a state. Where there is none yet, newest is the time of the newest record that there is, zero for none: a
// clock that is far beyond it is waited out like any other jump.
func NewClock(s ClockState, newest time.Time) *Clock {
	if s.Wall.IsZero() && !newest.IsZero() {
		s = ClockState{Wall: newest}
	}
	s.Jumps = slices.Clone(s.Jumps)
	return &Clock{state: s}
}

// Look takes in what the clocks say, and gives the time that counts and what must be kept for the next run.
func (c *Clock) Look(m Moment) (time.Time, ClockState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.state
	if s.Wall.IsZero() {
		*s = ClockState{Wall: m.Wall, Boot: m.Boot, Up: m.Up}
		return m.Wall, c.copy()
	}
	ran := time.Duration(0) // what is sure to have gone by since
	switch {
	case m.Boot != "" && m.Boot == s.Boot:
		ran = max(m.Up-s.Up, 0)
	case s.Boot != "":
		ran = max(m.Up, 0)
	}
	ahead := m.Wall.Sub(s.Wall) - ran
	for i := range s.Jumps {
		s.Jumps[i].Left -= ran
	}
	switch {
	case ahead > drift:
		s.Jumps = append(s.Jumps, Jump{By: ahead, Left: settled})
	case ahead < -drift:
		s.Jumps = putBack(s.Jumps, -ahead)
	}
	s.Jumps = slices.DeleteFunc(s.Jumps, func(j Jump) bool { return j.Left <= 0 })
	s.Wall, s.Boot, s.Up = m.Wall, m.Boot, m.Up
	return m.Wall.Add(-c.pending()), c.copy()
}

// Believe takes the clock as it is, on the word of a person.
func (c *Clock) Believe() ClockState {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.Jumps = nil
	return c.copy()
}

// Pending is by how much the clock is ahead of what is believed, and how long Menshen still has to run until all of it is.
func (c *Clock) Pending() (by, left time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, j := range c.state.Jumps {
		left = max(left, j.Left)
	}
	return c.pending(), left
}

func (c *Clock) pending() (by time.Duration) {
	for _, j := range c.state.Jumps {
		by += j.By
	}
	return by
}

func (c *Clock) copy() ClockState {
	s := c.state
	s.Jumps = slices.Clone(s.Jumps)
	return s
}

// putBack takes from the latest jumps what the clock was set back by: it was put right. What is more than all of them is simply
// earlier.
func putBack(jumps []Jump, by time.Duration) []Jump {
	for i := len(jumps) - 1; i >= 0 && by > 0; i-- {
		n := min(by, jumps[i].By)
		jumps[i].By -= n
		by -= n
	}
	return slices.DeleteFunc(jumps, func(j Jump) bool { return j.By <= drift })
}
