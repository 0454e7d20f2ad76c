package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

const day = 24 * time.Hour

func (s *served) movements(m *menshenv1.MovementsRequest) (*menshenv1.MovementsResponse, error) {
	res, err := s.client.Tracing.Movements(context.Background(), connect.NewRequest(m))
	if err != nil {
		return nil, err
	}
	return res.Msg, nil
}

func TestMovements(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for _, asked := range []string{"p-1", " 王芳 "} {
		m, err := s.movements(&menshenv1.MovementsRequest{Person: asked, Purpose: "case 12"})
		if err != nil {
			t.Fatal(err)
		}
		if m.Person.Id != "p-1" || m.Person.Name != "王芳" || len(m.Passes) != 3 || len(m.Stays) != 1 || m.Stays[0].Zone != "compound" || !m.Stays[0].Open ||
			!m.Stays[0].FromObserved || m.Stays[0].ToObserved || !m.From.AsTime().Equal(now.Add(-14*day)) || !m.To.AsTime().Equal(now) {
			t.Errorf("answer %v", m)
		}
		if p := m.Passes[0]; p.Gate != "east-1" || p.Sequence != 1 || p.Outcome != menshenv1.Outcome_OUTCOME_ALLOW || p.Means != menshenv1.Means_MEANS_FACE || len(p.Reasons) != 1 {
			t.Errorf("pass %v", p)
		}
		a := s.audits[len(s.audits)-1]
		if a.Action != "trace.movements" || a.Subject != "p-1" || a.Purpose != "case 12" || a.Actor != "operator@terminal" || !strings.Contains(a.Detail, "2026-03-01T08:00:00Z") {
			t.Errorf("audit %+v", a)
		}
	}
}

func TestContacts(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	ask := func(m *menshenv1.ContactsRequest) *menshenv1.ContactsResponse {
		t.Helper()
		res, err := s.client.Tracing.Contacts(context.Background(), connect.NewRequest(m))
		if err != nil {
			t.Fatal(err)
		}
		return res.Msg
	}
	m := ask(&menshenv1.ContactsRequest{Person: "p-1", Purpose: "case 12"})
	if len(m.Contacts) != 2 || m.Contacts[0].Person.Name != "李强" || m.Contacts[0].Together.AsDuration() != time.Hour || len(m.Contacts[0].Exposures) != 2 ||
		m.Contacts[1].Person.Id != "p-gone" || m.Contacts[1].Exposures[0].Gate != "east-1" || !m.Contacts[1].Exposures[0].Inferred {
		t.Errorf("answer %v", m)
	}
	if s.asked.window != time.Minute || s.asked.together != 0 {
		t.Errorf("asked %+v", s.asked)
	}
	ask(&menshenv1.ContactsRequest{
		Person: "p-1", Purpose: "case 12", From: timestamppb.New(now.Add(-day)), To: timestamppb.New(now.Add(-time.Hour)),
		GateWindow: durationpb.New(5 * time.Second), MinTogether: durationpb.New(15 * time.Minute),
	})
	if s.asked.window != 5*time.Second || s.asked.together != 15*time.Minute || s.asked.span != (menshen.Span{From: now.Add(-day), To: now.Add(-time.Hour)}) {
		t.Errorf("asked %+v", s.asked)
	}
	if a := s.audits[1]; a.Action != "trace.contacts" || a.Subject != "p-1" || !strings.Contains(a.Detail, `"min_together":"15m0s"`) {
		t.Errorf("audit %+v", a)
	}
}

func TestQuestionsRefused(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	at := func(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(now.Add(d)) }
	for name, c := range map[string]struct {
		req  *menshenv1.ContactsRequest
		word string
	}{
		"nobody":           {&menshenv1.ContactsRequest{Purpose: "x"}, "--person"},
		"no purpose":       {&menshenv1.ContactsRequest{Person: "p-1"}, "--purpose"},
		"blank purpose":    {&menshenv1.ContactsRequest{Person: "p-1", Purpose: " \t"}, "--purpose"},
		"endless purpose":  {&menshenv1.ContactsRequest{Person: "p-1", Purpose: strings.Repeat("案", 501)}, "500"},
		"endless name":     {&menshenv1.ContactsRequest{Person: strings.Repeat("王", 201), Purpose: "x"}, "person"},
		"from after to":    {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", From: at(0), To: at(-day)}, "from"},
		"from equals to":   {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", From: at(0), To: at(0)}, "from"},
		"from in future":   {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", From: at(day)}, "from"},
		"too long":         {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", From: at(-91 * day)}, "90 days"},
		"no time":          {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", To: &timestamppb.Timestamp{Nanos: -1}}, "to"},
		"negative window":  {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", GateWindow: durationpb.New(-1)}, "gate_window"},
		"no window":        {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", GateWindow: durationpb.New(0)}, "gate_window"},
		"endless window":   {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", GateWindow: durationpb.New(2 * time.Hour)}, "gate_window"},
		"invalid duration": {&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", MinTogether: &durationpb.Duration{Seconds: 1, Nanos: -1}}, "min_together"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.client.Tracing.Contacts(context.Background(), connect.NewRequest(c.req))
			wantError(t, err, menshen.CodeInvalid, c.word)
		})
	}
	if len(s.events) != 0 {
		t.Errorf("a refused question got through: %v", s.events)
	}
}

// What a name tells about people is an answer too, and is recorded.
func TestPersonByName(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	_, err := s.movements(&menshenv1.MovementsRequest{Person: "李强", Purpose: "case 12"})
	wantError(t, err, menshen.CodeConflict, "2 people are called \"李强\": 3-2-14-1402 p-2, p-3")
	_, err = s.movements(&menshenv1.MovementsRequest{Person: "无名", Purpose: "case 12"})
	wantError(t, err, menshen.CodeNotFound, "无名")
	for i, subject := range []string{"李强", "无名"} {
		if a := s.audits[i]; a.Action != "trace.movements" || a.Subject != subject || a.Purpose != "case 12" {
			t.Errorf("audit %+v", a)
		}
	}
	for i := range 9 {
		h.people = append(h.people, web.Registered{Person: menshen.Person{ID: fmt.Sprintf("q-%d", i), Name: "张伟", State: menshen.PersonActive}})
	}
	_, err = s.movements(&menshenv1.MovementsRequest{Person: "张伟", Purpose: "case 12"})
	wantError(t, err, menshen.CodeConflict, "more than 5 people are called \"张伟\": q-0, q-1, q-2, q-3, q-4, …")
}

// Somebody whom no gate has seen has an empty answer, not an error.
func TestNoPassOfThePerson(t *testing.T) {
	h := newHouse()
	h.traceErr = menshen.Errorf(menshen.CodeNotFound, "tracing.log", "no pass of this person is known")
	s := MustServe(t, h, web.Config{})
	m, err := s.movements(&menshenv1.MovementsRequest{Person: "p-1", Purpose: "case 12"})
	if err != nil || m.Person.Id != "p-1" || len(m.Passes)+len(m.Stays) != 0 {
		t.Errorf("%v, %v", m, err)
	}
	c, err := s.client.Tracing.Contacts(context.Background(), connect.NewRequest(&menshenv1.ContactsRequest{Person: "p-1", Purpose: "case 12"}))
	if err != nil || c.Msg.Person.Id != "p-1" || len(c.Msg.Contacts) != 0 {
		t.Errorf("%v, %v", c, err)
	}
}
