package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) passesCommand() *cobra.Command {
	c := &cobra.Command{Use: "passes", Short: "Passes: list, watch, import, export", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	var limit uint32
	var gate, format string
	list := &cobra.Command{
		Use: "list", Short: "The latest passes, newest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listPasses(c, gate, limit, format) },
	}
	list.Flags().Uint32VarP(&limit, "limit", "n", 50, "how many, 1 to 1000")
	list.Flags().StringVar(&format, "format", "table", "table or json")
	watch := &cobra.Command{
		Use: "watch", Short: "Passes as they happen, until Ctrl-C", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.watchPasses(c, gate) },
	}
	for _, sub := range []*cobra.Command{list, watch} {
		sub.Flags().StringVar(&gate, "gate", "", "only this gate")
	}
	c.AddCommand(list, watch, a.importPassesCommand(), a.exportPassesCommand())
	return c
}

func (a *app) listPasses(c *cobra.Command, gate string, limit uint32, format string) error {
	if format != "table" && format != "json" {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.passes", "--format: %q is not known", format).WithHint("use table or json")
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Passes.ListPasses(c.Context(), connect.NewRequest(&menshenv1.ListPassesRequest{Gate: gate, Limit: limit}))
	if err != nil {
		return err
	}
	if format == "json" {
		out := []passJSON{}
		for _, v := range res.Msg.GetPasses() {
			j := pass(v.GetPass(), h.location)
			j.Name = v.GetPersonName()
			out = append(out, j)
		}
		return writeJSON(a.out, out)
	}
	if len(res.Msg.GetPasses()) == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "还没有通行记录。", EN: "No passes yet."}))
		return nil
	}
	t := newTable(a.text(menshen.Text{ZH: "时间", EN: "time"}), a.text(menshen.Text{ZH: "出入口", EN: "gate"}), "",
		a.text(menshen.Text{ZH: "人员", EN: "person"}), a.text(menshen.Text{ZH: "判定", EN: "decision"}), a.text(menshen.Text{ZH: "原因", EN: "reason"}))
	for _, v := range res.Msg.GetPasses() {
		t.add(a.passCells(h, v)...)
	}
	t.print(a.out)
	return nil
}

func (a *app) watchPasses(c *cobra.Command, gate string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	stream, err := h.Passes.WatchPasses(c.Context(), connect.NewRequest(&menshenv1.WatchPassesRequest{Gate: gate}))
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }() // what the hub had to say is in Err
	for stream.Receive() {
		if v := stream.Msg().GetPass(); v != nil {
			fmt.Fprintln(a.out, strings.Join(a.passCells(h, v), "  "))
		}
	}
	if c.Context().Err() != nil {
		return nil // Ctrl-C is how watching ends
	}
	return stream.Err()
}

func (a *app) passCells(h *remote, v *menshenv1.PassView) []string {
	p := v.GetPass()
	who := strings.TrimSpace(v.GetPersonName() + " " + v.GetDwelling())
	if who == "" {
		who = a.text(menshen.Text{ZH: "（未登记）", EN: "(not enrolled)"})
	}
	var reasons []string
	for _, r := range v.GetReasons() {
		reasons = append(reasons, a.text(menshen.Text{ZH: r.GetZh(), EN: r.GetEn()}))
	}
	return []string{
		h.time(p.GetCaptured()), a.gateName(h, p.GetGate()), a.text(directionText(p.GetDirection())), who,
		a.text(outcomeText(p.GetOutcome())), strings.Join(reasons, a.text(menshen.Text{ZH: "；", EN: "; "})),
	}
}
