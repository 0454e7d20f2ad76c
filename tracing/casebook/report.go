package casebook

import (
	"context"
	"maps"
	"slices"
	"strings"

	"menshen"
	"menshen/store"
)

// History gives what was changed of a case and its contacts, or of one contact (ref may be "" then), in the order in which
// it was.
func (b *Book) History(ctx context.Context, ref, contact string) ([]menshen.CaseChange, error) {
	if ref == "" && contact != "" {
		e, err := b.deps.Store.CaseContact(ctx, contact)
		if err != nil {
			return nil, err
		}
		ref = e.Case
	}
	c, err := b.look(ctx, ref)
	if err != nil {
		return nil, err
	}
	return gather(b.deps.Store.CaseChanges(ctx, c.ID, contact))
}

// NamesIn gives the names of contacts, people and cases that entries of a history tell of by id: of people with the dwelling.
// What has no name is left out.
func (b *Book) NamesIn(ctx context.Context, changes []menshen.CaseChange) (map[string]string, error) {
	names := map[string]string{}
	people := map[string]bool{}
	of := map[string]bool{}
	for _, h := range changes {
		of[h.Case] = true
		if h.Field == "person" {
			people[h.Before], people[h.After] = true, true
		}
		if h.Field == "parent" && h.After != "" {
			c, err := b.deps.Store.Case(ctx, h.After)
			if menshen.ErrorCode(err) == menshen.CodeNotFound {
				continue // it was removed
			}
			if err != nil {
				return nil, err
			}
			names[c.ID] = c.Number
		}
	}
	for id := range of {
		for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: id}) {
			if err != nil {
				return nil, err
			}
			names[e.ID] = whoIs(e)
			if e.Person != "" {
				names[e.Person] = whoIs(e)
				delete(people, e.Person)
			}
		}
	}
	delete(people, "")
	known, err := b.deps.Store.PeopleByID(ctx, slices.Collect(maps.Keys(people)))
	for id, p := range known {
		names[id] = strings.TrimSpace(p.Name + " " + p.Dwelling.String())
	}
	return names, err
}

// Report gives everything of a case that a 流调报告 prints, but the movements.
func (b *Book) Report(ctx context.Context, ref string) (Report, error) {
	c, err := b.look(ctx, ref)
	if err != nil {
		return Report{}, err
	}
	views, err := b.viewCases(ctx, []menshen.Case{c})
	if err != nil {
		return Report{}, err
	}
	r := Report{Case: views[0]}
	if r.Policy, err = b.deps.Policies.Get(ctx, c.Policy); err != nil {
		return Report{}, err
	}
	if r.Window, err = r.Policy.Window.Span(c.Clinical, b.deps.Clock(), b.zone()); err != nil {
		return Report{}, err
	}
	if r.Tests, err = gather(b.deps.Store.LabTests(ctx, store.LabTestFilter{Case: c.ID})); err != nil {
		return Report{}, err
	}
	if r.FollowUps, err = b.followed(ctx, store.FollowUpFilter{Case: c.ID}); err != nil {
		return Report{}, err
	}
	days := b.newMissing()
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Paths: true}) {
		if err != nil {
			return Report{}, err
		}
		v := viewOf(e)
		days.add(&v, r.FollowUps[e.ID], reachedIn(r.FollowUps[e.ID]))
		r.Contacts = append(r.Contacts, v)
	}
	r.History, err = gather(b.deps.Store.CaseChanges(ctx, c.ID, ""))
	return r, err
}
