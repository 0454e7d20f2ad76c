package door_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/access/door"
	"menshen/access/door/doortest"
	"menshen/reach/reachtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// relay is a real HTTP server that behaves as told.
type relay struct {
	server *httptest.Server
	gone   chan struct{} // closed at the end, frees handlers that hang

	mu       sync.Mutex
	mode     doortest.Mode
	openings []doortest.Opening
	requests []*http.Request
	bodies   []string
}

func MustRelay(tb testing.TB) *relay {
	tb.Helper()
	r := &relay{gone: make(chan struct{})}
	r.server = httptest.NewServer(r)
	tb.Cleanup(func() {
		close(r.gone)
		r.server.Close()
	})
	return r
}

func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	mode := r.mode
	r.requests = append(r.requests, req)
	r.bodies = append(r.bodies, string(body))
	r.mu.Unlock()
	switch mode {
	case doortest.Hangs:
		select {
		case <-req.Context().Done():
		case <-r.gone:
		}
		return
	case doortest.Refuses:
		http.Error(w, "no", http.StatusInternalServerError)
		return
	case doortest.Gone:
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
		return
	}
	var o doortest.Opening
	if req.Method == http.MethodPost {
		var told struct {
			Gate      string             `json:"gate"`
			Direction menshen.Direction  `json:"direction"`
			Hold      int64              `json:"hold_ms"`
			Action    menshen.DoorAction `json:"action"`
		}
		if err := json.Unmarshal(body, &told); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		o = doortest.Opening{Action: told.Action, Gate: told.Gate, Direction: told.Direction, Hold: time.Duration(told.Hold) * time.Millisecond}
	} else {
		hold, _ := strconv.Atoi(req.URL.Query().Get("hold"))
		o = doortest.Opening{
			Action: menshen.DoorAction(req.URL.Query().Get("do")), Gate: strings.TrimPrefix(req.URL.Path, "/relay/"), Direction: menshen.Direction(req.URL.Query().Get("way")),
			Hold: time.Duration(hold) * time.Millisecond,
		}
	}
	o.Action = cmp.Or(o.Action, menshen.DoorOpen)
	r.mu.Lock()
	r.openings = append(r.openings, o)
	r.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func (r *relay) set(m doortest.Mode) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mode = m
}

func (r *relay) told() []doortest.Opening {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]doortest.Opening(nil), r.openings...)
}

func MustHTTP(tb testing.TB, cfg door.HTTPConfig) *door.HTTP {
	tb.Helper()
	d, err := door.NewHTTP(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	return d
}

func TestHTTPContract(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			doortest.Run(t, func(tb testing.TB) doortest.Bench {
				r := MustRelay(tb)
				cfg := door.HTTPConfig{URL: r.server.URL + "/open", Method: method, Secret: "s3cret", Limit: doortest.Limit}
				if method == http.MethodGet {
					cfg.URL = r.server.URL + "/relay/{gate}?way={direction}&hold={hold_ms}"
				}
				return doortest.Bench{Driver: MustHTTP(tb, cfg), Openings: r.told, Set: r.set}
			})
		})
	}
	t.Run("with actions", func(t *testing.T) {
		doortest.Run(t, func(tb testing.TB) doortest.Bench {
			r := MustRelay(tb)
			cfg := door.HTTPConfig{URL: r.server.URL + "/relay/{gate}?way={direction}&hold={hold_ms}&do={action}", Method: http.MethodGet, Limit: doortest.Limit}
			return doortest.Bench{Driver: MustHTTP(tb, cfg), Openings: r.told, Set: r.set, Actions: true}
		})
	})
}

// A relay is told of an action with an address of its own there, and of the others not at all.
func TestHTTPAddressOfAnAction(t *testing.T) {
	r := MustRelay(t)
	d := MustHTTP(t, door.HTTPConfig{URL: r.server.URL + "/open", Method: http.MethodGet, URLs: map[menshen.DoorAction]string{menshen.DoorHold: r.server.URL + "/stay?do=hold"}})
	if err := d.Command(t.Context(), menshen.DoorCommand{Gate: "east-1", Action: menshen.DoorHold}); err != nil {
		t.Fatal(err)
	}
	if err := d.Command(t.Context(), menshen.DoorCommand{Gate: "east-1", Action: menshen.DoorLock}); menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Errorf("an action without an address gives %v", err)
	}
	if len(r.requests) != 1 || r.requests[0].URL.Path != "/stay" {
		t.Errorf("the relay was asked %d times", len(r.requests))
	}
}

func TestHTTPSendsSecretAndBody(t *testing.T) {
	r := MustRelay(t)
	d := MustHTTP(t, door.HTTPConfig{URL: r.server.URL, Secret: "s3cret", Body: `{"gate":"{gate}","direction":"{direction}","hold_ms":{hold_ms},"x":{}}`})
	if err := d.Command(t.Context(), doortest.Command()); err != nil {
		t.Fatal(err)
	}
	if got := r.requests[0].Header.Get("Authorization"); got != "Bearer s3cret" {
		t.Errorf("Authorization is %q", got)
	}
	if want := `{"gate":"east-1","direction":"in","hold_ms":3000,"x":{}}`; r.bodies[0] != want {
		t.Errorf("the body is %s, want %s", r.bodies[0], want)
	}
}

func TestHTTPFollowsNoRedirect(t *testing.T) {
	target := MustRelay(t)
	from := httptest.NewServer(http.RedirectHandler(target.server.URL, http.StatusTemporaryRedirect))
	defer from.Close()
	d := MustHTTP(t, door.HTTPConfig{URL: from.URL, Secret: "s3cret"})
	err := d.Command(t.Context(), doortest.Command())
	if menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("a redirect gives %v", err)
	}
	if _, hint := menshen.ErrorMessage(err); !strings.Contains(hint, "redirect") {
		t.Errorf("the hint is %q", hint)
	}
	if n := len(target.told()); n != 0 {
		t.Errorf("the redirect was followed %d times", n)
	}
}

func TestHTTPAnswers(t *testing.T) {
	for _, status := range []int{200, 201, 204, 300, 304, 400, 401, 403, 404, 405, 429, 500, 503} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		err := MustHTTP(t, door.HTTPConfig{URL: s.URL}).Command(t.Context(), doortest.Command())
		s.Close()
		if ok := err == nil; ok != (status/100 == 2) {
			t.Errorf("status %d gives %v", status, err)
		}
		if _, hint := menshen.ErrorMessage(err); err != nil && hint == "" {
			t.Errorf("status %d gives no hint", status)
		}
	}
}

// A relay that answers and then never ends its body must hold nobody up beyond the limit, and has taken the command.
func TestHTTPEndlessBody(t *testing.T) {
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-done
	}))
	defer s.Close()
	defer close(done)
	d := MustHTTP(t, door.HTTPConfig{URL: s.URL, Limit: doortest.Limit})
	if err := d.Command(t.Context(), doortest.Command()); err != nil {
		t.Errorf("Command: %v", err)
	}
}

func TestHTTPNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	d := MustHTTP(t, door.HTTPConfig{URL: "http://" + address + "/key-in-path-7c1?token=in-query-9f", Secret: "s3cret"})
	err = d.Command(t.Context(), doortest.Command())
	if menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Fatalf("a refused connection gives %v", err)
	}
	for _, leak := range []string{"7c1", "9f", "s3cret"} {
		if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), leak) {
			t.Errorf("the error shows %q: %v", leak, err)
		}
	}
}

func TestHTTPConfig(t *testing.T) {
	for name, cfg := range map[string]door.HTTPConfig{
		"no address":            {},
		"no scheme":             {URL: "10.0.0.7/relay"},
		"file":                  {URL: "file:///etc/passwd"},
		"no host":               {URL: "http:///relay"},
		"port only":             {URL: "http://:80/relay"},
		"user in address":       {URL: "http://admin:pw@10.0.0.7/"},
		"placeholder in host":   {URL: "http://{gate}.example/"},
		"placeholder in scheme": {URL: "{gate}://x/"},
		"fragment":              {URL: "http://x/#y"},
		"unknown placeholder":   {URL: "http://x/{person}"},
		"open brace":            {URL: "http://x/{gate"},
		"method":                {URL: "http://x/", Method: "DELETE"},
		"body of a GET":         {URL: "http://x/", Method: "GET", Body: "x"},
		"secret with a break":   {URL: "http://x/", Secret: "a\r\nX: y"},
		"limit":                 {URL: "http://x/", Limit: time.Hour},
	} {
		_, err := door.NewHTTP(cfg)
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s gives %v", name, err)
			continue
		}
		if _, hint := menshen.ErrorMessage(err); hint == "" {
			t.Errorf("%s: no hint", name)
		}
		if strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: the error shows the password", name)
		}
	}
}

func TestSecretShowsItselfNowhere(t *testing.T) {
	cfg := door.HTTPConfig{URL: "https://relay.example/k7?t=q9", Secret: "s3cret"}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", cfg.Secret, "config", cfg)
	js, err := json.Marshal(cfg.Secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(cfg), fmt.Sprintf("%+v", cfg), fmt.Sprintf("%v %s %q %x %#v", cfg.Secret, cfg.Secret, cfg.Secret, cfg.Secret, cfg.Secret),
		log.String(), string(js),
	} {
		if strings.Contains(shown, "s3cret") || strings.Contains(shown, fmt.Sprintf("%x", "s3cret")) {
			t.Errorf("the secret shows in %s", shown)
		}
	}
	if s := fmt.Sprint(cfg) + log.String(); strings.Contains(s, "k7") || strings.Contains(s, "q9") || !strings.Contains(s, "relay.example") {
		t.Errorf("the configuration shows as %s", s)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("http://10.0.0.7/relay/{gate}?way={direction}&ms={hold_ms}", "east-1", "in", int64(3000))
	f.Add("https://x/{gate}{gate}", "a/../b?c=d&e#f%00\r\n", "{gate}", int64(-1))
	f.Add("http://x/{{gate}}", "g", "out", int64(1))
	f.Add("http://x/{", "", "", int64(0))
	f.Fuzz(func(t *testing.T, template, gate, direction string, ms int64) {
		cmd := menshen.DoorCommand{Gate: gate, Direction: menshen.Direction(direction), Hold: time.Duration(ms%1e9) * time.Millisecond}
		// A body never fails, and gives back the text around the placeholders.
		marked := door.ParseBody(template).Expand(cmd, func(string) string { return "" })
		plain := strings.NewReplacer("{gate}", "", "{direction}", "", "{hold_ms}", "", "{action}", "").Replace(template)
		if marked != plain {
			t.Errorf("the body %q expands around its placeholders to %q, want %q", template, marked, plain)
		}
		if js := `"` + door.EscapeJSON(gate) + `"`; !json.Valid([]byte(js)) {
			t.Errorf("%q escapes to %s", gate, js)
		}
		parsed, err := door.ParseTemplate(template)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("%q gives %v", template, err)
			}
			return
		}
		expanded := parsed.Expand(cmd, door.EscapeURL)
		if strings.ContainsAny(expanded, "{}") {
			t.Errorf("%q expands to %q", template, expanded)
		}
		d, err := door.NewHTTP(door.HTTPConfig{URL: template})
		if err != nil {
			return
		}
		defer d.Close()
		before, err := url.Parse(template)
		if err != nil {
			t.Fatal(err)
		}
		after, err := url.Parse(expanded)
		if err != nil {
			t.Fatalf("%q expands to %q: %v", template, expanded, err)
		}
		if after.Scheme != before.Scheme || after.Host != before.Host || after.User != nil || after.Fragment != "" {
			t.Errorf("%q expands to another place: %q", template, expanded)
		}
		// However hostile the values, they add no path element and no parameter.
		if strings.Count(after.EscapedPath(), "/") != strings.Count(before.EscapedPath(), "/") ||
			strings.Count(after.RawQuery, "&") != strings.Count(before.RawQuery, "&") {
			t.Errorf("%q expands to more elements: %q", template, expanded)
		}
		if back, err := url.QueryUnescape(door.EscapeURL(gate)); err != nil || back != gate {
			t.Errorf("%q comes back as %q, %v", gate, back, err)
		}
	})
}

// TestNamesThatLeadInside: a relay's name that its server of names turns to this machine or to where a cloud keeps its keys is not
// followed there, and neither is a device's.
func TestNamesThatLeadInside(t *testing.T) {
	r := MustRelay(t)
	_, port, err := net.SplitHostPort(r.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	reachtest.Everywhere(t, map[string]string{"relay.example": "127.0.0.1", "keys.example": "169.254.169.254"})
	for _, host := range []string{"relay.example", "keys.example"} {
		relay, err := door.NewHTTP(door.HTTPConfig{URL: "http://" + host + ":" + port + "/relay"})
		if err != nil {
			t.Fatal(err)
		}
		device, err := door.NewONVIF(door.ONVIFConfig{URL: "http://" + host + ":" + port + "/onvif/device_service"})
		if err != nil {
			t.Fatal(err)
		}
		for name, d := range map[string]door.Driver{"relay": relay, "device": device} {
			err := d.Command(t.Context(), menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: time.Now(), Hold: time.Second})
			if err == nil || !strings.Contains(err.Error(), "special network") {
				t.Errorf("%s at %s: %v", name, host, err)
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if len(r.requests) > 0 {
		t.Errorf("asked: %v", r.requests)
	}
}
