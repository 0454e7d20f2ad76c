package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) gateCommand() *cobra.Command {
	var format, reason string
	list := &cobra.Command{
		Use: "list", Short: "Gates, how they are used and how their doors are", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listGates(c, format) },
	}
	formatFlag(list, &format)
	var others bool
	set := &cobra.Command{
		Use: "set open|guarded|closed GATE…", Short: "Open, guard or close gates, or with --others all but these", Args: cobra.MinimumNArgs(2),
		Long: `Open gates, put them under a guard or close them, all at once. With --others it is every gate but those named:

  menshen gate set closed --others east-1 north-1 --reason "closed management"`,
		RunE: func(c *cobra.Command, args []string) error { return a.setGates(c, args[0], args[1:], others, reason) },
	}
	set.Flags().BoolVar(&others, "others", false, "every gate but these")
	mode := &cobra.Command{
		Use: "mode normal|closed|lock-down", Short: "How the whole site is run", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.setMode(c, args[0], reason) },
	}
	c := group("gate", "Gates: open and close them, command their doors, the mode of the site", list, set, mode)
	for _, d := range []struct {
		action menshen.DoorAction
		use    string
		short  string
	}{
		{menshen.DoorOpen, "open GATE…", "Open doors once"},
		{menshen.DoorHold, "hold GATE…", "Keep doors open until told otherwise"},
		{menshen.DoorLock, "lock GATE…", "Keep doors shut, whatever the policy says"},
		{menshen.DoorNormal, "normal [GATE…]", "Back to the policy; every door if none is named"},
		{menshen.DoorEmergency, "emergency", "Fire: open every door and keep it open"},
	} {
		args := cobra.MinimumNArgs(1)
		switch d.action {
		case menshen.DoorNormal:
			args = cobra.ArbitraryArgs
		case menshen.DoorEmergency:
			args = cobra.NoArgs
		}
		door := &cobra.Command{
			Use: d.use, Short: d.short, Args: args,
			RunE: func(c *cobra.Command, gates []string) error { return a.commandDoors(c, gates, d.action, reason) },
		}
		door.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
		c.AddCommand(door)
	}
	for _, sub := range []*cobra.Command{set, mode} {
		sub.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	}
	return c
}

func (a *app) listGates(c *cobra.Command, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Gates.ListGates(c.Context(), connect.NewRequest(&menshenv1.ListGatesRequest{}))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	mode := modeText(res.Msg.GetMode())
	a.tell("小区："+mode.ZH, "site: "+mode.EN)
	t := newTable(a.either("出入口", "gate"), a.either("名称", "name"), a.either("状态", "state"), a.either("门", "door"), "")
	for _, v := range res.Msg.GetGates() {
		g := v.GetGate()
		t.add(g.GetId(), a.words(g.GetName()), a.text(gateStateText(g.GetState())), a.text(doorText(v.GetDoor())), a.words(v.GetDoorMessage()))
	}
	t.print(a.out)
	return nil
}

func (a *app) setGates(c *cobra.Command, state string, gates []string, others bool, reason string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Gates.SetGates(c.Context(), connect.NewRequest(&menshenv1.SetGatesRequest{Gates: gates, State: state, Others: others, Reason: reason}))
	if err != nil {
		return err
	}
	if len(res.Msg.GetChanged()) == 0 {
		a.tell("没有变化。", "Nothing changed.")
		return nil
	}
	words := gateStateText(state)
	list := strings.Join(res.Msg.GetChanged(), " ")
	a.tell(fmt.Sprintf("%d 个出入口已改为%s：%s", len(res.Msg.GetChanged()), words.ZH, list), fmt.Sprintf("%d gate(s) now %s: %s", len(res.Msg.GetChanged()), words.EN, list))
	return nil
}

func (a *app) setMode(c *cobra.Command, mode, reason string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if _, err := h.Gates.SetMode(c.Context(), connect.NewRequest(&menshenv1.SetModeRequest{Mode: mode, Reason: reason})); err != nil {
		return err
	}
	words := modeText(mode)
	a.tell("小区现为："+words.ZH, "the site is now: "+words.EN)
	return nil
}

// commandDoors says of each door whether it did it; where one did not, the command fails.
func (a *app) commandDoors(c *cobra.Command, gates []string, action menshen.DoorAction, reason string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Gates.CommandDoors(c.Context(), connect.NewRequest(&menshenv1.CommandDoorsRequest{Gates: gates, Action: string(action), Reason: reason}))
	if err != nil {
		return err
	}
	failed := 0
	for _, d := range res.Msg.GetDoors() {
		if d.GetConfirmed() {
			fmt.Fprintf(a.out, "✓ %s\n", a.gateName(h, d.GetGate()))
			continue
		}
		failed++
		fmt.Fprintf(a.out, "✗ %s  %s\n", a.gateName(h, d.GetGate()), a.words(d.GetMessage()))
	}
	if failed > 0 {
		return menshen.Errorf(menshen.CodeUnavailable, "cmd.doors", "%d of %d doors did not confirm", failed, len(res.Msg.GetDoors())).
			WithHint("send somebody to each door marked with ✗")
	}
	return nil
}

func gateStateText(state string) menshen.Text {
	switch menshen.GateState(state) {
	case menshen.GateOpen:
		return menshen.Text{ZH: "开放", EN: "open"}
	case menshen.GateGuarded:
		return menshen.Text{ZH: "有人值守", EN: "guarded"}
	case menshen.GateClosed:
		return menshen.Text{ZH: "关闭", EN: "closed"}
	}
	return menshen.Text{ZH: state, EN: state}
}

func modeText(mode string) menshen.Text {
	switch menshen.SiteMode(mode) {
	case menshen.ModeNormal:
		return menshen.Text{ZH: "正常", EN: "normal"}
	case menshen.ModeClosed:
		return menshen.Text{ZH: "封闭管理", EN: "closed management"}
	case menshen.ModeLockdown:
		return menshen.Text{ZH: "全面封控", EN: "lock-down"}
	}
	return menshen.Text{ZH: mode, EN: mode}
}

func doorText(state string) menshen.Text {
	switch state {
	case "closed":
		return menshen.Text{ZH: "关着", EN: "closed"}
	case "open":
		return menshen.Text{ZH: "开着", EN: "open"}
	case "held":
		return menshen.Text{ZH: "保持常开", EN: "held open"}
	case "locked":
		return menshen.Text{ZH: "锁闭", EN: "locked"}
	case "alarm":
		return menshen.Text{ZH: "报警", EN: "alarm"}
	case "unknown", "":
		return menshen.Text{ZH: "未知", EN: "unknown"}
	}
	return menshen.Text{ZH: state, EN: state}
}
