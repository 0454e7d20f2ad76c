package office_test

import (
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// What a tablet sends again, because the answer to its first try was lost on the way, is there once.

func TestSentAgain(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Role: menshen.RoleHead})
	h.MustPerson(t, "李雷", "1-1-1-101", nil)

	hot := menshen.Temperature{ID: menshen.NewID(), Person: "王芳", Celsius: 37.9, Source: menshen.TemperatureGuard, Gate: "gate-1"}
	for n := range 3 {
		kept, fever, err := h.RecordTemperature(ctx, hot, "guard")
		if err != nil || !fever || kept.ID != hot.ID {
			t.Errorf("temperature, try %d: %+v, %v, %v", n, kept, fever, err)
		}
	}
	if got := h.alerts.take(); got != "fever" {
		t.Errorf("alerts %q", got)
	}
	if n := count(t, h.store.Temperatures(ctx, store.TemperatureFilter{})); n != 1 {
		t.Errorf("%d temperatures", n)
	}
	for name, change := range map[string]func(*menshen.Temperature){
		"of another person": func(r *menshen.Temperature) { r.Person = "李雷" }, "another reading": func(r *menshen.Temperature) { r.Celsius = 36.5 },
	} {
		other := hot
		change(&other)
		_, _, err := h.RecordTemperature(ctx, other, "guard")
		h.check(t, name, err, menshen.CodeConflict, "another entry")
	}
	_, _, err := h.RecordTemperature(ctx, hot, "another guard")
	h.check(t, "another guard", err, menshen.CodeConflict, "another entry")

	visit := caller("王芳")
	visit.ID = menshen.NewID()
	first, err := h.RegisterVisit(ctx, visit, "guard")
	if err != nil || first.Visit.ID != visit.ID {
		t.Fatalf("%+v, %v", first, err)
	}
	again, err := h.RegisterVisit(ctx, visit, "guard")
	if err != nil || again.Visit.Person != first.Visit.Person || !again.Visit.Registered.Equal(first.Visit.Registered) || again.Link.Token == "" {
		t.Errorf("%+v, %v", again, err)
	}
	if n := count(t, h.store.Visits(ctx, store.VisitFilter{})); n != 1 {
		t.Errorf("%d visits", n)
	}
	if n := count(t, h.store.Temperatures(ctx, store.TemperatureFilter{Person: first.Visit.Person})); n != 1 {
		t.Errorf("%d temperatures of the visitor", n)
	}
	if _, err := h.AnswerByLink(ctx, again.Link.Token, true); err != nil {
		t.Error(err)
	}
	if answered, err := h.RegisterVisit(ctx, visit, "guard"); err != nil || answered.Visit.State != menshen.VisitConfirmed || answered.Link.Token != "" {
		t.Errorf("after the host has answered: %+v, %v", answered, err)
	}
	otherwise := visit
	otherwise.Reason = "送货"
	_, err = h.RegisterVisit(ctx, otherwise, "guard")
	h.check(t, "another visit", err, menshen.CodeConflict, "another entry")

	parcel := menshen.Delivery{ID: menshen.NewID(), Gate: "gate-1", For: menshen.Dwelling{Building: "3", Unit: "2", Floor: 14, Room: "1402"}, Item: "一箱"}
	for range 2 {
		if d, err := h.TakeDelivery(ctx, parcel, "guard"); err != nil || d.ID != parcel.ID {
			t.Errorf("%+v, %v", d, err)
		}
	}
	if n := count(t, h.store.Deliveries(ctx, store.DeliveryFilter{})); n != 1 {
		t.Errorf("%d deliveries", n)
	}
	for range 2 {
		if d, err := h.HandOver(ctx, parcel.ID, "王芳", "guard"); err != nil || d.HandedTo != "王芳" {
			t.Errorf("%+v, %v", d, err)
		}
	}
	_, err = h.HandOver(ctx, parcel.ID, "李雷", "guard")
	h.check(t, "handed to another", err, menshen.CodeConflict, "王芳")
	// Taken again after it was fetched: it stays fetched.
	if d, err := h.TakeDelivery(ctx, parcel, "guard"); err != nil || d.HandedTo != "王芳" {
		t.Errorf("%+v, %v", d, err)
	}
	parcel.Item = "一袋"
	_, err = h.TakeDelivery(ctx, parcel, "guard")
	h.check(t, "another delivery", err, menshen.CodeConflict, "another entry")

	help := menshen.Annotation{ID: menshen.NewID(), Pass: menshen.PassID{Gate: "gate-1", Sequence: 7}, Kind: menshen.AnnotationHelp, Text: "两人翻墙"}
	for range 2 {
		if a, err := h.Annotate(ctx, help, "guard"); err != nil || a.ID != help.ID {
			t.Errorf("%+v, %v", a, err)
		}
	}
	if got := h.alerts.take(); got != "help" {
		t.Errorf("alerts %q", got)
	}
	if n := count(t, h.store.Annotations(ctx, store.AnnotationFilter{Pass: help.Pass})); n != 1 {
		t.Errorf("%d annotations", n)
	}
}

func TestSentAgainByTwoAtOnce(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Role: menshen.RoleHead})
	hot := menshen.Temperature{ID: menshen.NewID(), Person: "王芳", Celsius: 38, Source: menshen.TemperatureGuard, Gate: "gate-1"}
	done := make(chan error, 8)
	for range cap(done) {
		go func() {
			_, _, err := h.RecordTemperature(t.Context(), hot, "guard")
			done <- err
		}()
	}
	for range cap(done) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := count(t, h.store.Temperatures(t.Context(), store.TemperatureFilter{})); n != 1 || h.alerts.take() != "fever" {
		t.Errorf("%d temperatures, or not one alert", n)
	}
}

func count[T any](tb testing.TB, all iter.Seq2[T, error]) (n int) {
	tb.Helper()
	for _, err := range all {
		if err != nil {
			tb.Fatal(err)
		}
		n++
	}
	return n
}

// A tablet that does not wait for the answer to its first try gets the same visit by both.
func TestSentAgainAtOnce(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Role: menshen.RoleHead})
	visit := caller("王芳")
	visit.ID = menshen.NewID()
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			if r, err := h.RegisterVisit(t.Context(), visit, "guard"); err != nil || r.Visit.ID != visit.ID {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	both.Wait()
	if n := count(t, h.store.Visits(t.Context(), store.VisitFilter{})); n != 1 {
		t.Errorf("%d visits", n)
	}
}

// A visit that was refused for fever is not in the store: the refusal is the same all the same, also after the pause of alerts
// and by other rules, and the office hears of it once.
func TestRefusedForFeverAgain(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Role: menshen.RoleHead})
	hot := caller("王芳")
	hot.ID, hot.Celsius = menshen.NewID(), 38.2
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			_, err := h.RegisterVisit(ctx, hot, "guard")
			h.check(t, "a fever", err, menshen.CodeDenied, "38.2", "fever clinic")
		})
	}
	both.Wait()
	if got := h.alerts.take(); got != "fever" {
		t.Errorf("alerts %q", got)
	}
	h.clock.Set("2020-02-20 17:00")
	h.policy.fever = 39
	_, err := h.RegisterVisit(ctx, hot, "guard")
	h.check(t, "hours later", err, menshen.CodeDenied, "38.2", "fever clinic")
	if got := h.alerts.take(); got != "" {
		t.Errorf("alerted again: %q", got)
	}
	_, err = h.RegisterVisit(ctx, hot, "another guard")
	h.check(t, "of another guard", err, menshen.CodeConflict, "another entry")
	if n := count(t, h.store.Visits(ctx, store.VisitFilter{})); n != 0 {
		t.Errorf("%d visits", n)
	}
	h.policy.fever = 37.3
	hot.ID = menshen.NewID()
	_, err = h.RegisterVisit(ctx, hot, "guard")
	h.check(t, "measured again", err, menshen.CodeDenied, "38.2")
	if got := h.alerts.take(); got != "fever" {
		t.Errorf("alerts of another visit %q", got)
	}
}

// A call for help that is sent again is told once, with the time at which it was called.
func TestHelpAgain(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	call := menshen.HelpCall{ID: menshen.NewID(), Gate: "gate-1", At: at("2020-02-20 09:42")}
	for range 3 {
		if err := h.Help(ctx, call); err != nil {
			t.Error(err)
		}
	}
	all := h.alerts.list
	gate, _ := h.site.Gate("gate-1")
	if len(all) != 1 || all[0].Kind != menshen.AlertHelp || all[0].Gate != "gate-1" || !all[0].At.Equal(call.At) {
		t.Fatalf("%+v", all)
	}
	for _, c := range []struct{ text, gate, late string }{{all[0].Text.ZH, gate.Name.In("zh"), "09:42"}, {all[0].Text.EN, gate.Name.In("en"), "09:42"}} {
		if !strings.Contains(c.text, c.gate) || !strings.Contains(c.text, c.late) {
			t.Errorf("%q names not the gate %q and the time", c.text, c.gate)
		}
	}
	h.alerts.take()
	// Now, and by a clock that is ahead: of now. Each call without an id is one of its own.
	for _, when := range []time.Time{{}, at("2020-02-20 11:00")} {
		if err := h.Help(ctx, menshen.HelpCall{Gate: "gate-1", At: when}); err != nil {
			t.Error(err)
		}
		if all := h.alerts.list; len(all) != 1 || !all[0].At.Equal(h.clock.Now()) || strings.Contains(all[0].Text.EN, ":") {
			t.Errorf("%+v", all)
		}
		h.alerts.take()
	}
}
