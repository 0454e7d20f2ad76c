package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestHealthStates(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	until := now.Add(14 * 24 * time.Hour)
	set, err := s.client.Health.SetHealth(t.Context(), connect.NewRequest(&menshenv1.SetHealthRequest{Person: "王芳", State: "observation", Until: timestamppb.New(until), Reason: "came back"}))
	if err != nil || set.Msg.GetHealth().GetPerson() != "p-1" || set.Msg.GetHealth().GetBy() != "operator@terminal" {
		t.Fatalf("set %v, %v", set, err)
	}
	// What "since" means where nobody said it is the office's to know.
	if c, _ := s.last().(web.HealthChange); c.Person != "p-1" || !c.Since.IsZero() || !c.Until.Equal(until) || c.Reason != "came back" {
		t.Errorf("asked with %+v", s.last())
	}
	if a := s.audits[0]; a.Action != "health.set" || a.Subject != "p-1" || !strings.Contains(a.Detail, "came back") {
		t.Errorf("audit %+v", a)
	}
	code, err := s.client.Health.SetHealthCode(t.Context(), connect.NewRequest(&menshenv1.SetHealthCodeRequest{Person: "p-1", Code: "yellow", Source: "gate"}))
	if err != nil || code.Msg.GetHealth().GetCode() != "yellow" || code.Msg.GetHealth().GetCodeSource() != "gate" {
		t.Errorf("code %v, %v", code, err)
	}
	list, err := s.client.Health.ListHealth(t.Context(), connect.NewRequest(&menshenv1.ListHealthRequest{}))
	if err != nil || len(list.Msg.GetPeople()) != 1 || list.Msg.GetPeople()[0].GetName() != "王芳" || s.last() != menshen.HealthState("") {
		t.Errorf("list %v, %v", list, err)
	}
}

// Guards see who is to stay at home, but not why.
func TestHealthReasonsAreTheOffices(t *testing.T) {
	for role, want := range map[web.Role]string{web.RoleOperator: "contact of case 12", web.RoleOffice: "contact of case 12", web.RoleGuard: ""} {
		s := MustServeTo(t, newHouse(), web.Config{}, web.Grant{Token: web.NewToken(), Actor: "test", Role: role})
		list, err := s.client.Health.ListHealth(t.Context(), connect.NewRequest(&menshenv1.ListHealthRequest{}))
		if err != nil || len(list.Msg.GetPeople()) != 1 || list.Msg.GetPeople()[0].GetHealth().GetState() != "observation" || list.Msg.GetPeople()[0].GetHealth().GetReason() != want {
			t.Errorf("%s: %v, %v", role, list, err)
		}
	}
}

// The office sees the temperatures of those who are not well, and where to call them; guards get no telephone numbers.
func TestHealthWithTemperatures(t *testing.T) {
	for role, phone := range map[web.Role]string{web.RoleOffice: "13800001111", web.RoleGuard: ""} {
		s := MustServeTo(t, newHouse(), web.Config{}, web.Grant{Token: web.NewToken(), Actor: "test", Role: role})
		list, err := s.client.Health.ListHealth(t.Context(), connect.NewRequest(&menshenv1.ListHealthRequest{Temperatures: true}))
		if err != nil || len(list.Msg.GetPeople()) != 1 || list.Msg.GetFever() != menshen.Fever || list.Msg.GetObservationDays() != 14 {
			t.Fatalf("%s: %v, %v", role, list, err)
		}
		one := list.Msg.GetPeople()[0]
		if len(one.GetTemperatures()) != 1 || one.GetTemperatures()[0].GetCelsius() != 37.6 || one.GetPhone() != phone {
			t.Errorf("%s: %v", role, one)
		}
		if a := s.audits[0]; a.Action != "health.list" || !strings.Contains(a.Detail, `"temperatures":true`) {
			t.Errorf("audit %+v", a)
		}
	}
}

func TestTemperatures(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for celsius, fever := range map[float64]bool{36.5: false, 37.3: true} {
		res, err := s.client.Health.RecordTemperature(t.Context(), connect.NewRequest(&menshenv1.RecordTemperatureRequest{Person: "p-1", Celsius: celsius, Gate: "east-1"}))
		if err != nil || res.Msg.GetFever() != fever || res.Msg.GetTemperature().GetSource() != "guard" || res.Msg.GetTemperature().GetBy() != "operator@terminal" || !res.Msg.GetTemperature().GetAt().AsTime().Equal(now) {
			t.Errorf("%.1f: %v, %v", celsius, res, err)
		}
	}
	list, err := s.client.Health.ListTemperatures(t.Context(), connect.NewRequest(&menshenv1.ListTemperaturesRequest{Fever: true}))
	if err != nil || len(list.Msg.GetTemperatures()) != 1 || list.Msg.GetTemperatures()[0].GetCelsius() != 37.6 {
		t.Errorf("list %v, %v", list, err)
	}
	if q, _ := s.last().(web.TemperatureQuery); q.Person != "" || !q.Fever || !q.From.Equal(now.AddDate(0, 0, -14)) {
		t.Errorf("asked with %+v", s.last())
	}
}

func TestReturnees(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Health.RegisterReturnees(t.Context(), connect.NewRequest(&menshenv1.RegisterReturneesRequest{Name: "r.csv", Data: table}))
	if err != nil || res.Msg.GetRows() != 2 || res.Msg.GetObserved() != 2 || s.last() != [3]any{string(table), false, "operator@terminal"} {
		t.Errorf("%v, %v, asked with %v", res, err, s.last())
	}
}

func TestForms(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{PublicURL: "https://gate.example"})
	list, err := s.client.Forms.ListForms(t.Context(), connect.NewRequest(&menshenv1.ListFormsRequest{}))
	if err != nil || len(list.Msg.GetForms()) != 1 || list.Msg.GetForms()[0].GetVersion() != 2 || list.Msg.GetForms()[0].GetYaml() != "id: returnee" || list.Msg.GetForms()[0].GetTitle().GetEn() != "Returnees" {
		t.Errorf("list %v, %v", list, err)
	}
	put, err := s.client.Forms.PutForm(t.Context(), connect.NewRequest(&menshenv1.PutFormRequest{Yaml: "id: returnee"}))
	if err != nil || put.Msg.GetForm().GetId() != "returnee" {
		t.Errorf("put %v, %v", put, err)
	}
	if q := put.Msg.GetForm().GetQuestions(); len(q) != 5 || q[1].GetKind() != "choice" || len(q[1].GetChoices()) != 2 || !q[0].GetRequired() {
		t.Errorf("questions %v", q)
	}
	done, err := s.client.Forms.SubmitForm(t.Context(), connect.NewRequest(&menshenv1.SubmitFormRequest{Form: "returnee", Person: "王芳", Answers: map[string]string{"fever": "no"}}))
	if err != nil || done.Msg.GetState() != "observation" || done.Msg.GetReason().GetEn() == "" || done.Msg.GetHealth().GetState() != "observation" || done.Msg.GetAnswer() != "a-1" {
		t.Errorf("submitted %v, %v", done, err)
	}
	// What somebody answered about their health is not for the audit log.
	if a := s.audits[2]; a.Action != "form.submit" || a.Subject != "p-1" || strings.Contains(a.Detail, "fever") {
		t.Errorf("audit %+v", a)
	}
	answers, err := s.client.Forms.ListAnswers(t.Context(), connect.NewRequest(&menshenv1.ListAnswersRequest{Person: "王芳", Form: "returnee"}))
	if err != nil || answers.Msg.GetAnswers()[0].GetAnswers()["fever"] != "no" || len(answers.Msg.GetPeople()) != 1 || answers.Msg.GetPeople()[0].GetName() != "王芳" || s.last() != [3]any{"p-1", "returnee", 100} {
		t.Errorf("answers %v, %v", answers, err)
	}
	link, err := s.client.Forms.CreateLink(t.Context(), connect.NewRequest(&menshenv1.CreateLinkRequest{Purpose: "form", Subject: "returnee", Person: "王芳"}))
	if err != nil || link.Msg.GetUrl() != "https://gate.example/l/"+formToken || !link.Msg.GetExpires().AsTime().Equal(now.Add(72*time.Hour)) {
		t.Errorf("link %v, %v", link, err)
	}
	if s.last() != (web.LinkRequest{Purpose: "form", Subject: "returnee", Person: "p-1", For: 72 * time.Hour}) {
		t.Errorf("asked with %+v", s.last())
	}
	for _, a := range s.audits {
		if strings.Contains(a.Detail, formToken) {
			t.Errorf("the token is in the audit log: %+v", a)
		}
	}
}

func TestHealthRefuses(t *testing.T) {
	ctx := context.Background()
	set := func(m *menshenv1.SetHealthRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Health.SetHealth(ctx, connect.NewRequest(m)); return err }
	}
	measure := func(m *menshenv1.RecordTemperatureRequest) func(s *served) error {
		return func(s *served) error {
			_, err := s.client.Health.RecordTemperature(ctx, connect.NewRequest(m))
			return err
		}
	}
	link := func(m *menshenv1.CreateLinkRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Forms.CreateLink(ctx, connect.NewRequest(m)); return err }
	}
	submit := func(answers map[string]string) func(s *served) error {
		return func(s *served) error {
			_, err := s.client.Forms.SubmitForm(ctx, connect.NewRequest(&menshenv1.SubmitFormRequest{Form: "returnee", Person: "p-1", Answers: answers}))
			return err
		}
	}
	wantRefusals(t, map[string]refusal{
		"no state":  {set(&menshenv1.SetHealthRequest{Person: "p-1"}), "observation"},
		"nobody":    {set(&menshenv1.SetHealthRequest{State: "normal"}), "person"},
		"backwards": {set(&menshenv1.SetHealthRequest{Person: "p-1", State: "observation", Until: timestamppb.New(now.Add(-time.Hour))}), "until"},
		"a purple code": {func(s *served) error {
			_, err := s.client.Health.SetHealthCode(ctx, connect.NewRequest(&menshenv1.SetHealthCodeRequest{Person: "p-1", Code: "purple"}))
			return err
		}, "green, yellow or red"},
		"no temperature": {measure(&menshenv1.RecordTemperatureRequest{Person: "p-1"}), "30 to 45"},
		"a dead one":     {measure(&menshenv1.RecordTemperatureRequest{Person: "p-1", Celsius: 12}), "30 to 45"},
		"no source":      {measure(&menshenv1.RecordTemperatureRequest{Person: "p-1", Celsius: 36.5, Source: "guess"}), "guess"},
		"tomorrow's":     {measure(&menshenv1.RecordTemperatureRequest{Person: "p-1", Celsius: 36.5, At: timestamppb.New(now.Add(time.Hour))}), "still to come"},
		"no list of that": {func(s *served) error {
			_, err := s.client.Health.ListHealth(ctx, connect.NewRequest(&menshenv1.ListHealthRequest{State: "fine"}))
			return err
		}, "fine"},
		"an empty form": {func(s *served) error {
			_, err := s.client.Forms.PutForm(ctx, connect.NewRequest(&menshenv1.PutFormRequest{}))
			return err
		}, "yaml"},
		"an endless form": {func(s *served) error {
			_, err := s.client.Forms.PutForm(ctx, connect.NewRequest(&menshenv1.PutFormRequest{Yaml: strings.Repeat("x", 256<<10+1)}))
			return err
		}, "256 kB"},
		"an endless answer": {submit(map[string]string{"places": strings.Repeat("长", 2001)}), "2000"},
		"a strange field":   {submit(map[string]string{"../etc": "x"}), "question"},
		"no purpose":        {link(&menshenv1.CreateLinkRequest{Subject: "x", Person: "p-1"}), "form or visit"},
		"no subject":        {link(&menshenv1.CreateLinkRequest{Purpose: "form", Person: "p-1"}), "subject"},
		"an endless link":   {link(&menshenv1.CreateLinkRequest{Purpose: "form", Subject: "returnee", Person: "p-1", Hours: 721}), "720"},
		"a visit's person":  {link(&menshenv1.CreateLinkRequest{Purpose: "visit", Subject: "v-1", Person: "p-1"}), "host"},
	})
}
