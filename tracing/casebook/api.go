package casebook

import (
	"context"
	"time"

	"menshen"
	"menshen/tracing/policy"
)

var errTodo = menshen.Errorf(menshen.CodeInternal, "casebook", "not built yet")

// Cases: head data of all, oldest request first.
func (b *Book) Cases(ctx context.Context, q CaseQuery) ([]CaseView, error) { return nil, errTodo }

// Case by id or number: the head alone where it may not be looked into.
func (b *Book) Case(ctx context.Context, ref string) (CaseView, error) { return CaseView{}, errTodo }

func (b *Book) Request(ctx context.Context, r CaseRequest, a Act) (menshen.Case, error) {
	return menshen.Case{}, errTodo
}
func (b *Book) Decide(ctx context.Context, ref string, approve bool, a Act) (menshen.Case, error) {
	return menshen.Case{}, errTodo
}
func (b *Book) Extend(ctx context.Context, ref string, expires time.Time, a Act) (menshen.Case, error) {
	return menshen.Case{}, errTodo
}
func (b *Book) Close(ctx context.Context, ref string, a Act) (menshen.Case, error) {
	return menshen.Case{}, errTodo
}
func (b *Book) Reopen(ctx context.Context, ref string, a Act) (menshen.Case, error) {
	return menshen.Case{}, errTodo
}
func (b *Book) SetClinical(ctx context.Context, ref string, c menshen.Clinical, a Act) (JudgeResult, error) {
	return JudgeResult{}, errTodo
}
func (b *Book) SetPolicy(ctx context.Context, ref string, p menshen.PolicyRef, a Act) (JudgeResult, error) {
	return JudgeResult{}, errTodo
}
func (b *Book) Judge(ctx context.Context, ref string, a Act) (JudgeResult, error) {
	return JudgeResult{}, errTodo
}
func (b *Book) WhatIf(ctx context.Context, ref string, p menshen.PolicyRef) (WhatIf, error) {
	return WhatIf{}, errTodo
}
func (b *Book) WhatIfPolicy(ctx context.Context, ref string, p *policy.Policy) (WhatIf, error) {
	return WhatIf{}, errTodo
}
func (b *Book) AddTest(ctx context.Context, ref, contact string, t menshen.LabTest, a Act) (TestResult, error) {
	return TestResult{}, errTodo
}
func (b *Book) SetTestResult(ctx context.Context, id string, r menshen.LabTestResult, a Act) (TestResult, error) {
	return TestResult{}, errTodo
}
func (b *Book) Tests(ctx context.Context, ref, contact string) ([]menshen.LabTest, error) {
	return nil, errTodo
}

func (b *Book) Contacts(ctx context.Context, ref string, q ContactQuery) (ContactList, error) {
	return ContactList{}, errTodo
}
func (b *Book) Contact(ctx context.Context, id string) (ContactView, error) {
	return ContactView{}, errTodo
}
func (b *Book) AddContact(ctx context.Context, ref string, c NewContact, a Act) (menshen.CaseContact, error) {
	return menshen.CaseContact{}, errTodo
}
func (b *Book) SetStatus(ctx context.Context, contact string, s StatusChange, a Act) (menshen.CaseContact, error) {
	return menshen.CaseContact{}, errTodo
}
func (b *Book) SetOwner(ctx context.Context, contact, owner string, a Act) (menshen.CaseContact, error) {
	return menshen.CaseContact{}, errTodo
}
func (b *Book) SetLevel(ctx context.Context, contact string, level menshen.ContactLevel, a Act) (menshen.CaseContact, error) {
	return menshen.CaseContact{}, errTodo
}
func (b *Book) SetFollow(ctx context.Context, contact, from, to string, a Act) (menshen.CaseContact, error) {
	return menshen.CaseContact{}, errTodo
}
func (b *Book) Merge(ctx context.Context, keep, double string, a Act) (menshen.CaseContact, error) {
	return menshen.CaseContact{}, errTodo
}
func (b *Book) Promote(ctx context.Context, contact string, r CaseRequest, a Act) (menshen.Case, error) {
	return menshen.Case{}, errTodo
}

func (b *Book) RecordFollowUp(ctx context.Context, contact string, e FollowUpEntry, a Act) (FollowUpResult, error) {
	return FollowUpResult{}, errTodo
}
func (b *Book) FollowUps(ctx context.Context, contact string) ([]menshen.FollowUp, error) {
	return nil, errTodo
}
func (b *Book) Due(ctx context.Context, day, owner string) ([]DueEntry, error) { return nil, errTodo }
func (b *Book) FollowUpLink(ctx context.Context, contact string, a Act) (Link, error) {
	return Link{}, errTodo
}
func (b *Book) OpenFollowUpLink(ctx context.Context, token string) (LinkPage, error) {
	return LinkPage{}, errTodo
}
func (b *Book) FollowUpByLink(ctx context.Context, token string, e FollowUpEntry) (FollowUpResult, error) {
	return FollowUpResult{}, errTodo
}

// History of a case with that of its contacts, or of one contact, in order.
func (b *Book) History(ctx context.Context, ref, contact string) ([]menshen.CaseChange, error) {
	return nil, errTodo
}
func (b *Book) Report(ctx context.Context, ref string) (Report, error) { return Report{}, errTodo }

// Settle gives the Health port what it has not been told yet, as after a crash; for calling at start and each minute.
func (b *Book) Settle(ctx context.Context) error { return errTodo }

// PolicyShelf has the policies that come with Menshen and the versions that people wrote. Safe for concurrent use.
type PolicyShelf struct{}

func NewPolicyShelf(s PolicyStore, clock func() time.Time) (*PolicyShelf, error) { return nil, errTodo }
func (s *PolicyShelf) List(ctx context.Context) ([]PolicyVersion, error)         { return nil, errTodo }
func (s *PolicyShelf) Get(ctx context.Context, ref menshen.PolicyRef) (*policy.Policy, error) {
	return nil, errTodo
}
func (s *PolicyShelf) YAML(ctx context.Context, ref menshen.PolicyRef) (string, error) {
	return "", errTodo
}

// Put keeps a new version of the policy that the YAML names.
func (s *PolicyShelf) Put(ctx context.Context, yaml, note, by string) (*policy.Policy, error) {
	return nil, errTodo
}
