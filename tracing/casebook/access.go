package casebook

import (
	"context"
	"iter"
	"time"

	"menshen"
	"menshen/store"
)

// zone is the time zone of the site.
func (b *Book) zone() *time.Location {
	if l := b.deps.Location(); l != nil {
		return l
	}
	return time.UTC
}

// today is the midnight with which the present day began at the site.
func (b *Book) today() time.Time { return midnight(b.deps.Clock(), b.zone(), 0) }

// midnight begins the day of a time at the site, some days later.
func midnight(t time.Time, loc *time.Location, days int) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, loc)
}

// readable refuses to tell anything of a case that may not be looked into.
func (b *Book) readable(c menshen.Case) error {
	const op = "casebook.read"
	switch {
	case c.State == menshen.CaseRequested:
		return menshen.Errorf(menshen.CodeDenied, op, "case %s waits for the approval of a second person", c.Number).
			WithHint("somebody other than %s must approve it first", c.RequestedBy)
	case c.State == menshen.CaseRefused:
		return menshen.Errorf(menshen.CodeDenied, op, "case %s was not approved", c.Number).WithHint("ask for it again, with a purpose that %s can approve", c.DecidedBy)
	case c.State == menshen.CaseOpen && (c.DecidedBy == "" || c.DecidedBy == c.RequestedBy):
		return menshen.Errorf(menshen.CodeDenied, op, "case %s was not approved by a second person", c.Number).WithHint("somebody other than %s must approve it first", c.RequestedBy)
	case c.Expired(b.deps.Clock()):
		return menshen.Errorf(menshen.CodeDenied, op, "case %s expired at %s", c.Number, c.Expires.In(b.zone()).Format("2006-01-02 15:04")).
			WithHint("extend it, and say why, if people's movements must still be looked at")
	}
	return nil
}

// look gives a case that may be looked into.
func (b *Book) look(ctx context.Context, ref string) (menshen.Case, error) {
	c, err := b.deps.Store.Case(ctx, ref)
	if err == nil {
		err = b.readable(c)
	}
	if err != nil {
		return menshen.Case{}, err
	}
	return c, nil
}

// work gives a case that may be changed: open and not expired.
func (b *Book) work(ctx context.Context, ref string) (menshen.Case, error) {
	c, err := b.look(ctx, ref)
	if err == nil && c.State == menshen.CaseClosed {
		err = menshen.Errorf(menshen.CodeConflict, "casebook.work", "case %s is closed", c.Number).WithHint("ask for it to be opened again first")
	}
	return c, err
}

// workOn gives a contact whose case may be changed, from the revision of the act.
func (b *Book) workOn(ctx context.Context, id string, a Act) (menshen.Case, store.ContactEntry, error) {
	e, err := b.deps.Store.CaseContact(ctx, id)
	if err != nil {
		return menshen.Case{}, e, err
	}
	c, err := b.work(ctx, e.Case)
	if err != nil {
		return menshen.Case{}, store.ContactEntry{}, err
	}
	if e.MergedInto != "" {
		return c, e, menshen.Errorf(menshen.CodeConflict, "casebook.work", "this record was merged into another one").WithHint("change contact %s instead", e.MergedInto)
	}
	return c, e, a.from(e.Revision)
}

// nameOf is how people call a contact.
func nameOf(e store.ContactEntry) string {
	if e.RegistryName != "" {
		return e.RegistryName
	}
	return e.Name
}

// whoIs names a contact for people: name and dwelling.
func whoIs(e store.ContactEntry) string {
	if e.Dwelling == (menshen.Dwelling{}) {
		return nameOf(e)
	}
	return nameOf(e) + " " + e.Dwelling.String()
}

// gather makes a list of a sequence that the store gives.
func gather[T any](sequence iter.Seq2[T, error]) ([]T, error) {
	var list []T
	for item, err := range sequence {
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}
