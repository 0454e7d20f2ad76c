package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/rivo/uniseg"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"menshen"
	"menshen/camera/address"
	"menshen/camera/probe"
	"menshen/config"
	"menshen/sandbox"
)

// finding is one thing that the doctor looked at.
type finding struct {
	what menshen.Text
	err  error        // what is wrong; nil where nothing is
	warn bool         // it works, but not as it should
	note menshen.Text // what was found
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Tell what is missing on this machine, and how to get it", Args: cobra.NoArgs,
		Long: "Look at configuration, disk, ports, networks and cameras, and say for each what is wrong and what to do. Changes nothing.",
		RunE: func(c *cobra.Command, _ []string) error { return a.doctor(c) },
	}
}

func (a *app) doctor(c *cobra.Command) error {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	findings := []finding{
		{what: menshen.Text{ZH: "配置", EN: "configuration"}, note: describe(cfg, a.configPath), err: checkSources(cfg)},
		examineMachine(cfg), examineClock(), a.examineIsolation(sandbox.Offered()),
		a.examineData(cfg), examineModes(cfg.DataFolder()), examineCertificate(cfg, time.Now()), a.examineEngine(c.Context(), cfg), examineDetector(cfg), examinePort("bus.listen", cfg.Bus.Listen, cfg), examinePort("web.listen", cfg.Web.Listen, cfg),
	}
	findings = append(findings, examineCameras(c.Context(), cfg)...)
	findings = append(findings, examineDoors(c.Context(), cfg)...)
	var worst error
	for _, f := range findings {
		mark := "✓"
		switch {
		case f.err != nil && f.warn:
			mark = "!"
		case f.err != nil:
			mark = "✗"
			if worst == nil {
				worst = f.err
			}
		}
		what := a.text(f.what)
		fmt.Fprintf(a.out, "%s %s%s %s\n", mark, what, strings.Repeat(" ", max(0, 14-uniseg.StringWidth(what))), a.text(f.note))
		if f.err != nil {
			message, hint := menshen.ErrorMessage(f.err)
			fmt.Fprintf(a.out, "  %s\n  → %s\n", a.said(message), a.said(hint))
		}
	}
	if worst != nil {
		return menshen.Errorf(menshen.ErrorCode(worst), "cmd.doctor", "something needs attention").WithHint("see the lines marked ✗ above")
	}
	return nil
}

func describe(cfg config.Config, path string) menshen.Text {
	if cfg.Simulated() {
		return menshen.Text{ZH: path + "：没有摄像机，因此使用模拟小区", EN: path + ": no camera, so a simulated community"}
	}
	found := contents(cfg)
	return menshen.Text{
		ZH: fmt.Sprintf("%s：小区 %s，%s", path, cfg.Site.ID, found.ZH),
		EN: fmt.Sprintf("%s: site %s, %s", path, cfg.Site.ID, found.EN),
	}
}

// same is a text that reads the same in both languages: a name, a path, an address.
func same(s string) menshen.Text { return menshen.Text{ZH: s, EN: s} }

func (a *app) examineEngine(ctx context.Context, cfg config.Config) finding {
	f := finding{what: menshen.Text{ZH: "识别引擎", EN: "engine"}, note: same(cfg.Engine.Name)}
	choice, err := chooseEngine(ctx, cfg)
	if err != nil {
		f.err = err
		return f
	}
	f.note = menshen.Text{
		ZH: fmt.Sprintf("%s，模型 %s，距离 %.2f 以内为已知，%.2f 以内为存疑", cfg.Engine.Name, choice.Embedder.File.ID, choice.Point.Known, choice.Point.Unsure),
		EN: fmt.Sprintf("%s with %s, known up to %.2f, unsure up to %.2f", cfg.Engine.Name, choice.Embedder.File.ID, choice.Point.Known, choice.Point.Unsure),
	}
	if choice.EvaluationOnly {
		f.warn = true
		f.err = menshen.Errorf(menshen.CodeMissing, "cmd.doctor", "%s", a.text(choice.Warning)).WithHint("menshen models fetch, on a machine with access to the network")
	}
	return f
}

func examineDetector(cfg config.Config) finding {
	_, err := detectorPath(cfg)
	return finding{what: menshen.Text{ZH: "人脸检测", EN: "face detector"}, note: same("yunet"), err: err}
}

// examinePort looks whether a port is free, or held by the running Menshen of this configuration.
func examinePort(key, listen string, cfg config.Config) finding {
	f := finding{what: same(key), note: same(listen)}
	l, err := net.Listen("tcp", listen)
	if err == nil {
		_ = l.Close() // it was only asked for
		return f
	}
	if _, err := readRunning(cfg.DataFolder()); err == nil {
		f.note = menshen.Text{ZH: listen + "（由正在运行的门神占用）", EN: listen + " (held by the running Menshen)"}
		return f
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		f.err = menshen.Errorf(menshen.CodeUnavailable, "cmd.doctor", "another program uses the address").WithHint("stop it, or set %s to another port", key)
		return f
	}
	f.err = menshen.Errorf(menshen.CodeInvalid, "cmd.doctor", "this machine cannot listen there").WithHint("set %s to an address of this machine", key).WithCause(err)
	return f
}

const probeLimit = 5 * time.Second

func examineCameras(ctx context.Context, cfg config.Config) []finding {
	findings := make([]finding, len(cfg.Cameras))
	var group errgroup.Group
	group.SetLimit(8)
	for i, cam := range cfg.Cameras {
		group.Go(func() error {
			findings[i] = finding{what: menshen.Text{ZH: "摄像机 " + cam.ID, EN: "camera " + cam.ID}}
			at, err := address.Parse(cam.Source.Reveal())
			if err != nil {
				findings[i].err = err
				return nil
			}
			findings[i].note = same(at.String())
			if at.Kind() == address.KindStream {
				findings[i].err = probe.Stream(ctx, at, probeLimit).Err
			} else {
				findings[i].err = at.Check()
			}
			return nil
		})
	}
	_ = group.Wait() // what is wrong is in the findings
	return findings
}

func examineDoors(ctx context.Context, cfg config.Config) []finding {
	var findings []finding
	for _, d := range cfg.Doors {
		f := finding{what: menshen.Text{ZH: "门 " + d.Gate, EN: "door " + d.Gate}, note: same(d.Driver)}
		if d.Driver == "http" || d.Driver == "onvif" {
			f.err = reachable(ctx, d)
		}
		findings = append(findings, f)
	}
	return findings
}

// reachable connects to a relay without sending anything: a door must not open for a look.
func reachable(ctx context.Context, d config.Door) error {
	u, err := url.Parse(d.URL)
	if err != nil || u.Host == "" {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.doctor", "the address of the relay is not usable").WithHint("correct doors (%s).url", d.Gate)
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := (&net.Dialer{Timeout: probeLimit}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, "cmd.doctor", "the relay at %s does not answer", u.Host).
			WithHint("check its power, network and address").WithCause(err)
	}
	return conn.Close()
}
