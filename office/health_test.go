package office_test

import (
	"testing"

	"menshen"
	"menshen/office"
)

func TestSetHealth(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	permit, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitResident, Person: wang.ID}, "office")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.SetHealthCode(ctx, wang.ID, menshen.HealthCodeGreen, "gate", "guard"); err != nil {
		t.Fatal(err)
	}
	got, err := h.SetHealth(ctx, office.HealthChange{Person: "王芳", State: menshen.HealthObservation, Reason: " 返京 "}, "office")
	if err != nil || !got.Since.Equal(h.clock.Now()) || !got.Until.Equal(at("2020-03-05 10:00")) || got.Reason != "返京" || got.Code != menshen.HealthCodeGreen || got.By != "office" {
		t.Errorf("%+v %v", got, err)
	}
	// The permit stays; the policy refuses who is under observation.
	if p, err := h.store.Permit(ctx, permit.ID); err != nil || !p.Revoked.IsZero() {
		t.Errorf("%+v %v", p, err)
	}
	h.clock.Set("2020-02-22 10:00")
	got, err = h.SetHealth(ctx, office.HealthChange{Person: wang.ID, State: menshen.HealthIsolated}, "office")
	if err != nil || !got.Since.Equal(h.clock.Now()) || !got.Until.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	if kinds := h.alerts.take(); kinds != "isolation" {
		t.Errorf("alerts: %s", kinds)
	}
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: wang.ID, State: menshen.HealthIsolated, Reason: "moved to a hospital"}, "office"); err != nil || h.alerts.take() != "" {
		t.Errorf("isolated again is no news: %v", err)
	}
	list, err := h.HealthList(ctx, menshen.HealthIsolated)
	if err != nil || len(list) != 1 || list[0].Name != "王芳" || list[0].Dwelling != wang.Dwelling {
		t.Errorf("%+v %v", list, err)
	}
	got, err = h.SetHealth(ctx, office.HealthChange{Person: wang.ID, State: menshen.HealthRecovered}, "office")
	if err != nil || got.State != menshen.HealthRecovered {
		t.Errorf("%+v %v", got, err)
	}
	if list, err := h.HealthList(ctx, ""); err != nil || len(list) != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// When observation is ended its beginning stays known, and its end is when it was ended.
func TestObservationIsRememberedWhenItEnds(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	set := func(state menshen.HealthState) menshen.Health {
		t.Helper()
		got, err := h.SetHealth(ctx, office.HealthChange{Person: wang.ID, State: state}, "office")
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	set(menshen.HealthObservation)
	h.clock.Set("2020-02-24 08:00")
	got := set(menshen.HealthNormal)
	if !got.Since.Equal(at("2020-02-20 10:00")) || !got.Until.Equal(at("2020-02-24 08:00")) || !got.Changed.Equal(h.clock.Now()) {
		t.Errorf("%+v", got)
	}
	h.clock.Set("2020-02-26 08:00")
	if got = set(menshen.HealthMonitoring); !got.Until.Equal(at("2020-02-24 08:00")) {
		t.Errorf("%+v", got)
	}
	// Isolation is something else: what was observed before does not count after it.
	set(menshen.HealthIsolated)
	if got = set(menshen.HealthNormal); !got.Until.IsZero() {
		t.Errorf("%+v", got)
	}
}

func TestSetHealthRefuses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	for name, c := range map[string]struct {
		change office.HealthChange
		code   menshen.Code
	}{
		"unknown state":       {office.HealthChange{Person: wang.ID, State: "tired"}, menshen.CodeInvalid},
		"nobody":              {office.HealthChange{Person: "无人", State: menshen.HealthNormal}, menshen.CodeNotFound},
		"isolation that ends": {office.HealthChange{Person: wang.ID, State: menshen.HealthIsolated, Until: at("2020-03-01 00:00")}, menshen.CodeInvalid},
		"ends before":         {office.HealthChange{Person: wang.ID, State: menshen.HealthObservation, Until: at("2020-02-01 00:00")}, menshen.CodeInvalid},
	} {
		_, err := h.SetHealth(ctx, c.change, "office")
		h.check(t, name, err, c.code)
	}
	_, err := h.SetHealthCode(ctx, wang.ID, "blue", "gate", "guard")
	h.check(t, "a blue code", err, menshen.CodeInvalid)
	_, err = h.HealthList(ctx, "tired")
	h.check(t, "a list of the tired", err, menshen.CodeInvalid)
	if list, err := h.HealthList(ctx, ""); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

func TestHealthCode(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	got, err := h.SetHealthCode(ctx, wang.ID, menshen.HealthCodeYellow, "gate", "guard@gate-1")
	if err != nil || got.Code != menshen.HealthCodeYellow || got.CodeSource != "gate" || !got.CodeAt.Equal(h.clock.Now()) {
		t.Errorf("%+v %v", got, err)
	}
	if list, err := h.HealthList(ctx, ""); err != nil || len(list) != 1 {
		t.Errorf("%+v %v", list, err)
	}
	got, err = h.SetHealthCode(ctx, wang.ID, menshen.HealthCodeNone, "gate", "guard")
	if err != nil || got.Code != "" || got.CodeSource != "" || !got.CodeAt.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
}

func TestTemperatures(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	record := func(celsius float64) (bool, error) {
		_, fever, err := h.RecordTemperature(ctx, menshen.Temperature{Person: "王芳", Celsius: celsius, Source: menshen.TemperatureGate, Gate: "gate-1"}, "guard")
		return fever, err
	}
	if fever, err := record(37.2); fever || err != nil || h.alerts.take() != "" {
		t.Errorf("%v %v", fever, err)
	}
	h.clock.Set("2020-02-20 11:00")
	if fever, err := record(37.3); !fever || err != nil || h.alerts.take() != "fever" {
		t.Errorf("%v %v", fever, err)
	}
	h.clock.Set("2020-02-20 11:05")
	if fever, err := record(38); !fever || err != nil || h.alerts.take() != "" {
		t.Errorf("five minutes later it is no news: %v %v", fever, err)
	}
	h.clock.Set("2020-02-20 11:15")
	if fever, err := record(38); !fever || err != nil || h.alerts.take() != "fever" {
		t.Errorf("%v %v", fever, err)
	}
	all, err := h.Temperatures(ctx, office.TemperatureQuery{Person: "王芳"})
	if err != nil || len(all) != 4 || all[0].Celsius != 38 || all[3].Celsius != 37.2 || all[0].By != "guard" {
		t.Errorf("%+v %v", all, err)
	}
	if fever, err := h.Temperatures(ctx, office.TemperatureQuery{Fever: true}); err != nil || len(fever) != 3 {
		t.Errorf("%+v %v", fever, err)
	}
	h.clock.Set("2020-03-10 11:00")
	if late, err := h.Temperatures(ctx, office.TemperatureQuery{}); err != nil || len(late) != 0 {
		t.Errorf("older than 14 days: %+v %v", late, err)
	}
	for name, c := range map[string]struct {
		t    menshen.Temperature
		code menshen.Code
	}{
		"too hot":      {menshen.Temperature{Person: "王芳", Celsius: 50, Source: menshen.TemperatureSelf}, menshen.CodeInvalid},
		"Fahrenheit":   {menshen.Temperature{Person: "王芳", Celsius: 98.6, Source: menshen.TemperatureSelf}, menshen.CodeInvalid},
		"by a cat":     {menshen.Temperature{Person: "王芳", Celsius: 36.5, Source: "cat"}, menshen.CodeInvalid},
		"unknown gate": {menshen.Temperature{Person: "王芳", Celsius: 36.5, Source: menshen.TemperatureGate, Gate: "gate-99"}, menshen.CodeNotFound},
		"tomorrow":     {menshen.Temperature{Person: "王芳", Celsius: 36.5, Source: menshen.TemperatureSelf, At: at("2020-03-11 11:00")}, menshen.CodeInvalid},
		"of nobody":    {menshen.Temperature{Person: "无人", Celsius: 36.5, Source: menshen.TemperatureSelf}, menshen.CodeNotFound},
	} {
		_, _, err := h.RecordTemperature(ctx, c.t, "guard")
		h.check(t, name, err, c.code)
	}
}

func TestDueSaysOnceWhatIsOver(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "李雷", "3-2-14-1403", nil)
	for _, name := range []string{"王芳", "李雷"} {
		if _, err := h.SetHealth(ctx, office.HealthChange{Person: name, State: menshen.HealthObservation}, "office"); err != nil {
			t.Fatal(err)
		}
	}
	due := func(when, want string) {
		t.Helper()
		h.clock.Set(when)
		if err := h.Due(ctx); err != nil {
			t.Fatal(err)
		}
		if got := h.alerts.take(); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	due("2020-03-05 09:59", "")
	due("2020-03-05 10:00", "observation_over observation_over")
	due("2020-03-05 10:01", "")
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: "王芳", State: menshen.HealthObservation, Until: at("2020-03-08 10:00")}, "office"); err != nil {
		t.Fatal(err)
	}
	due("2020-03-06 09:00", "")
	due("2020-03-07 08:00", "")
	// 王芳's ends now; 李雷's is said again, because for more than a day nobody has asked what is due.
	due("2020-03-08 10:00", "observation_over observation_over")
}

func TestWhoShouldBeAtHomeIsAlertedAtAGate(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	pass := func(when string, outcome menshen.Outcome) string {
		t.Helper()
		h.clock.Set(when)
		err := h.Passed(ctx, menshen.Pass{
			ID: menshen.PassID{Gate: "gate-1", Sequence: 1}, Person: wang.ID, Direction: menshen.DirectionOut, Captured: h.clock.Now(),
			Decision: menshen.Decision{Outcome: outcome},
		})
		if err != nil {
			t.Fatal(err)
		}
		return h.alerts.take()
	}
	if got := pass("2020-02-20 10:00", menshen.OutcomeAllow); got != "" {
		t.Errorf("alerted: %s", got)
	}
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: wang.ID, State: menshen.HealthObservation}, "office"); err != nil {
		t.Fatal(err)
	}
	if got := pass("2020-02-21 10:00", menshen.OutcomeDeny); got != "observation_broken" {
		t.Errorf("alerted: %q", got)
	}
	if got := pass("2020-02-21 10:01", menshen.OutcomeDeny); got != "" {
		t.Errorf("alerted again: %q", got)
	}
	if got := pass("2020-03-05 10:00", menshen.OutcomeDeny); got != "" {
		t.Errorf("over, and alerted: %q", got)
	}
	if err := h.Passed(ctx, menshen.Pass{ID: menshen.PassID{Gate: "gate-1", Sequence: 2}, Person: "nobody", Captured: h.clock.Now()}); err != nil {
		t.Errorf("somebody who is gone: %v", err)
	}
}

// Who recovers after home observation became isolation can have a returnee permit when the policy's days are over.
func TestReturneeAfterIsolation(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	for _, end := range []menshen.HealthState{menshen.HealthRecovered, menshen.HealthNormal} {
		h.clock.Set("2020-02-20 10:00")
		p := h.MustPerson(t, "王"+string(end), "3-2-14-1402", nil)
		set := func(when string, state menshen.HealthState) menshen.Health {
			t.Helper()
			h.clock.Set(when)
			got, err := h.SetHealth(ctx, office.HealthChange{Person: p.ID, State: state}, "office")
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		issue := func() error {
			_, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitReturnee, Person: p.ID}, "office")
			return err
		}
		set("2020-02-20 10:00", menshen.HealthObservation)
		set("2020-02-23 10:00", menshen.HealthIsolated)
		h.check(t, "isolated", issue(), menshen.CodeConflict, "isolated")
		if got := set("2020-03-01 10:00", end); !got.Since.Equal(at("2020-02-23 10:00")) || !got.Until.Equal(at("2020-03-01 10:00")) {
			t.Errorf("%+v", got)
		}
		if again := set("2020-03-02 10:00", menshen.HealthNormal); !again.Until.Equal(at("2020-03-01 10:00")) {
			t.Errorf("%+v", again)
		}
		h.check(t, "too early", issue(), menshen.CodeConflict, "2020-03-08")
		h.clock.Set("2020-03-08 10:00")
		if err := issue(); err != nil {
			t.Errorf("%s: %v", end, err)
		}
	}
}
