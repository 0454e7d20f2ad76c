// Package queue holds sightings between the analysis of frames and their publication, so that the bus never delays a
// frame. It owns what is dropped when publishing is too slow; it knows no bus. Plain Go.
package queue

import (
	"context"
	"slices"
	"sync"
	"time"

	"menshen"
)

// Publish sends one sighting. It may block until ctx is done.
type Publish func(ctx context.Context, s menshen.Sighting) error

const (
	// Length is how many sightings wait at most: some seconds of a busy gate.
	Length = 64

	publishLimit = 2 * time.Second // for one sighting; then it counts as failed
)

// Stats are totals since the start.
type Stats struct {
	Sent    int
	Dropped int   // oldest ones, because the queue was full
	Failed  int   // given to Publish, which did not take them
	Err     error // of the last failed one
}

// Queue publishes sightings in the order they come. Safe for concurrent use.
type Queue struct {
	publish Publish
	wake    chan struct{}

	mu     sync.Mutex
	queue  []menshen.Sighting
	stats  Stats
	closed bool
	giveUp context.CancelFunc
}

// New makes a queue. Run publishes what is pushed.
func New(publish Publish) *Queue { return &Queue{publish: publish, wake: make(chan struct{}, 1)} }

// Push queues a sighting and never blocks. When the queue is full the oldest shot is dropped, and the end of a track
// only where nothing else waits: whoever waits for it would have to guess.
func (q *Queue) Push(s menshen.Sighting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.queue) >= Length {
		victim := max(0, slices.IndexFunc(q.queue, func(s menshen.Sighting) bool { return !s.Last }))
		q.queue = slices.Delete(q.queue, victim, victim+1)
		q.stats.Dropped++
	}
	q.queue = append(q.queue, s)
	q.signal()
}

func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Run publishes until Close, and then what is left. It ignores that ctx is done, but not its values.
func (q *Queue) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	q.mu.Lock()
	q.giveUp = cancel
	q.mu.Unlock()
	for range q.wake {
		for {
			s, ok, closed := q.pop()
			if !ok && closed {
				return
			}
			if !ok {
				break
			}
			q.count(q.send(ctx, s))
		}
	}
}

func (q *Queue) send(ctx context.Context, s menshen.Sighting) error {
	ctx, cancel := context.WithTimeout(ctx, publishLimit)
	defer cancel()
	return q.publish(ctx, s)
}

func (q *Queue) count(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		q.stats.Failed++
		q.stats.Err = err
		return
	}
	q.stats.Sent++
}

func (q *Queue) pop() (s menshen.Sighting, ok, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.queue) == 0 {
		return s, false, q.closed
	}
	s = q.queue[0]
	q.queue = slices.Delete(q.queue, 0, 1)
	return s, true, q.closed
}

// Stats gives the totals.
func (q *Queue) Stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stats
}

// Close lets Run return once nothing waits; after limit the calls of Publish that are left get a context that is done.
func (q *Queue) Close(limit time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
	time.AfterFunc(limit, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.giveUp != nil {
			q.giveUp()
		}
	})
}
