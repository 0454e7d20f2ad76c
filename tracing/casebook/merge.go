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

// Merge makes two records of one person one: keep stays, double points to it. Tests and follow-ups of the double move over;
// of a day that both have the later one stays, and the history has the other. Where one of them is from an interview, the
// kept record is, and judging never withdraws it. Where the other is derived, judging keeps it up to date all the same, and it
// has the stricter of the two levels: what was set by hand counts most. The act's Revision is that of keep.
//
// CodeConflict: they are of different cases or people, or one of them was merged before.
func (b *Book) Merge(ctx context.Context, keep, double string, a Act) (menshen.CaseContact, error) {
	const op = "casebook.merge"
	a, err := a.check()
	if err != nil {
		return menshen.CaseContact{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	c, kept, err := b.workOn(ctx, keep, a)
	if err != nil {
		return menshen.CaseContact{}, err
	}
	_, gone, err := b.workOn(ctx, double, Act{})
	if err != nil {
		return menshen.CaseContact{}, err
	}
	switch {
	case kept.ID == gone.ID:
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeInvalid, op, "double: a record cannot be merged with itself").WithHint("give two records")
	case kept.Case != gone.Case:
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeConflict, op, "double: the two are contacts of different cases").WithHint("merge records of one case alone")
	case kept.Person != "" && gone.Person != "" && kept.Person != gone.Person:
		return menshen.CaseContact{}, menshen.Errorf(menshen.CodeConflict, op, "double: %s and %s are two people of the registry", nameOf(kept), nameOf(gone)).
			WithHint("if they are one person, correct the registry first")
	}
	d := b.deed(a)
	if err := b.tellMove(ctx, kept, gone, d); err != nil {
		return menshen.CaseContact{}, err
	}
	next, out := joined(kept.CaseContact, gone.CaseContact), gone.CaseContact
	out.MergedInto = kept.ID
	if confined(next.Status) && !holds(kept.CaseContact, next) && !holds(gone.CaseContact, next) {
		// Somebody known by name alone was isolated, and is known now: gates must follow.
		if err := b.holdIn(ctx, c, kept, next, d, gone.ID); err != nil {
			return menshen.CaseContact{}, err
		}
	}
	d.putContact(gone.CaseContact, out)
	if !d.putContact(kept.CaseContact, next) {
		d.tell(c.ID, kept.ID, "merged", "", gone.ID)
	}
	d.Moves = []store.ContactMove{{From: gone.ID, To: kept.ID}}
	return b.wroteContact(ctx, d, kept.ID)
}

// holds reports whether gates do by a record what another one says.
func holds(x, as menshen.CaseContact) bool {
	return x.Person != "" && x.Status == as.Status && x.IsolatedFrom.Equal(as.IsolatedFrom) && x.IsolatedTo.Equal(as.IsolatedTo)
}

// joined is one record of two: what is known of either, the widest exposure, the status that goes further.
func joined(k, g menshen.CaseContact) menshen.CaseContact {
	k = joinedLevel(k, g)
	if k.Person == "" {
		k.Person = g.Person
	}
	if k.Name == "" && k.Phone == "" {
		k.Name, k.Phone = g.Name, g.Phone
	}
	if len(k.Path) == 0 || k.First.IsZero() {
		k.Path, k.Threshold, k.Sureness, k.Together, k.Least = g.Path, g.Threshold, g.Sureness, g.Together, g.Least
	}
	k.First, k.Last = earlier(k.First, g.First), later(k.Last, g.Last)
	k.Together, k.Least = max(k.Together, g.Together), max(k.Least, g.Least)
	if g.Note != "" && !strings.Contains(k.Note, g.Note) {
		k.Note = clip(strings.TrimPrefix(k.Note+"\n"+g.Note, "\n"))
	}
	if k.Owner == "" {
		k.Owner = g.Owner
	}
	k.Central = spansOf(slices.Concat(k.Central, g.Central))
	if rank(g.Status) > rank(k.Status) {
		k.Status, k.IsolatedFrom, k.IsolatedTo = g.Status, g.IsolatedFrom, g.IsolatedTo
	}
	if !slices.Contains(k.Fixed, FixedFollow) {
		k.FollowFrom, k.FollowTo = earlier(k.FollowFrom, g.FollowFrom), later(k.FollowTo, g.FollowTo)
	}
	if g.WithdrawnFor == "" {
		k.WithdrawnFor = ""
	}
	return k
}

// joinedLevel joins what two records say of the level, and by whom.
func joinedLevel(k, g menshen.CaseContact) menshen.CaseContact {
	judged := k
	if judgedByPasses(g) && !judgedByPasses(k) {
		judged = g
	}
	said := joinedSaid(k.Said, g.Said)
	if said.Level != "" {
		said.Judged = judgedByPasses(k) || judgedByPasses(g)
		k.Source = menshen.SourceInterview
	}
	hand := slices.Contains(k.Fixed, FixedLevel)
	if !hand && slices.Contains(g.Fixed, FixedLevel) {
		hand, k.Fixed = true, fix(k.Fixed, FixedLevel, true)
		k.Level, k.Risk = g.Level, g.Risk
	}
	if !hand {
		k.Level, k.Risk = judged.Level, judged.Risk
		if stricter(said.Level, said.Risk, k.Level, k.Risk) {
			k.Level, k.Risk = said.Level, said.Risk
		}
	}
	k.Said, k.Rule, k.Policy, k.Generation = said, judged.Rule, judged.Policy, judged.Generation
	return k
}

// joinedSaid is what two interviews said: the stricter level, the first exposure.
func joinedSaid(a, b menshen.Said) menshen.Said {
	if a.Level == "" || b.Level != "" && stricter(b.Level, b.Risk, a.Level, a.Risk) {
		a.Level, a.Risk = b.Level, b.Risk
	}
	if a.From.IsZero() || !b.From.IsZero() && b.From.Before(a.From) {
		a.Span = b.Span
	}
	return a
}

// judgedByPasses reports whether judging keeps a record up to date.
func judgedByPasses(x menshen.CaseContact) bool {
	return x.Source == menshen.SourceDerived || x.Said.Judged
}

// stricter reports whether a level and risk ask for more than others.
func stricter(level menshen.ContactLevel, risk string, than menshen.ContactLevel, thanRisk string) bool {
	levels := []menshen.ContactLevel{"", menshen.LevelCoPresent, menshen.LevelGeneral, menshen.LevelSecondary, menshen.LevelClose}
	risks := []string{"", "low", "medium", "high"}
	return cmp.Or(cmp.Compare(slices.Index(levels, level), slices.Index(levels, than)), cmp.Compare(slices.Index(risks, risk), slices.Index(risks, thanRisk))) > 0
}

// rank orders statuses by how far they went: isolation must not be lost by merging.
func rank(s menshen.ContactStatus) int {
	return slices.Index([]menshen.ContactStatus{
		menshen.ContactToNotify, menshen.ContactNotified, menshen.ContactReleased, menshen.ContactHomeObservation,
		menshen.ContactCentralIsolation, menshen.ContactBecameCase,
	}, s)
}

// earlier gives the earlier of two times that are not zero.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// tellMove writes into the history what moves from one record to the other.
func (b *Book) tellMove(ctx context.Context, kept, gone store.ContactEntry, d *deed) error {
	theirs, err := gather(b.deps.Store.FollowUps(ctx, store.FollowUpFilter{Contact: gone.ID}))
	if err != nil {
		return err
	}
	own, err := gather(b.deps.Store.FollowUps(ctx, store.FollowUpFilter{Contact: kept.ID}))
	if err != nil {
		return err
	}
	of := map[string]menshen.FollowUp{}
	for _, f := range own {
		of[f.Day] = f
	}
	for _, f := range theirs {
		d.tell(gone.Case, gone.ID, followField(f.Day), followText(f), "")
		if old, both := of[f.Day]; !both {
			d.tell(kept.Case, kept.ID, followField(f.Day), "", followText(f))
		} else if f.At.After(old.At) {
			d.tell(kept.Case, kept.ID, followField(f.Day), followText(old), followText(f))
		}
	}
	tests, err := gather(b.deps.Store.LabTests(ctx, store.LabTestFilter{Case: gone.Case, Contact: gone.ID}))
	if err != nil {
		return err
	}
	for _, t := range tests {
		d.tell(gone.Case, gone.ID, testField(t.ID), testText(t, d.loc), "")
		d.tell(kept.Case, kept.ID, testField(t.ID), "", testText(t, d.loc))
	}
	return nil
}

func followField(day string) string { return "follow_up:" + day }
func testField(id string) string    { return "test:" + id }
