package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"menshen/web"
)

// dist is what Vite makes, in small.
func dist() fstest.MapFS {
	return fstest.MapFS{
		"index.html":           {Data: []byte(`<meta name="csp-nonce" content="__NONCE__"><script type="module" src="/assets/index-1.js"></script>`)},
		"assets/index-1.js":    {Data: []byte("plain")},
		"assets/index-1.js.br": {Data: []byte("brotli")},
		"assets/index-1.js.gz": {Data: []byte("gzip")},
		"assets/look-1.css":    {Data: []byte("css")},
	}
}

func mustServePages(tb testing.TB, pages fstest.MapFS) *served {
	tb.Helper()
	h := newHouse()
	h.pages = pages
	return MustServe(tb, h, web.Config{})
}

// Every address of the pages gives the document, with a policy whose nonce is that of the document and of no other.
func TestPages(t *testing.T) {
	s := mustServePages(t, dist())
	nonce := regexp.MustCompile(`content="([^"]+)"`)
	seen := map[string]bool{}
	for _, path := range []string{"/", "/guard", "/guard/passes", "/office/people/p-1", "/account/set-up?code=x", "/operator/", "/display/east-1"} {
		res, body := s.MustDo(t, "GET", path, nil)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s %v", path, res.Status, res.Header)
		}
		m := nonce.FindStringSubmatch(body)
		if m == nil || m[1] == "__NONCE__" || seen[m[1]] || !strings.Contains(res.Header.Get("Content-Security-Policy"), "'nonce-"+m[1]+"'") {
			t.Errorf("%s: nonce %v, policy %s", path, m, res.Header.Get("Content-Security-Policy"))
			continue
		}
		seen[m[1]] = true
		if policy := res.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'self';") {
			t.Errorf("%s: policy %s", path, policy)
		}
	}
	for path, status := range map[string]int{"/guardian": 404, "/nothing": 404, "/assets/": 404, "/assets/nothing.js": 404, "/index.html": 404} {
		if res, _ := s.MustDo(t, "GET", path, nil); res.StatusCode != status {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

// A file goes out as the browser takes it, and a compressed copy is no file of its own.
func TestPagesAssets(t *testing.T) {
	s := mustServePages(t, dist())
	for _, c := range []struct{ name, accept, body, encoding, kind string }{
		{"index-1.js", "gzip, deflate, br", "brotli", "br", "text/javascript; charset=utf-8"},
		{"index-1.js", "gzip;q=1", "gzip", "gzip", "text/javascript; charset=utf-8"},
		{"index-1.js", "identity", "plain", "", "text/javascript; charset=utf-8"},
		{"look-1.css", "gzip, br", "css", "", "text/css; charset=utf-8"},
	} {
		res, body := s.MustDo(t, "GET", "/assets/"+c.name, nil, "Accept-Encoding", c.accept)
		if res.StatusCode != http.StatusOK || body != c.body || res.Header.Get("Content-Encoding") != c.encoding || res.Header.Get("Content-Type") != c.kind || res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s, %s: %s %q %v", c.name, c.accept, res.Status, body, res.Header)
		}
	}
	for _, name := range []string{"index-1.js.br", "index-1.js.gz"} {
		if res, _ := s.MustDo(t, "GET", "/assets/"+name, nil, "Accept-Encoding", "br"); res.StatusCode != http.StatusNotFound || res.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %s %v", name, res.Status, res.Header)
		}
	}
}

// Without pages, as go build alone makes it, the server says what it is.
func TestNoPages(t *testing.T) {
	s := mustServePages(t, fstest.MapFS{".gitkeep": {}})
	res, body := s.MustDo(t, "GET", "/", nil, "Accept-Language", "en")
	if res.StatusCode != http.StatusOK || res.Request.URL.Path != "/about" || !strings.Contains(body, "Lakeside") {
		t.Errorf("%s %s", res.Status, res.Request.URL)
	}
	if res, _ := s.MustDo(t, "GET", "/guard/passes", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a page that is not there: %s", res.Status)
	}
}
