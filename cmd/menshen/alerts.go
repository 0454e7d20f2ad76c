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
	list []menshen.Alert // oldest first
}

// Bounds of the board.
const (
	alertLife = 24 * time.Hour
	maxAlerts = 100
)

// put shows an alert. One about the same subject, person or gate takes the place of an earlier one of its kind.
func (b *alertBoard) put(a menshen.Alert) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(o menshen.Alert) bool { return alertID(o) == alertID(a) })
	if b.list = append(b.list, a); len(b.list) > maxAlerts {
		b.list = b.list[len(b.list)-maxAlerts:]
	}
}

// conditions gives what is on the board.
func (b *alertBoard) conditions(now time.Time) (all []menshen.Condition) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = slices.DeleteFunc(b.list, func(a menshen.Alert) bool { return now.Sub(a.At) > alertLife })
	for _, a := range b.list {
		all = append(all, menshen.Condition{
			ID: alertID(a), Severity: menshen.SeverityWarning, Since: a.At, Meaning: a.Text, Audience: a.Audience,
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
	h.alerts.put(a)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := h.conn.PublishAlert(ctx, menshen.NewID(), outside(a)); err != nil { // it is shown in the status all the same
		h.log.Error("an alert could not be told outside", "kind", a.Kind, "error", err)
	}
}
