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

// Age removes closed and refused cases that are older than Config.Retention, with everything of them, and gives them as they
// were: what remains is in the audit log. It removes nothing where Retention is 0. It is for calling about once a day.
func (b *Book) Age(ctx context.Context) (removed []menshen.Case, err error) {
	if b.cfg.Retention == 0 {
		return nil, nil
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	before := b.deps.Clock().Add(-b.cfg.Retention)
	for _, s := range []menshen.CaseState{menshen.CaseClosed, menshen.CaseRefused} {
		cases, err := gather(b.deps.Store.Cases(ctx, store.CaseFilter{State: s}))
		if err != nil {
			return removed, err
		}
		for _, c := range cases {
			ended := later(c.Closed, c.Decided)
			if ended.IsZero() || ended.After(before) || s == menshen.CaseClosed && b.nobodyHeld(ctx, c) != nil {
				continue
			}
			if err := b.deps.Store.RemoveCase(ctx, c.ID); err != nil {
				return removed, err
			}
			b.deps.Log.InfoContext(ctx, "an old case was removed", "case", c.ID, "ended", ended)
			removed = append(removed, c)
		}
	}
	return removed, nil
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
