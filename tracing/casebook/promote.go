package casebook

import (
	"context"

	"menshen"
)

// Promote asks for a case of which a contact is the index person; Person and Parent of r are filled in here, Policy with that
// of the contact's case if it is empty, and Isolated with the central isolation that the contact is in. When it is approved
// (Decide), the contact has become a case. The act's Revision is that of the contact.
func (b *Book) Promote(ctx context.Context, contact string, r CaseRequest, a Act) (menshen.Case, error) {
	const op = "casebook.promote"
	a, err := a.check()
	if err != nil {
		return menshen.Case{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	parent, e, err := b.workOn(ctx, contact, a)
	if err != nil {
		return menshen.Case{}, err
	}
	switch {
	case e.Status == menshen.ContactBecameCase:
		return menshen.Case{}, menshen.Errorf(menshen.CodeConflict, op, "status: %s has become a case", nameOf(e)).WithHint("work on that case")
	case e.Person == "":
		return menshen.Case{}, menshen.Errorf(menshen.CodeConflict, op, "person: the registry does not have %s", nameOf(e)).
			WithHint("put the person into the registry, add them as a contact and merge the two records")
	}
	r.Person, r.Parent = e.Person, parent.ID
	if r.Policy.ID == "" {
		r.Policy = parent.Policy
	}
	if r.Isolated.IsZero() {
		r.Isolated = centralSince(e.CaseContact)
	}
	d := b.deed(a)
	c, err := b.request(ctx, r, d)
	if err != nil {
		return menshen.Case{}, err
	}
	d.tell(parent.ID, e.ID, "promoted", "", c.Number)
	return b.wrote(ctx, d, c.ID)
}
