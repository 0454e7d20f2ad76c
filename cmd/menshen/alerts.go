package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"menshen"
)

// alertBoard shows alerts in the status for a while. Safe for concurrent use.
type alertBoard struct {
	mu   sync.Mutex
	list []shownAlert // oldest first
}

type shownAlert struct {
	menshen.Alert
	arrived time.Time
}

// Bounds of the board.
const (
	alertLife = 24 * time.Hour
	maxAlerts = 100
)

// put shows an alert that arrived now. Of two about the same subject, person or gate, and of one kind, the later one is shown:
// what a lost connection held back does not hide what came after it.
func (b *alertBoard) put(a menshen.Alert, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.list, func(o shownAlert) bool { return alertID(o.Alert) == alertID(a) && o.At.After(a.At) }) {
		return
	}
	b.list = slices.DeleteFunc(b.list, func(o shownAlert) bool { return alertID(o.Alert) == alertID(a) })
	if b.list = append(b.list, shownAlert{a, now}); len(b.list) > maxAlerts {
		b.list = b.list[len(b.list)-maxAlerts:]
	}
}

// conditions gives what is on the board.
func (b *alertBoard) conditions(now time.Time) (all []menshen.Condition) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(a shownAlert) bool { return now.Sub(a.arrived) > alertLife })
	for _, a := range b.list {
		all = append(all, menshen.Condition{
			ID: alertID(a.Alert), Severity: menshen.SeverityWarning, Since: a.At, Meaning: a.Text, Audience: a.Audience,
			Action: menshen.Text{ZH: "请立即处理；24 小时后不再显示", EN: "see to it now; it is shown for 24 hours"},
		})
	}
	return all
}

func alertID(a menshen.Alert) string {
	return string(a.Kind) + ":" + cmp.Or(a.Subject, a.Person, a.Gate)
}

// outside is what receivers beyond the roles of the API are told: of cases, that there is something to look at.
func outside(a menshen.Alert) menshen.Alert {
	if a.Audience == menshen.AudienceAll {
		return a
	}
	return menshen.Alert{Kind: a.Kind, Audience: a.Audience, At: a.At, Text: menshen.Text{
		ZH: "有一项病例事务需要处理，请用 menshen status 查看", EN: "something of a case is to be seen to: menshen status tells what",
	}}
}

// Alert implements office.Alerter.
func (h *hub) Alert(ctx context.Context, a menshen.Alert) {
	h.log.Warn("alert", "kind", a.Kind, "person", a.Person, "gate", a.Gate)
	h.alerts.put(a, time.Now())
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := h.conn.PublishAlert(ctx, menshen.NewID(), outside(a)); err != nil { // it is shown in the status all the same
		h.log.Error("an alert could not be told outside", "kind", a.Kind, "error", err)
	}
}
