package web

import (
	"context"
	"strings"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type registryService struct {
	desk

	people Registry
	tables Tables
	packs  Packs
}

const (
	defaultHouseholds = 100
	maxHouseholds     = 10_000
	maxTableBytes     = 16 << 20
)

func (s registryService) GetPerson(ctx context.Context, req *connect.Request[menshenv1.GetPersonRequest]) (*connect.Response[menshenv1.GetPersonResponse], error) {
	person, err := s.subject(ctx, "person.show", req.Msg.Person, nil)
	if err != nil {
		return nil, err
	}
	r, err := s.people.Record(ctx, person.ID)
	if err != nil {
		return nil, err
	}
	m := &menshenv1.PersonRecord{
		Person: proto.PersonToWire(r.Person), Particulars: proto.ParticularsToWire(r.Particulars), Health: proto.HealthToWire(r.Health), Templates: count(person.Templates),
		Revision: r.Revision,
	}
	for _, p := range r.Permits {
		m.Permits = append(m.Permits, proto.PermitToWire(p))
	}
	m.Credentials = credentialsToWire(r.Credentials)
	return connect.NewResponse(&menshenv1.GetPersonResponse{Record: m}), nil
}

// PutPerson takes an id and no name: a name that somebody else may bear is not changed to anything.
func (s registryService) PutPerson(ctx context.Context, req *connect.Request[menshenv1.PutPersonRequest]) (*connect.Response[menshenv1.PutPersonResponse], error) {
	p, particulars, err := readPerson(req.Msg)
	if err != nil {
		return nil, err
	}
	action, subject := "person.put", p.ID
	if subject == "" {
		action = "person.add" // by the dwelling: a name would stay in the log after the person was erased
	}
	detail := map[string]any{"dwelling": dwellingText(p.Dwelling), "state": p.State, "particulars": particulars != nil}
	if err := s.recorder.record(ctx, action, subject, "", detail); err != nil {
		return nil, err
	}
	p, err = s.people.PutPerson(ctx, p, particulars, req.Msg.Revision)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutPersonResponse{Person: p.ID}), nil
}

func readPerson(m *menshenv1.PutPersonRequest) (menshen.Person, *menshen.Particulars, error) {
	p := menshen.Person{State: menshen.PersonState(m.State)}
	if m.State == "" {
		p.State = menshen.PersonActive
	}
	var err error
	if p.ID, err = readLine("person", m.Person); err != nil {
		return p, nil, err
	}
	if p.Name, err = readLine("name", m.Name); err != nil {
		return p, nil, err
	}
	if m.Dwelling != "" {
		if p.Dwelling, err = menshen.ParseDwelling(m.Dwelling); err != nil {
			return p, nil, err
		}
	}
	checked := p
	checked.ID = "new"
	if err := checked.Validate(); err != nil {
		return p, nil, err
	}
	if m.Particulars == nil {
		return p, nil, nil
	}
	particulars, err := readParticulars(m.Particulars)
	return p, &particulars, err
}

// readParticulars reads what a person typed. A number without a kind is that of an identity card, as most are.
func readParticulars(m *menshenv1.Particulars) (menshen.Particulars, error) {
	if m == nil {
		return menshen.Particulars{}, nil
	}
	if m.DocumentNumber != "" && m.DocumentKind == "" {
		m.DocumentKind = string(menshen.DocumentIDCard)
	}
	return proto.ParticularsFromWire(m)
}

// FindByDocument keeps the number out of the audit log; the people found are in it, each before the answer.
func (s registryService) FindByDocument(ctx context.Context, req *connect.Request[menshenv1.FindByDocumentRequest]) (*connect.Response[menshenv1.FindByDocumentResponse], error) {
	number, err := readLine("document_number", req.Msg.DocumentNumber)
	if err != nil {
		return nil, err
	}
	if number == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.document", "document_number: it is empty").WithHint("give the whole number of the document")
	}
	if err := s.recorder.record(ctx, "person.find_by_document", "", "", nil); err != nil {
		return nil, err
	}
	found, err := s.people.FindByDocument(ctx, menshen.NormalizeDocument(number))
	if err != nil {
		return nil, err
	}
	res := &menshenv1.FindByDocumentResponse{}
	for _, p := range found {
		if err := s.recorder.record(ctx, "person.found_by_document", p.ID, "", nil); err != nil {
			return nil, err
		}
		res.People = append(res.People, proto.PersonToWire(p))
	}
	return connect.NewResponse(res), nil
}

func (s registryService) ListHouseholds(ctx context.Context, req *connect.Request[menshenv1.ListHouseholdsRequest]) (*connect.Response[menshenv1.ListHouseholdsResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultHouseholds, maxHouseholds)
	if err != nil {
		return nil, err
	}
	query, err := readLine("query", req.Msg.Query)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "households.list", "", "", map[string]any{"query": query, "limit": limit}); err != nil {
		return nil, err
	}
	all, err := s.people.Households(ctx, query, limit)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListHouseholdsResponse{}
	for _, h := range all {
		m := proto.HouseholdToWire(h.Household, h.People)
		m.Revision = h.Revision
		res.Households = append(res.Households, m)
	}
	return connect.NewResponse(res), nil
}

func (s registryService) PutHousehold(ctx context.Context, req *connect.Request[menshenv1.PutHouseholdRequest]) (*connect.Response[menshenv1.PutHouseholdResponse], error) {
	dwelling, err := menshen.ParseDwelling(req.Msg.Dwelling)
	if err != nil {
		return nil, err
	}
	if err := checkLanguage(req.Msg.Language); err != nil {
		return nil, err
	}
	note, err := readNote("note", req.Msg.Note)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "household.put", dwelling.String(), "", map[string]any{"language": req.Msg.Language}); err != nil {
		return nil, err
	}
	id, err := s.people.PutHousehold(ctx, menshen.Household{Dwelling: dwelling, Language: req.Msg.Language, Note: note, Shared: req.Msg.Shared}, req.Msg.Revision)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutHouseholdResponse{Household: id}), nil
}

func checkLanguage(language string) error {
	switch language {
	case "", "zh", "en":
		return nil
	}
	return menshen.Errorf(menshen.CodeInvalid, "web.language", "language: %q is unknown", language).WithHint("use zh or en")
}

func (s registryService) ImportPeople(ctx context.Context, req *connect.Request[menshenv1.ImportPeopleRequest]) (*connect.Response[menshenv1.ImportPeopleResponse], error) {
	name, err := readFile(req.Msg.Name, req.Msg.Data)
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"file": name, "bytes": len(req.Msg.Data), "dry_run": req.Msg.DryRun}
	if err := s.recorder.record(ctx, "people.import", "", "", detail); err != nil {
		return nil, err
	}
	r, err := s.tables.ImportPeople(ctx, req.Msg.Data, req.Msg.DryRun)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ImportPeopleResponse{
		Rows: count(r.Rows), Added: count(r.Added), Changed: count(r.Changed), Unchanged: count(r.Unchanged),
		Taken: resultsToWire(r.Taken), Refused: refusalsToWire(r.Refused),
	}), nil
}

func (s registryService) ExportPeople(ctx context.Context, req *connect.Request[menshenv1.ExportPeopleRequest]) (*connect.Response[menshenv1.ExportPeopleResponse], error) {
	format := strings.ToLower(strings.TrimSpace(req.Msg.Format))
	switch format {
	case "":
		format = "csv"
	case "csv", "xlsx":
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.export", "format: %q is not known", req.Msg.Format).WithHint("use csv or xlsx")
	}
	if err := s.recorder.record(ctx, "people.export", "", "", map[string]any{"format": format, "documents": req.Msg.Documents}); err != nil {
		return nil, err
	}
	t, err := s.tables.ExportPeople(ctx, format, req.Msg.Documents)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ExportPeopleResponse{Name: t.Name, Data: t.Data, Rows: count(t.Rows)}), nil
}

func resultsToWire(taken []RowResult) (all []*menshenv1.RowResult) {
	for _, r := range taken {
		all = append(all, &menshenv1.RowResult{Line: count(r.Line), Name: r.Name, Dwelling: dwellingText(r.Dwelling), Outcome: r.Outcome, Changed: r.Changed})
	}
	return all
}

func refusalsToWire(refused []RowRefusal) (all []*menshenv1.RowRefusal) {
	for _, r := range refused {
		all = append(all, &menshenv1.RowRefusal{Line: count(r.Line), Name: r.Name, Reason: proto.TextToWire(r.Reason), Hint: proto.TextToWire(r.Hint)})
	}
	return all
}
