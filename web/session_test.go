package web_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"menshen/web"
)

const password = "correct horse battery"

// ask calls the API as a browser does, and gives the state, the answer and the new cookie.
func (s *served) ask(t *testing.T, cookie, path, body string, headers ...string) (int, string, *http.Cookie) {
	t.Helper()
	headers = append(headers, "Content-Type", "application/json")
	if cookie != "" {
		headers = append(headers, "Cookie", "__Host-menshen="+cookie)
	}
	res, text := s.MustDo(t, "POST", "/menshen.v1."+path, strings.NewReader(body), headers...)
	for _, c := range res.Cookies() {
		return res.StatusCode, text, c
	}
	return res.StatusCode, text, nil
}

// field gives a text of an answer.
func field(t *testing.T, body, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	text, _ := m[name].(string)
	return text
}

// codeOf gives the code that an app with a key shows a time from now.
func codeOf(t *testing.T, key string, later time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(key, now.Add(later))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// MustSetUp makes the first account and gives its cookie.
func (s *served) MustSetUp(t *testing.T) string {
	t.Helper()
	code, err := s.book.SetUpCode(t.Context())
	if err != nil || code == "" {
		t.Fatalf("code %q, %v", code, err)
	}
	state, body, c := s.ask(t, "", "SignInService/SetUp", `{"code":"`+code+`","name":"Li","password":"`+password+`"}`)
	if state != 200 || c == nil {
		t.Fatalf("set-up: %d %s", state, body)
	}
	if c.Name != "__Host-menshen" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) != 43 {
		t.Errorf("cookie %v", c)
	}
	if state, body, _ := s.ask(t, "", "SignInService/SetUp", `{"code":"`+code+`","name":"Li2","password":"`+password+`"}`); state != 403 {
		t.Errorf("the code again: %d %s", state, body)
	}
	return c.Value
}

func TestSignInFromSetUpToSignOut(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	if _, body, _ := s.ask(t, "", "SignInService/GetSession", "{}"); !strings.Contains(body, "STEP_SET_UP") {
		t.Errorf("before the first account: %s", body)
	}
	operator := s.MustSetUp(t)
	if state, body, _ := s.ask(t, operator, "GateService/ListGates", "{}"); state != 200 {
		t.Errorf("a call with the cookie: %d %s", state, body)
	}
	if state, _, _ := s.ask(t, operator, "PersonService/ListPeople", "{}"); state != 403 {
		t.Errorf("an operator's account asks for people: %d", state)
	}
	if state, _, _ := s.ask(t, operator, "GateService/SetMode", `{"mode":"closed"}`, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); state != 403 {
		t.Errorf("from another site: %d", state)
	}
	state, body, _ := s.ask(t, operator, "AccountService/InviteAccount", `{"name":"zhao","roles":["ROLE_INVESTIGATOR"]}`)
	_, code, found := strings.Cut(field(t, body, "link"), "code=")
	if state != 200 || !found {
		t.Fatalf("invitation: %d %s", state, body)
	}
	accept := `{"code":"` + code + `","password":"another long one"}`
	state, body, c := s.ask(t, "", "SignInService/AcceptInvitation", accept)
	if state != 200 || c == nil || !strings.Contains(body, "ADD_SECOND_FACTOR") {
		t.Fatalf("accepted: %d %s", state, body)
	}
	if state, _, _ := s.ask(t, "", "SignInService/AcceptInvitation", accept); state != 403 {
		t.Errorf("accepted again: %d", state)
	}
	half := c.Value
	for _, path := range []string{"CaseService/ListCases", "AccountService/ListFactors", "AccountService/SetPassword", "SiteService/GetSite"} {
		if state, _, _ := s.ask(t, half, path, "{}"); state != 401 {
			t.Errorf("%s before the second factor: %d", path, state)
		}
	}
	_, body, _ = s.ask(t, half, "AccountService/BeginCodeFactor", "{}")
	secret := field(t, body, "secret")
	at := func(d time.Duration) string { return codeOf(t, secret, d) }
	state, body, c = s.ask(t, half, "AccountService/AddCodeFactor", `{"secret":"`+secret+`","code":"`+at(0)+`"}`)
	if state != 200 || c == nil || c.Value == half {
		t.Fatalf("the second factor: %d %s %v", state, body, c)
	}
	if state, _, _ := s.ask(t, half, "CaseService/ListCases", "{}"); state != 401 {
		t.Errorf("the old cookie: %d", state)
	}
	if state, body, _ := s.ask(t, c.Value, "CaseService/ListCases", "{}"); state != 200 {
		t.Errorf("the new cookie: %d %s", state, body)
	}
	// Signed in anew, the code that added the factor is used up, and the next one is good once.
	_, body, c = s.ask(t, "", "SignInService/SignIn", `{"name":"zhao","password":"another long one"}`)
	if c == nil || !strings.Contains(body, "STEP_SECOND_FACTOR") {
		t.Fatalf("sign-in: %s", body)
	}
	if state, _, _ := s.ask(t, c.Value, "SignInService/AnswerCode", `{"code":"`+at(0)+`"}`); state != 403 {
		t.Errorf("a used code: %d", state)
	}
	if state, _, _ := s.ask(t, c.Value, "AccountService/BeginCodeFactor", "{}"); state != 401 {
		t.Errorf("another factor before the answer: %d", state)
	}
	next := `{"code":"` + at(30*time.Second) + `"}`
	state, body, done := s.ask(t, c.Value, "SignInService/AnswerCode", next)
	if state != 200 || done == nil || !strings.Contains(body, "STEP_DONE") {
		t.Fatalf("a code: %d %s", state, body)
	}
	if state, _, _ := s.ask(t, done.Value, "SignInService/AnswerCode", next); state != 403 {
		t.Errorf("the code again: %d", state)
	}
	if state, _, _ := s.ask(t, "", "SignInService/SignIn", `{"name":"li","password":"wrong and wrong"}`); state != 403 {
		t.Errorf("a wrong password: %d", state)
	}
	if _, _, gone := s.ask(t, operator, "SignInService/SignOut", "{}"); gone == nil || gone.MaxAge >= 0 {
		t.Errorf("the cookie after signing out: %v", gone)
	}
	if state, _, _ := s.ask(t, operator, "GateService/ListGates", "{}"); state != 401 {
		t.Errorf("after signing out: %d", state)
	}
	var actions []string
	for _, a := range s.audits {
		actions = append(actions, a.Action)
		if strings.Contains(a.Subject+a.Detail, password) || strings.Contains(a.Detail, "another long one") {
			t.Errorf("a password is in the audit log: %+v", a)
		}
	}
	for _, want := range []string{"account.set_up", "account.invite", "account.accept", "account.add_factor", "account.second_factor", "account.second_factor_failed", "account.sign_in", "account.sign_in_failed", "account.sign_out"} {
		if !strings.Contains(strings.Join(actions, " ")+" ", want+" ") {
			t.Errorf("no %s in %v", want, actions)
		}
	}
}

func TestReadingTheAuditLogIsRecorded(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	auth := []string{"Authorization", "Bearer " + s.token.Reveal()}
	state, body, _ := s.ask(t, "", "AuditService/ListAudit", `{"action":"sign"}`, auth...)
	if state != 200 || !strings.Contains(body, "account@li") || strings.Join(h.events, " ") != "audit audit page byid" || h.audits[0].Action != "audit.list" {
		t.Errorf("%d %s, %v, %+v", state, body, h.events, h.audits)
	}
	h.events, h.auditErr = nil, errors.New("disk I/O error")
	if state, _, _ := s.ask(t, "", "AuditService/ListAudit", "{}", auth...); state != 503 || strings.Join(h.events, " ") != "audit" {
		t.Errorf("without a record: %d, %v", state, h.events)
	}
}
