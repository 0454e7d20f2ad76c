package web_test

import (
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/web"
)

// asked keeps what a part of the office was asked with.
func (h *house) askedWith(event string, with any) error {
	err := h.did(event)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.with = append(h.with, with)
	return err
}

// last gives what a part was asked with last.
func (h *house) last() any {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.with) == 0 {
		return nil
	}
	return h.with[len(h.with)-1]
}

func (h *house) Record(_ context.Context, id string) (web.PersonRecord, error) {
	if err := h.did("record"); err != nil {
		return web.PersonRecord{}, err
	}
	i := slices.IndexFunc(h.people, func(p web.Registered) bool { return p.ID == id })
	return web.PersonRecord{
		Person:      h.people[i].Person,
		Particulars: menshen.Particulars{Phone: "13800001111", Document: menshen.Document{Kind: menshen.DocumentPassport, Number: "E12345678"}},
		Health:      menshen.Health{Person: id, State: menshen.HealthObservation, Since: now},
		Permits:     []menshen.Permit{h.permit()},
		Credentials: []menshen.Credential{h.credential()},
		Revision:    "r-1",
	}, nil
}

func (h *house) permit() menshen.Permit {
	return menshen.Permit{ID: "permit-1", Kind: menshen.PermitResident, Person: "p-1", Span: menshen.Span{From: now.Add(-time.Hour)}, Issued: now, IssuedBy: "office@desk"}
}

func (h *house) credential() menshen.Credential {
	return menshen.Credential{ID: "c-1", Person: "p-1", Kind: menshen.CredentialCard, Key: make([]byte, 32), Label: "blue card", Issued: now}
}

func (h *house) PutPerson(_ context.Context, p menshen.Person, with *menshen.Particulars, seen string) (menshen.Person, error) {
	if seen == "old" {
		return p, menshen.Errorf(menshen.CodeConflict, "house.put", "somebody else has changed %s meanwhile", p.Name).WithHint("look")
	}
	if p.ID == "" {
		p.ID = "p-new"
	}
	return p, h.askedWith("put person", [2]any{p, with})
}

func (h *house) FindByDocument(_ context.Context, number menshen.Secret) ([]menshen.Person, error) {
	return []menshen.Person{h.people[0].Person}, h.askedWith("document", number)
}

func (h *house) Households(_ context.Context, query string, limit int) ([]web.HouseholdView, error) {
	return []web.HouseholdView{{
		Household: menshen.Household{ID: "h-1", Dwelling: h.people[0].Dwelling, Language: "en", Note: "a dog"}, People: []menshen.Person{h.people[0].Person}, Revision: "r-2",
	}}, h.askedWith("households", [2]any{query, limit})
}

func (h *house) PutHousehold(_ context.Context, household menshen.Household, seen string) (string, error) {
	if seen == "old" {
		return "", menshen.Errorf(menshen.CodeConflict, "house.put", "somebody else has changed the household meanwhile").WithHint("look")
	}
	return "h-1", h.askedWith("put household", household)
}

func (h *house) ImportPeople(_ context.Context, data []byte, dryRun bool) (web.ImportReport, error) {
	return web.ImportReport{Rows: 3, Added: 1, Unchanged: 1, Refused: []web.RowRefusal{{
		Line: 4, Name: "李强", Reason: menshen.Text{ZH: "重复", EN: "doubled"}, Hint: menshen.Text{ZH: "删去", EN: "leave it out"},
	}}}, h.askedWith("import", [2]any{string(data), dryRun})
}

func (h *house) ExportPeople(_ context.Context, format string, documents bool) (web.Export, error) {
	return web.Export{Name: "people." + format, Data: []byte("table"), Rows: 3}, h.askedWith("export", documents)
}

func (h *house) RegisterReturnees(_ context.Context, data []byte, dryRun bool, by string) (web.ReturneeReport, error) {
	return web.ReturneeReport{Rows: 2, Observed: 2}, h.askedWith("returnees", [3]any{string(data), dryRun, by})
}

func (h *house) IssuePermit(_ context.Context, p menshen.Permit, by string) (menshen.Permit, error) {
	p.ID, p.Issued, p.IssuedBy = "permit-2", now, by
	return p, h.askedWith("issue", p)
}

func (h *house) RenewPermit(_ context.Context, id string, to time.Time, _ string) (menshen.Permit, error) {
	p := h.permit()
	p.Renews, p.To = id, to
	return p, h.askedWith("renew permit", to)
}

func (h *house) RevokePermit(_ context.Context, id, reason, by string) (menshen.Permit, error) {
	p := h.permit()
	p.ID, p.Revoked, p.RevokedFor, p.RevokedBy = id, now, reason, by
	return p, h.askedWith("revoke", reason)
}

func (h *house) Permits(_ context.Context, q web.PermitQuery) ([]web.PermitView, error) {
	return []web.PermitView{{Permit: h.permit(), Name: "王芳", Dwelling: h.people[0].Dwelling, Status: "valid"}}, h.askedWith("permits", q)
}

func (h *house) PrintPermits(_ context.Context, ids []string, language string) ([]byte, error) {
	return []byte("<html>"), h.askedWith("print", [2]any{ids, language})
}

func (h *house) IssueCredential(_ context.Context, r web.CredentialRequest) (web.CredentialIssued, error) {
	return web.CredentialIssued{Credential: h.credential(), Secret: "271828"}, h.askedWith("issue credential", r)
}

func (h *house) RevokeCredential(_ context.Context, id string) error {
	return h.askedWith("revoke credential", id)
}

func (h *house) Credentials(_ context.Context, person string) ([]menshen.Credential, error) {
	return []menshen.Credential{h.credential()}, h.askedWith("credentials", person)
}
