package casebook

import (
	"cmp"
	"context"

	"menshen"
	"menshen/store"
)

// maxListed is the longest list of contacts.
const maxListed = 100_000

// Contacts lists the contacts of a case, by generation and in each as they were found. Their paths are left out.
func (b *Book) Contacts(ctx context.Context, ref string, q ContactQuery) (ContactList, error) {
	const op = "casebook.contacts"
	switch {
	case q.Status != "" && !q.Status.Valid():
		return ContactList{}, menshen.Errorf(menshen.CodeInvalid, op, "status: the status %q is unknown", q.Status).
			WithHint("use to_notify, notified, home_observation, central_isolation, released or became_case")
	case q.Level != "" && !q.Level.Valid():
		return ContactList{}, badLevel(q.Level)
	case q.Source != "" && q.Source != menshen.SourceDerived && q.Source != menshen.SourceInterview:
		return ContactList{}, menshen.Errorf(menshen.CodeInvalid, op, "source: the source %q is unknown", q.Source).WithHint("use derived or interview")
	case q.Limit < 0 || q.Limit > maxListed || q.Offset < 0:
		return ContactList{}, menshen.Errorf(menshen.CodeInvalid, op, "limit: a list of %d from %d is out of range", q.Limit, q.Offset).WithHint("ask for 1 to %d, from 0 on", maxListed)
	}
	c, err := b.look(ctx, ref)
	if err != nil {
		return ContactList{}, err
	}
	f := store.ContactFilter{
		Case: c.ID, Person: q.Person, Status: q.Status, Level: q.Level, Generation: q.Generation, Source: q.Source, Owner: q.Owner,
		Counting: !q.All, Offset: q.Offset, Limit: cmp.Or(q.Limit, b.cfg.Listed),
	}
	var out ContactList
	out.Contacts, out.Total, err = b.viewContacts(ctx, f, q.Follow)
	return out, err
}

// viewContacts reads a page of contacts of one case, with their follow-up where it is asked for, and counts all there are.
func (b *Book) viewContacts(ctx context.Context, f store.ContactFilter, follow bool) ([]ContactView, int, error) {
	var followed map[string][]menshen.FollowUp
	var reached map[string]string
	var err error
	days := b.newMissing()
	if follow {
		if followed, err = b.followed(ctx, store.FollowUpFilter{Case: f.Case, Latest: true}); err == nil {
			reached, err = b.deps.Store.ReachedDays(ctx, f.Case)
		}
		if err != nil {
			return nil, 0, err
		}
	}
	n, err := b.deps.Store.CountCaseContacts(ctx, f)
	if err != nil {
		return nil, 0, err
	}
	out := make([]ContactView, 0, min(max(n-f.Offset, 0), f.Limit)) // views are large, and lists long
	for e, err := range b.deps.Store.CaseContacts(ctx, f) {
		if err != nil {
			return nil, 0, err
		}
		v := viewOf(e)
		if follow {
			days.add(&v, followed[e.ID], reached[e.ID])
		}
		out = append(out, v)
	}
	return out, n, nil
}

func viewOf(e store.ContactEntry) ContactView {
	v := ContactView{CaseContact: e.CaseContact, Dwelling: e.Dwelling}
	v.Name = nameOf(e)
	return v
}

// Contact gives one contact with everything of it.
func (b *Book) Contact(ctx context.Context, id string) (ContactView, error) {
	e, err := b.deps.Store.CaseContact(ctx, id)
	if err != nil {
		return ContactView{}, err
	}
	if _, err := b.look(ctx, e.Case); err != nil {
		return ContactView{}, err
	}
	v := viewOf(e)
	followed, err := b.followed(ctx, store.FollowUpFilter{Contact: id})
	b.newMissing().add(&v, followed[id], reachedIn(followed[id]))
	return v, err
}

// FindContact gives the contact of a case that people name: by the id of the record, or by the id or the name of the person.
// Records that count come before others, and those merged into others are found by their own id alone.
//
// CodeNotFound: the case has none. CodeConflict: it has several.
func (b *Book) FindContact(ctx context.Context, ref, named string) (menshen.CaseContact, error) {
	const op = "casebook.find_contact"
	c, err := b.look(ctx, ref)
	if menshen.ErrorCode(err) == menshen.CodeDenied {
		return b.findHeld(ctx, ref, named, err)
	}
	if err != nil {
		return menshen.CaseContact{}, err
	}
	switch e, err := b.deps.Store.CaseContact(ctx, named); {
	case err == nil && e.Case == c.ID:
		e.Name = nameOf(e)
		return e.CaseContact, nil
	case err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound:
		return menshen.CaseContact{}, err
	}
	var counting, other []menshen.CaseContact
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Named: named, Paths: true}) {
		if err != nil {
			return menshen.CaseContact{}, err
		}
		e.Name = nameOf(e)
		switch {
		case e.Person != named && e.Name != named || e.MergedInto != "":
		case e.WithdrawnFor == "":
			counting = append(counting, e.CaseContact)
		default:
			other = append(other, e.CaseContact)
		}
	}
	if len(counting) == 0 {
		counting = other
	}
	switch len(counting) {
	case 0:
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeNotFound, op, "contact: the case has no contact %q", named).WithHint("menshen case contacts shows them, with their ids")
	case 1:
		return counting[0], nil
	}
	return menshen.CaseContact{}, menshen.Errorf(menshen.CodeConflict, op, "contact: the case has %d contacts called %q", len(counting), named).
		WithHint("name the record by its id, as menshen case contacts shows it")
}

// findHeld finds a contact of a case that may not be looked into, so that people can be released and names erased: by the id of
// the record, or by that or the name of somebody whom gates hold. Of others it gives the error that the look gave.
func (b *Book) findHeld(ctx context.Context, ref, named string, denied error) (menshen.CaseContact, error) {
	c, err := b.deps.Store.Case(ctx, ref)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	if c.Decided.IsZero() || c.State == menshen.CaseRefused {
		return menshen.CaseContact{}, denied
	}
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID}) {
		if err != nil {
			return menshen.CaseContact{}, err
		}
		if e.ID == named || confined(e.Status) && e.MergedInto == "" && (e.Person == named || nameOf(e) == named) {
			e.Name = nameOf(e)
			return headOf(e.CaseContact), nil
		}
	}
	return menshen.CaseContact{}, denied
}

func badLevel(l menshen.ContactLevel) error {
	return menshen.Errorf(menshen.CodeInvalid, "casebook.level", "level: the level %q is unknown", l).WithHint("use close, secondary, general or copresent")
}

// SetOwner says who takes care of a contact; "" for nobody.
func (b *Book) SetOwner(ctx context.Context, contact, owner string, a Act) (menshen.CaseContact, error) {
	if err := checkText("casebook.owner", "owner", owner); err != nil {
		return menshen.CaseContact{}, err
	}
	return b.edit(ctx, contact, a, func(_ menshen.Case, x *menshen.CaseContact) error {
		x.Owner = owner
		return nil
	})
}

// SetNote keeps a note on a contact in place of the one before.
func (b *Book) SetNote(ctx context.Context, contact, note string, a Act) (menshen.CaseContact, error) {
	if err := checkText("casebook.note", "note", note); err != nil {
		return menshen.CaseContact{}, err
	}
	return b.edit(ctx, contact, a, func(_ menshen.Case, x *menshen.CaseContact) error {
		x.Note = note
		return nil
	})
}

// SetLevel sets a contact's level by hand: judging leaves it then. With "" judging sets it again, from the next time on.
func (b *Book) SetLevel(ctx context.Context, contact string, level menshen.ContactLevel, a Act) (menshen.CaseContact, error) {
	if level != "" && !level.Valid() {
		return menshen.CaseContact{}, badLevel(level)
	}
	return b.edit(ctx, contact, a, func(_ menshen.Case, x *menshen.CaseContact) error {
		if level != "" {
			x.Level = level
		}
		x.Fixed = fix(x.Fixed, FixedLevel, level != "")
		return nil
	})
}

// SetFollow sets the first and last day of a contact's follow-up by hand, for example to end it early (2020-03-01):
// judging leaves them then. With both "" they are the policy's again.
func (b *Book) SetFollow(ctx context.Context, contact, from, to string, a Act) (menshen.CaseContact, error) {
	const op = "casebook.follow"
	loc := b.zone()
	first, last, err := b.days(from, to)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	return b.edit(ctx, contact, a, func(c menshen.Case, x *menshen.CaseContact) error {
		x.Fixed = fix(x.Fixed, FixedFollow, from != "" || to != "")
		if from == "" && to == "" {
			p, err := b.deps.Policies.Get(ctx, c.Policy)
			if err != nil {
				return err
			}
			b.plan(x, p)
			return nil
		}
		if from != "" {
			x.FollowFrom = first
		}
		if to != "" {
			x.FollowTo = last
		}
		switch {
		case x.FollowFrom.IsZero() || x.FollowTo.IsZero():
			return menshen.Errorf(menshen.CodeInvalid, op, "from: the follow-up has no first or no last day").WithHint("give both")
		case x.FollowTo.Before(x.FollowFrom):
			return menshen.Errorf(menshen.CodeInvalid, op, "to: the follow-up ends before it begins, on %s", day(x.FollowFrom, loc)).WithHint("give that day or a later one")
		case x.FollowTo.After(midnight(x.FollowFrom, loc, maxFollow-1)):
			return menshen.Errorf(menshen.CodeInvalid, op, "to: a follow-up lasts %d days at most", maxFollow).WithHint("give an earlier day")
		}
		return nil
	})
}

// maxFollow is the longest follow-up, in days.
const maxFollow = 42

// fix puts a word among those that are set by hand, or takes it out.
func fix(list []string, word string, on bool) []string {
	var out []string
	for _, w := range list {
		if w != word {
			out = append(out, w)
		}
	}
	if on {
		out = append(out, word)
	}
	return out
}

// edit changes one contact.
func (b *Book) edit(ctx context.Context, id string, a Act, f func(c menshen.Case, x *menshen.CaseContact) error) (menshen.CaseContact, error) {
	a, err := a.check()
	if err != nil {
		return menshen.CaseContact{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	c, e, err := b.workOn(ctx, id, a)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	next := e.CaseContact
	if err := f(c, &next); err != nil {
		return menshen.CaseContact{}, err
	}
	d := b.deed(a)
	d.putContact(e.CaseContact, next)
	return b.wroteContact(ctx, d, id)
}

// wroteContact keeps a deed and gives its contact as it is then.
func (b *Book) wroteContact(ctx context.Context, d *deed, id string) (menshen.CaseContact, error) {
	if err := b.write(ctx, d); err != nil {
		return menshen.CaseContact{}, err
	}
	e, err := b.deps.Store.CaseContact(ctx, id)
	return e.CaseContact, err
}
