package web

import (
	"context"
	"path/filepath"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// operationService tells how Menshen itself runs. Nothing of it is about people, but a backup holds them all: making one is
// recorded first.
type operationService struct {
	operation Operation
	recorder  recorder
}

// ListModels gives the networks.
func (s operationService) ListModels(ctx context.Context, _ *connect.Request[menshenv1.ListModelsRequest]) (*connect.Response[menshenv1.ListModelsResponse], error) {
	setup, err := s.operation.Networks(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListModelsResponse{Engine: setup.Engine, Folder: setup.Folder}
	for _, n := range setup.Networks {
		m := &menshenv1.ModelState{
			Id: n.ID, Name: n.Name, State: n.State, What: proto.TextToWire(n.What), Licence: n.Licence, EvaluationOnly: n.EvaluationOnly, Bytes: n.Bytes,
			Sha256: n.SHA256, Source: n.Source, InUse: n.InUse,
		}
		for _, u := range n.Uses {
			m.Uses = append(m.Uses, &menshenv1.ModelUse{Engine: u[0], Role: u[1]})
		}
		res.Models = append(res.Models, m)
	}
	return connect.NewResponse(res), nil
}

// GetBus tells how the message bus runs.
func (s operationService) GetBus(ctx context.Context, _ *connect.Request[menshenv1.GetBusRequest]) (*connect.Response[menshenv1.GetBusResponse], error) {
	b, err := s.operation.BusState(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetBusResponse{
		Address: b.Address, Version: b.Version, Connections: int32(b.Connections), BytesIn: b.BytesIn, BytesOut: b.BytesOut, //nolint:gosec // connections
		SlowConsumers: b.SlowConsumers, StartedAt: timestamppb.New(b.Started), Outbox: b.Outbox,
	}
	for _, x := range b.Streams {
		stream := &menshenv1.BusStream{Name: x.Name, Messages: x.Messages, Bytes: x.Bytes, MaxBytes: x.MaxBytes, MaxAgeSeconds: int64(x.MaxAge.Seconds())}
		if x.Messages > 0 {
			stream.FirstAt, stream.LastAt = timestamppb.New(x.First), timestamppb.New(x.Last)
		}
		res.Streams = append(res.Streams, stream)
	}
	for _, x := range b.Consumers {
		res.Consumers = append(res.Consumers, &menshenv1.BusConsumer{Stream: x.Stream, Name: x.Name, Pending: x.Pending, Unacknowledged: x.Unacknowledged, Redelivered: x.Redelivered})
	}
	return connect.NewResponse(res), nil
}

// GetStorage tells what lies on the disk.
func (s operationService) GetStorage(ctx context.Context, _ *connect.Request[menshenv1.GetStorageRequest]) (*connect.Response[menshenv1.GetStorageResponse], error) {
	x, err := s.operation.Storage(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetStorageResponse{Folder: x.Folder, DiskBytes: x.Disk, FreeBytes: x.Free, WarnBelowBytes: x.WarnBelow, StopBelowBytes: x.StopBelow}
	for _, f := range x.Files {
		res.Files = append(res.Files, &menshenv1.StoredFile{Name: f.Name, What: proto.TextToWire(f.What), Bytes: f.Bytes})
	}
	return connect.NewResponse(res), nil
}

// ListRetention tells how long what is kept.
func (s operationService) ListRetention(ctx context.Context, _ *connect.Request[menshenv1.ListRetentionRequest]) (*connect.Response[menshenv1.ListRetentionResponse], error) {
	all, err := s.operation.Retention(ctx)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ListRetentionResponse{Rules: rulesToWire(all)}), nil
}

// RunRetention removes what is over its time. That somebody asked for it is recorded first, and the removal by itself.
func (s operationService) RunRetention(ctx context.Context, req *connect.Request[menshenv1.RunRetentionRequest]) (*connect.Response[menshenv1.RunRetentionResponse], error) {
	m := req.Msg
	if err := s.recorder.record(ctx, "retention.run", "", "", map[string]any{"dry_run": m.DryRun, "clock_is_right": m.ClockIsRight}); err != nil {
		return nil, err
	}
	all, err := s.operation.Age(ctx, callerOf(ctx).actor, m.DryRun, m.ClockIsRight)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RunRetentionResponse{Rules: rulesToWire(all)}), nil
}

func rulesToWire(all []RetentionRule) (rules []*menshenv1.RetentionRule) {
	for _, r := range all {
		m := &menshenv1.RetentionRule{
			Id: r.ID, What: proto.TextToWire(r.What), HowLong: proto.TextToWire(r.HowLong), Key: r.Key, Kept: r.Kept, Due: r.Due, Counted: r.Counted,
			Removed: r.Removed, Total: r.Total,
		}
		if !r.Looked.IsZero() {
			m.LookedAt = timestamppb.New(r.Looked)
		}
		rules = append(rules, m)
	}
	return rules
}

// GetAssessment gives what an impact assessment asks of the site. It tells of nobody, but who has it has the whole site before
// them: it is recorded.
func (s operationService) GetAssessment(ctx context.Context, _ *connect.Request[menshenv1.GetAssessmentRequest]) (*connect.Response[menshenv1.GetAssessmentResponse], error) {
	if err := s.recorder.record(ctx, "assessment.make", "", "", nil); err != nil {
		return nil, err
	}
	p, err := s.operation.Assessment(ctx)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.GetAssessmentResponse{Html: p.HTML, Json: p.JSON, Name: p.Name}), nil
}

func backupToWire(b Backup) *menshenv1.Backup {
	return &menshenv1.Backup{
		Name: b.Name, MadeAt: timestamppb.New(b.Made), Bytes: b.Bytes, Version: b.Version, By: b.By, People: b.People, Passes: b.Passes, Whole: b.Whole,
	}
}

// ListBackups lists those of the usual folder.
func (s operationService) ListBackups(ctx context.Context, _ *connect.Request[menshenv1.ListBackupsRequest]) (*connect.Response[menshenv1.ListBackupsResponse], error) {
	all, folder, err := s.operation.Backups(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListBackupsResponse{Folder: folder}
	for _, b := range all {
		res.Backups = append(res.Backups, backupToWire(b))
	}
	return connect.NewResponse(res), nil
}

// MakeBackup makes one. Who has an account names no folder: it might be one that others read.
func (s operationService) MakeBackup(ctx context.Context, req *connect.Request[menshenv1.MakeBackupRequest]) (*connect.Response[menshenv1.MakeBackupResponse], error) {
	const op = "web.backup"
	who, folder := callerOf(ctx), req.Msg.Folder
	if folder != "" && who.role != RoleOperator {
		return nil, menshen.Errorf(menshen.CodeDenied, op, "folder: only the terminal names one").WithHint("use menshen backup FOLDER on the machine")
	}
	if folder != "" && !filepath.IsAbs(folder) {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "folder: %q does not begin at the root", folder).WithHint("write the whole path")
	}
	if err := s.recorder.record(ctx, "backup.make", "", "", map[string]any{"folder": folder}); err != nil {
		return nil, err
	}
	b, path, err := s.operation.Backup(ctx, folder, who.actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.MakeBackupResponse{Backup: backupToWire(b), Path: path}), nil
}
