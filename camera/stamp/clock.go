// Package stamp finds out when a frame came, from when it was read and from the presentation time that its stream gave
// it. Plain Go.
package stamp

import "time"

// Clock turns the time at which a frame was read into the time at which it came. A frame that waited (in the network,
// in a queue, for a processor) is read late, and then several at once; presentation times keep the true distances. The
// least difference of the two over some seconds is taken as no waiting at all; the window is short, so that a camera
// whose own clock runs wrong does no harm. The zero Clock is ready. Not safe for concurrent use.
type Clock struct {
	last    time.Time     // what was given last
	pts     time.Duration // of the last frame
	base    time.Time     // leads are counted from it
	turn    time.Time     // when the current half of the window began
	now     least         // of the current half
	earlier least         // of the half before
}

// least is the smallest of the durations seen.
type least struct {
	d  time.Duration
	ok bool
}

func (l *least) see(d time.Duration) {
	if !l.ok || d < l.d {
		*l = least{d, true}
	}
}

const (
	half    = 2 * time.Second // of the window
	maxWait = 2 * time.Second // more is never taken off
	maxJump = time.Minute     // a longer step of the presentation time is no step
)

// Captured gives the time of a frame of presentation time pts that was read at the given time: not later than that,
// except by microseconds where it must be, to be later than the frame before. A stream without presentation times, or
// one whose times jump, gives the time of reading.
func (c *Clock) Captured(read time.Time, pts time.Duration) time.Time {
	at := read
	if step := pts - c.pts; step > 0 && step < maxJump {
		at = read.Add(-c.waited(read, pts))
	} else {
		*c = Clock{last: c.last}
	}
	c.pts = pts
	if !at.After(c.last) {
		at = c.last.Add(time.Microsecond)
	}
	c.last = at
	return at
}

func (c *Clock) waited(read time.Time, pts time.Duration) time.Duration {
	if c.base.IsZero() {
		c.base, c.turn = read, read
	}
	if read.Sub(c.turn) >= half {
		c.earlier, c.now, c.turn = c.now, least{}, read
	}
	lead := read.Sub(c.base) - pts
	c.now.see(lead)
	best := c.now
	if c.earlier.ok {
		best.see(c.earlier.d)
	}
	return min(lead-best.d, maxWait)
}
