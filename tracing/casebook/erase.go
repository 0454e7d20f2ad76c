package casebook

import (
	"context"
	"fmt"
	"time"

	"menshen"
	"menshen/store"
)

// Erased stands where the name of a contact was before it was erased.
const Erased = "已删除"

// Erase takes the name and the phone of a contact from an interview out, when they ask for it, and ends their links. The
// record stays without them, whatever the case is. The history never had more of them than that they were given.
//
// CodeConflict: the registry has the person, which has its own erasure; they are under observation or isolated; it is done.
func (b *Book) Erase(ctx context.Context, contact string, a Act) (menshen.CaseContact, error) {
	const op = "casebook.erase"
	a, err := a.check()
	if err != nil {
		return menshen.CaseContact{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	e, err := b.deps.Store.CaseContact(ctx, contact)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if err := a.from(e.Revision); err != nil {
		return menshen.CaseContact{}, err
	}
	switch {
	case e.Name == "" && e.Phone == "":
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeConflict, op, "person: the name and phone of %s are in the registry, not in the case", nameOf(e)).
			WithHint("see to it in the registry")
	case e.Name == Erased && e.Phone == "":
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeConflict, op, "name: it is erased already").WithHint("nothing more is to be done")
	case confined(e.Status) && e.MergedInto == "":
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeConflict, op, "status: they are under observation or isolated, and must be reached").WithHint("release them first")
	}
	if err := b.endLinks(ctx, e.ID); err != nil {
		return menshen.CaseContact{}, err
	}
	d := b.deed(a)
	next := e.CaseContact
	next.Name, next.Phone = Erased, ""
	d.putContact(e.CaseContact, next)
	// A record that was merged with it may have the same name.
	for x, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: e.Case, Paths: true}) {
		if err != nil {
			return menshen.CaseContact{}, err
		}
		if x.ID != e.ID && (x.MergedInto == e.ID || e.MergedInto == x.ID) && x.Name == e.Name && x.Phone == e.Phone {
			same := x.CaseContact
			same.Name, same.Phone = Erased, ""
			d.putContact(x.CaseContact, same)
		}
	}
	done, err := b.wroteContact(ctx, d, contact)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if c, err := b.deps.Store.Case(ctx, e.Case); err != nil || b.readable(c) != nil {
		return headOf(done), err
	}
	return done, nil
}

// Old counts the closed and refused cases, and those of them that ended before a time.
func (b *Book) Old(ctx context.Context, before time.Time) (ended, due int, err error) {
	all, old, err := b.over(ctx, before)
	return all, len(old), err
}

// Age removes closed and refused cases that ended before a time, with everything of them, and gives them as they were: what remains
// is in the audit log. One whose contacts are still held by it stays until they are released.
func (b *Book) Age(ctx context.Context, before time.Time) (removed []menshen.Case, err error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	_, old, err := b.over(ctx, before)
	if err != nil {
		return nil, err
	}
	for _, c := range old {
		if err := b.deps.Store.RemoveCase(ctx, c.ID); err != nil {
			return removed, err
		}
		b.deps.Log.InfoContext(ctx, "an old case was removed", "case", c.ID, "ended", later(c.Closed, c.Decided))
		removed = append(removed, c)
	}
	return removed, nil
}

func (b *Book) over(ctx context.Context, before time.Time) (ended int, old []menshen.Case, err error) {
	for _, s := range []menshen.CaseState{menshen.CaseClosed, menshen.CaseRefused} {
		cases, err := gather(b.deps.Store.Cases(ctx, store.CaseFilter{State: s}))
		if err != nil {
			return 0, nil, err
		}
		ended += len(cases)
		for _, c := range cases {
			at := later(c.Closed, c.Decided)
			if at.IsZero() || at.After(before) || s == menshen.CaseClosed && b.nobodyHeld(ctx, c) != nil {
				continue
			}
			old = append(old, c)
		}
	}
	return ended, old, nil
}

// Reaches gives how far back the passes go that cases need which are open, or asked for, and have not expired by a time; zero
// where there is none. How long before a window passes tell of stays in it is for the caller to add.
func (b *Book) Reaches(ctx context.Context, now time.Time) (earliest time.Time, err error) {
	for _, s := range []menshen.CaseState{menshen.CaseOpen, menshen.CaseRequested} {
		for c, err := range b.deps.Store.Cases(ctx, store.CaseFilter{State: s}) {
			if err != nil {
				return earliest, err
			}
			if c.Expired(now) {
				continue
			}
			p, err := b.deps.Policies.Get(ctx, c.Policy)
			if err != nil {
				return earliest, err
			}
			window, err := p.Window.Span(c.Clinical, now, b.zone())
			if err != nil {
				return earliest, err
			}
			if earliest.IsZero() || window.From.Before(earliest) {
				earliest = window.From
			}
		}
	}
	return earliest, nil
}

// remindEvery is how often contacts are looked through for those whose time is over.
const remindEvery = 10 * time.Minute

// remind alerts once of contacts whose observation or isolation is over and whom nobody has released, in any case.
func (b *Book) remind(ctx context.Context) error {
	now := b.deps.Clock()
	if !b.reminded.IsZero() && now.Sub(b.reminded) < remindEvery {
		return nil
	}
	over := map[string][]store.ContactEntry{}
	told := map[string]time.Time{}
	for _, s := range []menshen.ContactStatus{menshen.ContactHomeObservation, menshen.ContactCentralIsolation} {
		for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Status: s}) {
			if err != nil {
				return err
			}
			if e.MergedInto != "" || e.IsolatedTo.IsZero() || e.IsolatedTo.After(now) {
				continue
			}
			told[e.ID] = e.IsolatedTo
			if !b.told[e.ID].Equal(e.IsolatedTo) {
				over[e.Case] = append(over[e.Case], e)
			}
		}
	}
	for id, contacts := range over {
		c, err := b.deps.Store.Case(ctx, id)
		if err != nil {
			return err
		}
		names := whoIs(contacts[0])
		if len(contacts) > 1 {
			names += " …"
		}
		b.alert(ctx, menshen.AlertContact, contacts[0].Person, menshen.Text{
			ZH: fmt.Sprintf("病例%s：%d名接触者的观察或隔离已到期，尚未解除：%s", c.Number, len(contacts), names),
			EN: fmt.Sprintf("case %s: the observation or isolation of %d contacts is over, and nobody has released them: %s", c.Number, len(contacts), names),
		})
	}
	b.reminded, b.told = now, told
	return nil
}
