package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) caseCommand() *cobra.Command {
	c := group("case", "Cases: ask for one, judge its contacts, follow them day by day, export",
		a.requestCaseCommand(), a.decideCaseCommand("approve", true), a.decideCaseCommand("refuse", false), a.listCasesCommand(), a.showCaseCommand(),
		a.clinicalCommand(), a.testCommand(), a.casePolicyCommand(), a.judgeCommand(), a.whatIfCommand(),
		a.contactsCommand(), a.contactCommand(), a.statusOfContactCommand(), a.ownerCommand(), a.levelCommand(), a.planCommand(), a.noteOfContactCommand(), a.eraseContactCommand(), a.addContactCommand(), a.mergeCommand(), a.promoteCommand(),
		a.followUpCommand(), a.dueCommand(), a.followLinkCommand(), a.unlinkCommand(), a.historyCommand(), a.exportCaseCommand(), a.reportCommand(),
		a.extendCaseCommand(), a.closeCaseCommand(), a.reopenCaseCommand())
	c.Long = `Work on a case. CASE is its number or its id; CONTACT is the id of the record, or the id or the name of the person. Nobody may look
into a case before a second person approved it: that person uses a token of their own (menshen token new), with --token-file or
MENSHEN_TOKEN. Every look is in the audit log first, and every change is kept with --why.`
	return c
}

// whyFlag adds --why, which every change needs.
func whyFlag(c *cobra.Command, into *string) {
	c.Flags().StringVar(into, "why", "", "reason, kept in the history")
	_ = c.MarkFlagRequired("why")
}

// revisionFlag adds --revision.
func revisionFlag(c *cobra.Command, into *uint64) {
	c.Flags().Uint64Var(into, "revision", 0, "refuse if it was changed since this revision; as it is now if absent")
}

// clinical is what flags tell of an illness.
type clinical struct {
	onset, sampled, isolated, free string
	symptoms                       []string
}

func (x *clinical) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&x.onset, "onset", "", "when symptoms began: 2020-03-01 or 2020-03-01T08:00")
	f.StringVar(&x.sampled, "sampled", "", "when the first positive sample was taken")
	f.StringVar(&x.isolated, "isolated", "", "since when the person is isolated")
	f.StringVar(&x.free, "symptom-free", "", "when symptoms ended")
	f.StringSliceVar(&x.symptoms, "symptom", nil, "a symptom; may be given several times")
}

// read puts what was given over what is known; "none" takes a time away.
func (x *clinical) read(h *remote, known *menshenv1.Clinical) (*menshenv1.Clinical, error) {
	m := &menshenv1.Clinical{
		Onset: known.GetOnset(), Sampled: known.GetSampled(), Isolated: known.GetIsolated(), SymptomFree: known.GetSymptomFree(), Symptoms: known.GetSymptoms(),
	}
	if x.symptoms != nil {
		m.Symptoms = x.symptoms
	}
	var err error
	for _, f := range []struct {
		flag, given string
		set         func() error
	}{
		{"--onset", x.onset, func() error { m.Onset, err = parseTime("--onset", x.onset, h.location); return err }},
		{"--sampled", x.sampled, func() error { m.Sampled, err = parseTime("--sampled", x.sampled, h.location); return err }},
		{"--isolated", x.isolated, func() error { m.Isolated, err = parseTime("--isolated", x.isolated, h.location); return err }},
		{"--symptom-free", x.free, func() error { m.SymptomFree, err = parseTime("--symptom-free", x.free, h.location); return err }},
	} {
		switch f.given {
		case "":
		case "none":
			switch f.flag {
			case "--onset":
				m.Onset = nil
			case "--sampled":
				m.Sampled = nil
			case "--isolated":
				m.Isolated = nil
			case "--symptom-free":
				m.SymptomFree = nil
			}
		default:
			if err := f.set(); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

func (a *app) requestCaseCommand() *cobra.Command {
	m := &menshenv1.RequestCaseRequest{}
	var until string
	var x clinical
	c := &cobra.Command{
		Use: "request NUMBER --person PERSON --purpose TEXT (--onset T | --sampled T)", Short: "Ask for a case; a second person approves it", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Number = args[0]
			if m.Expires, err = parseEnd("--until", until, h.location); err != nil {
				return err
			}
			if m.Clinical, err = x.read(h, nil); err != nil {
				return err
			}
			res, err := h.Cases.RequestCase(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tellCase(h, res.Msg.GetCase())
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&m.Person, "person", "", "index person: id, or a name that only one person bears")
	f.StringVar(&m.Purpose, "purpose", "", "why people's movements are looked at")
	f.StringVar(&until, "until", "", "last day on which anybody may look into it; in 30 days if absent")
	f.StringVar(&m.Policy, "policy", "", "by which contacts are judged: id, or id@version; the usual one if absent")
	x.flags(c)
	_ = c.MarkFlagRequired("person")
	_ = c.MarkFlagRequired("purpose")
	return c
}

// quoted writes a word so that a shell takes it as one.
func quoted(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t'\"\\$`!*?[]{}()<>|&;#~") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func (a *app) decideCaseCommand(use string, approve bool) *cobra.Command {
	short := "Approve a case that somebody else asked for"
	if !approve {
		short = "Refuse a case that somebody else asked for"
	}
	m := &menshenv1.DecideCaseRequest{Approve: approve}
	c := &cobra.Command{Use: use + " CASE --why TEXT", Short: short, Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		res, err := h.Cases.DecideCase(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellCase(h, res.Msg.GetCase())
		return nil
	}}
	whyFlag(c, &m.Why)
	return c
}

// tellCase says how a case is after it was changed, and who must go on with it.
func (a *app) tellCase(h *remote, c *menshenv1.Case) {
	if c.GetState() == string(menshen.CaseRequested) {
		a.tell("已申请病例 "+c.GetNumber()+"，有效期至 "+h.time(c.GetExpires())+"。须由另一人批准：", "Case "+c.GetNumber()+" is asked for, until "+h.time(c.GetExpires())+". Somebody else must approve it:")
		fmt.Fprintln(a.out, "  menshen case approve", quoted(c.GetNumber()), "--why … --token-file …")
		return
	}
	a.tell(fmt.Sprintf("病例 %s：%s，有效期至 %s", c.GetNumber(), a.caseState(c), h.time(c.GetExpires())),
		fmt.Sprintf("case %s: %s, until %s", c.GetNumber(), a.caseState(c), h.time(c.GetExpires())))
}

func (a *app) listCasesCommand() *cobra.Command {
	m := &menshenv1.ListCasesRequest{}
	var format string
	c := &cobra.Command{Use: "list", Short: "Cases, and which wait for approval", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		res, err := h.Cases.ListCases(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		if len(res.Msg.GetCases()) == 0 {
			a.tell("没有病例。", "No cases.")
			return nil
		}
		t := newTable(a.either("编号", "number"), a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("状态", "state"), a.either("接触者", "contacts"),
			a.either("申请人", "requested by"), a.either("申请时间", "requested"), a.either("有效期至", "until"))
		for _, x := range res.Msg.GetCases() {
			t.add(x.GetNumber(), x.GetPerson().GetName(), x.GetPerson().GetDwelling(), a.caseState(x), fmt.Sprint(x.GetContacts()), x.GetRequestedBy(), h.time(x.GetRequested()), h.date(x.GetExpires()))
		}
		t.print(a.out)
		return nil
	}}
	c.Flags().StringVar(&m.State, "state", "", "only requested, open, refused or closed")
	c.Flags().Uint32VarP(&m.Limit, "limit", "n", 0, "how many; 100 if absent")
	formatFlag(c, &format)
	return c
}

func (a *app) extendCaseCommand() *cobra.Command {
	m := &menshenv1.ExtendCaseRequest{}
	var until string
	c := &cobra.Command{Use: "extend CASE --until DAY --why TEXT", Short: "Let a case be looked into for longer; of one that has expired, a second person approves it", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		if m.Expires, err = parseEnd("--until", until, h.location); err != nil {
			return err
		}
		res, err := h.Cases.ExtendCase(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellCase(h, res.Msg.GetCase())
		return nil
	}}
	c.Flags().StringVar(&until, "until", "", "last day on which anybody may look into it")
	_ = c.MarkFlagRequired("until")
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) closeCaseCommand() *cobra.Command {
	m := &menshenv1.CloseCaseRequest{}
	c := &cobra.Command{Use: "close CASE --why TEXT", Short: "End the work on a case; it can still be looked into", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		res, err := h.Cases.CloseCase(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellCase(h, res.Msg.GetCase())
		return nil
	}}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) reopenCaseCommand() *cobra.Command {
	m := &menshenv1.ReopenCaseRequest{}
	c := &cobra.Command{Use: "reopen CASE --why TEXT", Short: "Work on a closed case again; a second person approves it", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		res, err := h.Cases.ReopenCase(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellCase(h, res.Msg.GetCase())
		return nil
	}}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

// badFlag is the error for a flag whose value cannot be used.
func badFlag(flag, value, use string) error {
	return menshen.Errorf(menshen.CodeInvalid, "cmd.case", "%s: %q is not known", flag, value).WithHint("use %s", use)
}
