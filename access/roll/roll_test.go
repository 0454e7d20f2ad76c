package roll_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/access/policy"
	"menshen/access/roll"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustLocation(tb testing.TB) *time.Location {
	tb.Helper()
	l, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// mustSite has a compound with two gates, and a building in it with a shop.
func mustSite(tb testing.TB) menshen.Site {
	tb.Helper()
	s := menshen.Site{
		ID: "garden", Location: mustLocation(tb),
		Zones: []menshen.Zone{
			{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}, {ID: "compound", Kind: menshen.ZoneCompound, Capacity: 3},
			{ID: "b1", Kind: menshen.ZoneBuilding, Parent: "compound"}, {ID: "shop", Kind: menshen.ZoneShop, Parent: "b1", Capacity: 1},
		},
		Gates: []menshen.Gate{
			{ID: "east", From: menshen.OutsideZone, To: "compound", State: menshen.GateOpen},
			{ID: "west", From: menshen.OutsideZone, To: "compound", State: menshen.GateGuarded, Passback: menshen.PassbackHard},
			{ID: "unit", From: "compound", To: "b1", State: menshen.GateOpen},
			{ID: "till", From: "b1", To: "shop", State: menshen.GateOpen},
		},
	}
	if err := s.Validate(); err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustApply(tb testing.TB, r *roll.Roll, changes ...menshen.Change) {
	tb.Helper()
	if err := r.Apply(changes...); err != nil {
		tb.Fatal(err)
	}
}

func monday(hour int) time.Time { return time.Date(2020, 3, 2, hour-8, 0, 0, 0, time.UTC) }

func person(id, household string) menshen.Change {
	return menshen.Change{Kind: menshen.ChangePerson, Key: id, Person: &menshen.Person{ID: id, Name: id, Household: household, State: menshen.PersonActive}}
}

func permit(id, holder string, kind menshen.PermitKind) menshen.Change {
	p := menshen.Permit{ID: id, Kind: kind, Person: holder, Span: menshen.Span{From: monday(0).AddDate(0, -1, 0), To: monday(0).AddDate(0, 1, 0)}}
	return menshen.Change{Kind: menshen.ChangePermit, Key: id, Permit: &p}
}

func health(id string, state menshen.HealthState) menshen.Change {
	return menshen.Change{Kind: menshen.ChangeHealth, Key: id, Health: &menshen.Health{Person: id, State: state}}
}

func mode(m menshen.SiteMode) menshen.Change {
	return menshen.Change{Kind: menshen.ChangeSite, Site: &menshen.SiteSetting{Mode: m}}
}

func gone(kind menshen.ChangeKind, key string) menshen.Change {
	return menshen.Change{Kind: kind, Key: key}
}

func pass(gate string, sequence uint64, who string, d menshen.Direction, at time.Time) menshen.Pass {
	return menshen.Pass{
		ID: menshen.PassID{Gate: gate, Sequence: sequence}, Site: "garden", Person: who, Direction: d, Captured: at, Means: menshen.MeansCard,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow},
	}
}

func decide(r *roll.Roll, who, gate string, d menshen.Direction, at time.Time) menshen.Decision {
	q := policy.Request{Means: menshen.MeansCard, Direction: d, At: at}
	return r.Decide(&q, who, gate).Decision
}

func TestChangesDecide(t *testing.T) {
	r := roll.New(mustSite(t))
	at := monday(9)
	expect := func(what, who string, outcome menshen.Outcome, reasons ...menshen.Reason) {
		t.Helper()
		if d := decide(r, who, "east", menshen.DirectionIn, at); d.Outcome != outcome || !slices.Equal(d.Reasons, reasons) {
			t.Errorf("%s: %+v, want %s %v", what, d, outcome, reasons)
		}
	}
	const allow, deny = menshen.OutcomeAllow, menshen.OutcomeDeny
	expect("nobody", "ann", deny, menshen.ReasonNotInRegistry)
	mustApply(t, r, permit("p1", "ann", menshen.PermitResident), health("ann", menshen.HealthObservation))
	expect("permit and health before the person", "ann", deny, menshen.ReasonNotInRegistry)
	mustApply(t, r, person("ann", "h1"))
	expect("under observation", "ann", deny, menshen.ReasonHomeObservation, menshen.ReasonActiveResident, menshen.ReasonPermitValid)
	mustApply(t, r, health("ann", menshen.HealthNormal), mode(menshen.ModeClosed))
	expect("with a permit", "ann", allow, menshen.ReasonPermitValid)
	revoked := permit("p1", "ann", menshen.PermitResident)
	revoked.Permit.Revoked = at
	mustApply(t, r, revoked)
	expect("revoked", "ann", deny, menshen.ReasonPermitRevoked)
	mustApply(t, r, permit("p2", "ann", menshen.PermitReturnee))
	expect("another one", "ann", allow, menshen.ReasonPermitValid)
	mustApply(t, r, permit("p2", "bob", menshen.PermitReturnee), person("bob", ""))
	expect("given to somebody else", "ann", deny, menshen.ReasonPermitRevoked)
	expect("who has it now", "bob", allow, menshen.ReasonPermitValid)
	if p, ok := r.Permit("p2"); !ok || p.Person != "bob" || p.Kind != menshen.PermitReturnee || !p.To.Equal(monday(0).AddDate(0, 1, 0)) {
		t.Errorf("%+v %t", p, ok)
	}
	mustApply(t, r, gone(menshen.ChangePermit, "p2"))
	expect("taken away", "bob", deny, menshen.ReasonNoPermit)
	if _, ok := r.Permit("p2"); ok {
		t.Error("a permit that is gone is found")
	}
	mustApply(t, r, mode(""), menshen.Change{Kind: menshen.ChangeGate, Key: "east", Gate: &menshen.GateSetting{Gate: "east", State: menshen.GateClosed}})
	expect("closed gate", "ann", deny, menshen.ReasonGateClosed, menshen.ReasonActiveResident)
	if r.GateState("east") != menshen.GateClosed || r.GateState("west") != menshen.GateGuarded || r.GateState("south") != menshen.GateClosed {
		t.Error("gates are not in the state they were set to")
	}
	mustApply(t, r, gone(menshen.ChangeGate, "east"))
	expect("open again", "ann", allow, menshen.ReasonActiveResident)
	mustApply(t, r, gone(menshen.ChangePerson, "ann"))
	expect("gone", "ann", deny, menshen.ReasonNotInRegistry)
	mustApply(t, r, menshen.Change{Kind: "weather", Key: "x"}, menshen.Change{Kind: menshen.ChangeTemplate, Key: "t"})
	if q := (policy.Request{Direction: menshen.DirectionIn}); r.Fill(&q, "ann", "south") || q.Gate.State != "" {
		t.Error("a gate that is none is known")
	}
}

// A change that comes again, or late, does not bring back what was.
func TestRevisions(t *testing.T) {
	r := roll.New(mustSite(t))
	first, second := person("ann", "h"), health("ann", menshen.HealthIsolated)
	first.Revision, second.Revision = 1, 3
	mustApply(t, r, first, second)
	stale := health("ann", menshen.HealthNormal)
	stale.Revision = 2
	mustApply(t, r, stale)
	if s, _ := r.Standing("ann"); !s.Health.Isolated() || r.Revision() != 3 {
		t.Errorf("%+v at revision %d", s, r.Revision())
	}
}

func TestRules(t *testing.T) {
	r := roll.New(mustSite(t))
	mustApply(t, r, person("ann", "h"))
	rules := func(yaml string, version uint64) menshen.Change {
		return menshen.Change{Kind: menshen.ChangeRules, Rules: &menshen.RuleText{Version: version, YAML: yaml}}
	}
	const strict = "format: 1\nrules:\n  - {id: isolated, title: {zh: 隔离, en: isolation}, when: [isolated], then: deny, reason: isolated}\n"
	mustApply(t, r, rules(strict, 1))
	if d := decide(r, "ann", "east", menshen.DirectionIn, monday(9)); d.Outcome != menshen.OutcomeDeny || d.Reasons[0] != menshen.ReasonNoRule || r.Ruling().Version != 1 {
		t.Errorf("%+v by version %d", d, r.Ruling().Version)
	}
	err := r.Apply(rules("format: 1\nrules: []\n", 2), person("bob", "h")) // without isolation
	if err == nil || !strings.Contains(err.Error(), "isolated") || r.Ruling().Version != 1 {
		t.Errorf("%v, version %d", err, r.Ruling().Version)
	}
	if _, ok := r.Person("bob"); !ok {
		t.Error("bad rules kept a person out")
	}
	mustApply(t, r, rules("", 3))
	if d := decide(r, "ann", "east", menshen.DirectionIn, monday(9)); d.Outcome != menshen.OutcomeAllow || r.Ruling().Version != 3 {
		t.Errorf("%+v by version %d", d, r.Ruling().Version)
	}
	mustApply(t, r, gone(menshen.ChangeRules, ""))
	if r.Ruling().Version != 0 {
		t.Errorf("version %d", r.Ruling().Version)
	}
}

func TestCredentials(t *testing.T) {
	r := roll.New(mustSite(t))
	key := slices.Repeat([]byte{7}, 32)
	card := func(id string, revoked time.Time) menshen.Change {
		return menshen.Change{Kind: menshen.ChangeCredential, Key: id, Credential: &menshen.Credential{ID: id, Person: "ann", Kind: menshen.CredentialCard, Key: key, Revoked: revoked}}
	}
	mustApply(t, r, card("c1", time.Time{}))
	if c, ok := r.CredentialByKey(menshen.CredentialCard, key); !ok || c.ID != "c1" {
		t.Errorf("%+v", c)
	}
	if _, ok := r.CredentialByKey(menshen.CredentialPIN, key); ok {
		t.Error("a card is found as a PIN")
	}
	mustApply(t, r, card("c1", monday(9)))
	if c, ok := r.CredentialByKey(menshen.CredentialCard, key); !ok || c.Revoked.IsZero() {
		t.Errorf("%+v", c)
	}
	mustApply(t, r, card("c2", time.Time{}), card("c1", monday(10)))
	if c, ok := r.CredentialByKey(menshen.CredentialCard, key); !ok || c.ID != "c2" {
		t.Errorf("the good one of two is not found: %+v", c)
	}
	mustApply(t, r, gone(menshen.ChangeCredential, "c2"))
	if _, ok := r.Credential("c2"); ok {
		t.Error("a credential that is gone is found")
	}
	if c, ok := r.Credential("c1"); !ok || c.Person != "ann" {
		t.Errorf("%+v", c)
	}
	if _, ok := r.CredentialByKey(menshen.CredentialCard, key[:31]); ok {
		t.Error("a short key finds something")
	}
}

func TestUsedCode(t *testing.T) {
	r := roll.New(mustSite(t))
	at := monday(9)
	if r.UsedCode("c1", at) || !r.UsedCode("c1", at) || !r.UsedCode("c1", at.Add(-time.Second)) || r.UsedCode("c2", at) || r.UsedCode("c1", at.Add(time.Second)) {
		t.Error("codes are not told from each other")
	}
	p := pass("west", 1, "ann", menshen.DirectionIn, at)
	p.Credential = fmt.Sprintf("c3@%d", at.Unix())
	r.Passed(p)
	if !r.UsedCode("c3", at) {
		t.Error("a code used at another gate is new here")
	}
	p.Decision.Outcome, p.Credential = menshen.OutcomeDeny, fmt.Sprintf("c4@%d", at.Unix())
	r.Passed(p)
	if r.UsedCode("c4", at) {
		t.Error("a refused pass used a code up")
	}
	fresh := 0 // one of many at once is the first
	var wait sync.WaitGroup
	var mu sync.Mutex
	for range 8 {
		wait.Go(func() {
			if !r.UsedCode("c5", at) {
				mu.Lock()
				fresh++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if fresh != 1 {
		t.Errorf("a code was new %d times", fresh)
	}
}

func TestOccupancy(t *testing.T) {
	r := roll.New(mustSite(t))
	mustApply(t, r, person("ann", "h"), person("bob", "h"), person("cyd", "h"), person("dan", "h"))
	expect := func(what string, compound, b1, shop int) {
		t.Helper()
		if o := r.Occupancy(); o["compound"] != compound || o["b1"] != b1 || o["shop"] != shop || len(o) != 3 {
			t.Errorf("%s: %v", what, o)
		}
	}
	in, out := menshen.DirectionIn, menshen.DirectionOut
	r.Passed(pass("east", 1, "ann", in, monday(9)))
	r.Passed(pass("unit", 1, "ann", in, monday(9).Add(time.Minute)))
	expect("in the building is in the compound", 1, 1, 0)
	r.Passed(pass("unit", 1, "ann", in, monday(9).Add(time.Minute)))
	r.Passed(pass("east", 1, "ann", in, monday(9)))
	expect("passes that come again, and late", 1, 1, 0)
	r.Passed(pass("till", 1, "ann", in, monday(10)))
	r.Passed(pass("east", 2, "bob", in, monday(10)))
	expect("shop", 2, 1, 1)
	if !r.Full("shop") || r.Full("compound") || r.Full("b1") || r.Full("garage") {
		t.Error("the shop alone is full")
	}
	if d := decide(r, "bob", "till", in, monday(11)); d.Outcome != menshen.OutcomeDeny || d.Reasons[0] != menshen.ReasonZoneFull {
		t.Errorf("into the full shop: %+v", d)
	}
	r.Passed(pass("east", 3, "cyd", in, monday(10)))
	if d := decide(r, "dan", "east", in, monday(11)); d.Outcome != menshen.OutcomeDeny || d.Reasons[0] != menshen.ReasonZoneFull {
		t.Errorf("into the full compound: %+v", d)
	}
	if d := decide(r, "cyd", "unit", in, monday(11)); d.Outcome != menshen.OutcomeAllow {
		t.Errorf("who is in the compound goes into its building: %+v", d)
	}
	r.Passed(pass("east", 4, "ann", out, monday(12)))
	expect("out through a gate, all zones are left", 2, 0, 0)
	r.Passed(pass("unit", 2, "ann", out, monday(11)))
	expect("what came between comes late", 2, 0, 0)
	mustApply(t, r, gone(menshen.ChangePerson, "bob"))
	expect("gone from the registry", 1, 0, 0)
	r.Passed(pass("east", 9, "eve", in, monday(12)))
	expect("not in the registry yet", 1, 0, 0)
	mustApply(t, r, person("eve", ""))
	expect("in the registry now", 2, 0, 0)
	refused := pass("east", 10, "dan", in, monday(12))
	refused.Decision.Outcome = menshen.OutcomeReview
	r.Passed(refused)
	r.Passed(pass("south", 1, "dan", in, monday(12)))
	elsewhere := pass("east", 11, "dan", in, monday(12))
	elsewhere.Site = "park"
	r.Passed(elsewhere)
	expect("passes that count for nothing", 2, 0, 0)
	if s, ok := r.Standing("cyd"); !ok || s.Last == nil || s.Last.Gate != "east" || s.Last.Zone != "compound" || !s.Last.At.Equal(monday(10)) {
		t.Errorf("%+v %t", s.Last, ok)
	}
}

// Whatever the order in which passes come, and however often, what is known in the end is the same.
func TestPassesInAnyOrder(t *testing.T) {
	site := mustSite(t)
	var passes []menshen.Pass
	rnd := rand.New(rand.NewPCG(5, 6))
	people := []string{"ann", "bob", "cyd"}
	for i := range 300 {
		gate := site.Gates[rnd.IntN(len(site.Gates))].ID
		d := []menshen.Direction{menshen.DirectionIn, menshen.DirectionOut}[rnd.IntN(2)]
		passes = append(passes, pass(gate, uint64(i+1), people[rnd.IntN(3)], d, monday(rnd.IntN(24*20)))) // many at the same moment
	}
	known := func(p []menshen.Pass) string {
		r := roll.New(site)
		mustApply(t, r, person("ann", "h"), person("bob", "h"), person("cyd", ""))
		for _, x := range p {
			r.Passed(x)
		}
		s := fmt.Sprint(r.Occupancy())
		for _, who := range people {
			st, _ := r.Standing(who)
			s += fmt.Sprint(*st.Last, *st.Outings)
			if st.Household != nil {
				s += fmt.Sprint(*st.Household)
			}
		}
		return s
	}
	want := known(passes)
	for range 20 {
		shuffled := append(slices.Clone(passes), passes[:100]...)
		rnd.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if got := known(shuffled); got != want {
			t.Fatalf("%s\nwant %s", got, want)
		}
	}
}

func TestOutings(t *testing.T) {
	r := roll.New(mustSite(t))
	family := permit("p", "ann", menshen.PermitResident)
	family.Permit.Quota = menshen.Quota{Outings: 1, Days: 2, Household: true}
	mustApply(t, r, person("ann", "h"), person("bob", "h"), family, mode(menshen.ModeClosed))
	may := func(what string, at time.Time, reasons ...menshen.Reason) {
		t.Helper()
		if d := decide(r, "ann", "east", menshen.DirectionOut, at); !slices.Equal(d.Reasons, reasons) {
			t.Errorf("%s: %+v", what, d)
		}
	}
	may("first", monday(9), menshen.ReasonPermitValid)
	r.Passed(pass("unit", 1, "bob", menshen.DirectionOut, monday(9)))
	may("bob left the building, not the site", monday(9), menshen.ReasonPermitValid)
	r.Passed(pass("west", 1, "bob", menshen.DirectionOut, monday(23)))
	r.Passed(pass("west", 1, "bob", menshen.DirectionOut, monday(23)))
	may("bob went out", monday(23), menshen.ReasonQuotaUsed)
	may("yesterday", monday(24), menshen.ReasonQuotaUsed)
	may("the day before yesterday", monday(48), menshen.ReasonPermitValid)
	if d := decide(r, "ann", "east", menshen.DirectionIn, monday(23)); d.Outcome != menshen.OutcomeAllow {
		t.Errorf("kept from coming home: %+v", d)
	}
	mustApply(t, r, person("bob", "h2"))
	may("bob moved out", monday(23), menshen.ReasonPermitValid)
	mustApply(t, r, person("bob", "h"))
	may("and in again", monday(23), menshen.ReasonQuotaUsed)
	mustApply(t, r, gone(menshen.ChangePerson, "bob"))
	may("bob is gone", monday(23), menshen.ReasonPermitValid)
}

func TestPassback(t *testing.T) {
	r := roll.New(mustSite(t))
	mustApply(t, r, person("ann", "h"))
	r.Passed(pass("east", 1, "ann", menshen.DirectionIn, monday(9)))
	r.Passed(pass("unit", 1, "ann", menshen.DirectionIn, monday(9)))
	if d := decide(r, "ann", "west", menshen.DirectionIn, monday(12)); d.Outcome != menshen.OutcomeDeny || d.Reasons[0] != menshen.ReasonPassback {
		t.Errorf("in the building, and comes in: %+v", d)
	}
	r.Passed(pass("east", 2, "ann", menshen.DirectionOut, monday(10)))
	if d := decide(r, "ann", "west", menshen.DirectionIn, monday(12)); d.Outcome != menshen.OutcomeAllow {
		t.Errorf("went out: %+v", d)
	}
}

// A registry that went back is applied anew, from lower revisions on; nothing of the former one is left.
func TestReset(t *testing.T) {
	r := roll.New(mustSite(t))
	mustApply(t, r, revision(5, person("ann", "h")), revision(9, person("bob", "h")), revision(10, mode(menshen.ModeClosed)))
	r.Passed(pass("east", 1, "ann", menshen.DirectionIn, monday(9)))
	r.Reset()
	if _, ok := r.Person("ann"); ok || r.Revision() != 0 || r.Mode() != menshen.ModeNormal || r.Occupancy()["compound"] != 0 {
		t.Error("something is left")
	}
	mustApply(t, r, revision(2, person("bob", "h")), revision(6, health("bob", menshen.HealthIsolated)))
	if d := decide(r, "bob", "east", menshen.DirectionIn, monday(9)); d.Outcome != menshen.OutcomeDeny || d.Reasons[0] != menshen.ReasonIsolated {
		t.Errorf("the new registry is not in force: %+v", d)
	}
}

// A pass that was noted as it was decided and again with its number is one outing, also where the number came late.
func TestEarlyPasses(t *testing.T) {
	r := roll.New(mustSite(t))
	family := permit("p", "ann", menshen.PermitResident)
	family.Permit.Quota = menshen.Quota{Outings: 2, Days: 1}
	mustApply(t, r, person("ann", "h"), family, mode(menshen.ModeClosed))
	r.Passed(pass("east", 0, "ann", menshen.DirectionOut, monday(9)))
	r.Passed(pass("east", 0, "ann", menshen.DirectionOut, monday(9)))
	r.Passed(pass("east", 7, "ann", menshen.DirectionOut, monday(9)))
	r.Passed(pass("east", 7, "ann", menshen.DirectionOut, monday(9)))
	if d := decide(r, "ann", "east", menshen.DirectionOut, monday(11)); d.Outcome != menshen.OutcomeAllow {
		t.Errorf("one outing counted twice: %+v", d)
	}
	r.Passed(pass("east", 8, "ann", menshen.DirectionOut, monday(11)))
	if d := decide(r, "ann", "east", menshen.DirectionOut, monday(12)); d.Outcome != menshen.OutcomeDeny {
		t.Errorf("two outings counted once: %+v", d)
	}
}

// revision numbers a change.
func revision(n uint64, c menshen.Change) menshen.Change {
	c.Revision = n
	return c
}
