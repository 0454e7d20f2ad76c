package web_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/account"
	"menshen/web"
	"menshen/web/client"
)

// now is what the clock of every test shows.
var now = time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)

// house is a small community in memory: every part that the server answers from. events has the order in which the
// parts were used.
type house struct {
	real     bool // a site of real people, not a simulated community
	mu       sync.Mutex
	events   []string
	audits   []menshen.AuditEntry
	people   []web.Registered
	passes   []menshen.Pass
	stays    []menshen.Stay
	contacts []menshen.Contact
	status   web.Status
	enrolled []web.Enrolment
	removed  []string

	answeredBefore bool // what is answered was answered already

	asked struct {
		span             menshen.Span
		window, together time.Duration
	}

	with      []any           // what parts of the office were asked with, in order
	used      map[string]bool // links
	linksOver bool
	tokens    web.TokenFolder
	pages     fs.FS
	alter     func(*menshen.Case) // makes another case of that of the house
	alterPack func(*menshen.PackRequest)

	auditErr error         // what the audit log answers
	fail     error         // what every other part answers
	traceErr error         // what tracing answers
	panics   any           // what the overview panics with
	lookups  chan struct{} // where set, PeopleByID waits for it
}

func (h *house) did(event string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, event)
	return h.fail
}

func (h *house) Site(context.Context) (menshen.Site, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.panics != nil {
		panic(h.panics)
	}
	return menshen.Site{
		ID: "lake", Name: menshen.Text{ZH: "湖滨小区", EN: "Lakeside"}, Location: time.FixedZone("Asia/Shanghai", 8*3600),
		Zones: []menshen.Zone{
			{ID: "outside", Name: menshen.Text{ZH: "小区外", EN: "Outside"}, Kind: menshen.ZoneOutside},
			{ID: "compound", Name: menshen.Text{ZH: "小区", EN: "Compound"}, Kind: menshen.ZoneCompound},
		},
		Gates: []menshen.Gate{
			{ID: "east-1", Name: menshen.Text{ZH: "东门", EN: "East gate"}, From: "outside", To: "compound", State: menshen.GateOpen},
			{ID: "west-1", Name: menshen.Text{ZH: "西门", EN: "West gate"}, From: "outside", To: "compound", State: menshen.GateGuarded},
		},
	}, h.fail
}

func (h *house) Status(context.Context) (web.Status, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status, h.fail
}

func (h *house) Passes(_ context.Context, f menshen.PassFilter) ([]menshen.Pass, error) {
	if err := h.did("passes"); err != nil {
		return nil, err
	}
	var out []menshen.Pass
	for _, p := range h.passes {
		if f.Gate == "" || f.Gate == p.ID.Gate {
			out = append(out, p)
		}
	}
	if f.Latest > 0 {
		out = out[max(0, len(out)-f.Latest):]
	}
	return out, nil
}

func (h *house) ImportPasses(_ context.Context, rows []menshen.PassRow, by string, dryRun bool) (menshen.PassImport, error) {
	if err := h.did("import"); err != nil {
		return menshen.PassImport{}, err
	}
	h.with = append(h.with, rows, by, dryRun)
	return menshen.PassImport{
		Added: len(rows) - 1, Known: 1, Refused: []menshen.RefusedRow{{Line: 7, Reason: menshen.Text{ZH: "没有这个出入口", EN: "no such gate"}}},
	}, nil
}

func (h *house) ExportPasses(_ context.Context, f menshen.PassFilter) iter.Seq2[menshen.PassRow, error] {
	return func(yield func(menshen.PassRow, error) bool) {
		if err := h.did("export"); err != nil {
			yield(menshen.PassRow{}, err)
			return
		}
		h.with = append(h.with, f)
		for range 2500 {
			if !yield(menshen.PassRow{Gate: "east-1", Person: "p-1", Direction: "in", Time: "2026-03-15T07:00:00Z", Decision: "allow", Confidence: "0.5"}, nil) {
				return
			}
		}
	}
}

func (h *house) FindPeople(_ context.Context, query string, limit int) ([]web.Registered, error) {
	if err := h.did("find"); err != nil {
		return nil, err
	}
	var exact, out []web.Registered
	for _, p := range h.people {
		switch {
		case p.ID == query || p.Name == query:
			exact = append(exact, p)
		case strings.Contains(p.Name+"\n"+p.Dwelling.String(), query):
			out = append(out, p)
		}
	}
	out = append(exact, out...)
	return out[:min(limit, len(out))], nil
}

func (h *house) SearchPeople(ctx context.Context, q web.PeopleQuery) (web.PeopleFound, error) {
	h.mu.Lock()
	h.with = append(h.with, q)
	h.mu.Unlock()
	found, err := h.FindPeople(ctx, q.Text, len(h.people))
	total := len(found)
	found = found[min(q.Offset, total):]
	return web.PeopleFound{People: found[:min(q.Limit, len(found))], Total: total}, err
}

func (h *house) PeopleByID(ctx context.Context, ids []string) (map[string]web.Registered, error) {
	if h.lookups != nil {
		select {
		case <-h.lookups:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := h.did("byid"); err != nil {
		return nil, err
	}
	out := map[string]web.Registered{}
	for _, p := range h.people {
		if slices.Contains(ids, p.ID) {
			out[p.ID] = p
		}
	}
	return out, nil
}

func (h *house) Enrol(_ context.Context, e web.Enrolment) (web.EnrolmentResult, error) {
	if err := h.did("enrol"); err != nil {
		return web.EnrolmentResult{}, err
	}
	h.mu.Lock()
	h.enrolled = append(h.enrolled, e)
	h.mu.Unlock()
	res := web.EnrolmentResult{Person: "p-new"}
	for i, p := range e.Photos {
		r := web.PhotoResult{Name: p.Name, Accepted: i == 0}
		if i > 0 {
			r.Code, r.Message, r.Hint = "no_face", menshen.Text{ZH: "没有人脸", EN: "no face was found"}, menshen.Text{ZH: "看镜头", EN: "look into the camera"}
		}
		res.Photos = append(res.Photos, r)
	}
	return res, nil
}

func (h *house) Remove(_ context.Context, person string) error {
	if err := h.did("remove"); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.removed = append(h.removed, person)
	return nil
}

func (h *house) Engines(context.Context) ([]web.EngineTemplates, error) {
	return []web.EngineTemplates{{Engine: menshen.EngineID{Name: "opencv", ModelHash: "0ba9fbfa01b5", Dim: 128}, Templates: 3, InUse: true}}, h.did("engines")
}

func (h *house) Untemplated(context.Context) ([]web.Untemplated, error) {
	return []web.Untemplated{{Person: "p-1", Name: "王芳", Dwelling: "3-2-14-1402", Photographs: 2}, {Person: "p-2", Name: "李强"}}, h.did("untemplated")
}

func (h *house) Renew(_ context.Context, people []string, each func(web.Renewed) error) error {
	if err := h.did("renew"); err != nil {
		return err
	}
	for _, id := range people {
		r := web.Renewed{Person: id}
		if id == "p-1" {
			r.Templates, r.Refused = 1, []web.PhotoResult{{Name: "b.jpg", Code: "blurred"}}
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) ForgetPhotographs(_ context.Context, person string) (int, error) {
	return 5, h.did("forget photographs " + person)
}

func (h *house) Forget(_ context.Context, person string) (int, error) {
	return 2, h.did("forget " + person)
}

func (h *house) Movements(_ context.Context, _ string, span menshen.Span) ([]menshen.Pass, []menshen.Stay, error) {
	h.mu.Lock()
	h.asked.span = span
	h.mu.Unlock()
	if err := cmp.Or(h.did("movements"), h.traceErr); err != nil {
		return nil, nil, err
	}
	return h.passes, h.stays, nil
}

func (h *house) Contacts(_ context.Context, _ string, span menshen.Span, window, together time.Duration) ([]menshen.Contact, error) {
	h.mu.Lock()
	h.asked.span, h.asked.window, h.asked.together = span, window, together
	h.mu.Unlock()
	if err := cmp.Or(h.did("contacts"), h.traceErr); err != nil {
		return nil, err
	}
	return h.contacts, nil
}

func (h *house) Audit(_ context.Context, e menshen.AuditEntry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, "audit")
	h.audits = append(h.audits, e)
	return h.auditErr
}

// newHouse has two people of one name and one of another, and three passes.
func newHouse() *house {
	dwelling := menshen.Dwelling{Building: "3", Unit: "2", Floor: 14, Room: "1402"}
	h := &house{people: []web.Registered{
		{Person: menshen.Person{ID: "p-1", Name: "王芳", Dwelling: dwelling, State: menshen.PersonActive}, Templates: 3},
		{Person: menshen.Person{ID: "p-2", Name: "李强", Dwelling: dwelling, State: menshen.PersonActive}, Templates: 3},
		{Person: menshen.Person{ID: "p-3", Name: "李强", State: menshen.PersonInactive}, Templates: 3},
	}}
	for i, person := range []string{"p-1", "p-2", ""} {
		h.passes = append(h.passes, mustPass(uint64(i+1), person))
	}
	h.stays = []menshen.Stay{{Person: "p-1", Zone: "compound", Span: menshen.Span{From: now.Add(-time.Hour), To: now}, FromObserved: true, Open: true}}
	meet := func(kind menshen.ExposureKind, long time.Duration) menshen.Exposure {
		e := menshen.Exposure{Kind: kind, Span: menshen.Span{From: now.Add(-long), To: now}}
		if kind == menshen.ExposureZone {
			e.Zone = "compound"
		} else {
			e.Gate, e.Inferred = "east-1", true
		}
		return e
	}
	h.contacts = []menshen.Contact{
		{Person: "p-gone", Exposures: []menshen.Exposure{meet(menshen.ExposureGate, 20*time.Second)}},
		{Person: "p-2", Exposures: []menshen.Exposure{meet(menshen.ExposureZone, time.Hour), meet(menshen.ExposureGate, time.Second)}},
	}
	return h
}

func mustPass(sequence uint64, person string) menshen.Pass {
	p := menshen.Pass{
		ID: menshen.PassID{Gate: "east-1", Sequence: sequence}, Site: "lake", Person: person, Direction: menshen.DirectionIn,
		Captured: now.Add(time.Duration(sequence) * time.Second), Decided: now.Add(time.Duration(sequence) * time.Second),
		Means:    menshen.MeansFace,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
		Match:    menshen.Match{Verdict: menshen.VerdictKnown}, Camera: "cam-1", Track: "t",
	}
	if person == "" {
		p.Decision = menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonUnknownFace}}
		p.Match.Verdict = menshen.VerdictUnknown
	}
	return p
}

// served is a running server with its house.
type served struct {
	*house
	feed   *web.Feed
	book   *account.Book
	token  web.Token
	url    string
	log    *logBuffer
	client *client.Client
	stop   func() // ends the server and waits for it
}

type logBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// metrics stands for a Prometheus handler, of which the server knows only that it is an http.Handler.
var metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "menshen_up 1\n") })

func deps(h *house, token web.Token, log io.Writer) web.Deps {
	tokens, err := web.NewTokens(web.Grant{Token: token, Actor: "operator@terminal"})
	if err != nil {
		panic(err)
	}
	return web.Deps{
		Office: web.Office{
			Registry: h, Tables: h, Packs: h, Permits: h, Credentials: h, Consents: h, Certificates: h, Health: h, Forms: h, Links: h, Visits: h, Deliveries: h, Gates: h, Doors: h, Guards: h,
			Annotations: h, Helpline: h, Rules: h, Policy: h, Statistics: h, Plans: h,
		},
		Investigations: web.Investigations{Cases: h, Judgements: h, CaseContacts: h, LabTests: h, FollowUps: h, CaseExports: h, TracingPolicies: h, Photographs: h},

		Chinese:  func(text string) string { return "中文：" + text },
		Overview: h, Passes: h, Transfer: h, Feed: web.NewFeed(4), People: h, Finder: h, Enroller: h, Calibrator: h, Cameras: h, Templates: h, Tracer: h, Operation: h, Console: web.Console{Standings: h, Photographs: h, Frames: h, Faceless: func(string) string { return "" }}, Auditor: h, Accounts: account.New(&shelf{}, func() time.Time { return now }, slog.New(slog.DiscardHandler)), AuditLog: h, Tokens: tokens, Metrics: metrics,
		Front: web.Front{Version: "v1.2.3", Simulated: !h.real, Commands: []web.Command{
			{Line: "menshen passes list", About: menshen.Text{ZH: "最近的通行记录", EN: "The latest passes"}},
			{Line: `menshen trace contacts --person 王芳 --purpose "case <12>"`, About: menshen.Text{ZH: "谁和她在一起", EN: "Who was there with her"}},
		}},
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: func() time.Time { return now },
	}
}

// MustServe runs a server on a free port of loopback until the test ends.
func MustServe(tb testing.TB, h *house, cfg web.Config) *served {
	tb.Helper()
	return MustServeTo(tb, h, cfg, web.Grant{Token: web.NewToken(), Actor: "operator@terminal"})
}

// MustServeTo is MustServe with the client of the first of these grants.
func MustServeTo(tb testing.TB, h *house, cfg web.Config, grants ...web.Grant) *served {
	tb.Helper()
	s := &served{house: h, token: grants[0].Token, log: &logBuffer{}}
	d := deps(h, s.token, s.log)
	d.Pages = h.pages
	tokens, err := web.NewTokens(grants...)
	if err != nil {
		tb.Fatal(err)
	}
	d.Tokens = tokens.With(h.tokens)
	s.feed = d.Feed
	s.book, _ = d.Accounts.(*account.Book)
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	srv, err := web.New(d, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("Run: %v", err)
		}
		if err := srv.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	s.url = srv.URL()
	if s.client, err = client.New(s.url, s.token, ""); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.client.Close(); s.stop() })
	return s
}

// MustDo sends a raw request and gives the answer with its body.
func (s *served) MustDo(tb testing.TB, method, path string, body io.Reader, headers ...string) (*http.Response, string) {
	tb.Helper()
	req, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	t := &http.Transport{}
	defer t.CloseIdleConnections()
	res, err := (&http.Client{Transport: t}).Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return res, string(b)
}

// wantError checks the code of an error, and that message or hint has the word.
func wantError(tb testing.TB, err error, code menshen.Code, word string) {
	tb.Helper()
	e, ok := errors.AsType[*menshen.Error](err)
	if !ok || e.Code != code || !strings.Contains(e.Message+" | "+e.Hint, word) {
		tb.Fatalf("error %v, wanted %s with %q", err, code, word)
	}
}
