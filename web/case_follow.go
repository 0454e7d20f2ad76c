package web

import (
	"cmp"
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

func (s caseService) AddTest(ctx context.Context, req *connect.Request[menshenv1.AddTestRequest]) (*connect.Response[menshenv1.AddTestResponse], error) {
	m := req.Msg
	t := menshen.LabTest{Kind: m.Kind, Result: menshen.LabTestResult(m.Result)}
	var err error
	if t.Sampled, err = readTime("sampled", m.Sampled); err != nil {
		return nil, err
	}
	if t.Sampled.IsZero() || t.Sampled.After(s.now()) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "sampled: it is missing or in the future").WithHint("give the time at which the sample was taken, with --sampled")
	}
	if t.Result == "" {
		t.Result = menshen.LabTestPending
	}
	for _, err := range []error{readOneOf("kind", m.Kind, "pcr", "antigen", "antibody"), readOneOf("result", m.Result, labTestResults...)} {
		if err != nil {
			return nil, err
		}
	}
	if t.Kind == "" {
		t.Kind = "pcr"
	}
	var e CaseEdit
	detail := map[string]any{"kind": t.Kind}
	if m.Contact == "" {
		e, err = s.edit(ctx, "case.test", m.Case, m.Why, 0, detail)
	} else {
		e, err = s.editContact(ctx, "case.test", m.Case, m.Contact, m.Why, 0, detail)
	}
	if err != nil {
		return nil, err
	}
	t, proposals, err := s.LabTests.AddTest(ctx, e, t)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.AddTestResponse{Test: proto.LabTestToWire(t), Proposals: textsToWire(proposals)}), nil
}

func (s caseService) SetTestResult(ctx context.Context, req *connect.Request[menshenv1.SetTestResultRequest]) (*connect.Response[menshenv1.SetTestResultResponse], error) {
	m := req.Msg
	test, err := readID("test", m.Test)
	if err != nil {
		return nil, err
	}
	if err := readOneOf("result", m.Result, labTestResults...); err != nil || m.Result == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "result: %q is unknown", m.Result).WithHint("use pending, positive, negative or inconclusive")
	}
	e, err := s.edit(ctx, "case.test_result", m.Case, m.Why, 0, map[string]any{"test": test})
	if err != nil {
		return nil, err
	}
	t, proposals, err := s.LabTests.SetTestResult(ctx, e, test, menshen.LabTestResult(m.Result))
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SetTestResultResponse{Test: proto.LabTestToWire(t), Proposals: textsToWire(proposals)}), nil
}

// dailyVisit is why a follow-up is kept: it needs no other reason.
const dailyVisit = "daily follow-up"

func (s caseService) RecordFollowUp(ctx context.Context, req *connect.Request[menshenv1.RecordFollowUpRequest]) (*connect.Response[menshenv1.RecordFollowUpResponse], error) {
	m := req.Msg
	f := FollowUpEntry{Celsius: m.Celsius, Reached: !m.NotReached}
	var err error
	if f.Day, err = readDay("day", m.Day); err != nil {
		return nil, err
	}
	if f.Note, err = readNote("note", m.Note); err != nil {
		return nil, err
	}
	if f.Symptoms, err = readSymptoms(m.Symptoms); err != nil {
		return nil, err
	}
	if f.Celsius != 0 && !(f.Celsius >= 30 && f.Celsius <= 45) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "celsius: %.1f is no temperature of a person", f.Celsius).WithHint("measure again, and give 30 to 45 °C")
	}
	if !f.Reached && (f.Celsius != 0 || len(f.Symptoms) > 0) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "not_reached: who was not reached has no temperature and no symptoms").
			WithHint("leave them out, or say that the person was reached")
	}
	why, err := readText("why", m.Why, maxPurpose)
	if err != nil {
		return nil, err
	}
	e, err := s.editContact(ctx, "case.follow_up", m.Case, m.Contact, cmp.Or(why, dailyVisit), 0, map[string]any{"day": f.Day})
	if err != nil {
		return nil, err
	}
	e.Why = why // whether a reason is needed is not known here
	r, err := s.FollowUps.RecordFollowUp(ctx, e, f)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RecordFollowUpResponse{FollowUp: proto.FollowUpToWire(&r.FollowUp), Fever: r.Fever, Alerted: r.Alerted, Replaced: r.Replaced}), nil
}

const maxSymptoms = 50

func readSymptoms(all []string) (out []string, err error) {
	if len(all) > maxSymptoms {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "symptoms: there are more than %d", maxSymptoms).WithHint("name those that matter")
	}
	for _, s := range all {
		if s, err = readText("symptoms", s, 100); err != nil {
			return nil, err
		}
		if s != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

func (s caseService) ListDue(ctx context.Context, req *connect.Request[menshenv1.ListDueRequest]) (*connect.Response[menshenv1.ListDueResponse], error) {
	asked, err := readDay("day", req.Msg.Day)
	if err != nil {
		return nil, err
	}
	owner, err := readLine("owner", req.Msg.Owner)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "cases.due", "", dailyVisit, map[string]any{"day": asked}); err != nil {
		return nil, err
	}
	day, all, err := s.FollowUps.Due(ctx, asked, owner)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListDueResponse{Day: day}
	for _, d := range all {
		res.Due = append(res.Due, &menshenv1.DueContact{
			CaseId: d.Contact.Case, CaseNumber: d.Number, Phone: d.Phone.Reveal(), Number: count(d.Day), Days: count(d.Days),
			Contact:   contactViewToWire(d.Contact, func(id string) *menshenv1.PersonView { return &menshenv1.PersonView{Id: id} }),
			Yesterday: proto.FollowUpToWire(d.Yesterday), Today: proto.FollowUpToWire(d.Today),
		})
	}
	return connect.NewResponse(res), nil
}

func (s caseService) CreateFollowUpLink(ctx context.Context, req *connect.Request[menshenv1.CreateFollowUpLinkRequest]) (*connect.Response[menshenv1.CreateFollowUpLinkResponse], error) {
	e, err := s.editContact(ctx, "case.link", req.Msg.Case, req.Msg.Contact, dailyVisit, 0, nil)
	if err != nil {
		return nil, err
	}
	link, err := s.FollowUps.FollowUpLink(ctx, e)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.CreateFollowUpLinkResponse{Link: linkURL(s.base(), link.Token), Expires: timeOrNone(link.Expires)}), nil
}

func (s caseService) EndFollowUpLinks(ctx context.Context, req *connect.Request[menshenv1.EndFollowUpLinksRequest]) (*connect.Response[menshenv1.EndFollowUpLinksResponse], error) {
	e, err := s.editContact(ctx, "case.end_links", req.Msg.Case, req.Msg.Contact, req.Msg.Why, 0, nil)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.EndFollowUpLinksResponse{}), s.FollowUps.EndFollowUpLinks(ctx, e)
}
