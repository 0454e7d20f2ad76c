package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/access/policy"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) policyCommand() *cobra.Command {
	var version uint64
	var history, original, standard, dryRun bool
	show := &cobra.Command{
		Use: "show", Short: "The rules in force, as they are written", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if original {
				_, err := a.out.Write(policy.DefaultText)
				return err
			}
			return a.showRules(c, version, history)
		},
	}
	show.Flags().BoolVar(&original, "default", false, "the rules that come with Menshen; no hub is needed")
	show.Flags().Uint64Var(&version, "version", 0, "of the rules; those in force if absent")
	show.Flags().BoolVar(&history, "history", false, "all versions, without their text")
	var note string
	put := &cobra.Command{
		Use: "put RULES.yaml --note WHY", Short: "Take new rules into use; --default goes back to those that come with Menshen", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.putRules(c, args, standard, dryRun, note) },
	}
	put.Flags().StringVar(&note, "note", "", "why they are changed")
	put.Flags().BoolVar(&standard, "default", false, "the rules that come with Menshen")
	put.Flags().BoolVar(&dryRun, "dry-run", false, "only check them")
	return group("policy", "The rules that decide: show, change, explain a decision, replay a day", show, put, a.checkPolicyCommand(), a.replayPolicyCommand())
}

func (a *app) showRules(c *cobra.Command, version uint64, history bool) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Policy.GetRules(c.Context(), connect.NewRequest(&menshenv1.GetRulesRequest{Version: version}))
	if err != nil {
		return err
	}
	if !history {
		fmt.Fprintln(a.out, strings.TrimRight(res.Msg.GetRules().GetYaml(), "\n"))
		return nil
	}
	t := newTable(a.either("版本", "version"), a.either("时间", "time"), a.either("更改人", "by"), a.either("原因", "why"))
	for _, r := range res.Msg.GetHistory() {
		t.add(fmt.Sprint(r.GetVersion()), h.time(r.GetAt()), r.GetBy(), r.GetNote())
	}
	t.print(a.out)
	return nil
}

func (a *app) putRules(c *cobra.Command, files []string, standard, dryRun bool, note string) error {
	m := &menshenv1.PutRulesRequest{Note: note, DryRun: dryRun}
	if standard == (len(files) == 1) {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.policy", "either a file or --default is needed").WithHint("name the file with the rules, or give --default alone")
	}
	if !standard {
		yaml, err := readInput(files[0])
		if err != nil {
			return err
		}
		m.Yaml = string(yaml)
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Policy.PutRules(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if dryRun {
		a.tell("规则没有问题，未启用。", "The rules are good; they are not in use.")
		return nil
	}
	a.tell(fmt.Sprintf("规则第 %d 版已启用", res.Msg.GetVersion()), fmt.Sprintf("rules version %d are in use", res.Msg.GetVersion()))
	return nil
}
