package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestOversizedBodies(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	auth := []string{"Authorization", "Bearer " + s.token.Reveal(), "Content-Type", "application/json"}
	large := `{"query":"` + strings.Repeat("x", 2<<20) + `"}`
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, large)
	z.Close()
	for name, c := range map[string]struct {
		body    io.Reader
		headers []string
	}{
		"announced": {strings.NewReader(large), auth},
		"chunked":   {io.MultiReader(strings.NewReader(large)), auth},
		"zipped":    {&zipped, append(slices.Clone(auth), "Content-Encoding", "gzip")},
	} {
		t.Run(name, func(t *testing.T) {
			res, body := s.MustDo(t, "POST", "/menshen.v1.PersonService/ListPeople", c.body, c.headers...)
			if res.StatusCode != http.StatusTooManyRequests || !strings.Contains(body, "resource_exhausted") {
				t.Errorf("%s %.200q", res.Status, body)
			}
		})
	}
	if len(s.events) != 0 {
		t.Errorf("a call got through: %v", s.events)
	}
	// Photographs may be larger than anything else.
	photos := slices.Repeat([]*menshenv1.Photo{{Name: "a.jpg", Data: make([]byte, 10<<20)}}, 5)
	if _, err := s.client.People.Enroll(context.Background(), connect.NewRequest(&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402", Consent: &menshenv1.EnrolmentConsent{Signer: "赵敏"}, Photos: photos})); err != nil {
		t.Errorf("50 MB of photographs: %v", err)
	}
	photos = slices.Repeat(photos[:1], 7)
	_, err := s.client.People.Enroll(context.Background(), connect.NewRequest(&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402", Consent: &menshenv1.EnrolmentConsent{Signer: "赵敏"}, Photos: photos}))
	wantError(t, err, menshen.CodeExhausted, "64 MB")
}

func TestMalformedCalls(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	bearer := "Bearer " + s.token.Reveal()
	for _, p := range procedures() {
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			res, _ := s.MustDo(t, method, p.path+"?connect=v1&encoding=json&message=%7B%7D", nil, "Authorization", bearer)
			if res.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %s", method, p.path, res.Status)
			}
		}
		res, _ := s.MustDo(t, "POST", p.path, strings.NewReader("a=b"), "Authorization", bearer, "Content-Type", "application/x-www-form-urlencoded")
		if res.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("form to %s: %s", p.path, res.Status)
		}
		if !p.stream {
			res, body := s.MustDo(t, "POST", p.path, strings.NewReader("{no json"), "Authorization", bearer, "Content-Type", "application/json")
			if res.StatusCode != http.StatusBadRequest {
				t.Errorf("junk to %s: %s %s", p.path, res.Status, body)
			}
		}
	}
	if len(s.events) != 0 {
		t.Errorf("a call got through: %v", s.events)
	}
	for _, path := range []string{"/menshen.v1.PersonService/Nothing", "/page/", "/page/front.html", "/..%2f", "/favicon.svg/", "/index.html"} {
		if res, _ := s.MustDo(t, "GET", path, nil, "Authorization", bearer); res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %s", path, res.Status)
		}
	}
	if res, _ := s.MustDo(t, "POST", "/", nil); res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /: %s", res.Status)
	}
}

func TestCrossOriginCallsRefused(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for name, header := range map[string][]string{
		"other site":   {"Sec-Fetch-Site", "cross-site"},
		"sister site":  {"Sec-Fetch-Site", "same-site"},
		"other origin": {"Origin", "https://evil.example"},
		"null origin":  {"Origin", "null"},
	} {
		for _, p := range procedures() {
			res, _ := s.MustDo(t, "POST", p.path, strings.NewReader("{}"), append(header, "Authorization", "Bearer "+s.token.Reveal(), "Content-Type", "application/json")...)
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s %s", name, p.path, res.Status)
			}
		}
	}
	if len(s.events) != 0 {
		t.Errorf("a call got through: %v", s.events)
	}
	res, _ := s.MustDo(t, "POST", "/menshen.v1.SiteService/GetSite", strings.NewReader("{}"), "Sec-Fetch-Site", "same-origin",
		"Authorization", "Bearer "+s.token.Reveal(), "Content-Type", "application/json")
	if res.StatusCode != http.StatusOK || res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("own page: %s %v", res.Status, res.Header)
	}
}

func TestHeaders(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for _, path := range []string{"/", "/healthz", "/metrics", "/favicon.svg", "/openapi.yaml", "/nowhere", procedures()[0].path} {
		res, _ := s.MustDo(t, "GET", path, nil)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if !strings.HasPrefix(res.Header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, res.Header.Get(name))
			}
		}
		if len(res.Header.Get("X-Request-Id")) != 16 {
			t.Errorf("%s has no request number", path)
		}
		if strings.HasPrefix(path, "/menshen.") && res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be cached", path)
		}
	}
}

func TestHealth(t *testing.T) {
	for name, c := range map[string]struct {
		severity menshen.Severity
		fail     error
		status   int
	}{
		"well":     {"", nil, http.StatusOK},
		"warning":  {menshen.SeverityWarning, nil, http.StatusOK},
		"critical": {menshen.SeverityCritical, nil, http.StatusServiceUnavailable},
		"unknown":  {"", fmt.Errorf("secret"), http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse()
			h.fail = c.fail
			if c.severity != "" {
				h.status.Conditions = []menshen.Condition{{ID: "secret:1", Severity: c.severity, Detail: "secret"}}
			}
			s := MustServe(t, h, web.Config{})
			if res, body := s.MustDo(t, "GET", "/healthz", nil); res.StatusCode != c.status || strings.Contains(body, "secret") {
				t.Errorf("%s %q", res.Status, body)
			}
		})
	}
}

// A body that does not come ends the call, and so does a client that takes no answer.
func TestSlowBodies(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{ReadLimit: 50 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /menshen.v1.PersonService/ListPeople HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{", s.token.Reveal())
	answer, err := io.ReadAll(conn) // ends, as the server closes the connection
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(answer), "200 OK") || len(s.events) != 0 {
		t.Errorf("answer %q, %v", answer, s.events)
	}
}
