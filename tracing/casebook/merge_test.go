package casebook_test

import (
	"testing"

	"menshen"
	"menshen/tracing/casebook"
)

// TestMergeLevels: of what an interview said and what passes show, the stricter counts, and judging goes on.
func TestMergeLevels(t *testing.T) {
	ctx := t.Context()
	for name, keep := range map[string]bool{"keep the interview": true, "keep the derived": false} {
		t.Run(name, func(t *testing.T) {
			w := MustWorld(t)
			c := w.MustOpenCase(t)
			x, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "李", Level: menshen.LevelGeneral, Risk: "low", Note: "一起坐电梯"}, by("li"))
			must(t, err)
			r, _ := w.MustJudge(t, c)
			if len(r.Doubles) != 1 {
				t.Fatalf("%+v", r)
			}
			derived := r.Doubles[0].Derived
			want := contactOf(t, w, derived)
			kept, double := derived, x.ID
			if keep {
				kept, double = x.ID, derived
			}
			m, err := w.Merge(ctx, kept, double, by("li"))
			must(t, err)
			if m.Level != menshen.LevelClose || m.Risk != want.Risk || m.Rule != want.Rule || m.Source != menshen.SourceInterview {
				t.Errorf("%s %s by %q from %s", m.Level, m.Risk, m.Rule, m.Source)
			}
			// By a window that does not reach back to them, only the interview is left of them.
			must(t, second(w.SetClinical(ctx, c.ID, menshen.Clinical{Onset: at("2020-03-05 08:00")}, by("li"))))
			m = contactOf(t, w, kept).CaseContact
			if m.Level != menshen.LevelGeneral || m.Risk != "low" || m.Rule != "" || m.WithdrawnFor != "" {
				t.Errorf("without passes: %s %s by %q, withdrawn for %q", m.Level, m.Risk, m.Rule, m.WithdrawnFor)
			}
			r, err = w.SetClinical(ctx, c.ID, menshen.Clinical{Onset: at("2020-03-03 08:00")}, by("li"))
			must(t, err)
			if m := contactOf(t, w, kept); m.Level != menshen.LevelClose || m.Rule != want.Rule || len(r.New)+len(r.Doubles) > 0 {
				t.Errorf("again: %s by %q, %+v", m.Level, m.Rule, r)
			}
			must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "shanghai-home"}, by("li"))))
			if m := contactOf(t, w, kept); m.Policy.ID != "shanghai-home" {
				t.Errorf("judged by %v", m.Policy)
			}
			w.replay(t, c.ID)
		})
	}
}

// TestMergeStricterInterview: what passes show does not take back what somebody said.
func TestMergeStricterInterview(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	x, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "李", Level: menshen.LevelClose, Risk: "high", Note: "同桌吃饭"}, by("li"))
	must(t, err)
	r, _ := w.MustJudge(t, c)
	must(t, second(w.Merge(ctx, r.Doubles[0].Derived, x.ID, by("li"))))
	w.MustJudge(t, c)
	if m := contactOf(t, w, r.Doubles[0].Derived); m.Risk != "high" || m.Rule == "" {
		t.Errorf("%s %s by %q", m.Level, m.Risk, m.Rule)
	}
}

// TestMergeInterviews: two records from interviews are still none from passes.
func TestMergeInterviews(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	a, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "李", Level: menshen.LevelGeneral, Risk: "low"}, by("li"))
	must(t, err)
	b, err := w.AddContact(ctx, c.ID, casebook.NewContact{Name: "小李", Phone: "13700003333", Level: menshen.LevelClose}, by("li"))
	must(t, err)
	m, err := w.Merge(ctx, a.ID, b.ID, by("li"))
	must(t, err)
	if m.Level != menshen.LevelClose || m.Risk != "medium" {
		t.Errorf("%s %s", m.Level, m.Risk)
	}
	r, _ := w.MustJudge(t, c)
	if len(r.Doubles) != 1 || r.Doubles[0].Interview != a.ID {
		t.Errorf("%+v", r)
	}
}

// TestMergeGates: gates follow the record that is left.
func TestMergeGates(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	a, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "钱"}, by("li"))
	must(t, err)
	b, err := w.AddContact(ctx, c.ID, casebook.NewContact{Name: "老钱", Phone: "13700003333"}, by("li"))
	must(t, err)
	w.MustStatus(t, a.ID, menshen.ContactHomeObservation)
	w.MustStatus(t, b.ID, menshen.ContactCentralIsolation)
	m, err := w.Merge(ctx, a.ID, b.ID, by("li"))
	must(t, err)
	if m.Status != menshen.ContactCentralIsolation {
		t.Errorf("%s", m.Status)
	}
	w.wantHealth(t, "merged", "钱", menshen.HealthIsolated, "2020-03-05 10:00")
	w.replay(t, c.ID)
}

// TestInterviewChain: whom a contact from an interview met afterwards are contacts of the case.
func TestInterviewChain(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	w.ride(t, "2020-03-04 09:00", "钱", "周")
	x, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "钱", From: at("2020-03-03 12:00"), To: at("2020-03-03 13:00"), Note: "同桌吃饭"}, by("li"))
	must(t, err)
	r, err := w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "gates-and-lifts"}, by("li"))
	must(t, err)
	zhou := w.MustContacts(t, c)["周"]
	if zhou.Generation != 2 || zhou.WithdrawnFor != "" || len(r.Doubles) > 0 {
		t.Errorf("%+v, %+v", zhou, r)
	}
	if got := contactOf(t, w, x.ID); got.Source != menshen.SourceInterview || got.Rule != "" {
		t.Errorf("%+v", got)
	}
}
