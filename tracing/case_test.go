package tracing_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// liftPolicy makes contacts of whoever was in one lift, however briefly.
func liftPolicy() *policy.Policy {
	return &policy.Policy{
		ID: "lifts", Generations: 2,
		Rules: []policy.Rule{{ID: "lift", Kind: policy.RuleZone, Zones: []menshen.ZoneKind{menshen.ZoneLift}, Level: menshen.LevelClose, Risk: "high"}},
		Next:  []policy.Rule{{ID: "next", Kind: policy.RuleZone, Zones: []menshen.ZoneKind{menshen.ZoneLift}, Level: menshen.LevelSecondary, Risk: "low"}},
	}
}

// rides gives passes of people through the lift: "li 08:00:00 08:01:00".
func rides(tb testing.TB, lines ...string) (passes []menshen.Pass) {
	tb.Helper()
	for i, line := range lines {
		f := strings.Fields(line)
		for k, way := range []string{"in", "out"} {
			passes = append(passes, newPass(f[0], "lift-lobby", menshen.Direction(way), MustClock(tb, f[k+1]), uint64(2*i+k+1)))
		}
	}
	return passes
}

func brief(a tracing.CaseAnswer) (out []string) {
	for _, f := range a.Findings {
		out = append(out, fmt.Sprintf("%s %d %s %s–%s", f.Person, f.Generation, f.Level, clock(f.First), clock(f.Last)))
	}
	return out
}

func TestChainsRespectTime(t *testing.T) {
	passes := rides(t,
		"li 08:00 08:10", "wang 08:05 08:20", "zhao 08:15 08:30", // li → wang → zhao
		"qian 07:50 08:02", "sun 07:50 07:58", // qian met li; sun met qian before that
		"wu 08:09 08:10", "li 09:00 09:01", "zhou 09:00 09:02")
	day := menshen.Span{From: MustClock(t, "00:00"), To: MustClock(t, "12:00")}
	tests := []struct {
		name   string
		change func(*tracing.CaseQuestion)
		want   []string
	}{
		{"two generations", func(*tracing.CaseQuestion) {}, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01",
			"zhao 2 secondary 08:15–08:20",
		}},
		{"one generation", func(q *tracing.CaseQuestion) { q.Generations = 1 }, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01",
		}},
		{"isolation ends it", func(q *tracing.CaseQuestion) { q.Isolated = MustClock(t, "08:30") }, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhao 2 secondary 08:15–08:20",
		}},
		{"the contact is isolated", func(q *tracing.CaseQuestion) {
			q.Held = map[string][]menshen.Span{"wang": {{From: MustClock(t, "08:12")}}}
		}, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01",
		}},
		{"the contact was isolated before", func(q *tracing.CaseQuestion) {
			q.Held = map[string][]menshen.Span{"wang": {{From: MustClock(t, "07:00"), To: MustClock(t, "08:05")}}}
		}, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01", "zhao 2 secondary 08:15–08:20",
		}},
		{"the contact is isolated when exposed, and released", func(q *tracing.CaseQuestion) {
			q.Held = map[string][]menshen.Span{"wang": {{From: MustClock(t, "08:00"), To: MustClock(t, "08:06")}}}
		}, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01",
		}},
		{"the window opens in isolation", func(q *tracing.CaseQuestion) {
			q.Held = map[string][]menshen.Span{"li": {{From: day.From, To: MustClock(t, "08:04")}, {From: MustClock(t, "08:08")}}}
		}, []string{
			"wang 1 close 08:05–08:08", "zhao 2 secondary 08:15–08:20", "wu 2 secondary 08:09–08:10",
		}},
		{"backward, the carrier was isolated between", func(q *tracing.CaseQuestion) {
			q.Person, q.Backward, q.Generations = "zhao", true, 1
			q.Held = map[string][]menshen.Span{"wang": {{From: MustClock(t, "08:17"), To: MustClock(t, "08:19")}}}
		}, []string{"wang 1 close 08:15–08:20"}},
		{"backward, the carrier is isolated", func(q *tracing.CaseQuestion) {
			q.Person, q.Backward = "zhao", true
			q.Held = map[string][]menshen.Span{"wang": {{From: MustClock(t, "08:17")}}}
		}, []string{"wang 1 close 08:15–08:17", "li 2 secondary 08:05–08:10", "wu 2 secondary 08:09–08:10"}},
		{"of high risk alone", func(q *tracing.CaseQuestion) {
			q.Policy.NextOf, q.Policy.Rules[0].Risk = "high", "medium"
		}, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01",
		}},
		{"of medium risk at least", func(q *tracing.CaseQuestion) {
			q.Policy.NextOf, q.Policy.Rules[0].Risk = "medium", "medium"
		}, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01", "zhao 2 secondary 08:15–08:20",
		}},
		{"known from an interview", func(q *tracing.CaseQuestion) {
			q.Window.To = MustClock(t, "08:00:30")
			q.Known = []tracing.Known{
				{Person: "wang", Span: menshen.Span{From: MustClock(t, "07:00"), To: MustClock(t, "07:00")}, Level: menshen.LevelGeneral},
				{Person: "zhou", Span: menshen.Span{From: MustClock(t, "08:10"), To: MustClock(t, "08:20")}}, // after the window
				{Person: "qian", Span: menshen.Span{From: MustClock(t, "06:00"), To: MustClock(t, "09:00")}}, // close by a rule as well
				{Person: "stranger"},
			}
		}, []string{
			"qian 1 close 06:00–08:00:30", "wang 1 general 07:00–07:00",
			"sun 2 secondary 07:50–07:58", "zhao 2 secondary 08:15–08:20", "wu 2 secondary 08:09–08:10",
		}},
		{"latency", func(q *tracing.CaseQuestion) { q.Policy.Latency = 15 * time.Minute }, []string{
			"wang 1 close 08:05–08:10", "qian 1 close 08:00–08:02", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01",
		}},
		{"the window cuts", func(q *tracing.CaseQuestion) { q.Window.From = MustClock(t, "08:06") }, []string{
			"wang 1 close 08:06–08:10", "wu 1 close 08:09–08:10", "zhou 1 close 09:00–09:01", "zhao 2 secondary 08:15–08:20",
		}},
		{"long enough", func(q *tracing.CaseQuestion) { q.Policy.Rules[0].Total = 3 * time.Minute }, []string{
			"wang 1 close 08:05–08:10", "zhao 2 secondary 08:15–08:20", "wu 2 secondary 08:09–08:10",
		}},
		{"backward from zhao", func(q *tracing.CaseQuestion) { q.Person, q.Backward = "zhao", true }, []string{
			"wang 1 close 08:15–08:20", "li 2 secondary 08:05–08:10", "wu 2 secondary 08:09–08:10",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "12:00"), passes)
			q := tracing.CaseQuestion{Person: "li", Window: day, Policy: liftPolicy()}
			tt.change(&q)
			answer, err := tracer.Case(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			wantLines(t, brief(answer), tt.want)
		})
	}
}

// Whoever was exposed in isolation passes nothing on, not even where two passes at a gate lie on either side of its beginning.
func TestExposedInIsolation(t *testing.T) {
	passes := MustPasses(t, "li", "08:00:50 east in")
	passes = append(passes, MustPasses(t, "wang", "08:01:10 east in", "08:01:30 west out")...)
	passes = append(passes, MustPasses(t, "zhao", "08:00:40 west in")...)
	rule := policy.Rule{ID: "gate", Kind: policy.RuleGate, Within: time.Minute, Level: menshen.LevelClose}
	q := tracing.CaseQuestion{
		Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "12:00")},
		Policy: &policy.Policy{ID: "gates", Rules: []policy.Rule{rule}, Next: []policy.Rule{rule}, Generations: 2},
	}
	tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "12:00"), passes)
	for isolated, want := range map[string][]string{
		"":         {"wang 1 close 08:00:50–08:01:10", "zhao 2 close 08:00:50–08:01:30"},
		"08:00:45": {"wang 1 close 08:00:50–08:01:10"},
	} {
		if isolated != "" {
			q.Held = map[string][]menshen.Span{"wang": {{From: MustClock(t, isolated)}}}
		} else {
			q.Held = nil
		}
		answer, err := tracer.Case(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, brief(answer), want)
	}
}

// Who works in a shop is met in it at noon, though their next pass is hours away.
func TestStayOfADay(t *testing.T) {
	passes := append(MustPasses(t, "wang", "08:00 shop-door in", "18:00 shop-door out"), MustPasses(t, "li", "13:00 shop-door in", "13:05 shop-door out")...)
	passes = append(passes, MustPasses(t, "zhao", "15:00 shop-door in", "15:10 shop-door out")...)
	rule := policy.Rule{ID: "shop", Kind: policy.RuleZone, Zones: []menshen.ZoneKind{menshen.ZoneShop}, Level: menshen.LevelClose}
	q := tracing.CaseQuestion{
		Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "1/00:00")},
		Policy: &policy.Policy{ID: "shops", Rules: []policy.Rule{rule}, Next: []policy.Rule{rule}, Generations: 2},
	}
	for _, cfg := range []tracing.StayConfig{{}, {Whole: map[menshen.ZoneKind]time.Duration{menshen.ZoneShop: 9 * time.Hour}}} {
		tracer := MustTracer(t, cfg, MustClock(t, "1/00:00"), passes)
		answer, err := tracer.Case(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		contacts, err := tracer.Contacts(t.Context(), "li", q.Window, tracing.ContactOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if cfg.Whole != nil {
			if len(answer.Findings)+len(contacts) > 0 {
				t.Errorf("a stay longer than a whole one is not cut: %v, %v", brief(answer), contacts)
			}
			continue
		}
		wantLines(t, brief(answer), []string{"wang 1 close 13:00–13:05", "zhao 2 close 15:00–15:10"})
		if len(contacts) != 1 || contacts[0].Person != "wang" {
			t.Errorf("contacts %v", contacts)
		}
	}
}

func TestCorrectedPassCountsForTheOther(t *testing.T) {
	log, tracer := MustLogAndTracer(t, MustClock(t, "12:00"), rides(t, "li 08:00 08:10", "wang 08:05 08:20"))
	q := tracing.CaseQuestion{Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "12:00")}, Policy: liftPolicy()}
	for seq := uint64(3); seq <= 4; seq++ { // it was zhao, not wang
		if !log.Reassign(menshen.PassID{Gate: "lift-lobby", Sequence: seq}, "zhao") {
			t.Fatal("no such pass")
		}
	}
	answer, err := tracer.Case(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, brief(answer), []string{"zhao 1 close 08:05–08:10"})
}

// A refused pass is presence at the gate: it makes an exposure at it, and no stay.
func TestRefusedPassInCase(t *testing.T) {
	passes := append(MustPasses(t, "li", "08:00 lift-lobby in", "08:10 lift-lobby out"), MustPasses(t, "wang", "08:00:30 lift-lobby in deny")...)
	tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "12:00"), passes)
	q := tracing.CaseQuestion{Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "12:00")}, Policy: liftPolicy()}
	answer, err := tracer.Case(t.Context(), q)
	if err != nil || len(answer.Findings) != 0 {
		t.Fatalf("got %v, %v", brief(answer), err)
	}
	q.Policy.Rules = append(q.Policy.Rules, policy.Rule{ID: "gate", Kind: policy.RuleGate, Within: time.Minute, Level: menshen.LevelGeneral})
	if answer, err = tracer.Case(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	wantLines(t, brief(answer), []string{"wang 1 general 08:00–08:00:30"})
}

func TestCompare(t *testing.T) {
	tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "12:00"), rides(t, "li 08:00 08:10", "wang 08:05 08:20", "qian 08:00 08:01", "zhao 08:15 08:30"))
	q := tracing.CaseQuestion{Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "12:00")}, Policy: liftPolicy()}
	a, err := tracer.Case(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	q.Policy = liftPolicy()
	q.Policy.Rules[0].Total, q.Policy.Rules[0].Level, q.Generations = 2*time.Minute, menshen.LevelGeneral, 1
	b, err := tracer.Case(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	show := func(list []tracing.Difference) (out []string) {
		for _, d := range list {
			out = append(out, fmt.Sprintf("%s %s %v %v", d.Person, d.Change, d.Before != nil, d.After != nil))
		}
		return out
	}
	wantLines(t, show(tracing.Compare(a, b)), []string{"qian left true false", "zhao left true false", "wang changed true true"})
	wantLines(t, show(tracing.Compare(b, a)), []string{"qian entered false true", "zhao entered false true", "wang changed true true"})
	wantLines(t, show(tracing.Compare(a, a)), nil)
}

func TestSettle(t *testing.T) {
	tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "1/12:00"), MustPasses(t, "li", "08:00 east in", "08:05 door in"))
	d := menshen.Dwelling{Building: "3", Unit: "1", Floor: 5, Room: "501"}
	homes := map[string]tracing.Residence{"li": {Household: "h", Dwelling: d}, "wang": {Household: "h", Dwelling: d}}
	p := &policy.Policy{ID: "home", Generations: 1, Rules: []policy.Rule{{ID: "household", Kind: policy.RuleHousehold, Level: menshen.LevelClose}}}
	q := tracing.CaseQuestion{Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "12:00")}, Policy: p}
	for _, want := range [][]string{nil, {"wang 1 close 00:00–12:00"}, nil} {
		answer, err := tracer.Case(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		wantLines(t, brief(answer), want)
		if want == nil {
			tracer.Settle(maps.All(homes))
		} else {
			tracer.Settle(nil)
		}
	}
	// Who lives elsewhere is a visitor here: no night in the building without a pass.
	tracer.Settle(maps.All(map[string]tracing.Residence{"zhao": {Dwelling: d}}))
	_, stays, err := tracer.Movements(t.Context(), "li", menshen.Span{From: day, To: MustClock(t, "1/12:00")})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, showAll(stays), []string{"compound 08:00 ~20:05", "building 08:05 ~14:05"})
}

func TestBadCaseQuestions(t *testing.T) {
	tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "12:00"), rides(t, "li 08:00 08:10"))
	good := tracing.CaseQuestion{Person: "li", Window: menshen.Span{From: day, To: MustClock(t, "12:00")}, Policy: liftPolicy()}
	for _, tt := range []struct {
		name   string
		change func(*tracing.CaseQuestion)
		code   menshen.Code
		word   string
	}{
		{"nobody", func(q *tracing.CaseQuestion) { q.Person = "" }, menshen.CodeInvalid, "person"},
		{"unknown", func(q *tracing.CaseQuestion) { q.Person = "who" }, menshen.CodeNotFound, `"who"`},
		{"no window", func(q *tracing.CaseQuestion) { q.Window = menshen.Span{} }, menshen.CodeInvalid, "from"},
		{"empty window", func(q *tracing.CaseQuestion) { q.Window.To = q.Window.From }, menshen.CodeInvalid, "to"},
		{"no policy", func(q *tracing.CaseQuestion) { q.Policy = nil }, menshen.CodeInvalid, "policy"},
		{"six generations", func(q *tracing.CaseQuestion) { q.Generations = 6 }, menshen.CodeInvalid, "generations"},
		{"latency below 0", func(q *tracing.CaseQuestion) { q.Policy.Latency = -1 }, menshen.CodeInvalid, "latency"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := good
			q.Policy = liftPolicy()
			tt.change(&q)
			_, err := tracer.Case(t.Context(), q)
			message, hint := menshen.ErrorMessage(err)
			if menshen.ErrorCode(err) != tt.code || !strings.Contains(message, tt.word) || hint == "" {
				t.Errorf("got %q (%s), hint %q", message, menshen.ErrorCode(err), hint)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tracer.Case(ctx, good); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled question gave %v", err)
	}
}

// However many processors share the work, and whatever else is asked at the same time, the answer is the same.
func TestCaseOnManyProcessors(t *testing.T) {
	town := MustTownship(t, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, p := range policy.Builtin() {
		var want []string
		for _, processors := range []int{1, 4} {
			runtime.GOMAXPROCS(processors)
			for i := range 3 {
				answer, err := town.tracer.Case(t.Context(), tracing.CaseQuestion{
					Person: town.people[7], Window: menshen.Span{From: day.AddDate(0, 0, 11), To: day.AddDate(0, 0, 12)}, Policy: p, Backward: i == 2,
				})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, f := range answer.Findings {
					got = append(got, showFinding(f, showHops(f.Path)))
				}
				switch {
				case processors == 1 && i == 0:
					want = got
				case i < 2:
					wantLines(t, got, want)
				}
				if t.Failed() {
					t.Fatal(p.ID)
				}
			}
		}
	}
}
