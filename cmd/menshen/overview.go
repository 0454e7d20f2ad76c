package main

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"menshen"
	"menshen/web"
)

// overview answers what the site is and how everything is.
type overview struct{ *hub }

// Site implements web.Overview.
func (o overview) Site(context.Context) (menshen.Site, error) { return o.site, nil }

// Status implements web.Overview.
func (o overview) Status(ctx context.Context) (web.Status, error) {
	counts, err := o.pipeline.store.Counts(ctx)
	if err != nil {
		return web.Status{}, err
	}
	waiting, err := o.pipeline.outbox.Len(ctx)
	if err != nil {
		return web.Status{}, err
	}
	return web.Status{
		Conditions: append(append(o.conditions(), setAside(counts.SetAside, o.started)...), manyFaces(counts.Faces, o.started)...), Cameras: o.cameraStatuses(),
		People: uint64(counts.People), Templates: uint64(counts.Templates), Passes: uint64(counts.Passes), Outbox: uint64(waiting),
	}, nil
}

// conditions joins what every part has to say.
func (h *hub) conditions() []menshen.Condition {
	all := append(h.controller.Conditions(), h.pipeline.server.Conditions()...)
	all = append(all, h.tls.conditions("menshen certificate renew")...)
	all = append(all, h.events.conditions()...)
	all = append(all, h.calibration.Conditions()...)
	all = append(all, h.alerts.conditions(time.Now())...)
	all = append(all, h.pipeline.relay.Conditions()...)
	all = append(all, h.pipeline.consumer.Conditions()...)
	var posts []string
	for _, p := range h.cfg.Posts {
		posts = append(posts, p.ID)
	}
	all = append(all, h.posts.conditions(posts, h.started, time.Now())...)
	for _, c := range h.children {
		if cond, ok := c.condition(h.chinese); !ok {
			all = append(all, cond)
		}
	}
	if cond, ok := h.isolation.condition(h.children, time.Now()); !ok {
		all = append(all, cond)
	}
	if h.noEngine != nil {
		message, hint := menshen.ErrorMessage(h.noEngine)
		all = append(all, menshen.Condition{
			ID: "networks-missing", Severity: menshen.SeverityWarning, Since: h.started, Detail: message,
			Meaning: menshen.Text{ZH: "缺少识别模型，无法登记和识别人脸", EN: "the networks are missing: faces can be neither enrolled nor recognised"},
			Action:  menshen.Text{ZH: "运行 menshen models fetch，然后重启", EN: hint + ", then start again"},
		})
	}
	if h.engine.EvaluationOnly {
		all = append(all, menshen.Condition{
			ID: "evaluation-network", Severity: menshen.SeverityWarning, Since: h.started, Meaning: h.engine.Warning,
			Action: menshen.Text{ZH: "运行 menshen models fetch，重新启动，再重新登记", EN: "run menshen models fetch, start Menshen again, then enrol again"},
		})
	}
	if n := h.gallery.Bare.People() - h.gallery.Masked.People(); n > 0 && h.knowsMasks() {
		all = append(all, menshen.Condition{
			ID: "masked-templates-missing", Severity: menshen.SeverityWarning, Since: h.started,
			Meaning: menshen.Text{
				ZH: fmt.Sprintf("有 %d 人没有“遮挡”模板，戴口罩时认不出来", n),
				EN: fmt.Sprintf("%d people have no template for covered faces: in a mask they are not recognised", n),
			},
			Action: menshen.Text{ZH: "menshen templates list 列出是谁；有照片的运行 menshen templates renew，其余的补一张照片", EN: "menshen templates list says who; run menshen templates renew for those with photographs kept, add one of each of the others"},
		})
	}
	if n := h.otherTemplates; n > 0 {
		all = append(all, menshen.Condition{
			ID: "templates-of-another-engine", Severity: menshen.SeverityCritical, Since: h.started,
			Meaning: menshen.Text{ZH: "有人脸模板属于其他引擎或模型，这些人无法被识别", EN: "some templates are of another engine or network: those people are not recognised"},
			Action:  menshen.Text{ZH: "换回原来的引擎；或运行 menshen templates renew，其余的人重新登记", EN: "go back to the former engine; or run menshen templates renew, and enrol the others again"},
		})
	}
	all = append(all, h.keeper.Conditions()...)
	all = append(all, h.checkpoints.conditions()...)
	return append(all, h.disk.conditions(h.data.path)...)
}

// setAside says that passes lie beside the log.
func setAside(passes int, since time.Time) []menshen.Condition {
	if passes == 0 {
		return nil
	}
	return []menshen.Condition{{
		ID: "passes-set-aside", Severity: menshen.SeverityCritical, Since: since,
		Meaning: menshen.Text{
			ZH: fmt.Sprintf("有 %d 条通行记录与已有记录编号相同，未进入通行记录，追踪看不到它们", passes),
			EN: fmt.Sprintf("%d passes have numbers that other passes had before: they are kept, but not in the pass log, and tracing does not see them", passes),
		},
		Action: menshen.Text{
			ZH: "多半是某个门的 gate.db 由旧备份恢复所致；记录保存在 site.db 的 set_aside 表中，请人工核对",
			EN: "most likely an old gate.db was put back; look at them in the table set_aside of site.db",
		},
	}}
}

const (
	filingFrom  = 100_000 // people whose faces are kept: then the site is to be filed within 30 working days
	filingNears = 80_000
)

// manyFaces says that the number of people whose faces are kept nears, or has reached, the one from which the law asks for a filing.
func manyFaces(people int, since time.Time) []menshen.Condition {
	switch {
	case people >= filingFrom:
		return []menshen.Condition{{
			ID: "faces-to-be-filed", Severity: menshen.SeverityCritical, Since: since,
			Meaning: menshen.Text{
				ZH: fmt.Sprintf("存有 %d 人的人脸信息，已达 10 万人：按《人脸识别技术应用安全管理办法》须在 30 个工作日内向所在地省级以上网信部门备案", people),
				EN: fmt.Sprintf("the faces of %d people are kept, 100,000 or more: the Measures for face recognition ask for a filing with the provincial cyberspace administration within 30 working days", people),
			},
			Action: menshen.Text{
				ZH: "办理备案；运行 menshen assessment 生成影响评估材料；删除不再需要的模板",
				EN: "file it; menshen assessment makes the papers for the impact assessment; remove templates that are not needed any more",
			},
		}}
	case people >= filingNears:
		return []menshen.Condition{{
			ID: "faces-near-filing", Severity: menshen.SeverityWarning, Since: since,
			Meaning: menshen.Text{
				ZH: fmt.Sprintf("存有 %d 人的人脸信息，接近 10 万人：达到后须在 30 个工作日内备案", people),
				EN: fmt.Sprintf("the faces of %d people are kept: from 100,000 on the site must be filed within 30 working days", people),
			},
			Action: menshen.Text{
				ZH: "提前准备备案材料（menshen assessment）；删除不再需要的模板，缩短 retention.templates",
				EN: "prepare the filing (menshen assessment); remove templates that are not needed any more, or set retention.templates to less",
			},
		}}
	}
	return nil
}

// diskWatch remembers since when the disk is nearly full. Safe for concurrent use.
type diskWatch struct {
	mu    sync.Mutex
	since time.Time
}

func (w *diskWatch) conditions(path string) []menshen.Condition {
	w.mu.Lock()
	defer w.mu.Unlock()
	cond, ok := diskCondition(path)
	if ok {
		w.since = time.Time{}
		return nil
	}
	if w.since.IsZero() {
		w.since = cond.Since
	}
	cond.Since = w.since
	return []menshen.Condition{cond}
}

// lowDisk is how much free space there must be.
const lowDisk = 512 << 20

// diskSpace gives the size of the disk of a path, and what of it is free for Menshen.
func diskSpace(path string) (all, free uint64, err error) {
	var s syscall.Statfs_t
	err = syscall.Statfs(path, &s)
	return s.Blocks * uint64(max(s.Bsize, 0)), s.Bavail * uint64(max(s.Bsize, 0)), err
}

func diskCondition(path string) (cond menshen.Condition, ok bool) {
	if _, free, err := diskSpace(path); err != nil || free >= lowDisk {
		return menshen.Condition{}, true
	}
	return menshen.Condition{
		ID: "disk-low", Severity: menshen.SeverityCritical, Since: time.Now(),
		Meaning: menshen.Text{ZH: "数据盘剩余空间不足", EN: "the disk of the data folder is nearly full"},
		Action:  menshen.Text{ZH: "释放空间；磁盘写满后不再自动放行", EN: "free space: once it is full, nobody is let in by face"},
	}, false
}
