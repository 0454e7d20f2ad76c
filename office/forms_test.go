package office_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/office"
)

// came gives answers to the returnee form, some of them changed; "" leaves one out.
func came(change map[string]string) map[string]string {
	a := map[string]string{"return-date": "2020-02-18", "came-from": "湖北省黄冈市", "abroad": "no", "contact": "no", "symptoms": "none"}
	maps.Copy(a, change)
	maps.DeleteFunc(a, func(_, v string) bool { return v == "" })
	return a
}

func TestForms(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	forms, err := h.Forms(ctx)
	if err != nil || len(forms) != 2 || forms[0].ID != "returnee" || forms[1].ID != "tenant" || forms[0].Version != 1 {
		t.Fatalf("%+v %v", forms, err)
	}
	text, err := h.FormText(forms[0])
	if err != nil {
		t.Fatal(err)
	}
	// The same again is no new version; a change is version 2, also of a form that came with Menshen.
	if same, err := h.PutForm(ctx, text, false); err != nil || same.Version != 1 {
		t.Errorf("%d %v", same.Version, err)
	}
	trial, err := h.PutForm(ctx, strings.Replace(text, "Date of return", "When did you return", 1), true)
	if kept, wrong := h.Form(ctx, "returnee", 0); err != nil || wrong != nil || trial.Version != 2 || kept.Version != 1 {
		t.Errorf("trial %d, kept %d, %v %v", trial.Version, kept.Version, err, wrong)
	}
	changed, err := h.PutForm(ctx, strings.Replace(text, "Date of return", "When did you return", 1), false)
	if err != nil || changed.Version != 2 {
		t.Errorf("%d %v", changed.Version, err)
	}
	if first, err := h.Form(ctx, "returnee", 1); err != nil || first.Fields[0].Label.EN != "Date of return" {
		t.Errorf("%+v %v", first, err)
	}
	if latest, err := h.Form(ctx, "returnee", 0); err != nil || latest.Version != 2 {
		t.Errorf("%d %v", latest.Version, err)
	}
	own, err := h.PutForm(ctx, strings.Replace(text, "id: returnee", "id: builders", 1), false)
	if err != nil || own.Version != 1 || own.ID != "builders" {
		t.Errorf("%+v %v", own, err)
	}
	if forms, err := h.Forms(ctx); err != nil || len(forms) != 3 {
		t.Errorf("%d forms, %v", len(forms), err)
	}
	_, err = h.PutForm(ctx, "id: x\ncolour: red\n", false)
	h.check(t, "an unknown key", err, menshen.CodeInvalid)
	if _, err := h.Form(ctx, "nothing", 0); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}
}

func TestSubmitFormDrivesTheState(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	submit := func(change map[string]string) office.Submission {
		t.Helper()
		s, err := h.SubmitForm(ctx, "returnee", "王芳", came(change), "office")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := submit(map[string]string{"return-date": "2020-01-01"})
	if s.Answer.State != "" || s.Health.State != menshen.HealthNormal {
		t.Errorf("long ago: %+v", s)
	}
	s = submit(nil)
	if s.Answer.State != menshen.HealthObservation || s.Answer.Reason.ZH == "" || !s.Health.Since.Equal(at("2020-02-18 00:00")) || !s.Health.Until.Equal(at("2020-03-03 00:00")) {
		t.Errorf("returned: %+v", s)
	}
	kept, err := h.store.Health(ctx, s.Answer.Person)
	if err != nil || kept.State != menshen.HealthObservation || !kept.Until.Equal(s.Health.Until) || kept.By != "office" {
		t.Errorf("%+v %v", kept, err)
	}
	// An earlier return date does not shorten it, symptoms prolong it from today, and it is one observation still.
	if s = submit(map[string]string{"return-date": "2020-02-10"}); !s.Health.Until.Equal(at("2020-03-03 00:00")) {
		t.Errorf("shortened: %+v", s.Health)
	}
	if s = submit(map[string]string{"symptoms": "cough"}); !s.Health.Until.Equal(at("2020-03-05 10:00")) || !s.Health.Since.Equal(at("2020-02-18 00:00")) {
		t.Errorf("symptoms: %+v", s.Health)
	}
	if s = submit(map[string]string{"contact": "是"}); s.Health.State != menshen.HealthIsolated || h.alerts.take() != "isolation" {
		t.Errorf("contact: %+v", s.Health)
	}
	// Nobody answers themselves out of isolation.
	if s = submit(nil); s.Health.State != menshen.HealthIsolated || s.Answer.State != menshen.HealthObservation {
		t.Errorf("milder: %+v", s)
	}
	answers, err := h.FormAnswers(ctx, "王芳", "returnee", 0)
	if err != nil || len(answers) != 6 || answers[0].Answers["came-from"] != "湖北省黄冈市" || answers[0].Version != 1 {
		t.Errorf("%d answers, %v", len(answers), err)
	}
}

func TestSubmitFormRefuses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	for name, c := range map[string]struct {
		form, person string
		answers      map[string]string
		code         menshen.Code
		word         string
	}{
		"no date":       {"returnee", "王芳", came(map[string]string{"return-date": ""}), menshen.CodeInvalid, "return-date"},
		"in the future": {"returnee", "王芳", came(map[string]string{"return-date": "2020-02-21"}), menshen.CodeInvalid, "return-date"},
		"no choice":     {"returnee", "王芳", came(map[string]string{"symptoms": "tired"}), menshen.CodeInvalid, "none, fever, cough, breath"},
		"not asked":     {"returnee", "王芳", came(map[string]string{"colour": "red"}), menshen.CodeInvalid, "colour"},
		"no form":       {"guest", "王芳", came(nil), menshen.CodeNotFound, ""},
		"nobody":        {"returnee", "无人", came(nil), menshen.CodeNotFound, ""},
	} {
		_, err := h.SubmitForm(ctx, c.form, c.person, c.answers, "office")
		h.check(t, name, err, c.code, c.word)
	}
	if answers, err := h.FormAnswers(ctx, "", "", 0); err != nil || len(answers) != 0 {
		t.Errorf("%+v %v", answers, err)
	}
}

// Today is the site's: at 02:00 in Beijing it is still yesterday in UTC, where the hub may run.
func TestTodayIsTheSites(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.clock.now = time.Date(2020, 2, 20, 18, 0, 0, 0, time.UTC) // 02:00 on the 21st there
	s, err := h.SubmitForm(t.Context(), "returnee", "王芳", came(map[string]string{"return-date": "2020-02-21"}), "office")
	if err != nil || !s.Health.Since.Equal(at("2020-02-21 00:00")) {
		t.Errorf("%+v %v", s.Health, err)
	}
}

func TestFormLink(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	link, err := h.CreateLink(ctx, office.LinkRequest{Purpose: office.LinkForm, Subject: "returnee", Person: "王芳"})
	if err != nil || len(link.Token) != 43 || !link.Expires.Equal(h.clock.Now().Add(72*time.Hour)) {
		t.Fatalf("%+v %v", link, err)
	}
	opened, err := h.Open(ctx, link.Token)
	if err != nil || opened.Name != "王*" || opened.Form == nil || opened.Form.ID != "returnee" || opened.Visit != nil {
		t.Errorf("%+v %v", opened, err)
	}
	// A wrong answer does not use it up; a right one does.
	_, err = h.Submit(ctx, link.Token, map[string]string{})
	h.check(t, "no answers", err, menshen.CodeInvalid, "return-date")
	s, err := h.Submit(ctx, link.Token, came(nil))
	if err != nil || s.Answer.By != "link" || s.Answer.Person != wang.ID || s.Health.State != menshen.HealthObservation {
		t.Errorf("%+v %v", s, err)
	}
	_, err = h.Submit(ctx, link.Token, came(nil))
	h.check(t, "used", err, menshen.CodeConflict)
	_, err = h.Open(ctx, link.Token)
	h.check(t, "opened when used", err, menshen.CodeConflict)

	old, err := h.CreateLink(ctx, office.LinkRequest{Purpose: office.LinkForm, Subject: "tenant", Person: wang.ID, For: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.AnswerByLink(ctx, old.Token, true)
	h.check(t, "for another purpose", err, menshen.CodeNotFound)
	h.clock.Set("2020-02-20 11:00")
	for name, token := range map[string]string{"expired": old.Token, "unknown": strings.Repeat("A", 43), "short": "A", "none": ""} {
		_, err := h.Open(ctx, token)
		h.check(t, name, err, menshen.CodeNotFound)
		_, err = h.Submit(ctx, token, came(nil))
		h.check(t, name, err, menshen.CodeNotFound)
	}
	for name, r := range map[string]office.LinkRequest{
		"purpose":  {Purpose: "door", Subject: "returnee", Person: wang.ID},
		"form":     {Purpose: office.LinkForm, Subject: "guest", Person: wang.ID},
		"person":   {Purpose: office.LinkForm, Subject: "returnee", Person: "无人"},
		"visit":    {Purpose: office.LinkVisit, Subject: "nothing"},
		"for ever": {Purpose: office.LinkForm, Subject: "returnee", Person: wang.ID, For: 365 * 24 * time.Hour},
	} {
		if _, err := h.CreateLink(ctx, r); err == nil {
			t.Errorf("%s: a link was made", name)
		}
	}
}

// Of two who send a form through one link at the same time one gets through.
func TestALinkIsUsedOnce(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	link, err := h.CreateLink(t.Context(), office.LinkRequest{Purpose: office.LinkForm, Subject: "returnee", Person: "王芳"})
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, err := h.Submit(t.Context(), link.Token, came(nil))
			results <- err
		}()
	}
	through := 0
	for range cap(results) {
		switch err := <-results; menshen.ErrorCode(err) {
		case "":
			through++
		case menshen.CodeConflict:
		default:
			t.Error(err)
		}
	}
	answers, err := h.FormAnswers(t.Context(), "", "", 0)
	if err != nil || through != 1 || len(answers) != 1 {
		t.Errorf("%d got through, %d answers, %v", through, len(answers), err)
	}
}

// The token of a link is nowhere in the database.
func TestTokensAreNotKept(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	link, err := h.CreateLink(t.Context(), office.LinkRequest{Purpose: office.LinkForm, Subject: "returnee", Person: "王芳"})
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := h.store.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte(link.Token)) || !bytes.Contains(data, []byte("returnee")) {
		t.Error("the token is in the database, or the link is not")
	}
}
