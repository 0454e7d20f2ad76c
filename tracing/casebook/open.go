package casebook

import (
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing/policy"
)

// openCase adds to a deed what follows from a case being approved.
func (b *Book) openCase(ctx context.Context, c *menshen.Case, d *deed) error {
	if err := b.became(ctx, c, d); err != nil {
		return err
	}
	return b.addHousehold(ctx, *c, d)
}

// became makes contacts of other cases who are the index person now ones who became a case, whether the case came from them or
// was asked for on its own, and takes their central isolation over. Who was released before stays so, but for the parent.
func (b *Book) became(ctx context.Context, c *menshen.Case, d *deed) error {
	contacts, err := gather(b.deps.Store.CaseContacts(ctx, store.ContactFilter{Person: c.Person, Paths: true}))
	if err != nil {
		return err
	}
	for _, e := range contacts {
		if e.Case == c.ID || e.MergedInto != "" || e.Status == menshen.ContactBecameCase || e.Status == menshen.ContactReleased && e.Case != c.Parent {
			continue
		}
		of, err := b.deps.Store.Case(ctx, e.Case)
		if err != nil {
			return err
		}
		if !inForce(of) {
			continue
		}
		if since := centralSince(e.CaseContact); c.Isolated.IsZero() {
			c.Isolated = since
		}
		next := e.CaseContact
		next.Status = menshen.ContactBecameCase
		leaveCentral(&next, d.now) // from now on the case holds them
		if confined(e.Status) && (next.IsolatedTo.IsZero() || next.IsolatedTo.After(d.now)) {
			next.IsolatedTo = d.now // from here on the isolation is that of the case
		}
		d.putContact(e.CaseContact, next)
	}
	return nil
}

// indexPersons gives the index persons of other cases that are in force.
func (b *Book) indexPersons(ctx context.Context, but menshen.Case) (map[string]bool, error) {
	people := map[string]bool{}
	for _, s := range []menshen.CaseState{menshen.CaseOpen, menshen.CaseRequested} {
		for c, err := range b.deps.Store.Cases(ctx, store.CaseFilter{State: s}) {
			if err != nil {
				return nil, err
			}
			if c.ID != but.ID && inForce(c) {
				people[c.Person] = true
			}
		}
	}
	return people, nil
}

// addHousehold makes those who live with the index person contacts, by the first rule of the policy for their kind of home.
// Passes are not needed for it; judging keeps these records up to date.
func (b *Book) addHousehold(ctx context.Context, c menshen.Case, d *deed) error {
	known, err := b.deps.Store.PeopleByID(ctx, []string{c.Person})
	if err != nil {
		return err
	}
	index := known[c.Person]
	if index.Household == "" {
		return nil
	}
	home, err := b.deps.Store.Household(ctx, index.Household)
	if err != nil {
		return err
	}
	p, err := b.deps.Policies.Get(ctx, c.Policy)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Rules, func(r policy.Rule) bool {
		return r.Kind == policy.RuleHousehold && (r.Homes == "" || (r.Homes == "shared") == home.Shared)
	})
	window, err := p.Window.Span(c.Clinical, d.now, b.zone())
	if err != nil || i < 0 || !window.From.Before(window.To) {
		return err
	}
	if window.To.After(d.now) {
		window.To = d.now
	}
	people, err := b.deps.Store.HouseholdPeople(ctx, index.Household)
	if err != nil {
		return err
	}
	there, err := b.deps.Store.CountCaseContacts(ctx, store.ContactFilter{Case: c.ID})
	if err != nil || there > 0 {
		return err // opened again: what is known of its contacts stays
	}
	for _, person := range people {
		if person.ID != c.Person { // of any state: who moved away or was suspended lately lived there
			d.putContact(menshen.CaseContact{}, b.housemate(c, p, p.Rules[i], person.ID, window, d))
		}
	}
	return nil
}

func (b *Book) housemate(c menshen.Case, p *policy.Policy, r policy.Rule, person string, window menshen.Span, d *deed) menshen.CaseContact {
	x := menshen.CaseContact{
		ID: menshen.NewID(), Case: c.ID, Person: person, Source: menshen.SourceDerived, Generation: 1, Level: r.Level, Risk: r.Risk, Rule: r.ID,
		Policy: c.Policy, First: window.From, Threshold: window.From, Last: window.To, Sureness: 1, Status: menshen.ContactToNotify,
		Path: []menshen.Hop{{
			From: c.Person, To: person, Exposed: window.From,
			Exposure: menshen.Exposure{Kind: menshen.ExposureHousehold, Span: window, Sureness: 1},
		}},
		Created: d.now, CreatedBy: d.act.By,
	}
	b.plan(&x, p)
	return x
}

// plan sets the days of follow-up of a contact by a policy: from the day after the anchor on. Days that were set by hand
// stay; without a known exposure they begin on the day after the record.
func (b *Book) plan(c *menshen.CaseContact, p *policy.Policy) {
	if slices.Contains(c.Fixed, FixedFollow) {
		return
	}
	if p.Follow.Days <= 0 {
		c.FollowFrom, c.FollowTo = time.Time{}, time.Time{}
		return
	}
	from := anchor(c, p.Follow.From)
	if from.IsZero() {
		from = c.Created
	}
	loc := b.zone()
	c.FollowFrom = midnight(from, loc, 1)
	c.FollowTo = midnight(from, loc, p.Follow.Days)
}

// anchor gives the time of a contact's exposure that a policy names; zero where nobody knows.
func anchor(c *menshen.CaseContact, a policy.Anchor) time.Time {
	switch a {
	case policy.AnchorFirst:
		return c.First
	case policy.AnchorThreshold:
		return c.Threshold
	}
	return c.Last
}

// What of a contact can be set by hand, so that judging leaves it.
const (
	FixedLevel  = "level"
	FixedFollow = "follow"
)
