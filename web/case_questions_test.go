package web_test

import (
	"context"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
)

var onset = &menshenv1.Clinical{Onset: timestamppb.New(now.Add(-48 * time.Hour)), Symptoms: []string{"发热"}}

// caseQuestions has a valid call of every procedure of cases and policies.
var caseQuestions = map[string]func(s *served) error{
	menshenv1connect.CaseServiceRequestCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RequestCaseRequest]) (*connect.Response[menshenv1.RequestCaseResponse], error) {
		return s.client.Cases.RequestCase
	}, &menshenv1.RequestCaseRequest{Number: "朝疾控2026-13", Person: "王芳", Purpose: "流调", Clinical: onset}),
	menshenv1connect.CaseServiceDecideCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.DecideCaseRequest]) (*connect.Response[menshenv1.DecideCaseResponse], error) {
		return s.client.Cases.DecideCase
	}, &menshenv1.DecideCaseRequest{Case: "case-1", Approve: true, Why: "核实"}),
	menshenv1connect.CaseServiceFindByPhotographProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.FindByPhotographRequest]) (*connect.Response[menshenv1.FindByPhotographResponse], error) {
		return s.client.Cases.FindByPhotograph
	}, &menshenv1.FindByPhotographRequest{Photograph: []byte("jpeg"), Case: "case-1"}),
	menshenv1connect.CaseServiceListCasesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListCasesRequest]) (*connect.Response[menshenv1.ListCasesResponse], error) {
		return s.client.Cases.ListCases
	}, &menshenv1.ListCasesRequest{}),
	menshenv1connect.CaseServiceGetCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetCaseRequest]) (*connect.Response[menshenv1.GetCaseResponse], error) {
		return s.client.Cases.GetCase
	}, &menshenv1.GetCaseRequest{Case: "case-1"}),
	menshenv1connect.CaseServiceExtendCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ExtendCaseRequest]) (*connect.Response[menshenv1.ExtendCaseResponse], error) {
		return s.client.Cases.ExtendCase
	}, &menshenv1.ExtendCaseRequest{Case: "case-1", Expires: timestamppb.New(now.Add(40 * 24 * time.Hour)), Why: "继续"}),
	menshenv1connect.CaseServiceCloseCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.CloseCaseRequest]) (*connect.Response[menshenv1.CloseCaseResponse], error) {
		return s.client.Cases.CloseCase
	}, &menshenv1.CloseCaseRequest{Case: "case-1", Why: "结案"}),
	menshenv1connect.CaseServiceReopenCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ReopenCaseRequest]) (*connect.Response[menshenv1.ReopenCaseResponse], error) {
		return s.client.Cases.ReopenCase
	}, &menshenv1.ReopenCaseRequest{Case: "case-1", Why: "复查"}),
	menshenv1connect.CaseServiceSetClinicalProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetClinicalRequest]) (*connect.Response[menshenv1.SetClinicalResponse], error) {
		return s.client.Cases.SetClinical
	}, &menshenv1.SetClinicalRequest{Case: "case-1", Clinical: onset, Why: "更正"}),
	menshenv1connect.CaseServiceSetCasePolicyProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetCasePolicyRequest]) (*connect.Response[menshenv1.SetCasePolicyResponse], error) {
		return s.client.Cases.SetCasePolicy
	}, &menshenv1.SetCasePolicyRequest{Case: "case-1", Policy: "who-2022", Why: "新标准"}),
	menshenv1connect.CaseServiceAddTestProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.AddTestRequest]) (*connect.Response[menshenv1.AddTestResponse], error) {
		return s.client.Cases.AddTest
	}, &menshenv1.AddTestRequest{Case: "case-1", Kind: "pcr", Sampled: timestamppb.New(now), Result: "positive", Why: "送检"}),
	menshenv1connect.CaseServiceSetTestResultProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetTestResultRequest]) (*connect.Response[menshenv1.SetTestResultResponse], error) {
		return s.client.Cases.SetTestResult
	}, &menshenv1.SetTestResultRequest{Case: "case-1", Test: "t-1", Result: "positive", Why: "出结果"}),
	menshenv1connect.CaseServiceJudgeCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.JudgeCaseRequest]) (*connect.Response[menshenv1.JudgeCaseResponse], error) {
		return s.client.Cases.JudgeCase
	}, &menshenv1.JudgeCaseRequest{Case: "case-1", Why: "首次判定"}),
	menshenv1connect.CaseServiceWhatIfProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.WhatIfRequest]) (*connect.Response[menshenv1.WhatIfResponse], error) {
		return s.client.Cases.WhatIf
	}, &menshenv1.WhatIfRequest{Case: "case-1", Policy: "who-2022"}),
	menshenv1connect.CaseServiceTraceCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.TraceCaseRequest]) (*connect.Response[menshenv1.TraceCaseResponse], error) {
		return s.client.Cases.TraceCase
	}, &menshenv1.TraceCaseRequest{Case: "case-1"}),
	menshenv1connect.CaseServiceListContactsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListContactsRequest]) (*connect.Response[menshenv1.ListContactsResponse], error) {
		return s.client.Cases.ListContacts
	}, &menshenv1.ListContactsRequest{Case: "朝疾控2026-12"}),
	menshenv1connect.CaseServiceGetContactProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetContactRequest]) (*connect.Response[menshenv1.GetContactResponse], error) {
		return s.client.Cases.GetContact
	}, &menshenv1.GetContactRequest{Case: "case-1", Contact: "李强"}),
	menshenv1connect.CaseServiceAddContactProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.AddContactRequest]) (*connect.Response[menshenv1.AddContactResponse], error) {
		return s.client.Cases.AddContact
	}, &menshenv1.AddContactRequest{Case: "case-1", Person: "p-2", Why: "本人陈述"}),
	menshenv1connect.CaseServiceSetContactStatusProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetContactStatusRequest]) (*connect.Response[menshenv1.SetContactStatusResponse], error) {
		return s.client.Cases.SetContactStatus
	}, &menshenv1.SetContactStatusRequest{Case: "case-1", Contact: "p-2", Status: "notified", Why: "已电话通知"}),
	menshenv1connect.CaseServiceSetContactOwnerProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetContactOwnerRequest]) (*connect.Response[menshenv1.SetContactOwnerResponse], error) {
		return s.client.Cases.SetContactOwner
	}, &menshenv1.SetContactOwnerRequest{Case: "case-1", Contact: "p-2", Owner: "张医生", Why: "分派"}),
	menshenv1connect.CaseServiceSetContactLevelProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetContactLevelRequest]) (*connect.Response[menshenv1.SetContactLevelResponse], error) {
		return s.client.Cases.SetContactLevel
	}, &menshenv1.SetContactLevelRequest{Case: "case-1", Contact: "p-2", Level: "general", Why: "戴口罩"}),
	menshenv1connect.CaseServiceSetContactNoteProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetContactNoteRequest]) (*connect.Response[menshenv1.SetContactNoteResponse], error) {
		return s.client.Cases.SetContactNote
	}, &menshenv1.SetContactNoteRequest{Case: "case-1", Contact: "p-2", Note: "独居", Why: "更正"}),
	menshenv1connect.CaseServiceEraseContactProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.EraseContactRequest]) (*connect.Response[menshenv1.EraseContactResponse], error) {
		return s.client.Cases.EraseContact
	}, &menshenv1.EraseContactRequest{Case: "case-1", Contact: "p-2", Why: "本人要求"}),
	menshenv1connect.CaseServiceEndFollowUpLinksProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.EndFollowUpLinksRequest]) (*connect.Response[menshenv1.EndFollowUpLinksResponse], error) {
		return s.client.Cases.EndFollowUpLinks
	}, &menshenv1.EndFollowUpLinksRequest{Case: "case-1", Contact: "p-2", Why: "转发给了别人"}),
	menshenv1connect.CaseServiceSetContactFollowProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetContactFollowRequest]) (*connect.Response[menshenv1.SetContactFollowResponse], error) {
		return s.client.Cases.SetContactFollow
	}, &menshenv1.SetContactFollowRequest{Case: "case-1", Contact: "p-2", From: "2026-03-14", To: "2026-03-20", Why: "提前"}),
	menshenv1connect.CaseServiceMergeContactsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.MergeContactsRequest]) (*connect.Response[menshenv1.MergeContactsResponse], error) {
		return s.client.Cases.MergeContacts
	}, &menshenv1.MergeContactsRequest{Case: "case-1", Contact: "contact-2", Into: "p-2", Why: "同一人"}),
	menshenv1connect.CaseServicePromoteContactProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PromoteContactRequest]) (*connect.Response[menshenv1.PromoteContactResponse], error) {
		return s.client.Cases.PromoteContact
	}, &menshenv1.PromoteContactRequest{Case: "case-1", Contact: "p-2", Number: "朝疾控2026-14", Clinical: onset, Why: "核酸阳性"}),
	menshenv1connect.CaseServiceRecordFollowUpProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RecordFollowUpRequest]) (*connect.Response[menshenv1.RecordFollowUpResponse], error) {
		return s.client.Cases.RecordFollowUp
	}, &menshenv1.RecordFollowUpRequest{Case: "case-1", Contact: "p-2", Celsius: 36.5}),
	menshenv1connect.CaseServiceListDueProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListDueRequest]) (*connect.Response[menshenv1.ListDueResponse], error) {
		return s.client.Cases.ListDue
	}, &menshenv1.ListDueRequest{}),
	menshenv1connect.CaseServiceCreateFollowUpLinkProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.CreateFollowUpLinkRequest]) (*connect.Response[menshenv1.CreateFollowUpLinkResponse], error) {
		return s.client.Cases.CreateFollowUpLink
	}, &menshenv1.CreateFollowUpLinkRequest{Case: "case-1", Contact: "p-2"}),
	menshenv1connect.CaseServiceGetHistoryProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetHistoryRequest]) (*connect.Response[menshenv1.GetHistoryResponse], error) {
		return s.client.Cases.GetHistory
	}, &menshenv1.GetHistoryRequest{Case: "case-1"}),
	menshenv1connect.CaseServiceExportCaseProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ExportCaseRequest]) (*connect.Response[menshenv1.ExportCaseResponse], error) {
		return s.client.Cases.ExportCase
	}, &menshenv1.ExportCaseRequest{Case: "case-1", Format: "csv", Purpose: "上报"}),
	menshenv1connect.TracingPolicyServiceListTracingPoliciesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListTracingPoliciesRequest]) (*connect.Response[menshenv1.ListTracingPoliciesResponse], error) {
		return s.client.Judging.ListTracingPolicies
	}, &menshenv1.ListTracingPoliciesRequest{}),
	menshenv1connect.TracingPolicyServiceGetTracingPolicyProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetTracingPolicyRequest]) (*connect.Response[menshenv1.GetTracingPolicyResponse], error) {
		return s.client.Judging.GetTracingPolicy
	}, &menshenv1.GetTracingPolicyRequest{Policy: "nhc-9"}),
	menshenv1connect.TracingPolicyServicePutTracingPolicyProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutTracingPolicyRequest]) (*connect.Response[menshenv1.PutTracingPolicyResponse], error) {
		return s.client.Judging.PutTracingPolicy
	}, &menshenv1.PutTracingPolicyRequest{Yaml: "id: mine", Note: "why"}),
}
