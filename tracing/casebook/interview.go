package casebook

import (
	"cmp"
	"context"
	"strings"

	"menshen"
	"menshen/store"
)

// AddContact adds somebody whom an interview named: a person of the registry, or a name with a phone. Judging leaves the
// record alone. Who has a derived record too is listed by Judge, to be merged.
//
// CodeConflict: there is a record of the person or the phone from an interview, or the registry has somebody of that name
// and phone.
func (b *Book) AddContact(ctx context.Context, ref string, n NewContact, a Act) (menshen.CaseContact, error) {
	a, err := a.check()
	if err != nil {
		return menshen.CaseContact{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	c, err := b.work(ctx, ref)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if err := a.from(c.Revision); err != nil {
		return menshen.CaseContact{}, err
	}
	d := b.deed(a)
	x := menshen.CaseContact{
		ID: menshen.NewID(), Case: c.ID, Source: menshen.SourceInterview, Generation: 1, Level: cmp.Or(n.Level, menshen.LevelClose),
		Risk: cmp.Or(n.Risk, "medium"), Policy: c.Policy, Status: menshen.ContactToNotify, Note: strings.TrimSpace(n.Note),
		Created: d.now, CreatedBy: a.By,
	}
	if err := b.checkNew(n, x, d); err != nil {
		return menshen.CaseContact{}, err
	}
	if n.Person != "" {
		err = b.nameRegistered(ctx, c, n, &x)
	} else {
		err = b.nameStranger(ctx, n, &x)
	}
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if err := b.checkKnown(ctx, c, x); err != nil {
		return menshen.CaseContact{}, err
	}
	x.Said = menshen.Said{Level: x.Level, Risk: x.Risk, Span: menshen.Span{From: n.From, To: n.To}}
	setSaid(&x, c.Person)
	cases, err := b.indexPersons(ctx, c)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if cases[x.Person] {
		x.Status = menshen.ContactBecameCase
	}
	p, err := b.deps.Policies.Get(ctx, c.Policy)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	b.plan(&x, p)
	d.putContact(menshen.CaseContact{}, x)
	return b.wroteContact(ctx, d, x.ID)
}

// checkNew checks what needs no look-up.
func (b *Book) checkNew(n NewContact, x menshen.CaseContact, d *deed) error {
	const op = "casebook.add_contact"
	switch {
	case !x.Level.Valid():
		return badLevel(x.Level)
	case x.Risk != "high" && x.Risk != "medium" && x.Risk != "low":
		return menshen.Errorf(menshen.CodeInvalid, op, "risk: the risk %q is unknown", x.Risk).WithHint("use high, medium or low")
	case n.From.IsZero() != n.To.IsZero():
		return menshen.Errorf(menshen.CodeInvalid, op, "to: of the exposure only one end is known").WithHint("give from and to, or leave both out")
	case n.To.Before(n.From):
		return menshen.Errorf(menshen.CodeInvalid, op, "to: the exposure ends before it begins").WithHint("give an end after the beginning")
	case n.To.After(d.now):
		return menshen.Errorf(menshen.CodeInvalid, op, "to: the exposure ends in the future").WithHint("give the time at which it ended")
	}
	return checkText(op, "note", x.Note)
}

// nameRegistered makes the record one of a person of the registry.
func (b *Book) nameRegistered(ctx context.Context, c menshen.Case, n NewContact, x *menshen.CaseContact) error {
	const op = "casebook.add_contact"
	if n.Name != "" || n.Phone != "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "name: a person of the registry has a name and a phone there").WithHint("leave name and phone out, or leave the person out")
	}
	p, err := b.deps.Registry.Person(ctx, n.Person)
	if err != nil {
		return err
	}
	if p.ID == c.Person {
		return menshen.Errorf(menshen.CodeInvalid, op, "person: nobody is their own contact").WithHint("name somebody other than the index person")
	}
	x.Person = p.ID
	return nil
}

// nameStranger makes the record one of somebody whom the registry does not have.
func (b *Book) nameStranger(ctx context.Context, n NewContact, x *menshen.CaseContact) error {
	const op = "casebook.add_contact"
	x.Name, x.Phone = strings.TrimSpace(n.Name), menshen.Secret(menshen.NormalizePhone(n.Phone.Reveal()))
	if err := (menshen.Particulars{Phone: x.Phone.Reveal()}).Validate(); err != nil {
		return err
	}
	if x.Name == "" || x.Phone == "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "name: somebody whom the registry does not have needs a name and a phone").
			WithHint("give both, or name a person of the registry")
	}
	if err := checkText(op, "name", x.Name); err != nil {
		return err
	}
	people, err := b.deps.Store.PeopleByPhone(ctx, x.Phone.Reveal())
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Name == x.Name {
			return menshen.Errorf(menshen.CodeConflict, op, "person: the registry has %s with this phone", p.Name).WithHint("name the person by id: %s", p.ID)
		}
	}
	return nil
}

// checkKnown refuses a second record from an interview of the same person or phone.
func (b *Book) checkKnown(ctx context.Context, c menshen.Case, x menshen.CaseContact) error {
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Person: x.Person, Phone: x.Phone, Source: menshen.SourceInterview}) {
		if err != nil {
			return err
		}
		if e.MergedInto == "" && (x.Person != "" || e.Name == x.Name) {
			return menshen.Errorf(menshen.CodeConflict, "casebook.add_contact", "person: %s is a contact from an interview already", nameOf(e)).
				WithHint("change that record: %s", e.ID)
		}
	}
	return nil
}
