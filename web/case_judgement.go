package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

const maxGenerations = 5

func (s caseService) SetClinical(ctx context.Context, req *connect.Request[menshenv1.SetClinicalRequest]) (*connect.Response[menshenv1.SetClinicalResponse], error) {
	m := req.Msg
	clinical, err := proto.ClinicalFromWire(m.Clinical)
	if err != nil {
		return nil, err
	}
	if err := clinical.Validate(s.now()); err != nil {
		return nil, err
	}
	e, err := s.edit(ctx, "case.clinical", m.Case, m.Why, m.Revision, nil)
	if err != nil {
		return nil, err
	}
	done, err := s.Judgements.SetClinical(ctx, e, clinical)
	if err != nil {
		return nil, err
	}
	judged, err := s.judgedToWire(ctx, done)
	return connect.NewResponse(&menshenv1.SetClinicalResponse{Judged: judged}), err
}

func (s caseService) SetCasePolicy(ctx context.Context, req *connect.Request[menshenv1.SetCasePolicyRequest]) (*connect.Response[menshenv1.SetCasePolicyResponse], error) {
	m := req.Msg
	named, err := readPolicy(m.Policy)
	if err != nil {
		return nil, err
	}
	if named == "" {
		return nil, noPolicy()
	}
	e, err := s.edit(ctx, "case.policy", m.Case, m.Why, m.Revision, map[string]any{"policy": m.Policy})
	if err != nil {
		return nil, err
	}
	done, err := s.Judgements.SetCasePolicy(ctx, e, named)
	if err != nil {
		return nil, err
	}
	judged, err := s.judgedToWire(ctx, done)
	return connect.NewResponse(&menshenv1.SetCasePolicyResponse{Judged: judged}), err
}

func noPolicy() error {
	return menshen.Errorf(menshen.CodeInvalid, "web.case", "policy: it is empty").WithHint("name a policy; menshen trace policy list shows them")
}

func (s caseService) JudgeCase(ctx context.Context, req *connect.Request[menshenv1.JudgeCaseRequest]) (*connect.Response[menshenv1.JudgeCaseResponse], error) {
	e, err := s.edit(ctx, "case.judge", req.Msg.Case, req.Msg.Why, 0, nil)
	if err != nil {
		return nil, err
	}
	done, err := s.Judgements.Judge(ctx, e)
	if err != nil {
		return nil, err
	}
	judged, err := s.judgedToWire(ctx, done)
	return connect.NewResponse(&menshenv1.JudgeCaseResponse{Judged: judged}), err
}

func (s caseService) judgedToWire(ctx context.Context, j Judged) (*menshenv1.Judged, error) {
	c, err := s.caseToWire(ctx, j.Case)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, d := range j.Doubles {
		ids = append(ids, d.Person)
	}
	who, err := s.names(ctx, ids...)
	m := &menshenv1.Judged{
		Case: c, WindowFrom: timeOrNone(j.Window.From), WindowTo: timeOrNone(j.Window.To), Added: j.New, Changed: j.Changed, Withdrawn: j.Withdrawn, Returned: j.Returned,
		Same: count(j.Same), Held: j.Held, Kept: j.Kept, MissingBefore: timeOrNone(j.Missing),
	}
	for i, id := range j.Held {
		m.Names = append(m.Names, &menshenv1.NamedId{Id: id, Name: j.HeldNames[i]})
	}
	if j.NotJudged != nil {
		m.NotJudged, m.NotJudgedHint = menshen.ErrorMessage(j.NotJudged)
	}
	for _, d := range j.Doubles {
		m.Doubles = append(m.Doubles, &menshenv1.DoubleRecord{Person: who(d.Person), Derived: d.Derived, Interview: d.Interview})
	}
	return m, err
}

func (s caseService) WhatIf(ctx context.Context, req *connect.Request[menshenv1.WhatIfRequest]) (*connect.Response[menshenv1.WhatIfResponse], error) {
	m := req.Msg
	named, err := readPolicy(m.Policy)
	if err != nil {
		return nil, err
	}
	if (named == "") == (m.Yaml == "") {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "policy: give either the id of a policy or its YAML").WithHint("use --policy ID, or --file POLICY.yaml")
	}
	if m.Yaml != "" {
		if err := checkYAML(m.Yaml); err != nil {
			return nil, err
		}
	}
	c, err := s.open(ctx, "case.what_if", m.Case, map[string]any{"policy": m.Policy, "bytes": len(m.Yaml)})
	if err != nil {
		return nil, err
	}
	w, err := s.Judgements.WhatIf(ctx, c.ID, named, m.Yaml)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.WhatIfResponse{
		Before: proto.PolicyRefToWire(w.Before), After: proto.PolicyRefToWire(w.After),
		BeforeFrom: timeOrNone(w.BeforeWindow.From), BeforeTo: timeOrNone(w.BeforeWindow.To), AfterFrom: timeOrNone(w.AfterWindow.From), AfterTo: timeOrNone(w.AfterWindow.To),
		Entered: count(w.Entered), Left: count(w.Left), Changed: count(w.Changed), Same: count(w.Same),
		MissingBefore: timeOrNone(w.Missing),
	}
	for _, d := range w.People {
		res.Differences = append(res.Differences, &menshenv1.PolicyDifference{
			Person: &menshenv1.PersonView{Id: d.Person, Name: d.Name, Dwelling: dwellingText(d.Dwelling)}, Kind: d.Change,
			LevelBefore: string(d.LevelBefore), LevelAfter: string(d.LevelAfter), RiskBefore: d.RiskBefore, RiskAfter: d.RiskAfter,
			GenerationBefore: count(d.GenerationBefore), GenerationAfter: count(d.GenerationAfter), Words: proto.TextToWire(d.Words),
		})
	}
	return connect.NewResponse(res), nil
}

func (s caseService) TraceCase(ctx context.Context, req *connect.Request[menshenv1.TraceCaseRequest]) (*connect.Response[menshenv1.TraceCaseResponse], error) {
	m := req.Msg
	named, err := readPolicy(m.Policy)
	if err != nil {
		return nil, err
	}
	if m.Generations > maxGenerations {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "generations: %d is out of range", m.Generations).WithHint("use 1 to %d", maxGenerations)
	}
	c, err := s.open(ctx, "case.trace", m.Case, map[string]any{"policy": m.Policy, "generations": m.Generations, "backward": m.Backward})
	if err != nil {
		return nil, err
	}
	cases := []string{c.ID}
	for _, other := range m.Others {
		o, err := s.open(ctx, "case.trace", other, map[string]any{"policy": m.Policy, "generations": m.Generations, "with": c.ID})
		if err != nil {
			return nil, err
		}
		cases = append(cases, o.ID)
	}
	a, err := s.Judgements.TraceCase(ctx, TraceQuestion{Cases: cases, Policy: named, Generations: int(m.Generations), Backward: m.Backward})
	if err != nil {
		return nil, err
	}
	ids := []string{c.Person}
	for _, f := range a.People {
		ids = append(append(ids, f.Person), onPaths(f.Path)...)
	}
	who, err := s.names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.TraceCaseResponse{
		Case: proto.CaseToWire(c, who(c.Person)), WindowFrom: timeOrNone(a.Window.From), WindowTo: timeOrNone(a.Window.To), Policy: proto.PolicyRefToWire(a.Policy),
		MissingBefore: timeOrNone(a.Missing),
	}
	for _, f := range a.People {
		res.People = append(res.People, &menshenv1.CaseReached{
			Person: who(f.Person), Index: f.Index, Generation: count(f.Generation), Level: string(f.Level), Risk: f.Risk, Rule: f.Rule,
			Exposed: timeOrNone(f.Exposed), Sureness: f.Sureness, Path: proto.HopsToWire(f.Path, who), Words: proto.TextToWire(f.Words),
		})
	}
	return connect.NewResponse(res), nil
}
