// Package crossing tells one crossing of a gate from the next, so that each makes one pass.
//
// A crossing is one person at one gate in one direction, from when they are first seen until a cooldown after they were
// last seen, over any number of tracks and cameras. Strangers have no name: theirs is told by how near the faces are.
// The package owns that memory and nothing else: it decides nothing, and has no clock and no goroutines.
package crossing

import (
	"time"

	"menshen"
)

// Config sets how long a crossing lasts and how much is remembered.
type Config struct {
	Cooldown time.Duration // seen again within this time of capture is the same crossing
	Keep     time.Duration // how much longer, by the clock, a crossing is remembered for faces that come late
}

// Bounds of a ledger. With more, the crossing longest unseen is forgotten: at worst a person gets a second pass.
const (
	maxPeople    = 512
	maxStrangers = 128
)

// Crossing is one crossing. It is made by a Ledger and stays valid after the ledger forgot it.
type Crossing struct {
	Person     string // "" for a stranger
	Opened     time.Time
	allowed    bool
	denied     bool
	reviewed   bool
	first      time.Time // capture times
	last       time.Time
	touched    time.Time // by the clock
	descriptor menshen.Descriptor
}

// Ledger remembers the crossings of one gate in one direction. It is not safe for concurrent use.
type Ledger struct {
	cfg        Config
	people     map[string]*Crossing
	strangers  []*Crossing
	unreadable *Crossing
}

// New makes an empty ledger.
func New(cfg Config) *Ledger { return &Ledger{cfg: cfg, people: map[string]*Crossing{}} }

// Seen is somebody before the gate.
type Seen struct {
	Descriptor menshen.Descriptor // best face; nil where there is none
	Captured   time.Time
	Now        time.Time // by the clock
}

// Person notes a decision about somebody by name and says whether it makes a pass: the first allow of a crossing does,
// the first denial, and the first review unless they were let in or denied before. of is the crossing that the same
// track had before, nil for none: a track is one crossing for as long as it is in view.
func (l *Ledger) Person(person string, outcome menshen.Outcome, s Seen, of *Crossing) (*Crossing, bool) {
	c := l.people[person]
	switch {
	case of != nil && of.Person == person:
		c = of
	case c != nil && !l.same(c, s.Captured):
		c = nil
	}
	if c == nil {
		c = &Crossing{Person: person, first: s.Captured, last: s.Captured}
	}
	if l.people[person] != c {
		if len(l.people) >= maxPeople {
			l.forgetPerson()
		}
		l.people[person] = c
	}
	if s.Descriptor != nil {
		c.descriptor = s.Descriptor
	}
	l.Touch(c, s.Captured, s.Now)
	return c, c.decide(outcome)
}

// Allowed reports whether somebody captured then belongs to a crossing that was allowed: they stand in the gate, and what
// forbids a second crossing does not stop them. of is as for Person.
func (l *Ledger) Allowed(person string, captured time.Time, of *Crossing) bool {
	if of != nil && of.Person == person {
		return of.allowed
	}
	c := l.people[person]
	return c != nil && c.allowed && l.same(c, captured)
}

// JustOpened reports whether a door was opened for somebody so short a time ago that it still stands open for them. What was
// opened in the future was not: the clock was set back since.
func (l *Ledger) JustOpened(person string, now time.Time, within time.Duration) bool {
	c := l.people[person]
	if c == nil || !c.allowed {
		return false
	}
	ago := now.Sub(c.Opened)
	return ago >= 0 && ago < within
}

// decide notes an outcome and says whether it is new for the crossing.
func (c *Crossing) decide(outcome menshen.Outcome) bool {
	switch outcome {
	case menshen.OutcomeAllow:
		fresh := !c.allowed
		c.allowed = true
		return fresh
	case menshen.OutcomeDeny:
		fresh := !c.denied
		c.denied = true
		return fresh
	}
	fresh := !c.allowed && !c.denied && !c.reviewed
	c.reviewed = true
	return fresh
}

// Stranger notes the refusal of somebody without a name and says whether it makes a pass. A face within the distance
// near of one seen in the cooldown is the same human being: a stranger refused already, or somebody let in or refused by
// name whom the camera then lost and found again.
func (l *Ledger) Stranger(s Seen, near float64) (*Crossing, bool) {
	var nearest *Crossing
	best := near
	consider := func(c *Crossing) {
		if len(c.descriptor) == 0 || len(c.descriptor) != len(s.Descriptor) || !l.same(c, s.Captured) {
			return
		}
		if d := c.descriptor.Distance(s.Descriptor); d <= best {
			nearest, best = c, d
		}
	}
	for _, c := range l.strangers {
		consider(c)
	}
	for _, c := range l.people {
		consider(c)
	}
	if nearest != nil {
		l.Touch(nearest, s.Captured, s.Now)
		return nearest, false
	}
	if len(l.strangers) >= maxStrangers {
		l.forgetStranger()
	}
	c := &Crossing{descriptor: s.Descriptor, first: s.Captured, last: s.Captured, touched: s.Now}
	l.strangers = append(l.strangers, c)
	return c, true
}

// Unreadable notes a track without a usable face and says whether it makes a pass. Nothing tells two of them apart, so
// all within the cooldown are one.
func (l *Ledger) Unreadable(s Seen) (*Crossing, bool) {
	if c := l.unreadable; c != nil && l.same(c, s.Captured) {
		l.Touch(c, s.Captured, s.Now)
		return c, false
	}
	l.unreadable = &Crossing{first: s.Captured, last: s.Captured, touched: s.Now}
	return l.unreadable, true
}

// Touch notes that the human being of a crossing is still in view.
func (l *Ledger) Touch(c *Crossing, captured, now time.Time) {
	if captured.After(c.last) {
		c.last = captured
	}
	if captured.Before(c.first) {
		c.first = captured
	}
	if now.After(c.touched) {
		c.touched = now
	}
}

// same says that a capture time belongs to a crossing. It looks both ways, for faces come in any order.
func (l *Ledger) same(c *Crossing, captured time.Time) bool {
	return captured.Sub(c.last) <= l.cfg.Cooldown && c.first.Sub(captured) <= l.cfg.Cooldown
}

// Expire forgets the crossings that no face can belong to any more.
func (l *Ledger) Expire(now time.Time) {
	for person, c := range l.people {
		if l.expired(c, now) {
			delete(l.people, person)
		}
	}
	kept := l.strangers[:0]
	for _, c := range l.strangers {
		if !l.expired(c, now) {
			kept = append(kept, c)
		}
	}
	clear(l.strangers[len(kept):])
	l.strangers = kept
	if l.unreadable != nil && l.expired(l.unreadable, now) {
		l.unreadable = nil
	}
}

func (l *Ledger) expired(c *Crossing, now time.Time) bool {
	return now.Sub(c.touched) > l.cfg.Cooldown+l.cfg.Keep
}

// Len is how many crossings are remembered.
func (l *Ledger) Len() int {
	n := len(l.people) + len(l.strangers)
	if l.unreadable != nil {
		n++
	}
	return n
}

func (l *Ledger) forgetPerson() {
	var oldest *Crossing
	for _, c := range l.people {
		if oldest == nil || c.touched.Before(oldest.touched) {
			oldest = c
		}
	}
	delete(l.people, oldest.Person)
}

func (l *Ledger) forgetStranger() {
	oldest := 0
	for i, c := range l.strangers {
		if c.touched.Before(l.strangers[oldest].touched) {
			oldest = i
		}
	}
	l.strangers[oldest] = l.strangers[len(l.strangers)-1]
	l.strangers = l.strangers[:len(l.strangers)-1]
}
