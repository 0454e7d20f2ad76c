package recognizer

import (
	"context"
	"errors"
	"sync"
	"time"

	"menshen"
)

// Run serves until ctx ends, and returns after everything it started has ended: calls of the engine under way included,
// so a hung engine keeps it from returning, and the process must be ended from outside. Call it once.
func (w *Worker) Run(ctx context.Context) error {
	var running sync.WaitGroup
	for range w.cfg.Workers {
		running.Go(func() { w.work(ctx) })
	}
	subscriptions, err := w.subscribe(ctx)
	if err == nil {
		w.reports(ctx)
	}
	errs := []error{err}
	for _, s := range subscriptions {
		errs = append(errs, s.Close())
	}
	w.backlog.close()
	running.Wait()
	return errors.Join(errs...)
}

// accept takes a sighting in. What has to go for it is answered at once, so that the gate does not wait for it.
func (w *Worker) accept(_ context.Context, s menshen.Sighting) {
	for _, old := range w.backlog.push(s) {
		w.meter.count(func(c *counts) { c.dropped++ })
		f := w.face(old)
		f.Refusal = RefusalOverloaded
		w.publish(f)
	}
}

// work takes sightings until the backlog closes.
func (w *Worker) work(ctx context.Context) {
	for {
		s, ok := w.backlog.take()
		if !ok {
			return
		}
		f := w.Recognize(ctx, s)
		if ctx.Err() == nil {
			w.publish(f)
		}
		w.backlog.done(s.Track)
	}
}

func (w *Worker) publish(f menshen.Face) {
	if err := w.publishFace(f); err != nil {
		w.meter.fail(err)
	}
}

// reports sends the sign of life until ctx ends. Failures since the last one are logged in one line.
func (w *Worker) reports(ctx context.Context) {
	ticker := time.NewTicker(w.cfg.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		report, failures, failure := w.meter.report(w.cfg.Component, w.backlog.len(), w.cfg.Stall)
		if failures > 0 {
			w.log.Warn("requests failed", "count", failures, "last", failure)
		}
		if err := w.publishReport(report); err != nil {
			w.log.Warn("the report cannot be sent", "error", err)
		}
	}
}
