package web_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// rights says who may call what: o the operator, f the office, i investigators, g guards, r readers. It is written out by hand, so that a new
// procedure is given to nobody by accident.
var rights = map[string]string{
	"SiteService/GetSite": "ofgi", "SiteService/GetStatus": "ofgi",
	"PassService/ListPasses": "ofg", "PassService/WatchPasses": "ofg", "PassService/ImportPasses": "o", "PassService/ExportPasses": "o",
	"PersonService/Enroll": "of", "PersonService/ListPeople": "ofgi", "PersonService/RemovePerson": "of",
	"TracingService/Movements": "oi", "TracingService/Contacts": "oi", "CalibrationService/Calibrate": "o",
	"TemplateService/GetTemplates": "o", "TemplateService/Renew": "o", "TemplateService/Forget": "o",
	"RegistryService/GetPerson": "ofi", "RegistryService/PutPerson": "of", "RegistryService/FindByDocument": "of",
	"RegistryService/ListHouseholds": "ofi", "RegistryService/PutHousehold": "of", "RegistryService/ImportPeople": "of", "RegistryService/ExportPeople": "of", "RegistryService/PackPerson": "of",
	"RegistryService/RequestPack": "of", "RegistryService/DecidePack": "o", "RegistryService/ListPacks": "of",
	"PermitService/IssuePermit": "of", "PermitService/RenewPermit": "of", "PermitService/RevokePermit": "of", "PermitService/ListPermits": "ofg", "PermitService/PrintPermits": "of",
	"CredentialService/IssueCredential": "of", "CredentialService/RevokeCredential": "of", "CredentialService/ListCredentials": "of",
	"EnrolmentService/LookAtFrame": "of", "EnrolmentService/ListPhotographs": "of",
	"ConsentService/ListConsentTexts": "of", "ConsentService/PutConsentText": "of", "ConsentService/RecordConsent": "of", "ConsentService/ListConsents": "of", "ConsentService/GetSignature": "of", "ConsentService/ListErasureCertificates": "of",
	"HealthService/ListHealth": "ofgi", "HealthService/SetHealth": "of", "HealthService/SetHealthCode": "of", "HealthService/RecordTemperature": "ofg",
	"HealthService/ListTemperatures": "ofgi", "HealthService/RegisterReturnees": "of",
	"FormService/ListForms": "of", "FormService/PutForm": "of", "FormService/SubmitForm": "of", "FormService/ListAnswers": "of", "FormService/CreateLink": "of",
	"VisitService/RegisterVisit": "ofg", "VisitService/AnswerVisit": "ofg", "VisitService/ListVisits": "ofg", "VisitService/EndVisit": "ofg",
	"VisitService/TakeDelivery": "ofg", "VisitService/HandOver": "ofg", "VisitService/ListDeliveries": "ofg",
	"GateService/SetGates": "of", "GateService/SetMode": "of", "GateService/ListGates": "ofgi", "GateService/CommandDoors": "ofg", "GateService/GetOccupancy": "ofg",
	"ConsoleService/WatchConsole": "og", "ConsoleService/GetFace": "og", "ConsoleService/ListCandidates": "og", "ConsoleService/WatchDisplay": "og", "ConsoleService/SendFrame": "og", "ConsoleService/ListBrowserCameras": "og",
	"GuardService/Present": "ofgr", "GuardService/ListReviews": "ofg", "GuardService/Answer": "ofg", "GuardService/Annotate": "ofgi", "GuardService/ListAnnotations": "ofg",
	"CaseService/RequestCase": "oi", "CaseService/FindByPhotograph": "oi", "CaseService/DecideCase": "oi", "CaseService/ListCases": "oi", "CaseService/GetCase": "oi",
	"CaseService/ExtendCase": "oi", "CaseService/CloseCase": "oi", "CaseService/ReopenCase": "oi", "CaseService/SetClinical": "oi",
	"CaseService/SetCasePolicy": "oi", "CaseService/AddTest": "oi", "CaseService/SetTestResult": "oi", "CaseService/JudgeCase": "oi",
	"CaseService/WhatIf": "oi", "CaseService/TraceCase": "oi", "CaseService/ListContacts": "oi", "CaseService/GetContact": "oi",
	"CaseService/AddContact": "oi", "CaseService/SetContactStatus": "ofi", "CaseService/SetContactOwner": "oi", "CaseService/SetContactLevel": "oi",
	"CaseService/SetContactFollow": "oi", "CaseService/SetContactNote": "oi", "CaseService/EraseContact": "oi", "CaseService/EndFollowUpLinks": "oi", "CaseService/MergeContacts": "oi", "CaseService/PromoteContact": "oi", "CaseService/RecordFollowUp": "ofi",
	"CaseService/ListDue": "ofi", "CaseService/CreateFollowUpLink": "oi", "CaseService/GetHistory": "oi", "CaseService/ExportCase": "oi",
	"TracingPolicyService/ListTracingPolicies": "oi", "TracingPolicyService/GetTracingPolicy": "oi", "TracingPolicyService/PutTracingPolicy": "o",
	"StatisticsService/GetStatistics": "of", "SitePlanService/GetSitePlan": "ofgi", "SitePlanService/GetPlanPicture": "ofgi", "SitePlanService/PutSitePlan": "of", "SitePlanService/RestoreSitePlan": "of",
	"SignInService/GetSession": "*", "SignInService/SignIn": "*", "SignInService/SetUp": "*", "SignInService/AcceptInvitation": "*",
	"SignInService/SignOut": "*", "SignInService/AnswerCode": "*", "SignInService/BeginKey": "*", "SignInService/AnswerKey": "*",
	"AccountService/BeginCodeFactor": "o", "AccountService/AddCodeFactor": "o", "AccountService/BeginKeyFactor": "o", "AccountService/AddKeyFactor": "o",
	"AccountService/ListFactors": "o", "AccountService/RemoveFactor": "o", "AccountService/SetPassword": "o", "AccountService/ListSessions": "o",
	"AccountService/EndSession": "o", "AccountService/ListAccounts": "o", "AccountService/InviteAccount": "o", "AccountService/SetAccount": "o",
	"AccountService/ResetAccount": "o", "AuditService/ListAudit": "o", "AuditService/GetCheckpoint": "o",
	"CameraService/ListCameras": "o", "CameraService/TryCamera": "o", "CameraService/PutCamera": "o", "CameraService/RemoveCamera": "o",
	"CameraService/DiscoverCameras": "o", "CameraService/Restart": "o",
	"OperationService/ListModels": "o", "OperationService/GetBus": "o", "OperationService/GetStorage": "o", "OperationService/ListRetention": "o", "OperationService/RunRetention": "o", "OperationService/GetAssessment": "o",
	"OperationService/ListBackups": "o", "OperationService/MakeBackup": "o",
	"PolicyService/GetRules": "of", "PolicyService/PutRules": "o", "PolicyService/CheckPolicy": "of", "PolicyService/ReplayPolicy": "of",
}

var roles = map[string]web.Role{"o": web.RoleOperator, "f": web.RoleOffice, "i": web.RoleInvestigator, "g": web.RoleGuard, "r": web.RoleReader}

func TestEveryProcedureForEveryRole(t *testing.T) {
	h := newHouse()
	tokens := map[string]web.Token{}
	var grants []web.Grant
	for letter, role := range roles {
		tokens[letter] = web.NewToken()
		grants = append(grants, web.Grant{Token: tokens[letter], Actor: string(role) + "@test", Role: role})
	}
	s := MustServeTo(t, h, web.Config{}, grants...)
	seen := 0
	check := func(allowed bool) {
		for _, p := range procedures() {
			may, ok := rights[strings.TrimPrefix(p.path, "/menshen.v1.")]
			if !ok {
				t.Errorf("%s: say who may call it", p.path)
				continue
			}
			if may == "*" { // whoever signs in has no role yet
				if allowed {
					seen++
				}
				continue
			}
			if allowed {
				seen++
			}
			for letter, role := range roles {
				if strings.Contains(may, letter) != allowed {
					continue
				}
				err := p.call(s.url, "Bearer "+tokens[letter].Reveal())
				if denied := connect.CodeOf(err) == connect.CodePermissionDenied; denied == allowed {
					t.Errorf("%s for %s: %v", p.path, role, err)
				}
				if !allowed && len(h.events) != 0 {
					t.Fatalf("%s for %s was refused after %v", p.path, role, h.events)
				}
			}
		}
	}
	check(false) // first: what an allowed call begins may go on after its answer
	check(true)
	if seen != len(rights) {
		t.Errorf("%d procedures, but rights for %d", seen, len(rights))
	}
	for letter, role := range roles {
		res, _ := s.MustDo(t, "GET", "/metrics", nil, "Authorization", "Bearer "+tokens[letter].Reveal())
		if (res.StatusCode == 200) != (role == web.RoleOperator) {
			t.Errorf("metrics for %s: %s", role, res.Status)
		}
	}
}

// A token for gates is good at those, whatever the call.
func TestGatesOfATokenBindIt(t *testing.T) {
	h := newHouse()
	s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "guard@west", Role: web.RoleGuard, Gates: []string{"west-1"}})
	for path, ask := range officeQuestions {
		// These are about the east gate.
		if !slices.Contains([]string{
			menshenv1connect.GuardServicePresentProcedure, menshenv1connect.GuardServiceListReviewsProcedure, menshenv1connect.GuardServiceAnswerProcedure,
			menshenv1connect.GuardServiceAnnotateProcedure, menshenv1connect.VisitServiceRegisterVisitProcedure, menshenv1connect.VisitServiceTakeDeliveryProcedure,
			menshenv1connect.GateServiceCommandDoorsProcedure,
		}, path) {
			continue
		}
		wantError(t, ask(s), menshen.CodeDenied, `not for the gate "east-1"`)
	}
	if len(h.events) != 0 {
		t.Errorf("something was done: %v", h.events)
	}
	reviews, err := s.client.Guard.ListReviews(t.Context(), connect.NewRequest(&menshenv1.ListReviewsRequest{}))
	if err != nil || len(reviews.Msg.Reviews) != 1 || reviews.Msg.Reviews[0].Pass.Pass.Gate != "west-1" {
		t.Errorf("reviews %v, %v", reviews, err)
	}
	notes, err := s.client.Guard.ListAnnotations(t.Context(), connect.NewRequest(&menshenv1.ListAnnotationsRequest{}))
	if err != nil || len(notes.Msg.Annotations) != 1 || notes.Msg.Annotations[0].Id != "n-2" {
		t.Errorf("annotations %v, %v", notes, err)
	}
	// A fire is everybody's business.
	doors, err := s.client.Gates.CommandDoors(t.Context(), connect.NewRequest(&menshenv1.CommandDoorsRequest{Action: "emergency"}))
	if err != nil || len(doors.Msg.Doors) != 2 {
		t.Errorf("emergency: %v, %v", doors, err)
	}
}

func TestTokenFolder(t *testing.T) {
	h := newHouse()
	h.tokens = web.TokenFolder(filepath.Join(t.TempDir(), "to[k]ens"))
	s := MustServe(t, h, web.Config{})
	if all, err := h.tokens.List(); err != nil || len(all) != 0 {
		t.Fatalf("before the first: %v, %v", all, err)
	}
	for name, i := range map[string]web.IssuedToken{
		"no name": {Role: web.RoleGuard}, "a name with spaces": {Name: "a b", Role: web.RoleGuard}, "an operator": {Name: "a", Role: web.RoleOperator},
		"no role": {Name: "a"}, "a reader of no gate": {Name: "a", Role: web.RoleReader}, "no gate": {Name: "a", Role: web.RoleGuard, Gates: []string{"../east"}},
	} {
		if _, err := h.tokens.Issue(i); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	token, err := h.tokens.Issue(web.IssuedToken{Name: "reader-1", Role: web.RoleReader, Gates: []string{"east-1"}, Issued: now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.tokens.Issue(web.IssuedToken{Name: "reader-1", Role: web.RoleGuard, Issued: now})
	wantError(t, err, menshen.CodeConflict, "revoke")
	present := procedure{path: menshenv1connect.GuardServicePresentProcedure}
	if err := present.call(s.url, "Bearer "+token.Reveal()); connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("a call of the reader: %v", err)
	}
	// Its issue is in the audit log before its first call.
	if a := s.audits[0]; len(s.audits) != 1 || a.Action != "token.issue" || a.Subject != "reader@reader-1" || !strings.Contains(a.Detail, "east-1") || strings.Contains(a.Detail, token.Reveal()) {
		t.Errorf("audits %+v", s.audits)
	}
	_ = present.call(s.url, "Bearer "+token.Reveal())
	if err := h.tokens.Record(t.Context(), h, func() time.Time { return now }); err != nil || len(s.audits) != 1 {
		t.Errorf("recorded again: %v, %+v", err, s.audits)
	}
	files, _ := filepath.Glob(strings.NewReplacer("[", `\[`, "]", `\]`).Replace(string(h.tokens)) + "/*.json")
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	text, err := os.ReadFile(files[0])
	info, statErr := os.Stat(files[0])
	if err != nil || statErr != nil || strings.Contains(string(text)+files[0], token.Reveal()) || info.Mode().Perm() != 0o600 {
		t.Errorf("kept as %s with %v: %v, %v", text, info.Mode(), err, statErr)
	}
	// A file that was tampered with makes nobody an operator.
	forged := strings.Replace(string(text), `"reader"`, `"operator"`, 1)
	if err := os.WriteFile(files[0], []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := present.call(s.url, "Bearer "+token.Reveal()); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("a forged role: %v", err)
	}
	if err := os.WriteFile(files[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := h.tokens.List(); err != nil || len(all) != 1 || all[0].Name != "reader-1" || !all[0].Issued.Equal(now) {
		t.Errorf("list %v, %v", all, err)
	}
	if err := h.tokens.Revoke("reader-1"); err != nil {
		t.Fatal(err)
	}
	if err := present.call(s.url, "Bearer "+token.Reveal()); connect.CodeOf(err) != connect.CodeUnauthenticated {
		t.Errorf("a revoked token: %v", err)
	}
	wantError(t, h.tokens.Revoke("reader-1"), menshen.CodeNotFound, "menshen token list")
	if left, err := os.ReadDir(string(h.tokens)); err != nil || len(left) != 0 {
		t.Errorf("left of the token: %v, %v", left, err)
	}
}

// TestTokenIssueIsRecordedFirst: without an audit log a new token does nothing but at a door, and a token that nobody used yet is
// recorded as well, once.
func TestTokenIssueIsRecordedFirst(t *testing.T) {
	h := newHouse()
	h.tokens = web.TokenFolder(filepath.Join(t.TempDir(), "tokens"))
	s := MustServe(t, h, web.Config{})
	token := map[web.Role]web.Token{}
	for _, role := range []web.Role{web.RoleGuard, web.RoleInvestigator} {
		made, err := h.tokens.Issue(web.IssuedToken{Name: "li-" + string(role), Role: role, Issued: now})
		if err != nil {
			t.Fatal(err)
		}
		token[role] = made
	}
	_, err := h.tokens.Issue(web.IssuedToken{Name: "x", Role: web.RoleGuard})
	if menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a token without a time: %v", err)
	}
	h.auditErr = errors.New("disk I/O error")
	status := procedure{path: menshenv1connect.SiteServiceGetStatusProcedure}
	if err := status.call(s.url, "Bearer "+token[web.RoleGuard].Reveal()); connect.CodeOf(err) != connect.CodeUnavailable {
		t.Errorf("a call of a token without a record: %v", err)
	}
	present := procedure{path: menshenv1connect.GuardServicePresentProcedure}
	if err := present.call(s.url, "Bearer "+token[web.RoleGuard].Reveal()); connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("at a door: %v", err)
	}
	h.auditErr, h.audits = nil, nil
	for range 2 {
		if err := h.tokens.Record(t.Context(), h, func() time.Time { return now }); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.audits) != 2 || s.audits[0].Actor != "operator@terminal" || s.audits[0].Action != "token.issue" {
		t.Errorf("audits %+v", s.audits)
	}
	if err := status.call(s.url, "Bearer "+token[web.RoleInvestigator].Reveal()); err != nil || len(s.audits) != 2 {
		t.Errorf("%v, %+v", err, s.audits)
	}
}

// TestAlertsOfCasesHaveAnAudience: guards see none of them, whoever works on cases does.
func TestAlertsOfCasesHaveAnAudience(t *testing.T) {
	h := newHouse()
	h.status.Conditions = []menshen.Condition{
		{ID: "camera-down:east-1", Severity: menshen.SeverityWarning, Since: now},
		{ID: "positive:contact-1", Severity: menshen.SeverityWarning, Since: now, Meaning: menshen.Text{ZH: "李强检测阳性", EN: "tested positive"}, Audience: menshen.AudienceCases},
		{ID: "of-later", Severity: menshen.SeverityWarning, Since: now, Audience: "chief"},
	}
	for role, want := range map[web.Role]int{web.RoleOperator: 3, web.RoleOffice: 2, web.RoleInvestigator: 2, web.RoleGuard: 1} {
		s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: string(role) + "@test", Role: role})
		res, err := s.client.Site.GetStatus(t.Context(), connect.NewRequest(&menshenv1.GetStatusRequest{}))
		if err != nil || len(res.Msg.Conditions) != want || res.Msg.Conditions[0].Id != "camera-down:east-1" {
			t.Errorf("%s: %v, %v", role, res, err)
		}
	}
	// Nor does anybody without a token: the front page and the health are for everybody.
	s := MustServe(t, h, web.Config{})
	for _, path := range []string{"/", "/healthz"} {
		if _, body := s.MustDo(t, "GET", path, nil); strings.Contains(body, "李强") {
			t.Errorf("%s tells of a case", path)
		}
	}
}
