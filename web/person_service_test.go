package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestEnroll(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	photos := []*menshenv1.Photo{{Name: "a.jpg", Data: []byte("A")}, {Name: "b.jpg", Data: []byte("B")}}
	res, err := s.client.People.Enroll(context.Background(), connect.NewRequest(&menshenv1.EnrollRequest{Name: " 赵敏 ", Dwelling: "3-2-14-1402", Consent: &menshenv1.EnrolmentConsent{Signer: "赵敏"}, Photos: photos}))
	if err != nil {
		t.Fatal(err)
	}
	if m := res.Msg; m.Person != "p-new" || len(m.Photos) != 2 || !m.Photos[0].Accepted || m.Photos[1].Accepted || m.Photos[1].Code != "no_face" || m.Photos[1].GetHint().GetEn() != "look into the camera" {
		t.Errorf("answer %v", m)
	}
	if e := s.enrolled[0]; e.Name != "赵敏" || e.Dwelling.Floor != 14 || e.Person != "" || string(e.Photos[1].Data) != "B" {
		t.Errorf("enrolled %v", e)
	}
	if a := s.audits[0]; a.Action != "person.enrol" || a.Subject != "" || strings.Contains(a.Detail, "赵敏") || a.Actor != "operator@terminal" || !a.At.Equal(now) || !strings.Contains(a.Detail, "3-2-14-1402") {
		t.Errorf("audit %+v", a)
	}
	if _, err := s.client.People.Enroll(context.Background(), connect.NewRequest(&menshenv1.EnrollRequest{Person: "p-1", Photos: photos[:1]})); err != nil {
		t.Fatal(err)
	}
	if s.enrolled[1].Person != "p-1" || s.audits[1].Subject != "p-1" {
		t.Errorf("more photographs: %v, %+v", s.enrolled[1], s.audits[1])
	}
}

func TestEnrollRefuses(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	photo := &menshenv1.Photo{Name: "a.jpg", Data: []byte("A")}
	big := &menshenv1.Photo{Name: "big.jpg", Data: make([]byte, 20<<20+1)}
	for name, c := range map[string]struct {
		req  *menshenv1.EnrollRequest
		word string
	}{
		"no name":       {&menshenv1.EnrollRequest{Dwelling: "3-2-14-1402", Photos: []*menshenv1.Photo{photo}}, "name"},
		"blank name":    {&menshenv1.EnrollRequest{Name: "  ", Dwelling: "3-2-14-1402", Photos: []*menshenv1.Photo{photo}}, "name"},
		"endless name":  {&menshenv1.EnrollRequest{Name: strings.Repeat("长", 81), Dwelling: "3-2-14-1402", Photos: []*menshenv1.Photo{photo}}, "80"},
		"bad dwelling":  {&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "upstairs", Photos: []*menshenv1.Photo{photo}}, "building-unit-floor-room"},
		"no photo":      {&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402"}, "photos"},
		"empty photo":   {&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402", Photos: []*menshenv1.Photo{{Name: "empty.jpg"}}}, "empty.jpg"},
		"large photo":   {&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402", Photos: []*menshenv1.Photo{big}}, "big.jpg"},
		"many photos":   {&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402", Photos: slices.Repeat([]*menshenv1.Photo{photo}, 11)}, "10"},
		"id and a name": {&menshenv1.EnrollRequest{Person: "p-1", Name: "赵敏", Photos: []*menshenv1.Photo{photo}}, "person"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.client.People.Enroll(context.Background(), connect.NewRequest(c.req))
			wantError(t, err, menshen.CodeInvalid, c.word)
		})
	}
	if len(s.events) != 0 {
		t.Errorf("something was done: %v", s.events)
	}
}

func TestListPeople(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	list := func(query string, limit uint32) []*menshenv1.PersonView {
		t.Helper()
		res, err := s.client.People.ListPeople(context.Background(), connect.NewRequest(&menshenv1.ListPeopleRequest{Query: query, Limit: limit}))
		if err != nil {
			t.Fatal(err)
		}
		return res.Msg.People
	}
	if p := list("", 0); len(p) != 3 || p[0].Name != "王芳" || p[0].Dwelling != "3-2-14-1402" || p[0].State != "active" || p[0].Templates != 3 || p[2].Dwelling != "" {
		t.Errorf("all: %v", p)
	}
	if p := list(" 李 ", 1); len(p) != 1 || p[0].Id != "p-2" {
		t.Errorf("found: %v", p)
	}
	if a := s.audits[1]; a.Action != "people.list" || !strings.Contains(a.Detail, `"query":"李"`) || !strings.Contains(a.Detail, `"remote":"127.0.0.1"`) {
		t.Errorf("audit %+v", a)
	}
	_, err := s.client.People.ListPeople(context.Background(), connect.NewRequest(&menshenv1.ListPeopleRequest{Limit: 10001}))
	wantError(t, err, menshen.CodeInvalid, "limit")
}

func TestRemovePerson(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	if _, err := s.client.People.RemovePerson(context.Background(), connect.NewRequest(&menshenv1.RemovePersonRequest{Person: "p-1"})); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.removed, []string{"p-1"}) || s.audits[0].Action != "person.remove" || s.audits[0].Subject != "p-1" {
		t.Errorf("removed %v, audit %+v", s.removed, s.audits)
	}
	_, err := s.client.People.RemovePerson(context.Background(), connect.NewRequest(&menshenv1.RemovePersonRequest{}))
	wantError(t, err, menshen.CodeInvalid, "person")
}
