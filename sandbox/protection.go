package sandbox

import (
	"slices"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"

	"menshen"
)

// Protection is what is in force in a process, or what a kernel offers.
type Protection struct {
	Limits   bool // of memory, descriptors, file sizes, core dumps
	Calls    bool // dangerous system calls are refused (seccomp)
	Files    bool // only named files can be opened (Landlock)
	Network  bool // only named TCP ports can be connected to (Landlock from version 4, Linux 6.7)
	Signals  bool // no signal reaches other processes by Landlock (from version 6, Linux 6.12); the filter of calls refuses it before
	Landlock int  // version of its interface; 0 where there is none
}

// Offered says what the kernel of this machine offers to this process.
func Offered() Protection {
	p := Protection{Limits: true, Calls: hasFilters()}
	if v, err := ll.LandlockGetABIVersion(); err == nil {
		p.Landlock = v
	}
	p.Files, p.Network, p.Signals = p.Landlock >= 1, p.Landlock >= networkVersion, p.Landlock >= signalVersion
	return p
}

const (
	networkVersion = 4
	signalVersion  = 6
)

// hasFilters reports whether seccomp takes filters: a filter that is not there is a bad address, not a bad call.
func hasFilters() bool {
	_, _, err := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, 0)
	return err == unix.EFAULT || err == unix.EACCES
}

// Lack is a protection that is not in force, in words.
type Lack struct {
	ID     string // e.g. "files"
	Text   menshen.Text
	Action menshen.Text
}

// Lacks names what is not in force. What Landlock does about signals is no lack where calls are filtered.
func (p Protection) Lacks() []Lack {
	var all []Lack
	for _, l := range []struct {
		in   bool
		lack Lack
	}{
		{p.Limits, Lack{
			"limits", menshen.Text{ZH: "内存和文件没有上限", EN: "memory and files without limits"},
			menshen.Text{ZH: "查看日志中的原因", EN: "see the log for the reason"},
		}},
		{p.Calls, Lack{
			"calls", menshen.Text{ZH: "危险的系统调用未被禁止（seccomp）", EN: "dangerous system calls are not refused (seccomp)"},
			menshen.Text{ZH: "使用启用了 seccomp 的内核（CONFIG_SECCOMP_FILTER）", EN: "use a kernel with seccomp filters (CONFIG_SECCOMP_FILTER)"},
		}},
		{p.Files, Lack{
			"files", menshen.Text{ZH: "可以读取的文件不受限制（Landlock）", EN: "which files can be read is not limited (Landlock)"},
			menshen.Text{ZH: "使用 Linux 5.13 或更新的内核，并在启动参数 lsm= 中列出 landlock", EN: "use Linux 5.13 or later, with landlock in the boot parameter lsm="},
		}},
		{p.Network, Lack{
			"network", menshen.Text{ZH: "可以连接的端口不受限制（Landlock 4）", EN: "which ports can be connected to is not limited (Landlock 4)"},
			menshen.Text{ZH: "使用 Linux 6.7 或更新的内核", EN: "use Linux 6.7 or later"},
		}},
	} {
		if !l.in {
			all = append(all, l.lack)
		}
	}
	return all
}

// figures are the names of a Protection's parts in a report. An older child sends none of them.
const (
	figureLimits  = "sandbox_limits"
	figureCalls   = "sandbox_calls"
	figureFiles   = "sandbox_files"
	figureNetwork = "sandbox_network"
	figureSignals = "sandbox_signals"
	figureVersion = "sandbox_landlock"
)

// Put writes the protection into the figures of a report.
func (p Protection) Put(figures map[string]float64) {
	for name, in := range map[string]bool{figureLimits: p.Limits, figureCalls: p.Calls, figureFiles: p.Files, figureNetwork: p.Network, figureSignals: p.Signals} {
		figures[name] = 0
		if in {
			figures[name] = 1
		}
	}
	figures[figureVersion] = float64(p.Landlock)
}

// FromFigures reads what Put wrote; ok is false where the figures say nothing about it.
func FromFigures(figures map[string]float64) (p Protection, ok bool) {
	_, ok = figures[figureVersion]
	return Protection{
		Limits: figures[figureLimits] > 0, Calls: figures[figureCalls] > 0, Files: figures[figureFiles] > 0, Network: figures[figureNetwork] > 0,
		Signals: figures[figureSignals] > 0, Landlock: int(figures[figureVersion]),
	}, ok
}

// Names lists what is in force, for a log.
func (p Protection) Names() []string {
	var all []string
	for name, in := range map[string]bool{"limits": p.Limits, "calls": p.Calls, "files": p.Files, "network": p.Network, "signals": p.Signals} {
		if in {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
