package web_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestCaseIsRecordedByID(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	if _, err := s.client.Cases.GetCase(t.Context(), connect.NewRequest(&menshenv1.GetCaseRequest{Case: "朝疾控2026-12"})); err != nil {
		t.Fatal(err)
	}
	if a := s.audits[0]; a.Action != "case.show" || a.Subject != "case-1" || a.Purpose != "" {
		t.Errorf("audit %+v", a)
	}
	// That there is no such case is an answer too.
	_, err := s.client.Cases.GetCase(t.Context(), connect.NewRequest(&menshenv1.GetCaseRequest{Case: "no-such"}))
	wantError(t, err, menshen.CodeNotFound, "no-such")
	if a := s.audits[1]; a.Subject != "no-such" {
		t.Errorf("audit %+v", a)
	}
	if _, err := s.client.Cases.ExportCase(t.Context(), connect.NewRequest(&menshenv1.ExportCaseRequest{Case: "case-1", Format: "html", Purpose: "上报", Particulars: true})); err != nil {
		t.Fatal(err)
	}
	if a := s.audits[2]; a.Subject != "case-1" || !strings.Contains(a.Detail, `"particulars":true`) {
		t.Errorf("audit %+v", a)
	}
	if q := s.last().(web.ExportQuestion); q.By != "operator@terminal" || q.Case != "case-1" || !q.Particulars || q.Table != "contacts" {
		t.Errorf("export %+v", q)
	}
}

func TestWrongFieldsOfCasesAreNamed(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	c := s.client.Cases
	future := &menshenv1.Clinical{Onset: timestamppb.New(now.Add(24 * time.Hour))}
	for field, ask := range map[string]func() error{
		"number:": func() error {
			_, err := c.RequestCase(t.Context(), connect.NewRequest(&menshenv1.RequestCaseRequest{Person: "p-1", Purpose: "x", Clinical: onset}))
			return err
		},
		"onset:": func() error {
			_, err := c.RequestCase(t.Context(), connect.NewRequest(&menshenv1.RequestCaseRequest{Number: "1", Person: "p-1", Purpose: "x", Clinical: future}))
			return err
		},
		"person:": func() error {
			_, err := c.RequestCase(t.Context(), connect.NewRequest(&menshenv1.RequestCaseRequest{Number: "1", Purpose: "x", Clinical: onset}))
			return err
		},
		"case:": func() error {
			_, err := c.GetCase(t.Context(), connect.NewRequest(&menshenv1.GetCaseRequest{}))
			return err
		},
		"why:": func() error {
			_, err := c.JudgeCase(t.Context(), connect.NewRequest(&menshenv1.JudgeCaseRequest{Case: "case-1"}))
			return err
		},
		"expires:": func() error {
			_, err := c.ExtendCase(t.Context(), connect.NewRequest(&menshenv1.ExtendCaseRequest{Case: "case-1", Why: "x", Expires: timestamppb.New(now.Add(-time.Hour))}))
			return err
		},
		"policy:": func() error {
			_, err := c.WhatIf(t.Context(), connect.NewRequest(&menshenv1.WhatIfRequest{Case: "case-1", Policy: "nhc-9", Yaml: "id: x"}))
			return err
		},
		"generations:": func() error {
			_, err := c.TraceCase(t.Context(), connect.NewRequest(&menshenv1.TraceCaseRequest{Case: "case-1", Generations: 9}))
			return err
		},
		"level:": func() error {
			_, err := c.ListContacts(t.Context(), connect.NewRequest(&menshenv1.ListContactsRequest{Case: "case-1", Level: "near"}))
			return err
		},
		"status:": func() error {
			_, err := c.SetContactStatus(t.Context(), connect.NewRequest(&menshenv1.SetContactStatusRequest{Case: "case-1", Contact: "p-2", Status: "home", Why: "x"}))
			return err
		},
		"contact:": func() error {
			_, err := c.GetContact(t.Context(), connect.NewRequest(&menshenv1.GetContactRequest{Case: "case-1"}))
			return err
		},
		"last:": func() error {
			_, err := c.AddContact(t.Context(), connect.NewRequest(&menshenv1.AddContactRequest{
				Case: "case-1", Name: "孙莉", Why: "x", First: timestamppb.New(now), Last: timestamppb.New(now.Add(-time.Hour)),
			}))
			return err
		},
		"to:": func() error {
			_, err := c.SetContactFollow(t.Context(), connect.NewRequest(&menshenv1.SetContactFollowRequest{Case: "case-1", Contact: "p-2", Why: "x", From: "2026-03-20", To: "2026-03-14"}))
			return err
		},
		"day:": func() error {
			_, err := c.ListDue(t.Context(), connect.NewRequest(&menshenv1.ListDueRequest{Day: "yesterday"}))
			return err
		},
		"celsius:": func() error {
			_, err := c.RecordFollowUp(t.Context(), connect.NewRequest(&menshenv1.RecordFollowUpRequest{Case: "case-1", Contact: "p-2", Celsius: 99}))
			return err
		},
		"not_reached:": func() error {
			_, err := c.RecordFollowUp(t.Context(), connect.NewRequest(&menshenv1.RecordFollowUpRequest{Case: "case-1", Contact: "p-2", Celsius: 36.5, NotReached: true}))
			return err
		},
		"sampled:": func() error {
			_, err := c.AddTest(t.Context(), connect.NewRequest(&menshenv1.AddTestRequest{Case: "case-1", Kind: "pcr", Why: "x"}))
			return err
		},
		"purpose:": func() error {
			_, err := c.ExportCase(t.Context(), connect.NewRequest(&menshenv1.ExportCaseRequest{Case: "case-1", Format: "csv"}))
			return err
		},
	} {
		t.Run(field, func(t *testing.T) { wantError(t, ask(), menshen.CodeInvalid, field) })
	}
	if len(s.audits) != 0 {
		t.Errorf("wrong questions were recorded: %v", s.audits)
	}
}

func TestTheOfficeNotifiesAndNoMore(t *testing.T) {
	h := newHouse()
	s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "office@desk", Role: web.RoleOffice})
	ask := func(status string) error {
		_, err := s.client.Cases.SetContactStatus(t.Context(), connect.NewRequest(&menshenv1.SetContactStatusRequest{Case: "case-1", Contact: "p-2", Status: status, Why: "x"}))
		return err
	}
	for _, status := range []string{"home_observation", "central_isolation", "released", "became_case", "to_notify"} {
		wantError(t, ask(status), menshen.CodeDenied, "investigator")
	}
	if len(h.events) != 0 {
		t.Errorf("something was done: %v", h.events)
	}
	if err := ask("notified"); err != nil {
		t.Error(err)
	}
}

func TestDailyLink(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	path := "/l/" + dailyToken
	res, body := s.MustDo(t, "GET", path, nil)
	if res.StatusCode != 200 || !strings.Contains(body, "每日健康监测") || !strings.Contains(body, "第 2 天，共 7 天") || !strings.Contains(body, "李*") || strings.Contains(body, "李强") {
		t.Fatalf("%s\n%s", res.Status, body)
	}
	for _, never := range []string{"case-1", "朝疾控", "contact-1"} {
		if strings.Contains(body, never) {
			t.Errorf("who opens a link is told %q", never)
		}
	}
	if s.audits[0].Action != "link.open" || strings.Contains(s.audits[0].Detail, dailyToken) {
		t.Errorf("audit %+v", s.audits[0])
	}
	post := func(answers url.Values) (int, string) {
		res, body := s.MustDo(t, "POST", path, strings.NewReader(answers.Encode()), "Content-Type", "application/x-www-form-urlencoded")
		return res.StatusCode, body
	}
	answers := url.Values{"celsius": {"52"}}
	for _, symptom := range []string{"cough", "throat", "fatigue", "breath", "diarrhoea", "smell"} {
		answers.Set(symptom, "no")
	}
	if code, body := post(answers); code != 422 || !strings.Contains(body, "34 至 43") {
		t.Errorf("52 °C: %d\n%s", code, body)
	}
	answers.Set("celsius", "37.9")
	answers.Set("cough", "yes")
	if code, body := post(answers); code != 200 || !strings.Contains(body, "体温偏高") {
		t.Errorf("a fever: %d\n%s", code, body)
	}
	if f := s.last().(web.FollowUpEntry); f.Celsius != 37.9 || !slices.Equal(f.Symptoms, []string{"咳嗽"}) || !f.Reached || f.Day != "2026-03-15" {
		t.Errorf("reported %+v", f)
	}
	if _, body := s.MustDo(t, "GET", path, nil); !strings.Contains(body, "今天已填报") || strings.Contains(body, "<form") {
		t.Errorf("after today's report:\n%s", body)
	}
	if code := func() int { res, _ := s.MustDo(t, "GET", "/l/"+strings.Repeat("x", 30), nil); return res.StatusCode }(); code != 404 {
		t.Errorf("an unknown link: %d", code)
	}
}

// TestJudgedSaysAll: what was kept, what is missing, who is held, and why nothing was judged reach who asked.
func TestJudgedSaysAll(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Cases.JudgeCase(t.Context(), connect.NewRequest(&menshenv1.JudgeCaseRequest{Case: "case-1", Why: "x"}))
	if err != nil {
		t.Fatal(err)
	}
	j := res.Msg.GetJudged()
	if len(j.GetKept()) != 1 || len(j.GetHeld()) != 1 || j.GetNames()[0].GetName() != "李强 3-1-5-501" || j.GetMissingBefore() == nil || j.GetNotJudged() != "nothing" || j.GetNotJudgedHint() != "wait" {
		t.Errorf("%v", j)
	}
	history, err := s.client.Cases.GetHistory(t.Context(), connect.NewRequest(&menshenv1.GetHistoryRequest{Case: "case-1"}))
	if err != nil || len(history.Msg.GetNames()) != 1 {
		t.Errorf("%v %v", history, err)
	}
}
