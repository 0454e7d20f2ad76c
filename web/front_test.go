package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"menshen"
	"menshen/web"
)

var update = flag.Bool("update", false, "write the golden files")

func TestFrontPage(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	for lang, file := range map[string]string{"zh": "front.zh.html", "en": "front.en.html"} {
		t.Run(lang, func(t *testing.T) {
			res, body := s.MustDo(t, "GET", "/about?lang="+lang, nil)
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Fatalf("%s %v", res.Status, res.Header)
			}
			body = strings.ReplaceAll(body, s.url, "http://127.0.0.1:8080")
			golden := filepath.Join("testdata", file)
			if *update {
				if err := os.WriteFile(golden, []byte(body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if body != string(want) {
				t.Errorf("the page is not %s; look at it, then run the test with -update\n%s", golden, body)
			}
			for _, p := range h.people {
				if strings.Contains(body, p.ID) || strings.Contains(body, "李强") {
					t.Error("the page tells of a person")
				}
			}
			if strings.Contains(body, s.token.Reveal()) {
				t.Error("the page tells the token")
			}
		})
	}
	if len(s.events) != 0 {
		t.Errorf("the page asked about people: %v", s.events)
	}
}

// The policy allows the page's one style sheet and nothing else; nothing on it needs more.
func TestFrontPagePolicy(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, body := s.MustDo(t, "GET", "/about", nil)
	_, rest, ok := strings.Cut(body, "<style>")
	css, _, ok2 := strings.Cut(rest, "</style>")
	if !ok || !ok2 {
		t.Fatal("no style sheet")
	}
	sum := sha256.Sum256([]byte(css))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
	if got := res.Header.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %s, wanted %s", got, want)
	}
	for _, what := range []string{`(?i)<script`, `(?i)\sstyle=`, `(?i)\son[a-z]+=`, `(?i)javascript:`, `(?i)@import`, `(?i)(src|href)="(https?:)?//`, `url\((["']?)(https?:)?//`} {
		if m := regexp.MustCompile(what).FindString(body); m != "" {
			t.Errorf("the page has %q", m)
		}
	}
	if res, _ := s.MustDo(t, "GET", "/favicon.svg", nil); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("mark: %s %v", res.Status, res.Header)
	}
}

func TestFrontPageLanguage(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for _, c := range []struct{ query, accept, want string }{
		{"", "", "zh-CN"}, {"", "en-GB,en;q=0.9,zh;q=0.5", "en"}, {"", "zh-TW,en;q=0.9", "zh-CN"}, {"", "fr, de;q=0.8", "zh-CN"}, {"", "fr, en;q=0.5", "en"},
		{"", "*", "zh-CN"}, {"", ";;;q=", "zh-CN"}, {"?lang=en", "zh", "en"}, {"?lang=EN-us", "", "en"}, {"?lang=zh", "en", "zh-CN"}, {"?lang=%3Cb%3E", "en", "zh-CN"},
	} {
		var headers []string
		if c.accept != "" {
			headers = []string{"Accept-Language", c.accept}
		}
		res, body := s.MustDo(t, "GET", "/about"+c.query, nil, headers...)
		if got := res.Header.Get("Content-Language"); got != c.want || !strings.Contains(body, `<html lang="`+c.want+`">`) || strings.Contains(body, "<b></") {
			t.Errorf("%q, %q: %s", c.query, c.accept, got)
		}
	}
}

func TestFrontPageTellsTrouble(t *testing.T) {
	h := newHouse()
	h.status.Conditions = []menshen.Condition{{ID: "secret:1", Severity: menshen.SeverityCritical, Detail: "secret"}}
	s := MustServe(t, h, web.Config{})
	if _, body := s.MustDo(t, "GET", "/about?lang=en", nil); !strings.Contains(body, "needs attention") || strings.Contains(body, "secret") {
		t.Error("the page does not tell of the trouble, or too much")
	}
}
