package main

import (
	"context"
	"log/slog"
	"time"

	"menshen"
)

// changesAtOnce is how many changes of the registry are read at a time.
const changesAtOnce = 1000

// follower keeps what gates know up to date with the registry. It is used by one goroutine.
type follower struct {
	// changes gives up to limit changes after a revision, in order, and the registry's own revision.
	changes func(ctx context.Context, after uint64, limit int) ([]menshen.Change, uint64, error)
	keep    func(context.Context, []menshen.Change) error // before they take effect; nil keeps nothing
	apply   func(menshen.Change) error                    // lets one take effect
	forget  func(context.Context) error                   // all there is; nil where the registry never goes back
	log     *slog.Logger

	revision uint64
}

// catchUp takes over everything that changed. What one change is wrong about holds up none of the others.
func (f *follower) catchUp(ctx context.Context) error {
	for {
		list, latest, err := f.changes(ctx, f.revision, changesAtOnce)
		if err != nil {
			return err
		}
		older := latest < f.revision
		if !older && f.keep != nil && len(list) > 0 {
			err = f.keep(ctx, list)
			older = menshen.ErrorCode(err) == menshen.CodeConflict
		}
		switch {
		case older && f.forget != nil:
			f.log.Warn("the registry is older than what is known of it, as after a restore: beginning anew", "revision", latest, "known", f.revision)
			if err := f.forget(ctx); err != nil {
				return err
			}
			f.revision = 0
			continue
		case err != nil || len(list) == 0:
			return err
		}
		for _, c := range list {
			if err := f.apply(c); err != nil {
				f.log.Error("an entry of the registry cannot be used", "kind", c.Kind, "key", c.Key, "error", err)
			}
		}
		f.revision = list[len(list)-1].Revision
	}
}

// follow catches up whenever woken, and now and then by itself, until ctx ends. after hears how it went each time.
func (f *follower) follow(ctx context.Context, wake <-chan struct{}, every time.Duration, after func(error)) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		after(f.catchUp(ctx))
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-ticker.C:
		}
	}
}
