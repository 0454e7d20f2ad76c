package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// Networks implements web.Operation.
func (h *house) Networks(context.Context) (web.NetworkSetup, error) {
	return web.NetworkSetup{Engine: "opencv", Networks: []web.Network{{ID: "yunet", State: "present", InUse: true, Uses: [][2]string{{"opencv", "detector"}}}}}, h.did("networks")
}

// BusState implements web.Operation.
func (h *house) BusState(context.Context) (web.BusState, error) {
	return web.BusState{Version: "2", Started: now, Streams: []web.BusStream{{Name: "PASSES-test", Messages: 3, First: now, Last: now}}}, h.did("bus")
}

// Storage implements web.Operation.
func (h *house) Storage(context.Context) (web.Storage, error) {
	return web.Storage{Folder: "/data", Disk: 10, Free: 5}, h.did("storage")
}

// Retention implements web.Operation.
func (h *house) Retention(context.Context) ([]web.RetentionRule, error) {
	return []web.RetentionRule{{ID: "cases", Key: "tracing.case_days", Counted: true, Kept: 3, Due: 1}}, h.did("retention")
}

// Age implements web.Operation.
func (h *house) Age(_ context.Context, by string, dryRun, clockRight bool) ([]web.RetentionRule, error) {
	return []web.RetentionRule{{ID: "visits", Counted: true, Kept: 3, Due: 1, Looked: now, Removed: 2, Total: 5}}, h.did(fmt.Sprintf("age %s %v %v", by, dryRun, clockRight))
}

// Assessment implements web.Operation.
func (h *house) Assessment(context.Context) (web.Pack, error) {
	return web.Pack{Name: "assessment", HTML: []byte("<p>"), JSON: []byte("{}")}, h.did("assessment")
}

// Backups implements web.Operation.
func (h *house) Backups(context.Context) ([]web.Backup, string, error) {
	return []web.Backup{{Name: "menshen-20260315T080000Z", Made: now, Whole: true}}, "/data/backups", h.did("backups")
}

// Backup implements web.Operation.
func (h *house) Backup(_ context.Context, folder, by string) (web.Backup, string, error) {
	return web.Backup{Name: "menshen-x", Made: now, By: by, Whole: true}, folder + "/menshen-x", h.did("backup")
}

// operationQuestions has a valid call of every procedure of the operation that is recorded.
var operationQuestions = map[string]func(s *served) error{
	menshenv1connect.OperationServiceMakeBackupProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.MakeBackupRequest]) (*connect.Response[menshenv1.MakeBackupResponse], error) {
		return s.client.Operation.MakeBackup
	}, &menshenv1.MakeBackupRequest{}),
	menshenv1connect.OperationServiceRunRetentionProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RunRetentionRequest]) (*connect.Response[menshenv1.RunRetentionResponse], error) {
		return s.client.Operation.RunRetention
	}, &menshenv1.RunRetentionRequest{}),
	menshenv1connect.OperationServiceGetAssessmentProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.GetAssessmentRequest]) (*connect.Response[menshenv1.GetAssessmentResponse], error) {
		return s.client.Operation.GetAssessment
	}, &menshenv1.GetAssessmentRequest{}),
}

func TestABackupIsRecordedFirst(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	res, err := s.client.Operation.MakeBackup(t.Context(), connect.NewRequest(&menshenv1.MakeBackupRequest{Folder: "/elsewhere"}))
	if err != nil || res.Msg.Path != "/elsewhere/menshen-x" || strings.Join(h.events, " ") != "audit backup" || h.audits[0].Action != "backup.make" {
		t.Errorf("%v, %v, %v", res, err, h.events)
	}
	_, err = s.client.Operation.MakeBackup(t.Context(), connect.NewRequest(&menshenv1.MakeBackupRequest{Folder: "elsewhere"}))
	wantError(t, err, menshen.CodeInvalid, "begin at the root")
	operator := s.MustSignIn(t, "operator", menshen.AccountOperator)
	if state, body, _ := s.ask(t, operator, "OperationService/MakeBackup", `{"folder":"/tmp"}`); state != 403 {
		t.Errorf("an account names a folder: %d %s", state, body)
	}
	if state, body, _ := s.ask(t, operator, "OperationService/MakeBackup", "{}"); state != 200 || !strings.Contains(body, "account@operator") {
		t.Errorf("a backup of an operator: %d %s", state, body)
	}
}

func TestRetentionIsRunOnRequest(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	res, err := s.client.Operation.RunRetention(t.Context(), connect.NewRequest(&menshenv1.RunRetentionRequest{ClockIsRight: true}))
	if err != nil || strings.Join(h.events, " ") != "audit age operator@terminal false true" || h.audits[0].Action != "retention.run" {
		t.Fatalf("%v, %v, %v", res, err, h.events)
	}
	if r := res.Msg.Rules[0]; r.Id != "visits" || r.Removed != 2 || r.Total != 5 || !r.LookedAt.AsTime().Equal(now) {
		t.Errorf("%v", r)
	}
}

func TestCheckpointIsTakenAway(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	for _, c := range []struct {
		export bool
		events string
	}{{false, "checkpoint audit page"}, {true, "audit checkpoint audit page"}} {
		h.events = nil
		res, err := s.client.Audit.GetCheckpoint(t.Context(), connect.NewRequest(&menshenv1.GetCheckpointRequest{Export: c.export}))
		if err != nil || strings.Join(h.events, " ") != c.events || !res.Msg.Verified || res.Msg.Size != 7 || res.Msg.Note == "" || len(res.Msg.SentTo) != 1 {
			t.Errorf("%v, %v, %v", res, err, h.events)
		}
	}
}
