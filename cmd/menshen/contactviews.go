package main

import (
	"context"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
	"menshen/tracing/policy"
	"menshen/tracing/report"
	"menshen/web"
)

func (v caseView) contactView(c casebook.ContactView) web.ContactView {
	x := web.ContactView{CaseContact: c.CaseContact, Dwelling: c.Dwelling, Missed: c.Missed, Latest: c.Latest}
	if len(c.Path) > 0 {
		x.Words = tracing.Explain(report.PathOf(c.CaseContact), v.names())
	}
	return x
}

// CaseContacts implements web.CaseContacts.
func (v caseView) CaseContacts(ctx context.Context, id string, q web.ContactQuery) ([]web.ContactView, int, error) {
	list, err := v.cases.book.Contacts(ctx, id, casebook.ContactQuery{
		Status: q.Status, Level: q.Level, Generation: q.Generation, Source: q.Source, Owner: q.Owner, All: q.All, Follow: true, Offset: q.Offset, Limit: q.Limit,
	})
	return converted(list.Contacts, v.contactView), list.Total, err
}

// FindContact implements web.CaseContacts.
func (v caseView) FindContact(ctx context.Context, id, asked string) (menshen.CaseContact, error) {
	return v.cases.book.FindContact(ctx, id, asked)
}

// Contact implements web.CaseContacts.
func (v caseView) Contact(ctx context.Context, id string) (web.ContactView, error) {
	c, err := v.cases.book.Contact(ctx, id)
	return v.contactView(c), err
}

// AddContact implements web.CaseContacts.
func (v caseView) AddContact(ctx context.Context, e web.CaseEdit, c web.NewContact) (menshen.CaseContact, error) {
	return v.cases.book.AddContact(ctx, e.Case, casebook.NewContact(c), act(e))
}

// SetContactStatus implements web.CaseContacts.
func (v caseView) SetContactStatus(ctx context.Context, e web.CaseEdit, s web.StatusChange) (menshen.CaseContact, error) {
	return v.cases.book.SetStatus(ctx, e.Contact, casebook.StatusChange(s), act(e))
}

// SetContactNote implements web.CaseContacts.
func (v caseView) SetContactNote(ctx context.Context, e web.CaseEdit, note string) (menshen.CaseContact, error) {
	return v.cases.book.SetNote(ctx, e.Contact, note, act(e))
}

// EraseContact implements web.CaseContacts.
func (v caseView) EraseContact(ctx context.Context, e web.CaseEdit) (menshen.CaseContact, error) {
	return v.cases.book.Erase(ctx, e.Contact, act(e))
}

// EndFollowUpLinks implements web.FollowUps.
func (v caseView) EndFollowUpLinks(ctx context.Context, e web.CaseEdit) error {
	return v.cases.book.EndFollowUpLinks(ctx, e.Contact, act(e))
}

// SetContactOwner implements web.CaseContacts.
func (v caseView) SetContactOwner(ctx context.Context, e web.CaseEdit, owner string) (menshen.CaseContact, error) {
	return v.cases.book.SetOwner(ctx, e.Contact, owner, act(e))
}

// SetContactLevel implements web.CaseContacts.
func (v caseView) SetContactLevel(ctx context.Context, e web.CaseEdit, level menshen.ContactLevel) (menshen.CaseContact, error) {
	return v.cases.book.SetLevel(ctx, e.Contact, level, act(e))
}

// SetContactFollow implements web.CaseContacts.
func (v caseView) SetContactFollow(ctx context.Context, e web.CaseEdit, from, to string) (menshen.CaseContact, error) {
	return v.cases.book.SetFollow(ctx, e.Contact, from, to, act(e))
}

// MergeContacts implements web.CaseContacts.
func (v caseView) MergeContacts(ctx context.Context, e web.CaseEdit, into string) (menshen.CaseContact, error) {
	return v.cases.book.Merge(ctx, into, e.Contact, act(e))
}

// LabTests implements web.LabTests.
func (v caseView) LabTests(ctx context.Context, id, contact string) ([]menshen.LabTest, error) {
	return v.cases.book.Tests(ctx, id, contact)
}

func tested(r casebook.TestResult, err error) (menshen.LabTest, []menshen.Text, error) {
	return r.Test, converted(r.Proposals, func(p casebook.Proposal) menshen.Text { return p.Text }), err
}

// AddTest implements web.LabTests.
func (v caseView) AddTest(ctx context.Context, e web.CaseEdit, t menshen.LabTest) (menshen.LabTest, []menshen.Text, error) {
	return tested(v.cases.book.AddTest(ctx, e.Case, e.Contact, t, act(e)))
}

// SetTestResult implements web.LabTests. The test must be one of the case.
func (v caseView) SetTestResult(ctx context.Context, e web.CaseEdit, test string, r menshen.LabTestResult) (menshen.LabTest, []menshen.Text, error) {
	all, err := v.cases.book.Tests(ctx, e.Case, "")
	if err != nil {
		return menshen.LabTest{}, nil, err
	}
	for _, t := range all {
		if t.ID == test {
			return tested(v.cases.book.SetTestResult(ctx, test, r, act(e)))
		}
	}
	return menshen.LabTest{}, nil, menshen.Errorf(menshen.CodeNotFound, "cmd.test", "the case has no test %q", test).WithHint("menshen case show lists them, with their ids")
}

// RecordFollowUp implements web.FollowUps.
func (v caseView) RecordFollowUp(ctx context.Context, e web.CaseEdit, f web.FollowUpEntry) (web.FollowUpResult, error) {
	r, err := v.cases.book.RecordFollowUp(ctx, e.Contact, casebook.FollowUpEntry(f), act(e))
	return web.FollowUpResult(r), err
}

// FollowUps implements web.FollowUps.
func (v caseView) FollowUps(ctx context.Context, contact string) ([]menshen.FollowUp, error) {
	return v.cases.book.FollowUps(ctx, contact)
}

// Due implements web.FollowUps.
func (v caseView) Due(ctx context.Context, day, owner string) (string, []web.DueEntry, error) {
	all, err := v.cases.book.Due(ctx, day, owner)
	if day == "" {
		day = time.Now().In(v.zone()).Format(time.DateOnly)
	}
	if err != nil {
		return day, nil, err
	}
	out := make([]web.DueEntry, len(all))
	for i, d := range all {
		out[i] = web.DueEntry{Contact: v.contactView(d.Contact), Number: d.Number, Phone: d.Contact.Phone, Day: d.Day, Days: d.Days, Yesterday: d.Yesterday, Today: d.Today}
		if d.Contact.Person == "" {
			continue
		}
		known, err := v.pipeline.store.Particulars(ctx, d.Contact.Person)
		if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
			return day, nil, err
		}
		out[i].Phone = menshen.Secret(known.Phone)
	}
	return day, out, nil
}

// FollowUpLink implements web.FollowUps.
func (v caseView) FollowUpLink(ctx context.Context, e web.CaseEdit) (web.NewLink, error) {
	l, err := v.cases.book.FollowUpLink(ctx, e.Contact, act(e))
	return web.NewLink(l), err
}

// OpenFollowUpLink implements web.FollowUps.
func (v caseView) OpenFollowUpLink(ctx context.Context, token string) (web.FollowUpPage, error) {
	p, err := v.cases.book.OpenFollowUpLink(ctx, token)
	return web.FollowUpPage(p), err
}

// FollowUpByLink implements web.FollowUps.
func (v caseView) FollowUpByLink(ctx context.Context, token string, f web.FollowUpEntry) (web.FollowUpResult, error) {
	r, err := v.cases.book.FollowUpByLink(ctx, token, casebook.FollowUpEntry(f))
	return web.FollowUpResult(r), err
}

// ExportCase implements web.CaseExports.
func (v caseView) ExportCase(ctx context.Context, q web.ExportQuestion) (web.Export, error) {
	s, err := v.source(ctx, q)
	if err != nil {
		return web.Export{}, err
	}
	name := "case"
	var data []byte
	switch q.Format {
	case "json":
		data, err = report.JSON(s)
	case "html":
		name = "report"
		data, err = report.Page(s)
	default:
		name = q.Table
		data, err = report.Table(s, q.Table, q.Format)
	}
	return web.Export{Name: name + "-" + s.At.Format("20060102-1504") + "." + q.Format, Data: data, Rows: len(s.Contacts)}, err
}

// source gathers everything that a file of a case is made of.
func (v caseView) source(ctx context.Context, q web.ExportQuestion) (report.Source, error) {
	r, err := v.cases.book.Report(ctx, q.Case)
	if err != nil {
		return report.Source{}, err
	}
	s := report.Source{
		Report: r, Site: v.site, People: map[string]report.Person{}, Particulars: q.Particulars, Language: q.Language,
		By: q.By, At: time.Now().In(v.zone()), Purpose: q.Purpose,
	}
	if s.Stays, s.Passes, s.Missing, err = v.movements(ctx, r.Case.Person, r.Window); err != nil {
		return s, err
	}
	ids := []string{r.Case.Person}
	for _, c := range r.Contacts {
		ids = append(ids, c.Person)
		for _, h := range c.Path {
			ids = append(ids, h.From, h.To)
		}
	}
	for _, id := range ids {
		p, known := v.people.Person(id)
		if _, done := s.People[id]; done || !known {
			continue
		}
		particulars, err := v.pipeline.store.Particulars(ctx, id)
		if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
			return s, err
		}
		s.People[id] = report.Person{Name: p.Name, Dwelling: p.Dwelling, Particulars: particulars}
	}
	return s, nil
}

func tracingPolicy(p casebook.PolicyVersion) web.TracingPolicy {
	return web.TracingPolicy{
		PolicyRef: p.PolicyRef, Name: p.Name, About: p.About, Source: p.Source, By: p.By, At: p.At, Note: p.Note, Latest: p.Latest, Usual: p.ID == casebook.DefaultPolicy,
	}
}

// TracingPolicies implements web.TracingPolicies.
func (v caseView) TracingPolicies(ctx context.Context) ([]web.TracingPolicy, error) {
	all, err := v.cases.policies.List(ctx)
	return converted(all, tracingPolicy), err
}

// TracingPolicyText implements web.TracingPolicies.
func (v caseView) TracingPolicyText(ctx context.Context, named string) (web.TracingPolicy, string, error) {
	ref, err := v.cases.policies.Resolve(ctx, named)
	if err != nil {
		return web.TracingPolicy{}, "", err
	}
	yaml, err := v.cases.policies.YAML(ctx, ref)
	if err != nil {
		return web.TracingPolicy{}, "", err
	}
	all, err := v.cases.policies.List(ctx)
	for _, p := range all {
		if p.PolicyRef == ref {
			return tracingPolicy(p), yaml, err
		}
	}
	return web.TracingPolicy{PolicyRef: ref}, yaml, err
}

// PutTracingPolicy implements web.TracingPolicies.
func (v caseView) PutTracingPolicy(ctx context.Context, yaml, note string, dryRun bool, by string) (web.TracingPolicy, error) {
	var p *policy.Policy
	var err error
	if dryRun {
		p, err = policy.Read([]byte(yaml))
	} else {
		p, err = v.cases.policies.Put(ctx, yaml, note, by)
	}
	if err != nil {
		return web.TracingPolicy{}, err
	}
	return web.TracingPolicy{PolicyRef: menshen.PolicyRef{ID: p.ID, Version: p.Version}, Name: p.Name, About: p.About, Source: p.Source, By: by, Note: note, Latest: true}, nil
}
