package access

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"menshen"
)

// Bounds of a desk.
const (
	maxOnDesk  = 256
	deskMemory = 10 * time.Minute // a refusal can be overruled for so long
)

// desk is what a guard can answer at one gate: reviews that wait, and refusals of the last minutes. Safe for concurrent use.
type desk struct {
	mu    sync.Mutex
	cases map[uint64]*deskCase // by sequence of the pass
}

// deskCase is one pass that a guard can answer.
type deskCase struct {
	menshen.Review // Until is zero for a refusal: nothing follows by itself

	put time.Time
}

func newDesk() *desk { return &desk{cases: map[uint64]*deskCase{}} }

// put lays a pass on the desk. Somebody who is reviewed again while they wait is one case, the latest, with the time of the
// first. Where there is no room the oldest refusal goes, or else the oldest of all.
func (d *desk) put(r menshen.Review, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for sequence, c := range d.cases {
		if c.Pass.Person != "" && c.Pass.Person == r.Pass.Person && c.Pass.Direction == r.Pass.Direction && !c.Until.IsZero() && !r.Until.IsZero() {
			if c.Until.Before(r.Until) {
				r.Until = c.Until
			}
			delete(d.cases, sequence)
		}
	}
	if len(d.cases) >= maxOnDesk {
		var oldest *deskCase
		for _, c := range d.cases {
			if oldest == nil || c.Until.IsZero() && !oldest.Until.IsZero() || c.Until.IsZero() == oldest.Until.IsZero() && c.put.Before(oldest.put) {
				oldest = c
			}
		}
		delete(d.cases, oldest.Pass.ID.Sequence)
	}
	d.cases[r.Pass.ID.Sequence] = &deskCase{Review: r, put: now}
}

// take takes a case off the desk, so that it is answered once.
func (d *desk) take(sequence uint64) (menshen.Review, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.cases[sequence]
	if !ok {
		return menshen.Review{}, false
	}
	delete(d.cases, sequence)
	return c.Review, true
}

// waiting gives the reviews that wait, oldest first.
func (d *desk) waiting() []menshen.Review {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []menshen.Review
	for _, c := range d.cases {
		if !c.Until.IsZero() {
			all = append(all, c.Review)
		}
	}
	slices.SortFunc(all, func(a, b menshen.Review) int { return cmp.Compare(a.Pass.ID.Sequence, b.Pass.ID.Sequence) })
	return all
}

// due takes the reviews whose time is up off the desk, and forgets old refusals.
func (d *desk) due(now time.Time) []menshen.Review {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []menshen.Review
	for sequence, c := range d.cases {
		switch {
		case !c.Until.IsZero() && !now.Before(c.Until):
			all = append(all, c.Review)
		case !c.Until.IsZero() || now.Sub(c.put) <= deskMemory:
			continue
		}
		delete(d.cases, sequence)
	}
	return all
}

// settle takes the reviews of somebody who was let in meanwhile off the desk: there is nothing left to answer.
func (d *desk) settle(person string, direction menshen.Direction) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for sequence, c := range d.cases {
		if c.Pass.Direction == direction && (c.Pass.Person == person || c.Pass.Person == "" && c.Pass.Match.Person() == person) {
			delete(d.cases, sequence)
		}
	}
}
