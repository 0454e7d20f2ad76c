package main

import (
	"cmp"
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/tracing/report"
)

func (a *app) showCaseCommand() *cobra.Command {
	var format string
	var movements bool
	c := &cobra.Command{Use: "show CASE", Short: "A case: illness, infectious window, where the person was, contacts in numbers", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		res, err := h.Cases.GetCase(c.Context(), connect.NewRequest(&menshenv1.GetCaseRequest{Case: args[0]}))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		a.printCase(h, res.Msg, movements)
		return nil
	}}
	c.Flags().BoolVar(&movements, "movements", true, "where the person was within the infectious window")
	formatFlag(c, &format)
	return c
}

func (a *app) printCase(h *remote, m *menshenv1.GetCaseResponse, movements bool) {
	c, x := m.GetCase(), m.GetCase().GetClinical()
	t := newTable(a.either("病例", "case"), c.GetNumber()+"  "+a.caseState(c))
	add := func(zh, en, value string) {
		if strings.Trim(value, "– ") != "" {
			t.add(a.either(zh, en), value)
		}
	}
	add("姓名", "person", join(c.GetPerson().GetName(), c.GetPerson().GetDwelling(), c.GetPerson().GetId()))
	add("事由", "purpose", c.GetPurpose())
	add("发病", "onset", h.time(x.GetOnset()))
	add("阳性采样", "sampled", h.time(x.GetSampled()))
	add("隔离", "isolated", h.time(x.GetIsolated()))
	add("症状消失", "symptom-free", h.time(x.GetSymptomFree()))
	add("症状", "symptoms", strings.Join(x.GetSymptoms(), "、"))
	for _, test := range m.GetTests() {
		add("检测", "test", join(h.time(test.GetSampled()), test.GetKind(), a.testResult(test.GetResult()), test.GetId()))
	}
	add("判定标准", "policy", join(a.words(m.GetPolicyName()), policyRef(c.GetPolicy())))
	add("传染期", "infectious", h.time(m.GetWindowFrom())+" – "+h.time(m.GetWindowTo()))
	add("申请", "requested", join(c.GetRequestedBy(), h.time(c.GetRequested())))
	add("批准", "approved", join(c.GetDecidedBy(), h.time(c.GetDecided())))
	add("有效期至", "until", h.time(c.GetExpires()))
	add("判定时间", "judged", h.time(c.GetJudged()))
	add("接触者", "contacts", fmt.Sprint(c.GetContacts()))
	for _, n := range m.GetCounts() {
		add("　"+a.level(n.GetLevel()), "  "+a.level(n.GetLevel()), fmt.Sprintf("%s %d", a.contactStatus(n.GetStatus()), n.GetContacts()))
	}
	t.print(a.out)
	a.tellMissing(h, m.GetMissingBefore())
	if !movements || m.GetMovements() == nil {
		return
	}
	fmt.Fprintln(a.out)
	stays := newTable(a.either("区域", "zone"), a.either("从", "from"), a.either("到", "to"), "")
	for _, s := range m.GetMovements().GetStays() {
		stays.add(a.zoneName(h, s.GetZone()), h.time(s.GetFrom()), h.time(s.GetTo()), a.text(boundsText(s)))
	}
	stays.print(a.out)
}

func (a *app) historyCommand() *cobra.Command {
	m := &menshenv1.GetHistoryRequest{}
	var format string
	c := &cobra.Command{Use: "history CASE [--contact CONTACT]", Short: "Who changed what, when and why", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		res, err := h.Cases.GetHistory(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		t := newTable(a.either("时间", "at"), a.either("操作人", "by"), a.either("接触者", "contact"), a.either("字段", "field"), a.either("之前", "before"), a.either("之后", "after"), a.either("原因", "why"))
		names := map[string]string{}
		for _, n := range res.Msg.GetNames() {
			names[n.GetId()] = n.GetName()
		}
		var last *menshenv1.CaseChange // what one act changed is told once
		for _, x := range res.Msg.GetChanges() {
			at, by, why, contact := h.time(x.GetAt()), a.text(report.ByText(x.GetBy())), a.text(report.WhyText(x.GetWhy())), cmp.Or(names[x.GetContact()], x.GetContact())
			if last != nil && last.GetAt().AsTime().Equal(x.GetAt().AsTime()) && last.GetBy() == x.GetBy() && last.GetContact() == x.GetContact() && last.GetWhy() == x.GetWhy() {
				at, by, why, contact = "", "", "", ""
			}
			last = x
			value := func(s string) string { return a.historyValue(h, x.GetField(), cmp.Or(names[s], s)) }
			t.add(at, by, contact, a.text(report.FieldText(x.GetField())), value(x.GetBefore()), value(x.GetAfter()), why)
		}
		t.print(a.out)
		return nil
	}}
	c.Flags().StringVar(&m.Contact, "contact", "", "only of this contact")
	formatFlag(c, &format)
	return c
}

// brief cuts a long value for a table.
func brief(s string) string {
	const most = 100
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// historyValue writes a value of the history; "" stays.
func (a *app) historyValue(h *remote, field, value string) string {
	if value == "" {
		return ""
	}
	return brief(a.text(report.ValueText(field, value, h.location)))
}
