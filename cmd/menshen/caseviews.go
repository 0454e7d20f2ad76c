package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
	"menshen/tracing/policy"
	"menshen/web"
)

// caseView fits the casebook to what the API asks for.
type caseView struct{ *hub }

// parts gives it for everything that it answers.
func (v caseView) parts() web.Investigations {
	return web.Investigations{Cases: v, Judgements: v, CaseContacts: v, LabTests: v, FollowUps: v, CaseExports: v, TracingPolicies: v, Photographs: photographView(v)}
}

func act(e web.CaseEdit) casebook.Act {
	return casebook.Act{By: e.By, Why: e.Why, Revision: e.Revision}
}

// names is what explanations call people and places by.
func (v caseView) names() tracing.Names {
	return tracing.Names{Site: v.site, Person: func(id string) string {
		p, _ := v.people.Person(id)
		return p.Name
	}}
}

// FindCase implements web.Cases.
func (v caseView) FindCase(ctx context.Context, asked string) (menshen.Case, error) {
	c, err := v.cases.book.Case(ctx, asked)
	return c.Case, err
}

// Cases implements web.Cases.
func (v caseView) Cases(ctx context.Context, state menshen.CaseState, limit int) ([]web.CaseView, error) {
	all, err := v.cases.book.Cases(ctx, casebook.CaseQuery{State: state, Limit: limit})
	return converted(all, func(c casebook.CaseView) web.CaseView { return web.CaseView(c) }), err
}

// CaseSummary implements web.Cases.
func (v caseView) CaseSummary(ctx context.Context, id string) (web.CaseSummary, error) {
	list, err := v.cases.book.Contacts(ctx, id, casebook.ContactQuery{Limit: maxReported})
	if err != nil {
		return web.CaseSummary{}, err // of a case that nobody may look into
	}
	c, err := v.cases.book.Case(ctx, id)
	if err != nil {
		return web.CaseSummary{}, err
	}
	s := web.CaseSummary{CaseView: web.CaseView(c)}
	p, err := v.cases.policies.Get(ctx, c.Policy)
	if err != nil {
		return s, err
	}
	s.PolicyName = p.Name
	if s.Window, err = p.Window.Span(c.Clinical, time.Now(), v.zone()); err != nil {
		return s, err
	}
	tests, err := v.cases.book.Tests(ctx, id, "")
	if err != nil {
		return s, err
	}
	s.Tests = slices.DeleteFunc(tests, func(t menshen.LabTest) bool { return t.Contact != "" })
	s.Counts = counted(list.Contacts)
	s.Stays, s.Passes, s.Missing, err = v.movements(ctx, c.Person, s.Window)
	return s, err
}

// maxReported is how many contacts are counted and exported.
const maxReported = 100_000

func counted(contacts []casebook.ContactView) (all []web.ContactCount) {
	sums := map[web.ContactCount]int{}
	for _, c := range contacts {
		sums[web.ContactCount{Level: c.Level, Status: c.Status}]++
	}
	for k, n := range sums {
		k.Contacts = n
		all = append(all, k)
	}
	slices.SortFunc(all, func(a, b web.ContactCount) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Status, b.Status))
	})
	return all
}

// movements gives where somebody was, and from when on passes are in memory where some of the window are not any more.
func (v caseView) movements(ctx context.Context, person string, window menshen.Span) (stays []menshen.Stay, passes []menshen.Pass, missing time.Time, err error) {
	if since := v.cases.engine.since(); window.From.Before(since) {
		window.From, missing = since, since
	}
	if !window.From.Before(window.To) {
		return nil, nil, missing, nil
	}
	passes, stays, err = v.cases.engine.Movements(ctx, person, window)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return nil, nil, missing, nil
	}
	return stays, passes, missing, err
}

func (v caseView) zone() *time.Location {
	if v.site.Location != nil {
		return v.site.Location
	}
	return time.UTC
}

// CaseHistory implements web.Cases.
func (v caseView) CaseHistory(ctx context.Context, id, contact string) ([]menshen.CaseChange, map[string]string, error) {
	changes, err := v.cases.book.History(ctx, id, contact)
	if err != nil {
		return nil, nil, err
	}
	names, err := v.cases.book.NamesIn(ctx, changes)
	return changes, names, err
}

// RequestCase implements web.Cases.
func (v caseView) RequestCase(ctx context.Context, e web.CaseEdit, r web.CaseRequest) (menshen.Case, error) {
	ref, err := v.policyRef(ctx, r.Policy)
	if err != nil {
		return menshen.Case{}, err
	}
	asked := casebook.CaseRequest{Number: r.Number, Person: r.Person, Purpose: r.Purpose, Expires: r.Expires, Clinical: r.Clinical, Policy: ref}
	if e.Contact == "" {
		return v.cases.book.Request(ctx, asked, act(e))
	}
	if asked.Purpose == "" { // that of the case whose contact they are
		parent, err := v.cases.book.Case(ctx, e.Case)
		if err != nil {
			return menshen.Case{}, err
		}
		asked.Purpose = parent.Purpose
	}
	return v.cases.book.Promote(ctx, e.Contact, asked, act(e))
}

// policyRef finds the policy that people name; "" is left to the casebook.
func (v caseView) policyRef(ctx context.Context, named string) (menshen.PolicyRef, error) {
	if named == "" {
		return menshen.PolicyRef{}, nil
	}
	return v.cases.policies.Resolve(ctx, named)
}

// DecideCase implements web.Cases.
func (v caseView) DecideCase(ctx context.Context, e web.CaseEdit, approve bool) (menshen.Case, error) {
	return v.cases.book.Decide(ctx, e.Case, approve, act(e))
}

// ExtendCase implements web.Cases.
func (v caseView) ExtendCase(ctx context.Context, e web.CaseEdit, expires time.Time) (menshen.Case, error) {
	return v.cases.book.Extend(ctx, e.Case, expires, act(e))
}

// CloseCase implements web.Cases.
func (v caseView) CloseCase(ctx context.Context, e web.CaseEdit) (menshen.Case, error) {
	return v.cases.book.Close(ctx, e.Case, act(e))
}

// ReopenCase implements web.Cases.
func (v caseView) ReopenCase(ctx context.Context, e web.CaseEdit) (menshen.Case, error) {
	return v.cases.book.Reopen(ctx, e.Case, act(e))
}

func judged(r casebook.JudgeResult, err error) (web.Judged, error) {
	return web.Judged{
		Case: r.Case, Window: r.Window, New: r.New, Changed: r.Changed, Withdrawn: r.Withdrawn, Returned: r.Returned, Same: r.Same,
		Doubles: converted(r.Doubles, func(d casebook.Double) web.Double { return web.Double(d) }), Held: r.Held, HeldNames: r.HeldNames, Kept: r.Kept,
		Missing: r.Missing, NotJudged: r.NotJudged,
	}, err
}

// Judge implements web.Judgements.
func (v caseView) Judge(ctx context.Context, e web.CaseEdit) (web.Judged, error) {
	return judged(v.cases.book.Judge(ctx, e.Case, act(e)))
}

// SetClinical implements web.Judgements.
func (v caseView) SetClinical(ctx context.Context, e web.CaseEdit, c menshen.Clinical) (web.Judged, error) {
	return judged(v.cases.book.SetClinical(ctx, e.Case, c, act(e)))
}

// SetCasePolicy implements web.Judgements.
func (v caseView) SetCasePolicy(ctx context.Context, e web.CaseEdit, named string) (web.Judged, error) {
	ref, err := v.cases.policies.Resolve(ctx, named)
	if err != nil {
		return web.Judged{}, err
	}
	return judged(v.cases.book.SetPolicy(ctx, e.Case, ref, act(e)))
}

// WhatIf implements web.Judgements.
func (v caseView) WhatIf(ctx context.Context, id, named, yaml string) (web.WhatIf, error) {
	var w casebook.WhatIf
	if named != "" {
		ref, err := v.cases.policies.Resolve(ctx, named)
		if err != nil {
			return web.WhatIf{}, err
		}
		if w, err = v.cases.book.WhatIf(ctx, id, ref); err != nil {
			return web.WhatIf{}, err
		}
	} else {
		p, err := policy.Read([]byte(yaml))
		if err != nil {
			return web.WhatIf{}, err
		}
		if w, err = v.cases.book.WhatIfPolicy(ctx, id, p); err != nil {
			return web.WhatIf{}, err
		}
	}
	out := web.WhatIf{
		Before: w.Before, After: w.After, BeforeWindow: w.BeforeWindow, AfterWindow: w.AfterWindow, Entered: w.Entered, Left: w.Left, Changed: w.Changed, Same: w.Same, Missing: w.Missing,
	}
	for _, d := range w.People {
		x := web.Differing{Person: d.Person, Name: d.Name, Dwelling: d.Dwelling, Change: d.Change, Words: d.Words}
		if b := d.Before; b != nil {
			x.LevelBefore, x.RiskBefore, x.GenerationBefore = b.Level, b.Risk, b.Generation
		}
		if a := d.After; a != nil {
			x.LevelAfter, x.RiskAfter, x.GenerationAfter = a.Level, a.Risk, a.Generation
		}
		out.People = append(out.People, x)
	}
	return out, nil
}

// TraceCase implements web.Judgements.
func (v caseView) TraceCase(ctx context.Context, q web.TraceQuestion) (web.TraceAnswer, error) {
	var p *policy.Policy
	if q.Policy != "" {
		ref, err := v.cases.policies.Resolve(ctx, q.Policy)
		if err != nil {
			return web.TraceAnswer{}, err
		}
		if p, err = v.cases.policies.Get(ctx, ref); err != nil {
			return web.TraceAnswer{}, err
		}
	}
	a, used, err := v.cases.book.Trace(ctx, casebook.TraceRequest{Cases: q.Cases, Policy: p, Generations: q.Generations, Backward: q.Backward})
	if err != nil {
		return web.TraceAnswer{}, err
	}
	answer := web.TraceAnswer{Window: a.Window, Policy: used, People: make([]web.Reached, len(a.People))}
	if since := v.cases.engine.since(); a.Window.From.Equal(since) {
		answer.Missing = since // the window began earlier, and was cut
	}
	names := v.names()
	for i, r := range a.People {
		path := a.Path(i)
		sureness := 1.0
		for _, h := range path {
			sureness *= h.Sureness
		}
		answer.People[i] = web.Reached{
			Person: r.Person, Index: r.Index, Generation: r.Generation, Level: r.Level, Risk: r.Risk, Rule: r.Rule, Exposed: r.Exposed,
			Sureness: sureness, Path: path, Words: tracing.Explain(path, names),
		}
	}
	return answer, nil
}
