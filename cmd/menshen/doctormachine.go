package main

import (
	"crypto/tls"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"gocv.io/x/gocv"
	"golang.org/x/sys/unix"

	"menshen"
	"menshen/certificate"
	"menshen/config"
)

// camerasPerCore is how many cameras of 1280×720 one processor core was measured to carry (docs/performance.md).
const camerasPerCore = 4

func examineMachine(cfg config.Config) finding {
	f := finding{what: menshen.Text{ZH: "本机", EN: "machine"}, note: menshen.Text{
		ZH: fmt.Sprintf("%d 个处理器核，%s，OpenCV %s", runtime.NumCPU(), runtime.GOARCH, gocv.OpenCVVersion()),
		EN: fmt.Sprintf("%d processors, %s, OpenCV %s", runtime.NumCPU(), runtime.GOARCH, gocv.OpenCVVersion()),
	}}
	if n, most := len(cfg.Cameras), camerasPerCore*runtime.NumCPU(); n > most {
		f.warn = true
		f.err = menshen.Errorf(menshen.CodeExhausted, "cmd.doctor", "%d cameras are many for this machine: people would wait at the gates", n).
			WithHint("spread them over more machines, or set cameras.analyse_rate lower; measure with: menshen bench pipeline")
	}
	return f
}

// examineClock asks the kernel whether something keeps the clock right: passes are ordered and traced by it.
func examineClock() finding {
	zone, _ := time.Now().Zone()
	f := finding{what: menshen.Text{ZH: "时钟", EN: "clock"}, note: same(time.Now().Format("2006-01-02 15:04:05 ") + zone)}
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err == nil && state == unix.TIME_ERROR {
		f.warn = true
		f.err = menshen.Errorf(menshen.CodeUnavailable, "cmd.doctor", "nothing keeps the clock of this machine right").
			WithHint("install and start chrony or systemd-timesyncd; every camera and gate must agree on the time")
	}
	return f
}

// examineData looks whether the data folder, or the nearest folder above it that is there, can be written to.
func (a *app) examineData(cfg config.Config) finding {
	folder := cfg.DataFolder()
	f := finding{what: menshen.Text{ZH: "数据文件夹", EN: "data folder"}, note: same(folder)}
	for {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			break
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			break
		}
		folder = parent
	}
	if err := syscall.Access(folder, 2 /* W_OK */); err != nil {
		f.err = diskError("cmd.doctor", folder, err)
		return f
	}
	if cond, ok := diskCondition(folder); !ok {
		f.err = menshen.Errorf(menshen.CodeExhausted, "cmd.doctor", "%s", a.text(cond.Meaning)).WithHint("%s", a.text(cond.Action))
	}
	return f
}

// examineModes looks for files of the data folder that other users of this machine can read.
func examineModes(folder string) finding {
	f := finding{what: menshen.Text{ZH: "文件权限", EN: "file modes"}}
	var open []string
	// What cannot be walked is not there yet, or is named by the finding about the folder itself.
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 && behindOpenFolders(folder, path) {
			open = append(open, filepath.Base(path))
		}
		return nil
	})
	if len(open) > 0 {
		f.err = menshen.Errorf(menshen.CodeDenied, "cmd.doctor", "other users of this machine can read %s", strings.Join(open, ", ")).
			WithHint("run: chmod -R go-rwx %s", folder)
	}
	return f
}

// behindOpenFolders reports whether other users can come to a file through all folders from the data folder on.
func behindOpenFolders(folder, path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o011 == 0 {
			return false
		}
		if dir == folder || len(dir) <= len(folder) {
			return true
		}
	}
}

// renewBefore is how long before its end a certificate should be replaced.
const renewBefore = 30 * 24 * time.Hour

func examineCertificate(cfg config.Config, now time.Time) finding {
	f := finding{what: menshen.Text{ZH: "网页证书", EN: "certificate"}}
	cert, key := cfg.TLSFiles()
	if cert == "" {
		if !config.Reachable(cfg.Web.Listen, cfg.Bus.Listen, cfg.Bus.MQTT.Listen) {
			f.note = menshen.Text{ZH: "未配置：网页只能在本机打开", EN: "none: the pages can be opened on this machine only"}
			return f
		}
		return examineAuthority(f, cfg, now)
	}
	f.note = same(cert)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		f.err = menshen.Errorf(menshen.CodeInvalid, "cmd.doctor", "the certificate and its key cannot be used").
			WithHint("check web.tls_cert and web.tls_key: PEM files that belong together and that this user can read").WithCause(err)
		return f
	}
	end := pair.Leaf.NotAfter
	f.note = menshen.Text{ZH: cert + "，有效期至 " + end.Format(time.DateOnly), EN: cert + ", until " + end.Format(time.DateOnly)}
	if left := end.Sub(now); left < renewBefore {
		f.warn = left > 0
		f.err = menshen.Errorf(menshen.CodeInvalid, "cmd.doctor", "the certificate ends on %s", end.Format(time.DateOnly)).WithHint("replace the files web.tls_cert and web.tls_key, then start Menshen again")
	}
	return f
}

// examineAuthority looks at the site's own certificate authority.
func examineAuthority(f finding, cfg config.Config, now time.Time) finding {
	ca, err := certificate.ReadAuthority(cfg.DataFolder())
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		f.note = menshen.Text{ZH: "首次启动时自建证书机构", EN: "of the site's own authority, which the first start makes"}
		return f
	}
	if f.err = err; err != nil {
		return f
	}
	end := ca.Certificate().NotAfter
	f.note = menshen.Text{ZH: "自建证书机构，有效期至 " + end.Format(time.DateOnly), EN: "of the site's own authority, until " + end.Format(time.DateOnly)}
	for _, h := range cfg.HubHosts() {
		if !ca.Allows(h) {
			f.err = menshen.Errorf(menshen.CodeInvalid, "cmd.doctor", "the site's certificate authority is not for %q", h).
				WithHint("make a new one that is, and give it to tablets and posts: menshen certificate renew")
		}
	}
	if left := end.Sub(now); left < 6*renewBefore {
		f.warn = left > 0
		f.err = menshen.Errorf(menshen.CodeInvalid, "cmd.doctor", "the site's certificate authority ends on %s", end.Format(time.DateOnly)).
			WithHint("make a new one, and give it to tablets and posts: menshen certificate renew")
	}
	return f
}
