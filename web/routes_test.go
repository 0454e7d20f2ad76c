package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"menshen/web"
)

// plainRoute is what is not a procedure of the API.
type plainRoute struct {
	pattern string   // as the code of the routes spells it
	paths   []string // to try
	who     string   // anybody, a link's holder, or the operator
	status  int      // for somebody with nothing
}

// plainRoutes are all of them, by hand, so that nothing is served to anybody by accident.
var plainRoutes = []plainRoute{
	{`"GET " + metricsPath`, []string{"/metrics"}, "operator", http.StatusUnauthorized},
	{`"GET /healthz"`, []string{"/healthz"}, "anybody", http.StatusOK},
	{`"GET /about"`, []string{"/about"}, "anybody", http.StatusOK},
	{`"GET /{$}"`, []string{"/"}, "anybody", http.StatusOK},
	{`"GET /" + area`, []string{"/guard", "/office", "/investigation", "/operator", "/auditor", "/display", "/account"}, "anybody", http.StatusOK}, // the document of the pages: the same for all, with nothing in it
	{`"GET /" + area + "/"`, []string{"/guard/passes", "/account/set-up?code=x"}, "anybody", http.StatusOK},
	{`"GET /assets/{name}"`, []string{"/assets/index-1.js"}, "anybody", http.StatusOK},
	{`"GET " + outsideBegin`, nil, "anybody", 0}, // only with a provider: see TestOutside…
	{`"GET " + outsideCallback`, nil, "anybody", 0},
	{`method + " " + linkPath + "{token}"`, []string{"/l/" + formToken, "/l/" + visitToken, "/l/nobody-knows-this-token"}, "whoever has the link", 0},
	{`"GET /openapi.yaml"`, []string{"/openapi.yaml"}, "anybody", http.StatusOK},
	{`"GET /favicon.svg"`, []string{"/favicon.svg"}, "anybody", http.StatusOK},
	{`path`, nil, "the API: see rights", 0},
}

// TestPlainRoutesAreKnown reads the code of the routes: each must be in the table.
func TestPlainRoutesAreKnown(t *testing.T) {
	files := token.NewFileSet()
	seen := map[string]int{}
	for _, name := range []string{"routes.go", "post.go"} {
		parsed, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if s, ok := call.Fun.(*ast.SelectorExpr); !ok || s.Sel.Name != "Handle" && s.Sel.Name != "HandleFunc" {
				return true
			}
			pattern := written(call.Args[0])
			seen[pattern]++
			if !slices.ContainsFunc(plainRoutes, func(r plainRoute) bool { return r.pattern == pattern }) {
				t.Errorf("%s: say who may ask for %s", files.Position(call.Pos()), pattern)
			}
			return true
		})
	}
	for _, r := range plainRoutes {
		if seen[r.pattern] == 0 {
			t.Errorf("there is no route %s any more", r.pattern)
		}
	}
}

// written gives an expression as the code has it.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Value
	case *ast.Ident:
		return e.Name
	case *ast.BinaryExpr:
		return written(e.X) + " " + e.Op.String() + " " + written(e.Y)
	}
	return "?"
}

// TestGetChangesNothing asks for everything there is with GET and HEAD, as somebody with nothing, with the operator's token, and with
// the cookie of an operator's session: no procedure can be called that way, and looking at a page, a link too, does nothing.
func TestGetChangesNothing(t *testing.T) {
	h := newHouse()
	h.pages = dist()
	s := MustServe(t, h, web.Config{})
	cookie := s.MustSetUp(t)
	before := len(s.events)
	callers := map[string][]string{
		"nobody": nil, "the operator": {"Authorization", "Bearer " + s.token.Reveal()}, "a session": {"Cookie", "__Host-menshen=" + cookie},
	}
	for who, header := range callers {
		for _, r := range plainRoutes {
			for _, path := range r.paths {
				res, body := s.MustDo(t, http.MethodGet, path, nil, append(header, "Accept-Encoding", "identity")...)
				if r.status != 0 && who == "nobody" && res.StatusCode != r.status {
					t.Errorf("%s for %s: %s, want %d", path, who, res.Status, r.status)
				}
				if allowed := res.StatusCode == http.StatusOK; r.who == "operator" && allowed != (who == "the operator") {
					t.Errorf("%s for %s: %s", path, who, res.Status)
				}
				if len(res.Cookies()) > 0 {
					t.Errorf("%s sets %v", path, res.Cookies())
				}
				checkPolicy(t, path, res, body)
			}
		}
	}
	for _, e := range s.events[before:] {
		if !slices.Contains(looks, e) {
			t.Errorf("looking did %q", e)
		}
	}
	before, audits := len(s.events), len(s.audits)
	for who, header := range callers {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, p := range procedures() {
				for _, query := range []string{"", "?connect=v1&encoding=json&message=%7B%7D", "?connect=v1&encoding=proto&base64=1&message="} {
					res, _ := s.MustDo(t, method, p.path+query, nil, header...)
					if res.StatusCode < 400 {
						t.Errorf("%s %s for %s: %s", method, p.path+query, who, res.Status)
					}
				}
			}
		}
	}
	if len(s.events) != before || len(s.audits) != audits {
		t.Errorf("something was done: %v, %+v", s.events[before:], s.audits[audits:])
	}
}

// looks are what happens in the house when somebody only looks.
var looks = []string{"audit", "open"} // a link is read, and that is recorded

// checkPolicy checks that a page's policy lets nothing in from elsewhere and no script that stands in the page.
func checkPolicy(t *testing.T, path string, res *http.Response, body string) {
	t.Helper()
	policy := res.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
		}
	}
	if m := regexp.MustCompile(`unsafe-|\*|https?:|wss?:|script-src [^;]*(data:|blob:|nonce)`).FindString(policy); m != "" {
		t.Errorf("%s: the policy allows %s: %s", path, m, policy)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		if m := regexp.MustCompile(`(?i)<script[^>]*>[^<]|\son(click|load|error|submit|change|input)\s*=|javascript:`).FindString(body); m != "" {
			t.Errorf("%s has a script in the page: %q", path, m)
		}
	}
}

// TestCookies: each is of this host alone, unseen by scripts, never sent in clear, and goes again at the end of a session.
func TestCookies(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	code, err := s.book.SetUpCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	call := func(procedure, body, cookie string) []*http.Cookie {
		t.Helper()
		res, text := s.MustDo(t, http.MethodPost, "/menshen.v1.SignInService/"+procedure, strings.NewReader(body), "Content-Type", "application/json", "Cookie", cookie)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %s", procedure, res.Status, text)
		}
		return res.Cookies()
	}
	made := call("SetUp", `{"code":"`+code+`","name":"li","password":"correct horse battery"}`, "")
	made = append(made, call("SignIn", `{"name":"li","password":"correct horse battery"}`, "")...)
	session, device := 0, 0
	for _, c := range made {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) < 43 {
			t.Errorf("cookie %v", c)
		}
		switch c.Name {
		case "__Host-menshen":
			session++
			if c.MaxAge != 0 || !c.Expires.IsZero() {
				t.Errorf("it outlives the browser: %v", c)
			}
		case "__Host-menshen-device":
			device++
		default:
			t.Errorf("nobody knows of %v", c)
		}
	}
	if session != 2 || device != 2 {
		t.Errorf("cookies %v", made)
	}
	gone := call("SignOut", "{}", "__Host-menshen="+made[0].Value)
	if len(gone) != 1 || gone[0].MaxAge >= 0 || gone[0].Value != "" || !gone[0].Secure {
		t.Errorf("signed out: %v", gone)
	}
}
