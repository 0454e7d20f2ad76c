package main

import (
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) checkPolicyCommand() *cobra.Command {
	m := &menshenv1.CheckPolicyRequest{}
	var direction, at, rules, format string
	c := &cobra.Command{
		Use: "check [PASS]", Short: "Explain a decision: why was she stopped?", Args: cobra.MaximumNArgs(1),
		Long: `Explain the decision about a pass (gate:sequence, as menshen passes list --format json has it), or what it would be for a person
at a gate. Nothing is decided and nothing opens. With --rules it says what those would make of it.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				m.Pass = args[0]
			} else if m.Person == "" || m.Gate == "" {
				return menshen.Errorf(menshen.CodeInvalid, "cmd.policy", "neither a pass nor a person and a gate are named").WithHint("name a pass like east-1:42, or give --person and --gate")
			}
			return a.checkPolicy(c, m, direction, at, rules, format)
		},
	}
	f := c.Flags()
	f.StringVar(&m.Person, "person", "", "id or name")
	f.StringVar(&m.Gate, "gate", "", "id of the gate")
	f.StringVar(&direction, "direction", "", "in or out; in if absent")
	f.StringVar(&at, "at", "", "when; now if absent")
	f.StringVar(&m.Means, "means", "", "face, qr, card, pin or guard; face if absent")
	f.StringVar(&rules, "rules", "", "file with rules to decide by; those in force if absent")
	formatFlag(c, &format)
	return c
}

func (a *app) checkPolicy(c *cobra.Command, m *menshenv1.CheckPolicyRequest, direction, at, rules, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	if rules != "" {
		yaml, err := readInput(rules)
		if err != nil {
			return err
		}
		m.Yaml = string(yaml)
	}
	var err error
	if m.Direction, err = parseDirection(direction); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if m.At, err = parseTime("--at", at, h.location); err != nil {
		return err
	}
	res, err := h.Policy.CheckPolicy(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	a.printExplanation(h, res.Msg)
	return nil
}

func (a *app) printExplanation(h *remote, m *menshenv1.CheckPolicyResponse) {
	if p := m.GetPass(); p != nil {
		fmt.Fprintln(a.out, join(a.passCells(h, p)...))
	}
	outcome := outcomeOf(m.GetOutcome())
	a.tell(fmt.Sprintf("判定：%s（规则第 %d 版）", outcome.ZH, m.GetVersion()), fmt.Sprintf("decision: %s (rules version %d)", outcome.EN, m.GetVersion()))
	for i, r := range m.GetRules() {
		mark := " "
		if i == 0 {
			mark = "→"
		}
		fmt.Fprintf(a.out, "%s %s  %s  %s\n", mark, r.GetRule(), a.text(outcomeOf(r.GetOutcome())), a.words(r.GetText()))
		for _, b := range r.GetBecause() {
			fmt.Fprintf(a.out, "    · %s\n", a.words(b))
		}
	}
	if len(m.GetFacts()) > 0 {
		a.tell("已知：", "known:")
		for _, f := range m.GetFacts() {
			fmt.Fprintf(a.out, "    %s\n", a.words(f))
		}
	}
}

// outcomeOf gives the words for an outcome by its name.
func outcomeOf(outcome string) menshen.Text {
	switch menshen.Outcome(outcome) {
	case menshen.OutcomeAllow:
		return outcomeText(menshenv1.Outcome_OUTCOME_ALLOW)
	case menshen.OutcomeDeny:
		return outcomeText(menshenv1.Outcome_OUTCOME_DENY)
	case menshen.OutcomeReview:
		return outcomeText(menshenv1.Outcome_OUTCOME_REVIEW)
	}
	return menshen.Text{ZH: outcome, EN: outcome}
}

func (a *app) replayPolicyCommand() *cobra.Command {
	var from, to, rules, format string
	c := &cobra.Command{
		Use: "replay --rules FILE", Short: "Decide the passes of a day anew under other rules, and show what would differ", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.replayPolicy(c, from, to, rules, format) },
	}
	c.Flags().StringVar(&from, "from", "", "first day or exact time; a day before the end if absent")
	c.Flags().StringVar(&to, "to", "", "last day or exact time; now if absent")
	c.Flags().StringVar(&rules, "rules", "", "file with the changed rules")
	_ = c.MarkFlagRequired("rules")
	formatFlag(c, &format)
	return c
}

func (a *app) replayPolicy(c *cobra.Command, from, to, rules, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	yaml, err := readInput(rules)
	if err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	m := &menshenv1.ReplayPolicyRequest{Yaml: string(yaml)}
	if m.From, m.To, err = spanOf(h, from, to); err != nil {
		return err
	}
	res, err := h.Policy.ReplayPolicy(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	a.tell(fmt.Sprintf("%d 次通行：%d 次相同，%d 次不同", res.Msg.GetPasses(), res.Msg.GetSame(), res.Msg.GetDifferent()),
		fmt.Sprintf("%d passes: %d the same, %d different", res.Msg.GetPasses(), res.Msg.GetSame(), res.Msg.GetDifferent()))
	if len(res.Msg.GetDifferences()) == 0 {
		return nil
	}
	t := newTable(a.either("时间", "time"), a.either("出入口", "gate"), "", a.either("人员", "person"), a.either("原判定", "was"), a.either("原因", "reason"),
		a.either("将为", "would be"), a.either("原因", "reason"))
	for _, d := range res.Msg.GetDifferences() {
		reasons := ""
		for _, r := range d.GetReasons() {
			reasons = join(reasons, a.words(r))
		}
		t.add(append(a.passCells(h, d.GetPass()), a.text(outcomeOf(d.GetOutcome())), reasons)...)
	}
	t.print(a.out)
	return nil
}
