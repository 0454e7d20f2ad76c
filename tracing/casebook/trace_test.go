package casebook_test

import (
	"testing"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

// reached gives whom an answer has, with the index person and the generation.
func reached(a tracing.ReachAnswer) map[string]tracing.Reached {
	out := map[string]tracing.Reached{}
	for _, r := range a.People {
		out[r.Person] = r
	}
	return out
}

// TestTrace: one case, then two of an outbreak: everybody is found once, by the case that is nearer.
func TestTrace(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	if _, err := w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "gates-and-lifts"}, by("li")); err != nil {
		t.Fatal(err)
	}
	w.ride(t, "2020-03-03 18:00", "周", "李", "钱")
	a, used, err := w.Trace(ctx, casebook.TraceRequest{Cases: []string{c.ID}})
	must(t, err)
	got := reached(a)
	if used.ID != "gates-and-lifts" || len(got) != 3 || got["p-李"].Generation != 1 || got["p-钱"].Generation != 2 || got["p-周"].Generation != 2 {
		t.Errorf("by %v: %+v", used, got)
	}

	w.clock.now = w.clock.now.AddDate(0, 0, 1)
	r := w.request()
	r.Number, r.Person, r.Clinical.Onset = "2020-18", "周", at("2020-03-04 08:00")
	other, err := w.Request(ctx, r, by("li"))
	must(t, err)
	_, _, err = w.Trace(ctx, casebook.TraceRequest{Cases: []string{c.ID, other.ID}})
	w.check(t, "a case that waits for approval", err, menshen.CodeDenied)
	other, err = w.Decide(ctx, other.ID, true, by("wu"))
	must(t, err)
	a, _, err = w.Trace(ctx, casebook.TraceRequest{Cases: []string{c.ID, other.ID, c.ID}})
	must(t, err)
	got = reached(a)
	if len(got) != 2 || got["p-李"].Index != "p-张" || got["p-钱"].Index != "p-周" || got["p-钱"].Generation != 1 {
		t.Errorf("of both: %+v", got)
	}
	_, _, err = w.Trace(ctx, casebook.TraceRequest{Cases: []string{c.ID, other.ID}, Backward: true})
	w.check(t, "two backward", err, menshen.CodeInvalid, "case")
	back, _, err := w.Trace(ctx, casebook.TraceRequest{Cases: []string{other.ID}, Backward: true})
	must(t, err)
	if p := back.Path(0); len(p) == 0 || p[len(p)-1].To != "p-周" {
		t.Errorf("who may have infected them: %+v", back.People)
	}
}
