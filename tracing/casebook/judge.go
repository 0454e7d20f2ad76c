package casebook

import (
	"context"
	"slices"

	"menshen"
	"menshen/store"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// Judge derives the contacts of a case from passes and the registry, by the policy that the case keeps: new ones get a
// record, those known are brought up to date (status and owner stay, and what was set by hand), those that count no longer
// are withdrawn with a reason and never deleted. What interviews brought stays untouched. Each change is in the history.
//
// Where passes of the beginning of the window are not at hand any more, the rest of it is judged: what is known beats nothing.
// Missing of the result says from when on, and records of what may have been before stay as they are (Kept).
func (b *Book) Judge(ctx context.Context, ref string, a Act) (JudgeResult, error) {
	return b.rejudge(ctx, ref, a, false, func(*menshen.Case) {})
}

// SetPolicy judges a case by another policy, or another version of the one it keeps. The case and its contacts keep that
// version then.
func (b *Book) SetPolicy(ctx context.Context, ref string, to menshen.PolicyRef, a Act) (JudgeResult, error) {
	p, err := b.deps.Policies.Get(ctx, to)
	if err != nil {
		return JudgeResult{}, err
	}
	return b.rejudge(ctx, ref, a, false, func(c *menshen.Case) { c.Policy = menshen.PolicyRef{ID: p.ID, Version: p.Version} })
}

// SetClinical sets what is known of the illness. The infectious window follows from it, so the case is judged anew, in one
// write. Where the engine cannot answer, as when no passes of the window are at hand any more, what is known is kept all
// the same: contacts stay as they are, and NotJudged of the result says why.
func (b *Book) SetClinical(ctx context.Context, ref string, to menshen.Clinical, a Act) (JudgeResult, error) {
	to = tidy(to)
	if err := to.Validate(b.deps.Clock()); err != nil {
		return JudgeResult{}, err
	}
	return b.rejudge(ctx, ref, a, true, func(c *menshen.Case) { c.Clinical = to })
}

// rejudge changes a case and judges it, in one write. With anyhow the change is kept also where it cannot be judged.
func (b *Book) rejudge(ctx context.Context, ref string, a Act, anyhow bool, change func(*menshen.Case)) (JudgeResult, error) {
	a, err := a.check()
	if err != nil {
		return JudgeResult{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	old, err := b.work(ctx, ref)
	if err != nil {
		return JudgeResult{}, err
	}
	if err := a.from(old.Revision); err != nil {
		return JudgeResult{}, err
	}
	d := b.deed(a)
	c := old
	change(&c)
	if err := b.orderIndex(ctx, old, c, d); err != nil {
		return JudgeResult{}, err
	}
	p, err := b.deps.Policies.Get(ctx, c.Policy)
	if err != nil {
		return JudgeResult{}, err
	}
	answer, err := b.ask(ctx, c, p)
	switch code := menshen.ErrorCode(err); {
	case err == nil:
	case anyhow && (code == menshen.CodeInvalid || code == menshen.CodeUnavailable):
		d.putCase(old, c)
		r := JudgeResult{NotJudged: err}
		if r.Window, err = p.Window.Span(c.Clinical, d.now, d.loc); err != nil {
			r.Window = menshen.Span{} // the error of before says it
		}
		r.Case, err = b.wrote(ctx, d, c.ID)
		return r, err
	default:
		return JudgeResult{}, err
	}
	c.Judged = d.now
	d.putCase(old, c)
	known, err := gather(b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Paths: true}))
	if err != nil {
		return JudgeResult{}, err
	}
	cases, err := b.indexPersons(ctx, c)
	if err != nil {
		return JudgeResult{}, err
	}
	j := b.newJudging(c, p, known, cases, d)
	j.result.Missing = answer.missing
	for _, f := range answer.Findings {
		if f.Person != c.Person {
			j.find(f)
		}
	}
	withdrawn := j.withdraw()
	if j.result.Case, err = b.wrote(ctx, d, c.ID); err != nil {
		return JudgeResult{}, err
	}
	j.result.Window = answer.Window
	for _, e := range withdrawn {
		b.alertHeld(ctx, j.result.Case, e)
	}
	return j.result, nil
}

// judging is a case being judged.
type judging struct {
	book   *Book
	c      menshen.Case
	policy *policy.Policy
	deed   *deed
	result JudgeResult

	derived   map[string]store.ContactEntry // by person: what judging keeps up to date
	interview map[string]store.ContactEntry // by person: what it leaves alone
	order     []string                      // people with a derived record, as they are listed
	found     map[string]bool               // people
	cases     map[string]bool               // people who are index persons of cases
}

func (b *Book) newJudging(c menshen.Case, p *policy.Policy, known []store.ContactEntry, cases map[string]bool, d *deed) *judging {
	j := &judging{
		book: b, c: c, policy: p, deed: d, derived: map[string]store.ContactEntry{}, interview: map[string]store.ContactEntry{},
		found: map[string]bool{}, cases: cases,
	}
	for _, e := range known {
		switch {
		case e.MergedInto != "" || e.Person == "":
		case !judgedByPasses(e.CaseContact):
			j.interview[e.Person] = e
		default:
			j.derived[e.Person] = e
			j.order = append(j.order, e.Person)
		}
	}
	return j
}

// find brings one person's record up to date, or makes it.
func (j *judging) find(f tracing.Finding) {
	if f.Rule == ruleReported {
		return // passes say nothing of it, and the interview has its record
	}
	j.found[f.Person] = true
	said, interviewed := j.interview[f.Person]
	old, known := j.derived[f.Person]
	gone := known && old.WithdrawnFor == "" && j.tooOld(old)
	if gone && f.Generation >= old.Generation && old.Policy == j.c.Policy {
		j.extend(old, f)
		return
	}
	next := old.CaseContact
	if !known {
		next = menshen.CaseContact{
			ID: menshen.NewID(), Case: j.c.ID, Person: f.Person, Source: menshen.SourceDerived, Status: menshen.ContactToNotify,
			Created: j.deed.now, CreatedBy: j.deed.act.By,
		}
		if j.cases[f.Person] {
			next.Status = menshen.ContactBecameCase
		}
	}
	next.Generation, next.Rule, next.Policy = f.Generation, f.Rule, j.c.Policy
	if !slices.Contains(next.Fixed, FixedLevel) {
		next.Level, next.Risk = f.Level, f.Risk
		if stricter(next.Said.Level, next.Said.Risk, f.Level, f.Risk) {
			next.Level, next.Risk = next.Said.Level, next.Said.Risk
		}
	}
	next.First, next.Threshold, next.Last = f.First, f.Threshold, f.Last
	if gone {
		next.First = earlier(old.First, f.First)
	}
	next.Together, next.Least, next.Sureness, next.Path = f.Together, f.Least, f.Sureness, f.Path
	next.WithdrawnFor = ""
	j.book.plan(&next, j.policy)
	switch {
	case !j.deed.putContact(old.CaseContact, next):
		j.result.Same++
	case !known:
		j.result.New = append(j.result.New, next.ID)
	case old.WithdrawnFor != "":
		j.result.Returned = append(j.result.Returned, next.ID)
	default:
		j.result.Changed = append(j.result.Changed, next.ID)
	}
	if interviewed {
		j.result.Doubles = append(j.result.Doubles, Double{Person: f.Person, Derived: next.ID, Interview: said.ID})
	}
}

// tooOld reports whether exposures of a record, or of those on its path, are older than the passes that the engine has.
func (j *judging) tooOld(e store.ContactEntry) bool {
	return e.First.Before(j.result.Missing) || slices.ContainsFunc(e.Path, func(h menshen.Hop) bool { return h.Exposed.Before(j.result.Missing) })
}

// extend keeps what a record says of exposures whose passes are gone, and adds that there were later ones: the days of
// follow-up go by the last.
func (j *judging) extend(old store.ContactEntry, f tracing.Finding) {
	next := old.CaseContact
	if f.Last.After(next.Last) {
		next.Last = f.Last
		j.book.plan(&next, j.policy)
	}
	if j.deed.putContact(old.CaseContact, next) {
		j.result.Changed = append(j.result.Changed, next.ID)
		return
	}
	j.result.Kept = append(j.result.Kept, old.ID)
}

// withdraw takes back whom the judging did not find, and gives those of them who are under observation or isolated.
func (j *judging) withdraw() (held []store.ContactEntry) {
	for _, person := range j.order {
		old := j.derived[person]
		if j.found[person] || old.WithdrawnFor != "" {
			continue
		}
		if j.tooOld(old) {
			j.result.Kept = append(j.result.Kept, old.ID)
			continue
		}
		if old.Said.Level != "" {
			j.onlySaid(old)
			continue
		}
		next := old.CaseContact
		next.WithdrawnFor = withdrawnByExposure + " " + refText(j.c.Policy)
		if old.Policy != j.c.Policy {
			next.WithdrawnFor = withdrawnByPolicy + " " + refText(j.c.Policy)
		}
		j.deed.putContact(old.CaseContact, next)
		j.result.Withdrawn = append(j.result.Withdrawn, next.ID)
		if confined(old.Status) {
			j.result.Held = append(j.result.Held, next.ID)
			j.result.HeldNames = append(j.result.HeldNames, whoIs(old))
			held = append(held, old)
		}
	}
	return held
}

// onlySaid brings a record that passes do not show any more back to what an interview said, which nothing withdraws.
func (j *judging) onlySaid(old store.ContactEntry) {
	next := old.CaseContact
	next.Generation, next.Rule, next.Policy = 1, "", j.c.Policy
	if !slices.Contains(next.Fixed, FixedLevel) {
		next.Level, next.Risk = next.Said.Level, next.Said.Risk
	}
	setSaid(&next, j.c.Person)
	j.book.plan(&next, j.policy)
	if j.deed.putContact(old.CaseContact, next) {
		j.result.Changed = append(j.result.Changed, next.ID)
	} else {
		j.result.Same++
	}
}

// setSaid makes the exposure of a record the one that an interview told.
func setSaid(x *menshen.CaseContact, index string) {
	s := x.Said
	x.First, x.Threshold, x.Last, x.Together = s.From, s.From, s.To, s.To.Sub(s.From)
	x.Least, x.Sureness, x.Path = 0, 0, nil
	if !s.From.IsZero() {
		x.Path = []menshen.Hop{{From: index, To: x.Person, Exposed: s.From, Exposure: menshen.Exposure{Kind: menshen.ExposureReported, Span: s.Span}}}
	}
}
