package casebook_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/office"
	"menshen/tracing/casebook"
)

// health gives the state of somebody by name.
func (w *world) health(tb testing.TB, name string) menshen.Health {
	tb.Helper()
	h, err := w.store.Health(tb.Context(), "p-"+name)
	must(tb, err)
	return h
}

func (w *world) wantHealth(tb testing.TB, what, name string, state menshen.HealthState, since string) {
	tb.Helper()
	if h := w.health(tb, name); h.State != state || since != "" && !h.Since.Equal(at(since)) {
		tb.Errorf("%s: %s is %s since %s, want %s %s", what, name, h.State, h.Since, state, since)
	}
}

// officeSets puts somebody into a state as the office does.
func (w *world) officeSets(tb testing.TB, name string, s menshen.HealthState, since string) {
	tb.Helper()
	must(tb, second(w.office.SetHealth(tb.Context(), office.HealthChange{Person: "p-" + name, State: s, Since: at(since)}, "office")))
}

func ill(isolated string) menshen.Clinical {
	c := menshen.Clinical{Onset: at("2020-03-03 08:00")}
	if isolated != "" {
		c.Isolated = at(isolated)
	}
	return c
}

// TestIndexIsIsolated: gates follow the date of isolation of an approved case, its corrections, and its end.
func TestIndexIsIsolated(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	r := w.request()
	r.Clinical = ill("2020-03-04 00:00")
	c, err := w.Request(ctx, r, by("li"))
	must(t, err)
	w.wantHealth(t, "asked for", "张", menshen.HealthNormal, "")
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	w.wantHealth(t, "approved", "张", menshen.HealthIsolated, "2020-03-04 00:00")
	if h := w.health(t, "张"); h.By != "wu" || !strings.Contains(h.Reason, "2020-17") {
		t.Errorf("who and why: %+v", h)
	}
	must(t, second(w.SetClinical(ctx, c.ID, ill("2020-03-03 20:00"), by("li"))))
	w.wantHealth(t, "corrected", "张", menshen.HealthIsolated, "2020-03-03 20:00")
	must(t, second(w.SetClinical(ctx, c.ID, ill(""), by("li"))))
	w.wantHealth(t, "taken back", "张", menshen.HealthNormal, "")
	must(t, second(w.SetClinical(ctx, c.ID, ill("2020-03-04 00:00"), by("li"))))
	w.wantHealth(t, "again", "张", menshen.HealthIsolated, "2020-03-04 00:00")

	// Neither its expiry nor waiting for the approval to go on lets anybody out.
	must(t, second(w.Extend(ctx, c.ID, at("2020-03-07 00:00"), by("li"))))
	w.clock.Set("2020-03-07 00:00")
	must(t, second(w.Extend(ctx, c.ID, at("2020-04-07 00:00"), by("li"))))
	w.wantHealth(t, "expired", "张", menshen.HealthIsolated, "2020-03-04 00:00")
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	w.wantHealth(t, "closed", "张", menshen.HealthNormal, "")
	must(t, second(w.Reopen(ctx, c.ID, by("li"))))
	w.wantHealth(t, "asked for again", "张", menshen.HealthNormal, "")
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	w.wantHealth(t, "opened again", "张", menshen.HealthIsolated, "2020-03-04 00:00")
	w.replay(t, c.ID)
}

// TestIndexOrdersLast: the order is kept with the approval, and reaches the gates after a crash between the two.
func TestIndexOrdersLast(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	r := w.request()
	r.Clinical = ill("2020-03-04 00:00")
	c, err := w.Request(ctx, r, by("li"))
	must(t, err)
	w.gates.broken = errors.New("the office is down")
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	w.wantHealth(t, "cut", "张", menshen.HealthNormal, "")
	w.gates.broken = nil
	w.open(t, w.tracer) // started again
	must(t, w.Settle(ctx))
	w.wantHealth(t, "settled", "张", menshen.HealthIsolated, "2020-03-04 00:00")
}

// TestOfficeIsolatesIndex: what the office set itself stays, from the same midnight on too; what it says after, holds.
func TestOfficeIsolatesIndex(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	w.officeSets(t, "张", menshen.HealthIsolated, "2020-03-04 00:00")
	c := w.MustOpenCase(t)
	must(t, second(w.SetClinical(ctx, c.ID, ill("2020-03-04 00:00"), by("li"))))
	if h := w.health(t, "张"); h.By != "office" {
		t.Errorf("overridden: %+v", h)
	}
	w.alerts.take()
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	w.wantHealth(t, "closed", "张", menshen.HealthIsolated, "2020-03-04 00:00")
	if a := w.alerts.take(); len(a) != 1 || !strings.Contains(a[0], "请核对") {
		t.Errorf("alerts %q", a)
	}
	w.officeSets(t, "张", menshen.HealthNormal, "2020-03-05 00:00")
	must(t, second(w.Reopen(ctx, c.ID, by("li"))))
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	w.wantHealth(t, "opened again", "张", menshen.HealthIsolated, "2020-03-04 00:00")
	w.officeSets(t, "张", menshen.HealthRecovered, "2020-03-05 00:00")
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	w.wantHealth(t, "closed after recovery", "张", menshen.HealthRecovered, "")
}

// TestPromotedIsolated: a contact who becomes a case stays isolated throughout, by the policy and the isolation of before.
func TestPromotedIsolated(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li"))))
	contacts := w.MustContacts(t, c)
	w.MustStatus(t, contacts["李"].ID, menshen.ContactCentralIsolation)
	r := w.request()
	r.Number, r.Person, r.Clinical = "2020-18", "", menshen.Clinical{Sampled: at("2020-03-04 09:00")}
	child, err := w.Promote(ctx, contacts["李"].ID, r, by("li"))
	must(t, err)
	if child.Policy.ID != "nhc-8" || !child.Isolated.Equal(at("2020-03-05 10:00")) {
		t.Errorf("policy %+v, isolated %s", child.Policy, child.Isolated)
	}
	must(t, second(w.Decide(ctx, child.ID, true, by("wu"))))
	w.wantHealth(t, "a case", "李", menshen.HealthIsolated, "2020-03-05 10:00")
	if h := w.health(t, "李"); !strings.Contains(h.Reason, "2020-18") {
		t.Errorf("reason %q", h.Reason)
	}
	must(t, second(w.Close(ctx, child.ID, by("li"))))
	w.wantHealth(t, "closed", "李", menshen.HealthNormal, "")
	again := w.request() // a contact of another case later: the isolation of before is over
	again.Number, again.Person = "2020-21", "周"
	third, err := w.Request(ctx, again, by("li"))
	must(t, err)
	must(t, second(w.Decide(ctx, third.ID, true, by("wu"))))
	x, err := w.AddContact(ctx, third.ID, casebook.NewContact{Person: "李"}, by("li"))
	must(t, err)
	w.MustStatus(t, x.ID, menshen.ContactCentralIsolation, menshen.ContactReleased)

	// Isolated only while the request waited.
	w.MustStatus(t, contacts["王"].ID, menshen.ContactNotified)
	r.Number = "2020-19"
	child, err = w.Promote(ctx, contacts["王"].ID, r, by("li"))
	must(t, err)
	w.MustStatus(t, contacts["王"].ID, menshen.ContactCentralIsolation)
	child, err = w.Decide(ctx, child.ID, true, by("wu"))
	must(t, err)
	if !child.Isolated.Equal(at("2020-03-05 10:00")) {
		t.Errorf("isolated %s", child.Isolated)
	}
	must(t, second(w.Close(ctx, child.ID, by("li"))))
	w.wantHealth(t, "closed", "王", menshen.HealthNormal, "")
	w.replay(t, c.ID)
}

// TestHeldTwice: who is a contact of one case and the index person of another is let out when neither holds them.
func TestHeldTwice(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	id := contacts["李"].ID
	w.MustStatus(t, id, menshen.ContactNotified, menshen.ContactReleased) // who is not becomes a case, and is held as that alone
	r := w.request()
	r.Number, r.Person, r.Clinical = "2020-18", "李", ill("2020-03-04 00:00")
	other, err := w.Request(ctx, r, by("li"))
	must(t, err)
	must(t, second(w.Decide(ctx, other.ID, true, by("wu"))))
	_, err = w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactCentralIsolation}, by("li"))
	w.check(t, "isolated twice", err, menshen.CodeConflict, "status", "2020-18", "2020-03-04")

	must(t, second(w.SetClinical(ctx, other.ID, ill(""), by("li"))))
	w.MustStatus(t, id, menshen.ContactCentralIsolation)
	must(t, second(w.SetClinical(ctx, other.ID, ill("2020-03-04 00:00"), by("li"))))
	w.wantHealth(t, "both", "李", menshen.HealthIsolated, "2020-03-04 00:00")
	must(t, second(w.Close(ctx, other.ID, by("li"))))
	w.wantHealth(t, "the contact alone", "李", menshen.HealthIsolated, "2020-03-05 10:00")
	w.clock.mu.Lock()
	w.clock.now = w.clock.now.Add(time.Hour)
	w.clock.mu.Unlock()
	w.MustStatus(t, id, menshen.ContactReleased)
	w.wantHealth(t, "neither", "李", menshen.HealthNormal, "")
}
