package office

import (
	"context"
	"slices"
	"time"

	"menshen"
)

// visitor gives the person of a visitor: who has that document, or else that name and phone number, and so is registered, or
// somebody new. What is known of them before and not said now is kept. CodeDenied where the document or the phone number is
// that of somebody who is isolated or under home observation, whatever the name.
func (o *Office) visitor(ctx context.Context, name string, with *menshen.Particulars, now time.Time) (p menshen.Person, registered bool, err error) {
	p = menshen.Person{ID: menshen.NewID(), Name: name, State: menshen.PersonActive, Created: now}
	if err := p.Validate(); err != nil {
		return p, false, err
	}
	byDocument, err := o.deps.Store.PeopleByDocument(ctx, with.Document.Number)
	if err != nil {
		return p, false, err
	}
	byPhone, err := o.deps.Store.PeopleByPhone(ctx, with.Phone)
	if err != nil {
		return p, false, err
	}
	if err := o.checkFree(ctx, slices.Concat(byDocument, byPhone), now); err != nil {
		return p, false, err
	}
	if len(byDocument) > 0 {
		found := byDocument[0]
		if found.Name != name {
			return found, true, documentTaken(found)
		}
		return o.known(ctx, found, with)
	}
	for _, found := range byPhone {
		if found.Name != name {
			continue // a family may share a phone
		}
		before, err := o.deps.Store.Particulars(ctx, found.ID)
		if err != nil {
			return found, true, err
		}
		if with.Document.Number == "" || before.Document.Number == "" {
			return o.known(ctx, found, with)
		}
	}
	return p, false, nil
}

// checkFree refuses when one of the people must not be about.
func (o *Office) checkFree(ctx context.Context, people []menshen.Person, now time.Time) error {
	for _, p := range people {
		h, err := o.deps.Store.Health(ctx, p.ID)
		if err != nil {
			return err
		}
		if h.State == menshen.HealthIsolated || observed(h, now) {
			return menshen.Errorf(menshen.CodeDenied, "office.visit",
				"the document or phone number is that of %s, who is isolated or under home observation and cannot be registered as a visitor", p.Name).
				WithHint("keep them apart and tell the office; register the visit when that has ended")
		}
	}
	return nil
}

// known takes somebody of the registry as a visitor, with what is known of them where nothing else was said.
func (o *Office) known(ctx context.Context, p menshen.Person, with *menshen.Particulars) (menshen.Person, bool, error) {
	const op = "office.visit"
	switch {
	case p.State != menshen.PersonActive:
		return p, true, menshen.Errorf(menshen.CodeConflict, op, "%s has moved away or is suspended", p.Name).WithHint("make the person active first")
	case p.Household != "":
		return p, true, menshen.Errorf(menshen.CodeConflict, op, "%s lives here and is no visitor", p.Name).WithHint("issue a permit to the person (%s)", p.ID)
	}
	before, err := o.deps.Store.Particulars(ctx, p.ID)
	if err != nil {
		return p, true, err
	}
	before.Phone = with.Phone
	if with.Document.Number != "" {
		before.Document = with.Document
	}
	if !with.Born.IsZero() {
		before.Born = with.Born
	}
	*with = before
	return p, true, nil
}
