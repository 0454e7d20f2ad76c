package web_test

import (
	"context"
	"time"

	"menshen"
	"menshen/web"
)

// aCase is the open case of the house.
func (h *house) aCase() menshen.Case {
	c := menshen.Case{
		ID: "case-1", Number: "朝疾控2026-12", Person: "p-1", Purpose: "流调", Expires: now.Add(30 * 24 * time.Hour), State: menshen.CaseOpen,
		Clinical: menshen.Clinical{Onset: now.Add(-48 * time.Hour), Symptoms: []string{"发热"}}, Policy: menshen.PolicyRef{ID: "nhc-9"},
		RequestedBy: "investigator@desk", Requested: now.Add(-time.Hour), DecidedBy: "operator@terminal", Decided: now, Revision: 3,
	}
	if h.alter != nil {
		h.alter(&c)
	}
	return c
}

func (h *house) caseContact() menshen.CaseContact {
	meeting := menshen.Exposure{Kind: menshen.ExposureZone, Zone: "compound", Span: menshen.Span{From: now.Add(-time.Hour), To: now}, Least: time.Hour}
	return menshen.CaseContact{
		ID: "contact-1", Case: "case-1", Person: "p-2", Source: menshen.SourceDerived, Generation: 1, Level: menshen.LevelClose, Risk: "high", Rule: "lift",
		First: meeting.From, Threshold: meeting.From, Last: meeting.To, Together: time.Hour, Least: time.Hour, Sureness: 0.9,
		Path: []menshen.Hop{{From: "p-1", To: "p-2", Exposure: meeting, Exposed: meeting.From}}, Status: menshen.ContactToNotify, Revision: 1,
	}
}

func (h *house) contactView() web.ContactView {
	return web.ContactView{CaseContact: h.caseContact(), Dwelling: h.people[1].Dwelling, Missed: []string{"2026-03-13"}, Words: menshen.Text{ZH: "王芳 → 李强", EN: "Wang → Li"}}
}

func (h *house) followUp() menshen.FollowUp {
	return menshen.FollowUp{ID: "f-1", Contact: "contact-1", Day: "2026-03-15", Celsius: 36.6, Reached: true, Source: "staff", At: now, By: "office@desk"}
}

// FindCase is as finding a person: it comes before the record.
func (h *house) FindCase(_ context.Context, asked string) (menshen.Case, error) {
	if err := h.did("find"); err != nil {
		return menshen.Case{}, err
	}
	if c := h.aCase(); asked == c.ID || asked == c.Number {
		return c, nil
	}
	return menshen.Case{}, menshen.Errorf(menshen.CodeNotFound, "house.case", "there is no case %q", asked)
}

func (h *house) Cases(_ context.Context, state menshen.CaseState, limit int) ([]web.CaseView, error) {
	return []web.CaseView{{Case: h.aCase(), Name: "王芳", Dwelling: h.people[0].Dwelling, Readable: true, Contacts: 1}}, h.askedWith("cases", [2]any{state, limit})
}

func (h *house) CaseSummary(context.Context, string) (web.CaseSummary, error) {
	return web.CaseSummary{
		CaseView: web.CaseView{Case: h.aCase(), Name: "王芳", Readable: true, Contacts: 1}, Window: menshen.Span{From: now.Add(-96 * time.Hour), To: now},
		PolicyName: menshen.Text{ZH: "第九版", EN: "9th edition"}, Stays: h.stays, Passes: h.passes[:1],
		Counts: []web.ContactCount{{Level: menshen.LevelClose, Status: menshen.ContactToNotify, Contacts: 1}},
		Tests:  []menshen.LabTest{{ID: "t-1", Case: "case-1", Kind: "pcr", Sampled: now, Result: menshen.LabTestPositive, At: now, By: "x"}},
	}, h.did("summary")
}

func (h *house) CaseHistory(_ context.Context, id, contact string) ([]menshen.CaseChange, map[string]string, error) {
	return []menshen.CaseChange{{Case: id, Contact: contact, At: now, By: "x", Why: "why", Field: "status", Before: "a", After: "b"}}, map[string]string{"contact-1": "李强"}, h.askedWith("history", [2]any{id, contact})
}

func (h *house) FindByPhotograph(_ context.Context, photograph []byte, most int) (web.PhotographFinding, error) {
	return web.PhotographFinding{
		People: []web.PhotographMatch{{Registered: web.Registered{Person: h.people[0].Person, Templates: 2}, Sure: true, Photograph: []byte("kept")}, {Registered: web.Registered{Person: h.people[1].Person}}},
		Doubts: []menshen.Text{{ZH: "照片模糊", EN: "the photograph is blurred"}},
	}, h.askedWith("photograph", [2]any{string(photograph), most})
}

func (h *house) RequestCase(_ context.Context, e web.CaseEdit, r web.CaseRequest) (menshen.Case, error) {
	return h.aCase(), h.askedWith("request case", [2]any{e, r})
}

func (h *house) DecideCase(_ context.Context, e web.CaseEdit, approve bool) (menshen.Case, error) {
	return h.aCase(), h.askedWith("decide", [2]any{e, approve})
}

func (h *house) ExtendCase(_ context.Context, e web.CaseEdit, expires time.Time) (menshen.Case, error) {
	return h.aCase(), h.askedWith("extend", [2]any{e, expires})
}

func (h *house) CloseCase(_ context.Context, e web.CaseEdit) (menshen.Case, error) {
	return h.aCase(), h.askedWith("close", e)
}

func (h *house) ReopenCase(_ context.Context, e web.CaseEdit) (menshen.Case, error) {
	return h.aCase(), h.askedWith("reopen", e)
}

func (h *house) judged() web.Judged {
	return web.Judged{Case: h.aCase(), New: []string{"contact-1"}, Same: 2, Doubles: []web.Double{{Person: "p-2", Derived: "contact-1", Interview: "contact-2"}},
		Held: []string{"contact-1"}, HeldNames: []string{"李强 3-1-5-501"}, Kept: []string{"contact-2"}, Missing: now.Add(-time.Hour),
		NotJudged: menshen.Errorf(menshen.CodeInvalid, "house", "nothing").WithHint("wait"),
	}
}

func (h *house) Judge(_ context.Context, e web.CaseEdit) (web.Judged, error) {
	return h.judged(), h.askedWith("judge", e)
}

func (h *house) SetClinical(_ context.Context, e web.CaseEdit, c menshen.Clinical) (web.Judged, error) {
	return h.judged(), h.askedWith("clinical", [2]any{e, c})
}

func (h *house) SetCasePolicy(_ context.Context, e web.CaseEdit, policy string) (web.Judged, error) {
	return h.judged(), h.askedWith("case policy", [2]any{e, policy})
}

func (h *house) WhatIf(_ context.Context, id, policy, yaml string) (web.WhatIf, error) {
	return web.WhatIf{Before: menshen.PolicyRef{ID: "nhc-9"}, After: menshen.PolicyRef{ID: policy}, Entered: 1, People: []web.Differing{{
		Person: "p-2", Name: "李强", Change: "entered", LevelAfter: menshen.LevelClose, GenerationAfter: 1, Words: menshen.Text{ZH: "因", EN: "because"},
	}}}, h.askedWith("what if", [3]any{id, policy, yaml})
}

func (h *house) TraceCase(_ context.Context, q web.TraceQuestion) (web.TraceAnswer, error) {
	c := h.caseContact()
	return web.TraceAnswer{People: []web.Reached{{Person: "p-2", Generation: 1, Level: c.Level, Exposed: c.First, Path: c.Path}}}, h.askedWith("trace case", q)
}

func (h *house) CaseContacts(_ context.Context, id string, q web.ContactQuery) ([]web.ContactView, int, error) {
	return []web.ContactView{h.contactView()}, 7, h.askedWith("contacts", [2]any{id, q})
}

func (h *house) FindContact(_ context.Context, _, asked string) (menshen.CaseContact, error) {
	if err := h.did("find"); err != nil {
		return menshen.CaseContact{}, err
	}
	switch asked {
	case "contact-1", "p-2", "李强":
		return h.caseContact(), nil
	case "contact-2":
		return menshen.CaseContact{ID: "contact-2", Case: "case-1", Name: "孙莉"}, nil
	}
	return menshen.CaseContact{}, menshen.Errorf(menshen.CodeNotFound, "house.contact", "the case has no contact %q", asked)
}

func (h *house) Contact(context.Context, string) (web.ContactView, error) {
	return h.contactView(), h.did("contact")
}

func (h *house) AddContact(_ context.Context, e web.CaseEdit, c web.NewContact) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("add contact", [2]any{e, c})
}

func (h *house) SetContactStatus(_ context.Context, e web.CaseEdit, s web.StatusChange) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("status", [2]any{e, s})
}

func (h *house) SetContactOwner(_ context.Context, e web.CaseEdit, owner string) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("owner", [2]any{e, owner})
}

func (h *house) SetContactLevel(_ context.Context, e web.CaseEdit, level menshen.ContactLevel) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("level", [2]any{e, level})
}

func (h *house) SetContactNote(_ context.Context, e web.CaseEdit, note string) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("note", [2]any{e, note})
}

func (h *house) EraseContact(_ context.Context, e web.CaseEdit) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("erase", e)
}

func (h *house) EndFollowUpLinks(_ context.Context, e web.CaseEdit) error {
	return h.askedWith("end links", e)
}

func (h *house) SetContactFollow(_ context.Context, e web.CaseEdit, from, to string) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("follow plan", [3]any{e, from, to})
}

func (h *house) MergeContacts(_ context.Context, e web.CaseEdit, into string) (menshen.CaseContact, error) {
	return h.caseContact(), h.askedWith("merge", [2]any{e, into})
}

func (h *house) LabTests(context.Context, string, string) ([]menshen.LabTest, error) {
	return nil, h.did("tests")
}

func (h *house) AddTest(_ context.Context, e web.CaseEdit, t menshen.LabTest) (menshen.LabTest, []menshen.Text, error) {
	return t, []menshen.Text{{ZH: "建议立案", EN: "make it a case"}}, h.askedWith("test", [2]any{e, t})
}

func (h *house) SetTestResult(_ context.Context, e web.CaseEdit, test string, r menshen.LabTestResult) (menshen.LabTest, []menshen.Text, error) {
	return menshen.LabTest{ID: test, Result: r}, nil, h.askedWith("test result", e)
}

func (h *house) RecordFollowUp(_ context.Context, e web.CaseEdit, f web.FollowUpEntry) (web.FollowUpResult, error) {
	return web.FollowUpResult{FollowUp: h.followUp(), Fever: f.Celsius >= 37.3, Alerted: f.Celsius >= 37.3}, h.askedWith("follow up", [2]any{e, f})
}

func (h *house) FollowUps(context.Context, string) ([]menshen.FollowUp, error) {
	return []menshen.FollowUp{h.followUp()}, h.did("follow ups")
}

func (h *house) Due(_ context.Context, day, owner string) (string, []web.DueEntry, error) {
	f := h.followUp()
	return "2026-03-15", []web.DueEntry{{Contact: h.contactView(), Number: "朝疾控2026-12", Phone: "13800001111", Day: 3, Days: 14, Yesterday: &f}}, h.askedWith("due", [2]any{day, owner})
}

func (h *house) FollowUpLink(_ context.Context, e web.CaseEdit) (web.NewLink, error) {
	return web.NewLink{Token: dailyToken, Expires: now.Add(14 * 24 * time.Hour)}, h.askedWith("follow link", e)
}

// dailyToken is that of a contact's link.
const dailyToken = "daily-link-of-a-contact-000"

func (h *house) OpenFollowUpLink(_ context.Context, token string) (web.FollowUpPage, error) {
	if token != dailyToken {
		return web.FollowUpPage{}, menshen.Errorf(menshen.CodeNotFound, "house.link", "no such link")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return web.FollowUpPage{Name: "李*", Day: "2026-03-15", First: "2026-03-14", Last: "2026-03-20", Done: h.used[token]}, nil
}

func (h *house) FollowUpByLink(_ context.Context, token string, f web.FollowUpEntry) (web.FollowUpResult, error) {
	err := h.askedWith("follow up by link", f)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.used == nil {
		h.used = map[string]bool{}
	}
	h.used[token] = true
	return web.FollowUpResult{FollowUp: h.followUp(), Fever: f.Celsius >= 37.3}, err
}

func (h *house) ExportCase(_ context.Context, q web.ExportQuestion) (web.Export, error) {
	return web.Export{Name: "contacts." + q.Format, Data: []byte("table")}, h.askedWith("export case", q)
}

func (h *house) aTracingPolicy() web.TracingPolicy {
	return web.TracingPolicy{PolicyRef: menshen.PolicyRef{ID: "nhc-9"}, Name: menshen.Text{ZH: "第九版", EN: "9th edition"}, Latest: true, Usual: true}
}

func (h *house) TracingPolicies(context.Context) ([]web.TracingPolicy, error) {
	return []web.TracingPolicy{h.aTracingPolicy()}, h.did("tracing policies")
}

func (h *house) TracingPolicyText(_ context.Context, policy string) (web.TracingPolicy, string, error) {
	return h.aTracingPolicy(), "id: nhc-9", h.askedWith("tracing policy", policy)
}

func (h *house) PutTracingPolicy(_ context.Context, yaml, note string, dryRun bool, by string) (web.TracingPolicy, error) {
	p := h.aTracingPolicy()
	p.Version, p.By = 1, by
	return p, h.askedWith("put tracing policy", [3]any{yaml, note, dryRun})
}
