package casebook

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"menshen"
	"menshen/store"
)

// LinkFollowUp is the purpose of links by which contacts report.
const LinkFollowUp = "follow_up"

// LinkUser is who reports through a link, and ByLink why.
const (
	LinkUser = "link"
	ByLink   = "reported by the contact through a link"
)

// tokenLength is that of the token of a link, in characters.
const tokenLength = 43

// FollowUpLink makes a link by which a contact reports once a day, without an account, until the end of the last day of the
// follow-up. Links that the contact had are not good any more. The act's Revision is that of the contact.
func (b *Book) FollowUpLink(ctx context.Context, contact string, a Act) (Link, error) {
	const op = "casebook.link"
	a, err := a.check()
	if err != nil {
		return Link{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	c, e, err := b.workOn(ctx, contact, a)
	if err != nil {
		return Link{}, err
	}
	d := b.deed(a)
	if e.FollowTo.IsZero() || e.Status == menshen.ContactReleased || e.Status == menshen.ContactBecameCase {
		return Link{}, menshen.Errorf(menshen.CodeConflict, op, "%s is not followed day by day", nameOf(e)).WithHint("look at the contact again")
	}
	expires := midnight(e.FollowTo, d.loc, 1)
	if !expires.After(d.now) {
		return Link{}, menshen.Errorf(menshen.CodeConflict, op, "the follow-up of %s ended on %s", nameOf(e), day(e.FollowTo, d.loc)).WithHint("change its days first, if it must go on")
	}
	token := make([]byte, 32)
	if _, err := rand.Read(token); err != nil {
		return Link{}, menshen.Errorf(menshen.CodeInternal, op, "no random number could be had").WithCause(err)
	}
	link := Link{Token: base64.RawURLEncoding.EncodeToString(token), Expires: expires}
	if err := b.endLinks(ctx, e.ID); err != nil {
		return Link{}, err
	}
	// First the word in the history: a link that nothing tells of must not be.
	d.tell(c.ID, e.ID, "link", "", "good until "+when(expires, d.loc))
	if err := b.write(ctx, d); err != nil {
		return Link{}, err
	}
	return link, b.deps.Store.AddLink(ctx, store.Link{
		Hash: hashOf(link.Token), Purpose: LinkFollowUp, Subject: e.ID, Person: e.Person, Expires: expires,
	})
}

// EndFollowUpLinks makes the links of a contact good no more, for example because one went astray. It is no error if there are
// none. The act's Revision is that of the contact.
func (b *Book) EndFollowUpLinks(ctx context.Context, contact string, a Act) error {
	a, err := a.check()
	if err != nil {
		return err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	c, e, err := b.workOn(ctx, contact, a)
	if err != nil {
		return err
	}
	// First the links: the word in the history must not tell of what was not done.
	if err := b.endLinks(ctx, e.ID); err != nil {
		return err
	}
	d := b.deed(a)
	d.tell(c.ID, e.ID, "link", "", "ended")
	return b.write(ctx, d)
}

// endLinks ends those of a record and of the doubles that were merged into it, which lead to it.
func (b *Book) endLinks(ctx context.Context, id string) error {
	if _, err := b.deps.Store.EndLinks(ctx, LinkFollowUp, id); err != nil {
		return err
	}
	doubles, err := gather(b.deps.Store.CaseContacts(ctx, store.ContactFilter{Merged: id}))
	for _, e := range doubles {
		if err := b.endLinks(ctx, e.ID); err != nil {
			return err
		}
	}
	return err
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// byToken gives the contact of a link that is good. Unknown links, expired ones and those of cases that are closed or may
// not be looked into give the same error: who guesses learns nothing.
func (b *Book) byToken(ctx context.Context, token string) (store.ContactEntry, error) {
	const op = "casebook.link"
	var none store.ContactEntry
	gone := menshen.Errorf(menshen.CodeNotFound, op, "this link is not good, or no longer").WithHint("ask the property office for a new one")
	if len(token) != tokenLength {
		return none, gone
	}
	l, err := b.deps.Store.Link(ctx, hashOf(token))
	switch {
	case menshen.ErrorCode(err) == menshen.CodeNotFound:
		return none, gone
	case err != nil:
		return none, err
	case l.Purpose != LinkFollowUp || !b.deps.Clock().Before(l.Expires):
		return none, gone
	}
	e, err := b.deps.Store.CaseContact(ctx, l.Subject)
	for err == nil && e.MergedInto != "" {
		e, err = b.deps.Store.CaseContact(ctx, e.MergedInto)
	}
	if err != nil {
		return none, err
	}
	if _, err := b.work(ctx, e.Case); err != nil {
		return none, gone
	}
	if e.WithdrawnFor != "" || e.Status == menshen.ContactReleased || e.Status == menshen.ContactBecameCase {
		return none, gone
	}
	return e, nil
}

// OpenFollowUpLink gives what a link shows. CodeNotFound for one that is not good.
func (b *Book) OpenFollowUpLink(ctx context.Context, token string) (LinkPage, error) {
	e, err := b.byToken(ctx, token)
	if err != nil {
		return LinkPage{}, err
	}
	loc := b.zone()
	p := LinkPage{Name: mask(nameOf(e)), Day: day(b.today(), loc), First: day(e.FollowFrom, loc), Last: day(e.FollowTo, loc)}
	p.Done, err = b.reported(ctx, e.ID, p.Day)
	return p, err
}

// reported reports whether a day has a record of somebody reached.
func (b *Book) reported(ctx context.Context, contact, day string) (bool, error) {
	records, err := gather(b.deps.Store.FollowUps(ctx, store.FollowUpFilter{Contact: contact, From: day, To: day}))
	return len(records) > 0 && records[0].Reached, err
}

// mask shows the first character of a name alone: 王*.
func mask(name string) string {
	r, n := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if n == 0 {
		return "*"
	}
	return string(r) + "*"
}

// FollowUpByLink keeps today's report of a contact; Day and Reached are filled in here. CodeConflict where today has one,
// by the contact or by staff who reached them; CodeNotFound for a link that is not good.
func (b *Book) FollowUpByLink(ctx context.Context, token string, f FollowUpEntry) (FollowUpResult, error) {
	const op = "casebook.link"
	b.writing.Lock()
	defer b.writing.Unlock()
	e, err := b.byToken(ctx, token)
	if err != nil {
		return FollowUpResult{}, err
	}
	f.Day, f.Reached = day(b.today(), b.zone()), true
	if b.today().Before(e.FollowFrom) {
		return FollowUpResult{}, menshen.Errorf(menshen.CodeConflict, op, "the first day to report is %s", day(e.FollowFrom, b.zone())).WithHint("open this link again on that day")
	}
	if f.Celsius == 0 {
		return FollowUpResult{}, menshen.Errorf(menshen.CodeInvalid, op, "celsius: no temperature is given").WithHint("measure, and give it in °C, for example 36.5")
	}
	done, err := b.reported(ctx, e.ID, f.Day)
	if err != nil {
		return FollowUpResult{}, err
	}
	if done {
		return FollowUpResult{}, menshen.Errorf(menshen.CodeConflict, op, "today's report is in already").WithHint("come back tomorrow; if something changed, call the property office")
	}
	return b.record(ctx, e.ID, f, SourceLink, Act{By: LinkUser, Why: ByLink})
}
