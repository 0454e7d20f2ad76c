package main

import (
	"context"
	"sync"
	"time"
)

// inForceWithin is how long the answer to a change waits for the gates of the hub, which is milliseconds.
const inForceWithin = time.Second

// progress is how far something has come, for those who wait for it. Safe for concurrent use; its zero value is at 0.
type progress struct {
	mu    sync.Mutex
	at    uint64
	moved chan struct{} // closed at the next move; nil while nobody waits
}

func (p *progress) reach(at uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}

// wait returns when at is reached or ctx ends.
func (p *progress) wait(ctx context.Context, at uint64) {
	for {
		p.mu.Lock()
		if p.at >= at {
			p.mu.Unlock()
			return
		}
		if p.moved == nil {
			p.moved = make(chan struct{})
		}
		moved := p.moved
		p.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return
		}
	}
}

// inForce waits until the hub's own gates decide by every change of the registry that is committed by now: a card that was
// lent is good, one that was revoked opens nothing. It gives up after inForceWithin; the change holds all the same.
func (h *hub) inForce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, inForceWithin)
	defer cancel()
	h.reached.wait(ctx, h.pipeline.store.Altered())
}
