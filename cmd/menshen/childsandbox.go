package main

import (
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/camera/address"
	"menshen/sandbox"
)

// What a child may use of private memory, well above what was measured (docs/isolation.md): a camera of 4K with its decoder,
// the largest photograph that is taken (40 million pixels) with all copies that are made of it.
const (
	cameraMemory     = 2 << 30
	recognizerMemory = 2 << 30
)

// systemFiles are what the C library, OpenCV and the Go runtime may open later: nothing in them is a secret.
var systemFiles = []string{
	"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo",
	"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system",
}

// nameFiles are what looking up a name and checking a camera's certificate read.
var nameFiles = []string{
	"/etc/resolv.conf", "/run/systemd/resolve", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols",
	"/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates", "/etc/gnutls", "/etc/crypto-policies",
}

// plan is what a camera process keeps: its detector, its own source, and the way to the bus.
func (s cameraSettings) plan() sandbox.Plan {
	p := sandbox.Plan{Read: append(slices.Clone(systemFiles), s.Detector), Connect: s.Link.ports(), Memory: cameraMemory}
	at, err := address.Parse(s.Source)
	if err != nil {
		return p // it will end with the error
	}
	switch at.Kind() {
	case address.KindStream:
		p.Names, p.Read = true, append(p.Read, nameFiles...)
		if _, port, err := net.SplitHostPort(at.Host()); err == nil {
			p.Connect = appendPort(p.Connect, port)
		}
	case address.KindFile:
		p.Read = append(p.Read, at.Reveal())
	case address.KindDevice:
		p.Devices = append(p.Devices, at.Reveal())
	case address.KindSent: // comes over the bus
	}
	return p
}

// plan is what a recognizer process keeps: its networks and the way to the bus.
func (s recognizerSettings) plan() sandbox.Plan {
	p := sandbox.Plan{Read: slices.Clone(systemFiles), Connect: s.Link.ports(), Memory: recognizerMemory}
	for _, path := range []string{s.Engine.Detector, s.Engine.Embedder, s.Engine.Folder, s.Liveness.Near, s.Liveness.Wide} {
		if path != "" {
			p.Read = append(p.Read, path)
		}
	}
	return p
}

// ports are those of the bus.
func (l link) ports() (all []uint16) {
	for one := range strings.SplitSeq(l.URL, ",") {
		if u, err := url.Parse(strings.TrimSpace(one)); err == nil && u.Host != "" {
			port := u.Port()
			if port == "" {
				port = "4222" // what the client takes then
			}
			all = appendPort(all, port)
		}
	}
	return all
}

func appendPort(all []uint16, port string) []uint16 {
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || slices.Contains(all, uint16(n)) {
		return all
	}
	return append(all, uint16(n))
}

// shutIn takes from this process what its plan does not keep. A kernel that offers less does not stop the work: what is
// missing is in the log, in every report, and from there in the status.
func shutIn(plan sandbox.Plan, log *slog.Logger) sandbox.Protection {
	got, err := sandbox.Apply(plan)
	if err != nil {
		log.Error("this process is not shut in as it should be", "err", err)
	}
	log.Info("this process is shut in", "by", strings.Join(got.Names(), " "), "landlock", got.Landlock)
	return got
}

// guardedBus is the bus of a child whose reports say what shuts it in.
type guardedBus struct {
	*bus.Conn

	in sandbox.Protection
}

// PublishReport sends a report with what is in force.
func (b guardedBus) PublishReport(r menshen.Report) error {
	figures := make(map[string]float64, len(r.Figures)+8)
	for name, v := range r.Figures {
		figures[name] = v
	}
	b.in.Put(figures)
	r.Figures = figures
	return b.Conn.PublishReport(r)
}

// isolation remembers what shuts the children in. Safe for concurrent use; the zero value is ready.
type isolation struct {
	mu    sync.Mutex
	since map[string]time.Time // by lack, when it was seen first
}

// condition names what the kernel of this machine does not offer to the children; ok is true where nothing is missing.
func (i *isolation) condition(children []*child, now time.Time) (cond menshen.Condition, ok bool) {
	lacks := map[string]sandbox.Lack{}
	var of []string
	for _, c := range children {
		in, told := sandbox.FromFigures(c.Status().Last.Figures)
		if !told {
			continue
		}
		for _, l := range in.Lacks() {
			lacks[l.ID] = l
			if !slices.Contains(of, c.role+"-"+c.id) {
				of = append(of, c.role+"-"+c.id)
			}
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(lacks) == 0 {
		i.since = nil
		return menshen.Condition{}, true
	}
	if i.since == nil {
		i.since = map[string]time.Time{}
	}
	begin := now
	for id := range lacks {
		if i.since[id].IsZero() {
			i.since[id] = now
		}
		if i.since[id].Before(begin) {
			begin = i.since[id]
		}
	}
	text, action := lackWords(lacks)
	return menshen.Condition{
		ID: "isolation-reduced", Severity: menshen.SeverityWarning, Since: begin, Detail: strings.Join(of, ", "),
		Meaning: menshen.Text{ZH: "摄像机和识别进程的隔离不完整：" + text.ZH, EN: "cameras and recognizers are shut in only in part: " + text.EN},
		Action:  action,
	}, false
}

// lackWords joins the words of what is missing, in a steady order.
func lackWords(lacks map[string]sandbox.Lack) (text, action menshen.Text) {
	var zh, en, doZH, doEN []string
	for _, l := range (sandbox.Protection{}).Lacks() {
		if found, ok := lacks[l.ID]; ok {
			zh, en = append(zh, found.Text.ZH), append(en, found.Text.EN)
			doZH, doEN = append(doZH, found.Action.ZH), append(doEN, found.Action.EN)
		}
	}
	return menshen.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}, menshen.Text{ZH: strings.Join(doZH, "；"), EN: strings.Join(doEN, "; ")}
}

// examineIsolation says what the kernel offers to shut cameras and recognizers in.
func (a *app) examineIsolation(offered sandbox.Protection) finding {
	f := finding{what: menshen.Text{ZH: "隔离", EN: "isolation"}, note: menshen.Text{
		ZH: "摄像机和识别进程受限：资源上限、seccomp、Landlock " + strconv.Itoa(offered.Landlock),
		EN: "cameras and recognizers are shut in by limits, seccomp and Landlock " + strconv.Itoa(offered.Landlock),
	}}
	lacks := map[string]sandbox.Lack{}
	for _, l := range offered.Lacks() {
		lacks[l.ID] = l
	}
	if len(lacks) == 0 {
		return f
	}
	text, action := lackWords(lacks)
	f.note = menshen.Text{ZH: "摄像机和识别进程的隔离不完整", EN: "cameras and recognizers are shut in only in part"}
	f.warn = true
	f.err = menshen.Errorf(menshen.CodeMissing, "cmd.doctor", "%s", a.text(text)).WithHint("%s", a.text(action))
	return f
}
