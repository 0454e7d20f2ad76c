package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) retentionCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "show", Short: "How long what is kept, how much there is of it, and what is due", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.showRetention(c) },
	}
	m := &menshenv1.RunRetentionRequest{}
	run := &cobra.Command{
		Use: "run", Short: "Remove now what is over its time, as Menshen does every hour", Args: cobra.NoArgs,
		Long: `Remove now what is over its time, as Menshen does by itself every hour. With --dry-run only tell what is due.

Where the clock went ahead at once, or the machine was off, the time before counts until Menshen has run evenly for a day. If you made
sure that the clock is right, --clock-is-right takes it as it is. That is in the audit log.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runRetention(c, m) },
	}
	run.Flags().BoolVar(&m.DryRun, "dry-run", false, "only tell what is due")
	run.Flags().BoolVar(&m.ClockIsRight, "clock-is-right", false, "you made sure that the clock is right")
	return group("retention", "How long what is kept, and the removal of what is older", show, run)
}

func (a *app) showRetention(c *cobra.Command) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Operation.ListRetention(c.Context(), connect.NewRequest(&menshenv1.ListRetentionRequest{}))
	if err != nil {
		return err
	}
	a.printRules(h, res.Msg.GetRules())
	return nil
}

func (a *app) runRetention(c *cobra.Command, m *menshenv1.RunRetentionRequest) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Operation.RunRetention(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	a.printRules(h, res.Msg.GetRules())
	due, removed := uint64(0), uint64(0)
	for _, r := range res.Msg.GetRules() {
		due, removed = due+r.GetDue(), removed+r.GetRemoved()
	}
	if m.GetDryRun() {
		a.tell(fmt.Sprintf("到期待删 %d 项；未删除任何数据。", due), fmt.Sprintf("%d are due; nothing was removed.", due))
		return nil
	}
	a.tell(fmt.Sprintf("已删除 %d 项。", removed), fmt.Sprintf("%d removed.", removed))
	return nil
}

func (a *app) printRules(h *remote, rules []*menshenv1.RetentionRule) {
	t := newTable(a.either("数据", "what"), a.either("期限", "limit"), a.either("保存", "kept"), a.either("到期", "due"), a.either("上次删除", "last removed"), a.either("上次检查", "last look"))
	for _, r := range rules {
		kept, due, removed, looked := "", "", "", ""
		if r.GetCounted() {
			kept, due = strconv.FormatUint(r.GetKept(), 10), strconv.FormatUint(r.GetDue(), 10)
		}
		if r.GetLookedAt() != nil {
			removed, looked = strconv.FormatUint(r.GetRemoved(), 10), h.time(r.GetLookedAt())
		}
		t.add(a.text(proto.TextFromWire(r.GetWhat())), a.text(proto.TextFromWire(r.GetHowLong())), kept, due, removed, looked)
	}
	t.print(a.out)
}

func (a *app) assessmentCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "assessment -o FILE.html", Short: "Papers for the impact assessment, from the running system", Args: cobra.NoArgs,
		Long: `Write what an impact assessment asks of this site (PIPL, Articles 55 and 56; the Measures for face recognition): purposes, kinds and counts
of data, time limits, recipients, measures, engine and networks, consent and other ways in, and what changed since the last time. A page
to print in both languages, and beside it the same as .json.`,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			res, err := h.Operation.GetAssessment(c.Context(), connect.NewRequest(&menshenv1.GetAssessmentRequest{}))
			if err != nil {
				return err
			}
			if out == "" {
				out = res.Msg.GetName() + ".html"
			}
			beside := out[:len(out)-len(filepath.Ext(out))] + ".json"
			for path, data := range map[string][]byte{out: res.Msg.GetHtml(), beside: res.Msg.GetJson()} {
				if err := os.WriteFile(path, data, 0o600); err != nil {
					return diskError("cmd.assessment", path, err)
				}
			}
			a.tell("已写入 "+out+" 和 "+beside, "written: "+out+" and "+beside)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write; a name with the date if absent")
	return c
}
