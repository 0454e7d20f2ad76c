package main

import (
	"context"
	"errors"
	"time"

	"menshen"
	"menshen/access/roll"
	"menshen/office/tally"
	"menshen/proto"
	"menshen/recognizer/gallery"
	"menshen/store/sqlite"
)

// outingsKept is how far back passes matter to the policy: the longest quota, and a day for time zones.
const outingsKept = 32 * 24 * time.Hour

// openRegistry loads people, permits, templates and all else that gates decide by into memory.
func (h *hub) openRegistry(ctx context.Context) (err error) {
	// Before any gate knows a face.
	if err := h.eraseRefused(ctx, time.Now(), h.pipeline.store.RemoveFace); err != nil {
		return err
	}
	if h.people, err = newDirectory(h.pipeline.store.People(ctx)); err != nil {
		return err
	}
	if h.simulated != nil {
		if err := settle(ctx, h.simulated, h.pipeline.store, h.people); err != nil {
			return err
		}
	}
	if err := h.openFinder(ctx); err != nil {
		return err
	}
	if h.credentials, err = openCredentials(ctx, h.pipeline.store, h.site.ID); err != nil {
		return err
	}
	h.roll, h.gallery = roll.New(h.site), gallery.NewFaces(h.engine.ID)
	other := map[menshen.EngineID]int{}
	h.follower = &follower{changes: h.changes, log: h.log, apply: func(c menshen.Change) error {
		switch {
		case c.Kind != menshen.ChangeTemplate:
			return h.roll.Apply(c)
		case c.Template == nil:
			return nil
		case c.Template.Engine != h.engine.ID:
			other[c.Template.Engine]++
			return nil
		}
		return h.gallery.Insert(*c.Template)
	}}
	if err := h.follower.catchUp(ctx); err != nil {
		return err
	}
	h.tally = tally.New(h.pipeline.store, caseView{h}.zone())
	h.follower.apply, h.pipeline.passed = h.applied, h.committed
	for id, n := range other {
		h.otherTemplates += n
		h.log.Warn("templates of another engine are not used", "engine", id, "templates", n)
	}
	for p, err := range h.pipeline.store.Crossings(ctx, h.started.Add(-outingsKept)) {
		if err != nil {
			return err
		}
		h.roll.Passed(p)
	}
	return onRoll(ctx, h.outbox, h.roll) // those on their way too
}

// onRoll notes the passes that wait in an outbox.
func onRoll(ctx context.Context, outbox *sqlite.Outbox, r *roll.Roll) error {
	for cursor := int64(0); ; {
		passes, next, err := outbox.Pending(ctx, cursor, 1000)
		if err != nil || len(passes) == 0 {
			return err
		}
		for _, p := range passes {
			r.Passed(p)
		}
		cursor = next
	}
}

// applied lets a change take effect while the hub runs. Templates went into the gallery when they were made.
func (h *hub) applied(c menshen.Change) error {
	if c.Kind == menshen.ChangeTemplate {
		return nil
	}
	if c.Person != nil {
		h.cases.engine.homesMoved()
		h.people.put(*c.Person)
		if err := h.findAnew(context.Background(), c.Person.ID); err != nil {
			h.log.Error("somebody is found by what they were before", "person", c.Person.ID, "error", err)
		}
	}
	if c.Kind == menshen.ChangePerson && c.Person == nil {
		h.cases.engine.homesMoved()
		h.people.remove(c.Key)
		h.finder.Remove(c.Key)
	}
	return h.roll.Apply(c)
}

// follow keeps the gates up to date with the registry, and wakes the posts, until ctx ends.
func (h *hub) follow(ctx context.Context) error {
	known := h.follower.revision
	return h.follower.follow(ctx, h.pipeline.store.Changed(), 30*time.Second, func(err error) {
		if err != nil {
			if ctx.Err() == nil {
				h.log.Error("the registry cannot be followed", "error", err)
			}
			return
		}
		h.reached.reach(h.asked)
		if h.follower.revision != known {
			known = h.follower.revision
			h.nudge()
		}
	})
}

// changes asks for changes of the registry, and notes what they cannot be without.
func (h *hub) changes(ctx context.Context, after uint64, limit int) ([]menshen.Change, uint64, error) {
	h.asked = h.pipeline.store.Altered()
	return h.pipeline.store.Changes(ctx, after, limit)
}

// nudge wakes the posts. One that does not hear it asks by itself soon.
func (h *hub) nudge() {
	if len(h.cfg.Posts) == 0 {
		return
	}
	if err := h.conn.Nudge(); err != nil {
		h.log.Debug("posts could not be woken", "error", err)
	}
}

// followed is the registry as posts follow it: without what gates do not need.
type followed struct{ *sqlite.Site }

// Changes implements bus.Registry.
func (f followed) Changes(ctx context.Context, after uint64, limit int) ([]menshen.Change, uint64, error) {
	changes, latest, err := f.Site.Changes(ctx, after, limit)
	for i := range changes {
		changes[i] = changes[i].ForGates()
	}
	return changes, latest, err
}

// PassedAfter implements bus.Registry.
func (f followed) PassedAfter(ctx context.Context, after uint64, limit int) (page proto.PassedPage, err error) {
	if page.Passes, page.Next, err = f.Site.PassedAfter(ctx, after, time.Now().Add(-outingsKept), limit); err != nil {
		return page, err
	}
	page.Last, err = f.LastSequences(ctx)
	return page, err
}

// servePosts answers what posts ask.
func (h *hub) servePosts(ctx context.Context) error {
	changes, passed, err := h.conn.ServePosts(ctx, followed{h.pipeline.store})
	if err != nil {
		return err
	}
	<-ctx.Done()
	return errors.Join(changes.Close(), passed.Close())
}
