package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) healthCommand() *cobra.Command {
	var format, since, until, source string
	list := &cobra.Command{
		Use: "list [STATE]", Short: "Who is not normal now, or who is in one state", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.listHealth(c, strings.Join(args, ""), format)
		},
	}
	formatFlag(list, &format)
	m := &menshenv1.SetHealthRequest{}
	set := &cobra.Command{
		Use: "set PERSON normal|observation|monitoring|isolated|recovered", Short: "Put somebody into a health state", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			m.Person, m.State = args[0], args[1]
			return a.setHealth(c, m, since, until)
		},
	}
	set.Flags().StringVar(&since, "since", "", "first day or exact time; now if absent")
	set.Flags().StringVar(&until, "until", "", "last day of an observation; by the policy if absent")
	set.Flags().StringVar(&m.Reason, "reason", "", "why")
	code := &cobra.Command{
		Use: "code PERSON green|yellow|red|none", Short: "Keep the colour of somebody's health code", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			colour := args[1]
			if colour == "none" {
				colour = ""
			}
			res, err := h.Health.SetHealthCode(c.Context(), connect.NewRequest(&menshenv1.SetHealthCodeRequest{Person: args[0], Code: colour, Source: source}))
			if err != nil {
				return err
			}
			fmt.Fprintln(a.out, a.healthLine(h, res.Msg.GetHealth()))
			return nil
		},
	}
	code.Flags().StringVar(&source, "source", "office", "where it was seen: gate, office or self")
	return group("health", "Health states and health codes", list, set, code)
}

func (a *app) listHealth(c *cobra.Command, state, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Health.ListHealth(c.Context(), connect.NewRequest(&menshenv1.ListHealthRequest{State: state}))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	if len(res.Msg.GetPeople()) == 0 {
		a.tell("没有。", "Nobody.")
		return nil
	}
	t := newTable(a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("状态", "state"), a.either("原因", "reason"), "id")
	for _, v := range res.Msg.GetPeople() {
		t.add(v.GetName(), v.GetDwelling(), a.healthLine(h, v.GetHealth()), v.GetHealth().GetReason(), v.GetHealth().GetPerson())
	}
	t.print(a.out)
	return nil
}

func (a *app) setHealth(c *cobra.Command, m *menshenv1.SetHealthRequest, since, until string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if m.Since, err = parseTime("--since", since, h.location); err != nil {
		return err
	}
	if m.Until, err = parseEnd("--until", until, h.location); err != nil {
		return err
	}
	res, err := h.Health.SetHealth(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	fmt.Fprintln(a.out, a.healthLine(h, res.Msg.GetHealth()))
	return nil
}

// healthLine says how somebody is, in a line.
func (a *app) healthLine(h *remote, x *menshenv1.HealthRecord) string {
	state := menshen.HealthState(x.GetState())
	if state == "" {
		state = menshen.HealthNormal
	}
	line := a.text(state.Text())
	if x.GetUntil() != nil && state != menshen.HealthNormal && state != menshen.HealthRecovered { // of one that is over it is kept for permits
		line = join(line, a.either("至", "until"), h.time(x.GetUntil()))
	}
	if x.GetCode() != "" {
		colour := map[string]menshen.Text{"green": {ZH: "绿码", EN: "green code"}, "yellow": {ZH: "黄码", EN: "yellow code"}, "red": {ZH: "红码", EN: "red code"}}[x.GetCode()]
		line = join(line, a.text(colour))
	}
	if x.GetCelsius() > 0 {
		line = join(line, fmt.Sprintf("%.1f °C", x.GetCelsius()))
	}
	return line
}

func (a *app) returneesCommand() *cobra.Command {
	var dryRun bool
	imports := &cobra.Command{
		Use: "import TABLE", Short: "Put each person of a table, CSV or XLSX, under observation", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.importReturnees(c, args[0], dryRun) },
	}
	imports.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would become of each row")
	return group("returnees", "Returnees and tenants in bulk", imports)
}

func (a *app) importReturnees(c *cobra.Command, path string, dryRun bool) error {
	data, err := readInput(path)
	if err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Health.RegisterReturnees(c.Context(), connect.NewRequest(&menshenv1.RegisterReturneesRequest{Name: filepath.Base(path), Data: data, DryRun: dryRun}))
	if err != nil {
		return err
	}
	m := res.Msg
	return a.tableRead(m.GetRefused(), m.GetRows(), dryRun, menshen.Text{
		ZH: fmt.Sprintf("居家观察 %d，不变 %d", m.GetObserved(), m.GetUnchanged()), EN: fmt.Sprintf("%d under observation, %d unchanged", m.GetObserved(), m.GetUnchanged()),
	})
}
