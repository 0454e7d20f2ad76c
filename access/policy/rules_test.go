package policy_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/access/policy"
)

const isolation = "  - {id: isolated, title: {zh: 隔离, en: isolation}, when: [isolated], then: deny, reason: isolated}\n"

func TestParseRefuses(t *testing.T) {
	rule := func(s string) string { return "format: 1\nrules:\n" + isolation + "  - " + s + "\n" }
	const title = "title: {zh: 甲, en: a}"
	for name, c := range map[string]struct{ text, message, hint string }{
		"empty":             {"", "format", "format: 1"},
		"not YAML":          {"format: [", "rules, line", ""},
		"no format":         {"rules:\n" + isolation, "the format of the rules is 0", "format: 1"},
		"unknown key":       {"format: 1\nruls: []\n", `line 2: unknown key "ruls"`, `did you mean "rules"?`},
		"unknown parameter": {"format: 1\nparameters: {fevr: 38}\nrules:\n" + isolation, `unknown key "fevr"`, `did you mean "fever"?`},
		"parameter range":   {"format: 1\nparameters: {fever: 50}\nrules:\n" + isolation, "the parameter fever is out of range", "36 to 40"},
		"parameter time":    {"format: 1\nparameters: {review_wait: soon}\nrules:\n" + isolation, `review_wait: "soon" is no time`, "30s"},
		"parameter mode":    {"format: 1\nparameters: {permit_required: [open]}\nrules:\n" + isolation, `the mode of the site "open"`, "lock-down"},
		"quota kind":        {"format: 1\nparameters: {quotas: {guest: {outings: 1, days: 1}}}\nrules:\n" + isolation, `"guest"`, "visitor"},
		"quota range":       {"format: 1\nparameters: {quotas: {visitor: {outings: 1}}}\nrules:\n" + isolation, "quota of a permit is out of range", "1 to 31 days"},
		"quota of":          {"format: 1\nparameters: {quotas: {visitor: {outings: 1, days: 1, of: family}}}\nrules:\n" + isolation, `unknown "family"`, "household"},
		"bad id":            {rule("{id: A b, " + title + ", when: [in], then: deny, reason: fever}"), `rule 2 has the id "A b"`, "lower-case"},
		"no title":          {rule("{id: a, title: {zh: 甲}, when: [in], then: deny, reason: fever}"), "rule a has no title", "title:"},
		"unknown then":      {rule("{id: a, " + title + ", when: [in], then: denny, reason: fever}"), `rule a: then: "denny"`, `did you mean "deny"?`},
		"unknown reason":    {rule("{id: a, " + title + ", when: [in], then: deny, reason: feever}"), `rule a: the reason "feever"`, `did you mean "fever"?`},
		"unknown fact":      {rule("{id: a, " + title + ", when: [observed], then: deny, reason: fever}"), `rule a: the fact "observed"`, "use one of: by_face"},
		"near fact":         {rule("{id: a, " + title + ", when: [not feverr], then: deny, reason: fever}"), `rule a: the fact "feverr"`, `did you mean "fever"?`},
		"odd condition":     {rule("{id: a, " + title + ", when: [in and out], then: deny, reason: fever}"), `rule a: the condition "in and out"`, `"or"`},
		"half a choice":     {rule("{id: a, " + title + ", when: [in or], then: deny, reason: fever}"), `rule a: the condition "in or"`, `"or"`},
		"no condition":      {rule("{id: a, " + title + ", then: deny, reason: fever}"), "rule a has no condition", "when:"},
		"never holds":       {rule("{id: a, " + title + ", when: [in, out], then: deny, reason: fever}"), "rule a can never hold", "in, out"},
		"override of allow": {rule("{id: a, " + title + ", when: [in], then: allow, reason: fever, override: true}"), "rule a: override is for deny alone", "guard"},
		"twice":             {rule("{id: isolated, " + title + ", when: [in], then: deny, reason: fever}"), `two rules "isolated"`, "own id"},
		"allows isolated":   {rule("{id: a, " + title + ", when: [isolated, in], then: allow, reason: active_resident}"), "rule a would let people under isolation pass", "remove it"},
		"allows anybody":    {rule("{id: a, " + title + ", when: [in or active], then: allow, reason: active_resident}"), "who are not active in the registry", "add active"},
		"no isolation":      {"format: 1\nrules:\n  - {id: a, " + title + ", when: [in], then: deny, reason: fever}\n", "the rule isolated is missing", "keep it as"},
		"weaker isolation":  {"format: 1\nrules:\n" + strings.Replace(isolation, "[isolated]", "[isolated, in]", 1), "it was weakened", "keep it as"},
		"reviewed":          {"format: 1\nrules:\n" + strings.Replace(isolation, "deny", "review", 1), "it was weakened", "keep it as"},
		"overridable":       {"format: 1\nrules:\n" + strings.Replace(isolation, "then: deny", "then: deny, override: true", 1), "it was weakened", "keep it as"},
		"switched off":      {"format: 1\nrules:\n" + strings.Replace(isolation, "then: deny", "then: deny, enabled: false", 1), "it was weakened", "keep it as"},
		"huge":              {strings.Repeat("#", 1<<18+1), "larger than 256 KB", ""},
	} {
		_, err := policy.Parse([]byte(c.text))
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, c.message) || !strings.Contains(hint, c.hint) {
			t.Errorf("%s: %v: %q, %q", name, err, message, hint)
		}
	}
}

func TestParseReadsParameters(t *testing.T) {
	r, err := policy.Parse([]byte("format: 1\nparameters: {observation_days: 7, fever: 37.5, fever_valid: 48h, temperature_valid: 4h, temperature_required: [closed], " +
		"permit_required: [], review_wait: 20s, same_crossing: 0s, quotas: {resident: {outings: 1, days: 2, of: household}}}\nrules:\n" + isolation))
	if err != nil {
		t.Fatal(err)
	}
	p := r.Parameters()
	if p.ObservationDays != 7 || p.Fever != 37.5 || p.FeverValid != 48*time.Hour || p.TemperatureValid != 4*time.Hour || p.ReviewWait != 20*time.Second ||
		p.SameCrossing != 0 || !slices.Equal(p.TemperatureRequired, []menshen.SiteMode{menshen.ModeClosed}) || len(p.PermitRequired) != 0 ||
		p.Quotas[menshen.PermitResident] != (menshen.Quota{Outings: 1, Days: 2, Household: true}) {
		t.Errorf("%+v", p)
	}
	// What the default file says is what holds where a file says nothing.
	bare, err := policy.Parse([]byte("format: 1\nrules:\n" + isolation))
	if err != nil {
		t.Fatal(err)
	}
	a, b := bare.Parameters(), policy.Default().Parameters()
	if a.ObservationDays != b.ObservationDays || a.Fever != b.Fever || a.FeverValid != b.FeverValid || a.TemperatureValid != b.TemperatureValid ||
		a.ReviewWait != b.ReviewWait || a.SameCrossing != b.SameCrossing || !slices.Equal(a.PermitRequired, b.PermitRequired) || len(a.TemperatureRequired) != 0 {
		t.Errorf("%+v, but by the file %+v", a, b)
	}
}

// Whoever cannot be told allows nothing but the way out of a gate that fails safe.
func TestFallback(t *testing.T) {
	for _, c := range []struct {
		state     menshen.GateState
		fail      menshen.FailMode
		direction menshen.Direction
		outcome   menshen.Outcome
		reason    menshen.Reason
	}{
		{menshen.GateOpen, "", menshen.DirectionIn, menshen.OutcomeDeny, menshen.ReasonNoRegistry},
		{menshen.GateOpen, menshen.FailSecure, menshen.DirectionOut, menshen.OutcomeDeny, menshen.ReasonNoRegistry},
		{menshen.GateGuarded, menshen.FailSafe, menshen.DirectionOut, menshen.OutcomeAllow, menshen.ReasonNoRegistry},
		{menshen.GateOpen, menshen.FailSafe, menshen.DirectionIn, menshen.OutcomeReview, menshen.ReasonNoRegistry},
		{menshen.GateOpen, menshen.FailSafe, "", menshen.OutcomeDeny, menshen.ReasonNoRegistry},
		{menshen.GateClosed, menshen.FailSafe, menshen.DirectionOut, menshen.OutcomeDeny, menshen.ReasonGateClosed},
	} {
		d := policy.Fallback(menshen.Gate{State: c.state, Fail: c.fail}, c.direction)
		if d.Outcome != c.outcome || !slices.Equal(d.Reasons, []menshen.Reason{c.reason}) {
			t.Errorf("%+v: %+v", c, d)
		}
	}
}

// Rules that do hold together are among those that can: what the cases must cover is not too little.
func TestConflictsMissNone(t *testing.T) {
	standard := policy.Default()
	free := standard.Parameters()
	free.PermitRequired, free.TemperatureRequired = nil, []menshen.SiteMode{menshen.ModeNormal, menshen.ModeClosed, menshen.ModeLockdown}
	lax, err := standard.With(free)
	if err != nil {
		t.Fatal(err)
	}
	can := map[policy.Conflict]bool{}
	for _, c := range standard.Conflicts() {
		can[c], can[policy.Conflict{A: c.B, B: c.A}] = true, true
	}
	w, rnd := mustWorld(t), rand.New(rand.NewPCG(1, 2))
	for i := range 8000 {
		q := w.randomRequest(t, rnd)
		x := []*policy.Rules{standard, lax}[i%2].Explain(q)
		for j, a := range x.Fired {
			for _, b := range x.Fired[:j] {
				if a.Then != b.Then && !can[policy.Conflict{A: a.Rule, B: b.Rule}] {
					t.Fatalf("%s and %s hold together, but are said not to: %+v", a.Rule, b.Rule, x.Facts)
				}
			}
		}
	}
}

// TestIsolatedNeverPass: whatever else there is, and whatever the rules say.
func TestIsolatedNeverPass(t *testing.T) {
	text := "format: 1\nrules:\n" + isolation
	for _, fact := range []string{"in", "out", "not in", "in or out", "by_face or by_qr", "guard", "permit_valid", "identified"} {
		id := strings.ReplaceAll(fact, " ", "_")
		text += "  - {id: " + id + ", title: {zh: 甲, en: a}, when: [active, " + fact + "], then: allow, reason: active_resident}\n"
	}
	generous, err := policy.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w, rnd := mustWorld(t), rand.New(rand.NewPCG(3, 4))
	standard, allowed := policy.Default(), 0
	for range 5000 {
		q := w.randomRequest(t, rnd)
		d := generous.Decide(q)
		if d.Decision.Outcome == menshen.OutcomeAllow {
			allowed++
		}
		q.Standing.Health = policy.HealthOf(menshen.Health{State: menshen.HealthIsolated})
		for _, rules := range []*policy.Rules{standard, generous} {
			d := rules.Decide(q)
			named := q.Standing.Found && (q.Means != menshen.MeansFace || q.Guard || q.Match.Person() == q.Standing.Person.ID)
			if named && (d.Decision.Outcome != menshen.OutcomeDeny || d.Overridable || d.Decision.Reasons[0] != menshen.ReasonIsolated) {
				t.Fatalf("%+v: %+v", q, d)
			}
			if q.Standing.Found && d.Decision.Outcome == menshen.OutcomeAllow && q.Standing.Person.ID == q.Match.Person() {
				t.Fatalf("%+v: %+v", q, d)
			}
		}
	}
	if allowed < 250 {
		t.Errorf("the generous rules allow only %d of 5000: this shows nothing", allowed)
	}
}

// randomRequest makes a request of the pieces of the cases.
func (w world) randomRequest(tb testing.TB, rnd *rand.Rand) *policy.Request {
	tb.Helper()
	one := func(of ...string) string { return of[rnd.IntN(len(of))] }
	names := []string{}
	for name := range w.Permits {
		names = append(names, name)
	}
	slices.Sort(names)
	gates := []string{}
	for name := range w.Gates {
		gates = append(gates, name)
	}
	slices.Sort(gates)
	g := given{
		Person: one("住户", "住户", "工人", "停用", "已删"), Gate: one(gates...), Direction: one("in", "out"), Mode: one("normal", "closed", "lock-down"),
		State: one("", "", "", "closed", "guarded"), At: one("周一 09:00", "周一 23:00", "周二 01:00", "周六 12:00"),
		Shows: one("人脸", "人脸", "人脸", "照片", "没看清活体", "像是某人", "陌生人脸", "戴口罩认不出", "看不清", "二维码", "纸质码", "过期码", "伪造码", "卡", "密码", "保安指认"),
	}
	for range rnd.IntN(3) {
		g.Permits = append(g.Permits, one(names...))
	}
	g.Health.State, g.Health.Code = one("", "", "observation", "monitoring", "isolated", "recovered"), one("", "green", "yellow", "red")
	g.Health.Temperature, g.Health.Measured = []float64{0, 36.5, 38}[rnd.IntN(3)], one("周一 08:00", "上周日 18:00")
	g.Inside, g.Full, g.RecordsFull, g.Guard = rnd.IntN(2) == 0, rnd.IntN(4) == 0, rnd.IntN(4) == 0, rnd.IntN(4) == 0
	if rnd.IntN(2) == 0 {
		g.Outings.Own, g.Outings.Household = []string{one("周一", "周二")}, []string{one("周一", "周六")}
		g.Last.Gate, g.Last.Direction, g.Last.At = g.Gate, one("in", "out"), one("周一 08:59", "周一 09:00")
	}
	q := w.mustRequest(tb, g)
	if q.Match == nil {
		q.Match = &menshen.Match{}
	}
	return q
}

func TestDecideAllocatesNothing(t *testing.T) {
	w, rules := mustWorld(t), policy.Default()
	for name, g := range map[string]given{
		"resident by face":   {Person: "住户"},
		"permit":             {Person: "住户", Mode: "closed", Permits: []string{"粉证-已过期", "粉证-仅西门", "粉证"}},
		"quota used":         {Person: "住户", Mode: "closed", Direction: "out", Permits: []string{"粉证-每人两天一次"}},
		"stranger":           {Shows: "陌生人脸"},
		"worker by QR":       {Person: "工人", Shows: "二维码", Permits: []string{"工作证"}},
		"guard lets them by": {Person: "工人", Guard: true},
	} {
		q := w.mustRequest(t, g)
		q.Location = mustLocation(t)
		var d policy.Result
		if n := testing.AllocsPerRun(100, func() { d = rules.Decide(q) }); n != 0 || len(d.Decision.Reasons) == 0 {
			t.Errorf("%s: %.1f allocations, %+v", name, n, d)
		}
	}
}

func mustLocation(tb testing.TB) *time.Location {
	tb.Helper()
	l, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func BenchmarkDecide(b *testing.B) {
	w, rules := mustWorld(b), policy.Default()
	for _, c := range []struct {
		name string
		given
	}{
		{"resident", given{Person: "住户"}}, {"permit", given{Person: "住户", Mode: "closed", Permits: []string{"粉证-已过期", "粉证-仅西门", "粉证"}}},
		{"stranger", given{Shows: "陌生人脸"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			q := w.mustRequest(b, c.given)
			q.Location = mustLocation(b)
			b.ReportAllocs()
			for b.Loop() {
				rules.Decide(q)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(policy.DefaultText)
	f.Add([]byte("format: 1\nrules:\n" + isolation))
	f.Add([]byte("format: 1\nrules: [{id: a, when: [in or out, not fever]}]"))
	isolated := policy.Request{Means: menshen.MeansCard, Gate: menshen.Gate{ID: "east", State: menshen.GateOpen}, Direction: menshen.DirectionIn, At: time.Unix(1583110800, 0)}
	isolated.Standing = policy.Standing{Found: true, Person: menshen.Person{ID: "ann", State: menshen.PersonActive, Household: "h"}, Health: policy.HealthOf(menshen.Health{State: menshen.HealthIsolated})}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := policy.Parse(text)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, guard := range []bool{false, true} {
			q := isolated
			q.Guard = guard
			if d := r.Decide(&q); d.Decision.Outcome != menshen.OutcomeDeny {
				t.Fatalf("%+v", d)
			}
		}
	})
}
