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

// Sources of follow-ups.
const (
	SourceStaff = "staff"
	SourceLink  = "link"
)

// Routine is why somebody follows a contact up, unless they say otherwise.
const Routine = "daily follow-up"

// RecordFollowUp keeps what a day brought of a contact. One record a day: a later one takes the place of the former, which
// is in the history; Why is needed then, and "daily follow-up" otherwise. A temperature of the policy's fever or more, and
// symptoms, are alerted. The act's Revision is not looked at.
//
// CodeInvalid: the day is no day of the plan, or lies in the future. CodeConflict: the contact was released, has become a
// case, or was merged.
func (b *Book) RecordFollowUp(ctx context.Context, contact string, f FollowUpEntry, a Act) (FollowUpResult, error) {
	b.writing.Lock()
	defer b.writing.Unlock()
	return b.record(ctx, contact, f, SourceStaff, a)
}

func (b *Book) record(ctx context.Context, contact string, entry FollowUpEntry, source string, a Act) (FollowUpResult, error) {
	const op = "casebook.follow_up"
	c, e, err := b.workOn(ctx, contact, Act{})
	if err != nil {
		return FollowUpResult{}, err
	}
	if e.Status == menshen.ContactReleased || e.Status == menshen.ContactBecameCase {
		return FollowUpResult{}, menshen.Errorf(menshen.CodeConflict, op, "status: %s is followed no longer: %s", nameOf(e), e.Status).WithHint("look at the contact again")
	}
	if entry.Day == "" {
		entry.Day = day(b.today(), b.zone())
	}
	if err := b.checkDay(e, entry.Day); err != nil {
		return FollowUpResult{}, err
	}
	before, err := gather(b.deps.Store.FollowUps(ctx, store.FollowUpFilter{Contact: e.ID, From: entry.Day, To: entry.Day}))
	if err != nil {
		return FollowUpResult{}, err
	}
	if a.Why == "" && len(before) == 0 {
		a.Why = Routine
	}
	if strings.TrimSpace(a.Why) == "" {
		return FollowUpResult{}, menshen.Errorf(menshen.CodeInvalid, op, "why: %s has a record already, and this one takes its place", entry.Day).WithHint("say why, for the record")
	}
	if a, err = a.check(); err != nil {
		return FollowUpResult{}, err
	}
	d := b.deed(a)
	f := menshen.FollowUp{
		ID: menshen.NewID(), Contact: e.ID, Day: entry.Day, Celsius: entry.Celsius, Symptoms: trimmed(entry.Symptoms), Reached: entry.Reached,
		Note: strings.TrimSpace(entry.Note), Source: source, At: d.now, By: a.By,
	}
	if err := f.Validate(); err != nil {
		return FollowUpResult{}, err
	}
	for _, text := range append([]string{f.Note}, f.Symptoms...) {
		if err := checkText(op, "note", text); err != nil {
			return FollowUpResult{}, err
		}
	}
	old := ""
	if len(before) > 0 {
		old = followText(before[0])
	}
	d.tell(c.ID, e.ID, followField(f.Day), old, followText(f))
	d.FollowUps = []menshen.FollowUp{f}
	p, err := b.deps.Policies.Get(ctx, c.Policy)
	if err != nil {
		return FollowUpResult{}, err
	}
	if err := b.write(ctx, d); err != nil {
		return FollowUpResult{}, err
	}
	out := FollowUpResult{FollowUp: f, Replaced: old != "", Fever: f.Celsius >= cmp.Or(p.Follow.Fever, menshen.Fever)}
	out.Alerted = b.alertFollowUp(ctx, c, e, f, out.Fever)
	return out, nil
}

// trimmed gives the symptoms that have any words.
func trimmed(symptoms []string) []string {
	var out []string
	for _, s := range symptoms {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// checkDay refuses a day that is not of a contact's plan, or has not begun.
func (b *Book) checkDay(e store.ContactEntry, text string) error {
	const op = "casebook.follow_up"
	loc := b.zone()
	at, err := time.ParseInLocation(time.DateOnly, text, loc)
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "day: %q is no day", text).WithHint("write it like 2020-03-01")
	}
	if at.After(b.today()) {
		return menshen.Errorf(menshen.CodeInvalid, op, "day: %s lies in the future", text).WithHint("leave the day out for today")
	}
	if e.FollowFrom.IsZero() || at.Before(e.FollowFrom) || at.After(e.FollowTo) {
		return menshen.Errorf(menshen.CodeInvalid, op, "day: %s is not among the days of follow-up, %s", text, spanText(day(e.FollowFrom, loc), day(e.FollowTo, loc))).
			WithHint("give one of those days, or change them first")
	}
	return nil
}

// days reads two days at the site; "" is the zero time.
func (b *Book) days(from, to string) (first, last time.Time, err error) {
	for _, x := range []struct {
		name, text string
		at         *time.Time
	}{{"from", from, &first}, {"to", to, &last}} {
		if x.text == "" {
			continue
		}
		if *x.at, err = time.ParseInLocation(time.DateOnly, x.text, b.zone()); err != nil {
			return first, last, menshen.Errorf(menshen.CodeInvalid, "casebook.day", "%s: %q is no day", x.name, x.text).WithHint("write it like 2020-03-01")
		}
	}
	return first, last, nil
}

// FollowUps gives the records of a contact, in order of their days.
func (b *Book) FollowUps(ctx context.Context, contact string) ([]menshen.FollowUp, error) {
	e, err := b.deps.Store.CaseContact(ctx, contact)
	if err != nil {
		return nil, err
	}
	if _, err := b.look(ctx, e.Case); err != nil {
		return nil, err
	}
	return gather(b.deps.Store.FollowUps(ctx, store.FollowUpFilter{Contact: contact}))
}

// followed gives follow-ups by contact, each in order of their days.
func (b *Book) followed(ctx context.Context, f store.FollowUpFilter) (map[string][]menshen.FollowUp, error) {
	out := map[string][]menshen.FollowUp{}
	for x, err := range b.deps.Store.FollowUps(ctx, f) {
		if err != nil {
			return nil, err
		}
		out[x.Contact] = append(out[x.Contact], x)
	}
	return out, nil
}

// reachedIn gives the days of records on which somebody was reached, as the store's ReachedDays does.
func reachedIn(records []menshen.FollowUp) string {
	var days []string
	for _, f := range records {
		if f.Reached {
			days = append(days, f.Day)
		}
	}
	return strings.Join(days, " ")
}

// missing fills in what the days of contacts brought so far. It is for one list: contacts share most of their days, and it
// writes each of them once.
type missing struct {
	loc       *time.Location
	yesterday time.Time
	days      map[[2]int64][]string // from one midnight to another
}

func (b *Book) newMissing() *missing {
	loc := b.zone()
	return &missing{loc: loc, yesterday: midnight(b.deps.Clock(), loc, -1), days: map[[2]int64][]string{}}
}

// add fills them in for one contact, from the last records and the days on which somebody was reached. A day is missed when it
// is over, was one of the plan after the contact was known, and nobody was reached.
func (m *missing) add(v *ContactView, records []menshen.FollowUp, reached string) {
	if len(records) > 0 {
		v.Latest = &records[len(records)-1]
	}
	if v.FollowFrom.IsZero() || v.MergedInto != "" || v.WithdrawnFor != "" || v.Status == menshen.ContactBecameCase {
		return
	}
	from, to := v.FollowFrom, v.FollowTo
	if v.Created.After(from) {
		from = midnight(v.Created, m.loc, 0)
	}
	if to.After(m.yesterday) {
		to = m.yesterday
	}
	if v.Status == menshen.ContactReleased && !v.IsolatedTo.IsZero() && v.IsolatedTo.Before(to) {
		to = midnight(v.IsolatedTo, m.loc, -1)
	}
	all := m.between(from, to)
	if reached == "" {
		v.Missed = slices.Clone(all)
		return
	}
	for _, text := range all {
		if !strings.Contains(reached, text) {
			v.Missed = append(v.Missed, text)
		}
	}
}

// between gives the days from one to another, both of them too.
func (m *missing) between(from, to time.Time) []string {
	if from.After(to) {
		return nil
	}
	key := [2]int64{from.Unix(), to.Unix()}
	days, known := m.days[key]
	if !known {
		for at := from; !at.After(to); at = midnight(at, m.loc, 1) {
			days = append(days, day(at, m.loc))
		}
		m.days[key] = days
	}
	return days
}
