package access

import (
	"cmp"
	"slices"
	"time"

	"menshen"
)

// Conditions lists what is not well now, in order of their ids. Safe for concurrent use.
func (c *Controller) Conditions() []menshen.Condition {
	now := c.deps.Clock()
	all := c.notices.list(now)
	if full, ok := c.recordsCondition(now); ok {
		all = append(all, full)
	}
	for _, g := range c.gates {
		all = append(all, g.doorman.conditions()...)
	}
	slices.SortFunc(all, func(a, b menshen.Condition) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// recordsCondition joins the trouble of all gates with the records into one condition: they share the records.
func (c *Controller) recordsCondition(now time.Time) (menshen.Condition, bool) {
	var since time.Time
	detail := ""
	for _, g := range c.gates {
		if t := g.writer.trouble(now); t.bad && (since.IsZero() || t.since.Before(since)) {
			since, detail = t.since, t.detail
		}
	}
	return menshen.Condition{
		ID:       "records-full",
		Severity: menshen.SeverityCritical,
		Meaning:  menshen.Text{ZH: "通行记录无法保存，已暂停自动放行", EN: "passes cannot be kept; automatic entry is suspended"},
		Action: menshen.Text{
			ZH: "请保安人工放行；请运维人员清理磁盘空间或检查数据库，恢复后会自动补存，期间请勿重启服务",
			EN: "let a guard decide; free disk space or check the database; waiting passes are kept by themselves afterwards, so do not restart before",
		},
		Since:  since,
		Detail: detail,
	}, !since.IsZero()
}

func doorCondition(gate menshen.Gate, since time.Time, detail string) menshen.Condition {
	return menshen.Condition{
		ID:       "door-failing:" + gate.ID,
		Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{
			ZH: gateName(gate, "zh") + "的门没有响应开门指令",
			EN: "the door at " + gateName(gate, "en") + " does not answer the command to open",
		},
		Action: menshen.Text{
			ZH: "请保安用钥匙或按钮开门，并检查门禁控制器的电源和网络",
			EN: "open by key or button; check power and network of the door controller",
		},
		Since:  since,
		Detail: detail,
	}
}

// gateName gives what people call a gate.
func gateName(g menshen.Gate, lang string) string { return cmp.Or(g.Name.In(lang), g.ID) }

func unknownCameraCondition() menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityWarning,
		Meaning: menshen.Text{
			ZH: "收到未配置摄像机的人脸，已忽略",
			EN: "faces come from a camera that is not configured; they are ignored",
		},
		Action: menshen.Text{
			ZH: "请在配置中添加该摄像机及其出入口和方向，或停用该摄像机",
			EN: "add the camera with its gate and direction to the configuration, or stop it",
		},
	}
}

func wrongEngineCondition(detail string) menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{
			ZH: "人脸特征与人脸库的引擎不一致，无法比对，无人会被自动放行",
			EN: "faces are made by another engine than the enrolled templates; nobody is recognised or let in",
		},
		Action: menshen.Text{
			ZH: "请让识别进程使用与人脸库相同的引擎和模型，或用新引擎重新登记",
			EN: "run the recognizers with the engine and model of the templates, or enrol again with the new engine",
		},
		Detail: detail,
	}
}

func lateFacesCondition(detail string) menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{
			ZH: "人脸到达太晚或时钟不一致，已忽略，以免误开门",
			EN: "faces come too late, or clocks differ; they are ignored so that no door opens late",
		},
		Action: menshen.Text{
			ZH: "请检查识别进程是否过载，以及各机器的时间是否同步",
			EN: "check whether the recognizers are overloaded and whether the machines' clocks agree",
		},
		Detail: detail,
	}
}

func searchCondition(detail string) menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityCritical,
		Meaning:  menshen.Text{ZH: "人脸库无法查询，无人会被自动放行", EN: "the gallery cannot be searched; nobody is let in by face"},
		Action:   menshen.Text{ZH: "请保安人工放行，并查看日志；必要时重启服务", EN: "let a guard decide; see the log, and restart the service if it stays"},
		Detail:   detail,
	}
}

func lostPassCondition(detail string) menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityCritical,
		Meaning:  menshen.Text{ZH: "有通行记录未能保存", EN: "passes were lost for good"},
		Action:   menshen.Text{ZH: "请从日志中找出这些记录，人工补登", EN: "find them in the log and enter them by hand"},
		Detail:   detail,
	}
}

func noRegistryCondition() menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{
			ZH: "出入口还没有登记数据，无法判定：按“故障时关闭/开启”处理",
			EN: "the gate has no copy of the registry and cannot decide: it stays shut or opens as it is configured to",
		},
		Action: menshen.Text{ZH: "请检查岗亭与主机的连接；连通后会自动取得登记数据", EN: "check the way from the post to the hub; it fetches the registry by itself once it can"},
	}
}

func guessingCondition() menshen.Condition {
	return menshen.Condition{
		Severity: menshen.SeverityWarning,
		Meaning:  menshen.Text{ZH: "有人多次输入错误密码，键盘已暂时锁定", EN: "many wrong PINs were entered; the keypad is locked for a while"},
		Action:   menshen.Text{ZH: "请查看是否有人在试密码；如有需要，为住户换发新密码", EN: "see whether somebody is guessing; give residents new PINs if need be"},
	}
}
