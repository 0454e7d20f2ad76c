package main

import (
	"fmt"
	"slices"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) statusCommand() *cobra.Command {
	var quiet bool
	c := &cobra.Command{
		Use: "status", Short: "How the running Menshen is, and what to do about what is not well", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.status(c, quiet) },
	}
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "print nothing; exit with 4 where something critical is wrong")
	return c
}

func (a *app) status(c *cobra.Command, quiet bool) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Site.GetStatus(c.Context(), connect.NewRequest(&menshenv1.GetStatusRequest{}))
	if err != nil {
		return err
	}
	s := res.Msg
	if quiet {
		critical := slices.ContainsFunc(s.GetConditions(), func(c *menshenv1.Condition) bool { return c.GetSeverity() == string(menshen.SeverityCritical) })
		if critical {
			return menshen.Errorf(menshen.CodeUnavailable, "cmd.status", "something critical is wrong").WithHint("see: menshen status")
		}
		return nil
	}
	fmt.Fprintf(a.out, "%s %s\n", a.named(h.site.GetName(), h.site.GetId()), a.text(menshen.Text{
		ZH: fmt.Sprintf("人员 %d，人脸模板 %d，通行记录 %d，待确认 %d", s.GetPeople(), s.GetTemplates(), s.GetPasses(), s.GetOutbox()),
		EN: fmt.Sprintf("people %d, templates %d, passes %d, awaiting receipt %d", s.GetPeople(), s.GetTemplates(), s.GetPasses(), s.GetOutbox()),
	}))
	for _, cam := range s.GetCameras() {
		state := a.text(menshen.Text{ZH: "正常", EN: "well"})
		if !cam.GetOk() {
			state = a.said(cam.GetMessage())
		}
		fmt.Fprintf(a.out, "%s → %s: %s (%.0f fps)\n", cam.GetId(), a.gateName(h, cam.GetGate()), state, cam.GetFigures()["fps"])
	}
	if len(s.GetConditions()) == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "一切正常。", EN: "All is well."}))
	}
	for _, cond := range s.GetConditions() {
		fmt.Fprintf(a.out, "! %s (%s, %s)\n  → %s\n", a.named(cond.GetMeaning(), cond.GetId()), cond.GetId(), h.time(cond.GetSince()),
			a.named(cond.GetAction(), ""))
		if cond.GetDetail() != "" {
			fmt.Fprintf(a.out, "  %s\n", a.said(cond.GetDetail()))
		}
	}
	return nil
}
