package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"menshen"
	"menshen/models"
	"menshen/store"
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
	counts, err := v.pipeline.store.Counts(ctx)
	if err != nil {
		return nil, err
	}
	ended, due, err := v.oldCases(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := v.accounts.AllSessions(ctx)
	if err != nil {
		return nil, err
	}
	forEver := menshen.Text{ZH: "一直保留；目前没有自动删除", EN: "for ever; nothing removes them by itself yet"}
	cases := menshen.Text{ZH: fmt.Sprintf("结案或驳回后 %d 天", v.cfg.Tracing.CaseDays), EN: fmt.Sprintf("%d days after they were closed or refused", v.cfg.Tracing.CaseDays)}
	if v.cfg.Tracing.CaseDays == 0 {
		cases = menshen.Text{ZH: "一直保留", EN: "for ever"}
	}
	photographs := menshen.Text{ZH: "不保留：做成模板后立即丢弃", EN: "not at all: they are dropped once templates are made of them"}
	if v.cfg.Enrolment.KeepPhotographs {
		photographs = menshen.Text{ZH: "与本人的模板一同删除", EN: "until the templates of the person are removed"}
	}
	count := func(n int) uint64 { return uint64(max(n, 0)) }
	return []web.RetentionRule{
		{ID: "frames", What: menshen.Text{ZH: "摄像机画面", EN: "pictures of cameras"}, HowLong: menshen.Text{ZH: "不保留：只在内存中，识别后即丢弃", EN: "not at all: in memory alone, until recognised"}},
		{ID: "crops", What: menshen.Text{ZH: "门卫台的人脸小图", EN: "faces on the guards' page"}, HowLong: menshen.Text{ZH: "5 分钟，只在内存中", EN: "5 minutes, in memory alone"}},
		{ID: "templates", What: menshen.Text{ZH: "人脸模板", EN: "templates of faces"}, HowLong: menshen.Text{ZH: "到本人被移除为止", EN: "until the person is removed"}, Counted: true, Kept: count(counts.Templates)},
		{ID: "photographs", What: menshen.Text{ZH: "登记照片", EN: "photographs of enrolment"}, HowLong: photographs, Key: "enrolment.keep_photographs"},
		{ID: "passes", What: menshen.Text{ZH: "通行记录", EN: "passes"}, HowLong: forEver, Counted: true, Kept: count(counts.Passes)},
		{ID: "passes-at-hand", What: menshen.Text{ZH: "可供追查的通行记录", EN: "passes that can be traced"}, HowLong: menshen.Text{ZH: fmt.Sprintf("最近 %d 天", v.cfg.Tracing.Days), EN: fmt.Sprintf("the latest %d days", v.cfg.Tracing.Days)}, Key: "tracing.days"},
		{ID: "cases", What: menshen.Text{ZH: "已结案或驳回的病例", EN: "closed and refused cases"}, HowLong: cases, Key: "tracing.case_days", Counted: true, Kept: count(ended), Due: count(due)},
		{ID: "sessions", What: menshen.Text{ZH: "登录", EN: "sessions"}, HowLong: menshen.Text{ZH: "最长 7 天；无操作 30 分钟（门卫、物业 12 小时）后结束", EN: "7 days at most; 30 minutes without use (12 hours for guards and the office)"}, Counted: true, Kept: count(sessions)},
		{ID: "bus", What: menshen.Text{ZH: "消息总线中的通行记录", EN: "passes on the message bus"}, HowLong: menshen.Text{ZH: "最长 72 小时，最多 512 MB", EN: "72 hours and 512 MB at most"}},
		{ID: "audit", What: menshen.Text{ZH: "审计日志", EN: "the audit log"}, HowLong: menshen.Text{ZH: "一直保留，不可更改", EN: "for ever, and nobody changes it"}, Counted: true, Kept: count(counts.Audit)},
		{ID: "backups", What: menshen.Text{ZH: "备份", EN: "backups"}, HowLong: menshen.Text{ZH: "到有人删除为止；其中有备份当时的全部数据", EN: "until somebody deletes them; each holds all there was when it was made"}},
	}, nil
}

// oldCases counts the cases that have ended, and those of them that are old enough to be removed.
func (v operationView) oldCases(ctx context.Context) (ended, due int, err error) {
	before := time.Now().Add(-time.Duration(v.cfg.Tracing.CaseDays) * 24 * time.Hour)
	for _, state := range []menshen.CaseState{menshen.CaseClosed, menshen.CaseRefused} {
		for c, err := range v.pipeline.store.Cases(ctx, store.CaseFilter{State: state}) {
			if err != nil {
				return 0, 0, err
			}
			ended++
			last := slices.MaxFunc([]time.Time{c.Closed, c.Decided}, time.Time.Compare)
			if v.cfg.Tracing.CaseDays > 0 && last.Before(before) {
				due++
			}
		}
	}
	return ended, due, nil
}
