package casebook

import (
	"context"

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
