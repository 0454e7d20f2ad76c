package web

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type personService struct {
	finder   PeopleFinder
	enroller Enroller
	consents Consents
	recorder recorder
}

const (
	maxPhotos     = 10
	maxPhotoBytes = 20 << 20
	defaultPeople = 100
	maxPeople     = 10_000
)

func (s personService) Enroll(ctx context.Context, req *connect.Request[menshenv1.EnrollRequest]) (*connect.Response[menshenv1.EnrollResponse], error) {
	e, err := enrolment(req.Msg)
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"photos": len(e.Photos)}
	if e.LookAlike {
		detail["look_alike"] = true
	}
	subject := e.Person
	if subject == "" { // a name would stay in the log after the person was erased
		detail["dwelling"] = e.Dwelling.String()
	}
	if e.Consent != nil {
		detail["consent"], detail["guardian"] = true, e.Consent.Guardian
	}
	if err := s.recorder.record(ctx, "person.enrol", subject, "", detail); err != nil {
		return nil, err
	}
	if e.Consent == nil {
		if err := s.consented(ctx, e.Person); err != nil {
			return nil, err
		}
	} else {
		e.Consent.By = callerOf(ctx).actor
	}
	result, err := s.enroller.Enrol(ctx, e)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.EnrollResponse{Person: result.Person, Photos: photoResults(result.Photos)}), nil
}

// consented refuses to enrol somebody who has not consented to the latest text, or has said no to it: of a new person nobody knows
// what they said.
func (s personService) consented(ctx context.Context, person string) error {
	const op = "web.consent"
	if person == "" {
		return menshen.Errorf(menshen.CodeMissing, op, "consent: nobody has consented to the use of this face").
			WithHint("ask the person, or the guardian of a child, and say who signed: --consent NAME; or put the person into the registry first, then record the consent")
	}
	all, enrollable, err := s.consents.Consents(ctx, person)
	switch {
	case err != nil || enrollable:
		return err
	case slices.ContainsFunc(all, func(c menshen.Consent) bool { return c.Refused && c.Ended.IsZero() }):
		return menshen.Errorf(menshen.CodeDenied, op, "this person has refused the use of their face").WithHint("ask them anew and record what they say; until then they have a QR, a card or a PIN")
	}
	return menshen.Errorf(menshen.CodeMissing, op, "there is no consent of this person to the latest text").WithHint("ask for it and record it first; whoever says no gets a QR, a card or a PIN")
}

func photoResults(results []PhotoResult) (all []*menshenv1.PhotoResult) {
	for _, p := range results {
		all = append(all, &menshenv1.PhotoResult{Name: p.Name, Accepted: p.Accepted, Code: p.Code, Message: proto.TextToWire(p.Message), Hint: proto.TextToWire(p.Hint), Other: p.Other})
	}
	return all
}

// enrolment checks a request before anything is recorded or done.
func enrolment(m *menshenv1.EnrollRequest) (Enrolment, error) {
	const op = "web.enrol"
	e := Enrolment{Person: m.Person, Name: strings.TrimSpace(m.Name), LookAlike: m.LookAlike}
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	switch {
	case e.Person != "" && (e.Name != "" || m.Dwelling != ""):
		return e, bad("person: an enrolled person is named by id alone").WithHint("leave name and dwelling out, or leave the id out for a new person")
	case e.Person == "" && e.Name == "":
		return e, bad("name: it is empty").WithHint("give the person's name with --name")
	case len(m.Photos) == 0:
		return e, bad("photos: there is none").WithHint("give at least one photograph, JPEG or PNG")
	case len(m.Photos) > maxPhotos:
		return e, bad("photos: %d are too many", len(m.Photos)).WithHint("give at most %d of one person; 3 to 5 are plenty", maxPhotos)
	}
	if e.Person == "" {
		var err error
		if e.Dwelling, err = menshen.ParseDwelling(m.Dwelling); err != nil {
			return e, err
		}
		if err := (menshen.Person{ID: "new", Name: e.Name, State: menshen.PersonActive}).Validate(); err != nil {
			return e, err
		}
	}
	if m.Consent != nil {
		signer, err := readLine("consent.signer", m.Consent.Signer)
		if err != nil {
			return e, err
		}
		if signer == "" {
			return e, bad("consent: nobody has signed it").WithHint("write the name of whoever consents, and have them sign")
		}
		e.Consent = &EnrolmentConsent{Signer: signer, Guardian: m.Consent.Guardian}
	}
	for _, p := range m.Photos {
		if len(p.Data) == 0 {
			return e, bad("photos: %q is empty", p.Name).WithHint("name a JPEG or PNG photograph")
		}
		if len(p.Data) > maxPhotoBytes {
			return e, bad("photos: %q has %d bytes", p.Name, len(p.Data)).WithHint("a photograph has at most %d MB", maxPhotoBytes>>20)
		}
		e.Photos = append(e.Photos, Photo{Name: p.Name, Data: p.Data})
	}
	return e, nil
}

func (s personService) ListPeople(ctx context.Context, req *connect.Request[menshenv1.ListPeopleRequest]) (*connect.Response[menshenv1.ListPeopleResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultPeople, maxPeople)
	if err != nil {
		return nil, err
	}
	query := strings.TrimSpace(req.Msg.Query)
	if utf8.RuneCountInString(query) > maxLine {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.people", "query: it is too long").WithHint("use at most %d characters", maxLine)
	}
	detail := map[string]any{"query": query, "limit": limit}
	if req.Msg.Offset > 0 {
		detail["offset"] = req.Msg.Offset
	}
	if err := s.recorder.record(ctx, "people.list", "", "", detail); err != nil {
		return nil, err
	}
	// A telephone number leads to a person only for those who see telephone numbers.
	role := callerOf(ctx).role
	found, err := s.finder.SearchPeople(ctx, PeopleQuery{
		Text: query, Phones: role == RoleOffice || role == RoleOperator || role == RoleInvestigator, Limit: limit, Offset: int(req.Msg.Offset),
	})
	if err != nil {
		return nil, err
	}
	views := make([]*menshenv1.PersonView, len(found.People))
	for i, p := range found.People {
		views[i] = proto.PersonViewToWire(p.Person, p.Templates)
	}
	return connect.NewResponse(&menshenv1.ListPeopleResponse{People: views, Total: count(found.Total)}), nil
}

// RemovePerson takes an id and no name: what cannot be undone is not done on a name that somebody else may bear.
func (s personService) RemovePerson(ctx context.Context, req *connect.Request[menshenv1.RemovePersonRequest]) (*connect.Response[menshenv1.RemovePersonResponse], error) {
	id := req.Msg.Person
	if id == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.remove", "person: it is empty").WithHint("give the id of the person")
	}
	if err := s.recorder.record(ctx, "person.remove", id, "", nil); err != nil {
		return nil, err
	}
	if err := s.enroller.Remove(ctx, id); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RemovePersonResponse{}), nil
}
