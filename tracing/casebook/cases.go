package casebook

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// Cases lists cases, the latest requested first. Of those that may not be looked into there is the head alone.
func (b *Book) Cases(ctx context.Context, q CaseQuery) ([]CaseView, error) {
	const op = "casebook.cases"
	switch q.State {
	case "", menshen.CaseRequested, menshen.CaseOpen, menshen.CaseRefused, menshen.CaseClosed:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "state: the state of a case %q is unknown", q.State).
			WithHint("use requested, open, refused or closed")
	}
	if q.Limit < 0 || q.Limit > 10_000 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "limit: a list of %d is out of range", q.Limit).WithHint("ask for 1 to 10000")
	}
	f := store.CaseFilter{State: q.State, Latest: q.Limit}
	if f.Latest == 0 {
		f.Latest = 1000
	}
	if q.Person != "" {
		p, err := b.deps.Registry.Person(ctx, q.Person)
		if err != nil {
			return nil, err
		}
		f.Person = p.ID
	}
	cases, err := gather(b.deps.Store.Cases(ctx, f))
	if err != nil {
		return nil, err
	}
	return b.viewCases(ctx, cases)
}

// Case gives a case by id or number: the head alone where it may not be looked into.
func (b *Book) Case(ctx context.Context, ref string) (CaseView, error) {
	c, err := b.deps.Store.Case(ctx, strings.TrimSpace(ref))
	if err != nil {
		return CaseView{}, err
	}
	views, err := b.viewCases(ctx, []menshen.Case{c})
	if err != nil {
		return CaseView{}, err
	}
	return views[0], nil
}

func (b *Book) viewCases(ctx context.Context, cases []menshen.Case) ([]CaseView, error) {
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.Person
	}
	people, err := b.deps.Store.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	counts, err := b.deps.Store.ContactCounts(ctx)
	if err != nil {
		return nil, err
	}
	now := b.deps.Clock()
	var out []CaseView
	for _, c := range cases {
		p := people[c.Person]
		v := CaseView{Case: c, Name: p.Name, Dwelling: p.Dwelling, Readable: b.readable(c) == nil, Expired: c.Expired(now), Contacts: counts[c.ID]}
		if !v.Readable {
			v.Clinical, v.Judged, v.Contacts = menshen.Clinical{}, time.Time{}, 0
		}
		out = append(out, v)
	}
	return out, nil
}

// Request asks for a case. Nothing of it may be looked at until somebody else approves it (Decide).
//
// CodeConflict: there is a case of the number, or one of the person that is not closed. CodeNotFound: no such person, parent
// or policy.
func (b *Book) Request(ctx context.Context, r CaseRequest, a Act) (menshen.Case, error) {
	a, err := a.check()
	if err != nil {
		return menshen.Case{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	d := b.deed(a)
	c, err := b.request(ctx, r, d)
	if err != nil {
		return menshen.Case{}, err
	}
	return b.wrote(ctx, d, c.ID)
}

// request adds a case to a deed.
func (b *Book) request(ctx context.Context, r CaseRequest, d *deed) (menshen.Case, error) {
	const op = "casebook.request"
	person, err := b.deps.Registry.Person(ctx, r.Person)
	if err != nil {
		return menshen.Case{}, err
	}
	if r.Parent != "" {
		parent, err := b.work(ctx, r.Parent)
		if err != nil {
			return menshen.Case{}, err
		}
		r.Parent = parent.ID
	}
	if r.Policy.ID == "" {
		if r.Policy, err = b.deps.Policies.Resolve(ctx, DefaultPolicy); err != nil {
			return menshen.Case{}, err
		}
	}
	p, err := b.deps.Policies.Get(ctx, r.Policy)
	if err != nil {
		return menshen.Case{}, err
	}
	c := menshen.Case{
		ID: menshen.NewID(), Number: strings.TrimSpace(r.Number), Person: person.ID, Purpose: strings.TrimSpace(r.Purpose), Expires: r.Expires,
		State: menshen.CaseRequested, Clinical: tidy(r.Clinical), Policy: menshen.PolicyRef{ID: p.ID, Version: p.Version}, Parent: r.Parent,
		RequestedBy: d.act.By, Requested: d.now,
	}
	if err := c.Validate(d.now); err != nil {
		return menshen.Case{}, err
	}
	if err := checkText(op, "number", c.Number); err != nil {
		return menshen.Case{}, err
	}
	if err := b.onlyCase(ctx, person.ID, person.Name); err != nil {
		return menshen.Case{}, err
	}
	d.putCase(menshen.Case{}, c)
	return c, nil
}

// onlyCase refuses a second case of a person that is not closed.
func (b *Book) onlyCase(ctx context.Context, person, name string) error {
	for other, err := range b.deps.Store.Cases(ctx, store.CaseFilter{Person: person}) {
		if err != nil {
			return err
		}
		if other.State == menshen.CaseRequested || other.State == menshen.CaseOpen {
			return menshen.Errorf(menshen.CodeConflict, "casebook.request", "person: %s is the index person of case %s already", name, other.Number).
				WithHint("work on that case, or close it first")
		}
	}
	return nil
}

func tidy(c menshen.Clinical) menshen.Clinical {
	c.Symptoms = slices.Clone(c.Symptoms)
	for i := range c.Symptoms {
		c.Symptoms[i] = strings.TrimSpace(c.Symptoms[i])
	}
	return c
}

// wrote keeps a deed and gives its case as it is then.
func (b *Book) wrote(ctx context.Context, d *deed, id string) (menshen.Case, error) {
	if err := b.write(ctx, d); err != nil {
		return menshen.Case{}, err
	}
	return b.deps.Store.Case(ctx, id)
}

// Decide approves a case or refuses it; who asked for it cannot. Approved, it is open: the index person's household become
// contacts at once where the policy has a rule for households, and the contact whom it came from has become a case.
//
// CodeDenied for who asked for it, CodeConflict for one that was decided.
func (b *Book) Decide(ctx context.Context, ref string, approve bool, a Act) (menshen.Case, error) {
	const op = "casebook.decide"
	a, err := a.check()
	if err != nil {
		return menshen.Case{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	old, err := b.deps.Store.Case(ctx, ref)
	if err != nil {
		return menshen.Case{}, err
	}
	switch {
	case old.State != menshen.CaseRequested:
		return menshen.Case{}, menshen.Errorf(menshen.CodeConflict, op, "case %s was decided already, by %s", old.Number, old.DecidedBy).WithHint("look at the case again")
	case a.By == old.RequestedBy:
		return menshen.Case{}, menshen.Errorf(menshen.CodeDenied, op, "who asks for a case cannot approve it").WithHint("a second person must decide")
	case approve && old.Expired(b.deps.Clock()):
		return menshen.Case{}, menshen.Errorf(menshen.CodeConflict, op, "expires: the case would be expired already").WithHint("extend it first, or ask for another one")
	}
	if err := a.from(old.Revision); err != nil {
		return menshen.Case{}, err
	}
	d := b.deed(a)
	c := old
	switch {
	case approve:
		c.State, c.DecidedBy, c.Decided, c.ClosedBy, c.Closed = menshen.CaseOpen, a.By, d.now, "", time.Time{}
		if err := b.openCase(ctx, &c, d); err != nil {
			return menshen.Case{}, err
		}
		if err := b.orderIndex(ctx, old, c, d); err != nil {
			return menshen.Case{}, err
		}
	case !old.Decided.IsZero(): // it is what it was before somebody asked to go on with it
		c.State = menshen.CaseOpen
		if !old.Closed.IsZero() {
			c.State = menshen.CaseClosed
		}
		if c.Expires, err = b.expiryBefore(ctx, old); err != nil {
			return menshen.Case{}, err
		}
	default:
		c.State, c.DecidedBy, c.Decided = menshen.CaseRefused, a.By, d.now
	}
	d.putCase(old, c)
	return b.wrote(ctx, d, c.ID)
}

// expiryBefore gives when a case expired before it was asked for again: who refuses that must not have it looked into for
// longer.
func (b *Book) expiryBefore(ctx context.Context, c menshen.Case) (time.Time, error) {
	for h, err := range b.deps.Store.CaseChanges(ctx, c.ID, "") {
		if err != nil {
			return c.Expires, err
		}
		if h.Contact == "" && h.Field == "expires" && h.Before != "" && !h.At.Before(c.Requested) {
			return time.Parse(time.RFC3339Nano, h.Before)
		}
	}
	return c.Expires, nil
}

// Extend lets a case be looked into longer, at most 366 days from now. Of one that has not expired that is all; one that has
// must be approved by a second person, as a new one (Decide). Requests can be extended too.
func (b *Book) Extend(ctx context.Context, ref string, expires time.Time, a Act) (menshen.Case, error) {
	return b.alter(ctx, ref, a, func(c *menshen.Case, now time.Time) error {
		if c.State != menshen.CaseOpen && c.State != menshen.CaseRequested {
			return menshen.Errorf(menshen.CodeConflict, "casebook.extend", "case %s is closed or was not approved", c.Number).WithHint("ask for it to be opened again first")
		}
		if !expires.After(now) {
			return menshen.Errorf(menshen.CodeInvalid, "casebook.extend", "expires: %s is past", expires.In(b.zone()).Format("2006-01-02 15:04")).
				WithHint("give a day in the future, for example in 30 days")
		}
		if c.State == menshen.CaseOpen && c.Expired(now) {
			c.State, c.RequestedBy, c.Requested = menshen.CaseRequested, strings.TrimSpace(a.By), now
		}
		c.Expires = expires
		return c.Validate(now)
	})
}

// Close ends a case: it can still be looked at until it expires, and nothing of it changes any more. Gates let its index person
// out.
//
// CodeConflict: it is not open, or holds contacts in, whom nobody could release any more.
func (b *Book) Close(ctx context.Context, ref string, a Act) (menshen.Case, error) {
	return b.alter(ctx, ref, a, func(c *menshen.Case, now time.Time) error {
		if c.State != menshen.CaseOpen {
			return menshen.Errorf(menshen.CodeConflict, "casebook.close", "case %s is not open", c.Number).WithHint("only an open case can be closed")
		}
		if err := b.nobodyHeld(ctx, *c); err != nil {
			return err
		}
		c.State, c.Closed, c.ClosedBy = menshen.CaseClosed, now, a.By
		return nil
	})
}

// nobodyHeld refuses while contacts of a case are under observation or isolated.
func (b *Book) nobodyHeld(ctx context.Context, c menshen.Case) error {
	n, name := 0, ""
	for _, s := range []menshen.ContactStatus{menshen.ContactHomeObservation, menshen.ContactCentralIsolation} {
		for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Status: s}) {
			if err != nil {
				return err
			}
			if e.MergedInto == "" {
				n, name = n+1, cmp.Or(name, whoIs(e))
			}
		}
	}
	if n == 0 {
		return nil
	}
	return menshen.Errorf(menshen.CodeConflict, "casebook.close", "status: case %s has contacts under observation or isolated: %d, among them %s", c.Number, n, name).
		WithHint("release them first: nobody could do so afterwards")
}

// Reopen asks for a closed case again: as for a new one, a second person must approve it. One that has expired must be
// extended before that. Refused, it is closed again.
func (b *Book) Reopen(ctx context.Context, ref string, a Act) (menshen.Case, error) {
	return b.alter(ctx, ref, a, func(c *menshen.Case, now time.Time) error {
		if c.State != menshen.CaseClosed {
			return menshen.Errorf(menshen.CodeConflict, "casebook.reopen", "case %s is not closed", c.Number).WithHint("only a closed case can be opened again")
		}
		people, err := b.deps.Store.PeopleByID(ctx, []string{c.Person})
		if err != nil {
			return err
		}
		if err := b.onlyCase(ctx, c.Person, people[c.Person].Name); err != nil {
			return err
		}
		c.State, c.RequestedBy, c.Requested = menshen.CaseRequested, strings.TrimSpace(a.By), now
		return nil
	})
}

// alter changes a case itself, whether it may be looked into or not.
func (b *Book) alter(ctx context.Context, ref string, a Act, f func(c *menshen.Case, now time.Time) error) (menshen.Case, error) {
	a, err := a.check()
	if err != nil {
		return menshen.Case{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	old, err := b.deps.Store.Case(ctx, ref)
	if err != nil {
		return menshen.Case{}, err
	}
	if err := a.from(old.Revision); err != nil {
		return menshen.Case{}, err
	}
	d := b.deed(a)
	c := old
	if err := f(&c, d.now); err != nil {
		return menshen.Case{}, err
	}
	if err := b.orderIndex(ctx, old, c, d); err != nil {
		return menshen.Case{}, err
	}
	d.putCase(old, c)
	return b.wrote(ctx, d, c.ID)
}
