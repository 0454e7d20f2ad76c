package main

import (
	"context"

	"menshen"
	bureau "menshen/office"
	"menshen/store"
	"menshen/web"
)

// officeView fits the office to what the API asks for. What it does not name here fits as it is.
type officeView struct {
	*bureau.Office

	settings     officeSettings
	moved        func()                                         // homes may have changed
	changed      func(ctx context.Context, person string) error // somebody is found by other words
	defaultRules string                                         // those that come with Menshen
}

// officeSettings is what is set of gates and site, as the store keeps it.
type officeSettings interface {
	GateSettings(ctx context.Context) (map[string]menshen.GateState, error)
	SiteSetting(ctx context.Context) (menshen.SiteSetting, error)
}

// parts gives the office for everything that it answers.
func (v officeView) parts() web.Office {
	return web.Office{
		Registry: v, Tables: v, Permits: v, Credentials: v, Consents: v, Health: v, Forms: v, Links: v, Visits: v, Deliveries: v, Gates: v, Annotations: v, Helpline: v, Rules: v,
	}
}

// Record implements web.Registry.
func (v officeView) Record(ctx context.Context, person string) (web.PersonRecord, error) {
	r, err := v.Office.Record(ctx, person)
	return web.PersonRecord{
		Person: r.Person, Particulars: r.Particulars, Health: r.Health, Permits: r.Permits, Credentials: r.Credentials,
		Revision: string(bureau.RevisionOf(r.Person, r.Particulars)),
	}, err
}

// PutPerson implements web.Registry.
func (v officeView) PutPerson(ctx context.Context, p menshen.Person, particulars *menshen.Particulars, seen string) (menshen.Person, error) {
	p, err := v.ChangePerson(ctx, p, particulars, bureau.Revision(seen))
	if err != nil {
		return p, err
	}
	return p, v.changed(ctx, p.ID)
}

// Households implements web.Registry.
func (v officeView) Households(ctx context.Context, query string, limit int) ([]web.HouseholdView, error) {
	all, err := v.Office.Households(ctx, query, limit)
	return converted(all, func(h bureau.HouseholdView) web.HouseholdView {
		return web.HouseholdView{Household: h.Household, People: h.People, Revision: string(bureau.RevisionOfHousehold(h.Household))}
	}), err
}

// PutHousehold implements web.Registry.
func (v officeView) PutHousehold(ctx context.Context, h menshen.Household, seen string) (string, error) {
	defer v.moved()
	return v.ChangeHousehold(ctx, h, bureau.Revision(seen))
}

// ImportPeople implements web.Tables.
func (v officeView) ImportPeople(ctx context.Context, data []byte, dryRun bool) (web.ImportReport, error) {
	defer v.moved() // whether a household shares its kitchen may have changed with nobody moving
	r, err := v.Office.ImportPeople(ctx, data, dryRun)
	return web.ImportReport{Rows: r.Rows, Added: r.Added, Changed: r.Changed, Unchanged: r.Unchanged, Taken: results(r.Taken), Refused: refusals(r.Refused)}, err
}

// ExportPeople implements web.Tables.
func (v officeView) ExportPeople(ctx context.Context, format string, documents bool) (web.Export, error) {
	e, err := v.Office.ExportPeople(ctx, format, documents)
	return web.Export(e), err
}

// RegisterReturnees implements web.Tables.
func (v officeView) RegisterReturnees(ctx context.Context, data []byte, dryRun bool, by string) (web.ReturneeReport, error) {
	r, err := v.Office.RegisterReturnees(ctx, data, dryRun, by)
	return web.ReturneeReport{Rows: r.Rows, Observed: r.Observed, Unchanged: r.Unchanged, Taken: results(r.Taken), Refused: refusals(r.Refused)}, err
}

func results(all []bureau.RowResult) []web.RowResult {
	return converted(all, func(r bureau.RowResult) web.RowResult {
		return web.RowResult{Line: r.Line, Name: r.Name, Dwelling: r.Dwelling, Outcome: string(r.Outcome), Changed: r.Changed}
	})
}

func refusals(all []bureau.RowRefusal) []web.RowRefusal {
	return converted(all, func(r bureau.RowRefusal) web.RowRefusal { return web.RowRefusal(r) })
}

// Permits implements web.Permits.
func (v officeView) Permits(ctx context.Context, q web.PermitQuery) ([]web.PermitView, error) {
	all, err := v.Office.Permits(ctx, bureau.PermitQuery{
		Person: q.Person, Kind: q.Kind, Valid: q.Valid, Status: bureau.PermitStatus(q.Status), Among: (*bureau.PermitSearch)(q.Among), Limit: q.Limit,
	})
	return converted(all, func(p bureau.PermitView) web.PermitView {
		return web.PermitView{Permit: p.Permit, Name: p.Name, Dwelling: p.Dwelling, Status: string(p.Status)}
	}), err
}

// IssueCredential implements web.Credentials.
func (v officeView) IssueCredential(ctx context.Context, r web.CredentialRequest) (web.CredentialIssued, error) {
	issued, err := v.Office.IssueCredential(ctx, bureau.CredentialRequest(r))
	return web.CredentialIssued(issued), err
}

// HealthList implements web.Health.
func (v officeView) HealthList(ctx context.Context, state menshen.HealthState) ([]web.HealthView, error) {
	all, err := v.Office.HealthList(ctx, state)
	return converted(all, func(h bureau.HealthView) web.HealthView { return web.HealthView(h) }), err
}

// SetHealth implements web.Health.
func (v officeView) SetHealth(ctx context.Context, c web.HealthChange, by string) (menshen.Health, error) {
	return v.Office.SetHealth(ctx, bureau.HealthChange(c), by)
}

// Temperatures implements web.Health.
func (v officeView) Temperatures(ctx context.Context, q web.TemperatureQuery) ([]menshen.Temperature, error) {
	return v.Office.Temperatures(ctx, bureau.TemperatureQuery{Person: q.Person, From: q.From, Fever: q.Fever, Limit: 10_000})
}

// SubmitForm implements web.Forms.
func (v officeView) SubmitForm(ctx context.Context, form, person string, answers map[string]string, by string) (web.Submission, error) {
	s, err := v.Office.SubmitForm(ctx, form, person, answers, by)
	return web.Submission(s), err
}

// CreateLink implements web.Links.
func (v officeView) CreateLink(ctx context.Context, r web.LinkRequest) (web.NewLink, error) {
	l, err := v.Office.CreateLink(ctx, bureau.LinkRequest(r))
	return web.NewLink(l), err
}

// Open implements web.Links.
func (v officeView) Open(ctx context.Context, token string) (web.OpenLink, error) {
	o, err := v.Office.Open(ctx, token)
	return web.OpenLink{Purpose: o.Purpose, Name: o.Name, Form: o.Form, Visit: (*web.VisitNotice)(o.Visit), Expires: o.Expires}, err
}

// Submit implements web.Links.
func (v officeView) Submit(ctx context.Context, token string, answers map[string]string) (web.Submission, error) {
	s, err := v.Office.Submit(ctx, token, answers)
	return web.Submission(s), err
}

// AnswerByLink implements web.Links.
func (v officeView) AnswerByLink(ctx context.Context, token string, confirm bool) (web.VisitAnswered, error) {
	a, err := v.Office.AnswerByLink(ctx, token, confirm)
	return web.VisitAnswered(a), err
}

// RegisterVisit implements web.Visits.
func (v officeView) RegisterVisit(ctx context.Context, r web.VisitRequest, by string) (web.VisitRegistered, error) {
	done, err := v.Office.RegisterVisit(ctx, bureau.VisitRequest(r), by)
	return web.VisitRegistered{Visit: done.Visit, Link: web.NewLink(done.Link)}, err
}

// AnswerVisit implements web.Visits.
func (v officeView) AnswerVisit(ctx context.Context, id string, confirm bool, gates []string, by string) (web.VisitAnswered, error) {
	a, err := v.Office.AnswerVisit(ctx, id, confirm, gates, by)
	return web.VisitAnswered(a), err
}

// Visits implements web.Visits.
func (v officeView) Visits(ctx context.Context, q web.VisitQuery) ([]web.VisitView, error) {
	all, err := v.Office.Visits(ctx, bureau.VisitQuery(q))
	return converted(all, func(x bureau.VisitView) web.VisitView { return web.VisitView(x) }), err
}

// Deliveries implements web.Deliveries.
func (v officeView) Deliveries(ctx context.Context, q web.DeliveryQuery) ([]menshen.Delivery, error) {
	return v.Office.Deliveries(ctx, store.DeliveryFilter(q))
}

// SetGates implements web.GateSettings.
func (v officeView) SetGates(ctx context.Context, r web.GatesRequest) ([]string, error) {
	return v.Office.SetGates(ctx, bureau.GatesRequest(r))
}

// GateSettings implements web.GateSettings.
func (v officeView) GateSettings(ctx context.Context) (map[string]menshen.GateState, error) {
	return v.settings.GateSettings(ctx)
}

// SiteSetting implements web.GateSettings.
func (v officeView) SiteSetting(ctx context.Context) (menshen.SiteSetting, error) {
	return v.settings.SiteSetting(ctx)
}

// Rules implements web.Rules. Where none was put, or what was put is empty, they are those that come with Menshen.
func (v officeView) Rules(ctx context.Context, version uint64) (web.RuleVersion, error) {
	text, err := v.Office.Rules(ctx, version)
	if err != nil {
		return web.RuleVersion{}, err
	}
	if text.YAML == "" {
		text.YAML = v.defaultRules
	}
	history, err := v.RuleHistory(ctx)
	for _, h := range history {
		if h.Version == text.Version {
			return web.RuleVersion{RuleText: text, At: h.At}, err
		}
	}
	return web.RuleVersion{RuleText: text}, err
}

// RuleHistory implements web.Rules.
func (v officeView) RuleHistory(ctx context.Context) ([]web.RuleVersion, error) {
	all, err := v.Office.RuleHistory(ctx)
	return converted(all, func(r store.RuleVersion) web.RuleVersion {
		return web.RuleVersion{RuleText: menshen.RuleText{Version: r.Version, By: r.By, Note: r.Note}, At: r.At}
	}), err
}

// converted gives all of a list in another form.
func converted[A, B any](all []A, to func(A) B) []B {
	var out []B
	for _, x := range all {
		out = append(out, to(x))
	}
	return out
}
