package web_test

import (
	"context"
	"time"

	"menshen"
	"menshen/web"
)

func (h *house) visit() menshen.Visit {
	return menshen.Visit{
		ID: "v-1", Person: "p-9", Host: "p-1", Reason: "repairs", From: "城西", Origin: 36.4, Span: menshen.Span{From: now.Add(-5 * time.Hour), To: now.Add(-time.Hour)},
		State: menshen.VisitInside, Registered: now.Add(-5 * time.Hour), RegisteredBy: "guard@east",
	}
}

func (h *house) RegisterVisit(_ context.Context, r web.VisitRequest, by string) (web.VisitRegistered, error) {
	v := h.visit()
	v.State, v.RegisteredBy = menshen.VisitAsked, by
	return web.VisitRegistered{Visit: v, Link: web.NewLink{Token: visitToken, Expires: now.Add(time.Hour)}}, h.askedWith("register", r)
}

func (h *house) AnswerVisit(_ context.Context, _ string, confirm bool, gates []string, by string) (web.VisitAnswered, error) {
	a := web.VisitAnswered{Visit: h.visit()}
	a.Visit.State, a.Visit.AnsweredBy = menshen.VisitRefused, by
	if confirm {
		a.Visit.State, a.Code = menshen.VisitConfirmed, "MS1.visitor-code"
	}
	return a, h.askedWith("answer visit", [2]any{confirm, gates})
}

func (h *house) Visits(_ context.Context, q web.VisitQuery) ([]web.VisitView, error) {
	return []web.VisitView{{Visit: h.visit(), Visitor: "赵大海", HostName: "王芳", Dwelling: h.people[0].Dwelling, Overdue: true}}, h.askedWith("visits", q)
}

func (h *house) EndVisit(_ context.Context, id, _ string) (menshen.Visit, error) {
	v := h.visit()
	v.ID, v.State, v.Left = id, menshen.VisitLeft, now
	return v, h.askedWith("end visit", id)
}

func (h *house) TakeDelivery(_ context.Context, d menshen.Delivery, by string) (menshen.Delivery, error) {
	d.ID, d.Arrived, d.TakenBy = "d-1", now, by
	return d, h.askedWith("take", d)
}

func (h *house) HandOver(_ context.Context, id, to, by string) (menshen.Delivery, error) {
	return menshen.Delivery{ID: id, Gate: "east-1", Handed: now, HandedTo: to, HandedBy: by}, h.askedWith("hand over", to)
}

func (h *house) Deliveries(_ context.Context, q web.DeliveryQuery) ([]menshen.Delivery, error) {
	return []menshen.Delivery{{ID: "d-1", Gate: "east-1", Carrier: "顺丰", For: h.people[0].Dwelling, Item: "a box", Arrived: now}}, h.askedWith("deliveries", q)
}

func (h *house) SetGates(_ context.Context, r web.GatesRequest) ([]string, error) {
	return []string{"east-1"}, h.askedWith("set gates", r)
}

func (h *house) SetMode(_ context.Context, mode menshen.SiteMode) error {
	return h.askedWith("mode", mode)
}

func (h *house) GateSettings(context.Context) (map[string]menshen.GateState, error) {
	return map[string]menshen.GateState{"west-1": menshen.GateClosed}, h.did("gate settings")
}

func (h *house) SiteSetting(context.Context) (menshen.SiteSetting, error) {
	return menshen.SiteSetting{Mode: menshen.ModeClosed, NumberKey: []byte("secret")}, h.did("site setting")
}

func (h *house) CommandDoors(_ context.Context, gates []string, action menshen.DoorAction, by string) []menshen.DoorResult {
	_ = h.askedWith("doors", [3]any{gates, action, by})
	var all []menshen.DoorResult
	for i, g := range gates {
		r := menshen.DoorResult{Gate: g, Confirmed: i == 0}
		if i > 0 {
			r.Message = menshen.Text{ZH: "没有回答", EN: "no answer"}
		}
		all = append(all, r)
	}
	return all
}

func (h *house) DoorStates(context.Context) map[string]web.DoorState {
	_ = h.did("door states")
	return map[string]web.DoorState{"east-1": {State: "alarm", Message: menshen.Text{ZH: "门未关", EN: "stays open"}}}
}

func (h *house) Occupancy() map[string]int {
	_ = h.did("occupancy")
	return map[string]int{"outside": 9, "compound": 42}
}

func (h *house) Present(_ context.Context, p menshen.Presentation) (menshen.Pass, error) {
	pass := mustPass(7, "p-1")
	if p.Value == "bad" {
		pass.Decision = menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonInactivePerson}}
	}
	return pass, h.askedWith("present", p)
}

func (h *house) Reviews(gate string) []menshen.Review {
	_ = h.did("reviews")
	p := mustPass(3, "p-1")
	p.Decision = menshen.Decision{Outcome: menshen.OutcomeReview, Reasons: []menshen.Reason{menshen.ReasonUnsureFace}}
	west := p
	west.ID.Gate = "west-1"
	return []menshen.Review{{Pass: p, Until: now.Add(30 * time.Second), Default: menshen.OutcomeDeny}, {Pass: west, Until: now.Add(time.Minute), Default: menshen.OutcomeDeny}}
}

func (h *house) Answer(_ context.Context, a menshen.GuardAnswer) (menshen.Pass, error) {
	p := mustPass(8, a.Person)
	p.Means, p.By = menshen.MeansGuard, a.By
	if h.answeredBefore {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeNotFound, "access.answer", "the pass %s cannot be answered", a.Pass)
	}
	return p, h.askedWith("answer", a)
}

func (h *house) Annotate(_ context.Context, a menshen.Annotation, by string) (menshen.Annotation, error) {
	a.ID, a.By, a.At = "n-1", by, now
	return a, h.askedWith("annotate", a)
}

func (h *house) Annotations(_ context.Context, pass string, limit int) ([]menshen.Annotation, error) {
	a := menshen.Annotation{ID: "n-1", Pass: menshen.PassID{Gate: "east-1", Sequence: 3}, Kind: menshen.AnnotationNote, Text: "a parcel", At: now, By: "guard@east"}
	west := a
	west.ID, west.Pass.Gate = "n-2", "west-1"
	return []menshen.Annotation{a, west}, h.askedWith("annotations", [2]any{pass, limit})
}

func (h *house) Help(_ context.Context, call menshen.HelpCall) error {
	return h.askedWith("help", call)
}

func (h *house) Rules(_ context.Context, version uint64) (web.RuleVersion, error) {
	return web.RuleVersion{RuleText: menshen.RuleText{Version: 3, YAML: "rules: []", By: "operator@terminal", Note: "why"}, At: now}, h.askedWith("rules", version)
}

func (h *house) RuleHistory(context.Context) ([]web.RuleVersion, error) {
	return []web.RuleVersion{{RuleText: menshen.RuleText{Version: 3, YAML: "not to be sent"}, At: now}, {RuleText: menshen.RuleText{Version: 2}, At: now}}, h.did("history")
}

func (h *house) PutRules(_ context.Context, yaml, note string, dryRun bool, by string) (uint64, error) {
	return 4, h.askedWith("put rules", [4]any{yaml, note, dryRun, by})
}

func (h *house) Check(_ context.Context, q menshen.PolicyQuestion) (menshen.PolicyExplanation, error) {
	e := menshen.PolicyExplanation{
		Outcome: menshen.OutcomeDeny, Version: 3, Facts: []menshen.Text{{ZH: "周日", EN: "Sunday"}},
		Rules: []menshen.FiredRule{{Rule: "inactive", Outcome: menshen.OutcomeDeny, Reason: menshen.ReasonInactivePerson, Because: []menshen.Text{{ZH: "停用", EN: "suspended"}}}},
	}
	if q.Pass.Sequence != 0 {
		p := mustPass(q.Pass.Sequence, "p-1")
		e.Pass = &p
	}
	return e, h.askedWith("check", q)
}

func (h *house) Replay(_ context.Context, span menshen.Span, _ string, most int) (menshen.PolicyReplay, error) {
	return menshen.PolicyReplay{Passes: 10, Same: 9, Different: 1, Differences: []menshen.PolicyDifference{{
		Pass: mustPass(1, "p-1"), Decision: menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonInactivePerson}},
	}}}, h.askedWith("replay", [2]any{span, most})
}
