package office_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/access/credential"
	access "menshen/access/policy"
	"menshen/language"
	"menshen/office"
	"menshen/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is an office over a real database, with a clock that stands.
type house struct {
	*office.Office

	store  *sqlite.Site
	clock  *clock
	alerts *alerts
	policy *policy
	codes  *credential.Site
	site   menshen.Site
}

// MustHouse opens an office on 20 February 2020, 10:00 in Beijing, at a site with 35 gates.
func MustHouse(tb testing.TB) *house {
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
	site := bigSite()
	codes, err := credential.NewSite(site.ID, key, key)
	if err != nil {
		tb.Fatal(err)
	}
	figures := access.Default().Parameters()
	catalogue, err := language.New()
	if err != nil {
		tb.Fatal(err)
	}
	h := &house{
		store: db, clock: &clock{now: at("2020-02-20 10:00")}, alerts: &alerts{}, codes: codes, site: site,
		policy: &policy{days: figures.ObservationDays, fever: figures.Fever},
	}
	h.Office, err = office.New(office.Deps{
		Store: db, Policy: h.policy, Signer: codes, Numbers: codes, Rules: ruleReader{}, Alerter: h.alerts,
		Clock: h.clock.Now, Log: slog.New(slog.DiscardHandler), Site: func() menshen.Site { return h.site }, Chinese: catalogue.Chinese,
	}, office.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	return h
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

func bigSite() menshen.Site {
	s := menshen.Site{
		ID: "tiantongyuan", Name: menshen.Text{ZH: "天通苑", EN: "Tiantongyuan"}, Location: zone(),
		Zones: []menshen.Zone{
			{ID: "outside", Kind: menshen.ZoneOutside}, {ID: "compound", Kind: menshen.ZoneCompound},
			{ID: "building-3", Kind: menshen.ZoneBuilding, Parent: "compound"},
		},
	}
	for i := range 34 {
		id := fmt.Sprintf("gate-%d", i+1)
		s.Gates = append(s.Gates, menshen.Gate{
			ID: id, Name: menshen.Text{ZH: fmt.Sprintf("%d号门", i+1), EN: "Gate " + id[5:]}, From: "outside", To: "compound", State: menshen.GateOpen,
		})
	}
	s.Gates = append(s.Gates, menshen.Gate{ID: "door-3", Name: menshen.Text{ZH: "三号楼", EN: "Building 3"}, From: "compound", To: "building-3", State: menshen.GateOpen})
	return s
}

// Person puts a resident, who must be accepted.
func (h *house) MustPerson(tb testing.TB, name, dwelling string, with *menshen.Particulars) menshen.Person {
	tb.Helper()
	p := menshen.Person{Name: name}
	if dwelling != "" {
		p.Dwelling = home(dwelling)
	}
	p, err := h.PutPerson(tb.Context(), p, with)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func home(text string) menshen.Dwelling {
	d, err := menshen.ParseDwelling(text)
	if err != nil {
		panic(err)
	}
	return d
}

func card(number string) menshen.Document {
	return menshen.Document{Kind: menshen.DocumentIDCard, Number: menshen.Secret(number)}
}

// Numbers of identity cards with a right last character: grown is of 1990-05-31, child of 2012-03-05.
const (
	grown = "11010519900531007X"
	child = "110105201203050029"
)

// check asks for an error of a code that has some words and a hint, all of it in Chinese too.
func (h *house) check(tb testing.TB, what string, err error, code menshen.Code, words ...string) {
	tb.Helper()
	message, hint := menshen.ErrorMessage(err)
	if menshen.ErrorCode(err) != code || hint == "" {
		tb.Errorf("%s: %v (code %q, hint %q), want %q", what, err, menshen.ErrorCode(err), hint, code)
		return
	}
	for _, w := range words {
		if !strings.Contains(message+" → "+hint, w) {
			tb.Errorf("%s: %q → %q does not say %q", what, message, hint, w)
		}
	}
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

// take gives the kinds of the alerts since the last take.
func (a *alerts) take() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var kinds []string
	for _, x := range a.list {
		kinds = append(kinds, string(x.Kind))
		if x.Text.ZH == "" || x.Text.EN == "" || x.At.IsZero() {
			kinds = append(kinds, "without words")
		}
	}
	a.list = nil
	return strings.Join(kinds, " ")
}

// policy has the figures of the rules that come with Menshen, for a test to change.
type policy struct {
	days  int
	fever float64
}

func (p *policy) ObservationDays() int { return p.days }
func (p *policy) Fever() float64       { return p.fever }

// ruleReader is the policy's own reader of rules.
type ruleReader struct{}

func (ruleReader) CheckRules(yaml string) error {
	_, err := access.Parse([]byte(yaml))
	return err
}
