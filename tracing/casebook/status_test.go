package casebook_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"menshen"
	"menshen/office"
	"menshen/tracing/casebook"
)

// TestStatusMoves tries every status after every other.
func TestStatusMoves(t *testing.T) {
	const (
		toNotify, notified = menshen.ContactToNotify, menshen.ContactNotified
		home, central      = menshen.ContactHomeObservation, menshen.ContactCentralIsolation
		released, became   = menshen.ContactReleased, menshen.ContactBecameCase
	)
	ways := map[menshen.ContactStatus][]menshen.ContactStatus{ // how to come to each
		toNotify: {}, notified: {notified}, home: {home}, central: {central}, released: {notified, released},
	}
	allowed := map[menshen.ContactStatus][]menshen.ContactStatus{
		toNotify: {notified, home, central}, notified: {home, central, released}, home: {central, released}, central: {home, released}, released: {home, central},
	}
	for from, way := range ways {
		for _, to := range []menshen.ContactStatus{toNotify, notified, home, central, released, became} {
			w, ctx := MustWorld(t), t.Context()
			c := w.MustOpenCase(t)
			_, contacts := w.MustJudge(t, c)
			id := contacts["李"].ID
			w.MustStatus(t, id, way...)
			before := contactOf(t, w, id)
			x, err := w.SetStatus(ctx, id, casebook.StatusChange{Status: to}, by("li"))
			if slices.Contains(allowed[from], to) {
				if err != nil || x.Status != to {
					t.Errorf("%s → %s: %v", from, to, err)
				}
				continue
			}
			w.check(t, string(from)+" → "+string(to), err, menshen.CodeConflict, "status")
			if after := contactOf(t, w, id); after.Revision != before.Revision {
				t.Errorf("%s → %s: changed all the same", from, to)
			}
		}
	}
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	_, err := w.SetStatus(t.Context(), contacts["李"].ID, casebook.StatusChange{Status: "lost"}, by("li"))
	w.check(t, "unknown", err, menshen.CodeInvalid, "status")
	_, err = w.SetStatus(t.Context(), "none", casebook.StatusChange{Status: notified}, by("li"))
	w.check(t, "nobody", err, menshen.CodeNotFound)
}

func contactOf(t *testing.T, w *world, id string) casebook.ContactView {
	t.Helper()
	x, err := w.Contact(t.Context(), id)
	must(t, err)
	return x
}

// TestGatesFollow: observation, isolation and release are at the gates at once.
func TestGatesFollow(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	id := contacts["李"].ID
	health := func() menshen.Health {
		t.Helper()
		h, err := w.store.Health(ctx, "p-李")
		must(t, err)
		return h
	}
	w.MustStatus(t, id, menshen.ContactNotified)
	if h := health(); h.State != menshen.HealthNormal {
		t.Errorf("notified: %+v", h)
	}
	// By nhc-9: 7 days in a central place and 3 at home, from the last exposure on 2 March, 12:05.
	w.MustStatus(t, id, menshen.ContactHomeObservation)
	x := contactOf(t, w, id)
	if h := health(); h.State != menshen.HealthObservation || !h.Until.Equal(x.IsolatedTo) || h.By != "li" || !strings.Contains(h.Reason, "2020-17") ||
		x.IsolatedTo.In(zone()).Format("01-02 15:04") != "03-12 12:05" || !x.IsolatedFrom.Equal(w.clock.Now()) {
		t.Errorf("home: %+v, %+v", h, x)
	}
	w.clock.Set("2020-03-06 10:00")
	w.MustStatus(t, id, menshen.ContactCentralIsolation)
	x = contactOf(t, w, id)
	if h := health(); h.State != menshen.HealthIsolated || !h.Since.Equal(at("2020-03-05 10:00")) || x.IsolatedTo.In(zone()).Format("01-02 15:04") != "03-09 12:05" {
		t.Errorf("central: %+v, %+v", h, x)
	}
	w.clock.Set("2020-03-07 10:00")
	w.MustStatus(t, id, menshen.ContactReleased)
	x = contactOf(t, w, id)
	if h := health(); h.State != menshen.HealthNormal || !x.IsolatedTo.Equal(w.clock.Now()) {
		t.Errorf("released: %+v, %+v", h, x)
	}
	for field, s := range map[string]casebook.StatusChange{
		"from: it": {Status: menshen.ContactHomeObservation, From: at("2020-03-08 10:00")},
		"to":       {Status: menshen.ContactHomeObservation, To: at("2020-03-07 09:00")},
		"from":     {Status: menshen.ContactNotified, From: at("2020-03-07 09:00")},
	} {
		_, err := w.SetStatus(ctx, id, s, by("li"))
		w.check(t, field, err, menshen.CodeInvalid, field)
	}
}

// TestOverlap: nobody is isolated twice at one time.
func TestOverlap(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	w.MustStatus(t, contacts["李"].ID, menshen.ContactCentralIsolation)
	r := w.request()
	r.Number, r.Person = "2020-18", "孙"
	other, err := w.Request(ctx, r, by("li"))
	must(t, err)
	other, err = w.Decide(ctx, other.ID, true, by("wu"))
	must(t, err)
	_, theirs := w.MustJudge(t, other)
	id := theirs["李"].ID
	for _, s := range []menshen.ContactStatus{menshen.ContactCentralIsolation, menshen.ContactHomeObservation} {
		_, err = w.SetStatus(ctx, id, casebook.StatusChange{Status: s}, by("li"))
		w.check(t, string(s), err, menshen.CodeConflict, "from", "2020-17", "2020-03-05", "2020-03-09")
	}
	w.MustStatus(t, id, menshen.ContactNotified)
	w.clock.Set("2020-03-06 10:00")
	w.MustStatus(t, contacts["李"].ID, menshen.ContactReleased)
	_, err = w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactHomeObservation, From: at("2020-03-06 09:00")}, by("li"))
	w.check(t, "overlapping by an hour", err, menshen.CodeConflict, "from")
	w.MustStatus(t, id, menshen.ContactHomeObservation) // beside it
	w.MustStatus(t, id, menshen.ContactReleased)
}

// TestCrashBetween: the record is written and the gates are not told yet. They are as soon as it goes again.
func TestCrashBetween(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	id := contacts["李"].ID
	w.gates.broken = errors.New("the office is down")
	w.MustStatus(t, id, menshen.ContactHomeObservation, menshen.ContactCentralIsolation)
	if alerts := w.alerts.take(); len(alerts) != 2 {
		t.Errorf("%q", alerts)
	}
	if err := w.Settle(ctx); err == nil {
		t.Error("nothing was said")
	}
	w.gates.broken = nil
	w.open(t, w.tracer) // started again
	must(t, w.Settle(ctx))
	must(t, w.Settle(ctx))
	h, err := w.store.Health(ctx, "p-李")
	must(t, err)
	if h.State != menshen.HealthIsolated {
		t.Errorf("%+v", h)
	}
	// What the office will never take does not stand before what it can.
	w.gates.broken = menshen.Errorf(menshen.CodeNotFound, "x", "nobody")
	w.MustStatus(t, contacts["王"].ID, menshen.ContactHomeObservation)
	w.gates.broken = nil
	if alerts := w.alerts.take(); len(alerts) != 1 || !strings.Contains(alerts[0], "p-王") {
		t.Errorf("%q", alerts)
	}
	for o, err := range w.store.CaseOrders(ctx) {
		t.Errorf("%+v %v", o, err)
	}
}

// TestOfficeIsolates: what the office set for reasons of its own is neither weakened nor ended by a case.
func TestOfficeIsolates(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	id := contacts["李"].ID
	state := func() menshen.HealthState {
		t.Helper()
		h, err := w.store.Health(ctx, "p-李")
		must(t, err)
		return h.State
	}
	set := func(s menshen.HealthState) {
		t.Helper()
		_, err := w.office.SetHealth(ctx, office.HealthChange{Person: "p-李", State: s, Since: at("2020-03-04 10:00")}, "office")
		must(t, err)
	}
	set(menshen.HealthIsolated)
	_, err := w.SetStatus(ctx, id, casebook.StatusChange{Status: menshen.ContactHomeObservation}, by("li"))
	w.check(t, "weakened", err, menshen.CodeConflict, "status", "2020-03-04")
	set(menshen.HealthNormal)
	w.MustStatus(t, id, menshen.ContactHomeObservation)
	set(menshen.HealthIsolated)
	w.alerts.take()
	w.MustStatus(t, id, menshen.ContactReleased)
	if alerts := w.alerts.take(); state() != menshen.HealthIsolated || len(alerts) != 1 || !strings.Contains(alerts[0], "请核对") {
		t.Errorf("%s %q", state(), alerts)
	}
}
