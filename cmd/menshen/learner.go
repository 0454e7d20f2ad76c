package main

import (
	"context"
	"errors"

	"menshen"
)

// lessonsWaiting is how many sure passes may wait to be learnt from; more are passed over, for there will be others.
const lessonsWaiting = 64

// hear takes a lesson from a gate. It never waits.
func (h *hub) hear(l menshen.Lesson) {
	select {
	case h.lessons <- l:
	default:
	}
}

// learn lets templates follow faces slowly, where the site wants that, until ctx ends.
func (h *hub) learn(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case l := <-h.lessons:
			learnt, err := h.enroller.Adapt(ctx, l)
			switch {
			case errors.Is(err, context.Canceled):
				return nil
			case err != nil:
				h.log.Warn("a template could not follow its face", "person", l.Person, "error", err)
			case learnt:
				h.calibration.Changed(l.Person)
			}
		}
	}
}
