package web_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// questions has a valid call of every procedure that tells something about people.
var questions = map[string]func(s *served) error{
	menshenv1connect.PassServiceListPassesProcedure: func(s *served) error {
		_, err := s.client.Passes.ListPasses(context.Background(), connect.NewRequest(&menshenv1.ListPassesRequest{}))
		return err
	},
	menshenv1connect.PassServiceWatchPassesProcedure: func(s *served) error {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stream, err := s.client.Passes.WatchPasses(ctx, connect.NewRequest(&menshenv1.WatchPassesRequest{}))
		if err != nil {
			return err
		}
		defer stream.Close()
		if !stream.Receive() {
			return stream.Err()
		}
		s.feed.Publish(mustPass(9, "p-1"))
		stream.Receive()
		return stream.Err()
	},
	menshenv1connect.PassServiceImportPassesProcedure: func(s *served) error {
		_, err := s.client.Passes.ImportPasses(context.Background(), connect.NewRequest(&menshenv1.ImportPassesRequest{
			File: "passes.csv", Rows: []*menshenv1.PassRow{{Line: 2, Gate: "east-1", Person: "p-1", Direction: "in", Time: "2026-03-15T07:00:00Z"}},
		}))
		return err
	},
	menshenv1connect.PassServiceExportPassesProcedure: func(s *served) error {
		stream, err := s.client.Passes.ExportPasses(context.Background(), connect.NewRequest(&menshenv1.ExportPassesRequest{}))
		if err != nil {
			return err
		}
		for stream.Receive() {
		}
		return errors.Join(stream.Err(), stream.Close())
	},
	menshenv1connect.PersonServiceEnrollProcedure: func(s *served) error {
		_, err := s.client.People.Enroll(context.Background(), connect.NewRequest(&menshenv1.EnrollRequest{
			Name: "赵敏", Dwelling: "3-2-14-1402", Consent: &menshenv1.EnrolmentConsent{Signer: "赵敏"}, Photos: []*menshenv1.Photo{{Name: "a.jpg", Data: []byte("A")}},
		}))
		return err
	},
	menshenv1connect.PersonServiceListPeopleProcedure: func(s *served) error {
		_, err := s.client.People.ListPeople(context.Background(), connect.NewRequest(&menshenv1.ListPeopleRequest{}))
		return err
	},
	menshenv1connect.PersonServiceRemovePersonProcedure: func(s *served) error {
		_, err := s.client.People.RemovePerson(context.Background(), connect.NewRequest(&menshenv1.RemovePersonRequest{Person: "p-1"}))
		return err
	},
	menshenv1connect.CalibrationServiceCalibrateProcedure: func(s *served) error {
		_, err := s.client.Calibration.Calibrate(context.Background(), connect.NewRequest(&menshenv1.CalibrateRequest{}))
		return err
	},
	menshenv1connect.TemplateServiceGetTemplatesProcedure: func(s *served) error {
		_, err := s.client.Templates.GetTemplates(context.Background(), connect.NewRequest(&menshenv1.GetTemplatesRequest{}))
		return err
	},
	menshenv1connect.TemplateServiceRenewProcedure: func(s *served) error {
		stream, err := s.client.Templates.Renew(context.Background(), connect.NewRequest(&menshenv1.RenewRequest{}))
		if err != nil {
			return err
		}
		for stream.Receive() {
		}
		return errors.Join(stream.Err(), stream.Close())
	},
	menshenv1connect.TemplateServiceForgetProcedure: func(s *served) error {
		_, err := s.client.Templates.Forget(context.Background(), connect.NewRequest(&menshenv1.ForgetRequest{}))
		return err
	},
	menshenv1connect.TracingServiceMovementsProcedure: func(s *served) error {
		_, err := s.client.Tracing.Movements(context.Background(), connect.NewRequest(&menshenv1.MovementsRequest{Person: "p-1", Purpose: "case 12"}))
		return err
	},
	menshenv1connect.TracingServiceContactsProcedure: func(s *served) error {
		_, err := s.client.Tracing.Contacts(context.Background(), connect.NewRequest(&menshenv1.ContactsRequest{Person: "p-1", Purpose: "case 12"}))
		return err
	},
}

// allQuestions joins those of the office to the ones above.
func allQuestions() map[string]func(s *served) error {
	all := maps.Clone(questions)
	maps.Copy(all, officeQuestions)
	maps.Copy(all, caseQuestions)
	maps.Copy(all, cameraQuestions)
	maps.Copy(all, siteQuestions)
	maps.Copy(all, operationQuestions)
	maps.Copy(all, packQuestions)
	return all
}

// impersonal procedures tell nothing about people and are not recorded.
var impersonal = []string{menshenv1connect.SiteServiceGetSiteProcedure, menshenv1connect.SiteServiceGetStatusProcedure, menshenv1connect.CameraServiceListCamerasProcedure,
	menshenv1connect.OperationServiceListModelsProcedure, menshenv1connect.OperationServiceGetBusProcedure, menshenv1connect.OperationServiceGetStorageProcedure,
	menshenv1connect.OperationServiceListRetentionProcedure, menshenv1connect.OperationServiceListBackupsProcedure,
	menshenv1connect.ConsoleServiceListBrowserCamerasProcedure, menshenv1connect.ConsentServiceListConsentTextsProcedure,
	menshenv1connect.SitePlanServiceGetSitePlanProcedure, menshenv1connect.SitePlanServiceGetPlanPictureProcedure}

// unaudited procedures leave a record of another kind, because nobody at a door may wait for the audit log: what a reader
// hands over becomes a pass, and the pass is the record.
var unaudited = []string{menshenv1connect.GuardServicePresentProcedure}

func TestNoDoorWaitsForTheAuditLog(t *testing.T) {
	for _, path := range unaudited {
		h := newHouse()
		h.auditErr = errors.New("disk I/O error")
		s := MustServe(t, h, web.Config{})
		if err := allQuestions()[path](s); err != nil || len(s.audits) != 0 || !slices.Contains(s.events, "present") {
			t.Errorf("%s: %v, events %v, audits %v", path, err, s.events, s.audits)
		}
	}
}

func TestEveryQuestionIsRecordedFirst(t *testing.T) {
	questions := allQuestions()
	delete(questions, menshenv1connect.ConsoleServiceGetFaceProcedure) // answered from memory, see TestFacesAndDisplaysAreRecorded
	for _, p := range procedures() {
		if slices.Contains(impersonal, p.path) || slices.Contains(unaudited, p.path) {
			continue
		}
		if strings.Contains(p.path, ".SignInService/") || strings.Contains(p.path, ".AccountService/") || strings.Contains(p.path, ".AuditService/") {
			continue // TestSignInFromSetUpToSignOut and TestReadingTheAuditLogIsRecorded
		}
		if p.path == menshenv1connect.ConsoleServiceGetFaceProcedure || p.path == menshenv1connect.ConsoleServiceWatchDisplayProcedure {
			continue
		}
		ask, ok := questions[p.path]
		if !ok {
			t.Errorf("%s: say whether it tells something about people, and record it if so", p.path)
			continue
		}
		t.Run(p.path, func(t *testing.T) {
			s := MustServe(t, newHouse(), web.Config{})
			if err := ask(s); err != nil {
				t.Fatal(err)
			}
			// Finding out whom the question is about comes before, everything else after the audit log.
			if i := slices.Index(s.events, "audit"); i < 0 || i == len(s.events)-1 || slices.ContainsFunc(s.events[:i], func(e string) bool { return e != "byid" && e != "find" }) {
				t.Errorf("order %v", s.events)
			}
			if len(s.audits) == 0 || s.audits[0].Actor != "operator@terminal" || s.audits[0].Action == "" || !s.audits[0].At.Equal(now) {
				t.Errorf("audit %+v", s.audits)
			}
		})
		t.Run(p.path+" with the audit log down", func(t *testing.T) {
			h := newHouse()
			h.auditErr = errors.New("disk I/O error at /secret/audit.db")
			s := MustServe(t, h, web.Config{})
			err := ask(s)
			wantError(t, err, menshen.CodeUnavailable, "audit log")
			wantSilence(t, err, "secret")
			if i := slices.Index(h.events, "audit"); i < 0 || i != len(h.events)-1 {
				t.Errorf("something was done without a record: %v", h.events)
			}
		})
	}
}
