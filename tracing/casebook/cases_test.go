package casebook_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/casebook"
)

// TestOpening: a case needs a number, a purpose, an end, and a second person.
func TestOpening(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	for field, change := range map[string]func(*casebook.CaseRequest){
		"number":       func(r *casebook.CaseRequest) { r.Number = " " },
		"purpose":      func(r *casebook.CaseRequest) { r.Purpose = "" },
		"expires":      func(r *casebook.CaseRequest) { r.Expires = w.clock.Now() },
		"366":          func(r *casebook.CaseRequest) { r.Expires = w.clock.Now().AddDate(2, 0, 0) },
		"onset":        func(r *casebook.CaseRequest) { r.Onset = w.clock.Now().Add(time.Hour) },
		"neither":      func(r *casebook.CaseRequest) { r.Onset = time.Time{} },
		"symptom_free": func(r *casebook.CaseRequest) { r.SymptomFree = at("2020-03-01 08:00") },
		"symptoms":     func(r *casebook.CaseRequest) { r.Symptoms = []string{" "} },
	} {
		r := w.request()
		change(&r)
		_, err := w.Request(ctx, r, by("li"))
		w.check(t, field, err, menshen.CodeInvalid, field)
	}
	for what, change := range map[string]func(*casebook.CaseRequest){
		"nobody": func(r *casebook.CaseRequest) { r.Person = "无此人" },
		"policy": func(r *casebook.CaseRequest) { r.Policy.ID = "none" },
		"parent": func(r *casebook.CaseRequest) { r.Parent = "none" },
	} {
		r := w.request()
		change(&r)
		_, err := w.Request(ctx, r, by("li"))
		w.check(t, what, err, menshen.CodeNotFound)
	}
	for field, act := range map[string]casebook.Act{"by": {Why: "x"}, "why": {By: "li", Why: " "}, "too long": {By: "li", Why: strings.Repeat("长", 501)}} {
		_, err := w.Request(ctx, w.request(), act)
		w.check(t, field, err, menshen.CodeInvalid, field)
	}
	c, err := w.Request(ctx, w.request(), by("li"))
	must(t, err)
	if c.State != menshen.CaseRequested || c.Policy != (menshen.PolicyRef{ID: "nhc-9"}) || c.RequestedBy != "li" || c.Revision != 1 {
		t.Errorf("%+v", c)
	}
	r := w.request()
	_, err = w.Request(ctx, r, by("li"))
	w.check(t, "the person twice", err, menshen.CodeConflict, "person", "2020-17")
	r.Person = "李"
	_, err = w.Request(ctx, r, by("li"))
	w.check(t, "the number twice", err, menshen.CodeConflict, "number", "2020-17")

	_, err = w.Decide(ctx, c.ID, true, by("li"))
	w.check(t, "approved by who asked", err, menshen.CodeDenied, "second")
	w.wantClosedBook(t, "requested", c)
	stale := by("wu")
	stale.Revision = 9
	_, err = w.Decide(ctx, c.ID, true, stale)
	w.check(t, "stale", err, menshen.CodeConflict, "meanwhile")
	c, err = w.Decide(ctx, c.ID, true, by("wu"))
	must(t, err)
	if c.State != menshen.CaseOpen || c.DecidedBy != "wu" {
		t.Errorf("%+v", c)
	}
	_, err = w.Decide(ctx, c.ID, false, by("wu"))
	w.check(t, "twice", err, menshen.CodeConflict, "wu")
}

// wantClosedBook tries every look and every change of a case that may not be looked into.
func (w *world) wantClosedBook(t *testing.T, what string, c menshen.Case, contacts ...string) {
	t.Helper()
	ctx := t.Context()
	errs := map[string]error{}
	_, errs["contacts"] = w.Contacts(ctx, c.ID, casebook.ContactQuery{})
	_, errs["history"] = w.History(ctx, c.ID, "")
	_, errs["report"] = w.Report(ctx, c.ID)
	_, errs["tests"] = w.Tests(ctx, c.ID, "")
	_, errs["what if"] = w.WhatIf(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"})
	_, errs["judge"] = w.Judge(ctx, c.ID, by("li"))
	_, errs["policy"] = w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li"))
	_, errs["clinical"] = w.SetClinical(ctx, c.ID, c.Clinical, by("li"))
	_, errs["test"] = w.AddTest(ctx, c.ID, "", menshen.LabTest{Kind: "pcr", Sampled: w.clock.Now()}, by("li"))
	_, errs["add"] = w.AddContact(ctx, c.ID, casebook.NewContact{Person: "钱"}, by("li"))
	for _, x := range contacts {
		_, errs["contact"] = w.Contact(ctx, x)
		_, errs["follow-ups"] = w.FollowUps(ctx, x)
		_, errs["of contact"] = w.History(ctx, "", x)
		_, errs["status"] = w.SetStatus(ctx, x, casebook.StatusChange{Status: menshen.ContactNotified}, by("li"))
		_, errs["owner"] = w.SetOwner(ctx, x, "zhao", by("li"))
		_, errs["note"] = w.SetNote(ctx, x, "x", by("li"))
		_, errs["level"] = w.SetLevel(ctx, x, menshen.LevelGeneral, by("li"))
		_, errs["days"] = w.SetFollow(ctx, x, "", "2020-03-06", by("li"))
		_, errs["merge"] = w.Merge(ctx, x, x, by("li"))
		_, errs["promote"] = w.Promote(ctx, x, casebook.CaseRequest{}, by("li"))
		_, errs["follow-up"] = w.RecordFollowUp(ctx, x, casebook.FollowUpEntry{Reached: true}, by("li"))
		_, errs["link"] = w.FollowUpLink(ctx, x, by("li"))
	}
	for name, err := range errs {
		w.check(t, what+": "+name, err, menshen.CodeDenied, c.Number)
	}
	due, err := w.Due(ctx, "", "")
	must(t, err)
	if len(due) != 0 {
		t.Errorf("%s: %d are due", what, len(due))
	}
	v, err := w.Case(ctx, c.Number)
	must(t, err)
	if v.Readable || !v.Onset.IsZero() || v.Contacts != 0 || v.Purpose == "" || v.Name != "张" {
		t.Errorf("%s: the head is %+v", what, v)
	}
}

func TestRefused(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c, err := w.Request(ctx, w.request(), by("li"))
	must(t, err)
	_, err = w.Decide(ctx, c.ID, false, by("wu"))
	must(t, err)
	w.wantClosedBook(t, "refused", c)
	_, err = w.Extend(ctx, c.ID, w.clock.Now().AddDate(0, 0, 40), by("li"))
	w.check(t, "extend", err, menshen.CodeConflict)
	_, err = w.Close(ctx, c.ID, by("li"))
	w.check(t, "close", err, menshen.CodeConflict)
	again, err := w.Request(ctx, w.request(), by("li")) // with the same number
	must(t, err)
	must(t, second(w.Decide(ctx, again.Number, true, by("wu"))))
	list, err := w.Cases(ctx, casebook.CaseQuery{Person: "张"})
	must(t, err)
	if len(list) != 2 || !list[0].Readable || list[1].Readable {
		t.Errorf("%+v", list)
	}
	_, err = w.Cases(ctx, casebook.CaseQuery{State: "lost"})
	w.check(t, "state", err, menshen.CodeInvalid, "state")
}

func second[T any](_ T, err error) error { return err }

// TestExpired: nothing can be seen of it, and it can be extended or closed.
func TestExpired(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	link, err := w.FollowUpLink(ctx, contacts["李"].ID, by("li"))
	must(t, err)
	must(t, second(w.Extend(ctx, c.ID, at("2020-03-07 00:00"), by("li"))))
	w.clock.Set("2020-03-07 00:00")
	w.wantClosedBook(t, "expired", c, contacts["李"].ID)
	_, err = w.OpenFollowUpLink(ctx, link.Token)
	w.check(t, "link", err, menshen.CodeNotFound)
	_, err = w.Extend(ctx, c.ID, at("2020-03-06 00:00"), by("li"))
	w.check(t, "into the past", err, menshen.CodeInvalid, "expires")
	_, err = w.Extend(ctx, c.ID, at("2022-03-06 00:00"), by("li"))
	w.check(t, "for years", err, menshen.CodeInvalid, "expires")
	// To go on with it takes two, as it did to begin: refused, it is what it was.
	must(t, second(w.Extend(ctx, c.ID, at("2020-04-07 00:00"), by("li"))))
	w.wantClosedBook(t, "asked for again", c, contacts["李"].ID)
	_, err = w.Decide(ctx, c.ID, true, by("li"))
	w.check(t, "by who extended it", err, menshen.CodeDenied)
	must(t, second(w.Decide(ctx, c.ID, false, by("wu"))))
	w.wantClosedBook(t, "refused", c, contacts["李"].ID)
	must(t, second(w.Extend(ctx, c.ID, at("2020-04-07 00:00"), by("li"))))
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李")
	// Closed and expired, it is asked for again, extended and approved.
	w.clock.Set("2020-04-07 00:00")
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	must(t, second(w.Reopen(ctx, c.ID, by("li"))))
	_, err = w.Decide(ctx, c.ID, true, by("wu"))
	w.check(t, "approved as it is", err, menshen.CodeConflict, "expires")
	must(t, second(w.Extend(ctx, c.ID, at("2020-05-07 00:00"), by("li"))))
	back, err := w.Decide(ctx, c.ID, false, by("wu"))
	if err != nil || back.State != menshen.CaseClosed || !back.Expires.Equal(at("2020-04-07 00:00")) {
		t.Errorf("refused: %+v, %v", back, err)
	}
	w.wantClosedBook(t, "refused", c)
	must(t, second(w.Reopen(ctx, c.ID, by("li"))))
	must(t, second(w.Extend(ctx, c.ID, at("2020-05-07 00:00"), by("li"))))
	must(t, second(w.Decide(ctx, c.ID, true, by("wu"))))
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李")
	w.replay(t, c.ID)
}

// TestClosed: it can be seen and not changed, and opened again by two people.
func TestClosed(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	_, err := w.Reopen(ctx, c.ID, by("li"))
	w.check(t, "not closed", err, menshen.CodeConflict)
	w.MustStatus(t, contacts["李"].ID, menshen.ContactHomeObservation)
	_, err = w.Close(ctx, c.ID, by("li"))
	w.check(t, "with somebody held in", err, menshen.CodeConflict, "status", "李")
	w.MustStatus(t, contacts["李"].ID, menshen.ContactReleased)
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李")
	_, err = w.SetOwner(ctx, contacts["李"].ID, "zhao", by("li"))
	w.check(t, "owner", err, menshen.CodeConflict, "closed")
	_, err = w.Judge(ctx, c.ID, by("li"))
	w.check(t, "judge", err, menshen.CodeConflict, "closed")
	_, err = w.Close(ctx, c.ID, by("li"))
	w.check(t, "close", err, menshen.CodeConflict)
	must(t, second(w.Reopen(ctx, c.ID, by("wu"))))
	w.wantClosedBook(t, "asked for again", c, contacts["李"].ID)
	_, err = w.Decide(ctx, c.ID, true, by("wu"))
	w.check(t, "by who asked again", err, menshen.CodeDenied)
	back, err := w.Decide(ctx, c.ID, false, by("li"))
	if err != nil || back.State != menshen.CaseClosed {
		t.Errorf("refused: %+v, %v", back, err)
	}
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李")
	must(t, second(w.Reopen(ctx, c.ID, by("wu"))))
	must(t, second(w.Decide(ctx, c.ID, true, by("li"))))
	wantNames(t, w.MustContacts(t, c), "王", "赵", "李")
	must(t, second(w.SetOwner(ctx, contacts["李"].ID, "zhao", by("li"))))
	w.replay(t, c.ID)
}

// TestHousehold: who lives with the index person is a contact as soon as the case is approved, whatever their state.
func TestHousehold(t *testing.T) {
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	contacts := w.MustContacts(t, c)
	wantNames(t, contacts, "王", "赵")
	x := contacts["王"]
	if x.Rule != "household" || x.Level != menshen.LevelClose || x.Status != menshen.ContactToNotify || x.Policy != c.Policy || x.CreatedBy != "wu" ||
		!x.First.Equal(at("2020-03-01 08:00")) || !x.Last.Equal(w.clock.Now()) || !x.FollowFrom.Equal(at("2020-03-06 00:00")) || !x.FollowTo.Equal(at("2020-03-15 00:00")) {
		t.Errorf("%+v", x)
	}
	r, contacts := w.MustJudge(t, c)
	wantNames(t, contacts, "王", "赵", "李")
	if len(r.New) != 1 || len(r.Withdrawn) != 0 || contacts["王"].ID != x.ID {
		t.Errorf("%+v", r)
	}
}
