package casebook

import (
	"context"
	"fmt"
	"strings"

	"menshen"
	"menshen/store"
)

// inForce reports whether a case was approved and not closed since. Expired it still is, and while it waits for the approval
// of a second person to go on: gates must not let somebody out because of that.
func inForce(c menshen.Case) bool {
	return c.State == menshen.CaseOpen || c.State == menshen.CaseRequested && !c.Decided.IsZero() && c.Closed.IsZero()
}

// holding reports whether gates hold the index person of a case in.
func holding(c menshen.Case) bool { return inForce(c) && !c.Isolated.IsZero() }

// orderIndex has gates follow what a change of a case makes of its index person: isolated from the date of isolation on while
// the case is in force, and released when it is closed or the date is taken back. What the office isolated itself stays.
func (b *Book) orderIndex(ctx context.Context, old, c menshen.Case, d *deed) error {
	was, is := holding(old), holding(c)
	if !was && !is || was && is && old.Isolated.Equal(c.Isolated) {
		return nil
	}
	foreign, err := b.foreign(ctx, c.Person)
	if err != nil {
		return err
	}
	if is {
		if foreign.State != menshen.HealthIsolated {
			d.orderIsolated(c)
		}
		return nil
	}
	if foreign.State != "" {
		state := foreign.State.Text()
		b.alert(ctx, menshen.AlertContact, c.Person, menshen.Text{
			ZH: fmt.Sprintf("病例%s本人已解除隔离，但健康管理中另设为%s，出入口仍按后者执行，请核对", c.Number, state.ZH),
			EN: fmt.Sprintf("the index person of case %s is released, but the health records have them as %s for another reason, and gates go by that: see to it", c.Number, state.EN),
		})
		return nil
	}
	return b.letOut(ctx, c.Person, "", c.ID, "解除隔离", c.Number, d)
}

// orderIsolated has gates hold the index person of a case in.
func (d *deed) orderIsolated(c menshen.Case) {
	d.order("", menshen.Health{Person: c.Person, State: menshen.HealthIsolated, Since: c.Isolated}, orderReason(c.Number, "病例隔离"))
}

// foreign gives the observation or isolation of somebody that the registry has and that no case ordered; the zero value for
// none. What was ordered and is not at the gates yet comes to its turn before what is ordered now.
func (b *Book) foreign(ctx context.Context, person string) (menshen.Health, error) {
	h, kept, err := b.kept(ctx, person)
	if err != nil || !kept {
		return menshen.Health{}, err
	}
	for o, err := range b.deps.Store.CaseOrders(ctx) {
		if err != nil || o.Person == person {
			return menshen.Health{}, err
		}
	}
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Person: person}) {
		if err != nil {
			return menshen.Health{}, err
		}
		if !h.Since.Equal(e.IsolatedFrom) {
			continue
		}
		c, err := b.deps.Store.Case(ctx, e.Case)
		if err != nil || ordered(h, c.Number) {
			return menshen.Health{}, err
		}
	}
	for c, err := range b.deps.Store.Cases(ctx, store.CaseFilter{Person: person}) {
		if err != nil || h.Since.Equal(c.Isolated) && ordered(h, c.Number) {
			return menshen.Health{}, err
		}
	}
	return h, nil
}

// kept gives somebody's state in the registry, and whether it keeps them in.
func (b *Book) kept(ctx context.Context, person string) (menshen.Health, bool, error) {
	h, err := b.deps.Store.Health(ctx, person)
	observed := h.State == menshen.HealthObservation && (h.Until.IsZero() || h.Until.After(b.deps.Clock()))
	return h, h.State == menshen.HealthIsolated || observed, err
}

// letOut ends what gates do about somebody whom one contact or the index person of one case no longer holds: what the next
// one that holds them asks for comes in its place, else they are normal again.
func (b *Book) letOut(ctx context.Context, person, contact, index, word, number string, d *deed) error {
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Person: person}) {
		if err != nil {
			return err
		}
		if e.ID == contact || e.MergedInto != "" || !confined(e.Status) {
			continue
		}
		theirs, err := b.deps.Store.Case(ctx, e.Case)
		if err != nil {
			return err
		}
		d.orderConfined(theirs, e.CaseContact)
		return nil
	}
	other, err := b.isolatedIndex(ctx, person, index)
	if err != nil {
		return err
	}
	if other.ID != "" {
		d.orderIsolated(other)
		return nil
	}
	if free, err := b.freeAlready(ctx, person); err != nil || free {
		return err // recovered, say: the office was there first
	}
	d.order(contact, menshen.Health{Person: person, State: menshen.HealthNormal, Since: d.now}, orderReason(number, word))
	return nil
}

// freeAlready reports whether nothing keeps somebody in, nor is about to.
func (b *Book) freeAlready(ctx context.Context, person string) (bool, error) {
	_, kept, err := b.kept(ctx, person)
	if err != nil || kept {
		return false, err
	}
	for o, err := range b.deps.Store.CaseOrders(ctx) {
		if err != nil || o.Person == person {
			return false, err
		}
	}
	return true, nil
}

// isolatedIndex gives the case whose isolated index person somebody is, but one; the zero value for none.
func (b *Book) isolatedIndex(ctx context.Context, person, but string) (menshen.Case, error) {
	for c, err := range b.deps.Store.Cases(ctx, store.CaseFilter{Person: person}) {
		if err != nil || c.ID != but && holding(c) {
			return c, err
		}
	}
	return menshen.Case{}, nil
}

// orderReason says in the registry why a case set somebody's state; ordered knows it again by its beginning. What people wrote
// stays in the case, sealed: the registry's reasons are not.
func orderReason(number, word string) string { return number + " " + word }

// ordered reports whether a state of the registry is one that a case of a number set. The time alone does not tell: days that
// people enter begin at midnight, and the office enters some too.
func ordered(h menshen.Health, number string) bool { return strings.HasPrefix(h.Reason, number+" ") }
