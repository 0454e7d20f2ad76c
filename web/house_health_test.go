package web_test

import (
	"context"
	"time"

	"menshen"
	"menshen/web"
)

func (h *house) HealthList(_ context.Context, state menshen.HealthState) ([]web.HealthView, error) {
	return []web.HealthView{{Health: menshen.Health{Person: "p-1", State: menshen.HealthObservation, Since: now, Reason: "contact of case 12"}, Name: "王芳", Dwelling: h.people[0].Dwelling}}, h.askedWith("health", state)
}

func (h *house) HealthRules() (float64, int) { return menshen.Fever, 14 }

func (h *house) SetHealth(_ context.Context, c web.HealthChange, by string) (menshen.Health, error) {
	return menshen.Health{Person: c.Person, State: c.State, Since: c.Since, Until: c.Until, Reason: c.Reason, By: by}, h.askedWith("set health", c)
}

func (h *house) SetHealthCode(_ context.Context, person string, code menshen.HealthCode, source, by string) (menshen.Health, error) {
	return menshen.Health{Person: person, State: menshen.HealthNormal, Code: code, CodeSource: source, By: by}, h.askedWith("code", code)
}

func (h *house) RecordTemperature(_ context.Context, t menshen.Temperature, by string) (menshen.Temperature, bool, error) {
	t.ID, t.By = "t-1", by
	return t, t.Celsius >= menshen.Fever, h.askedWith("temperature", t)
}

func (h *house) Temperatures(_ context.Context, q web.TemperatureQuery) ([]menshen.Temperature, error) {
	return []menshen.Temperature{{ID: "t-1", Person: "p-1", At: now, Celsius: 37.6, Source: menshen.TemperatureGuard}}, h.askedWith("temperatures", q)
}

// form has a question of each kind.
func (h *house) form() menshen.Form {
	ask := func(id string, kind menshen.FieldKind, zh, en string, required bool) menshen.Field {
		return menshen.Field{ID: id, Kind: kind, Label: menshen.Text{ZH: zh, EN: en}, Required: required}
	}
	where := ask("where", menshen.FieldChoice, "来自", "from", false)
	where.Choices = []menshen.FormChoice{{Value: "hubei", Label: menshen.Text{ZH: "湖北", EN: "Hubei"}}, {Value: "other", Label: menshen.Text{ZH: "其他", EN: "elsewhere"}}}
	return menshen.Form{ID: "returnee", Version: 2, Title: menshen.Text{ZH: "返回人员登记", EN: "Returnees"}, Fields: []menshen.Field{
		ask("returned", menshen.FieldDate, "返回日期", "date of return", true), where, ask("fever", menshen.FieldYesNo, "发热", "fever", true),
		ask("celsius", menshen.FieldNumber, "体温", "temperature", false), ask("places", menshen.FieldText, "去过哪里", "places", false),
	}}
}

func (h *house) Forms(context.Context) ([]menshen.Form, error) {
	return []menshen.Form{h.form()}, h.did("forms")
}

func (h *house) FormText(f menshen.Form) (string, error) { return "id: " + f.ID, nil }

func (h *house) PutForm(_ context.Context, yaml string, dryRun bool) (menshen.Form, error) {
	return h.form(), h.askedWith("put form", [2]any{yaml, dryRun})
}

func (h *house) SubmitForm(_ context.Context, form, person string, answers map[string]string, by string) (web.Submission, error) {
	a := menshen.FormAnswer{ID: "a-1", Form: form, Version: 2, Person: person, Answers: answers, At: now, By: by, State: menshen.HealthObservation, Reason: menshen.Text{ZH: "14 天内返回", EN: "came back within 14 days"}}
	return web.Submission{Answer: a, Health: menshen.Health{Person: person, State: menshen.HealthObservation, Since: now}}, h.askedWith("submit", answers)
}

func (h *house) FormAnswers(_ context.Context, person, form string, limit int) ([]menshen.FormAnswer, error) {
	return []menshen.FormAnswer{{ID: "a-1", Form: "returnee", Version: 2, Person: "p-1", Answers: map[string]string{"fever": "no"}, At: now, By: "link"}}, h.askedWith("answers", [3]any{person, form, limit})
}

// The tokens of the two links there are.
const (
	formToken  = "form-token-0123456789"
	visitToken = "visit-token-0123456789"
)

func (h *house) CreateLink(_ context.Context, r web.LinkRequest) (web.NewLink, error) {
	return web.NewLink{Token: formToken, Expires: now.Add(r.For)}, h.askedWith("link", r)
}

// Open gives each link until it is used, and for a day.
func (h *house) Open(_ context.Context, token string) (web.OpenLink, error) {
	if err := h.did("open"); err != nil {
		return web.OpenLink{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	expires := now.Add(24 * time.Hour)
	switch {
	case token != formToken && token != visitToken:
		return web.OpenLink{}, menshen.Errorf(menshen.CodeNotFound, "test", "there is no such link")
	case h.used[token]:
		return web.OpenLink{}, menshen.Errorf(menshen.CodeConflict, "test", "the link was used")
	case h.linksOver:
		return web.OpenLink{}, menshen.Errorf(menshen.CodeNotFound, "test", "the link has expired")
	case token == formToken:
		form := h.form()
		return web.OpenLink{Purpose: "form", Name: "王*", Form: &form, Expires: expires}, nil
	}
	return web.OpenLink{Purpose: "visit", Name: "王*", Expires: expires, Visit: &web.VisitNotice{
		Visitor: "赵大海", Reason: "修水管 <b>", From: "城西", Span: menshen.Span{From: now, To: now.Add(4 * time.Hour)}, State: menshen.VisitAsked,
	}}, nil
}

func (h *house) use(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.used == nil {
		h.used = map[string]bool{}
	}
	h.used[token] = true
}

func (h *house) Submit(ctx context.Context, token string, answers map[string]string) (web.Submission, error) {
	if answers["places"] == "nowhere" {
		return web.Submission{}, menshen.Errorf(menshen.CodeInvalid, "test", "a place is missing").WithHint("name one")
	}
	h.use(token)
	return h.SubmitForm(ctx, "returnee", "p-1", answers, "link")
}

func (h *house) AnswerByLink(ctx context.Context, token string, confirm bool) (web.VisitAnswered, error) {
	h.use(token)
	return h.AnswerVisit(ctx, "v-1", confirm, nil, "host")
}
