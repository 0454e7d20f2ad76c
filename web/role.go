package web

import (
	"context"
	"slices"
	"strings"

	"menshen"
	"menshen/proto/menshen/v1/menshenv1connect"
)

// Role says what the bearer of a token may do.
type Role string

const (
	RoleOperator     Role = "operator"     // everything
	RoleOffice       Role = "office"       // the registry, the gates and the daily follow-up; no tracing, calibration or rules
	RoleInvestigator Role = "investigator" // cases and tracing; reads people and policies, and passes within a case alone
	RoleGuard        Role = "guard"        // what happens at the gates: reviews, visits, deliveries, temperatures, lists
	RoleReader       Role = "reader"       // a device that reads codes, PINs or cards at its gates

	// Of accounts alone, never of tokens.
	RoleApprover        Role = "approver"         // decides about cases, and passes for people themselves, that others ask for
	RoleAuditor         Role = "auditor"          // reads the audit log
	RoleAccountOperator Role = "account-operator" // runs the site: gates, rules, calibration, accounts; nothing about people
)

// accountProcedures are what accounts of roles may call that no token has.
var accountProcedures = map[Role][]string{
	RoleApprover: {
		menshenv1connect.SiteServiceGetSiteProcedure,
		menshenv1connect.SiteServiceGetStatusProcedure,
		menshenv1connect.CaseServiceDecideCaseProcedure,
		menshenv1connect.CaseServiceListCasesProcedure,
		menshenv1connect.CaseServiceGetCaseProcedure,
		menshenv1connect.RegistryServiceDecidePackProcedure,
		menshenv1connect.RegistryServiceListPacksProcedure,
		menshenv1connect.SitePlanServiceGetSitePlanProcedure, // of movements
		menshenv1connect.SitePlanServiceGetPlanPictureProcedure,
	},
	RoleAuditor: {
		menshenv1connect.SiteServiceGetSiteProcedure,
		menshenv1connect.SiteServiceGetStatusProcedure,
		menshenv1connect.AuditServiceListAuditProcedure,
		menshenv1connect.AuditServiceGetCheckpointProcedure,
		menshenv1connect.OperationServiceGetAssessmentProcedure,
	},
	RoleAccountOperator: {
		menshenv1connect.SiteServiceGetSiteProcedure,
		menshenv1connect.SiteServiceGetStatusProcedure,
		menshenv1connect.GateServiceListGatesProcedure,
		menshenv1connect.GateServiceSetGatesProcedure,
		menshenv1connect.GateServiceSetModeProcedure,
		menshenv1connect.GateServiceCommandDoorsProcedure,
		menshenv1connect.GateServiceGetOccupancyProcedure,
		menshenv1connect.StatisticsServiceGetStatisticsProcedure,
		menshenv1connect.SitePlanServiceGetSitePlanProcedure,
		menshenv1connect.SitePlanServiceGetPlanPictureProcedure,
		menshenv1connect.SitePlanServicePutSitePlanProcedure,
		menshenv1connect.SitePlanServiceRestoreSitePlanProcedure,
		menshenv1connect.CalibrationServiceCalibrateProcedure,
		menshenv1connect.TemplateServiceGetTemplatesProcedure,
		menshenv1connect.TemplateServiceRenewProcedure,
		menshenv1connect.CameraServiceListCamerasProcedure,
		menshenv1connect.CameraServiceTryCameraProcedure,
		menshenv1connect.CameraServicePutCameraProcedure,
		menshenv1connect.CameraServiceRemoveCameraProcedure,
		menshenv1connect.CameraServiceDiscoverCamerasProcedure,
		menshenv1connect.CameraServiceRestartProcedure,
		menshenv1connect.PolicyServiceGetRulesProcedure,
		menshenv1connect.PolicyServicePutRulesProcedure,
		menshenv1connect.TracingPolicyServiceListTracingPoliciesProcedure,
		menshenv1connect.TracingPolicyServiceGetTracingPolicyProcedure,
		menshenv1connect.TracingPolicyServicePutTracingPolicyProcedure,
		menshenv1connect.AuditServiceListAuditProcedure,
		menshenv1connect.AuditServiceGetCheckpointProcedure,
		menshenv1connect.AccountServiceListAccountsProcedure,
		menshenv1connect.AccountServiceInviteAccountProcedure,
		menshenv1connect.AccountServiceSetAccountProcedure,
		menshenv1connect.AccountServiceResetAccountProcedure,
		menshenv1connect.OperationServiceListModelsProcedure,
		menshenv1connect.OperationServiceGetBusProcedure,
		menshenv1connect.OperationServiceGetStorageProcedure,
		menshenv1connect.OperationServiceListRetentionProcedure,
		menshenv1connect.OperationServiceRunRetentionProcedure,
		menshenv1connect.OperationServiceGetAssessmentProcedure,
		menshenv1connect.OperationServiceListBackupsProcedure,
		menshenv1connect.OperationServiceMakeBackupProcedure,
	},
}

// ownProcedures are what every account may call about itself.
var ownProcedures = []string{
	menshenv1connect.AccountServiceBeginCodeFactorProcedure,
	menshenv1connect.AccountServiceAddCodeFactorProcedure,
	menshenv1connect.AccountServiceBeginKeyFactorProcedure,
	menshenv1connect.AccountServiceAddKeyFactorProcedure,
	menshenv1connect.AccountServiceListFactorsProcedure,
	menshenv1connect.AccountServiceRemoveFactorProcedure,
	menshenv1connect.AccountServiceSetPasswordProcedure,
	menshenv1connect.AccountServiceListSessionsProcedure,
	menshenv1connect.AccountServiceEndSessionProcedure,
}

// factorProcedures are all that an account may call which must have a second factor and has none.
var factorProcedures = ownProcedures[:4]

// ofAccounts reports whether a procedure is about accounts or the audit log, which of tokens only the operator's has.
func ofAccounts(procedure string) bool {
	return strings.HasPrefix(procedure, "/"+menshenv1connect.AccountServiceName+"/") || strings.HasPrefix(procedure, "/"+menshenv1connect.AuditServiceName+"/")
}

// roleOf gives as what an account calls a procedure: of its roles that may, the one that is told most. "" for none.
func roleOf(a menshen.Account, procedure string) Role {
	for _, r := range []struct {
		of menshen.AccountRole
		as Role
	}{
		{menshen.AccountInvestigator, RoleInvestigator}, {menshen.AccountOffice, RoleOffice}, {menshen.AccountOperator, RoleAccountOperator},
		{menshen.AccountApprover, RoleApprover}, {menshen.AccountGuard, RoleGuard}, {menshen.AccountAuditor, RoleAuditor},
	} {
		if !a.Has(r.of) || r.as == RoleInvestigator && procedure == menshenv1connect.CaseServiceDecideCaseProcedure {
			continue // of accounts, approvers decide
		}
		if r.as.mayCall(procedure) || slices.Contains(ownProcedures, procedure) {
			return r.as
		}
	}
	return ""
}

// Valid reports whether r is one of the roles above.
func (r Role) Valid() bool {
	return r == RoleOperator || r == RoleOffice || r == RoleInvestigator || r == RoleGuard || r == RoleReader
}

func unknownRole(r Role) error {
	return menshen.Errorf(menshen.CodeInvalid, "web.role", "the role %q is not known", r).WithHint("use office, investigator, guard or reader")
}

// operatorOnly are procedures that the office does not have: they tell where people were, or change what all decisions rest on.
var operatorOnly = []string{
	menshenv1connect.ConsoleServiceWatchConsoleProcedure,
	menshenv1connect.ConsoleServiceGetFaceProcedure,
	menshenv1connect.ConsoleServiceListCandidatesProcedure,
	menshenv1connect.ConsoleServiceWatchDisplayProcedure,
	menshenv1connect.ConsoleServiceSendFrameProcedure,
	menshenv1connect.ConsoleServiceListBrowserCamerasProcedure,
	menshenv1connect.PassServiceImportPassesProcedure,
	menshenv1connect.PassServiceExportPassesProcedure,
	menshenv1connect.TracingServiceMovementsProcedure,
	menshenv1connect.TracingServiceContactsProcedure,
	menshenv1connect.CalibrationServiceCalibrateProcedure,
	menshenv1connect.TemplateServiceGetTemplatesProcedure,
	menshenv1connect.TemplateServiceRenewProcedure,
	menshenv1connect.TemplateServiceForgetProcedure,
	menshenv1connect.PolicyServicePutRulesProcedure,
	menshenv1connect.CameraServiceListCamerasProcedure,
	menshenv1connect.CameraServiceTryCameraProcedure,
	menshenv1connect.CameraServicePutCameraProcedure,
	menshenv1connect.CameraServiceRemoveCameraProcedure,
	menshenv1connect.CameraServiceDiscoverCamerasProcedure,
	menshenv1connect.CameraServiceRestartProcedure,
	menshenv1connect.RegistryServiceDecidePackProcedure, // of what the office asks for
}

// officeCases are what the office may call of cases: the daily follow-up, and that contacts were notified.
var officeCases = []string{
	menshenv1connect.CaseServiceListDueProcedure,
	menshenv1connect.CaseServiceRecordFollowUpProcedure,
	menshenv1connect.CaseServiceSetContactStatusProcedure,
}

// investigatorProcedures are what investigators may call besides all of cases. Passes are not in it: of whose and why is a case's.
var investigatorProcedures = []string{
	menshenv1connect.SiteServiceGetSiteProcedure,
	menshenv1connect.SiteServiceGetStatusProcedure,
	menshenv1connect.PersonServiceListPeopleProcedure,
	menshenv1connect.RegistryServiceGetPersonProcedure,
	menshenv1connect.RegistryServiceListHouseholdsProcedure,
	menshenv1connect.GateServiceListGatesProcedure,
	menshenv1connect.GuardServiceAnnotateProcedure, // somebody was taken for somebody else
	menshenv1connect.HealthServiceListHealthProcedure,
	menshenv1connect.HealthServiceListTemperaturesProcedure,
	menshenv1connect.TracingServiceMovementsProcedure,
	menshenv1connect.TracingServiceContactsProcedure,
	menshenv1connect.TracingPolicyServiceListTracingPoliciesProcedure,
	menshenv1connect.TracingPolicyServiceGetTracingPolicyProcedure,
	menshenv1connect.SitePlanServiceGetSitePlanProcedure,
	menshenv1connect.SitePlanServiceGetPlanPictureProcedure,
}

// ofCases reports whether a procedure is one of cases or of the policies that contacts are judged by.
func ofCases(procedure string) bool {
	return strings.HasPrefix(procedure, "/"+menshenv1connect.CaseServiceName+"/") || strings.HasPrefix(procedure, "/"+menshenv1connect.TracingPolicyServiceName+"/")
}

// guardProcedures are what guards may call. Not in it is what tells more than a gate needs, such as documents.
var guardProcedures = []string{
	menshenv1connect.SiteServiceGetSiteProcedure,
	menshenv1connect.SiteServiceGetStatusProcedure,
	menshenv1connect.PassServiceListPassesProcedure,
	menshenv1connect.PassServiceWatchPassesProcedure,
	menshenv1connect.PersonServiceListPeopleProcedure,
	menshenv1connect.ConsoleServiceWatchConsoleProcedure,
	menshenv1connect.ConsoleServiceGetFaceProcedure,
	menshenv1connect.ConsoleServiceListCandidatesProcedure,
	menshenv1connect.ConsoleServiceWatchDisplayProcedure,
	menshenv1connect.ConsoleServiceSendFrameProcedure,
	menshenv1connect.ConsoleServiceListBrowserCamerasProcedure,
	menshenv1connect.GuardServicePresentProcedure,
	menshenv1connect.GuardServiceListReviewsProcedure,
	menshenv1connect.GuardServiceAnswerProcedure,
	menshenv1connect.GuardServiceAnnotateProcedure,
	menshenv1connect.GuardServiceListAnnotationsProcedure,
	menshenv1connect.GateServiceListGatesProcedure,
	menshenv1connect.GateServiceCommandDoorsProcedure, // an emergency cannot wait for the office
	menshenv1connect.GateServiceGetOccupancyProcedure,
	menshenv1connect.VisitServiceRegisterVisitProcedure,
	menshenv1connect.VisitServiceAnswerVisitProcedure,
	menshenv1connect.VisitServiceListVisitsProcedure,
	menshenv1connect.VisitServiceEndVisitProcedure,
	menshenv1connect.VisitServiceTakeDeliveryProcedure,
	menshenv1connect.VisitServiceHandOverProcedure,
	menshenv1connect.VisitServiceListDeliveriesProcedure,
	menshenv1connect.HealthServiceListHealthProcedure,
	menshenv1connect.HealthServiceRecordTemperatureProcedure,
	menshenv1connect.HealthServiceListTemperaturesProcedure,
	menshenv1connect.PermitServiceListPermitsProcedure,
	menshenv1connect.SitePlanServiceGetSitePlanProcedure,
	menshenv1connect.SitePlanServiceGetPlanPictureProcedure,
}

// mayCall reports whether the role may call a procedure. What is not the API, such as /metrics, is the operator's.
func (r Role) mayCall(procedure string) bool {
	switch r {
	case RoleOperator:
		return true
	case RoleOffice:
		if ofAccounts(procedure) || strings.HasPrefix(procedure, "/"+menshenv1connect.OperationServiceName+"/") {
			return false
		}
		if ofCases(procedure) {
			return slices.Contains(officeCases, procedure)
		}
		return !slices.Contains(operatorOnly, procedure) && procedure != metricsPath
	case RoleInvestigator:
		return strings.HasPrefix(procedure, "/"+menshenv1connect.CaseServiceName+"/") || slices.Contains(investigatorProcedures, procedure)
	case RoleGuard:
		return slices.Contains(guardProcedures, procedure)
	case RoleApprover, RoleAuditor, RoleAccountOperator:
		return slices.Contains(accountProcedures[r], procedure)
	case RoleReader:
		return procedure == menshenv1connect.GuardServicePresentProcedure
	}
	return false
}

// hears reports whether the role is of an audience.
func (r Role) hears(a menshen.Audience) bool {
	switch a {
	case menshen.AudienceAll:
		return true
	case menshen.AudienceCases:
		return r == RoleOperator || r == RoleOffice || r == RoleInvestigator
	}
	return r == RoleOperator // of one that is not known here
}

// checkBearerGate refuses what is not at one of the gates that the caller's token is for.
func checkBearerGate(ctx context.Context, gate string) error {
	if gates := callerOf(ctx).gates; len(gates) > 0 && !slices.Contains(gates, gate) {
		return menshen.Errorf(menshen.CodeDenied, "web.role", "this token is not for the gate %q", gate).
			WithHint("use the token of that gate; menshen token list shows which there are")
	}
	return nil
}
