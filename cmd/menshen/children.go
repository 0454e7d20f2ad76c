package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/config"
	"menshen/proto"
	"menshen/recognizer"
	"menshen/recognizer/liveness"
	"menshen/supervisor"
	"menshen/web"
)

// child is a supervised process of a gatehouse.
type child struct {
	*supervisor.Child

	role string // camera or recognizer
	id   string // of the camera or recognizer
}

// recognizers are the ids of the recognizer processes.
func (h *gatehouse) recognizers() []string {
	if h.noEngine != nil {
		return nil
	}
	ids := make([]string, h.cfg.Engine.Recognizers)
	for i := range ids {
		ids[i] = strconv.Itoa(i + 1)
	}
	return ids
}

// openChildren makes a child for every recognizer and camera.
func (h *gatehouse) openChildren(context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, "cmd.hub", "the path of this program cannot be found").WithCause(err)
	}
	add := func(role bus.Role, command, id string, settings func(link) any) error {
		l, err := newLink(h.server, h.site.ID, role)
		if err != nil {
			return err
		}
		c, err := supervisor.New(supervisor.Config{
			Component: role.String(), Path: program, Args: []string{command, "--supervised"}, Env: childEnvironment(), Settings: settings(l),
			SlowCodes: []int{exitCode(menshen.CodeDenied)},
		}, h.log, time.Now)
		if err != nil {
			return err
		}
		h.children = append(h.children, &child{Child: c, role: command, id: id})
		return nil
	}
	for _, id := range h.recognizers() {
		err := add(bus.RoleRecognizer(id), "recognizer", id, func(l link) any {
			return recognizerSettings{Link: l, ID: id, Engine: h.engine.settings(h.cfg.Engine.Networks), Liveness: h.liveness}
		})
		if err != nil {
			return err
		}
	}
	if len(h.cfg.Cameras) == 0 {
		return nil
	}
	detector, err := detectorPath(h.cfg)
	if err != nil {
		return err
	}
	for _, cam := range h.cfg.Cameras {
		if err := add(bus.RoleCamera(cam.ID), "camera", cam.ID, func(l link) any {
			s := cameraSettingsOf(cam, detector, l)
			if slices.Contains(h.liveness.Cameras, cam.ID) {
				s.Margin = liveness.Margin
			}
			return s
		}); err != nil {
			return err
		}
	}
	return nil
}

// childVariables are what a child keeps of the environment: language, time zone, and how libraries and the Go runtime are
// to run. Whatever else is in there may be a secret, of Menshen or of somebody else; the settings hold what a child needs.
// A name that ends with _ stands for all that begin with it.
var childVariables = []string{
	"PATH", "HOME", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_", "LD_LIBRARY_PATH",
	"GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT", "GOTRACEBACK", "OPENCV_", "OPENBLAS_", "OMP_", "SSL_CERT_FILE", "SSL_CERT_DIR",
}

// childEnvironment is what a child needs of that of this process, with OpenCV and OpenBLAS told to keep to one thread: processes share the
// machine, and several faces side by side use it better than several threads at one.
func childEnvironment() []string {
	var kept []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if slices.ContainsFunc(childVariables, func(v string) bool { return name == v || strings.HasSuffix(v, "_") && strings.HasPrefix(name, v) }) {
			kept = append(kept, e)
		}
	}
	// OpenCV's own limit of pictures, should one say something else to it than to our reading of its header.
	pixels := strconv.Itoa(recognizer.MaxPixels)
	return append(kept, "OPENCV_FOR_THREADS_NUM=1", "OPENBLAS_NUM_THREADS=1", "OPENCV_IO_MAX_IMAGE_PIXELS="+pixels)
}

// heard hands a report to the child that it is of, and remembers it where it is a post's.
func (h *gatehouse) heard(r menshen.Report) {
	if slices.ContainsFunc(h.cfg.Posts, func(p config.Post) bool { return proto.PostComponent(p.ID) == r.Component }) {
		h.posts.hear(r, time.Now())
	}
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
func (h *gatehouse) cameraStatuses() []web.CameraStatus {
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
