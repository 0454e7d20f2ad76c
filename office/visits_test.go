package office_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/access/credential"
	"menshen/office"
	"menshen/store"
)

// caller is a visitor who may come.
func caller(host string) office.VisitRequest {
	return office.VisitRequest{
		Name: "赵客", Particulars: menshen.Particulars{Phone: "139 0000 2222", Document: menshen.Document{Kind: menshen.DocumentPassport, Number: "e12345678"}},
		Host: host, Reason: "探亲", FromWhere: "朝阳区", Celsius: 36.4, Gate: "gate-1",
	}
}

func TestVisit(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	host := h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Role: menshen.RoleHead})
	r, err := h.RegisterVisit(ctx, caller("王芳"), "guard@gate-1")
	if err != nil {
		t.Fatal(err)
	}
	v := r.Visit
	if v.State != menshen.VisitAsked || v.Host != host.ID || v.RegisteredBy != "guard@gate-1" || !v.Span.From.Equal(h.clock.Now()) || !v.To.Equal(at("2020-02-20 14:00")) || v.Origin != 36.4 {
		t.Errorf("%+v", v)
	}
	known, err := h.Record(ctx, v.Person)
	if err != nil || known.Person.Name != "赵客" || known.Person.Household != "" || known.Particulars.Phone != "13900002222" || known.Particulars.Document.Number != "E12345678" {
		t.Errorf("%+v %v", known, err)
	}
	readings, err := h.Temperatures(ctx, office.TemperatureQuery{Person: v.Person})
	if err != nil || len(readings) != 1 || readings[0].Celsius != 36.4 || readings[0].Source != menshen.TemperatureGuard || readings[0].Gate != "gate-1" ||
		readings[0].By != "guard@gate-1" || known.Health.Celsius != 36.4 || !known.Health.MeasuredAt.Equal(h.clock.Now()) {
		t.Errorf("%+v %+v %v", readings, known.Health, err)
	}
	if len(known.Permits) != 0 {
		t.Error("a permit before the host has answered")
	}
	opened, err := h.Open(ctx, r.Link.Token)
	if err != nil || opened.Name != "王*" || opened.Visit == nil || opened.Visit.Visitor != "赵客" || opened.Visit.Reason != "探亲" || opened.Form != nil {
		t.Errorf("%+v %v", opened, err)
	}
	a, err := h.AnswerByLink(ctx, r.Link.Token, true)
	if err != nil {
		t.Fatal(err)
	}
	if a.Visit.State != menshen.VisitConfirmed || a.Visit.AnsweredBy != "host" || a.Permit.Kind != menshen.PermitVisitor || a.Permit.Visit != v.ID || !a.Permit.From.Equal(v.Span.From) || !a.Permit.To.Equal(v.To) {
		t.Errorf("%+v", a)
	}
	code, ok := credential.Parse(a.Code)
	if !ok || code.Permit != a.Permit.ID || code.Sheet || !code.Verify(h.codes.PermitKey()) {
		t.Errorf("the visitor's code is no code of the permit: %+v", code)
	}
	if kept, err := h.store.Permit(ctx, a.Permit.ID); err != nil || kept.Person != v.Person {
		t.Errorf("%+v %v", kept, err)
	}
	_, err = h.AnswerByLink(ctx, r.Link.Token, false)
	h.check(t, "answered twice", err, menshen.CodeConflict)
	_, err = h.AnswerVisit(ctx, v.ID, false, nil, "guard")
	h.check(t, "answered by the guard as well", err, menshen.CodeConflict)
	_, err = h.RenewPermit(ctx, a.Permit.ID, at("2020-02-21 00:00"), "guard")
	h.check(t, "renewed", err, menshen.CodeInvalid)

	pass := func(when, gate string, d menshen.Direction, o menshen.Outcome) menshen.VisitState {
		t.Helper()
		err := h.Passed(ctx, menshen.Pass{
			ID: menshen.PassID{Gate: gate, Sequence: 1}, Person: v.Person, Permit: a.Permit.ID, Direction: d, Captured: at(when), Decision: menshen.Decision{Outcome: o},
		})
		if err != nil {
			t.Fatal(err)
		}
		now, err := h.store.Visit(ctx, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now.State
	}
	for _, c := range []struct {
		when, gate string
		direction  menshen.Direction
		outcome    menshen.Outcome
		want       menshen.VisitState
	}{
		{"2020-02-20 10:05", "gate-1", menshen.DirectionIn, menshen.OutcomeDeny, menshen.VisitConfirmed},
		{"2020-02-20 10:06", "gate-1", menshen.DirectionIn, menshen.OutcomeAllow, menshen.VisitInside},
		{"2020-02-20 10:10", "door-3", menshen.DirectionIn, menshen.OutcomeAllow, menshen.VisitInside},
		{"2020-02-20 11:00", "door-3", menshen.DirectionOut, menshen.OutcomeAllow, menshen.VisitInside},
		{"2020-02-20 11:05", "gate-2", menshen.DirectionOut, menshen.OutcomeAllow, menshen.VisitLeft},
		{"2020-02-20 11:05", "gate-2", menshen.DirectionOut, menshen.OutcomeAllow, menshen.VisitLeft},   // again
		{"2020-02-20 10:06", "gate-1", menshen.DirectionIn, menshen.OutcomeAllow, menshen.VisitLeft},    // came late
		{"2020-02-20 11:30", "gate-1", menshen.DirectionIn, menshen.OutcomeAllow, menshen.VisitInside},  // forgot something
		{"2020-02-20 11:05", "gate-2", menshen.DirectionOut, menshen.OutcomeAllow, menshen.VisitInside}, // came late
	} {
		if got := pass(c.when, c.gate, c.direction, c.outcome); got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.when, c.gate, c.direction, got, c.want)
		}
	}
	h.clock.Set("2020-02-20 14:30")
	if err := h.Due(ctx); err != nil || h.alerts.take() != "overdue_visit" {
		t.Errorf("not overdue: %v", err)
	}
	if err := h.Due(ctx); err != nil || h.alerts.take() != "" {
		t.Errorf("said twice: %v", err)
	}
	list, err := h.Visits(ctx, office.VisitQuery{State: menshen.VisitInside, Overdue: true})
	if err != nil || len(list) != 1 || list[0].Visitor != "赵客" || list[0].HostName != "王芳" || list[0].Dwelling != host.Dwelling || !list[0].Overdue {
		t.Errorf("%+v %v", list, err)
	}
	ended, err := h.EndVisit(ctx, v.ID, "guard")
	if err != nil || ended.State != menshen.VisitLeft || !ended.Left.Equal(h.clock.Now()) {
		t.Errorf("%+v %v", ended, err)
	}
	if p, err := h.store.Permit(ctx, a.Permit.ID); err != nil || p.Revoked.IsZero() {
		t.Errorf("the permit is still good: %+v %v", p, err)
	}
	_, err = h.EndVisit(ctx, v.ID, "guard")
	h.check(t, "ended twice", err, menshen.CodeConflict)
	if list, err := h.Visits(ctx, office.VisitQuery{Overdue: true}); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

func TestRegisterVisitRefuses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "李雷", "1-1-1-101", &menshen.Particulars{Document: card(grown)})
	h.MustPerson(t, "李雷妻", "1-1-1-101", nil)
	gone := h.MustPerson(t, "迁出", "1-1-1-102", nil)
	if _, err := h.PutPerson(ctx, menshen.Person{ID: gone.ID, Dwelling: gone.Dwelling, State: menshen.PersonInactive}, nil); err != nil {
		t.Fatal(err)
	}
	h.MustPerson(t, "工人", "", nil)
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: "李雷妻", State: menshen.HealthObservation}, "office"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*office.VisitRequest)
		code   menshen.Code
		words  []string
	}{
		"no name":             {func(r *office.VisitRequest) { r.Name = " " }, menshen.CodeInvalid, []string{"name"}},
		"no phone":            {func(r *office.VisitRequest) { r.Particulars.Phone = "" }, menshen.CodeInvalid, []string{"phone"}},
		"no reason":           {func(r *office.VisitRequest) { r.Reason = "" }, menshen.CodeInvalid, []string{"reason"}},
		"not measured":        {func(r *office.VisitRequest) { r.Celsius = 0 }, menshen.CodeInvalid, []string{"measure"}},
		"measured as nothing": {func(r *office.VisitRequest) { r.Celsius, r.Gate = -1, "" }, menshen.CodeInvalid, nil},
		"measured wrongly":    {func(r *office.VisitRequest) { r.Celsius = 12 }, menshen.CodeInvalid, nil},
		"a fever":             {func(r *office.VisitRequest) { r.Celsius = 37.3 }, menshen.CodeDenied, []string{"37.3", "fever clinic"}},
		"an unknown gate":     {func(r *office.VisitRequest) { r.Gate = "gate-77" }, menshen.CodeNotFound, []string{"gate-7"}},
		"too long":            {func(r *office.VisitRequest) { r.To = h.clock.Now().AddDate(0, 0, 10) }, menshen.CodeInvalid, []string{"temporary"}},
		"backwards":           {func(r *office.VisitRequest) { r.From, r.To = at("2020-02-20 12:00"), at("2020-02-20 11:00") }, menshen.CodeInvalid, nil},
		"over":                {func(r *office.VisitRequest) { r.From, r.To = at("2020-02-20 08:00"), at("2020-02-20 09:00") }, menshen.CodeInvalid, nil},
		"nobody":              {func(r *office.VisitRequest) { r.Host = "无人" }, menshen.CodeNotFound, nil},
		"an empty dwelling":   {func(r *office.VisitRequest) { r.Host = "9-9-9-909" }, menshen.CodeNotFound, []string{"9-9-9-909"}},
		"only who moved away": {func(r *office.VisitRequest) { r.Host = "1-1-1-102" }, menshen.CodeNotFound, nil},
		"moved away":          {func(r *office.VisitRequest) { r.Host = "迁出" }, menshen.CodeConflict, nil},
		"lives elsewhere":     {func(r *office.VisitRequest) { r.Host = "工人" }, menshen.CodeConflict, nil},
		"observed next door":  {func(r *office.VisitRequest) { r.Host = "李雷" }, menshen.CodeConflict, []string{"1-1-1-101"}},
		"lives here":          {func(r *office.VisitRequest) { r.Name, r.Particulars.Document = "李雷", card(grown) }, menshen.CodeConflict, []string{"lives here"}},
		"another's document":  {func(r *office.VisitRequest) { r.Particulars.Document = card(grown) }, menshen.CodeConflict, []string{"李雷"}},
	} {
		r := caller("王芳")
		c.change(&r)
		_, err := h.RegisterVisit(ctx, r, "guard")
		h.check(t, name, err, c.code, c.words...)
	}
	if kinds := h.alerts.take(); kinds != "fever" {
		t.Errorf("alerts: %q", kinds)
	}
	if list, err := h.Visits(ctx, office.VisitQuery{}); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if n := mustCount(t, h); n != 5 {
		t.Errorf("%d people after refusals", n)
	}
	_, err := h.Visits(ctx, office.VisitQuery{State: "lost"})
	h.check(t, "unknown state", err, menshen.CodeInvalid)
}

// Who comes again with the same document is the same person, and not registered twice for the same time.
func TestVisitorComesAgain(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "李雷", "1-1-1-101", nil)
	first, err := h.RegisterVisit(ctx, caller("王芳"), "guard")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.RegisterVisit(ctx, caller("王芳"), "guard")
	h.check(t, "at the same time", err, menshen.CodeConflict, first.Visit.ID)
	other, err := h.RegisterVisit(ctx, caller("李雷"), "guard")
	if err != nil || other.Visit.Person != first.Visit.Person {
		t.Errorf("%+v %v", other, err)
	}
	refused, err := h.AnswerByLink(ctx, first.Link.Token, false)
	if err != nil || refused.Visit.State != menshen.VisitRefused || refused.Code != "" || refused.Permit.ID != "" {
		t.Errorf("%+v %v", refused, err)
	}
	if _, err = h.RegisterVisit(ctx, caller("王芳"), "guard"); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

// The host may have been isolated since the visitor was registered, and the time may have gone by.
func TestConfirmingLooksAgain(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	r, err := h.RegisterVisit(ctx, caller("王芳"), "guard")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.AnswerVisit(ctx, r.Visit.ID, true, []string{"gate-x"}, "guard")
	h.check(t, "an unknown gate", err, menshen.CodeNotFound)
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: "王芳", State: menshen.HealthIsolated}, "office"); err != nil {
		t.Fatal(err)
	}
	_, err = h.AnswerByLink(ctx, r.Link.Token, true)
	h.check(t, "isolated since", err, menshen.CodeConflict, "isolated")
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: "王芳", State: menshen.HealthRecovered}, "office"); err != nil {
		t.Fatal(err)
	}
	h.clock.Set("2020-02-20 14:00")
	_, err = h.AnswerVisit(ctx, r.Visit.ID, true, nil, "guard")
	h.check(t, "too late", err, menshen.CodeConflict)
	if v, err := h.EndVisit(ctx, r.Visit.ID, "guard"); err != nil || v.State != menshen.VisitRefused {
		t.Errorf("%+v %v", v, err)
	}
}

// A dwelling stands for its head, else for an adult who lives there.
func TestHostByDwelling(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	mother := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "王小明", "3-2-14-1402", &menshen.Particulars{Document: card(child), Guardian: mother.ID})
	r, err := h.RegisterVisit(ctx, caller("3-2-14-1402"), "guard")
	if err != nil || r.Visit.Host != mother.ID {
		t.Errorf("%+v %v", r, err)
	}
	father := h.MustPerson(t, "王强", "3-2-14-1402", &menshen.Particulars{Role: menshen.RoleHead})
	again := caller("3-2-14-1402")
	again.From, again.To = at("2020-02-21 10:00"), at("2020-02-21 11:00")
	if r, err = h.RegisterVisit(ctx, again, "guard"); err != nil || r.Visit.Host != father.ID {
		t.Errorf("%+v %v", r, err)
	}
}

func TestDeliveries(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		d    menshen.Delivery
		code menshen.Code
	}{
		"unknown gate": {menshen.Delivery{Gate: "gate-77", For: home("1-1-1-101")}, menshen.CodeNotFound},
		"for nobody":   {menshen.Delivery{Gate: "gate-1"}, menshen.CodeInvalid},
		"no phone":     {menshen.Delivery{Gate: "gate-1", For: home("1-1-1-101"), Phone: "none"}, menshen.CodeInvalid},
	} {
		_, err := h.TakeDelivery(ctx, c.d, "guard")
		h.check(t, name, err, c.code)
	}
	d, err := h.TakeDelivery(ctx, menshen.Delivery{Gate: "gate-1", For: home("1-1-1-101"), Carrier: "顺丰", Phone: "139 0000 3333", Item: "纸箱，2号架"}, "guard")
	if err != nil || !d.Arrived.Equal(h.clock.Now()) || d.TakenBy != "guard" {
		t.Fatalf("%+v %v", d, err)
	}
	h.clock.Set("2020-02-20 18:00")
	_, err = h.HandOver(ctx, d.ID, " ", "night guard")
	h.check(t, "to nobody", err, menshen.CodeInvalid)
	got, err := h.HandOver(ctx, d.ID, "王芳", "night guard")
	if err != nil || got.HandedTo != "王芳" || got.HandedBy != "night guard" || !got.Handed.Equal(h.clock.Now()) {
		t.Errorf("%+v %v", got, err)
	}
	_, err = h.HandOver(ctx, d.ID, "李雷", "night guard")
	h.check(t, "handed over twice", err, menshen.CodeConflict, "王芳", "18:00")
	if _, err = h.HandOver(ctx, "nothing", "李雷", "guard"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}
	if _, err := h.TakeDelivery(ctx, menshen.Delivery{Gate: "gate-2", For: home("2-1-1-101"), Item: "面"}, "guard"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		f    store.DeliveryFilter
		want int
	}{
		"all": {store.DeliveryFilter{}, 2}, "waiting": {store.DeliveryFilter{Waiting: true}, 1}, "of a dwelling": {store.DeliveryFilter{Dwelling: home("1-1-1-101")}, 1},
		"one": {store.DeliveryFilter{Latest: 1}, 1},
	} {
		if list, err := h.Deliveries(ctx, c.f); err != nil || len(list) != c.want {
			t.Errorf("%s: %+v %v", name, list, err)
		}
	}
}

func TestVisitOfLater(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	r := caller("王芳")
	r.From = h.clock.Now().Add(time.Hour)
	got, err := h.RegisterVisit(t.Context(), r, "guard")
	if err != nil || got.Visit.To.Sub(got.Visit.Span.From) != 4*time.Hour || !got.Link.Expires.Equal(got.Visit.To) {
		t.Errorf("%+v %v", got, err)
	}
}
