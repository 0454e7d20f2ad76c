package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/proto"
)

const (
	reportEvery = time.Second
	postSilence = 10 * time.Second // without a report for so long, a post is not well
)

// report tells the hub once a second how the post is, until ctx ends.
func (l *postLink) report(ctx context.Context, conn *bus.Conn) error {
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for {
		_ = conn.PublishReport(l.post.report(ctx)) // one that is lost is told by the hub's silence
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// report says how the post is: well where nothing critical is wrong.
func (p *post) report(ctx context.Context) menshen.Report {
	r := menshen.Report{
		Component: proto.PostComponent(p.id), At: time.Now(), OK: true,
		Figures: map[string]float64{"reviews_waiting": float64(len(p.controller.Reviews("")))},
	}
	if waiting, err := p.outbox.Len(ctx); err == nil {
		r.Figures["outbox_waiting"] = float64(waiting)
	} else if ctx.Err() == nil {
		r.OK = false
		r.Message, r.Hint = menshen.ErrorMessage(err)
	}
	all := p.conditions()
	if i := slices.IndexFunc(all, func(c menshen.Condition) bool { return c.Severity == menshen.SeverityCritical }); i >= 0 {
		r.OK, r.Message, r.Hint = false, all[i].Meaning.EN, all[i].Action.EN
	}
	return r
}

// postBoard remembers the last report of every post, by when it came: the clocks of posts are their own. The zero value is
// ready. Safe for concurrent use.
type postBoard struct {
	mu   sync.Mutex
	last map[string]postWord // by component
}

type postWord struct {
	report  menshen.Report
	heard   time.Time
	trouble time.Time // since when it has not been well; zero while it is
}

// hear takes a report that came at a time. Those of other components are none of its business.
func (b *postBoard) hear(r menshen.Report, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last == nil {
		b.last = map[string]postWord{}
	}
	w := postWord{report: r, heard: at}
	if !r.OK {
		w.trouble = cmp.Or(b.last[r.Component].trouble, at)
	}
	b.last[r.Component] = w
}

// conditions says which of the posts are silent or in trouble. started is since when they could have been heard.
func (b *postBoard) conditions(posts []string, started, now time.Time) (all []menshen.Condition) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range posts {
		w := b.last[proto.PostComponent(id)]
		heard := cmp.Or(w.heard, started)
		switch {
		case now.Sub(heard) >= postSilence:
			all = append(all, menshen.Condition{
				ID: "post-silent:" + id, Severity: menshen.SeverityCritical, Since: heard,
				Meaning: menshen.Text{ZH: fmt.Sprintf("岗亭 %s 没有消息，它的通行记录暂时不会送达", id), EN: fmt.Sprintf("post %s is silent: its passes do not arrive for now", id)},
				Action:  menshen.Text{ZH: "检查岗亭的电源、网络和 menshen post 进程；它与中心断开时会自行判定", EN: "check its power, its network and menshen post there; cut off, it decides by itself"},
			})
		case !w.trouble.IsZero():
			all = append(all, menshen.Condition{
				ID: "post-trouble:" + id, Severity: menshen.SeverityCritical, Since: w.trouble, Detail: w.report.Message,
				Meaning: menshen.Text{ZH: fmt.Sprintf("岗亭 %s 有严重问题", id), EN: fmt.Sprintf("post %s has serious trouble", id)},
				Action:  menshen.Text{ZH: "在岗亭运行 menshen status 查看详情和处理办法", EN: cmp.Or(w.report.Hint, "run menshen status at the post")},
			})
		}
	}
	return all
}
