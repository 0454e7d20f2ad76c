package web

import (
	"slices"
	"sync"

	"menshen"
)

// Feed hands every committed pass to all who watch. Publish never blocks: a subscriber whose buffer is full is cut off
// with an error, because a live view with a silent gap would be worse than none. Safe for concurrent use; it has no
// goroutines of its own.
type Feed struct {
	buffer int
	max    int

	mu   sync.Mutex
	subs map[*Subscription]struct{}
}

const maxSubscriptions = 256

// NewFeed makes a feed whose subscribers may be buffer passes behind; 256 where buffer is not positive.
func NewFeed(buffer int) *Feed {
	if buffer <= 0 {
		buffer = 256
	}
	return &Feed{buffer: buffer, max: maxSubscriptions, subs: map[*Subscription]struct{}{}}
}

// Publish gives a pass to the subscribers of its gate and to those of all gates.
func (f *Feed) Publish(p menshen.Pass) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		if len(s.gates) > 0 && !slices.Contains(s.gates, p.ID.Gate) {
			continue
		}
		select {
		case s.passes <- p:
		default:
			s.err = menshen.Errorf(menshen.CodeExhausted, "web.feed", "this stream fell behind, so that pass %s and later ones were not sent", p.ID).
				WithHint("list the latest passes, watch again, and read faster")
			f.remove(s)
		}
	}
}

// Subscribe gives the passes of gates from now on, of all gates where none is named. CodeExhausted where too many watch already.
func (f *Feed) Subscribe(gates ...string) (*Subscription, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.subs) >= f.max {
		return nil, menshen.Errorf(menshen.CodeExhausted, "web.feed", "%d streams are open already, which is the limit", f.max).
			WithHint("close one of them first")
	}
	s := &Subscription{feed: f, gates: gates, passes: make(chan menshen.Pass, f.buffer)}
	f.subs[s] = struct{}{}
	return s, nil
}

// Watching gives how many subscriptions are open.
func (f *Feed) Watching() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs)
}

// remove ends a subscription; f.mu is held.
func (f *Feed) remove(s *Subscription) {
	if _, ok := f.subs[s]; ok {
		delete(f.subs, s)
		close(s.passes)
	}
}

// Subscription is one watcher's place in a feed. Close it.
type Subscription struct {
	feed   *Feed
	gates  []string // empty is every gate
	passes chan menshen.Pass
	err    error // guarded by feed.mu
}

// Passes gives the passes in the order they were published. It is closed after those that came before the subscriber
// fell behind, and after Close.
func (s *Subscription) Passes() <-chan menshen.Pass { return s.passes }

// Err tells why Passes was closed: CodeExhausted where the subscriber fell behind, nil after Close.
func (s *Subscription) Err() error {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.err
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.remove(s)
}
