package office

import (
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/store"
)

// Visits are followed again for some time, in case a pass could not be followed when it was committed.
const (
	visitsFollowed = 14 * 24 * time.Hour // since they were registered, of visits that are over
	visitsAwaited  = 7 * 24 * time.Hour  // after they were to end, of visitors who are not inside
)

// followAgain follows the passes of visits that are not long over once more, so that what Passed could not follow - the
// database was busy, the hub ended - is made good. Passes that were followed change nothing.
func (o *Office) followAgain(ctx context.Context, now time.Time) error {
	since := map[string]time.Time{} // by visitor: the registration of the first visit to follow
	for _, f := range []store.VisitFilter{
		{State: menshen.VisitConfirmed}, {State: menshen.VisitInside},
		{State: menshen.VisitLeft, Span: menshen.Span{From: now.Add(-visitsFollowed)}},
	} {
		visits, err := gather(o.deps.Store.Visits(ctx, f))
		if err != nil {
			return err
		}
		for _, v := range visits {
			if v.State != menshen.VisitInside && v.To.Before(now.Add(-visitsAwaited)) {
				continue
			}
			if first, ok := since[v.Person]; !ok || v.Registered.Before(first) {
				since[v.Person] = v.Registered
			}
		}
	}
	for person, first := range since {
		if err := o.followPerson(ctx, person, first); err != nil {
			return err
		}
	}
	return nil
}

// followPerson follows a visitor's passes since a time, in the order of their capture.
func (o *Office) followPerson(ctx context.Context, person string, since time.Time) error {
	passes, err := gather(o.deps.Store.Passes(ctx, menshen.PassFilter{Person: person, Span: menshen.Span{From: since}}))
	if err != nil {
		return err
	}
	passes = slices.DeleteFunc(passes, func(p menshen.Pass) bool { return p.Decision.Outcome != menshen.OutcomeAllow })
	if len(passes) == 0 {
		return nil
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	visits, err := gather(o.deps.Store.Visits(ctx, store.VisitFilter{Person: person}))
	if err != nil {
		return err
	}
	for _, p := range passes {
		if err := o.follow(ctx, visits, p); err != nil {
			return err
		}
	}
	return nil
}

// follow lets an allowed pass take effect on the visit that it belongs to, in the store and in visits, which are all of the
// visitor's. The lock for writing is held.
func (o *Office) follow(ctx context.Context, visits []menshen.Visit, p menshen.Pass) error {
	i := visitOf(visits, p)
	if i < 0 {
		return nil
	}
	next, changed := o.after(visits[i], p)
	if !changed {
		return nil
	}
	if err := o.deps.Store.ChangeVisit(ctx, next, nil); err != nil {
		return err
	}
	visits[i] = next
	return nil
}

// visitOf gives the index of the visit that a pass belongs to, -1 for none: the one whose permit it was allowed by. Where it
// was none, because a guard let them through by hand, it is the visit that the visitor was on then, or else the one that was
// to be nearest to that time, so that a pass is always counted to the same visit however often it is followed.
func visitOf(visits []menshen.Visit, p menshen.Pass) int {
	at := p.Captured
	found, least := -1, time.Duration(0)
	for i, v := range visits {
		if v.State == menshen.VisitAsked || v.State == menshen.VisitRefused || at.Before(v.Registered) {
			continue
		}
		if p.Permit != "" {
			if v.Permit == p.Permit {
				return i
			}
			continue
		}
		if !v.Entered.IsZero() && !v.Entered.After(at) && (v.Left.IsZero() || !v.Left.Before(at)) {
			return i
		}
		far := max(v.Span.From.Sub(at), at.Sub(v.To), 0)
		if found < 0 || far < least {
			found, least = i, far
		}
	}
	return found
}

// after gives what a pass makes of a visit, and whether that is anything new.
func (o *Office) after(v menshen.Visit, p menshen.Pass) (menshen.Visit, bool) {
	gate, ok := o.deps.Site().Gate(p.ID.Gate)
	if !ok || v.State == menshen.VisitRefused || v.State == menshen.VisitAsked {
		return v, false
	}
	at, last := p.Captured, v.Entered
	if v.Left.After(last) {
		last = v.Left
	}
	out := gate.Into(p.Direction) == menshen.OutsideZone
	switch {
	case !at.After(last):
		if out || !v.Entered.IsZero() {
			return v, false
		}
		v.Entered = at // came late: the visitor has left since
	case out:
		v.State, v.Left = menshen.VisitLeft, at
	case v.State == menshen.VisitInside:
		return v, false // an inner gate, or in again without having been seen to leave
	default:
		v.State, v.Entered, v.Left = menshen.VisitInside, at, time.Time{}
	}
	return v, true
}
