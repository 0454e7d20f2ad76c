package calibration

import (
	"fmt"
	"strings"

	"menshen"
)

// Conditions lists what is not well with the thresholds. Look-alikes are named by their ids.
func (k *Keeper) Conditions() []menshen.Condition {
	k.mu.Lock()
	defer k.mu.Unlock()
	var all []menshen.Condition
	if k.failure != nil {
		all = append(all, menshen.Condition{
			ID: "calibration-failed", Severity: menshen.SeverityWarning, Since: k.failing, Detail: k.failure.Error(),
			Meaning: menshen.Text{
				ZH: "识别阈值无法随人脸库更新，仍使用之前的阈值；新登记的相似人员可能没有单独的阈值",
				EN: "the thresholds do not follow the gallery: the former ones are in use, and look-alikes enrolled since may lack theirs",
			},
			Action: menshen.Text{ZH: "每分钟自动重试；请检查磁盘和日志，也可运行 menshen calibrate", EN: "it is tried again each minute; see disk and log, or run menshen calibrate"},
		})
	}
	if !k.due.IsZero() {
		all = append(all, menshen.Condition{
			ID: "calibration-outgrown", Severity: menshen.SeverityWarning, Since: k.due,
			Meaning: outgrown(k.current, k.deps.Gallery.People()),
			Action:  menshen.Text{ZH: "无需处理；若一直不消失，请运行 menshen calibrate 并查看日志", EN: "nothing; if it stays, run menshen calibrate and see the log"},
		})
	}
	if pairs := k.alike.Pairs(k.current.Known); len(pairs) > 0 {
		all = append(all, menshen.Condition{
			ID: "look-alikes", Severity: menshen.SeverityWarning, Since: k.alikeSince, Detail: list(pairs),
			Meaning: menshen.Text{
				ZH: fmt.Sprintf("有 %d 对已登记人员长相太接近，识别阈值分不开；对他们使用更严的阈值，可能更常需要保安核对", len(pairs)),
				EN: fmt.Sprintf("%d pairs of people enrolled look too much alike for the threshold: stricter ones count for them, and a guard is asked more often", len(pairs)),
			},
			Action: menshen.Text{
				ZH: "运行 menshen calibrate --dry-run 查看是谁；若是同一人登记了两次，请删除其中一个；若是双胞胎等，请为两人各补几张清晰照片",
				EN: "see who they are with menshen calibrate --dry-run; remove one where somebody is enrolled twice; for twins and the like add clear photographs of both",
			},
		})
	}
	return all
}

func outgrown(c menshen.Calibration, people int) menshen.Text {
	if c.At.IsZero() {
		return menshen.Text{
			ZH: fmt.Sprintf("识别阈值尚未按本小区的 %d 人校准，正在校准", people),
			EN: fmt.Sprintf("the thresholds have not been calibrated with the %d people enrolled yet; they are being calibrated", people),
		}
	}
	return menshen.Text{
		ZH: fmt.Sprintf("识别阈值是按 %d 人校准的，现有 %d 人，正在重新校准", c.People, people),
		EN: fmt.Sprintf("the thresholds were calibrated with %d people, there are %d now; they are being calibrated anew", c.People, people),
	}
}

// listed is how many pairs a condition names.
const listed = 5

func list(pairs []Pair) string {
	var words []string
	for _, p := range pairs[:min(len(pairs), listed)] {
		words = append(words, fmt.Sprintf("%s ~ %s (%.3f)", p.A, p.B, p.Distance))
	}
	if len(pairs) > listed {
		words = append(words, "…")
	}
	return strings.Join(words, ", ")
}
