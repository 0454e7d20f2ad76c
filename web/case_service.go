package web

import (
	"context"
	"maps"
	"slices"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type caseService struct {
	caseDesk

	base func() string // see formService
}

const (
	usualCase    = 30 * 24 * time.Hour
	defaultCases = 100
	maxCases     = 10_000
	maxCaseNo    = 64 // characters of a number
)

func (s caseService) RequestCase(ctx context.Context, req *connect.Request[menshenv1.RequestCaseRequest]) (*connect.Response[menshenv1.RequestCaseResponse], error) {
	m := req.Msg
	r, err := s.readRequest(m.Number, m.Purpose, m.Expires, m.Clinical)
	if err != nil {
		return nil, err
	}
	if err := r.Clinical.Validate(s.now()); err != nil {
		return nil, err
	}
	if r.Policy, err = readPolicy(m.Policy); err != nil {
		return nil, err
	}
	asked, err := readID("person", m.Person)
	if err != nil {
		return nil, err
	}
	person, lookup := s.registry.resolve(ctx, asked)
	if err := s.recorder.record(ctx, "case.request", person.ID, "", map[string]any{"expires": r.Expires, "policy": r.Policy, "found": lookup == nil}); err != nil {
		return nil, err
	}
	if lookup != nil {
		return nil, lookup
	}
	r.Person = person.ID
	if r.Purpose == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "purpose: it is empty").WithHint("say why people's movements must be looked at")
	}
	c, err := s.Cases.RequestCase(ctx, CaseEdit{By: callerOf(ctx).actor, Why: r.Purpose}, r)
	if err != nil {
		return nil, err
	}
	return answerCase(ctx, s, c, func(m *menshenv1.Case) *menshenv1.RequestCaseResponse {
		return &menshenv1.RequestCaseResponse{Case: m}
	})
}

// readRequest reads what every request of a case has, but whose it is. The purpose may be missing where promoted.
func (s caseService) readRequest(number, purpose string, expires *timestamppb.Timestamp, clinical *menshenv1.Clinical) (r CaseRequest, err error) {
	if r.Number, err = readText("number", number, maxCaseNo); err != nil {
		return r, err
	}
	if r.Number == "" {
		return r, menshen.Errorf(menshen.CodeInvalid, "web.case", "number: it is empty").WithHint("give the number of the case that the health authority gave it")
	}
	if r.Purpose, err = readText("purpose", purpose, maxPurpose); err != nil {
		return r, err
	}
	if r.Expires, err = readTime("expires", expires); err != nil {
		return r, err
	}
	if r.Expires.IsZero() {
		r.Expires = s.now().Add(usualCase)
	}
	r.Clinical, err = proto.ClinicalFromWire(clinical)
	return r, err
}

// answerCase shows a case after it was changed.
func answerCase[A any](ctx context.Context, s caseService, c menshen.Case, in func(*menshenv1.Case) *A) (*connect.Response[A], error) {
	m, err := s.caseToWire(ctx, c)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(in(m)), nil
}

func (s caseService) DecideCase(ctx context.Context, req *connect.Request[menshenv1.DecideCaseRequest]) (*connect.Response[menshenv1.DecideCaseResponse], error) {
	m := req.Msg
	why, err := readWhy(m.Why)
	if err != nil {
		return nil, err
	}
	asked, err := s.open(ctx, "case.decide", m.Case, map[string]any{"approve": m.Approve})
	if err != nil {
		return nil, err
	}
	if err := secondPerson(ctx, asked); m.Approve && err != nil {
		return nil, err
	}
	e := CaseEdit{Case: asked.ID, By: callerOf(ctx).actor, Why: why}
	c, err := s.Cases.DecideCase(ctx, e, m.Approve)
	if err != nil {
		return nil, err
	}
	return answerCase(ctx, s, c, func(m *menshenv1.Case) *menshenv1.DecideCaseResponse { return &menshenv1.DecideCaseResponse{Case: m} })
}

func (s caseService) ListCases(ctx context.Context, req *connect.Request[menshenv1.ListCasesRequest]) (*connect.Response[menshenv1.ListCasesResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultCases, maxCases)
	if err != nil {
		return nil, err
	}
	if err := readOneOf("state", req.Msg.State, caseStates...); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "cases.list", "", "", map[string]any{"state": req.Msg.State}); err != nil {
		return nil, err
	}
	all, err := s.Cases.Cases(ctx, menshen.CaseState(req.Msg.State), limit)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListCasesResponse{}
	for _, v := range all {
		res.Cases = append(res.Cases, caseViewToWire(v))
	}
	return connect.NewResponse(res), nil
}

func (s caseService) GetCase(ctx context.Context, req *connect.Request[menshenv1.GetCaseRequest]) (*connect.Response[menshenv1.GetCaseResponse], error) {
	c, err := s.open(ctx, "case.show", req.Msg.Case, nil)
	if err != nil {
		return nil, err
	}
	v, err := s.Cases.CaseSummary(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetCaseResponse{
		Case: caseViewToWire(v.CaseView), WindowFrom: timeOrNone(v.Window.From), WindowTo: timeOrNone(v.Window.To), PolicyName: proto.TextToWire(v.PolicyName),
		MissingBefore: timeOrNone(v.Missing),
	}
	for _, t := range v.Tests {
		res.Tests = append(res.Tests, proto.LabTestToWire(t))
	}
	for _, n := range v.Counts {
		res.Counts = append(res.Counts, &menshenv1.ContactCount{Level: string(n.Level), Status: string(n.Status), Contacts: count(n.Contacts)})
	}
	if v.Stays != nil || v.Passes != nil {
		res.Movements = &menshenv1.Movements{From: res.WindowFrom, To: res.WindowTo}
		for _, st := range v.Stays {
			res.Movements.Stays = append(res.Movements.Stays, proto.StayToWire(st))
		}
		for _, p := range v.Passes {
			res.Movements.Passes = append(res.Movements.Passes, proto.PassToWire(p))
		}
	}
	return connect.NewResponse(res), nil
}

func (s caseService) ExtendCase(ctx context.Context, req *connect.Request[menshenv1.ExtendCaseRequest]) (*connect.Response[menshenv1.ExtendCaseResponse], error) {
	m := req.Msg
	expires, err := readTime("expires", m.Expires)
	if err != nil {
		return nil, err
	}
	if !expires.After(s.now()) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "expires: it is missing or in the past").WithHint("give a day in the future, with --until")
	}
	e, err := s.edit(ctx, "case.extend", m.Case, m.Why, m.Revision, map[string]any{"expires": expires})
	if err != nil {
		return nil, err
	}
	c, err := s.Cases.ExtendCase(ctx, e, expires)
	if err != nil {
		return nil, err
	}
	return answerCase(ctx, s, c, func(m *menshenv1.Case) *menshenv1.ExtendCaseResponse { return &menshenv1.ExtendCaseResponse{Case: m} })
}

func (s caseService) CloseCase(ctx context.Context, req *connect.Request[menshenv1.CloseCaseRequest]) (*connect.Response[menshenv1.CloseCaseResponse], error) {
	e, err := s.edit(ctx, "case.close", req.Msg.Case, req.Msg.Why, req.Msg.Revision, nil)
	if err != nil {
		return nil, err
	}
	c, err := s.Cases.CloseCase(ctx, e)
	if err != nil {
		return nil, err
	}
	return answerCase(ctx, s, c, func(m *menshenv1.Case) *menshenv1.CloseCaseResponse { return &menshenv1.CloseCaseResponse{Case: m} })
}

func (s caseService) ReopenCase(ctx context.Context, req *connect.Request[menshenv1.ReopenCaseRequest]) (*connect.Response[menshenv1.ReopenCaseResponse], error) {
	e, err := s.edit(ctx, "case.reopen", req.Msg.Case, req.Msg.Why, req.Msg.Revision, nil)
	if err != nil {
		return nil, err
	}
	c, err := s.Cases.ReopenCase(ctx, e)
	if err != nil {
		return nil, err
	}
	return answerCase(ctx, s, c, func(m *menshenv1.Case) *menshenv1.ReopenCaseResponse { return &menshenv1.ReopenCaseResponse{Case: m} })
}

func (s caseService) GetHistory(ctx context.Context, req *connect.Request[menshenv1.GetHistoryRequest]) (*connect.Response[menshenv1.GetHistoryResponse], error) {
	asked, err := readLine("contact", req.Msg.Contact)
	if err != nil {
		return nil, err
	}
	c, contact, err := s.openContact(ctx, "case.history", req.Msg.Case, asked, nil)
	if err != nil {
		return nil, err
	}
	all, names, err := s.Cases.CaseHistory(ctx, c.ID, contact.ID)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetHistoryResponse{}
	for _, change := range all {
		res.Changes = append(res.Changes, proto.CaseChangeToWire(change))
	}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		res.Names = append(res.Names, &menshenv1.NamedId{Id: id, Name: names[id]})
	}
	return connect.NewResponse(res), nil
}

func (s caseService) ExportCase(ctx context.Context, req *connect.Request[menshenv1.ExportCaseRequest]) (*connect.Response[menshenv1.ExportCaseResponse], error) {
	m := req.Msg
	q := ExportQuestion{Table: m.Table, Format: m.Format, Language: m.Language, Particulars: m.Particulars, By: callerOf(ctx).actor}
	if q.Table == "" {
		q.Table = "contacts"
	}
	if m.Format == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "format: it is empty").WithHint("use one of: csv, xlsx, json, html")
	}
	var err error
	if q.Purpose, err = readText("purpose", m.Purpose, maxPurpose); err != nil {
		return nil, err
	}
	if q.Purpose == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "purpose: it is empty, and an export says what it is for").WithHint("say what it is for, with --purpose")
	}
	for _, err := range []error{
		readOneOf("table", q.Table, "contacts", "cases", "follow_up", "chain"), readOneOf("format", q.Format, "csv", "xlsx", "json", "html"),
		readOneOf("language", q.Language, "zh", "en"),
	} {
		if err != nil {
			return nil, err
		}
	}
	c, err := s.open(ctx, "case.export", m.Case, map[string]any{"table": q.Table, "format": q.Format, "particulars": q.Particulars})
	if err != nil {
		return nil, err
	}
	q.Case = c.ID
	file, err := s.CaseExports.ExportCase(ctx, q)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ExportCaseResponse{Name: file.Name, Data: file.Data}), nil
}
