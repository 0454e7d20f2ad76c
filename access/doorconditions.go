package access

import (
	"time"

	"menshen"
)

func heldOpenCondition(gate menshen.Gate, since time.Time) menshen.Condition {
	return menshen.Condition{
		ID:       "door-held-open:" + gate.ID,
		Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{
			ZH: gateName(gate, "zh") + "的门长时间未关，任何人都可以进入",
			EN: "the door at " + gateName(gate, "en") + " stays open: anybody can walk in",
		},
		Action: menshen.Text{
			ZH: "请保安到现场查看，移开阻挡物并关门；确需常开时，请下达“常开”指令",
			EN: "look there, take away what blocks it, and shut it; where it should stay open, tell it to hold",
		},
		Since: since,
	}
}

func forcedCondition(gate menshen.Gate, since time.Time) menshen.Condition {
	return menshen.Condition{
		ID:       "door-forced:" + gate.ID,
		Severity: menshen.SeverityCritical,
		Meaning: menshen.Text{
			ZH: gateName(gate, "zh") + "的门未经指令被打开",
			EN: "the door at " + gateName(gate, "en") + " was opened without a command",
		},
		Action: menshen.Text{
			ZH: "请保安立即到现场查看；处理后下达“正常”指令即可解除",
			EN: "go and look at once; setting the door to normal ends this afterwards",
		},
		Since: since,
	}
}

func alarmCondition(gate menshen.Gate, since time.Time, alarm string) menshen.Condition {
	return menshen.Condition{
		ID:       "door-alarm:" + gate.ID,
		Severity: menshen.SeverityWarning,
		Meaning: menshen.Text{
			ZH: gateName(gate, "zh") + "的门控设备报警",
			EN: "the door controller at " + gateName(gate, "en") + " reports an alarm",
		},
		Action: menshen.Text{ZH: "请查看门控设备", EN: "look at the door controller"},
		Since:  since,
		Detail: alarm,
	}
}
