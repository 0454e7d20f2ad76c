package web_test

import (
	"context"
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
