package webhook

import (
	"time"

	"menshen"
)

// When a hook is not well.
const (
	failingAfter = 3              // failures in a row
	asideShown   = 24 * time.Hour // how long an event that was set aside shows
)

// Conditions gives what is not well with the receiver.
func (h *Hook) Conditions() []menshen.Condition {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []menshen.Condition
	switch {
	case !h.gone.IsZero():
		all = append(all, menshen.Condition{
			ID: "webhook-failing:" + h.cfg.ID, Severity: menshen.SeverityCritical, Since: h.gone, Detail: "410 Gone",
			Meaning: menshen.Text{ZH: "网络回调 " + h.cfg.ID + " 的接收方已永久关闭，不再发送", EN: "the receiver of webhook " + h.cfg.ID + " says that it is gone for good; nothing is sent any more"},
			Action:  menshen.Text{ZH: "请从配置中删除该回调；若接收方已恢复，请重启服务", EN: "remove the webhook from the configuration; if the receiver is back, start the service again"},
		})
	case h.failures >= failingAfter:
		all = append(all, menshen.Condition{
			ID: "webhook-failing:" + h.cfg.ID, Severity: menshen.SeverityWarning, Since: h.since, Detail: h.why,
			Meaning: menshen.Text{ZH: "网络回调 " + h.cfg.ID + " 的接收方不接收事件，事件按顺序等待", EN: "the receiver of webhook " + h.cfg.ID + " does not take events; they wait, in order"},
			Action:  menshen.Text{ZH: "请检查接收方的地址、密钥和网络；超过 72 小时的事件会丢失", EN: "check the receiver's address, secret and network; events older than 72 hours are lost"},
		})
	}
	if !h.refused.IsZero() && h.clock().Sub(h.refused) < asideShown {
		all = append(all, menshen.Condition{
			ID: "webhook-refused:" + h.cfg.ID, Severity: menshen.SeverityWarning, Since: h.refused,
			Meaning: menshen.Text{ZH: "网络回调 " + h.cfg.ID + " 的接收方拒收了事件，已跳过", EN: "the receiver of webhook " + h.cfg.ID + " refused an event, which was set aside"},
			Action:  menshen.Text{ZH: "请在日志中查看被跳过的事件，并查看接收方拒收的原因", EN: "see the log for the event, and the receiver for why it refused it"},
		})
	}
	return all
}
