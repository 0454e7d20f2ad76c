package casebook_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

// TestJudge: contacts come from passes, and what was done about them stays.
func TestJudge(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	r, contacts := w.MustJudge(t, c)
	wantNames(t, contacts, "王", "赵", "李")
	li := contacts["李"]
	if !slices.Equal(r.New, []string{li.ID}) || r.Same != 2 || !r.Case.Judged.Equal(w.clock.Now()) || !r.Window.From.Equal(at("2020-03-01 08:00")) {
		t.Errorf("%+v", r)
	}
	if li.Rule != "lift" || li.Risk != "medium" || li.Source != menshen.SourceDerived || li.Policy != c.Policy || li.Dwelling.Room != "1001" ||
		!li.FollowFrom.Equal(at("2020-03-03 00:00")) || !li.FollowTo.Equal(at("2020-03-12 00:00")) || li.Path != nil {
		t.Errorf("%+v", li)
	}
	whole, err := w.Contact(ctx, li.ID)
	must(t, err)
	if len(whole.Path) != 1 || whole.Path[0].Zone != "lift-3" || whole.Path[0].From != "p-张" {
		t.Errorf("%+v", whole.Path)
	}
	r, again := w.MustJudge(t, c)
	if len(r.New)+len(r.Changed)+len(r.Withdrawn) != 0 && len(again) != 3 { // time went on by nothing
		t.Errorf("%+v", r)
	}

	// What was done stays when judging again; late passes bring in more.
	w.MustStatus(t, li.ID, menshen.ContactNotified)
	must(t, second(w.SetOwner(ctx, li.ID, "zhao", by("li"))))
	w.ride(t, "2020-03-04 07:00", "张", "李", "钱")
	r, contacts = w.MustJudge(t, c)
	wantNames(t, contacts, "王", "赵", "李", "钱")
	if !slices.Equal(r.Changed, []string{li.ID}) || len(r.New) != 1 {
		t.Errorf("%+v", r)
	}
	if x := contacts["李"]; x.Status != menshen.ContactNotified || x.Owner != "zhao" || !x.FollowFrom.Equal(at("2020-03-05 00:00")) {
		t.Errorf("%+v", x)
	}
}

// TestWithdrawn: who counts no longer stays on record, and can come back.
func TestWithdrawn(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	li := contacts["李"]
	w.MustStatus(t, li.ID, menshen.ContactCentralIsolation)
	w.alerts.take()
	r, err := w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "shanghai-home"}, by("li"))
	must(t, err)
	contacts = w.MustContacts(t, c)
	if r.Case.Policy.ID != "shanghai-home" || !slices.Contains(r.Withdrawn, li.ID) || !slices.Equal(r.Held, []string{li.ID}) {
		t.Errorf("%+v", r)
	}
	if alerts := w.alerts.take(); len(alerts) != 1 || alerts[0] != "contact p-李 病例2020-17：李 3-1-10-1001不再计入，但仍在集中隔离，请解除或说明理由" {
		t.Errorf("%q", alerts)
	}
	x := contacts["李"]
	if x.WithdrawnFor != "policy shanghai-home@0" || x.Status != menshen.ContactCentralIsolation || x.Policy.ID != "nhc-9" || casebook.WithdrawnText(x.WithdrawnFor).ZH == "" {
		t.Errorf("%+v", x)
	}
	if contacts["王"].Policy.ID != "shanghai-home" {
		t.Errorf("%+v", contacts["王"])
	}
	_, err = w.SetStatus(ctx, li.ID, casebook.StatusChange{Status: menshen.ContactHomeObservation}, by("li"))
	w.check(t, "withdrawn", err, menshen.CodeConflict, "no longer")
	list, err := w.Contacts(ctx, c.ID, casebook.ContactQuery{})
	must(t, err)
	if slices.ContainsFunc(list.Contacts, func(v casebook.ContactView) bool { return v.ID == li.ID }) || list.Total != len(list.Contacts) {
		t.Error("a withdrawn contact is listed among those that count")
	}
	w.MustStatus(t, li.ID, menshen.ContactReleased) // that is always possible

	r, err = w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-9"}, by("li"))
	must(t, err)
	x = w.MustContacts(t, c)["李"]
	if !slices.Equal(r.Returned, []string{li.ID}) || x.WithdrawnFor != "" || x.ID != li.ID || x.Status != menshen.ContactReleased {
		t.Errorf("%+v, %+v", r, x)
	}
	// Isolated before the window begins: nobody is a contact any more, whoever they are.
	clinical := c.Clinical
	clinical.Isolated = at("2020-02-20 08:00")
	r, err = w.SetClinical(ctx, c.ID, clinical, by("li"))
	must(t, err)
	if len(r.Withdrawn) != 3 || r.Window.Duration() != 0 {
		t.Errorf("%+v", r)
	}
	if x := w.MustContacts(t, c)["王"]; x.WithdrawnFor != "exposure nhc-9@0" {
		t.Errorf("%+v", x)
	}
}

// TestGenerations: another policy brings contacts of contacts, and isolation ends what those pass on.
func TestGenerations(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	r, err := w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li"))
	must(t, err)
	contacts := w.MustContacts(t, c)
	wantNames(t, contacts, "王", "赵", "李", "周", "孙")
	sun := contacts["孙"]
	if sun.Generation != 2 || sun.Level != menshen.LevelSecondary || len(r.New) != 3 {
		t.Errorf("%+v, %+v", sun, r)
	}
	whole, err := w.Contact(ctx, sun.ID)
	must(t, err)
	if len(whole.Path) != 2 || whole.Path[0].To != "p-李" || whole.Path[1].From != "p-李" || !whole.Path[1].Span.From.Equal(whole.Path[0].Exposed) {
		t.Errorf("%+v", whole.Path)
	}
	// Had Li been isolated before they met, Sun would have caught nothing of them.
	_, err = w.SetStatus(ctx, contacts["李"].ID, casebook.StatusChange{Status: menshen.ContactCentralIsolation, From: at("2020-03-01 09:00")}, by("li"))
	must(t, err)
	r, contacts = w.MustJudge(t, c)
	if !slices.Equal(r.Withdrawn, []string{sun.ID}) || contacts["孙"].WithdrawnFor != "exposure nhc-8@0" {
		t.Errorf("%+v", r)
	}
}

// TestTooOld: what is judged from passes that are gone is not taken back for it.
func TestTooOld(t *testing.T) {
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	w.passes.Forget(at("2020-03-04 00:00"))
	w.since = at("2020-03-04 00:00")
	r, after := w.MustJudge(t, c)
	if len(r.Withdrawn) != 0 || !slices.Contains(r.Kept, contacts["李"].ID) || after["李"].WithdrawnFor != "" {
		t.Errorf("%+v", r)
	}
}

// TestPartOfTheWindow: where the first passes of the window are gone the rest is judged, and it is said what is missing.
func TestPartOfTheWindow(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	must(t, second(w.SetClinical(ctx, c.ID, menshen.Clinical{Onset: at("2020-03-02 08:00")}, by("li")))) // from 29 February on
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李", "周")
	w.passes.Forget(at("2020-03-01 00:00"))
	w.since = at("2020-03-01 00:00")
	w.ride(t, "2020-03-04 12:03", "张", "钱")
	r, contacts := w.MustJudge(t, c)
	if !r.Missing.Equal(w.since) || r.Window.From.After(at("2020-02-29 09:00")) || !slices.Equal(r.New, []string{contacts["钱"].ID}) || !slices.Contains(r.Kept, contacts["周"].ID) {
		t.Errorf("%+v", r)
	}
	wantNames(t, contacts, "王", "赵", "李", "周", "钱")
	x, err := w.WhatIf(ctx, c.ID, menshen.PolicyRef{ID: "shanghai-home"})
	must(t, err)
	if !x.Missing.Equal(w.since) {
		t.Errorf("what if: missing before %s", x.Missing)
	}
	// By a policy whose window begins later all passes are there.
	r, err = w.SetClinical(ctx, c.ID, menshen.Clinical{Onset: at("2020-03-04 08:00")}, by("li"))
	must(t, err)
	if !r.Missing.IsZero() || !slices.Contains(r.Withdrawn, contacts["周"].ID) {
		t.Errorf("%+v", r)
	}
}

// TestChainsBeyondThePasses: who counts by way of somebody whose own passes are gone is not taken back either, and later
// meetings prolong the follow-up.
func TestChainsBeyondThePasses(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	must(t, second(w.SetClinical(ctx, c.ID, menshen.Clinical{Onset: at("2020-03-02 08:00")}, by("li"))))
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li")))) // Sun by way of Li, on 2 March
	before := w.MustContacts(t, c)
	wantNames(t, before, "王", "赵", "李", "周", "孙")
	w.passes.Forget(at("2020-03-03 00:00"))
	w.since = at("2020-03-03 00:00")
	r, _ := w.MustJudge(t, c)
	if len(r.Withdrawn) != 0 || !slices.Contains(r.Kept, before["孙"].ID) || !slices.Contains(r.Kept, before["李"].ID) {
		t.Errorf("%+v", r)
	}
	w.ride(t, "2020-03-04 12:03", "张", "李")
	r, after := w.MustJudge(t, c)
	if x, old := after["李"], before["李"]; !slices.Contains(r.Changed, x.ID) || !x.First.Equal(old.First) || !x.Last.After(at("2020-03-04 12:00")) {
		t.Errorf("%+v, %+v", r, x)
	}
	w.replay(t, c.ID)
}

// notAtHand is an engine whose passes do not reach back far enough.
type notAtHand struct{ casebook.Engine }

func (notAtHand) Case(context.Context, tracing.CaseQuestion) (tracing.CaseAnswer, error) {
	return tracing.CaseAnswer{}, menshen.Errorf(menshen.CodeInvalid, "x", "too old").WithHint("ask for less")
}

// TestNotJudged: what is known of the illness can be set when nothing can be judged any more; a policy cannot.
func TestNotJudged(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	w.MustJudge(t, c)
	w.open(t, notAtHand{})
	clinical := c.Clinical
	clinical.Isolated = at("2020-03-04 08:00")
	r, err := w.SetClinical(ctx, c.ID, clinical, by("li"))
	must(t, err)
	if menshen.ErrorCode(r.NotJudged) != menshen.CodeInvalid || !r.Case.Isolated.Equal(clinical.Isolated) || r.Case.Policy != c.Policy {
		t.Errorf("%+v", r)
	}
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李")
	for what, err := range map[string]error{"judge": second(w.Judge(ctx, c.ID, by("li"))), "policy": second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li")))} {
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	w.replay(t, c.ID)
}

// TestWhatIf: it says who would enter and leave, and changes nothing.
func TestWhatIf(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	w.MustJudge(t, c)
	before, err := w.History(ctx, c.ID, "")
	must(t, err)
	out, err := w.WhatIf(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"})
	must(t, err)
	var names []string
	for _, p := range out.People {
		names = append(names, p.Change+" "+p.Name)
		if p.Words.ZH == "" || p.Words.EN == "" || (p.Before == nil) == (p.Change != "entered") || (p.After == nil) == (p.Change != "left") {
			t.Errorf("%+v", p)
		}
	}
	if !slices.Contains(names, "entered 周") || !slices.Contains(names, "entered 孙") || out.Left != 0 || out.Same != 3 || out.Before != c.Policy || out.After.ID != "nhc-8" {
		t.Errorf("%q %+v", names, out)
	}
	out, err = w.WhatIf(ctx, c.ID, menshen.PolicyRef{ID: "shanghai-home"})
	must(t, err)
	if i := slices.IndexFunc(out.People, func(p casebook.Difference) bool { return p.Name == "李" }); i < 0 || out.People[i].Change != "left" ||
		out.People[i].Words.ZH != "离开：原为密切接触者（第1代，同乘电梯）" {
		t.Errorf("%+v", out.People)
	}
	after, err := w.History(ctx, c.ID, "")
	must(t, err)
	if len(after) != len(before) {
		t.Error("asking changed something")
	}
	_, err = w.WhatIf(ctx, c.ID, menshen.PolicyRef{ID: "none"})
	w.check(t, "policy", err, menshen.CodeNotFound)
}

// TestFixed: what was set by hand stays when judging.
func TestFixed(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	id := contacts["李"].ID
	must(t, second(w.SetLevel(ctx, id, menshen.LevelGeneral, by("li"))))
	must(t, second(w.SetFollow(ctx, id, "", "2020-03-07", by("li"))))
	w.ride(t, "2020-03-04 07:00", "张", "李")
	_, contacts = w.MustJudge(t, c)
	if x := contacts["李"]; x.Level != menshen.LevelGeneral || !x.FollowTo.Equal(at("2020-03-07 00:00")) || !x.Last.After(at("2020-03-04 00:00")) {
		t.Errorf("%+v", x)
	}
	must(t, second(w.SetLevel(ctx, id, "", by("li"))))
	must(t, second(w.SetFollow(ctx, id, "", "", by("li"))))
	_, contacts = w.MustJudge(t, c)
	if x := contacts["李"]; x.Level != menshen.LevelClose || !x.FollowTo.Equal(at("2020-03-14 00:00")) || len(x.Fixed) != 0 {
		t.Errorf("%+v", x)
	}
	for what, days := range map[string][2]string{"from": {"heute", ""}, "to": {"", "2020-03-01"}, "42": {"2020-03-01", "2020-05-01"}} {
		_, err := w.SetFollow(ctx, id, days[0], days[1], by("li"))
		w.check(t, what, err, menshen.CodeInvalid, what)
	}
	_, err := w.SetLevel(ctx, id, "worst", by("li"))
	w.check(t, "level", err, menshen.CodeInvalid, "level")
}

// TestConcurrentEditors: of two who edit from one state, one is told so.
func TestConcurrentEditors(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	x := contacts["李"]
	a, b := by("li"), by("wu")
	a.Revision, b.Revision = x.Revision, x.Revision
	must(t, second(w.SetOwner(ctx, x.ID, "zhao", a)))
	_, err := w.SetStatus(ctx, x.ID, casebook.StatusChange{Status: menshen.ContactNotified}, b)
	w.check(t, "stale", err, menshen.CodeConflict, "meanwhile")
	b.Revision++
	must(t, second(w.SetStatus(ctx, x.ID, casebook.StatusChange{Status: menshen.ContactNotified}, b)))
	now, err := w.Case(ctx, c.ID)
	must(t, err)
	a.Revision = now.Revision
	must(t, second(w.Extend(ctx, c.ID, w.clock.Now().Add(time.Hour), a)))
	_, err = w.SetClinical(ctx, c.ID, c.Clinical, a)
	w.check(t, "stale case", err, menshen.CodeConflict, "meanwhile")
}
