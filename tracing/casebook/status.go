package casebook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing/policy"
)

// nextStatus says what may follow each status. Who became a case did so by the approval of that case alone.
func nextStatus(s menshen.ContactStatus) []menshen.ContactStatus {
	const (
		notified = menshen.ContactNotified
		home     = menshen.ContactHomeObservation
		central  = menshen.ContactCentralIsolation
		released = menshen.ContactReleased
	)
	switch s {
	case menshen.ContactToNotify:
		return []menshen.ContactStatus{notified, home, central}
	case notified:
		return []menshen.ContactStatus{home, central, released}
	case home:
		return []menshen.ContactStatus{central, released}
	case central:
		return []menshen.ContactStatus{home, released}
	case released:
		return []menshen.ContactStatus{home, central} // exposed again
	}
	return nil
}

// confined reports whether gates hold somebody in.
func confined(s menshen.ContactStatus) bool {
	return s == menshen.ContactHomeObservation || s == menshen.ContactCentralIsolation
}

// SetStatus says what is done about a contact. Home observation, central isolation and the release from them set the health
// state of the person, so that gates follow.
//
// CodeConflict: the status does not follow from the present one, the contact counts no longer (only a release is possible
// then), or another case isolates the person at the same time.
func (b *Book) SetStatus(ctx context.Context, contact string, s StatusChange, a Act) (menshen.CaseContact, error) {
	a, err := a.check()
	if err != nil {
		return menshen.CaseContact{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	work := b.workOn
	if s.Status == menshen.ContactReleased {
		work = b.releaseFrom
	}
	c, e, err := work(ctx, contact, a)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if err := checkStatus(e, s); err != nil {
		return menshen.CaseContact{}, err
	}
	d := b.deed(a)
	next := e.CaseContact
	next.Status = s.Status
	switch {
	case confined(s.Status):
		err = b.confine(ctx, c, e, &next, s, d)
	case s.Status == menshen.ContactReleased && confined(e.Status):
		err = b.release(ctx, c, e, &next, d)
	}
	if err != nil {
		return menshen.CaseContact{}, err
	}
	d.putContact(e.CaseContact, next)
	done, err := b.wroteContact(ctx, d, contact)
	if err == nil && b.readable(c) != nil {
		done = headOf(done)
	}
	return done, err
}

// releaseFrom is workOn for a release: nobody stays locked in because their case has expired or was closed.
func (b *Book) releaseFrom(ctx context.Context, contact string, a Act) (menshen.Case, store.ContactEntry, error) {
	c, e, err := b.workOn(ctx, contact, a)
	if err == nil || e.ID != "" { // what is wrong is the record
		return c, e, err
	}
	e, found := b.deps.Store.CaseContact(ctx, contact)
	if found != nil || !confined(e.Status) || e.MergedInto != "" {
		return c, store.ContactEntry{}, err
	}
	if c, found = b.deps.Store.Case(ctx, e.Case); found != nil || c.Decided.IsZero() || c.State == menshen.CaseRefused {
		return c, store.ContactEntry{}, err
	}
	return c, e, a.from(e.Revision)
}

// headOf is what may be told of a contact of a case that may not be looked into: whom gates hold, until when.
func headOf(x menshen.CaseContact) menshen.CaseContact {
	return menshen.CaseContact{
		ID: x.ID, Case: x.Case, Person: x.Person, Name: x.Name, Status: x.Status, IsolatedFrom: x.IsolatedFrom, IsolatedTo: x.IsolatedTo, Revision: x.Revision,
	}
}

func checkStatus(e store.ContactEntry, s StatusChange) error {
	const op = "casebook.status"
	switch {
	case !s.Status.Valid():
		return menshen.Errorf(menshen.CodeInvalid, op, "status: the status %q is unknown", s.Status).
			WithHint("use to_notify, notified, home_observation, central_isolation or released")
	case !confined(s.Status) && (!s.From.IsZero() || !s.To.IsZero()):
		return menshen.Errorf(menshen.CodeInvalid, op, "from: only home observation and central isolation have dates").WithHint("leave from and to out")
	case s.Status == menshen.ContactBecameCase:
		return menshen.Errorf(menshen.CodeConflict, op, "status: a contact becomes a case when the new case is approved").WithHint("make it a case: menshen case promote")
	case e.Status == menshen.ContactBecameCase:
		return menshen.Errorf(menshen.CodeConflict, op, "status: %s has become a case", nameOf(e)).WithHint("work on that case")
	case s.Status == e.Status:
		return menshen.Errorf(menshen.CodeConflict, op, "status: it is %s already", e.Status).WithHint("look at the contact again")
	case e.WithdrawnFor != "" && s.Status != menshen.ContactReleased:
		return menshen.Errorf(menshen.CodeConflict, op, "status: %s counts as a contact no longer", nameOf(e)).WithHint("it can only be released now")
	case e.WithdrawnFor != "" && confined(e.Status):
		return nil
	}
	allowed := nextStatus(e.Status)
	if !slices.Contains(allowed, s.Status) {
		return menshen.Errorf(menshen.CodeConflict, op, "status: %s does not follow %s", s.Status, e.Status).WithHint("possible are: %s", listed(allowed))
	}
	return nil
}

func listed(all []menshen.ContactStatus) string {
	var words []string
	for _, s := range all {
		words = append(words, string(s))
	}
	return strings.Join(words, ", ")
}

// confine sets the dates of an observation or isolation, and orders the health state.
func (b *Book) confine(ctx context.Context, c menshen.Case, e store.ContactEntry, next *menshen.CaseContact, s StatusChange, d *deed) error {
	const op = "casebook.status"
	from, to := s.From, s.To
	if from.IsZero() {
		from = d.now
	}
	if from.After(d.now.Add(time.Minute)) {
		return menshen.Errorf(menshen.CodeInvalid, op, "from: it begins in the future, and gates would follow at once").WithHint("set it when it begins")
	}
	if to.IsZero() {
		p, err := b.deps.Policies.Get(ctx, next.Policy)
		if err != nil {
			return err
		}
		to = endOf(p, *next, from)
	}
	if !to.IsZero() && (!to.After(from) || !to.After(d.now)) {
		return menshen.Errorf(menshen.CodeInvalid, op, "to: it ends before it begins, or is over already").WithHint("give an end in the future")
	}
	next.IsolatedFrom, next.IsolatedTo = from, to
	if confined(e.Status) && e.IsolatedFrom.Before(from) && s.From.IsZero() {
		next.IsolatedFrom = e.IsolatedFrom // moved from home to a central place or back: one time of isolation
	}
	if s.Status == menshen.ContactCentralIsolation {
		enterCentral(next, from)
	} else {
		leaveCentral(next, from)
	}
	return b.holdIn(ctx, c, e, *next, d)
}

// holdIn has gates hold a contact in as a record is to be, if the registry has them; but is another record that does not count.
func (b *Book) holdIn(ctx context.Context, c menshen.Case, e store.ContactEntry, next menshen.CaseContact, d *deed, but ...string) error {
	if next.Person == "" {
		return nil
	}
	if err := b.checkOverlap(ctx, c, e, next, but); err != nil {
		return err
	}
	theirs, err := b.foreign(ctx, next.Person)
	if err != nil {
		return err
	}
	if theirs.State == menshen.HealthIsolated && next.Status == menshen.ContactHomeObservation {
		return menshen.Errorf(menshen.CodeConflict, "casebook.status", "status: the office isolated %s on %s, and home observation would undo that", nameOf(e), day(theirs.Since, d.loc)).
			WithHint("end that isolation in the health records first, or use central_isolation")
	}
	d.orderConfined(c, next)
	return nil
}

// orderConfined has gates hold a contact in whom the registry has.
func (d *deed) orderConfined(c menshen.Case, x menshen.CaseContact) {
	h := menshen.Health{Person: x.Person, State: menshen.HealthIsolated, Since: x.IsolatedFrom}
	if x.Status == menshen.ContactHomeObservation {
		h.State, h.Until = menshen.HealthObservation, x.IsolatedTo
	}
	status := x.Status.Text()
	d.order(x.ID, h, orderReason(c.Number, status.ZH))
}

// endOf gives when an observation or isolation that begins at a time ends by the policy; zero where the policy has nothing
// on the contact's level. Both count from the anchor; for who came to a central place so late that the time there was over by
// then, from the day on which they came.
func endOf(p *policy.Policy, x menshen.CaseContact, from time.Time) time.Time {
	for _, l := range p.Levels {
		if l.Level != x.Level {
			continue
		}
		start, length := anchor(&x, l.From), l.Central
		if x.Status == menshen.ContactHomeObservation {
			length += l.Home // at home after the time in a central place, both counted from the anchor
		}
		if length == 0 {
			return time.Time{}
		}
		if start.IsZero() {
			start = from
		}
		if n := len(x.Central); n > 0 && x.Status == menshen.ContactHomeObservation {
			if came := x.Central[n-1].From; !start.Add(l.Central).After(came) {
				start = came
			}
			length = cmp.Or(l.Home, length) // if all is over
			if end := start.Add(l.Central + l.Home); end.After(from) {
				return end
			}
		} else if end := start.Add(length); end.After(from) {
			return end
		}
		return from.Add(length) // found late: the whole time from now on
	}
	return time.Time{}
}

// checkOverlap refuses to isolate somebody whom another record, but some, isolates at the same time.
func (b *Book) checkOverlap(ctx context.Context, c menshen.Case, e store.ContactEntry, next menshen.CaseContact, but []string) error {
	loc := b.zone()
	for other, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Person: next.Person}) {
		if err != nil {
			return err
		}
		if other.ID == next.ID || slices.Contains(but, other.ID) || other.MergedInto != "" || other.Status == menshen.ContactBecameCase || other.IsolatedFrom.IsZero() ||
			!overlap(other.CaseContact, next) {
			continue
		}
		number := c.Number
		if other.Case != c.ID {
			theirs, err := b.deps.Store.Case(ctx, other.Case)
			if err != nil {
				return err
			}
			number = theirs.Number
		}
		return menshen.Errorf(menshen.CodeConflict, "casebook.status", "from: %s is isolated by case %s from %s to %s, and the dates overlap", nameOf(e), number,
			day(other.IsolatedFrom, loc), spanEnd(day(other.IsolatedTo, loc))).WithHint("release them there first, or give dates beside those")
	}
	if other, err := b.isolatedIndex(ctx, next.Person, c.ID); err != nil || other.ID != "" {
		if err != nil {
			return err
		}
		return menshen.Errorf(menshen.CodeConflict, "casebook.status", "status: %s is isolated as the index person of case %s, since %s", nameOf(e), other.Number,
			day(other.Isolated, loc)).WithHint("gates hold them for that case; nothing more is to be done here")
	}
	return nil
}

func spanEnd(day string) string {
	if day == "" {
		return "…"
	}
	return day
}

// overlap reports whether two isolations have a moment in common; a zero end is without end.
func overlap(a, b menshen.CaseContact) bool {
	return (b.IsolatedTo.IsZero() || a.IsolatedFrom.Before(b.IsolatedTo)) && (a.IsolatedTo.IsZero() || b.IsolatedFrom.Before(a.IsolatedTo))
}

// release ends an observation or isolation, and gates let the person out again unless another record holds them.
func (b *Book) release(ctx context.Context, c menshen.Case, e store.ContactEntry, next *menshen.CaseContact, d *deed) error {
	if next.IsolatedTo.IsZero() || next.IsolatedTo.After(d.now) {
		next.IsolatedTo = d.now
	}
	if !next.IsolatedFrom.Before(next.IsolatedTo) {
		next.IsolatedFrom = next.IsolatedTo
	}
	leaveCentral(next, next.IsolatedTo)
	if next.Person == "" {
		return nil
	}
	theirs, err := b.foreign(ctx, e.Person)
	if err != nil {
		return err
	}
	if theirs.State != "" {
		state := theirs.State.Text()
		b.alert(ctx, menshen.AlertContact, e.Person, menshen.Text{
			ZH: fmt.Sprintf("病例%s的接触者%s已解除，但健康管理中另设为%s，出入口仍按后者执行，请核对", c.Number, whoIs(e), state.ZH),
			EN: fmt.Sprintf("contact %s of case %s is released, but the health records have them as %s for another reason, and gates go by that: see to it", whoIs(e), c.Number, state.EN),
		})
		return nil
	}
	return b.letOut(ctx, next.Person, next.ID, "", next.Status.Text().ZH, c.Number, d)
}
