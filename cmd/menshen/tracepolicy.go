package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/tracing/policy"
)

// tracePolicyCommand groups what is done with tracing policies. What is here needs no hub.
func (a *app) tracePolicyCommand() *cobra.Command {
	check := &cobra.Command{
		Use: "check FILE.yaml", Short: "Say whether a tracing policy is right, and if not, which field; no hub is needed", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.checkTracePolicy(args[0]) },
	}
	show := &cobra.Command{
		Use: "show POLICY", Short: "A policy that comes with Menshen as it is written, to start one's own from; no hub is needed", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.showTracePolicy(args[0]) },
	}
	list := &cobra.Command{
		Use: "list", Short: "Policies that come with Menshen; no hub is needed", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { a.listTracePolicies(); return nil },
	}
	return group("policy", "Tracing policies: who counts as a contact, and what follows", list, show, check, a.keptPoliciesCommand(), a.putPolicyCommand())
}

func (a *app) checkTracePolicy(path string) error {
	text, err := readInput(path)
	if err != nil {
		return err
	}
	p, err := policy.Read(text)
	if err != nil {
		return err
	}
	a.tell(fmt.Sprintf("判定标准 %s（%s）没有问题：%d 代，%d 条规则。", p.ID, p.Name.ZH, p.Generations, len(p.Rules)+len(p.Next)),
		fmt.Sprintf("The policy %s (%s) is right: generations %d, rules %d.", p.ID, p.Name.EN, p.Generations, len(p.Rules)+len(p.Next)))
	return nil
}

func (a *app) showTracePolicy(id string) error {
	text, ok := policy.BuiltinText(id)
	if !ok {
		return menshen.Errorf(menshen.CodeNotFound, "cmd.trace_policy", "no tracing policy %q comes with Menshen", id).WithHint("see: menshen trace policy list")
	}
	fmt.Fprintln(a.out, strings.TrimRight(text, "\n"))
	return nil
}

func (a *app) listTracePolicies() {
	t := newTable(a.either("判定标准", "policy"), a.either("代数", "generations"), a.either("名称", "name"), a.either("依据", "source"))
	for _, p := range policy.Builtin() {
		t.add(p.ID, fmt.Sprint(p.Generations), a.text(p.Name), p.Source)
	}
	t.print(a.out)
}
