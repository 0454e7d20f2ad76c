package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"menshen"
	"menshen/models"
	"menshen/retention"
	"menshen/web"
)

// operationView tells operators how Menshen runs.
type operationView struct{ *hub }

// size writes a number of bytes.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f kB", float64(bytes)/(1<<10))
}

// Networks implements web.Operation.
func (v operationView) Networks(ctx context.Context) (web.NetworkSetup, error) {
	shelf, err := openModels(v.cfg.ModelsFolder())
	if err != nil {
		return web.NetworkSetup{}, err
	}
	all, err := shelf.List(ctx)
	if err != nil {
		return web.NetworkSetup{}, err
	}
	used := map[string]bool{}
	for _, l := range []models.Located{v.engine.Detector, v.engine.Landmarks, v.engine.Embedder} {
		used[l.File.ID] = true
	}
	setup := web.NetworkSetup{Engine: v.cfg.Engine.Name, Folder: shelf.Folder()}
	for _, s := range all {
		n := web.Network{
			ID: s.File.ID, Name: s.File.Name, State: string(s.State), What: s.File.What, Licence: s.File.Licence, Source: s.File.Origin, SHA256: s.SHA256,
			EvaluationOnly: s.File.Use == models.EvaluationOnly, Bytes: s.File.Size, InUse: s.File.ID != "" && used[s.File.ID],
		}
		for _, u := range s.File.UsedBy {
			n.Uses = append(n.Uses, [2]string{u.Engine, string(u.Role)})
		}
		if s.State == models.Unlisted {
			n.Name = filepath.Base(s.Path)
		}
		setup.Networks = append(setup.Networks, n)
	}
	return setup, nil
}

// BusState implements web.Operation.
func (v operationView) BusState(ctx context.Context) (web.BusState, error) {
	s, err := v.pipeline.server.State()
	if err != nil {
		return web.BusState{}, err
	}
	waiting, err := v.pipeline.outbox.Len(ctx)
	if err != nil {
		return web.BusState{}, err
	}
	out := web.BusState{
		Address: v.pipeline.server.URL(), Version: s.Version, Started: s.Started, Connections: s.Connections, BytesIn: s.BytesIn, BytesOut: s.BytesOut,
		SlowConsumers: s.SlowConsumers, Outbox: uint64(max(waiting, 0)),
	}
	for _, x := range s.Streams {
		out.Streams = append(out.Streams, web.BusStream{Name: x.Name, Messages: x.Messages, Bytes: x.Bytes, MaxBytes: x.MaxBytes, MaxAge: x.MaxAge, First: x.First, Last: x.Last})
		for _, c := range x.Consumers {
			out.Consumers = append(out.Consumers, web.BusConsumer{Stream: x.Name, Name: c.Name, Pending: c.Pending, Unacknowledged: c.Unacknowledged, Redelivered: c.Redelivered})
		}
	}
	return out, nil
}

// gateReserve is what must be free for the outbox to take passes; see sqlite.Options.
const gateReserve = 64 << 20

// Storage implements web.Operation.
func (v operationView) Storage(context.Context) (web.Storage, error) {
	s := web.Storage{Folder: filepath.Dir(v.backupsFolder()), WarnBelow: lowDisk, StopBelow: gateReserve}
	var err error
	if s.Disk, s.Free, err = diskSpace(v.data.path); err != nil {
		return s, diskError("cmd.storage", v.data.path, err)
	}
	for _, f := range []struct {
		name string
		what menshen.Text
	}{
		{"site.db", menshen.Text{ZH: "人员、人脸模板、通行记录、审计日志", EN: "people, templates, pass log, audit log"}},
		{"gate.db", menshen.Text{ZH: "待确认的通行记录（发件箱）", EN: "passes that are not confirmed yet (the outbox)"}},
		{"nats", menshen.Text{ZH: "途中的通行记录（消息总线）", EN: "passes on their way (the message bus)"}},
		{backupsFolder, menshen.Text{ZH: "备份", EN: "backups"}},
	} {
		var bytes int64
		names, err := filepath.Glob(v.data.file(f.name) + "*") // a database with its write-ahead log
		if err != nil {
			return s, err
		}
		for _, name := range names {
			n, err := sizeOf(name)
			if err != nil {
				return s, diskError("cmd.storage", name, err)
			}
			bytes += n
		}
		s.Files = append(s.Files, web.StoredFile{Name: f.name, What: f.what, Bytes: bytes})
	}
	return s, nil
}

// sizeOf sums the files of a path. What goes away meanwhile counts nothing.
func sizeOf(path string) (sum int64, err error) {
	err = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return gone(err)
		}
		info, err := d.Info()
		if err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return gone(err)
	})
	return sum, err
}

func gone(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Retention implements web.Operation.
func (v operationView) Retention(ctx context.Context) ([]web.RetentionRule, error) {
	classes, err := v.keeper.Counts(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := v.accounts.AllSessions(ctx)
	if err != nil {
		return nil, err
	}
	count := func(n int) uint64 { return uint64(max(n, 0)) }
	all := []web.RetentionRule{
		{ID: "frames", What: menshen.Text{ZH: "摄像机画面", EN: "pictures of cameras"}, HowLong: menshen.Text{ZH: "不保留：只在内存中，识别后即丢弃", EN: "not at all: in memory alone, until recognised"}},
		{ID: "crops", What: menshen.Text{ZH: "门卫台的人脸小图", EN: "faces on the guards' page"}, HowLong: menshen.Text{ZH: "5 分钟，只在内存中", EN: "5 minutes, in memory alone"}},
	}
	if !v.cfg.Enrolment.KeepPhotographs {
		all = append(all, web.RetentionRule{
			ID: "photographs", What: menshen.Text{ZH: "登记照片", EN: "photographs of enrolment"}, Key: "enrolment.keep_photographs",
			HowLong: menshen.Text{ZH: "不保留：做成模板后立即丢弃", EN: "not at all: they are dropped once templates are made of them"},
		})
	}
	for _, c := range classes {
		all = append(all, classRule(c))
	}
	return append(all,
		web.RetentionRule{ID: "passes-at-hand", What: menshen.Text{ZH: "可供追查的通行记录", EN: "passes that can be traced"}, HowLong: menshen.Text{ZH: fmt.Sprintf("最近 %d 天", v.cfg.Tracing.Days), EN: fmt.Sprintf("the latest %d days", v.cfg.Tracing.Days)}, Key: "tracing.days"},
		web.RetentionRule{ID: "sessions", What: menshen.Text{ZH: "登录", EN: "sessions"}, HowLong: menshen.Text{ZH: "最长 7 天；无操作 30 分钟（门卫、物业 12 小时）后结束", EN: "7 days at most; 30 minutes without use (12 hours for guards and the office)"}, Counted: true, Kept: count(sessions)},
		web.RetentionRule{ID: "bus", What: menshen.Text{ZH: "消息总线中的通行记录", EN: "passes on the message bus"}, HowLong: menshen.Text{ZH: "最长 72 小时，最多 512 MB", EN: "72 hours and 512 MB at most"}},
	), nil
}

// Age implements web.Operation.
func (v operationView) Age(ctx context.Context, by string, dryRun, clockRight bool) (all []web.RetentionRule, err error) {
	if clockRight && !dryRun {
		if err := v.keeper.Believe(ctx, by); err != nil {
			return nil, err
		}
	}
	var classes []retention.Count
	if dryRun {
		classes, err = v.keeper.Counts(ctx)
	} else {
		classes, err = v.keeper.Run(ctx, by)
	}
	for _, c := range classes {
		all = append(all, classRule(c))
	}
	return all, err
}

// classRule tells of a class as the pages do.
func classRule(c retention.Count) web.RetentionRule {
	what, from := c.Class.Text()
	return web.RetentionRule{
		ID: string(c.Class), What: what, Key: c.Key, Counted: true, Kept: uint64(max(c.Kept, 0)), Due: uint64(max(c.Due, 0)),
		HowLong: menshen.Text{ZH: fmt.Sprintf("%s %d 天", from.ZH, c.Days), EN: fmt.Sprintf("%d days %s", c.Days, from.EN)},
		Looked:  c.At, Removed: uint64(max(c.Removed, 0)), Total: uint64(max(c.Total, 0)),
	}
}
