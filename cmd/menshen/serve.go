package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/spf13/cobra"

	"menshen"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Start everything: bus, databases, recognizers, cameras, API; without cameras a simulated community",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c) },
	}
}

func (a *app) serve(c *cobra.Command) error {
	for {
		cfg, err := a.loadConfig(c)
		if err != nil {
			return err
		}
		log := a.logger(cfg.Log)
		keepMemoryPrivate(log)
		h, err := newHub(c.Context(), cfg, a.configPath, log)
		if err != nil {
			return err
		}
		a.welcome(h)
		if err := a.offerSetUp(c.Context(), h); err != nil {
			return errors.Join(err, h.Close())
		}
		ctx, stop := context.WithCancel(c.Context())
		h.again.stop = stop
		err = errors.Join(h.Run(ctx), h.Close())
		stop()
		if err != nil || !h.again.wanted.Load() || c.Context().Err() != nil {
			if err == nil {
				log.Info("stopped")
			}
			return err
		}
		log.Info("starting anew, as an operator asked")
	}
}

// restart is how a hub is told to end and be started anew.
type restart struct {
	edits  sync.Mutex // of the configuration file
	wanted atomic.Bool
	stop   context.CancelFunc
}

// welcome says where to look and what to do next.
func (a *app) welcome(h *hub) {
	name := menshen.Text{ZH: cmp.Or(h.site.Name.In("zh"), h.site.ID), EN: cmp.Or(h.site.Name.In("en"), h.site.ID)}
	if h.simulated != nil {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("门神已启动：模拟小区“%s”，%d 人。%s", name.ZH, h.people.size(), h.web.URL()),
			EN: fmt.Sprintf("Menshen is running: the simulated community %q with %d people. %s", name.EN, h.people.size(), h.web.URL()),
		}))
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: "要接入真实的小区：menshen config init，在 menshen.yaml 中填写出入口和摄像机，然后重新启动。",
			EN: "For a real site: menshen config init, describe gates and cameras in menshen.yaml, and start again.",
		}))
	} else {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("门神已启动：%s，%d 路摄像机，%d 人。%s", name.ZH, len(h.cfg.Cameras), h.people.size(), h.web.URL()),
			EN: fmt.Sprintf("Menshen is running: %s, %d camera(s), %d people. %s", name.EN, len(h.cfg.Cameras), h.people.size(), h.web.URL()),
		}))
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "在另一个终端：", EN: "In another terminal:"}))
	t := &table{}
	for _, cmd := range frontCommands() {
		t.add("  "+asTyped(cmd.Line), a.text(cmd.About))
	}
	t.print(a.out)
	if h.noEngine == nil && h.engine.EvaluationOnly {
		fmt.Fprintln(a.out, "! "+a.text(h.engine.Warning))
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "按 Ctrl-C 停止。", EN: "Ctrl-C stops it."}))
}

// asTyped gives a command as it must be typed here: where this program was started by a path such as bin/menshen, so must
// the others be.
func asTyped(line string) string {
	if len(os.Args) == 0 || filepath.Base(os.Args[0]) != "menshen" || os.Args[0] == "menshen" || filepath.IsAbs(os.Args[0]) {
		return line
	}
	return os.Args[0] + strings.TrimPrefix(line, "menshen")
}
