package main

import (
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) clinicalCommand() *cobra.Command {
	m := &menshenv1.SetClinicalRequest{}
	var x clinical
	c := &cobra.Command{
		Use: "clinical CASE --why TEXT", Short: "Correct onset, sample, isolation or symptoms; what is left out stays, \"none\" takes it away", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case = args[0]
			known, err := h.Cases.GetCase(c.Context(), connect.NewRequest(&menshenv1.GetCaseRequest{Case: m.Case}))
			if err != nil {
				return err
			}
			if m.Clinical, err = x.read(h, known.Msg.GetCase().GetClinical()); err != nil {
				return err
			}
			if m.Revision == 0 {
				m.Revision = known.Msg.GetCase().GetRevision() // what was not named must not have changed since
			}
			res, err := h.Cases.SetClinical(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.printJudged(h, res.Msg.GetJudged())
			return nil
		},
	}
	x.flags(c)
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) testCommand() *cobra.Command {
	m := &menshenv1.AddTestRequest{}
	var sampled, test string
	c := &cobra.Command{
		Use: "test CASE --sampled T --result RESULT --why TEXT", Short: "Add a test of a case or a contact, or with --id the result of one", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case = args[0]
			if m.Sampled, err = parseTime("--sampled", sampled, h.location); err != nil {
				return err
			}
			var proposals []*menshenv1.Text
			if test != "" {
				res, err := h.Cases.SetTestResult(c.Context(), connect.NewRequest(&menshenv1.SetTestResultRequest{Case: m.GetCase(), Test: test, Result: m.GetResult(), Why: m.GetWhy()}))
				if err != nil {
					return err
				}
				proposals = res.Msg.GetProposals()
			} else {
				res, err := h.Cases.AddTest(c.Context(), connect.NewRequest(m))
				if err != nil {
					return err
				}
				test, proposals = res.Msg.GetTest().GetId(), res.Msg.GetProposals()
			}
			a.tell("已登记检测，编号 "+test, "the test is kept, id "+test)
			for _, p := range proposals {
				fmt.Fprintln(a.out, "→", a.words(p))
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&m.Contact, "contact", "", "of this contact; of the case itself if absent")
	f.StringVar(&m.Kind, "kind", "pcr", "pcr, antigen or antibody")
	f.StringVar(&sampled, "sampled", "", "when the sample was taken")
	f.StringVar(&m.Result, "result", "", "pending, positive, negative or inconclusive")
	f.StringVar(&test, "id", "", "of a test that is kept: only its result is set")
	whyFlag(c, &m.Why)
	return c
}

func (a *app) casePolicyCommand() *cobra.Command {
	m := &menshenv1.SetCasePolicyRequest{}
	c := &cobra.Command{Use: "policy CASE POLICY --why TEXT", Short: "Judge a case by another policy: id, or id@version", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Policy = args[0], args[1]
		res, err := h.Cases.SetCasePolicy(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.printJudged(h, res.Msg.GetJudged())
		return nil
	}}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) judgeCommand() *cobra.Command {
	m := &menshenv1.JudgeCaseRequest{}
	var format string
	c := &cobra.Command{Use: "judge CASE --why TEXT", Short: "Derive the contacts of a case from passes and homes, and keep them", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		res, err := h.Cases.JudgeCase(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		a.printJudged(h, res.Msg.GetJudged())
		return nil
	}}
	whyFlag(c, &m.Why)
	formatFlag(c, &format)
	return c
}

func (a *app) printJudged(h *remote, j *menshenv1.Judged) {
	c := j.GetCase()
	a.tell(fmt.Sprintf("病例 %s，判定标准 %s", c.GetNumber(), policyRef(c.GetPolicy())), fmt.Sprintf("case %s by the policy %s", c.GetNumber(), policyRef(c.GetPolicy())))
	if why := j.GetNotJudged(); why != "" {
		a.tell("修改已保存，但接触者未重新判定："+a.said(why), "The change is kept, but contacts were not judged anew: "+why)
		if hint := j.GetNotJudgedHint(); hint != "" {
			fmt.Fprintln(a.out, "→", a.said(hint))
		}
		return
	}
	a.tell("传染期 "+h.time(j.GetWindowFrom())+" – "+h.time(j.GetWindowTo()), "infectious "+h.time(j.GetWindowFrom())+" – "+h.time(j.GetWindowTo()))
	a.tell(fmt.Sprintf("新增 %d，变更 %d，重新计入 %d，不再计入 %d，不变 %d", len(j.GetAdded()), len(j.GetChanged()), len(j.GetReturned()), len(j.GetWithdrawn()), j.GetSame()),
		fmt.Sprintf("%d new, %d changed, %d back, %d no longer counted, %d the same", len(j.GetAdded()), len(j.GetChanged()), len(j.GetReturned()), len(j.GetWithdrawn()), j.GetSame()))
	a.tellMissing(h, j.GetMissingBefore())
	if n := len(j.GetKept()); n > 0 {
		a.tell(fmt.Sprintf("%d 人的通行记录已不在内存，记录保持原样。", n), fmt.Sprintf("%d stay as they were: the passes that they were judged by are not in memory any more.", n))
	}
	for _, d := range j.GetDoubles() {
		a.tell(d.GetPerson().GetName()+"有两条记录，请合并：", "There are two records of "+d.GetPerson().GetName()+", to be merged:")
		fmt.Fprintln(a.out, "  menshen case merge", quoted(c.GetNumber()), d.GetInterview(), d.GetDerived(), "--why …")
	}
	if held := j.GetHeld(); len(held) > 0 {
		a.tell(fmt.Sprintf("%d 人不再计入但仍在观察或隔离，请解除或说明理由：", len(held)), fmt.Sprintf("%d count no longer, but are under observation or isolated. Release them, or say why not:", len(held)))
		for _, x := range j.GetNames() {
			fmt.Fprintln(a.out, " ", join(x.GetName(), x.GetId()))
		}
	}
}

// tellMissing says from when on passes are in memory, where some of a window are not any more.
func (a *app) tellMissing(h *remote, before *timestamppb.Timestamp) {
	if before == nil {
		return
	}
	a.tell("注意：内存中只有 "+h.time(before)+" 起的通行记录，此前的接触不在结果中。", "Note: passes are in memory from "+h.time(before)+" on alone; contacts before are not in the answer.")
	fmt.Fprintln(a.out, "→", a.either("请运维人员调大 tracing.days 并重启，然后重新判定；在此之前请以访谈补充", "have the operator set tracing.days to more and start Menshen again, then judge anew; until then, ask in the interview"))
}

func (a *app) whatIfCommand() *cobra.Command {
	m := &menshenv1.WhatIfRequest{}
	var file, format string
	c := &cobra.Command{
		Use: "what-if CASE (--policy POLICY | --file POLICY.yaml)", Short: "Who would enter and who would leave by another policy; nothing is changed", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			if (m.GetPolicy() == "") == (file == "") {
				return menshen.Errorf(menshen.CodeInvalid, "cmd.case", "--policy or --file: one of them is needed").WithHint("name a policy, or a file with one")
			}
			if file != "" {
				text, err := readYAML(file)
				if err != nil {
					return err
				}
				m.Yaml = string(text)
			}
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case = args[0]
			res, err := h.Cases.WhatIf(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			if format == "json" {
				return a.writeMessage(res.Msg)
			}
			a.printWhatIf(h, res.Msg)
			return nil
		},
	}
	c.Flags().StringVar(&m.Policy, "policy", "", "id, or id@version; menshen trace policy list shows them")
	c.Flags().StringVar(&file, "file", "", "a policy that is not kept")
	formatFlag(c, &format)
	return c
}

func (a *app) printWhatIf(h *remote, m *menshenv1.WhatIfResponse) {
	before, after := policyRef(m.GetBefore()), policyRef(m.GetAfter())
	fmt.Fprintf(a.out, "%s  %s – %s\n%s  %s – %s\n", before, h.time(m.GetBeforeFrom()), h.time(m.GetBeforeTo()), after, h.time(m.GetAfterFrom()), h.time(m.GetAfterTo()))
	a.tell(fmt.Sprintf("进入 %d，退出 %d，变更 %d，不变 %d", m.GetEntered(), m.GetLeft(), m.GetChanged(), m.GetSame()),
		fmt.Sprintf("%d enter, %d leave, %d change, %d stay the same", m.GetEntered(), m.GetLeft(), m.GetChanged(), m.GetSame()))
	a.tellMissing(h, m.GetMissingBefore())
	if len(m.GetDifferences()) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	t := newTable("", a.either("姓名", "name"), a.either("住址", "dwelling"), before, after, a.either("原因", "why"))
	kinds := map[string]string{"entered": a.either("进入", "enters"), "left": a.either("退出", "leaves"), "changed": a.either("变更", "changes")}
	for _, d := range m.GetDifferences() {
		t.add(kinds[d.GetKind()], d.GetPerson().GetName(), d.GetPerson().GetDwelling(), a.judgement(d.GetLevelBefore(), d.GetGenerationBefore()), a.judgement(d.GetLevelAfter(), d.GetGenerationAfter()), a.words(d.GetWords()))
	}
	t.print(a.out)
}

func (a *app) judgement(level string, generation uint32) string {
	if level == "" {
		return "–"
	}
	return fmt.Sprintf("%s %d", a.level(level), generation)
}
