package bus

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"menshen"
)

// health keeps the conditions of a part. Safe for concurrent use.
type health struct {
	now func() time.Time

	mu   sync.Mutex
	list map[string]menshen.Condition
}

func newHealth(now func() time.Time) *health {
	return &health{now: now, list: map[string]menshen.Condition{}}
}

// set says that something is not well. Since stays as it was if it was not well before.
func (h *health) set(c menshen.Condition, cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.Since = h.now()
	if old, there := h.list[c.ID]; there {
		c.Since = old.Since
	}
	if cause != nil {
		c.Detail = cause.Error()
	}
	h.list[c.ID] = c
}

// clear says that it is well again.
func (h *health) clear(c menshen.Condition) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.list, c.ID)
}

// conditions gives what is not well, in the order of the ids.
func (h *health) conditions() []menshen.Condition {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []menshen.Condition
	for _, c := range h.list {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b menshen.Condition) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// The conditions that this package knows.

func busStalled() menshen.Condition {
	return menshen.Condition{
		ID: "bus-stalled", Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{ZH: "消息总线不接收通行记录，记录暂存于出入口", EN: "the message bus takes no passes; they wait at the gate"},
		Action:  menshen.Text{ZH: "请检查磁盘空间；系统会自动重启消息总线", EN: "check the disk's free space; the bus is started again by itself"},
	}
}

func passesNotCarried() menshen.Condition {
	return menshen.Condition{
		ID: "passes-not-carried", Severity: menshen.SeverityWarning,
		Meaning: menshen.Text{ZH: "通行记录未能送出，暂存于出入口，没有丢失", EN: "passes are not getting through; they wait at the gate and are not lost"},
		Action:  menshen.Text{ZH: "请检查消息总线与磁盘空间", EN: "check the message bus and the disk's free space"},
	}
}

func passesStuck() menshen.Condition {
	return menshen.Condition{
		ID: "passes-stuck", Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{ZH: "有通行记录无法送出，仍保存在出入口", EN: "some passes cannot be sent at all; they are still kept at the gate"},
		Action:  menshen.Text{ZH: "请保留数据文件夹并联系技术支持", EN: "keep the data folder and report it, with the log"},
	}
}

func passesNotCommitted() menshen.Condition {
	return menshen.Condition{
		ID: "passes-not-committed", Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{ZH: "通行记录未能写入数据库，没有丢失", EN: "passes cannot be written to the database; they are not lost"},
		Action:  menshen.Text{ZH: "请检查磁盘空间与数据库", EN: "check the disk's free space and the database"},
	}
}

func passesRefused() menshen.Condition {
	return menshen.Condition{
		ID: "passes-refused", Severity: menshen.SeverityWarning,
		Meaning: menshen.Text{ZH: "收到无法识别的通行记录，已拒收", EN: "passes arrived that cannot be read or kept, and were refused"},
		Action:  menshen.Text{ZH: "请查看日志，并检查各部分的软件版本是否一致", EN: "see the log, and check that all parts run the same version"},
	}
}
