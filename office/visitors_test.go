package office_test

import (
	"testing"

	"menshen"
	"menshen/office"
)

// Who is not there yet is not measured yet.
func TestVisitorAnnounced(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	r := caller("王芳")
	r.Gate, r.Celsius = "", 0
	got, err := h.RegisterVisit(t.Context(), r, "office")
	if err != nil || got.Visit.Origin != 0 {
		t.Fatalf("%+v %v", got, err)
	}
	if list, err := h.Temperatures(t.Context(), office.TemperatureQuery{Person: got.Visit.Person}); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

// Who must stay at home does not come in as somebody new: neither under another name nor without the document.
func TestVisitorUnderObservation(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	first, err := h.RegisterVisit(ctx, caller("王芳"), "guard")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.EndVisit(ctx, first.Visit.ID, "guard"); err != nil {
		t.Fatal(err)
	}
	bare := func(phone string) office.VisitRequest {
		r := caller("王芳")
		r.Particulars = menshen.Particulars{Phone: phone}
		return r
	}
	// The name and the phone number say who it is as well.
	again, err := h.RegisterVisit(ctx, bare("+86 139-0000-2222"), "guard")
	if err != nil || again.Visit.Person != first.Visit.Person {
		t.Fatalf("%+v %v", again, err)
	}
	if r, err := h.Record(ctx, first.Visit.Person); err != nil || r.Particulars.Document.Number != "E12345678" {
		t.Errorf("the document is forgotten: %+v %v", r.Particulars, err)
	}
	if _, err := h.EndVisit(ctx, again.Visit.ID, "guard"); err != nil {
		t.Fatal(err)
	}
	other := bare("13900002222")
	other.Name = "钱客"
	companion, err := h.RegisterVisit(ctx, other, "guard")
	if err != nil || companion.Visit.Person == first.Visit.Person {
		t.Fatalf("%+v %v", companion, err)
	}
	if _, err := h.EndVisit(ctx, companion.Visit.ID, "guard"); err != nil {
		t.Fatal(err)
	}
	people := mustCount(t, h)
	for _, state := range []menshen.HealthState{menshen.HealthIsolated, menshen.HealthObservation} {
		if _, err := h.SetHealth(ctx, office.HealthChange{Person: first.Visit.Person, State: state}, "office"); err != nil {
			t.Fatal(err)
		}
		document := caller("王芳")
		document.Particulars.Phone = "13911112222"
		for name, r := range map[string]office.VisitRequest{"as before": caller("王芳"), "by phone": bare("13900002222"), "another name": other, "by document": document} {
			_, err := h.RegisterVisit(ctx, r, "guard")
			h.check(t, string(state)+", "+name, err, menshen.CodeDenied, "赵客", "isolated")
		}
	}
	if n := mustCount(t, h); n != people {
		t.Errorf("%d people, were %d", n, people)
	}
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: first.Visit.Person, State: menshen.HealthNormal}, "office"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RegisterVisit(ctx, caller("王芳"), "guard"); err != nil {
		t.Errorf("when it is over: %v", err)
	}
	h.MustPerson(t, "李雷", "1-1-1-101", &menshen.Particulars{Phone: "13812345678"})
	resident := bare("13812345678")
	resident.Name = "李雷"
	_, err = h.RegisterVisit(ctx, resident, "guard")
	h.check(t, "a resident by name and phone", err, menshen.CodeConflict, "lives here")
}
