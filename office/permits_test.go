package office_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/office"
)

func TestIssuePermit(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	p, err := h.IssuePermit(ctx, menshen.Permit{
		Kind: menshen.PermitResident, Person: "王芳", Span: menshen.Span{To: at("2020-12-31 00:00")}, Gates: []string{"gate-1", "door-3"},
		Hours: menshen.DayHours{From: 6 * 60, To: 22 * 60}, Quota: menshen.Quota{Outings: 1, Days: 2, Household: true},
		IssuedBy: "somebody else", Renews: "x", Revoked: at("2020-01-01 00:00"),
	}, "office@desk")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := h.store.Permit(ctx, p.ID)
	if err != nil || kept.Person != wang.ID || !kept.From.Equal(h.clock.Now()) || kept.IssuedBy != "office@desk" || !kept.Revoked.IsZero() || kept.Renews != "" || kept.Quota != p.Quota {
		t.Errorf("%+v %v", kept, err)
	}
	list, err := h.Permits(ctx, office.PermitQuery{Person: "王芳"})
	if err != nil || len(list) != 1 || list[0].Name != "王芳" || list[0].Dwelling != wang.Dwelling || list[0].Status != office.PermitValid {
		t.Errorf("%+v %v", list, err)
	}
}

func TestIssuePermitRefuses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "工人", "", nil)
	gone := h.MustPerson(t, "迁出", "1-1-1-101", nil)
	if _, err := h.PutPerson(ctx, menshen.Person{ID: gone.ID, State: menshen.PersonInactive}, nil); err != nil {
		t.Fatal(err)
	}
	ill := h.MustPerson(t, "隔离", "1-1-1-102", nil)
	home := h.MustPerson(t, "观察", "1-1-1-103", nil)
	for id, state := range map[string]menshen.HealthState{ill.ID: menshen.HealthIsolated, home.ID: menshen.HealthObservation} {
		if _, err := h.SetHealth(ctx, office.HealthChange{Person: id, State: state}, "office"); err != nil {
			t.Fatal(err)
		}
	}
	first, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitResident, Person: wang.ID, Span: menshen.Span{To: at("2020-03-20 00:00")}}, "office")
	if err != nil {
		t.Fatal(err)
	}
	day := func(from, to string) menshen.Span { return menshen.Span{From: at(from), To: at(to)} }
	for name, c := range map[string]struct {
		permit menshen.Permit
		code   menshen.Code
		words  []string
	}{
		"overlapping":     {menshen.Permit{Kind: menshen.PermitResident, Person: wang.ID, Span: day("2020-03-19 00:00", "2020-04-19 00:00")}, menshen.CodeConflict, []string{first.ID, "renew or revoke", "2020-03-20"}},
		"without end":     {menshen.Permit{Kind: menshen.PermitResident, Person: wang.ID}, menshen.CodeConflict, []string{first.ID}},
		"unknown gate":    {menshen.Permit{Kind: menshen.PermitWorker, Person: wang.ID, Gates: []string{"gate-1", "gate-99"}}, menshen.CodeNotFound, []string{`"gate-99"`, "gate-9"}},
		"a gate's name":   {menshen.Permit{Kind: menshen.PermitWorker, Person: wang.ID, Gates: []string{"north"}}, menshen.CodeNotFound, []string{`"north"`}},
		"no such gate id": {menshen.Permit{Kind: menshen.PermitWorker, Person: wang.ID, Gates: []string{"北门"}}, menshen.CodeInvalid, nil},
		"gate twice":      {menshen.Permit{Kind: menshen.PermitWorker, Person: wang.ID, Gates: []string{"gate-1", "gate-1"}}, menshen.CodeInvalid, nil},
		"nobody":          {menshen.Permit{Kind: menshen.PermitWorker, Person: "无人"}, menshen.CodeNotFound, nil},
		"inactive":        {menshen.Permit{Kind: menshen.PermitResident, Person: gone.ID}, menshen.CodeConflict, []string{"迁出"}},
		"no household":    {menshen.Permit{Kind: menshen.PermitResident, Person: "工人"}, menshen.CodeConflict, []string{"household", "worker permit"}},
		"isolated":        {menshen.Permit{Kind: menshen.PermitWorker, Person: ill.ID}, menshen.CodeConflict, []string{"isolated"}},
		"observed":        {menshen.Permit{Kind: menshen.PermitResident, Person: home.ID}, menshen.CodeConflict, []string{"2020-03-05 10:00", "returnee"}},
		"a visitor":       {menshen.Permit{Kind: menshen.PermitVisitor, Person: wang.ID, Span: day("2020-02-20 10:00", "2020-02-20 12:00")}, menshen.CodeInvalid, []string{"visit"}},
		"over already":    {menshen.Permit{Kind: menshen.PermitWorker, Person: wang.ID, Span: day("2020-02-01 00:00", "2020-02-02 00:00")}, menshen.CodeInvalid, nil},
		"backwards":       {menshen.Permit{Kind: menshen.PermitWorker, Person: wang.ID, Span: day("2020-03-02 00:00", "2020-03-01 00:00")}, menshen.CodeInvalid, nil},
		"a van's plate":   {menshen.Permit{Kind: menshen.PermitVehicle, Person: wang.ID}, menshen.CodeInvalid, []string{"plate"}},
		"an unknown kind": {menshen.Permit{Kind: "guest", Person: wang.ID}, menshen.CodeInvalid, []string{"guest"}},
		"no end":          {menshen.Permit{Kind: menshen.PermitTemporary, Person: wang.ID}, menshen.CodeInvalid, nil},
	} {
		_, err := h.IssuePermit(ctx, c.permit, "office")
		h.check(t, name, err, c.code, c.words...)
	}
	if list, err := h.Permits(ctx, office.PermitQuery{}); err != nil || len(list) != 1 {
		t.Errorf("%+v %v", list, err)
	}
	// Beside it, of another kind, and two vehicles with plates of their own.
	for _, p := range []menshen.Permit{
		{Kind: menshen.PermitResident, Person: wang.ID, Span: day("2020-03-20 00:00", "2020-04-20 00:00")},
		{Kind: menshen.PermitWorker, Person: wang.ID},
		{Kind: menshen.PermitVehicle, Person: wang.ID, Plate: "京a 12345"},
		{Kind: menshen.PermitVehicle, Person: wang.ID, Plate: "京A54321"},
	} {
		if _, err := h.IssuePermit(ctx, p, "office"); err != nil {
			t.Errorf("%s: %v", p.Kind, err)
		}
	}
	_, err = h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitVehicle, Person: wang.ID, Plate: "京A12345"}, "office")
	h.check(t, "the same vehicle", err, menshen.CodeConflict)
}

// Green follows observation, and not before the policy's days are over, whoever ends it.
func TestReturneePermit(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	green := menshen.Permit{Kind: menshen.PermitReturnee, Person: wang.ID, Span: menshen.Span{To: at("2020-12-31 00:00")}}
	issue := func() error {
		_, err := h.IssuePermit(ctx, green, "office")
		return err
	}
	h.check(t, "never observed", issue(), menshen.CodeConflict, "has not been under home observation", "questionnaire")
	set := func(c office.HealthChange) {
		t.Helper()
		c.Person = wang.ID
		if _, err := h.SetHealth(ctx, c, "office"); err != nil {
			t.Fatal(err)
		}
	}
	// Back to normal from monitoring is no observation that has ended.
	set(office.HealthChange{State: menshen.HealthMonitoring})
	set(office.HealthChange{State: menshen.HealthNormal})
	h.check(t, "only watched", issue(), menshen.CodeConflict, "has not been under home observation")

	set(office.HealthChange{State: menshen.HealthObservation, Since: at("2020-02-18 00:00"), Reason: "returned"})
	h.check(t, "observed", issue(), menshen.CodeConflict, "2020-03-03 00:00", "14 days")
	h.clock.Set("2020-02-25 09:00")
	set(office.HealthChange{State: menshen.HealthNormal, Reason: "by mistake"})
	h.check(t, "ended early", issue(), menshen.CodeConflict, "2020-03-03 00:00")
	h.clock.Set("2020-03-02 23:59")
	h.check(t, "a minute before", issue(), menshen.CodeConflict)
	h.policy.days = 21
	h.clock.Set("2020-03-03 00:00")
	h.check(t, "under a longer policy", issue(), menshen.CodeConflict, "2020-03-10 00:00")
	h.policy.days = 14
	if err := issue(); err != nil {
		t.Fatal(err)
	}
}

func TestReturneePermitAfterObservationEndsByTime(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: wang.ID, State: menshen.HealthObservation, Until: at("2020-03-20 00:00")}, "office"); err != nil {
		t.Fatal(err)
	}
	h.clock.Set("2020-03-10 00:00")
	_, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitReturnee, Person: wang.ID}, "office")
	h.check(t, "a longer observation", err, menshen.CodeConflict, "2020-03-20")
	h.clock.Set("2020-03-20 00:00")
	p, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitReturnee, Person: wang.ID}, "office")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.RenewPermit(ctx, p.ID, at("2020-06-01 00:00"), "office"); err != nil {
		t.Errorf("renewed: %v", err)
	}
}

func TestRenewAndRevoke(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	old, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitResident, Person: "王芳", Span: menshen.Span{To: at("2020-03-01 00:00")}, Gates: []string{"gate-2"}}, "office")
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Set("2020-02-28 10:00")
	next, err := h.RenewPermit(ctx, old.ID, at("2020-04-01 00:00"), "desk")
	if err != nil {
		t.Fatal(err)
	}
	if next.Renews != old.ID || !next.From.Equal(h.clock.Now()) || !next.To.Equal(at("2020-04-01 00:00")) || next.Gates[0] != "gate-2" || next.IssuedBy != "desk" {
		t.Errorf("%+v", next)
	}
	before, err := h.store.Permit(ctx, old.ID)
	if err != nil || !before.Revoked.Equal(h.clock.Now()) || before.RevokedBy != "desk" || before.RevokedFor != "renewed" {
		t.Errorf("%+v %v", before, err)
	}
	_, err = h.RenewPermit(ctx, old.ID, at("2020-05-01 00:00"), "desk")
	h.check(t, "renewed twice", err, menshen.CodeConflict)
	_, err = h.RenewPermit(ctx, next.ID, at("2020-02-28 09:00"), "desk")
	h.check(t, "renewed into the past", err, menshen.CodeInvalid)
	_, err = h.RenewPermit(ctx, "nothing", at("2020-05-01 00:00"), "desk")
	if menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}

	_, err = h.RevokePermit(ctx, next.ID, "  ", "desk")
	h.check(t, "no reason", err, menshen.CodeInvalid, "reason")
	gone, err := h.RevokePermit(ctx, next.ID, "moved away", "desk")
	if err != nil || gone.RevokedFor != "moved away" || !gone.Revoked.Equal(h.clock.Now()) {
		t.Errorf("%+v %v", gone, err)
	}
	if _, err = h.RevokePermit(ctx, next.ID, "again", "desk"); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Errorf("revoked twice: %v", err)
	}
	if valid, err := h.Permits(ctx, office.PermitQuery{Valid: true}); err != nil || len(valid) != 0 {
		t.Errorf("%+v %v", valid, err)
	}
	all, err := h.Permits(ctx, office.PermitQuery{Kind: menshen.PermitResident})
	if err != nil || len(all) != 2 || all[0].ID != next.ID || all[0].Status != office.PermitRevoked {
		t.Errorf("%+v %v", all, err)
	}
	_, err = h.Permits(ctx, office.PermitQuery{Kind: "guest"})
	h.check(t, "unknown kind", err, menshen.CodeInvalid)
	// What was revoked leaves room.
	if _, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitResident, Person: "王芳"}, "desk"); err != nil {
		t.Error(err)
	}
}

// Two at the desk cannot issue the same permit at once.
func TestPermitsAreIssuedOnceUnderContention(t *testing.T) {
	h := MustHouse(t)
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			_, err := h.IssuePermit(t.Context(), menshen.Permit{Kind: menshen.PermitResident, Person: wang.ID}, "desk")
			results <- err
		}()
	}
	issued := 0
	for range cap(results) {
		switch err := <-results; menshen.ErrorCode(err) {
		case "":
			issued++
		case menshen.CodeConflict:
		default:
			t.Error(err)
		}
	}
	if issued != 1 {
		t.Errorf("%d permits were issued", issued)
	}
}

func TestStatusOf(t *testing.T) {
	p := menshen.Permit{Span: menshen.Span{From: at("2020-02-01 00:00"), To: at("2020-03-01 00:00")}}
	for when, want := range map[string]office.PermitStatus{
		"2020-01-31 23:59": office.PermitNotYet, "2020-02-01 00:00": office.PermitValid, "2020-02-29 23:59": office.PermitValid, "2020-03-01 00:00": office.PermitExpired,
	} {
		if got := office.StatusOf(p, at(when)); got != want {
			t.Errorf("%s: %s", when, got)
		}
	}
	p.Revoked = at("2020-02-10 00:00")
	if office.StatusOf(p, at("2020-02-09 00:00")) != office.PermitValid || office.StatusOf(p, at("2020-02-10 00:00")) != office.PermitRevoked {
		t.Error("revoked at the wrong time")
	}
}

func TestPrintPermits(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王<芳>&", "3-2-14-1402", nil)
	p, err := h.IssuePermit(ctx, menshen.Permit{
		Kind: menshen.PermitResident, Person: "王<芳>&", Span: menshen.Span{To: at("2020-12-31 00:00")}, Gates: []string{"gate-1", "gate-2"},
		Weekdays: 1<<time.Monday | 1<<time.Sunday, Hours: menshen.DayHours{From: 8 * 60, To: 20 * 60},
	}, "desk")
	if err != nil {
		t.Fatal(err)
	}
	van, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitVehicle, Person: "王<芳>&", Plate: "京A12345"}, "desk")
	if err != nil {
		t.Fatal(err)
	}
	for language, words := range map[string][]string{
		"zh": {"居民出入证（粉证）", "王&lt;芳&gt;&amp;", "3-2-14-1402", "1号门、2号门", "周一、周日 08:00-20:00", "2020-02-20 10:00 – 2020-12-31 00:00", "天通苑", "京A12345", "长期", "全部出入口", "每天 全天"},
		"en": {"resident permit (pink)", "Gate 1, Gate 2", "Mon, Sun 08:00-20:00", "Tiantongyuan", "without end", "every gate", "every day all day"},
		"":   {"居民出入证（粉证） / resident permit (pink)", "有效期 / Valid"},
	} {
		page, err := h.PrintPermits(ctx, []string{p.ID, van.ID}, language)
		if err != nil {
			t.Fatal(err)
		}
		text := string(page)
		for _, w := range append(words, "A5", "data:image/png;base64,", `class="sheet resident"`, `class="sheet vehicle"`, p.ID) {
			if !strings.Contains(text, w) {
				t.Errorf("%q: %q is not on the page", language, w)
			}
		}
		for _, w := range []string{"<script", "http://", "https://", "<link", "@import", "url("} {
			if strings.Contains(strings.ToLower(text), w) {
				t.Errorf("%q: the page has %q", language, w)
			}
		}
		if n := strings.Count(text, `<section class="sheet`); n != 2 {
			t.Errorf("%d sheets", n)
		}
	}
	if _, err := h.RevokePermit(ctx, p.ID, "lost", "desk"); err != nil {
		t.Fatal(err)
	}
	_, err = h.PrintPermits(ctx, []string{p.ID}, "zh")
	h.check(t, "revoked", err, menshen.CodeConflict)
	_, err = h.PrintPermits(ctx, nil, "zh")
	h.check(t, "none", err, menshen.CodeInvalid)
	_, err = h.PrintPermits(ctx, []string{van.ID}, "fr")
	h.check(t, "French", err, menshen.CodeInvalid)
}

// Each permit is in one list by its state, and search finds holders and plates.
func TestPermitsByStatus(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	ids := map[office.PermitStatus]string{}
	for status, span := range map[office.PermitStatus]menshen.Span{
		office.PermitValid: {}, office.PermitNotYet: {From: at("2020-12-01 00:00")}, office.PermitRevoked: {}, office.PermitExpired: {To: h.clock.Now().Add(time.Hour)},
	} {
		p := h.MustPerson(t, string(status), "1-1-1-101", nil)
		issued, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitVehicle, Person: p.ID, Plate: "京A" + p.ID[len(p.ID)-5:], Span: span}, "office")
		if err != nil {
			t.Fatal(err)
		}
		ids[status] = issued.ID
	}
	if _, err := h.RevokePermit(ctx, ids[office.PermitRevoked], "lost", "office"); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(h.clock.Now().Add(2 * time.Hour).Format("2006-01-02 15:04"))
	for status, id := range ids {
		list, err := h.Permits(ctx, office.PermitQuery{Status: status})
		if err != nil || len(list) != 1 || list[0].ID != id || list[0].Status != status {
			t.Errorf("%s: %+v %v", status, list, err)
		}
	}
	expired, err := h.Permits(ctx, office.PermitQuery{Status: office.PermitExpired})
	if err != nil || len(expired) != 1 {
		t.Fatal(expired, err)
	}
	for name, search := range map[string]office.PermitSearch{"holder": {Holders: map[string]bool{expired[0].Person: true}}, "plate": {Plate: expired[0].Plate[2:]}} {
		if found, err := h.Permits(ctx, office.PermitQuery{Among: &search}); err != nil || len(found) != 1 || found[0].ID != expired[0].ID {
			t.Errorf("%s: %+v %v", name, found, err)
		}
	}
	if none, err := h.Permits(ctx, office.PermitQuery{Among: &office.PermitSearch{}}); err != nil || len(none) != 0 {
		t.Errorf("nobody: %+v %v", none, err)
	}
	if two, err := h.Permits(ctx, office.PermitQuery{Limit: 2}); err != nil || len(two) != 2 {
		t.Errorf("limit: %d %v", len(two), err)
	}
}
