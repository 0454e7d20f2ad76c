package office_test

import (
	"fmt"
	"os"
	"testing"

	"menshen"
	"menshen/office"
)

// Closing 26 of 35 entrances is one call and one commit.
func TestSetGates(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	var stay []string
	for i := range 9 {
		stay = append(stay, fmt.Sprintf("gate-%d", i+1))
	}
	_, before, err := h.store.Changes(ctx, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := h.SetGates(ctx, office.GatesRequest{Gates: stay, Others: true, State: menshen.GateClosed})
	if err != nil || len(changed) != 26 || changed[0] != "gate-10" {
		t.Errorf("%d changed, %v", len(changed), err)
	}
	changes, _, err := h.store.Changes(ctx, before, 0)
	if err != nil || len(changes) != 26 || changes[0].Gate == nil || changes[0].Gate.State != menshen.GateClosed {
		t.Errorf("%d changes for the gates to follow, %v", len(changes), err)
	}
	// Again, and as configured: nothing changes.
	for _, r := range []office.GatesRequest{{Gates: stay, Others: true, State: menshen.GateClosed}, {Gates: stay, State: menshen.GateOpen}} {
		if changed, err := h.SetGates(ctx, r); err != nil || len(changed) != 0 {
			t.Errorf("%v %v", changed, err)
		}
	}
	if changed, err := h.SetGates(ctx, office.GatesRequest{Gates: []string{"gate-1", "gate-30"}, State: menshen.GateGuarded}); err != nil || len(changed) != 2 {
		t.Errorf("%v %v", changed, err)
	}
	set, err := h.store.GateSettings(ctx)
	if err != nil || set["gate-1"] != menshen.GateGuarded || set["gate-30"] != menshen.GateGuarded || set["gate-31"] != menshen.GateClosed || set["gate-2"] != "" {
		t.Errorf("%v %v", set, err)
	}
	for name, c := range map[string]struct {
		r    office.GatesRequest
		code menshen.Code
		word string
	}{
		"unknown gate":  {office.GatesRequest{Gates: []string{"gate-2", "gate-350"}, State: menshen.GateClosed}, menshen.CodeNotFound, "gate-3"},
		"unknown state": {office.GatesRequest{Gates: []string{"gate-2"}, State: "ajar"}, menshen.CodeInvalid, "ajar"},
		"no gate":       {office.GatesRequest{State: menshen.GateClosed, Others: true}, menshen.CodeInvalid, "others"},
		"gate twice":    {office.GatesRequest{Gates: []string{"gate-2", "gate-2"}, State: menshen.GateClosed}, menshen.CodeInvalid, "gate-2"},
	} {
		_, err := h.SetGates(ctx, c.r)
		h.check(t, name, err, c.code, c.word)
	}
	if set, err := h.store.GateSettings(ctx); err != nil || set["gate-2"] != "" {
		t.Errorf("a refused call set gates: %v %v", set, err)
	}
}

func TestSetMode(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	if err := h.store.SetSite(ctx, menshen.SiteSetting{Mode: menshen.ModeNormal, PermitKey: make([]byte, 32), NumberKey: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	if err := h.SetMode(ctx, menshen.ModeClosed); err != nil {
		t.Fatal(err)
	}
	s, err := h.store.SiteSetting(ctx)
	if err != nil || s.Mode != menshen.ModeClosed || len(s.PermitKey) != 32 || len(s.NumberKey) != 32 {
		t.Errorf("%+v %v", s, err)
	}
	h.check(t, "unknown mode", h.SetMode(ctx, "holiday"), menshen.CodeInvalid)
}

func TestRules(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	text, err := os.ReadFile("../access/policy/default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules := string(text)
	if r, err := h.Rules(ctx, 0); err != nil || r.Version != 0 || r.YAML != "" {
		t.Errorf("%+v %v", r, err)
	}
	_, err = h.PutRules(ctx, "nonsense", "", false, "office")
	h.check(t, "no rules", err, menshen.CodeInvalid)
	if v, err := h.PutRules(ctx, rules, "", true, "office"); err != nil || v != 0 {
		t.Errorf("dry run: %d %v", v, err)
	}
	if v, err := h.PutRules(ctx, rules, " stricter ", false, "office"); err != nil || v != 1 {
		t.Errorf("%d %v", v, err)
	}
	if v, err := h.PutRules(ctx, " \n", "back", false, "office"); err != nil || v != 2 {
		t.Errorf("%d %v", v, err)
	}
	if r, err := h.Rules(ctx, 1); err != nil || r.YAML != rules || r.Note != "stricter" || r.By != "office" {
		t.Errorf("%+v %v", r, err)
	}
	if r, err := h.Rules(ctx, 0); err != nil || r.Version != 2 || r.YAML != "" {
		t.Errorf("%+v %v", r, err)
	}
	history, err := h.RuleHistory(ctx)
	if err != nil || len(history) != 2 || history[0].Version != 2 || history[1].Note != "stricter" || !history[0].At.Equal(h.clock.Now()) {
		t.Errorf("%+v %v", history, err)
	}
	if _, err := h.Rules(ctx, 7); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}
}

func TestAnnotations(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	id := menshen.PassID{Gate: "gate-1", Sequence: 42}
	a, err := h.Annotate(ctx, menshen.Annotation{Pass: id, Kind: menshen.AnnotationIdentity, Person: "王芳"}, "guard")
	if err != nil || a.Person != wang.ID || a.By != "guard" || a.ID == "" || !a.At.Equal(h.clock.Now()) {
		t.Errorf("%+v %v", a, err)
	}
	if _, err = h.Annotate(ctx, menshen.Annotation{Pass: id, Kind: menshen.AnnotationHelp, Text: "有人争执"}, "guard"); err != nil || h.alerts.take() != "help" {
		t.Errorf("no alert: %v", err)
	}
	if err := h.Help(ctx, menshen.HelpCall{Gate: "gate-1", Text: "有人争执"}); err != nil || h.alerts.take() != "help" {
		t.Errorf("no alert: %v", err)
	}
	h.check(t, "help at no gate", h.Help(ctx, menshen.HelpCall{Gate: "gate-77"}), menshen.CodeNotFound, "gate-77")
	for name, c := range map[string]struct {
		a    menshen.Annotation
		code menshen.Code
	}{
		"empty note":   {menshen.Annotation{Pass: id, Kind: menshen.AnnotationNote, Text: " "}, menshen.CodeInvalid},
		"nobody named": {menshen.Annotation{Pass: id, Kind: menshen.AnnotationVisitor}, menshen.CodeInvalid},
		"nobody":       {menshen.Annotation{Pass: id, Kind: menshen.AnnotationVisitor, Person: "无人"}, menshen.CodeNotFound},
		"unknown gate": {menshen.Annotation{Pass: menshen.PassID{Gate: "gate-77", Sequence: 1}, Kind: menshen.AnnotationNotThem}, menshen.CodeNotFound},
		"unknown kind": {menshen.Annotation{Pass: id, Kind: "joke"}, menshen.CodeInvalid},
	} {
		_, err := h.Annotate(ctx, c.a, "guard")
		h.check(t, name, err, c.code)
	}
	if list, err := h.Annotations(ctx, "gate-1:42", 0); err != nil || len(list) != 2 || list[0].Kind != menshen.AnnotationHelp {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := h.Annotations(ctx, "", 1); err != nil || len(list) != 1 {
		t.Errorf("%+v %v", list, err)
	}
	_, err = h.Annotations(ctx, "gate-1", 0)
	h.check(t, "no pass", err, menshen.CodeInvalid)
}
