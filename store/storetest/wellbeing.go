package storetest

import (
	"math"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func health(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2", "p-3", "p-4", "p-5")
	got, err := s.Health(ctx, "p-1")
	must(t, err)
	wantEqual(t, got, menshen.Health{Person: "p-1", State: menshen.HealthNormal})

	observed := sampleHealth("p-1")
	must(t, s.SetHealth(ctx, observed))
	got, err = s.Health(ctx, "p-1")
	must(t, err)
	wantEqual(t, got, observed)

	normal := menshen.Health{Person: "p-2", Code: menshen.HealthCodeGreen, Celsius: 36.6, MeasuredAt: hour(1)}
	must(t, s.SetHealth(ctx, normal))
	normal.State = menshen.HealthNormal // what "" is
	yellow := menshen.Health{Person: "p-3", State: menshen.HealthNormal, Code: menshen.HealthCodeYellow}
	feverish := menshen.Health{Person: "p-4", State: menshen.HealthNormal, Celsius: menshen.Fever}
	must(t, s.SetHealth(ctx, feverish))
	must(t, s.SetHealth(ctx, yellow))
	wantEqual(t, MustCollect(t, s.HealthRecords(ctx, "")), []menshen.Health{observed, yellow, feverish})
	wantEqual(t, MustCollect(t, s.HealthRecords(ctx, menshen.HealthObservation)), []menshen.Health{observed})
	wantEqual(t, MustCollect(t, s.HealthRecords(ctx, menshen.HealthNormal)), []menshen.Health{normal, yellow, feverish})

	before := latest(t, s)
	for _, bad := range []menshen.Health{
		{}, {Person: "p-1", State: "dead"}, {Person: "p-1", Code: "blue"}, {Person: "p-1", Celsius: math.NaN()},
		{Person: "p-1", Since: hour(2), Until: hour(1)}, {Person: "p-1", Reason: "\xff"},
	} {
		wantCode(t, s.SetHealth(ctx, bad), menshen.CodeInvalid)
	}
	wantCode(t, s.SetHealth(ctx, sampleHealth("p-9")), menshen.CodeNotFound)
	wantEqual(t, latest(t, s), before)
}

func temperatures(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	must(t, s.SetHealth(ctx, sampleHealth("p-1")))
	reading := func(id, person string, n int, celsius float64) menshen.Temperature {
		return menshen.Temperature{ID: id, Person: person, At: hour(n), Celsius: celsius, Source: menshen.TemperatureGate, Gate: "east-1", By: "sensor"}
	}
	a, b, late, c := reading("t-a", "p-1", 10, 37.4), reading("t-b", "p-2", 11, 36.2), reading("t-l", "p-1", 5, 36.9), reading("t-c", "p-1", 12, 38.1)
	must(t, s.AddTemperature(ctx, a))
	must(t, s.AddTemperature(ctx, b))
	before := latest(t, s)
	must(t, s.AddTemperature(ctx, late)) // measured before what is known: kept, and changes nobody's state
	wantEqual(t, latest(t, s), before)
	must(t, s.AddTemperature(ctx, c))
	changes := MustChanges(t, s, before)
	wantEqual(t, keysOf(changes), []string{"health p-1"})

	want := sampleHealth("p-1")
	want.Celsius, want.MeasuredAt = 38.1, hour(12)
	got, err := s.Health(ctx, "p-1")
	must(t, err)
	wantEqual(t, got, want)
	wantEqual(t, *changes[0].Health, want)
	got, err = s.Health(ctx, "p-2")
	must(t, err)
	wantEqual(t, got, menshen.Health{Person: "p-2", State: menshen.HealthNormal, Celsius: 36.2, MeasuredAt: hour(11), Changed: hour(11), By: "sensor"})

	for name, x := range map[string]struct {
		filter store.TemperatureFilter
		want   []menshen.Temperature
	}{
		"all":           {store.TemperatureFilter{}, []menshen.Temperature{c, b, a, late}},
		"person":        {store.TemperatureFilter{Person: "p-1"}, []menshen.Temperature{c, a, late}},
		"fever":         {store.TemperatureFilter{AtLeast: menshen.Fever}, []menshen.Temperature{c, a}},
		"span":          {store.TemperatureFilter{Span: menshen.Span{From: hour(10), To: hour(12)}}, []menshen.Temperature{b, a}},
		"latest":        {store.TemperatureFilter{Person: "p-1", Latest: 1}, []menshen.Temperature{c}},
		"fever, latest": {store.TemperatureFilter{AtLeast: menshen.Fever, Latest: 1}, []menshen.Temperature{c}},
		"low, latest":   {store.TemperatureFilter{AtLeast: 36, Span: menshen.Span{To: hour(12)}, Latest: 2}, []menshen.Temperature{b, a}},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.Temperatures(ctx, x.filter)), x.want) })
	}
	wantCode(t, s.AddTemperature(ctx, c), menshen.CodeConflict)
	wantCode(t, s.AddTemperature(ctx, reading("t-d", "p-9", 1, 36)), menshen.CodeNotFound)
	wantCode(t, s.AddTemperature(ctx, reading("", "p-1", 1, 36)), menshen.CodeInvalid)
	wantCode(t, s.AddTemperature(ctx, reading("t-d", "p-1", 1, 366)), menshen.CodeInvalid)
}

func sampleForm(version int) menshen.Form {
	least := 37.3
	return menshen.Form{
		ID: "returnee", Version: version, Title: menshen.Text{ZH: "返京人员登记", EN: "Returnees"},
		Fields: []menshen.Field{
			{ID: "back", Label: menshen.Text{ZH: "返回日期", EN: "Back on"}, Kind: menshen.FieldDate, Required: true},
			{ID: "from", Kind: menshen.FieldChoice, Choices: []menshen.FormChoice{{Value: "hubei", Label: menshen.Text{ZH: "湖北"}}}},
		},
		Rules: []menshen.FormRule{{
			When:  []menshen.FormCondition{{Field: "from", In: []string{"hubei"}}, {Field: "celsius", AtLeast: &least}, {Field: "back", Within: 14}},
			State: menshen.HealthObservation, Days: 14, DaysFrom: "back", Reason: menshen.Text{ZH: "返京", EN: "returned"},
		}},
	}
}

func forms(t *testing.T, s Store) {
	ctx := t.Context()
	none, err := s.Forms(ctx)
	must(t, err)
	wantEqual(t, len(none), 0)
	one, two := sampleForm(1), sampleForm(2)
	two.Rules = nil
	other := menshen.Form{ID: "daily", Version: 1}
	must(t, s.AddForm(ctx, one))
	must(t, s.AddForm(ctx, two))
	must(t, s.AddForm(ctx, menshen.Form{ID: "daily", Version: 1, Fields: []menshen.Field{}}))
	all, err := s.Forms(ctx)
	must(t, err)
	wantEqual(t, all, []menshen.Form{other, two})
	for version, want := range map[int]menshen.Form{0: two, 1: one, 2: two} {
		got, err := s.Form(ctx, "returnee", version)
		must(t, err)
		wantEqual(t, got, want)
	}
	for _, version := range []int{0, 1, 2, 4} { // versions never change, and none is left out
		wantCode(t, s.AddForm(ctx, sampleForm(version)), menshen.CodeConflict)
	}
	wantCode(t, s.AddForm(ctx, menshen.Form{ID: "A b", Version: 1}), menshen.CodeInvalid)
	for id, version := range map[string]int{"returnee": 3, "nothing": 0} {
		_, err = s.Form(ctx, id, version)
		wantCode(t, err, menshen.CodeNotFound)
	}
}

func formAnswers(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	must(t, s.AddForm(ctx, sampleForm(1)))
	must(t, s.AddForm(ctx, menshen.Form{ID: "daily", Version: 1}))
	answer := func(id, form, person string, n int) menshen.FormAnswer {
		return menshen.FormAnswer{
			ID: id, Form: form, Version: 1, Person: person, Answers: map[string]string{"back": "2020-02-14", "from": "湖北 “武汉”"}, At: hour(n),
			By: "link", State: menshen.HealthObservation, Reason: menshen.Text{ZH: "返京", EN: "returned"},
		}
	}
	a, b, c := answer("a-1", "returnee", "p-1", 2), answer("a-2", "daily", "p-1", 3), answer("a-3", "returnee", "p-2", 1)
	b.Answers = nil
	h := sampleHealth("p-1")
	must(t, s.AddFormAnswer(ctx, a, &h))
	must(t, s.AddFormAnswer(ctx, b, nil))
	must(t, s.AddFormAnswer(ctx, c, nil))
	got, err := s.Health(ctx, "p-1")
	must(t, err)
	wantEqual(t, got, h)
	for name, x := range map[string]struct {
		filter store.AnswerFilter
		want   []menshen.FormAnswer
	}{
		"all":    {store.AnswerFilter{}, []menshen.FormAnswer{b, a, c}},
		"person": {store.AnswerFilter{Person: "p-1"}, []menshen.FormAnswer{b, a}},
		"form":   {store.AnswerFilter{Form: "returnee"}, []menshen.FormAnswer{a, c}},
		"latest": {store.AnswerFilter{Latest: 1}, []menshen.FormAnswer{b}},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.FormAnswers(ctx, x.filter)), x.want) })
	}

	// Both or neither.
	bad := sampleHealth("p-2")
	bad.State = "dead"
	wantCode(t, s.AddFormAnswer(ctx, answer("a-4", "daily", "p-2", 4), &bad), menshen.CodeInvalid)
	good := sampleHealth("p-2")
	wantCode(t, s.AddFormAnswer(ctx, answer("a-1", "daily", "p-2", 4), &good), menshen.CodeConflict)
	wantCode(t, s.AddFormAnswer(ctx, answer("a-4", "daily", "p-9", 4), &good), menshen.CodeNotFound)
	wantCode(t, s.AddFormAnswer(ctx, answer("a-4", "weekly", "p-2", 4), &good), menshen.CodeNotFound)
	wantCode(t, s.AddFormAnswer(ctx, menshen.FormAnswer{ID: "a-4", Person: "p-2", At: time.Time{}}, &good), menshen.CodeInvalid)
	wantEqual(t, len(MustCollect(t, s.FormAnswers(ctx, store.AnswerFilter{}))), 3)
	got, err = s.Health(ctx, "p-2")
	must(t, err)
	wantEqual(t, got, menshen.Health{Person: "p-2", State: menshen.HealthNormal})
}

// removeRecords: what was said of somebody's health, visits and vehicle goes with them; that there was a visit and a permit stays.
func removeRecords(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-2")
	visit := sampleVisit("v-1", "p-1", 1)
	reading := menshen.Temperature{ID: "t-1", Person: "p-1", At: hour(1), Celsius: 38.1, Source: menshen.TemperatureGuard, Gate: "east-1", By: "guard"}
	must(t, s.AddVisit(ctx, visit, samplePerson("p-1", "A", ""), menshen.Particulars{}, &reading))
	must(t, s.SetHealth(ctx, sampleHealth("p-1")))
	must(t, s.SetHealth(ctx, sampleHealth("p-2")))
	vehicle, revoked, good := Permit("e-1", "p-1", 1), Permit("e-2", "p-1", 2), Permit("e-3", "p-1", 3)
	vehicle.Kind, vehicle.Plate = menshen.PermitVehicle, "京A12345"
	revoked.Revoked, revoked.RevokedBy, revoked.RevokedFor = hour(9), "office", "发热"
	must(t, s.AddPermits(ctx, []menshen.Permit{vehicle, revoked, good}))
	before := latest(t, s)

	must(t, s.RemovePerson(ctx, "p-1"))
	h, err := s.Health(ctx, "p-1")
	must(t, err)
	wantEqual(t, h, menshen.Health{Person: "p-1", State: menshen.HealthNormal})
	wantEqual(t, MustCollect(t, s.HealthRecords(ctx, "")), []menshen.Health{sampleHealth("p-2")})
	wantEqual(t, len(MustCollect(t, s.Temperatures(ctx, store.TemperatureFilter{}))), 0)
	visit.Reason, visit.From, visit.Origin, visit.Plate, visit.RegisteredBy, visit.AnsweredBy = "", "", 0, "", "", ""
	wantEqual(t, MustCollect(t, s.Visits(ctx, store.VisitFilter{})), []menshen.Visit{visit})
	var plates, reasons []string
	for _, p := range MustCollect(t, s.Permits(ctx, store.PermitFilter{})) {
		plates, reasons = append(plates, p.Plate), append(reasons, p.RevokedFor)
	}
	wantEqual(t, plates, []string{"", "", menshen.NameErased})
	wantEqual(t, reasons, []string{"removed", "", "removed"})
	gone := false
	for _, c := range MustChanges(t, s, before) {
		gone = gone || c.Kind == menshen.ChangeHealth && c.Key == "p-1" && c.Gone()
	}
	wantEqual(t, gone, true)
}
