package web_test

import (
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	"menshen/web"
)

// accountRights says what the accounts of each role may call: g guards, f the office, i investigators, a approvers, o operators, u
// auditors; * everybody, signed in or not, and - nobody but a token. It is written out by hand, so that a new procedure is given to nobody by accident.
var accountRights = map[string]string{
	"SiteService/GetSite": "gfiaou", "SiteService/GetStatus": "gfiaou",
	"StatisticsService/GetStatistics": "fo", "SitePlanService/GetSitePlan": "gfiao", "SitePlanService/GetPlanPicture": "gfiao", "SitePlanService/PutSitePlan": "fo", "SitePlanService/RestoreSitePlan": "fo",
	"PassService/ListPasses": "gf", "PassService/WatchPasses": "gf", "PassService/ImportPasses": "-", "PassService/ExportPasses": "-",
	"PersonService/Enroll": "f", "PersonService/ListPeople": "gfi", "PersonService/RemovePerson": "f",
	"TracingService/Movements": "i", "TracingService/Contacts": "i",
	"CalibrationService/Calibrate": "o", "TemplateService/GetTemplates": "o", "TemplateService/Renew": "o", "TemplateService/Forget": "-",
	"RegistryService/GetPerson": "fi", "RegistryService/PutPerson": "f", "RegistryService/FindByDocument": "f", "RegistryService/ListHouseholds": "fi",
	"RegistryService/PutHousehold": "f", "RegistryService/ImportPeople": "f", "RegistryService/ExportPeople": "f", "RegistryService/PackPerson": "f",
	"RegistryService/RequestPack": "f", "RegistryService/DecidePack": "a", "RegistryService/ListPacks": "fa",
	"PermitService/IssuePermit": "f", "PermitService/RenewPermit": "f", "PermitService/RevokePermit": "f", "PermitService/ListPermits": "gf", "PermitService/PrintPermits": "f",
	"CredentialService/IssueCredential": "f", "CredentialService/RevokeCredential": "f", "CredentialService/ListCredentials": "f",
	"EnrolmentService/LookAtFrame": "f", "EnrolmentService/ListPhotographs": "f",
	"ConsentService/ListConsentTexts": "f", "ConsentService/PutConsentText": "f", "ConsentService/RecordConsent": "f", "ConsentService/ListConsents": "f", "ConsentService/GetSignature": "f", "ConsentService/ListErasureCertificates": "f",
	"HealthService/ListHealth": "gfi", "HealthService/SetHealth": "f", "HealthService/SetHealthCode": "f", "HealthService/RecordTemperature": "gf",
	"HealthService/ListTemperatures": "gfi", "HealthService/RegisterReturnees": "f",
	"FormService/ListForms": "f", "FormService/PutForm": "f", "FormService/SubmitForm": "f", "FormService/ListAnswers": "f", "FormService/CreateLink": "f",
	"VisitService/RegisterVisit": "gf", "VisitService/AnswerVisit": "gf", "VisitService/ListVisits": "gf", "VisitService/EndVisit": "gf",
	"VisitService/TakeDelivery": "gf", "VisitService/HandOver": "gf", "VisitService/ListDeliveries": "gf",
	"GateService/SetGates": "fo", "GateService/SetMode": "fo", "GateService/ListGates": "gfio", "GateService/CommandDoors": "gfo", "GateService/GetOccupancy": "gfo",
	"ConsoleService/WatchConsole": "g", "ConsoleService/GetFace": "g", "ConsoleService/ListCandidates": "g", "ConsoleService/WatchDisplay": "g",
	"ConsoleService/SendFrame": "g", "ConsoleService/ListBrowserCameras": "g",
	"GuardService/Present": "gf", "GuardService/ListReviews": "gf", "GuardService/Answer": "gf", "GuardService/Annotate": "gfi", "GuardService/ListAnnotations": "gf",
	"CaseService/RequestCase": "i", "CaseService/FindByPhotograph": "i", "CaseService/DecideCase": "a", "CaseService/ListCases": "ia", "CaseService/GetCase": "ia",
	"CaseService/ExtendCase": "i", "CaseService/CloseCase": "i", "CaseService/ReopenCase": "i", "CaseService/SetClinical": "i", "CaseService/SetCasePolicy": "i",
	"CaseService/AddTest": "i", "CaseService/SetTestResult": "i", "CaseService/JudgeCase": "i", "CaseService/WhatIf": "i", "CaseService/TraceCase": "i",
	"CaseService/ListContacts": "i", "CaseService/GetContact": "i", "CaseService/AddContact": "i", "CaseService/SetContactStatus": "fi",
	"CaseService/SetContactOwner": "i", "CaseService/SetContactLevel": "i", "CaseService/SetContactFollow": "i", "CaseService/SetContactNote": "i",
	"CaseService/EraseContact": "i", "CaseService/EndFollowUpLinks": "i", "CaseService/MergeContacts": "i", "CaseService/PromoteContact": "i",
	"CaseService/RecordFollowUp": "fi", "CaseService/ListDue": "fi", "CaseService/CreateFollowUpLink": "i", "CaseService/GetHistory": "i", "CaseService/ExportCase": "i",
	"TracingPolicyService/ListTracingPolicies": "io", "TracingPolicyService/GetTracingPolicy": "io", "TracingPolicyService/PutTracingPolicy": "o",
	"SignInService/GetSession": "*", "SignInService/SignIn": "*", "SignInService/SetUp": "*", "SignInService/AcceptInvitation": "*",
	"SignInService/SignOut": "*", "SignInService/AnswerCode": "*", "SignInService/BeginKey": "*", "SignInService/AnswerKey": "*",
	"AccountService/BeginCodeFactor": "gfiaou", "AccountService/AddCodeFactor": "gfiaou", "AccountService/BeginKeyFactor": "gfiaou",
	"AccountService/AddKeyFactor": "gfiaou", "AccountService/ListFactors": "gfiaou", "AccountService/RemoveFactor": "gfiaou",
	"AccountService/SetPassword": "gfiaou", "AccountService/ListSessions": "gfiaou", "AccountService/EndSession": "gfiaou",
	"AccountService/ListAccounts": "o", "AccountService/InviteAccount": "o", "AccountService/SetAccount": "o", "AccountService/ResetAccount": "o",
	"AuditService/ListAudit": "ou", "AuditService/GetCheckpoint": "ou",
	"CameraService/ListCameras": "o", "CameraService/TryCamera": "o", "CameraService/PutCamera": "o", "CameraService/RemoveCamera": "o",
	"CameraService/DiscoverCameras": "o", "CameraService/Restart": "o",
	"PolicyService/GetRules": "fo", "PolicyService/PutRules": "o", "PolicyService/CheckPolicy": "f", "PolicyService/ReplayPolicy": "f",
	"OperationService/ListModels": "o", "OperationService/GetBus": "o", "OperationService/GetStorage": "o", "OperationService/ListRetention": "o", "OperationService/RunRetention": "o", "OperationService/GetAssessment": "ou",
	"OperationService/ListBackups": "o", "OperationService/MakeBackup": "o",
}

var accountRoles = map[string]menshen.AccountRole{
	"g": menshen.AccountGuard, "f": menshen.AccountOffice, "i": menshen.AccountInvestigator, "a": menshen.AccountApprover, "o": menshen.AccountOperator, "u": menshen.AccountAuditor,
}

// MustSignIn makes an account of roles and gives the cookie of a complete session of it.
func (s *served) MustSignIn(t *testing.T, name string, roles ...menshen.AccountRole) string {
	t.Helper()
	_, code, err := s.book.Invite(t.Context(), name, "", roles)
	if err != nil {
		t.Fatal(err)
	}
	a, session, secret, err := s.book.Accept(t.Context(), code, password, "a browser", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if session.Done {
		return secret
	}
	key, _, _, err := s.book.NewCode(a, "test")
	if err != nil {
		t.Fatal(err)
	}
	_, secret, err = s.book.AddCode(t.Context(), a, session, key, codeOf(t, key, 0))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// callAs sends an empty request with the cookie of a session.
func (p procedure) callAs(base, cookie string) error {
	return p.send(base, func(h http.Header) { h.Set("Cookie", "__Host-menshen="+cookie) })
}

func TestEveryProcedureForEveryAccountRole(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	cookies := map[string]string{}
	for letter, role := range accountRoles {
		cookies[letter] = s.MustSignIn(t, string(role), role)
	}
	both := s.MustSignIn(t, "both", menshen.AccountGuard, menshen.AccountOperator)
	seen := 0
	check := func(allowed bool) {
		for _, p := range procedures() {
			may, ok := accountRights[strings.TrimPrefix(p.path, "/menshen.v1.")]
			if !ok {
				t.Errorf("%s: say which accounts may call it", p.path)
				continue
			}
			if allowed {
				seen++
			}
			if may == "*" {
				continue
			}
			if code := connect.CodeOf(p.call(s.url, "")); !allowed && code != connect.CodeUnauthenticated && code != connect.CodeResourceExhausted {
				t.Errorf("%s without being signed in: %v", p.path, code)
			}
			for letter, role := range accountRoles {
				if strings.Contains(may, letter) != allowed {
					continue
				}
				err := p.callAs(s.url, cookies[letter])
				if denied := connect.CodeOf(err) == connect.CodePermissionDenied; denied == allowed {
					t.Errorf("%s for %s: %v", p.path, role, err)
				}
				if !allowed && len(h.events) != 0 {
					t.Fatalf("%s for %s was refused after %v", p.path, role, h.events)
				}
			}
			if strings.ContainsAny(may, "go") == allowed {
				if denied := connect.CodeOf(p.callAs(s.url, both)) == connect.CodePermissionDenied; denied == allowed {
					t.Errorf("%s for a guard who is an operator too: denied %v", p.path, denied)
				}
			}
		}
	}
	check(false)
	check(true)
	if seen != len(accountRights) {
		t.Errorf("%d procedures, but rights for %d", seen, len(accountRights))
	}
	for letter := range accountRoles {
		if res, _ := s.MustDo(t, "GET", "/metrics", nil, "Cookie", "__Host-menshen="+cookies[letter]); res.StatusCode != 403 {
			t.Errorf("metrics for %s: %s", accountRoles[letter], res.Status)
		}
	}
}
