package web

import (
	"context"
	"strings"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type personService struct {
	people   People
	enroller Enroller
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
	if subject == "" {
		subject = e.Name
		detail["dwelling"] = e.Dwelling.String()
	}
	if err := s.recorder.record(ctx, "person.enrol", subject, "", detail); err != nil {
		return nil, err
	}
	result, err := s.enroller.Enrol(ctx, e)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.EnrollResponse{Person: result.Person, Photos: photoResults(result.Photos)}), nil
}

func photoResults(results []PhotoResult) (all []*menshenv1.PhotoResult) {
	for _, p := range results {
		all = append(all, &menshenv1.PhotoResult{Name: p.Name, Accepted: p.Accepted, Code: p.Code, Message: proto.TextToWire(p.Message), Hint: proto.TextToWire(p.Hint)})
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
	if err := s.recorder.record(ctx, "people.list", "", "", map[string]any{"query": query, "limit": limit}); err != nil {
		return nil, err
	}
	people, err := s.people.FindPeople(ctx, query, limit)
	if err != nil {
		return nil, err
	}
	views := make([]*menshenv1.PersonView, len(people))
	for i, p := range people {
		views[i] = proto.PersonViewToWire(p.Person, p.Templates)
	}
	return connect.NewResponse(&menshenv1.ListPeopleResponse{People: views}), nil
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
