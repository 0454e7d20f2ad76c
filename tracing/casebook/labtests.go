package casebook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"menshen"
	"menshen/store"
)

// AddTest keeps a test of a case (contact "") or of one of its contacts. Of t only Kind, Sampled and Result are taken; a
// result of "" is pending. A positive contact is alerted, with what the policy proposes; nothing else changes by it.
func (b *Book) AddTest(ctx context.Context, ref, contact string, t menshen.LabTest, a Act) (TestResult, error) {
	a, err := a.check()
	if err != nil {
		return TestResult{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	c, err := b.work(ctx, ref)
	if err != nil {
		return TestResult{}, err
	}
	d := b.deed(a)
	if t.Result == "" {
		t.Result = menshen.LabTestPending
	}
	t.ID, t.Case, t.Contact, t.At, t.By = menshen.NewID(), c.ID, contact, d.now, a.By
	if err := t.Validate(d.now); err != nil {
		return TestResult{}, err
	}
	return b.keepTest(ctx, c, menshen.LabTest{}, t, d)
}

// SetTestResult keeps the result of a test that was pending, or corrects one.
func (b *Book) SetTestResult(ctx context.Context, id string, r menshen.LabTestResult, a Act) (TestResult, error) {
	a, err := a.check()
	if err != nil {
		return TestResult{}, err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	found, err := gather(b.deps.Store.LabTests(ctx, store.LabTestFilter{ID: id}))
	if err != nil {
		return TestResult{}, err
	}
	if id == "" || len(found) == 0 {
		return TestResult{}, menshen.Errorf(menshen.CodeNotFound, "casebook.test", "there is no test %q", id).WithHint("list the tests of the case to find its id")
	}
	old := found[0]
	c, err := b.work(ctx, old.Case)
	if err != nil {
		return TestResult{}, err
	}
	d := b.deed(a)
	t := old
	t.Result, t.At, t.By = r, d.now, a.By
	if err := t.Validate(d.now); err != nil {
		return TestResult{}, err
	}
	return b.keepTest(ctx, c, old, t, d)
}

func (b *Book) keepTest(ctx context.Context, c menshen.Case, old, t menshen.LabTest, d *deed) (TestResult, error) {
	var e store.ContactEntry
	if t.Contact != "" {
		var err error
		if _, e, err = b.workOn(ctx, t.Contact, Act{}); err != nil {
			return TestResult{}, err
		}
		if e.Case != c.ID {
			return TestResult{}, menshen.Errorf(menshen.CodeInvalid, "casebook.test", "contact: it is no contact of case %s", c.Number).WithHint("list the contacts of the case to find its id")
		}
	}
	before := ""
	if old.ID != "" {
		before = testText(old, d.loc)
	}
	d.tell(c.ID, t.Contact, testField(t.ID), before, testText(t, d.loc))
	d.Tests = []menshen.LabTest{t}
	if err := b.write(ctx, d); err != nil {
		return TestResult{}, err
	}
	out := TestResult{Test: t}
	if t.Contact == "" || t.Result != menshen.LabTestPositive || old.Result == menshen.LabTestPositive {
		return out, nil
	}
	var err error
	out.Proposals, err = b.propose(ctx, c, e)
	for _, p := range out.Proposals {
		b.alert(ctx, menshen.AlertPositive, e.Person, p.Text, e.ID, p.Kind)
	}
	return out, err
}

// propose says what follows by the rules from a positive contact, for people to decide.
func (b *Book) propose(ctx context.Context, c menshen.Case, e store.ContactEntry) ([]Proposal, error) {
	var out []Proposal
	if e.Status != menshen.ContactBecameCase {
		out = append(out, Proposal{Kind: "promote", Contact: e.ID, Text: menshen.Text{
			ZH: fmt.Sprintf("病例%s的接触者%s检测阳性，建议转为病例", c.Number, whoIs(e)),
			EN: fmt.Sprintf("contact %s of case %s tested positive: make them a case", whoIs(e), c.Number),
		}})
	}
	early, err := b.firstTwoPositive(ctx, e)
	if err != nil || !early || e.Person == "" {
		return out, err
	}
	p := Proposal{Kind: "raise", Contact: e.ID}
	var names []string
	for other, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Level: menshen.LevelSecondary, Counting: true, Paths: true}) {
		if err != nil {
			return out, err
		}
		if slices.ContainsFunc(other.Path, func(h menshen.Hop) bool { return h.From == e.Person }) && other.Person != e.Person {
			p.Contacts = append(p.Contacts, other.ID)
			names = append(names, nameOf(other))
		}
	}
	if len(p.Contacts) == 0 {
		return out, nil
	}
	if len(names) > 5 {
		names = append(names[:5:5], "…")
	}
	p.Text = menshen.Text{
		ZH: fmt.Sprintf("病例%s：%s前两次检测有阳性，其%d名次密接应转为密接：%s", c.Number, whoIs(e), len(p.Contacts), strings.Join(names, "、")),
		EN: fmt.Sprintf("case %s: of the first two tests of %s one is positive: %d secondary contacts of theirs become close ones: %s",
			c.Number, whoIs(e), len(p.Contacts), strings.Join(names, ", ")),
	}
	return append(out, p), nil
}

// firstTwoPositive reports whether the first two tests of a contact, by the time of sampling, include a positive one.
func (b *Book) firstTwoPositive(ctx context.Context, e store.ContactEntry) (bool, error) {
	tests, err := gather(b.deps.Store.LabTests(ctx, store.LabTestFilter{Case: e.Case, Contact: e.ID}))
	return slices.ContainsFunc(tests[:min(2, len(tests))], func(t menshen.LabTest) bool { return t.Result == menshen.LabTestPositive }), err
}

// Tests lists the tests of a case and its contacts, or of one contact, by the time of sampling.
func (b *Book) Tests(ctx context.Context, ref, contact string) ([]menshen.LabTest, error) {
	c, err := b.look(ctx, ref)
	if err != nil {
		return nil, err
	}
	return gather(b.deps.Store.LabTests(ctx, store.LabTestFilter{Case: c.ID, Contact: contact}))
}
