package office_test

import (
	"testing"

	"menshen"
	"menshen/office"
)

// An exit that is received before its entrance gives the same in the end.
func TestPassesOfAVisitInAnyOrder(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	r, err := h.RegisterVisit(ctx, caller("3-2-14-1402"), "guard")
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.AnswerVisit(ctx, r.Visit.ID, true, []string{"gate-1", "gate-2"}, "guard")
	if err != nil || a.Visit.AnsweredBy != "guard" || len(a.Permit.Gates) != 2 {
		t.Fatalf("%+v %v", a, err)
	}
	for _, p := range []menshen.Pass{
		{Direction: menshen.DirectionOut, Captured: at("2020-02-20 11:00"), Permit: a.Permit.ID},
		{Direction: menshen.DirectionIn, Captured: at("2020-02-20 10:10"), Means: menshen.MeansGuard}, // let in by hand
		{Direction: menshen.DirectionIn, Captured: at("2020-02-19 10:10"), Permit: a.Permit.ID},       // before the visit
	} {
		p.ID, p.Person, p.Decision.Outcome = menshen.PassID{Gate: "gate-1", Sequence: 1}, r.Visit.Person, menshen.OutcomeAllow
		if p.Permit == "" {
			p.Permit = a.Permit.ID
		}
		if err := h.Passed(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	v, err := h.store.Visit(ctx, r.Visit.ID)
	if err != nil || v.State != menshen.VisitLeft || !v.Entered.Equal(at("2020-02-20 10:10")) || !v.Left.Equal(at("2020-02-20 11:00")) {
		t.Errorf("%+v %v", v, err)
	}
}

// Whom a guard lets in by hand passes without a permit and is inside all the same.
func TestVisitorLetInByHand(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	r, err := h.RegisterVisit(ctx, caller("王芳"), "guard")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.AnswerVisit(ctx, r.Visit.ID, true, nil, "guard"); err != nil {
		t.Fatal(err)
	}
	err = h.Passed(ctx, menshen.Pass{
		ID: menshen.PassID{Gate: "gate-1", Sequence: 1}, Person: r.Visit.Person, Direction: menshen.DirectionIn, Captured: at("2020-02-20 10:10"),
		Means: menshen.MeansGuard, By: "guard", Decision: menshen.Decision{Outcome: menshen.OutcomeAllow},
	})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := h.store.Visit(ctx, r.Visit.ID); err != nil || v.State != menshen.VisitInside {
		t.Errorf("%+v %v", v, err)
	}
}

// What could not be followed when it was committed is followed with what is due, once.
func TestDueFollowsPasses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	confirm := func(from, to string) office.VisitAnswered {
		t.Helper()
		r := caller("王芳")
		r.From, r.To = at(from), at(to)
		registered, err := h.RegisterVisit(ctx, r, "guard")
		if err != nil {
			t.Fatal(err)
		}
		a, err := h.AnswerVisit(ctx, registered.Visit.ID, true, nil, "guard")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	today, tomorrow := confirm("2020-02-20 10:00", "2020-02-20 14:00"), confirm("2020-02-21 10:00", "2020-02-21 14:00")
	sequence := uint64(0)
	commit := func(when string, d menshen.Direction, permit string) {
		t.Helper()
		sequence++
		p := menshen.Pass{
			ID: menshen.PassID{Gate: "gate-1", Sequence: sequence}, Site: h.site.ID, Person: today.Visit.Person, Permit: permit, Direction: d,
			Captured: at(when), Means: menshen.MeansQR, Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonPermitValid}},
		}
		if permit == "" {
			p.Means, p.By = menshen.MeansGuard, "guard"
		}
		if r, err := h.store.CommitPasses(ctx, []menshen.Pass{p}); err != nil || len(r.Fresh) != 1 {
			t.Fatalf("%+v %v", r, err)
		}
	}
	want := func(id string, state menshen.VisitState, entered, left string) {
		t.Helper()
		for range 2 {
			if err := h.Due(ctx); err != nil {
				t.Fatal(err)
			}
		}
		v, err := h.store.Visit(ctx, id)
		if err != nil || v.State != state || entered == "" != v.Entered.IsZero() || left == "" != v.Left.IsZero() ||
			entered != "" && !v.Entered.Equal(at(entered)) || left != "" && !v.Left.Equal(at(left)) {
			t.Errorf("%+v %v, want %s, in %q, out %q", v, err, state, entered, left)
		}
	}
	commit("2020-02-20 10:10", menshen.DirectionIn, today.Permit.ID)
	want(today.Visit.ID, menshen.VisitInside, "2020-02-20 10:10", "")
	commit("2020-02-20 11:00", menshen.DirectionOut, "") // by hand
	want(today.Visit.ID, menshen.VisitLeft, "2020-02-20 10:10", "2020-02-20 11:00")
	commit("2020-02-20 11:30", menshen.DirectionIn, "") // and again
	want(today.Visit.ID, menshen.VisitInside, "2020-02-20 11:30", "")
	h.clock.Set("2020-02-20 18:00")
	commit("2020-02-20 17:50", menshen.DirectionOut, "")
	want(today.Visit.ID, menshen.VisitLeft, "2020-02-20 11:30", "2020-02-20 17:50")
	if kinds := h.alerts.take(); kinds != "" {
		t.Errorf("alerted %q for somebody who has left", kinds)
	}
	want(tomorrow.Visit.ID, menshen.VisitConfirmed, "", "") // none of those passes is of this visit
	commit("2020-02-21 10:05", menshen.DirectionIn, "")
	want(tomorrow.Visit.ID, menshen.VisitInside, "2020-02-21 10:05", "")
	want(today.Visit.ID, menshen.VisitLeft, "2020-02-20 11:30", "2020-02-20 17:50")
}
