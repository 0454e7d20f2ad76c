package casebook_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/access/credential"
	"menshen/language"
	"menshen/office"
	"menshen/store/sqlite"
	"menshen/tracing"
	"menshen/tracing/casebook"
	"menshen/tracing/passlog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a casebook over a real database, a real office and the real engine, with a clock that stands.
//
// Zhang (张) lives with Wang (王) and Zhao (赵, who is inactive); shared a lift with Li (李) on 2 March and with Zhou (周) on
// 29 February. Sun (孙) lives with Li. Qian (钱) met nobody.
type world struct {
	*casebook.Book

	store   *sqlite.Site
	office  *office.Office
	shelf   *casebook.PolicyShelf
	tracer  *tracing.Tracer
	passes  *passlog.Log
	gates   *gates
	clock   *clock
	alerts  *alerts
	people  map[string]menshen.Person
	since   time.Time
	chinese func(string) string
	seq     uint64
}

// MustWorld opens a casebook on 5 March 2020, 10:00 in Beijing.
func MustWorld(tb testing.TB) *world {
	tb.Helper()
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		tb.Fatal(err)
	}
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "site.db"), sqlite.Options{Key: key})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	catalogue, err := language.New()
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{store: db, clock: &clock{now: at("2020-03-05 10:00")}, alerts: &alerts{}, people: map[string]menshen.Person{}, chinese: catalogue.Chinese}
	site := smallSite()
	codes, err := credential.NewSite(site.ID, key, key)
	must(tb, err)
	log := slog.New(slog.DiscardHandler)
	w.office, err = office.New(office.Deps{
		Store: db, Policy: figures{}, Signer: codes, Numbers: codes, Rules: noRules{}, Alerter: &alerts{}, Clock: w.clock.Now, Log: log,
		Site: func() menshen.Site { return site }, Chinese: catalogue.Chinese,
	}, office.Config{})
	must(tb, err)
	for _, p := range [][2]string{
		{"张", "3-1-5-501"}, {"王", "3-1-5-501"}, {"赵", "3-1-5-501"}, {"李", "3-1-10-1001"}, {"孙", "3-1-10-1001"}, {"周", "10-1-2-201"}, {"钱", "9-2-1-101"},
	} {
		home, err := menshen.ParseDwelling(p[1])
		must(tb, err)
		person := menshen.Person{ID: "p-" + p[0], Name: p[0], Dwelling: home, State: menshen.PersonActive}
		if p[0] == "赵" {
			person.State = menshen.PersonInactive
		}
		must(tb, db.PutPerson(tb.Context(), person, nil))
		w.people[p[0]] = person
	}
	w.passes = passlog.New(passlog.Config{Origin: at("2020-02-01 00:00")})
	w.tracer, err = tracing.New(w.passes, site, tracing.Config{Now: w.clock.Now, Residences: w.residences(tb)})
	must(tb, err)
	w.ride(tb, "2020-02-29 09:00", "张", "周")
	w.ride(tb, "2020-03-02 12:03", "张", "李")
	w.shelf, err = casebook.NewPolicyShelf(db, w.clock.Now)
	must(tb, err)
	w.gates = &gates{office: w.office}
	w.open(tb, w.tracer)
	return w
}

// open makes the book, with an engine.
func (w *world) open(tb testing.TB, engine casebook.Engine) {
	tb.Helper()
	var err error
	w.Book, err = casebook.New(casebook.Deps{
		Store: w.store, Engine: &forgetful{engine, w}, Policies: w.shelf, Registry: w.office, Health: w.gates, Alerter: w.alerts, Clock: w.clock.Now,
		Log: slog.New(slog.DiscardHandler), Location: zone,
	}, casebook.Config{})
	must(tb, err)
}

// forgetful is an engine that has no passes of before the world's since any more.
type forgetful struct {
	casebook.Engine

	w *world
}

func (f *forgetful) Case(ctx context.Context, q tracing.CaseQuestion) (tracing.CaseAnswer, error) {
	if q.Window.From.Before(f.w.since) {
		q.Window.From = f.w.since
	}
	return f.Engine.Case(ctx, q)
}

func (w *world) residences(tb testing.TB) func(func(string, tracing.Residence) bool) {
	return func(yield func(string, tracing.Residence) bool) {
		for r, err := range w.store.Residences(context.Background()) {
			if err != nil {
				tb.Error(err)
				return
			}
			if !yield(r.Person, tracing.Residence{Household: r.Household, Dwelling: r.Dwelling, Shared: r.Shared}) {
				return
			}
		}
	}
}

// ride has people take the lift of building 3 together, for two minutes.
func (w *world) ride(tb testing.TB, when string, names ...string) {
	tb.Helper()
	for i, n := range names {
		for _, x := range []struct {
			gate  string
			after time.Duration
		}{{"lobby", 0}, {"floor", 2 * time.Minute}} {
			w.seq++
			_, err := w.passes.Append(menshen.Pass{
				ID: menshen.PassID{Gate: x.gate, Sequence: w.seq}, Site: "yard", Person: "p-" + n, Direction: menshen.DirectionIn,
				Captured: at(when).Add(x.after + time.Duration(i)*5*time.Second), Means: menshen.MeansFace,
				Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
			})
			must(tb, err)
		}
	}
}

// by is an act of somebody, with a reason.
func by(who string) casebook.Act { return casebook.Act{By: who, Why: "按流调要求"} }

func (w *world) request() casebook.CaseRequest {
	return casebook.CaseRequest{
		Number: "2020-17", Person: "张", Purpose: "判定密切接触者", Expires: w.clock.Now().AddDate(0, 0, 30), Clinical: menshen.Clinical{Onset: at("2020-03-03 08:00")},
	}
}

// MustOpenCase gives a case of Zhang that Li asked for and Wu approved.
func (w *world) MustOpenCase(tb testing.TB) menshen.Case {
	tb.Helper()
	c, err := w.Request(tb.Context(), w.request(), by("li"))
	must(tb, err)
	c, err = w.Decide(tb.Context(), c.Number, true, by("wu"))
	must(tb, err)
	w.alerts.take()
	return c
}

// MustJudge judges a case and gives its contacts by name.
func (w *world) MustJudge(tb testing.TB, c menshen.Case) (casebook.JudgeResult, map[string]casebook.ContactView) {
	tb.Helper()
	r, err := w.Judge(tb.Context(), c.ID, by("li"))
	must(tb, err)
	return r, w.MustContacts(tb, c)
}

// MustContacts gives all contacts of a case by name, also those withdrawn.
func (w *world) MustContacts(tb testing.TB, c menshen.Case) map[string]casebook.ContactView {
	tb.Helper()
	list, err := w.Contacts(tb.Context(), c.ID, casebook.ContactQuery{All: true, Follow: true})
	must(tb, err)
	out := map[string]casebook.ContactView{}
	for _, x := range list.Contacts {
		if _, ok := out[x.Name]; ok {
			x.Name += "2"
		}
		out[x.Name] = x
	}
	return out
}

// MustStatus moves a contact through statuses.
func (w *world) MustStatus(tb testing.TB, id string, statuses ...menshen.ContactStatus) {
	tb.Helper()
	for _, s := range statuses {
		_, err := w.SetStatus(tb.Context(), id, casebook.StatusChange{Status: s}, by("li"))
		must(tb, err)
	}
}

// wantNames compares who counts as a contact.
func wantNames(tb testing.TB, contacts map[string]casebook.ContactView, want ...string) {
	tb.Helper()
	var names []string
	for n, x := range contacts {
		if x.WithdrawnFor == "" && x.MergedInto == "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	slices.Sort(want)
	if !slices.Equal(names, want) {
		tb.Errorf("contacts are %v, want %v", names, want)
	}
}

// check asks for an error of a code that has some words and a hint, all of it in Chinese too.
func (w *world) check(tb testing.TB, what string, err error, code menshen.Code, words ...string) {
	tb.Helper()
	message, hint := menshen.ErrorMessage(err)
	if menshen.ErrorCode(err) != code || hint == "" {
		tb.Errorf("%s: %v (code %q, hint %q), want %q", what, err, menshen.ErrorCode(err), hint, code)
		return
	}
	for _, word := range words {
		if !strings.Contains(message+" → "+hint, word) {
			tb.Errorf("%s: %q → %q does not say %q", what, message, hint, word)
		}
	}
	for _, text := range []string{message, hint} {
		if zh := w.chinese(text); zh == text {
			tb.Errorf("%s: %q has no Chinese", what, text)
		}
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

func zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// at reads a time of the site.
func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone())
	if err != nil {
		panic(err)
	}
	return t
}

func smallSite() menshen.Site {
	z := func(id string, k menshen.ZoneKind, parent string) menshen.Zone {
		return menshen.Zone{ID: id, Name: menshen.Text{ZH: id, EN: id}, Kind: k, Parent: parent}
	}
	g := func(id, from, to string) menshen.Gate {
		return menshen.Gate{ID: id, Name: menshen.Text{ZH: id, EN: id}, From: from, To: to, State: menshen.GateOpen}
	}
	return menshen.Site{
		ID: "yard", Name: menshen.Text{ZH: "院", EN: "Yard"}, Location: zone(),
		Zones: []menshen.Zone{
			z("outside", menshen.ZoneOutside, ""), z("compound", menshen.ZoneCompound, ""), z("building-3", menshen.ZoneBuilding, "compound"),
			z("lift-3", menshen.ZoneLift, "building-3"), z("unit-3-1", menshen.ZoneUnit, "building-3"),
		},
		Gates: []menshen.Gate{
			g("east", "outside", "compound"), g("door", "compound", "building-3"), g("lobby", "building-3", "lift-3"), g("floor", "lift-3", "unit-3-1"),
		},
	}
}

// gates is the way to the office that cmd makes, and can be cut.
type gates struct {
	office *office.Office
	mu     sync.Mutex
	broken error
}

func (g *gates) SetHealth(ctx context.Context, o casebook.HealthOrder) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.broken != nil {
		return g.broken
	}
	_, err := g.office.SetHealth(ctx, office.HealthChange{Person: o.Person, State: o.State, Since: o.Since, Until: o.Until, Reason: o.Reason}, o.By)
	return err
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at(text)
}

type alerts struct {
	mu   sync.Mutex
	list []menshen.Alert
}

func (a *alerts) Alert(_ context.Context, alert menshen.Alert) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, alert)
}

// take gives the alerts since the last take, each as "kind person text".
func (a *alerts) take() (out []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, x := range a.list {
		if x.Text.ZH == "" || x.Text.EN == "" || x.At.IsZero() {
			out = append(out, "without words")
		}
		out = append(out, fmt.Sprintf("%s %s %s", x.Kind, x.Person, x.Text.ZH))
	}
	a.list = nil
	return out
}

// figures are those of the office's policy.
type figures struct{}

func (figures) ObservationDays() int { return 14 }
func (figures) Fever() float64       { return 37.3 }

type noRules struct{}

func (noRules) CheckRules(string) error { return nil }

var _ casebook.Store = (*sqlite.Site)(nil)
var _ casebook.Registry = (*office.Office)(nil)
var _ casebook.Engine = (*tracing.Tracer)(nil)
