package casebook_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/casebook"
)

func TestInterview(t *testing.T) {
	w, c, _ := followed(t)
	ctx := t.Context()
	met := casebook.NewContact{From: at("2020-03-01 12:00"), To: at("2020-03-01 12:40"), Note: "同桌吃饭"}
	of := func(person, name, phone string) casebook.NewContact {
		n := met
		n.Person, n.Name, n.Phone = person, name, menshen.Secret(phone)
		return n
	}
	x, err := w.AddContact(ctx, c.ID, of("钱", "", ""), by("li"))
	must(t, err)
	if x.Source != menshen.SourceInterview || x.Level != menshen.LevelClose || x.Together != 40*time.Minute || len(x.Path) != 1 || x.Path[0].Kind != menshen.ExposureReported ||
		!x.FollowFrom.Equal(at("2020-03-02 00:00")) {
		t.Errorf("%+v", x)
	}
	stranger, err := w.AddContact(ctx, c.ID, of("", "外地人", "+86 138-0000-1111"), by("li"))
	must(t, err)
	if stranger.Phone.Reveal() != "+8613800001111" || stranger.Person != "" {
		t.Errorf("%+v", stranger)
	}
	must(t, w.store.PutPerson(ctx, w.people["周"], &menshen.Particulars{Phone: "13900002222"}))
	late, half, backward := met, met, met
	late.To, half.To, backward.To = w.clock.Now().Add(time.Hour), time.Time{}, at("2020-03-01 11:00")
	late.Person, half.Person, backward.Person = "周", "周", "周"
	risky, level := of("周", "", ""), of("周", "", "")
	risky.Risk, level.Level = "extreme", "worst"
	for words, n := range map[string]struct {
		casebook.NewContact
		code menshen.Code
	}{
		"person: 钱 is":             {of("钱", "", ""), menshen.CodeConflict},
		"person: 外地人 is":           {of("", "外地人", "13800001111"), menshen.CodeConflict},
		"person: the registry has": {of("", "周", "13900002222"), menshen.CodeConflict},
		"person: nobody":           {of("张", "", ""), menshen.CodeInvalid},
		"called":                   {of("无此人", "", ""), menshen.CodeNotFound},
		"name: a person":           {of("周", "周", ""), menshen.CodeInvalid},
		"name: somebody":           {of("", "外地人", ""), menshen.CodeInvalid},
		"phone":                    {of("", "外地人", "call me"), menshen.CodeInvalid},
		"to: the exposure ends in": {late, menshen.CodeInvalid},
		"to: of the exposure":      {half, menshen.CodeInvalid},
		"ends before it begins":    {backward, menshen.CodeInvalid},
		"risk":                     {risky, menshen.CodeInvalid},
		"level":                    {level, menshen.CodeInvalid},
	} {
		_, err := w.AddContact(ctx, c.ID, n.NewContact, by("li"))
		w.check(t, words, err, n.code, words)
	}
	// Judging leaves them alone, whatever the policy.
	_, err = w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "shanghai-home"}, by("li"))
	must(t, err)
	if now := contactOf(t, w, x.ID); now.Revision != x.Revision || now.WithdrawnFor != "" || now.Policy.ID != "nhc-9" {
		t.Errorf("%+v", now)
	}
	// Without any time known the follow-up begins on the day after the record.
	y, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "周"}, by("li"))
	must(t, err)
	if !y.FollowFrom.Equal(at("2020-03-06 00:00")) || !y.First.IsZero() || y.Path != nil {
		t.Errorf("%+v", y)
	}
	w.MustStatus(t, stranger.ID, menshen.ContactHomeObservation) // no gate knows them
	for o, err := range w.store.CaseOrders(ctx) {
		t.Errorf("%+v %v", o, err)
	}
}

func TestMerge(t *testing.T) {
	w, c, contacts := followed(t)
	ctx, derived := t.Context(), contacts["李"].ID
	said, err := w.AddContact(ctx, c.ID, casebook.NewContact{Person: "李", Note: "常一起打牌", From: at("2020-03-01 12:00"), To: at("2020-03-01 12:40")}, by("li"))
	must(t, err)
	r, _ := w.MustJudge(t, c)
	if len(r.Doubles) != 1 || r.Doubles[0] != (casebook.Double{Person: "p-李", Derived: derived, Interview: said.ID}) {
		t.Errorf("%+v", r.Doubles)
	}
	day := func(id, on string, celsius float64) {
		t.Helper()
		must(t, second(w.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Day: on, Celsius: celsius, Reached: true}, by("zhao"))))
	}
	day(derived, "2020-03-03", 36.1)
	day(said.ID, "2020-03-04", 36.2)
	day(derived, "2020-03-05", 36.3)
	w.clock.Set("2020-03-05 11:00")
	day(said.ID, "2020-03-05", 36.4)
	must(t, second(w.AddTest(ctx, c.ID, said.ID, menshen.LabTest{Kind: "pcr", Sampled: w.clock.Now(), Result: menshen.LabTestNegative}, by("zhao"))))
	link, err := w.FollowUpLink(ctx, said.ID, by("zhao"))
	must(t, err)
	w.MustStatus(t, said.ID, menshen.ContactCentralIsolation)
	must(t, second(w.SetOwner(ctx, derived, "zhao", by("li"))))

	_, err = w.Merge(ctx, derived, contacts["王"].ID, by("li"))
	w.check(t, "two people", err, menshen.CodeConflict, "double")
	_, err = w.Merge(ctx, derived, derived, by("li"))
	w.check(t, "itself", err, menshen.CodeInvalid, "double")
	kept, err := w.Merge(ctx, derived, said.ID, by("li"))
	must(t, err)
	if kept.Source != menshen.SourceInterview || kept.Status != menshen.ContactCentralIsolation || kept.Owner != "zhao" || kept.Note != "常一起打牌" ||
		!kept.First.Equal(at("2020-03-01 12:00")) || kept.Path[0].Kind != menshen.ExposureReported || kept.IsolatedFrom.IsZero() {
		t.Errorf("%+v", kept)
	}
	list, err := w.FollowUps(ctx, derived)
	must(t, err)
	var figures []float64
	for _, f := range list {
		figures = append(figures, f.Celsius)
	}
	if !slices.Equal(figures, []float64{36.1, 36.2, 36.4}) {
		t.Errorf("%v", figures)
	}
	tests, err := w.Tests(ctx, c.ID, derived)
	must(t, err)
	if len(tests) != 1 {
		t.Errorf("%+v", tests)
	}
	history, err := w.History(ctx, c.ID, derived)
	must(t, err)
	if !slices.ContainsFunc(history, func(h menshen.CaseChange) bool {
		return h.Field == "follow_up:2020-03-05" && strings.Contains(h.Before, "36.3") && strings.Contains(h.After, "36.4")
	}) {
		t.Errorf("the figure that was replaced is not in the history: %+v", history)
	}
	// The double can only be looked at; its link goes on to the kept one.
	_, err = w.SetOwner(ctx, said.ID, "x", by("li"))
	w.check(t, "the double", err, menshen.CodeConflict, derived)
	_, err = w.Merge(ctx, derived, said.ID, by("li"))
	w.check(t, "again", err, menshen.CodeConflict, derived)
	w.clock.Set("2020-03-06 10:00")
	f, err := w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 36.5})
	must(t, err)
	if f.FollowUp.Contact != derived {
		t.Errorf("%+v", f)
	}
	// Judging makes no third record.
	r, all := w.MustJudge(t, c)
	wantNames(t, all, "王", "赵", "李")
	if len(r.New) != 0 || len(r.Doubles) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestMergeStranger: somebody known by name alone was isolated. Once it is known who they are, gates follow.
func TestMergeStranger(t *testing.T) {
	w, c, contacts := followed(t)
	ctx := t.Context()
	x, err := w.AddContact(ctx, c.ID, casebook.NewContact{Name: "小李", Phone: "13800001111"}, by("li"))
	must(t, err)
	w.MustStatus(t, x.ID, menshen.ContactCentralIsolation)
	kept, err := w.Merge(ctx, contacts["李"].ID, x.ID, by("li"))
	must(t, err)
	h, err := w.store.Health(ctx, "p-李")
	must(t, err)
	if kept.Phone != "13800001111" || kept.Name != "小李" || kept.Person != "p-李" || h.State != menshen.HealthIsolated {
		t.Errorf("%+v, %+v", kept, h)
	}
}

func TestPromote(t *testing.T) {
	w, c, contacts := followed(t)
	ctx, id := t.Context(), contacts["李"].ID
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "cdc-2020"}, by("li"))))
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li"))))
	r := w.request()
	r.Number, r.Person = "2020-18", ""
	r.Clinical = menshen.Clinical{Sampled: at("2020-03-04 08:00")}
	child, err := w.Promote(ctx, id, r, by("li"))
	must(t, err)
	if child.Person != "p-李" || child.Parent != c.ID || child.State != menshen.CaseRequested || child.Policy.ID != "nhc-8" {
		t.Errorf("%+v", child)
	}
	if x := contactOf(t, w, id); x.Status != menshen.ContactToNotify {
		t.Errorf("%+v", x)
	}
	_, err = w.Promote(ctx, id, r, by("li"))
	w.check(t, "twice", err, menshen.CodeConflict, "2020-18")
	must(t, second(w.Decide(ctx, child.ID, true, by("wu"))))
	x := contactOf(t, w, id)
	history, err := w.History(ctx, "", id)
	must(t, err)
	last := history[len(history)-1]
	if x.Status != menshen.ContactBecameCase || last.Field != "status" || last.By != "wu" || last.After != "became_case" {
		t.Errorf("%+v, %+v", x, last)
	}
	_, err = w.Promote(ctx, id, r, by("li"))
	w.check(t, "a case", err, menshen.CodeConflict, "status")
	wantNames(t, w.MustContacts(t, child), "孙") // who lives with Li
	stranger, err := w.AddContact(ctx, c.ID, casebook.NewContact{Name: "外地人", Phone: "13800001111"}, by("li"))
	must(t, err)
	_, err = w.Promote(ctx, stranger.ID, r, by("li"))
	w.check(t, "stranger", err, menshen.CodeConflict, "person")
}

// TestTests: a positive contact is said at once, with what the rules propose, and nothing changes by itself.
func TestTests(t *testing.T) {
	w, c, _ := followed(t)
	ctx := t.Context()
	must(t, second(w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li"))))
	contacts := w.MustContacts(t, c)
	id := contacts["李"].ID
	add := func(contact, on string, r menshen.LabTestResult) casebook.TestResult {
		t.Helper()
		out, err := w.AddTest(ctx, c.ID, contact, menshen.LabTest{Kind: "pcr", Sampled: at(on), Result: r}, by("zhao"))
		must(t, err)
		return out
	}
	if out := add("", "2020-03-04 08:00", menshen.LabTestPositive); len(out.Proposals) != 0 {
		t.Errorf("%+v", out)
	}
	add(id, "2020-03-03 08:00", menshen.LabTestNegative)
	pending := add(id, "2020-03-04 08:00", "")
	if pending.Test.Result != menshen.LabTestPending || len(w.alerts.take()) != 0 {
		t.Errorf("%+v", pending)
	}
	out, err := w.SetTestResult(ctx, pending.Test.ID, menshen.LabTestPositive, by("zhao"))
	must(t, err)
	if len(out.Proposals) != 2 || out.Proposals[0].Kind != "promote" || out.Proposals[1].Kind != "raise" ||
		!slices.Equal(out.Proposals[1].Contacts, []string{contacts["孙"].ID}) {
		t.Errorf("%+v", out.Proposals)
	}
	if alerts := w.alerts.take(); len(alerts) != 2 || !strings.HasPrefix(alerts[0], "positive p-李") || !strings.Contains(alerts[1], "孙") {
		t.Errorf("%q", alerts)
	}
	if x := contactOf(t, w, contacts["孙"].ID); x.Level != menshen.LevelSecondary {
		t.Error("a level changed silently")
	}
	// A third test is no reason to raise anybody.
	w2, c2, _ := followed(t)
	must(t, second(w2.SetPolicy(ctx, c2.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li"))))
	w, c, id = w2, c2, w2.MustContacts(t, c2)["李"].ID
	add(id, "2020-03-03 08:00", menshen.LabTestNegative)
	add(id, "2020-03-04 08:00", menshen.LabTestNegative)
	if out := add(id, "2020-03-05 08:00", menshen.LabTestPositive); len(out.Proposals) != 1 {
		t.Errorf("%+v", out.Proposals)
	}
	for field, x := range map[string]menshen.LabTest{"kind": {Kind: "blood", Sampled: at("2020-03-03 08:00")}, "sampled": {Kind: "pcr", Sampled: at("2020-03-09 08:00")}, "result": {Kind: "pcr", Sampled: at("2020-03-03 08:00"), Result: "so so"}} {
		_, err := w.AddTest(ctx, c.ID, id, x, by("zhao"))
		w.check(t, field, err, menshen.CodeInvalid, field)
	}
	_, err = w.SetTestResult(ctx, "none", menshen.LabTestNegative, by("zhao"))
	w.check(t, "none", err, menshen.CodeNotFound)
}

func TestList(t *testing.T) {
	w, c, contacts := followed(t)
	ctx := t.Context()
	must(t, second(w.SetOwner(ctx, contacts["李"].ID, "zhao", by("li"))))
	for what, x := range map[string]struct {
		q     casebook.ContactQuery
		n     int
		total int
	}{
		"all":        {casebook.ContactQuery{}, 3, 3},
		"owner":      {casebook.ContactQuery{Owner: "zhao"}, 1, 1},
		"page":       {casebook.ContactQuery{Limit: 2}, 2, 3},
		"second":     {casebook.ContactQuery{Limit: 2, Offset: 2}, 1, 3},
		"status":     {casebook.ContactQuery{Status: menshen.ContactNotified}, 0, 0},
		"person":     {casebook.ContactQuery{Person: "p-王"}, 1, 1},
		"generation": {casebook.ContactQuery{Generation: 2}, 0, 0},
		"source":     {casebook.ContactQuery{Source: menshen.SourceInterview}, 0, 0},
	} {
		list, err := w.Contacts(ctx, c.ID, x.q)
		must(t, err)
		if len(list.Contacts) != x.n || list.Total != x.total {
			t.Errorf("%s: %d of %d", what, len(list.Contacts), list.Total)
		}
	}
	for field, q := range map[string]casebook.ContactQuery{"status": {Status: "x"}, "level": {Level: "x"}, "source": {Source: "x"}, "limit": {Limit: -1}} {
		_, err := w.Contacts(ctx, c.ID, q)
		w.check(t, field, err, menshen.CodeInvalid, field)
	}
	must(t, second(w.SetNote(ctx, contacts["李"].ID, "独居老人", by("li"))))
	r, err := w.Report(ctx, c.ID)
	must(t, err)
	if r.Policy.ID != "nhc-9" || len(r.Contacts) != 3 || len(r.Contacts[2].Path) != 1 || len(r.History) == 0 || r.Window.From.IsZero() || r.Case.Contacts != 3 {
		t.Errorf("%+v", r)
	}
}

// TestFindContact: by record, person and name; what counts comes first, and two of one name are told apart by id.
func TestFindContact(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	li := contacts["李"].ID
	for _, named := range []string{li, "p-李", "李"} {
		x, err := w.FindContact(ctx, c.Number, named)
		if err != nil || x.ID != li || x.Name != "李" {
			t.Errorf("%s: %+v, %v", named, x, err)
		}
	}
	for _, name := range []string{"甲", "乙"} {
		must(t, second(w.AddContact(ctx, c.ID, casebook.NewContact{Name: name, Phone: "13800001111"}, by("li"))))
	}
	x, err := w.FindContact(ctx, c.ID, "甲")
	if err != nil || x.Name != "甲" {
		t.Errorf("%+v, %v", x, err)
	}
	_, err = w.FindContact(ctx, c.ID, "丙")
	w.check(t, "nobody", err, menshen.CodeNotFound, "contact", "丙")
	must(t, second(w.AddContact(ctx, c.ID, casebook.NewContact{Name: "李", Phone: "13800002222"}, by("li"))))
	_, err = w.FindContact(ctx, c.ID, "李")
	w.check(t, "two", err, menshen.CodeConflict, "contact", "2")

	// Of another case there is none, whatever its id.
	r := w.request()
	r.Number, r.Person = "2020-18", "钱"
	other, err := w.Request(ctx, r, by("li"))
	must(t, err)
	_, err = w.FindContact(ctx, other.ID, li)
	w.check(t, "waits", err, menshen.CodeDenied)
	must(t, second(w.Decide(ctx, other.ID, true, by("wu"))))
	_, err = w.FindContact(ctx, other.ID, li)
	w.check(t, "of another case", err, menshen.CodeNotFound)
}
