package main

import (
	"cmp"
	"fmt"
	"slices"

	"menshen"
	"menshen/supervisor"
	"menshen/web"
)

// child is a supervised process of the hub.
type child struct {
	*supervisor.Child

	role string // camera or recognizer
	id   string // of the camera or recognizer
}

// heard hands a report to the child that it is of.
func (h *hub) heard(r menshen.Report) {
	for _, c := range h.children {
		c.Heard(r)
	}
}

// condition says what is wrong with a child; ok is true where nothing is. chinese gives the Chinese of hints.
func (c *child) condition(chinese func(string) string) (cond menshen.Condition, ok bool) {
	s := c.Status()
	if s.Since.IsZero() {
		return menshen.Condition{}, true
	}
	cond = menshen.Condition{ID: c.role + "-down:" + c.id, Severity: menshen.SeverityCritical, Since: s.Since, Detail: cmp.Or(s.Last.Message, s.Detail)}
	switch c.role {
	case "camera":
		cond.Meaning = menshen.Text{ZH: fmt.Sprintf("摄像机 %s 没有画面", c.id), EN: fmt.Sprintf("camera %s gives no pictures", c.id)}
		cond.Action = menshen.Text{ZH: "检查摄像机的电源、网线和地址；门神会不断重试", EN: "check the camera's power, network and address; Menshen keeps trying"}
	default:
		cond.Meaning = menshen.Text{ZH: fmt.Sprintf("识别进程 %s 不工作，人脸无法通行", c.id), EN: fmt.Sprintf("recognizer %s does not work: it recognises no face", c.id)}
		cond.Action = menshen.Text{ZH: "查看日志；运行 menshen models verify", EN: "see the log; run menshen models verify"}
	}
	if s.Last.Hint != "" {
		cond.Action.ZH = chinese(s.Last.Hint) + "（" + cond.Action.ZH + "）"
		cond.Action.EN = s.Last.Hint + " (" + cond.Action.EN + ")"
	}
	return cond, false
}

// cameraStatuses gives the last word of every camera.
func (h *hub) cameraStatuses() []web.CameraStatus {
	var all []web.CameraStatus
	for _, cam := range h.cfg.Cameras {
		i := slices.IndexFunc(h.children, func(c *child) bool { return c.role == "camera" && c.id == cam.ID })
		if i < 0 {
			continue
		}
		s := h.children[i].Status()
		message := cmp.Or(s.Last.Message, s.Detail)
		if s.OK {
			message = ""
		} else if message == "" {
			message = "starting"
		}
		all = append(all, web.CameraStatus{ID: cam.ID, Gate: cam.Gate, OK: s.OK, Message: message, Figures: s.Last.Figures})
	}
	return all
}
