package recognizer

import (
	"slices"
	"sync"

	"menshen"
)

// backlog is the sightings that wait for a worker. It keeps the order within a track: nobody gets a sighting of a track
// while another worker has one. It is bounded: when full, the oldest sightings go, but for the ends of tracks, which
// cost nothing to pass on and which the gate waits for. Safe for concurrent use.
type backlog struct {
	limit int // of sightings with pictures
	ends  int // of ends of tracks; far more than there can be people before the cameras

	mu      sync.Mutex
	change  *sync.Cond
	waiting []menshen.Sighting // oldest first
	busy    map[string]bool    // tracks that a worker is at
	closed  bool
}

// endsPerPicture is how many ends of tracks may wait for every picture that may.
const endsPerPicture = 16

func newBacklog(limit int) *backlog {
	b := &backlog{limit: limit, ends: endsPerPicture * limit, busy: map[string]bool{}}
	b.change = sync.NewCond(&b.mu)
	return b
}

// push adds a sighting and gives back what had to go for it, oldest first.
func (b *backlog) push(s menshen.Sighting) (dropped []menshen.Sighting) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.waiting = append(b.waiting, s)
	limit := b.limit
	if s.Last {
		limit = b.ends
	}
	if b.count(s.Last) > limit {
		for i, o := range b.waiting {
			if o.Last == s.Last {
				dropped = append(dropped, o)
				b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
				break
			}
		}
	}
	b.change.Signal()
	return dropped
}

func (b *backlog) count(last bool) (n int) {
	for i := range b.waiting {
		if b.waiting[i].Last == last {
			n++
		}
	}
	return n
}

// take waits for a sighting whose track nobody is at: ends first, which are quick, then the earliest shots of tracks,
// which decide, before the later ones, which mostly confirm. The caller calls done with its track afterwards. ok is
// false once the backlog is closed.
func (b *backlog) take() (s menshen.Sighting, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !b.closed {
		if i := b.next(); i >= 0 {
			s := b.waiting[i]
			b.waiting = append(b.waiting[:i], b.waiting[i+1:]...)
			b.busy[s.Track] = true
			return s, true
		}
		b.change.Wait()
	}
	return menshen.Sighting{}, false
}

// next is the place of the sighting whose turn it is, -1 for none; of equals the oldest. b.mu is held.
func (b *backlog) next() int {
	best := -1
	for i, s := range b.waiting {
		if b.busy[s.Track] || slices.ContainsFunc(b.waiting[:i], func(o menshen.Sighting) bool { return o.Track == s.Track }) {
			continue
		}
		if s.Last {
			return i
		}
		if best < 0 || s.Sequence < b.waiting[best].Sequence {
			best = i
		}
	}
	return best
}

// done gives a track free.
func (b *backlog) done(track string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.busy, track)
	b.change.Signal()
}

func (b *backlog) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

// close discards what waits and ends every take.
func (b *backlog) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.waiting = nil
	b.change.Broadcast()
}
