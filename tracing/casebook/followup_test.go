package casebook_test

import (
	"fmt"
	"strings"
	"testing"

	"menshen"
	"menshen/tracing/casebook"
)

// followed is a case whose contact Li is followed from 3 to 12 March.
func followed(t *testing.T) (*world, menshen.Case, map[string]casebook.ContactView) {
	t.Helper()
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	w.alerts.take()
	return w, c, contacts
}

func TestRecordFollowUp(t *testing.T) {
	w, c, contacts := followed(t)
	ctx, id := t.Context(), contacts["李"].ID
	who := casebook.Act{By: "zhao"} // the first of a day needs no reason
	r, err := w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Celsius: 37.2, Reached: true}, who)
	must(t, err)
	if r.Replaced || r.Fever || r.Alerted || r.FollowUp.Day != "2020-03-05" || r.FollowUp.By != "zhao" || len(w.alerts.take()) != 0 {
		t.Errorf("%+v", r)
	}
	_, err = w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Celsius: 37.3, Reached: true}, who)
	w.check(t, "another of the day", err, menshen.CodeInvalid, "why")
	r, err = w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Celsius: 37.3, Reached: true, Symptoms: []string{" 咳嗽 ", ""}}, by("zhao"))
	must(t, err)
	if alerts := w.alerts.take(); !r.Replaced || !r.Fever || len(alerts) != 1 ||
		alerts[0] != "fever p-李 病例2020-17的密切接触者李 3-1-10-1001（2020-03-05）：体温37.3 ℃，症状：咳嗽" {
		t.Errorf("%+v %q", r, alerts)
	}
	r, err = w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Day: "2020-03-04", Symptoms: []string{"乏力"}, Reached: true}, who)
	must(t, err)
	if alerts := w.alerts.take(); r.Fever || !r.Alerted || len(alerts) != 1 || !strings.HasPrefix(alerts[0], "symptoms") {
		t.Errorf("%+v %q", r, alerts)
	}
	list, err := w.FollowUps(ctx, id)
	must(t, err)
	if len(list) != 2 || list[0].Day != "2020-03-04" || list[1].Celsius != 37.3 || list[1].Symptoms[0] != "咳嗽" {
		t.Errorf("%+v", list)
	}
	history, err := w.History(ctx, "", id)
	must(t, err)
	var told []string
	for _, h := range history {
		if h.Field == "follow_up:2020-03-05" {
			told = append(told, h.Before+" → "+h.After+" ("+h.Why+")")
		}
	}
	want := []string{
		" → staff; reached; 37.2 °C; by zhao (daily follow-up)",
		"staff; reached; 37.2 °C; by zhao → staff; reached; 37.3 °C; symptoms 咳嗽; by zhao (按流调要求)",
	}
	if fmt.Sprint(told) != fmt.Sprint(want) {
		t.Errorf("%q", told)
	}
	for field, e := range map[string]casebook.FollowUpEntry{
		"day: 2020-03-06 lies": {Day: "2020-03-06", Reached: true}, "day: 2020-03-02 is not": {Day: "2020-03-02", Reached: true}, "day: \"gestern\"": {Day: "gestern", Reached: true},
		"celsius": {Day: "2020-03-03", Celsius: 50, Reached: true}, "reached": {Day: "2020-03-03", Celsius: 36}, "note": {Day: "2020-03-03", Note: strings.Repeat("长", 501)},
	} {
		_, err := w.RecordFollowUp(ctx, id, e, who)
		w.check(t, field, err, menshen.CodeInvalid, field)
	}
	w.MustStatus(t, id, menshen.ContactNotified, menshen.ContactReleased)
	_, err = w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Reached: true}, by("zhao"))
	w.check(t, "released", err, menshen.CodeConflict, "status")
	_ = c
}

// TestMissed: a day that is over without anybody reached is missed, once the contact was known.
func TestMissed(t *testing.T) {
	w, c, contacts := followed(t)
	ctx, id := t.Context(), contacts["李"].ID
	w.clock.Set("2020-03-08 10:00")
	for day, reached := range map[string]bool{"2020-03-05": true, "2020-03-06": false} {
		must(t, second(w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Day: day, Reached: reached}, by("zhao"))))
	}
	x := w.MustContacts(t, c)["李"]
	if fmt.Sprint(x.Missed) != "[2020-03-06 2020-03-07]" || x.Latest == nil || x.Latest.Day != "2020-03-06" {
		t.Errorf("%v %+v", x.Missed, x.Latest)
	}
	w.clock.Set("2020-03-20 10:00")
	if x := contactOf(t, w, id); len(x.Missed) != 7 || x.Missed[6] != "2020-03-12" {
		t.Errorf("%v", x.Missed)
	}
}

// TestDue: the list of a day is in the order of the way.
func TestDue(t *testing.T) {
	w, _, contacts := followed(t)
	ctx := t.Context()
	must(t, second(w.AddContact(ctx, "2020-17", casebook.NewContact{Person: "周", From: at("2020-03-01 12:00"), To: at("2020-03-01 12:30")}, by("li"))))
	must(t, second(w.AddContact(ctx, "2020-17", casebook.NewContact{Person: "钱", From: at("2020-03-01 12:00"), To: at("2020-03-01 12:30")}, by("li"))))
	must(t, second(w.AddContact(ctx, "2020-17", casebook.NewContact{Name: "外地人", Phone: "13800001111", From: at("2020-03-01 12:00"), To: at("2020-03-01 12:30")}, by("li"))))
	must(t, second(w.SetOwner(ctx, contacts["李"].ID, "zhao", by("li"))))
	must(t, second(w.RecordFollowUp(ctx, contacts["李"].ID, casebook.FollowUpEntry{Day: "2020-03-04", Celsius: 36.4, Reached: true}, by("zhao"))))
	must(t, second(w.RecordFollowUp(ctx, contacts["李"].ID, casebook.FollowUpEntry{Celsius: 36.6, Reached: true}, by("zhao"))))
	names := func(day, owner string) (out []string) {
		t.Helper()
		due, err := w.Due(ctx, day, owner)
		must(t, err)
		for _, d := range due {
			out = append(out, fmt.Sprintf("%s %d/%d", d.Contact.Name, d.Day, d.Days))
		}
		return out
	}
	// Those at home with the case are followed from the 6th on; building 9 comes before 10.
	if got := names("", ""); fmt.Sprint(got) != "[李 3/10 钱 4/10 周 4/10 外地人 4/10]" {
		t.Errorf("%v", got)
	}
	if got := names("2020-03-06", ""); fmt.Sprint(got) != "[王 1/10 赵 1/10 李 4/10 钱 5/10 周 5/10 外地人 5/10]" {
		t.Errorf("%v", got)
	}
	if got := names("", "zhao"); fmt.Sprint(got) != "[李 3/10]" {
		t.Errorf("%v", got)
	}
	due, err := w.Due(ctx, "", "zhao")
	must(t, err)
	if d := due[0]; d.Number != "2020-17" || d.Yesterday.Celsius != 36.4 || d.Today.Celsius != 36.6 || len(d.Contact.Missed) != 0 {
		t.Errorf("%+v", d)
	}
	w.MustStatus(t, contacts["李"].ID, menshen.ContactNotified, menshen.ContactReleased)
	if got := names("", "zhao"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	_, err = w.Due(ctx, "heute", "")
	w.check(t, "day", err, menshen.CodeInvalid, "heute")
}

func TestNatural(t *testing.T) {
	for _, x := range [][2]string{{"9", "10"}, {"3", "3A"}, {"A9", "A10"}, {"02", "3"}, {"", "1"}, {"9号", "10号"}, {"东1", "东2"}} {
		if casebook.Natural(x[0], x[1]) >= 0 || casebook.Natural(x[1], x[0]) <= 0 {
			t.Errorf("%q is not before %q", x[0], x[1])
		}
	}
	if casebook.Natural("007", "7") != 0 || casebook.Natural("12-3", "12-3") != 0 {
		t.Error("equal texts differ")
	}
}

// TestFollowUpLink: good every day until the last, once a day, and says little.
func TestFollowUpLink(t *testing.T) {
	w, c, contacts := followed(t)
	ctx, id := t.Context(), contacts["李"].ID
	link, err := w.FollowUpLink(ctx, id, by("zhao"))
	must(t, err)
	if len(link.Token) != 43 || !link.Expires.Equal(at("2020-03-13 00:00")) {
		t.Errorf("%+v", link)
	}
	page, err := w.OpenFollowUpLink(ctx, link.Token)
	must(t, err)
	if page != (casebook.LinkPage{Name: "李*", Day: "2020-03-05", First: "2020-03-03", Last: "2020-03-12"}) {
		t.Errorf("%+v", page)
	}
	_, err = w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{})
	w.check(t, "nothing", err, menshen.CodeInvalid, "celsius")
	r, err := w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 38, Day: "2020-03-03", Reached: false})
	must(t, err)
	if r.FollowUp.Day != "2020-03-05" || !r.FollowUp.Reached || r.FollowUp.Source != "link" || !r.Fever || len(w.alerts.take()) != 1 {
		t.Errorf("%+v", r)
	}
	_, err = w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 36})
	w.check(t, "twice a day", err, menshen.CodeConflict, "today")
	w.clock.Set("2020-03-06 10:00")
	// What staff measured is not overwritten by the contact; that nobody was there is.
	must(t, second(w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Reached: false}, by("zhao"))))
	r, err = w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 36.5})
	must(t, err)
	if !r.Replaced {
		t.Errorf("%+v", r)
	}
	w.clock.Set("2020-03-07 10:00")
	must(t, second(w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Celsius: 37.9, Reached: true}, by("zhao"))))
	_, err = w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 36.5})
	w.check(t, "after staff", err, menshen.CodeConflict, "today")
	for what, token := range map[string]string{"short": "x", "unknown": strings.Repeat("A", 43)} {
		_, err = w.OpenFollowUpLink(ctx, token)
		w.check(t, what, err, menshen.CodeNotFound)
	}
	w.clock.Set("2020-03-13 00:00")
	_, err = w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 36.5})
	w.check(t, "expired", err, menshen.CodeNotFound)
	_, err = w.FollowUpLink(ctx, id, by("zhao"))
	w.check(t, "over", err, menshen.CodeConflict, "2020-03-12")
	w.clock.Set("2020-03-08 10:00")
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	_, err = w.OpenFollowUpLink(ctx, link.Token)
	w.check(t, "closed", err, menshen.CodeNotFound)
}
