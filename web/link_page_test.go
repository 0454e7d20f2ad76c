package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"menshen"
	"menshen/web"
)

// post sends a form as a browser does from the page itself.
func (s *served) post(tb testing.TB, token string, form url.Values) (*http.Response, string) {
	tb.Helper()
	return s.MustDo(tb, "POST", "/l/"+token, strings.NewReader(form.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "Origin", s.url, "Sec-Fetch-Site", "same-origin")
}

func TestFormLink(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, body := s.MustDo(t, "GET", "/l/"+formToken, nil)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", res.Status, body)
	}
	for _, want := range []string{
		"返回人员登记", "Returnees", "湖滨小区", "王*", `name="returned"`, `type="date"`, `inputmode="decimal"`, `value="hubei"`, "湖北", "是", `lang="en"`, "2026-03-16 16:00",
		`<form method="post"`, `name="viewport"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the form has no %q", want)
		}
	}
	// Looking uses nothing up; wrong answers neither, and each is named beside its question, with what was typed.
	wrong := url.Values{"returned": {"yesterday"}, "where": {"mars"}, "fever": {""}, "celsius": {"warm <i>"}, "places": {"市场"}}
	res, body = s.post(t, formToken, wrong)
	if res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("wrong answers: %s", res.Status)
	}
	for _, want := range []string{
		`id="returned-error"`, "2020-02-14", `id="where-error"`, "choose one of these", `id="fever-error"`, "please answer", `id="celsius-error"`, "36.5",
		`value="市场"`, "warm &lt;i&gt;", `role="alert"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the answer to wrong answers has no %q", want)
		}
	}
	if strings.Contains(body, `id="places-error"`) || slices.Contains(s.events, "submit") {
		t.Error("a right answer is refused, or a wrong one was handed on")
	}
	// What only the office can tell is said above the form.
	right := url.Values{"returned": {"2026-03-10"}, "where": {"hubei"}, "fever": {"no"}, "celsius": {" 36.5 "}, "places": {"nowhere"}, "more": {"unasked"}}
	res, body = s.post(t, formToken, right)
	if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "中文：a place is missing") || !strings.Contains(body, "name one") {
		t.Errorf("refused by the office: %s %s", res.Status, body)
	}
	right.Set("places", " ")
	res, body = s.post(t, formToken, right)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "谢谢") || !strings.Contains(body, "home observation") || !strings.Contains(body, "came back within 14 days") || strings.Contains(body, "<form") {
		t.Errorf("done: %s %s", res.Status, body)
	}
	answers, _ := s.last().(map[string]string)
	if len(answers) != 4 || answers["celsius"] != "36.5" || answers["returned"] != "2026-03-10" {
		t.Errorf("submitted %v", answers)
	}
	for _, method := range []string{"GET", "POST"} {
		res, body = s.MustDo(t, method, "/l/"+formToken, strings.NewReader(right.Encode()), "Content-Type", "application/x-www-form-urlencoded")
		if res.StatusCode != http.StatusConflict || !strings.Contains(body, "中文：the link was used") {
			t.Errorf("%s after use: %s %s", method, res.Status, body)
		}
	}
	for _, a := range s.audits {
		if a.Actor != "link" || strings.Contains(a.Detail, formToken) || !strings.Contains(a.Detail, `"remote":"127.0.0.1"`) {
			t.Errorf("audit %+v", a)
		}
	}
	if i := slices.IndexFunc(s.audits, func(a menshen.AuditEntry) bool { return a.Action == "link.submit" }); i < 0 {
		t.Error("the submission is not in the audit log")
	}
	if strings.Contains(s.log.String(), formToken) {
		t.Error("the token is in the log")
	}
}

func TestVisitLink(t *testing.T) {
	for answer, want := range map[string]struct {
		confirm bool
		word    string
		code    bool
	}{"yes": {true, "访客可以进入", true}, "no": {false, "已拒绝", false}} {
		t.Run(answer, func(t *testing.T) {
			s := MustServe(t, newHouse(), web.Config{})
			res, body := s.MustDo(t, "GET", "/l/"+visitToken, nil)
			if res.StatusCode != http.StatusOK || !strings.Contains(body, "赵*") || strings.Contains(body, "大海") || !strings.Contains(body, "修水管 &lt;b&gt;") || !strings.Contains(body, "2026-03-15 16:00 – 2026-03-15 20:00") {
				t.Errorf("%s %s", res.Status, body)
			}
			res, body = s.post(t, visitToken, url.Values{"answer": {"perhaps"}})
			if res.StatusCode != http.StatusUnprocessableEntity || slices.Contains(s.events, "answer visit") || !strings.Contains(body, "choose yes or no") {
				t.Errorf("no answer: %s %s", res.Status, body)
			}
			res, body = s.post(t, visitToken, url.Values{"answer": {answer}})
			if res.StatusCode != http.StatusOK || !strings.Contains(body, want.word) || strings.Contains(body, `<svg class="code"`) != want.code || strings.Contains(body, "visitor-code") {
				t.Errorf("answered: %s %s", res.Status, body)
			}
			if asked, ok := s.last().([2]any); !ok || asked[0] != want.confirm {
				t.Errorf("asked with %v", s.last())
			}
			if res, _ = s.post(t, visitToken, url.Values{"answer": {"yes"}}); res.StatusCode != http.StatusConflict {
				t.Errorf("answered twice: %s", res.Status)
			}
		})
	}
}

func TestLinksThatAreNotGood(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	for _, token := range []string{"nobody-knows-this-token", "short", "with%20spaces-0123456789", "..%2f..%2fetc%2fpasswd0", strings.Repeat("a", 129)} {
		res, body := s.MustDo(t, "GET", "/l/"+token, nil)
		if res.StatusCode != http.StatusNotFound || !strings.Contains(body, "没有这个链接") {
			t.Errorf("%.30s: %s %s", token, res.Status, body)
		}
	}
	if len(s.audits) != 0 {
		t.Errorf("guesses are in the audit log: %v", s.audits)
	}
	h.linksOver = true
	if res, body := s.MustDo(t, "GET", "/l/"+formToken, nil); res.StatusCode != http.StatusNotFound || !strings.Contains(body, "已过期") || strings.Contains(body, "返回人员登记") {
		t.Errorf("expired: %s %s", res.Status, body)
	}
	for _, method := range []string{"PUT", "DELETE"} {
		if res, _ := s.MustDo(t, method, "/l/"+formToken, nil); res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %s", method, res.Status)
		}
	}
}

func TestLinkBodiesAndOrigins(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	large := strings.NewReader("places=" + strings.Repeat("x", 70<<10))
	if res, body := s.MustDo(t, "POST", "/l/"+formToken, large, "Content-Type", "application/x-www-form-urlencoded"); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "无法读取") {
		t.Errorf("too large: %s %s", res.Status, body)
	}
	if res, _ := s.MustDo(t, "POST", "/l/"+formToken, strings.NewReader("fever=%zz"), "Content-Type", "application/x-www-form-urlencoded"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("malformed: %s", res.Status)
	}
	if res, _ := s.MustDo(t, "POST", "/l/"+visitToken, strings.NewReader("answer=yes"), "Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %s", res.Status)
	}
	if slices.Contains(s.events, "answer visit") || slices.Contains(s.events, "submit") {
		t.Errorf("something was done: %v", s.events)
	}
}

func TestLinkPagesAreBounded(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	answers := map[int]int{}
	for range 15 {
		res, _ := s.MustDo(t, "GET", "/l/nobody-knows-this-token", nil)
		answers[res.StatusCode]++
	}
	if answers[http.StatusNotFound] != 10 || answers[http.StatusTooManyRequests] != 5 {
		t.Errorf("guesses: %v", answers)
	}
	clear(answers)
	for range 120 {
		res, _ := s.MustDo(t, "GET", "/l/"+formToken, nil)
		answers[res.StatusCode]++
	}
	if answers[http.StatusOK] != 105 || answers[http.StatusTooManyRequests] != 15 {
		t.Errorf("pages after 15 guesses: %v", answers)
	}
	if strings.Contains(s.log.String(), formToken) || strings.Contains(s.log.String(), "nobody-knows") {
		t.Error("a token is in the log")
	}
}

func TestLinkPageHeaders(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for _, token := range []string{formToken, visitToken, "nobody-knows-this-token"} {
		res, body := s.MustDo(t, "GET", "/l/"+token, nil)
		_, rest, _ := strings.Cut(body, "<style>")
		css, _, ok := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(css))
		policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow",
			"Content-Type": "text/html; charset=utf-8", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
		} {
			if got := res.Header.Get(name); !ok || got != want {
				t.Errorf("%s: %s is %q, wanted %q", token, name, got, want)
			}
		}
		for _, what := range []string{`(?i)<script`, `(?i)\sstyle=`, `(?i)\son[a-z]+=`, `(?i)javascript:`, `(?i)(src|href)="(https?:)?//`} {
			if m := regexp.MustCompile(what).FindString(body); m != "" {
				t.Errorf("the page has %q", m)
			}
		}
	}
}

// Without a record nothing is shown and nothing is done.
func TestLinkNeedsTheAuditLog(t *testing.T) {
	h := newHouse()
	h.auditErr = errors.New("disk I/O error at /secret")
	s := MustServe(t, h, web.Config{})
	res, body := s.MustDo(t, "GET", "/l/"+formToken, nil)
	if res.StatusCode != http.StatusServiceUnavailable || strings.Contains(body, "返回人员") || strings.Contains(body, "secret") {
		t.Errorf("%s %s", res.Status, body)
	}
	res, _ = s.post(t, visitToken, url.Values{"answer": {"yes"}})
	if res.StatusCode != http.StatusServiceUnavailable || slices.Contains(s.events, "answer visit") {
		t.Errorf("%s, %v", res.Status, s.events)
	}
}

// A page that fails tells its number, and the log nothing of the token.
func TestLinkPanicsWithoutTheToken(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	h.panics = "broken"
	res, _ := s.MustDo(t, "GET", "/l/"+formToken, nil)
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(s.log.String(), formToken) || !strings.Contains(s.log.String(), "broken") {
		t.Errorf("%s %s", res.Status, s.log)
	}
}
