package web_test

import (
	"context"

	"connectrpc.com/connect"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
)

// call makes a question of one call of a client and one request.
func call[Q, A any](pick func(s *served) func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), m *Q) func(s *served) error {
	return func(s *served) error {
		_, err := pick(s)(context.Background(), connect.NewRequest(m))
		return err
	}
}

// table is a file of people as it is sent.
var table = []byte("姓名,住址\n赵敏,3-2-14-1402\n")

// officeQuestions has a valid call of every procedure of the office and the gates.
var officeQuestions = map[string]func(s *served) error{
	menshenv1connect.RegistryServiceGetPersonProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetPersonRequest]) (*connect.Response[menshenv1.GetPersonResponse], error) {
		return s.client.Registry.GetPerson
	}, &menshenv1.GetPersonRequest{Person: "王芳"}),
	menshenv1connect.RegistryServicePutPersonProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutPersonRequest]) (*connect.Response[menshenv1.PutPersonResponse], error) {
		return s.client.Registry.PutPerson
	}, &menshenv1.PutPersonRequest{Name: "赵敏", Dwelling: "3-2-14-1402"}),
	menshenv1connect.RegistryServiceFindByDocumentProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.FindByDocumentRequest]) (*connect.Response[menshenv1.FindByDocumentResponse], error) {
		return s.client.Registry.FindByDocument
	}, &menshenv1.FindByDocumentRequest{DocumentNumber: "E12345678"}),
	menshenv1connect.RegistryServiceListHouseholdsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListHouseholdsRequest]) (*connect.Response[menshenv1.ListHouseholdsResponse], error) {
		return s.client.Registry.ListHouseholds
	}, &menshenv1.ListHouseholdsRequest{}),
	menshenv1connect.RegistryServicePutHouseholdProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutHouseholdRequest]) (*connect.Response[menshenv1.PutHouseholdResponse], error) {
		return s.client.Registry.PutHousehold
	}, &menshenv1.PutHouseholdRequest{Dwelling: "3-2-14-1402"}),
	menshenv1connect.RegistryServiceImportPeopleProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ImportPeopleRequest]) (*connect.Response[menshenv1.ImportPeopleResponse], error) {
		return s.client.Registry.ImportPeople
	}, &menshenv1.ImportPeopleRequest{Name: "people.csv", Data: table}),
	menshenv1connect.RegistryServiceExportPeopleProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ExportPeopleRequest]) (*connect.Response[menshenv1.ExportPeopleResponse], error) {
		return s.client.Registry.ExportPeople
	}, &menshenv1.ExportPeopleRequest{}),
	menshenv1connect.PermitServiceIssuePermitProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.IssuePermitRequest]) (*connect.Response[menshenv1.IssuePermitResponse], error) {
		return s.client.Permits.IssuePermit
	}, &menshenv1.IssuePermitRequest{Permit: &menshenv1.Permit{Kind: "resident", Person: "p-1"}}),
	menshenv1connect.PermitServiceRenewPermitProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RenewPermitRequest]) (*connect.Response[menshenv1.RenewPermitResponse], error) {
		return s.client.Permits.RenewPermit
	}, &menshenv1.RenewPermitRequest{Permit: "permit-1"}),
	menshenv1connect.PermitServiceRevokePermitProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RevokePermitRequest]) (*connect.Response[menshenv1.RevokePermitResponse], error) {
		return s.client.Permits.RevokePermit
	}, &menshenv1.RevokePermitRequest{Permit: "permit-1", Reason: "moved away"}),
	menshenv1connect.PermitServiceListPermitsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListPermitsRequest]) (*connect.Response[menshenv1.ListPermitsResponse], error) {
		return s.client.Permits.ListPermits
	}, &menshenv1.ListPermitsRequest{}),
	menshenv1connect.PermitServicePrintPermitsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PrintPermitsRequest]) (*connect.Response[menshenv1.PrintPermitsResponse], error) {
		return s.client.Permits.PrintPermits
	}, &menshenv1.PrintPermitsRequest{Permits: []string{"permit-1"}}),
	menshenv1connect.CredentialServiceIssueCredentialProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.IssueCredentialRequest]) (*connect.Response[menshenv1.IssueCredentialResponse], error) {
		return s.client.Credentials.IssueCredential
	}, &menshenv1.IssueCredentialRequest{Person: "p-1", Kind: "pin"}),
	menshenv1connect.CredentialServiceRevokeCredentialProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RevokeCredentialRequest]) (*connect.Response[menshenv1.RevokeCredentialResponse], error) {
		return s.client.Credentials.RevokeCredential
	}, &menshenv1.RevokeCredentialRequest{Credential: "c-1", Reason: "lost"}),
	menshenv1connect.CredentialServiceListCredentialsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListCredentialsRequest]) (*connect.Response[menshenv1.ListCredentialsResponse], error) {
		return s.client.Credentials.ListCredentials
	}, &menshenv1.ListCredentialsRequest{Person: "p-1"}),
	menshenv1connect.EnrolmentServiceLookAtFrameProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.LookAtFrameRequest]) (*connect.Response[menshenv1.LookAtFrameResponse], error) {
		return s.client.Enrolment.LookAtFrame
	}, &menshenv1.LookAtFrameRequest{Jpeg: smallFrame()}),
	menshenv1connect.EnrolmentServiceListPhotographsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListPhotographsRequest]) (*connect.Response[menshenv1.ListPhotographsResponse], error) {
		return s.client.Enrolment.ListPhotographs
	}, &menshenv1.ListPhotographsRequest{Person: "p-1"}),
	menshenv1connect.ConsentServiceListConsentTextsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListConsentTextsRequest]) (*connect.Response[menshenv1.ListConsentTextsResponse], error) {
		return s.client.Consents.ListConsentTexts
	}, &menshenv1.ListConsentTextsRequest{}),
	menshenv1connect.ConsentServicePutConsentTextProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutConsentTextRequest]) (*connect.Response[menshenv1.PutConsentTextResponse], error) {
		return s.client.Consents.PutConsentText
	}, &menshenv1.PutConsentTextRequest{Text: &menshenv1.Text{Zh: "新", En: "new"}, After: 2}),
	menshenv1connect.ConsentServiceRecordConsentProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RecordConsentRequest]) (*connect.Response[menshenv1.RecordConsentResponse], error) {
		return s.client.Consents.RecordConsent
	}, &menshenv1.RecordConsentRequest{Person: "p-1", Version: 2, Signer: "王芳"}),
	menshenv1connect.ConsentServiceListConsentsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListConsentsRequest]) (*connect.Response[menshenv1.ListConsentsResponse], error) {
		return s.client.Consents.ListConsents
	}, &menshenv1.ListConsentsRequest{Person: "p-1"}),
	menshenv1connect.ConsentServiceGetSignatureProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetSignatureRequest]) (*connect.Response[menshenv1.GetSignatureResponse], error) {
		return s.client.Consents.GetSignature
	}, &menshenv1.GetSignatureRequest{Consent: "consent-1"}),
	menshenv1connect.ConsentServiceListErasureCertificatesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListErasureCertificatesRequest]) (*connect.Response[menshenv1.ListErasureCertificatesResponse], error) {
		return s.client.Consents.ListErasureCertificates
	}, &menshenv1.ListErasureCertificatesRequest{Person: "p-1"}),
	menshenv1connect.HealthServiceListHealthProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListHealthRequest]) (*connect.Response[menshenv1.ListHealthResponse], error) {
		return s.client.Health.ListHealth
	}, &menshenv1.ListHealthRequest{}),
	menshenv1connect.HealthServiceSetHealthProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetHealthRequest]) (*connect.Response[menshenv1.SetHealthResponse], error) {
		return s.client.Health.SetHealth
	}, &menshenv1.SetHealthRequest{Person: "p-1", State: "observation"}),
	menshenv1connect.HealthServiceSetHealthCodeProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetHealthCodeRequest]) (*connect.Response[menshenv1.SetHealthCodeResponse], error) {
		return s.client.Health.SetHealthCode
	}, &menshenv1.SetHealthCodeRequest{Person: "p-1", Code: "green"}),
	menshenv1connect.HealthServiceRecordTemperatureProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RecordTemperatureRequest]) (*connect.Response[menshenv1.RecordTemperatureResponse], error) {
		return s.client.Health.RecordTemperature
	}, &menshenv1.RecordTemperatureRequest{Person: "p-1", Celsius: 36.5}),
	menshenv1connect.HealthServiceListTemperaturesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListTemperaturesRequest]) (*connect.Response[menshenv1.ListTemperaturesResponse], error) {
		return s.client.Health.ListTemperatures
	}, &menshenv1.ListTemperaturesRequest{}),
	menshenv1connect.HealthServiceRegisterReturneesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RegisterReturneesRequest]) (*connect.Response[menshenv1.RegisterReturneesResponse], error) {
		return s.client.Health.RegisterReturnees
	}, &menshenv1.RegisterReturneesRequest{Name: "r.csv", Data: table}),
	menshenv1connect.FormServiceListFormsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListFormsRequest]) (*connect.Response[menshenv1.ListFormsResponse], error) {
		return s.client.Forms.ListForms
	}, &menshenv1.ListFormsRequest{}),
	menshenv1connect.FormServicePutFormProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutFormRequest]) (*connect.Response[menshenv1.PutFormResponse], error) {
		return s.client.Forms.PutForm
	}, &menshenv1.PutFormRequest{Yaml: "id: returnee"}),
	menshenv1connect.FormServiceSubmitFormProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SubmitFormRequest]) (*connect.Response[menshenv1.SubmitFormResponse], error) {
		return s.client.Forms.SubmitForm
	}, &menshenv1.SubmitFormRequest{Form: "returnee", Person: "p-1"}),
	menshenv1connect.FormServiceListAnswersProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListAnswersRequest]) (*connect.Response[menshenv1.ListAnswersResponse], error) {
		return s.client.Forms.ListAnswers
	}, &menshenv1.ListAnswersRequest{}),
	menshenv1connect.FormServiceCreateLinkProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.CreateLinkRequest]) (*connect.Response[menshenv1.CreateLinkResponse], error) {
		return s.client.Forms.CreateLink
	}, &menshenv1.CreateLinkRequest{Purpose: "form", Subject: "returnee", Person: "p-1"}),
	menshenv1connect.VisitServiceRegisterVisitProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RegisterVisitRequest]) (*connect.Response[menshenv1.RegisterVisitResponse], error) {
		return s.client.Visits.RegisterVisit
	}, &menshenv1.RegisterVisitRequest{Name: "赵大海", Host: "p-1", Gate: "east-1", Celsius: 36.4}),
	menshenv1connect.VisitServiceAnswerVisitProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.AnswerVisitRequest]) (*connect.Response[menshenv1.AnswerVisitResponse], error) {
		return s.client.Visits.AnswerVisit
	}, &menshenv1.AnswerVisitRequest{Visit: "v-1", Confirm: true}),
	menshenv1connect.VisitServiceListVisitsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListVisitsRequest]) (*connect.Response[menshenv1.ListVisitsResponse], error) {
		return s.client.Visits.ListVisits
	}, &menshenv1.ListVisitsRequest{}),
	menshenv1connect.VisitServiceEndVisitProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.EndVisitRequest]) (*connect.Response[menshenv1.EndVisitResponse], error) {
		return s.client.Visits.EndVisit
	}, &menshenv1.EndVisitRequest{Visit: "v-1"}),
	menshenv1connect.VisitServiceTakeDeliveryProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.TakeDeliveryRequest]) (*connect.Response[menshenv1.TakeDeliveryResponse], error) {
		return s.client.Visits.TakeDelivery
	}, &menshenv1.TakeDeliveryRequest{Gate: "east-1", Dwelling: "3-2-14-1402", Item: "a box"}),
	menshenv1connect.VisitServiceHandOverProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.HandOverRequest]) (*connect.Response[menshenv1.HandOverResponse], error) {
		return s.client.Visits.HandOver
	}, &menshenv1.HandOverRequest{Delivery: "d-1", To: "王芳"}),
	menshenv1connect.VisitServiceListDeliveriesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListDeliveriesRequest]) (*connect.Response[menshenv1.ListDeliveriesResponse], error) {
		return s.client.Visits.ListDeliveries
	}, &menshenv1.ListDeliveriesRequest{}),
	menshenv1connect.GateServiceSetGatesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetGatesRequest]) (*connect.Response[menshenv1.SetGatesResponse], error) {
		return s.client.Gates.SetGates
	}, &menshenv1.SetGatesRequest{Gates: []string{"east-1"}, State: "closed"}),
	menshenv1connect.GateServiceSetModeProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SetModeRequest]) (*connect.Response[menshenv1.SetModeResponse], error) {
		return s.client.Gates.SetMode
	}, &menshenv1.SetModeRequest{Mode: "closed"}),
	menshenv1connect.GateServiceListGatesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListGatesRequest]) (*connect.Response[menshenv1.ListGatesResponse], error) {
		return s.client.Gates.ListGates
	}, &menshenv1.ListGatesRequest{}),
	menshenv1connect.GateServiceCommandDoorsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.CommandDoorsRequest]) (*connect.Response[menshenv1.CommandDoorsResponse], error) {
		return s.client.Gates.CommandDoors
	}, &menshenv1.CommandDoorsRequest{Gates: []string{"east-1"}, Action: "open"}),
	menshenv1connect.GateServiceGetOccupancyProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetOccupancyRequest]) (*connect.Response[menshenv1.GetOccupancyResponse], error) {
		return s.client.Gates.GetOccupancy
	}, &menshenv1.GetOccupancyRequest{}),
	menshenv1connect.GuardServicePresentProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PresentRequest]) (*connect.Response[menshenv1.PresentResponse], error) {
		return s.client.Guard.Present
	}, &menshenv1.PresentRequest{Gate: "east-1", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "pin", Value: "271828"}),
	menshenv1connect.GuardServiceListReviewsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListReviewsRequest]) (*connect.Response[menshenv1.ListReviewsResponse], error) {
		return s.client.Guard.ListReviews
	}, &menshenv1.ListReviewsRequest{Gate: "east-1"}),
	menshenv1connect.GuardServiceAnswerProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.AnswerRequest]) (*connect.Response[menshenv1.AnswerResponse], error) {
		return s.client.Guard.Answer
	}, &menshenv1.AnswerRequest{Pass: "east-1:3", Allow: true, Person: "p-1"}),
	menshenv1connect.GuardServiceAnnotateProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.AnnotateRequest]) (*connect.Response[menshenv1.AnnotateResponse], error) {
		return s.client.Guard.Annotate
	}, &menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "note", Text: "a parcel"}),
	menshenv1connect.ConsoleServiceGetFaceProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetFaceRequest]) (*connect.Response[menshenv1.GetFaceResponse], error) {
		return s.client.Console.GetFace
	}, &menshenv1.GetFaceRequest{Gate: "east-1", Camera: "cam-1", Track: "t"}),
	menshenv1connect.ConsoleServiceListCandidatesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListCandidatesRequest]) (*connect.Response[menshenv1.ListCandidatesResponse], error) {
		return s.client.Console.ListCandidates
	}, &menshenv1.ListCandidatesRequest{Pass: "east-1:3"}),
	menshenv1connect.ConsoleServiceSendFrameProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.SendFrameRequest]) (*connect.Response[menshenv1.SendFrameResponse], error) {
		return s.client.Console.SendFrame
	}, &menshenv1.SendFrameRequest{Gate: "east-1", Sender: "page0001", Jpeg: smallFrame()}),
	menshenv1connect.ConsoleServiceWatchConsoleProcedure: func(s *served) error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stream, err := s.client.Console.WatchConsole(ctx, connect.NewRequest(&menshenv1.WatchConsoleRequest{Gates: []string{"east-1"}, Latest: 3}))
		if err != nil {
			return err
		}
		defer stream.Close()
		for range 2 { // a sign of life, and what was missed
			if !stream.Receive() {
				return stream.Err()
			}
		}
		return nil
	},
	menshenv1connect.GuardServiceListAnnotationsProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListAnnotationsRequest]) (*connect.Response[menshenv1.ListAnnotationsResponse], error) {
		return s.client.Guard.ListAnnotations
	}, &menshenv1.ListAnnotationsRequest{}),
	menshenv1connect.PolicyServiceGetRulesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetRulesRequest]) (*connect.Response[menshenv1.GetRulesResponse], error) {
		return s.client.Policy.GetRules
	}, &menshenv1.GetRulesRequest{}),
	menshenv1connect.PolicyServicePutRulesProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PutRulesRequest]) (*connect.Response[menshenv1.PutRulesResponse], error) {
		return s.client.Policy.PutRules
	}, &menshenv1.PutRulesRequest{Yaml: "rules: []", Note: "why"}),
	menshenv1connect.PolicyServiceCheckPolicyProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.CheckPolicyRequest]) (*connect.Response[menshenv1.CheckPolicyResponse], error) {
		return s.client.Policy.CheckPolicy
	}, &menshenv1.CheckPolicyRequest{Person: "p-1", Gate: "east-1"}),
	menshenv1connect.PolicyServiceReplayPolicyProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ReplayPolicyRequest]) (*connect.Response[menshenv1.ReplayPolicyResponse], error) {
		return s.client.Policy.ReplayPolicy
	}, &menshenv1.ReplayPolicyRequest{Yaml: "rules: []"}),
}
