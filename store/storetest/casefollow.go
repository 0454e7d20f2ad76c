package storetest

import (
	"math"
	"testing"

	"menshen"
	"menshen/store"
)

func caseFollowUps(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2", "p-3")
	MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{sampleContact("x-1", "c-1", "p-2"), sampleContact("x-2", "c-1", "p-3")}})
	follow := func(id, contact, day string) menshen.FollowUp {
		return menshen.FollowUp{ID: id, Contact: contact, Day: day, Celsius: 37.4, Symptoms: []string{"咳嗽"}, Reached: true, Note: "独居", Source: "staff", At: hour(9), By: "zhao"}
	}
	a, b := follow("f-a", "x-1", "2026-03-02"), follow("f-b", "x-1", "2026-03-03")
	c := menshen.FollowUp{ID: "f-c", Contact: "x-2", Day: "2026-03-02", Source: "staff", At: hour(9), By: "zhao"} // not reached
	told := []menshen.CaseChange{said("c-1", "x-1", "follow_up", "x"), said("c-1", "x-2", "follow_up", "x")}
	must(t, s.WriteCase(ctx, store.CaseWrite{FollowUps: []menshen.FollowUp{b, a, c}, Changes: told}))
	wantEqual(t, MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{Case: "c-1", Contact: "x-1"})), []menshen.FollowUp{a, b})
	wantEqual(t, MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{From: "2026-03-03"})), []menshen.FollowUp{b})
	wantEqual(t, MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{Contact: "x-2", To: "2026-03-02"})), []menshen.FollowUp{c})
	wantEqual(t, MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{Case: "c-1", Latest: true})), []menshen.FollowUp{c, b})
	reached, err := s.ReachedDays(ctx, "c-1")
	must(t, err)
	wantEqual(t, reached, map[string]string{"x-1": "2026-03-02 2026-03-03"})
	again := follow("f-d", "x-1", "2026-03-02")
	again.Celsius = 36.5
	must(t, s.WriteCase(ctx, store.CaseWrite{FollowUps: []menshen.FollowUp{again}, Changes: told}))
	wantEqual(t, MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{Contact: "x-1"})), []menshen.FollowUp{again, b})
	lost := follow("f-e", "x-9", "2026-03-02")
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{FollowUps: []menshen.FollowUp{lost}, Changes: []menshen.CaseChange{said("c-1", "x-9", "x", "x")}}), menshen.CodeNotFound)
	lost.Contact, lost.Day = "x-1", "1. März"
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{FollowUps: []menshen.FollowUp{lost}, Changes: told}), menshen.CodeInvalid)
}

func caseMoves(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2", "p-3")
	MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{sampleContact("x-1", "c-1", "p-2"), sampleContact("x-2", "c-1", "p-3")}})
	follow := func(id, contact, day string, n int) menshen.FollowUp {
		return menshen.FollowUp{ID: id, Contact: contact, Day: day, Source: "staff", At: hour(n), By: "zhao"}
	}
	test := menshen.LabTest{ID: "t-1", Case: "c-1", Contact: "x-2", Kind: "pcr", Sampled: hour(8), Result: menshen.LabTestPending, At: hour(9), By: "zhao"}
	told := []menshen.CaseChange{said("c-1", "x-1", "x", "x"), said("c-1", "x-2", "x", "x")}
	must(t, s.WriteCase(ctx, store.CaseWrite{
		FollowUps: []menshen.FollowUp{
			follow("a1", "x-1", "2026-03-01", 1), follow("b1", "x-2", "2026-03-01", 2), follow("a2", "x-1", "2026-03-02", 4), follow("b2", "x-2", "2026-03-02", 3),
			follow("b3", "x-2", "2026-03-03", 5),
		},
		Tests: []menshen.LabTest{test}, Changes: told,
	}))
	wantEqual(t, MustCollect(t, s.LabTests(ctx, store.LabTestFilter{Case: "c-1", Contact: "x-2"})), []menshen.LabTest{test})
	must(t, s.WriteCase(ctx, store.CaseWrite{Moves: []store.ContactMove{{From: "x-2", To: "x-1"}}, Changes: told}))
	wantEqual(t, MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{})), []menshen.FollowUp{
		follow("b1", "x-1", "2026-03-01", 2), follow("a2", "x-1", "2026-03-02", 4), follow("b3", "x-1", "2026-03-03", 5),
	})
	test.Contact, test.Result = "x-1", menshen.LabTestPositive
	must(t, s.WriteCase(ctx, store.CaseWrite{Tests: []menshen.LabTest{test}, Changes: told}))
	wantEqual(t, MustCollect(t, s.LabTests(ctx, store.LabTestFilter{ID: "t-1"})), []menshen.LabTest{test})
}

func caseHistory(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{sampleContact("x-1", "c-1", "p-2")}})
	a, b := said("c-1", "", "purpose", "“朝阳”"), said("c-1", "x-1", "note", "")
	b.Before, b.At = "不在家", hour(6)
	must(t, s.WriteCase(ctx, store.CaseWrite{Changes: []menshen.CaseChange{a, b}}))
	all := MustCollect(t, s.CaseChanges(ctx, "c-1", ""))
	wantEqual(t, all[len(all)-2:], []menshen.CaseChange{a, b})
	of := MustCollect(t, s.CaseChanges(ctx, "", "x-1"))
	wantEqual(t, of[len(of)-1], b)
	wantEqual(t, len(MustCollect(t, s.CaseChanges(ctx, "c-9", ""))), 0)
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Changes: []menshen.CaseChange{said("c-9", "", "x", "x")}}), menshen.CodeNotFound)
}

func caseOrders(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	order := func(id string) store.CaseOrder {
		return store.CaseOrder{ID: id, Contact: "x-1", Health: menshen.Health{
			Person: "p-2", State: menshen.HealthObservation, Since: hour(1), Until: hour(9), Reason: "2026-1 居家观察", By: "li", Changed: hour(2),
		}}
	}
	a, b := order("o-b"), order("o-a")
	MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{sampleContact("x-1", "c-1", "p-2")}, Orders: []store.CaseOrder{a, b}})
	wantEqual(t, MustCollect(t, s.CaseOrders(ctx)), []store.CaseOrder{a, b}) // in the order given
	for range 2 {
		must(t, s.EndCaseOrder(ctx, "o-b"))
	}
	wantEqual(t, MustCollect(t, s.CaseOrders(ctx)), []store.CaseOrder{b})
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Orders: []store.CaseOrder{b}}), menshen.CodeConflict)
	bad := order("o-c")
	bad.State = "lost"
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Orders: []store.CaseOrder{bad}}), menshen.CodeInvalid)
}

func tracingPolicies(t *testing.T, s Store) {
	ctx := t.Context()
	p := func(id, text string) store.TracingPolicy {
		return store.TracingPolicy{ID: id, YAML: text, By: "li", At: hour(1), Note: "改为 3 天"}
	}
	var want []store.TracingPolicy
	for i, text := range []string{"a: 1", "a: 2"} {
		v, err := s.AddTracingPolicy(ctx, p("nhc-9", text))
		must(t, err)
		wantEqual(t, v, uint64(i+1))
		x := p("nhc-9", text)
		x.Version = v
		want = append([]store.TracingPolicy{x}, want...)
	}
	v, err := s.AddTracingPolicy(ctx, p("ours", "b: 1"))
	must(t, err)
	wantEqual(t, v, uint64(1))
	latest, err := s.TracingPolicy(ctx, "nhc-9", 0)
	must(t, err)
	wantEqual(t, latest, want[0])
	first, err := s.TracingPolicy(ctx, "nhc-9", 1)
	must(t, err)
	wantEqual(t, first, want[1])
	all, err := s.TracingPolicies(ctx)
	must(t, err)
	wantEqual(t, len(all), 3)
	wantEqual(t, all[:2], want)
	for _, version := range []uint64{3, math.MaxUint64} {
		_, err = s.TracingPolicy(ctx, "nhc-9", version)
		wantCode(t, err, menshen.CodeNotFound)
	}
	_, err = s.AddTracingPolicy(ctx, store.TracingPolicy{ID: "x"})
	wantCode(t, err, menshen.CodeInvalid)
}
