package recognizer_test

import (
	"context"
	"errors"
	"sync"

	"menshen"
)

// memoryBus is a bus within one process: what is published is kept for the test.
type memoryBus struct {
	refuse string // "sightings", "analyse" or "faces": fails

	mu        sync.Mutex
	changed   *sync.Cond
	sightings func(context.Context, menshen.Sighting)
	analyse   func(context.Context, []byte) (menshen.Analysis, error)
	faces     []menshen.Face
	reports   []menshen.Report
	open      int
}

func newMemoryBus() *memoryBus {
	b := &memoryBus{}
	b.changed = sync.NewCond(&b.mu)
	return b
}

var errBus = errors.New("the bus is down")

// closer ends a subscription.
type closer func() error

func (c closer) Close() error { return c() }

func (b *memoryBus) subscribed() closer {
	b.open++
	b.changed.Broadcast()
	return func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.open--
		return nil
	}
}

func (b *memoryBus) SubscribeSightings(_ context.Context, queue string, handle func(context.Context, menshen.Sighting)) (closer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse == "sightings" || queue == "" {
		return nil, errBus
	}
	b.sightings = handle
	return b.subscribed(), nil
}

func (b *memoryBus) ServeAnalyse(_ context.Context, queue string, workers int, handle func(context.Context, []byte) (menshen.Analysis, error)) (closer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse == "analyse" || queue == "" || workers < 1 {
		return nil, errBus
	}
	b.analyse = handle
	return b.subscribed(), nil
}

func (b *memoryBus) PublishFace(f menshen.Face) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse == "faces" {
		return errBus
	}
	b.faces = append(b.faces, f)
	b.changed.Broadcast()
	return nil
}

func (b *memoryBus) PublishReport(r menshen.Report) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reports = append(b.reports, r)
	b.changed.Broadcast()
	return nil
}

// wait blocks until something holds. It is called with the lock.
func (b *memoryBus) wait(holds func() bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for !holds() {
		b.changed.Wait()
	}
}

func (b *memoryBus) send(sightings ...menshen.Sighting) {
	b.wait(func() bool { return b.sightings != nil })
	for _, s := range sightings {
		b.sightings(context.Background(), s)
	}
}
