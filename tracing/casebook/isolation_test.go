package casebook_test

import (
	"slices"
	"strings"
	"testing"

	"menshen"
	"menshen/tracing/casebook"
)

// TestPromotedStaysHeld: who was isolated as a contact is isolated as a case from the same time on.
func TestPromotedStaysHeld(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	id := all["李"].ID
	must(t, second(w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactHomeObservation, From: at("2020-03-03 10:00")}, by("li"))))
	must(t, second(w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactCentralIsolation, From: at("2020-03-04 10:00")}, by("li"))))
	n, err := w.Promote(ctx, id, casebook.CaseRequest{
		Number: "2020-18", Purpose: "续查", Expires: w.clock.Now().AddDate(0, 0, 30), Clinical: menshen.Clinical{Onset: at("2020-03-05 08:00")},
	}, by("li"))
	must(t, err)
	n, err = w.Decide(ctx, n.Number, true, by("wu"))
	must(t, err)
	if !n.Isolated.Equal(at("2020-03-04 10:00")) {
		t.Errorf("isolated %s", n.Isolated)
	}
	x := contactOf(t, w, id)
	if want := []menshen.Span{{From: at("2020-03-04 10:00"), To: at("2020-03-05 10:00")}}; !sameSpans(x.Central, want) {
		t.Errorf("in central isolation: %v", x.Central)
	}
	w.replay(t, c.ID)
}

// TestCentralIsolationAlone: home observation holds nobody, and past isolation is not forgotten.
func TestCentralIsolationAlone(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	w.ride(t, "2020-03-04 09:00", "李", "钱")
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "gates-and-lifts"}, by("li"))))
	id := w.MustContacts(t, c)["李"].ID
	counts := func(what string, want bool) {
		t.Helper()
		_, all := w.MustJudge(t, c)
		if x, ok := all["钱"]; (ok && x.WithdrawnFor == "") != want {
			t.Errorf("%s: whom Li met counts: %t", what, !want)
		}
	}
	counts("free", true)
	must(t, second(w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactHomeObservation, From: at("2020-03-03 10:00")}, by("li"))))
	counts("at home", true)
	w.MustStatus(t, id, menshen.ContactCentralIsolation) // from now on: 5 March
	counts("isolated afterwards", true)
	w.MustStatus(t, id, menshen.ContactReleased)
	must(t, second(w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactCentralIsolation, From: at("2020-03-04 08:00")}, by("li"))))
	counts("isolated before", false)
	w.clock.Set("2020-03-06 10:00")
	w.MustStatus(t, id, menshen.ContactReleased)
	counts("released since", false)
	w.replay(t, c.ID)
}

// TestLateIsolation: who came to a central place late goes home for the days that the policy has for it, not for all again.
func TestLateIsolation(t *testing.T) {
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	id := all["李"].ID
	until := func() string { return contactOf(t, w, id).IsolatedTo.In(zone()).Format("01-02 15:04") }
	w.clock.Set("2020-03-10 10:00")
	w.MustStatus(t, id, menshen.ContactCentralIsolation)
	if got := until(); got != "03-17 10:00" {
		t.Errorf("central until %s", got)
	}
	w.clock.Set("2020-03-14 10:00")
	w.MustStatus(t, id, menshen.ContactHomeObservation)
	if got := until(); got != "03-20 10:00" {
		t.Errorf("at home from the 14th until %s", got)
	}
	w.MustStatus(t, id, menshen.ContactCentralIsolation)
	w.clock.Set("2020-03-17 10:00")
	w.MustStatus(t, id, menshen.ContactHomeObservation)
	if got := until(); got != "03-20 10:00" {
		t.Errorf("at home from the 17th until %s", got)
	}
}

// TestReleaseAlways: nobody stays locked in because a case has expired, and somebody is told when their time is over.
func TestReleaseAlways(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	id := all["李"].ID
	w.MustStatus(t, id, menshen.ContactCentralIsolation)
	_, err := w.Close(ctx, c.ID, by("li"))
	w.check(t, "close", err, menshen.CodeConflict, "李", "release")
	must(t, w.Settle(ctx))
	if got := w.alerts.take(); len(got) != 0 {
		t.Errorf("too early: %v", got)
	}
	w.clock.Set("2020-05-05 10:00")
	for range 2 {
		must(t, w.Settle(ctx))
	}
	if got := w.alerts.take(); len(got) != 1 || !strings.Contains(got[0], "2020-17") || !strings.Contains(got[0], "李") {
		t.Errorf("told: %v", got)
	}
	if _, err := w.Contact(ctx, id); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("an expired case is told of: %v", err)
	}
	_, err = w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactHomeObservation}, by("li"))
	w.check(t, "to go home", err, menshen.CodeDenied, "expired")
	found, err := w.FindContact(ctx, c.Number, "李")
	must(t, err)
	_, err = w.FindContact(ctx, c.Number, "王")
	w.check(t, "who is not held", err, menshen.CodeDenied, "expired")
	out, err := w.SetStatus(ctx, found.ID, casebook.StatusChange{Status: menshen.ContactReleased}, by("li"))
	must(t, err)
	if out.Status != menshen.ContactReleased || out.Rule != "" || out.Path != nil {
		t.Errorf("%+v", out)
	}
	w.wantHealth(t, "released", "李", menshen.HealthNormal, "")
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	w.replay(t, c.ID)
}

func sameSpans(a, b []menshen.Span) bool {
	return slices.EqualFunc(a, b, func(x, y menshen.Span) bool { return x.From.Equal(y.From) && x.To.Equal(y.To) })
}

// TestReopenOne: a person has one case that is not closed, also when an old one is asked for again.
func TestReopenOne(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	a := w.MustOpenCase(t)
	must(t, second(w.Close(ctx, a.ID, by("li"))))
	r := w.request()
	r.Number = "2020-18"
	b, err := w.Request(ctx, r, by("li"))
	must(t, err)
	_, err = w.Reopen(ctx, a.ID, by("li"))
	w.check(t, "beside a request", err, menshen.CodeConflict, "person", "2020-18")
	must(t, second(w.Decide(ctx, b.ID, false, by("wu"))))
	must(t, second(w.Reopen(ctx, a.ID, by("li"))))
}

// TestBecameElsewhere: a contact whose own case was asked for by itself has become a case too, wherever they are a contact.
func TestBecameElsewhere(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	r := w.request()
	r.Number, r.Person, r.Onset = "2020-20", "李", at("2020-03-04 08:00")
	n, err := w.Request(ctx, r, by("li"))
	must(t, err)
	must(t, second(w.Decide(ctx, n.ID, true, by("wu"))))
	if got := contactOf(t, w, all["李"].ID).Status; got != menshen.ContactBecameCase {
		t.Errorf("Li is %s", got)
	}
	w.clock.Set("2020-03-06 10:00")
	due, err := w.Due(ctx, "", "")
	must(t, err)
	for _, d := range due {
		if d.Contact.Person == "p-李" {
			t.Errorf("a case is followed as a contact: %+v", d)
		}
	}
	_, other := w.MustJudge(t, n)
	if x := other["张"]; x.Status != menshen.ContactBecameCase {
		t.Errorf("Zhang, a case, is %q as a contact of Li", x.Status)
	}
	w.replay(t, c.ID)
	w.replay(t, n.ID)
}
