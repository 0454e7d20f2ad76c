package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"menshen"
	"menshen/bus"
	"menshen/reach/reachtest"
	"menshen/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = menshen.Secret("a secret of some length")

// receiver is a real HTTP server that checks every signature and answers as told.
type receiver struct {
	server *httptest.Server
	gone   chan struct{}

	mu     sync.Mutex
	answer func(n int, e webhook.Event) int // status; 0 hangs
	events []webhook.Event                  // that were taken
	bodies []string
	calls  int
	bad    int // calls with a wrong signature
	came   chan struct{}
}

func MustReceiver(tb testing.TB, answer func(n int, e webhook.Event) int) *receiver {
	tb.Helper()
	r := &receiver{answer: answer, gone: make(chan struct{}), came: make(chan struct{}, 1000)}
	r.server = httptest.NewServer(r)
	tb.Cleanup(func() {
		close(r.gone)
		r.server.Close()
	})
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	var e webhook.Event
	err := json.Unmarshal(body, &e)
	r.mu.Lock()
	r.calls++
	if err != nil || webhook.Verify(secret, req.Header.Get(webhook.HeaderSignature), body, time.Now()) != nil || req.Header.Get(webhook.HeaderID) != e.ID {
		r.bad++
	}
	status := 204
	if r.answer != nil {
		status = r.answer(r.calls, e)
	}
	if status/100 == 2 {
		r.events = append(r.events, e)
		r.bodies = append(r.bodies, string(body))
	}
	r.mu.Unlock()
	r.came <- struct{}{}
	if status == 0 {
		select {
		case <-req.Context().Done():
		case <-r.gone:
		}
		return
	}
	if status/100 == 3 {
		w.Header().Set("Location", "http://192.0.2.1/")
	}
	w.WriteHeader(status)
}

func (r *receiver) ids() (ids []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		ids = append(ids, e.ID)
	}
	return ids
}

func MustHook(tb testing.TB, url string, change func(*webhook.Config)) *webhook.Hook {
	tb.Helper()
	cfg := webhook.Config{ID: "police", URL: url + "/k3y?token=q9", Secret: secret, Private: true, Limit: 5 * time.Second, RetryMin: time.Millisecond, RetryMax: 5 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	h, err := webhook.New(cfg, webhook.Deps{Clock: time.Now, Log: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { h.Close() })
	return h
}

func pass(n uint64) menshen.Pass {
	return menshen.Pass{
		ID: menshen.PassID{Gate: "east", Sequence: n}, Site: "jiayuan", Person: "p-1", Direction: menshen.DirectionIn, Means: menshen.MeansFace,
		Captured: time.Date(2026, 3, 1, 8, 0, 0, 0, time.FixedZone("", 8*3600)), Decided: time.Date(2026, 3, 1, 8, 0, 1, 0, time.UTC),
		Decision: menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonActiveResident}},
	}
}

func ids(conditions []menshen.Condition) (ids []string) {
	for _, c := range conditions {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestEventIsSignedAndComplete(t *testing.T) {
	r := MustReceiver(t, nil)
	h := MustHook(t, r.server.URL, nil)
	if err := h.Send(t.Context(), webhook.PassEvent(pass(42), "")); err != nil {
		t.Fatal(err)
	}
	want := `{"id":"pass:jiayuan:east:42","type":"pass","site":"jiayuan","time":"2026-03-01T00:00:00Z","pass":{"id":"east:42","gate":"east","direction":"in","means":"face","outcome":"deny",` +
		`"reasons":[{"code":"gate_closed","zh":"该出入口已关闭","en":"this gate is closed"},{"code":"active_resident","zh":"本小区在住人员","en":"active resident of this site"}],` +
		`"captured":"2026-03-01T00:00:00Z","decided":"2026-03-01T08:00:01Z","person":"p-1"}}`
	if r.bad != 0 || len(r.bodies) != 1 || r.bodies[0] != want {
		t.Errorf("%d bad signatures, sent\n%s\nwant\n%s", r.bad, r.bodies, want)
	}
	alert := menshen.Alert{Kind: menshen.AlertFever, Person: "p-1", Gate: "east", At: time.Now(), Text: menshen.Text{ZH: "王小明发热", EN: "Wang Xiaoming has a fever"}}
	site := menshen.Site{ID: "jiayuan", Gates: []menshen.Gate{{ID: "east", Name: menshen.Text{ZH: "东门", EN: "East gate"}}}}
	for _, names := range []bool{false, true} {
		if err := h.Send(t.Context(), webhook.AlertEvent(site, "1", alert, names, "王小明")); err != nil {
			t.Fatal(err)
		}
		if got := r.bodies[len(r.bodies)-1]; strings.Contains(got, "小明") != names || !strings.Contains(got, `"kind":"fever","gate":"east","gate_name":{"zh":"东门","en":"East gate"}`) {
			t.Errorf("with names %v an alert goes out as %s", names, got)
		}
	}
}

func TestSignature(t *testing.T) {
	now, body := time.Unix(1_800_000_000, 0), []byte(`{"a":1}`)
	header := webhook.Sign(secret, now, body)
	// From: printf '1800000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of some length'
	if want := "t=1800000000,v1=107a6fae5b2201c22462186ccbcbaf7c072a800b8e525490330dd7e353e475df"; header != want {
		t.Errorf("the header is %s, want %s", header, want)
	}
	if err := webhook.Verify(secret, "v0=zz, "+header+",v1=00", body, now.Add(time.Minute)); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"other secret": webhook.Verify("another secret, also long", header, body, now),
		"other body":   webhook.Verify(secret, header, []byte(`{"a":2}`), now),
		"old":          webhook.Verify(secret, header, body, now.Add(time.Hour)),
		"of tomorrow":  webhook.Verify(secret, header, body, now.Add(-time.Hour)),
		"empty":        webhook.Verify(secret, "", body, now),
		"other time":   webhook.Verify(secret, strings.Replace(header, "t=1800000000", "t=1800000001", 1), body, now),
	} {
		if menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

// Whatever goes wrong is tried again until it is taken, with the same id; the condition comes and goes.
func TestRetriesUntilTaken(t *testing.T) {
	var h *webhook.Hook
	seen := map[int][]string{}
	answers := []int{500, 503, 401, 404, 429, 302, 0, 204}
	r := MustReceiver(t, func(n int, _ webhook.Event) int {
		seen[n] = ids(h.Conditions())
		return answers[n-1]
	})
	h = MustHook(t, r.server.URL, func(c *webhook.Config) { c.Limit = 100 * time.Millisecond })
	if err := h.Send(t.Context(), webhook.PassEvent(pass(1), "")); err != nil {
		t.Fatal(err)
	}
	if r.calls != len(answers) || r.bad != 0 || len(r.events) != 1 {
		t.Errorf("%d calls, %d bad, %d taken", r.calls, r.bad, len(r.events))
	}
	if len(seen[1]) != 0 || !slices.Equal(seen[8], []string{"webhook-failing:police"}) || len(h.Conditions()) != 0 {
		t.Errorf("conditions were %v, then %v", seen, h.Conditions())
	}
}

func TestRefusedEventIsSetAside(t *testing.T) {
	r := MustReceiver(t, func(_ int, e webhook.Event) int {
		if e.Pass.ID == "east:1" {
			return http.StatusUnprocessableEntity
		}
		return 200
	})
	h := MustHook(t, r.server.URL, nil)
	for n := range uint64(2) {
		if err := h.Send(t.Context(), webhook.PassEvent(pass(n+1), "")); err != nil {
			t.Fatal(err)
		}
	}
	if r.calls != 6 || !slices.Equal(r.ids(), []string{"pass:jiayuan:east:2"}) || !slices.Equal(ids(h.Conditions()), []string{"webhook-refused:police"}) {
		t.Errorf("%d calls, taken %v, conditions %v", r.calls, r.ids(), ids(h.Conditions()))
	}
}

func TestGoneStops(t *testing.T) {
	r := MustReceiver(t, func(int, webhook.Event) int { return http.StatusGone })
	h := MustHook(t, r.server.URL, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Send(ctx, webhook.PassEvent(pass(1), "")) }()
	<-r.came
	for len(h.Conditions()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; menshen.ErrorCode(err) != menshen.CodeUnavailable || r.calls != 1 || h.Conditions()[0].Severity != menshen.SeverityCritical {
		t.Errorf("%v after %d calls, %v", err, r.calls, h.Conditions())
	}
}

// No name and no redirect leads inside.
func TestStaysOutside(t *testing.T) {
	r := MustReceiver(t, nil)
	h := MustHook(t, strings.Replace(r.server.URL, "http://127.0.0.1", "https://localhost", 1), func(c *webhook.Config) { c.Private = false })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Send(ctx, webhook.PassEvent(pass(1), "")) }()
	for len(h.Conditions()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	if c := h.Conditions()[0]; r.calls != 0 || !strings.Contains(c.Detail, "private") || strings.Contains(c.Detail, "k3y") {
		t.Errorf("%d calls, %+v", r.calls, c)
	}
	for address, want := range map[string][2]bool{ // without and with Private
		"93.184.216.34": {true, true}, "2606:2800:220:1::1": {true, true}, "127.0.0.1": {false, true}, "10.1.2.3": {false, true},
		"192.168.1.1": {false, true}, "fd00::1": {false, true}, "::1": {false, true}, "169.254.169.254": {false, false}, "fe80::1": {false, false},
		"0.0.0.0": {false, false}, "224.0.0.1": {false, false}, "100.64.0.1": {false, true}, "64:ff9b::7f00:1": {false, false}, "::ffff:10.0.0.1": {false, true},
	} {
		for i, private := range []bool{false, true} {
			if got := webhook.Allowed(netip.MustParseAddr(address), private); got != want[i] {
				t.Errorf("%s with private %v: %v", address, private, got)
			}
		}
	}
}

// TestNameThatLeadsHere: a receiver that may be on this machine is, only where its address says so.
func TestNameThatLeadsHere(t *testing.T) {
	r := MustReceiver(t, nil)
	reachtest.Everywhere(t, map[string]string{"receiver.example": "127.0.0.1"})
	h := MustHook(t, strings.Replace(r.server.URL, "127.0.0.1", "receiver.example", 1), nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Send(ctx, webhook.PassEvent(pass(1), "")) }()
	for len(h.Conditions()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	<-done
	if c := h.Conditions()[0]; r.calls != 0 || !strings.Contains(c.Detail, "private") {
		t.Errorf("%d calls, %+v", r.calls, c)
	}
}

func TestConfig(t *testing.T) {
	good := webhook.Config{ID: "police", URL: "https://example.org/x", Secret: secret}
	for name, change := range map[string]func(*webhook.Config){
		"id": func(c *webhook.Config) { c.ID = "A b" }, "no secret": func(c *webhook.Config) { c.Secret = "" }, "short secret": func(c *webhook.Config) { c.Secret = "s3cret" },
		"http": func(c *webhook.Config) { c.URL = "http://example.org" }, "file": func(c *webhook.Config) { c.URL = "file:///etc/passwd" },
		"user": func(c *webhook.Config) { c.URL = "https://a:pw@example.org" }, "no host": func(c *webhook.Config) { c.URL = "https:///x" },
		"limit": func(c *webhook.Config) { c.Limit = time.Hour },
	} {
		cfg := good
		change(&cfg)
		if _, err := webhook.New(cfg, webhook.Deps{}); menshen.ErrorCode(err) != menshen.CodeInvalid || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s gives %v", name, err)
		}
	}
	if s := fmt.Sprintf("%v %+v", good, good); strings.Contains(s, secret.Reveal()) || strings.Contains(s, "/x") {
		t.Errorf("the configuration shows as %s", s)
	}
}

// TestAtLeastOnceAcrossARestart: bus, courier, hook and receiver together. The bus and everything before the receiver ends
// while an event is being tried; after a new start it comes, and all after it, in order.
func TestAtLeastOnceAcrossARestart(t *testing.T) {
	store := t.TempDir()
	down := true
	r := MustReceiver(t, func(_ int, e webhook.Event) int {
		if down && e.ID == "pass:jiayuan:east:3" {
			return 500
		}
		return 200
	})
	start := func() (conn *bus.Conn, courier *bus.Courier, stop func()) {
		server, err := bus.NewServer(bus.ServerConfig{Site: "jiayuan", DontListen: true, Store: store})
		if err != nil {
			t.Fatal(err)
		}
		if err := server.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		credentials, err := server.Credentials(bus.RoleHub())
		if err != nil {
			t.Fatal(err)
		}
		conn, err = bus.Connect(t.Context(), bus.ConnConfig{Site: "jiayuan", Credentials: credentials, Server: server})
		if err != nil {
			t.Fatal(err)
		}
		h := MustHook(t, r.server.URL, nil)
		courier, err = bus.NewCourier(conn, bus.CourierConfig{Durable: "webhook-police", Passes: true, Alerts: true, AckWait: time.Second}, func(ctx context.Context, l bus.Letter) error {
			if l.Pass != nil {
				return h.Send(ctx, webhook.PassEvent(*l.Pass, ""))
			}
			return h.Send(ctx, webhook.AlertEvent(menshen.Site{ID: "jiayuan"}, l.AlertID, *l.Alert, false, ""))
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := courier.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- courier.Run(ctx) }()
		return conn, courier, func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			conn.Close()
			server.Close()
		}
	}
	conn, _, stop := start()
	outbox := &box{}
	for n := range uint64(5) {
		outbox.passes = append(outbox.passes, pass(n+1))
	}
	relay, err := bus.NewRelay(conn, outbox, bus.RelayConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	relayed := make(chan error, 1)
	go func() { relayed <- relay.Run(ctx) }()
	for range 4 { // two that are taken, and the third twice
		<-r.came
	}
	for ahead := false; !ahead; { // the last one is in the stream
		if ahead, err = conn.Ahead(t.Context(), bus.StreamConfig{}, map[string]uint64{"east": 4}, []string{"east"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.PublishAlert(t.Context(), "a-1", menshen.Alert{Kind: menshen.AlertFever, At: time.Now(), Text: menshen.Text{ZH: "发热", EN: "fever"}}); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-relayed
	stop()

	r.mu.Lock()
	down = false
	r.mu.Unlock()
	_, _, stop = start()
	defer stop()
	want := []string{"pass:jiayuan:east:1", "pass:jiayuan:east:2", "pass:jiayuan:east:3", "pass:jiayuan:east:4", "pass:jiayuan:east:5", "alert:jiayuan:a-1"}
	for end := time.Now().Add(30 * time.Second); !slices.Equal(r.ids(), want); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the receiver has %v, want %v", r.ids(), want)
		}
	}
	if r.bad > 0 {
		t.Errorf("%d calls had a wrong signature", r.bad)
	}
}

// box is an outbox in memory from which nothing is taken.
type box struct{ passes []menshen.Pass }

func (b *box) Changed() <-chan struct{} { return nil }

func (b *box) Pending(_ context.Context, after int64, _ int) ([]menshen.Pass, int64, error) {
	if after > 0 {
		return nil, after, nil
	}
	return b.passes, int64(len(b.passes)), nil
}

func (b *box) RemoveMany(context.Context, map[string][]uint64) error { return nil }
