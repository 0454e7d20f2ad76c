package main

import (
	"fmt"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/tracing/casebook"
)

func (a *app) contactsCommand() *cobra.Command {
	m := &menshenv1.ListContactsRequest{}
	var format string
	c := &cobra.Command{Use: "contacts CASE", Short: "The contacts of a case and what is done about them", Args: cobra.ExactArgs(1), RunE: func(c *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case = args[0]
		res, err := h.Cases.ListContacts(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		a.printContactRecords(h, res.Msg)
		return nil
	}}
	f := c.Flags()
	f.StringVar(&m.Level, "level", "", "only close, secondary, general or copresent")
	f.StringVar(&m.Status, "status", "", "only to_notify, notified, home_observation, central_isolation, released or became_case")
	f.StringVar(&m.Owner, "owner", "", "only of this owner")
	f.Uint32Var(&m.Generation, "generation", 0, "only of this generation")
	f.StringVar(&m.Source, "source", "", "only derived or interview")
	f.BoolVar(&m.Withdrawn, "all", false, "also those that count no longer, and doubles that were merged")
	f.Uint32VarP(&m.Limit, "limit", "n", 0, "how many; 1000 if absent")
	formatFlag(c, &format)
	return c
}

func (a *app) printContactRecords(h *remote, m *menshenv1.ListContactsResponse) {
	if len(m.GetContacts()) == 0 {
		a.tell("没有接触者。", "No contacts.")
		return
	}
	t := newTable(a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("判定", "level"), a.either("代", "gen."), a.either("风险", "risk"), a.either("首次接触", "first"), a.either("末次接触", "last"),
		a.either("时长", "together"), a.either("处置", "status"), a.either("负责人", "owner"), a.either("漏访", "missed"), "id")
	for _, c := range m.GetContacts() {
		status := a.contactStatus(c.GetStatus())
		switch {
		case c.GetMergedInto() != "":
			status = a.either("已合并", "merged")
		case c.GetWithdrawnFor() != "":
			status += a.either("（不再计入）", " (not counted)")
		}
		t.add(c.GetPerson().GetName(), c.GetPerson().GetDwelling(), a.level(c.GetLevel()), fmt.Sprint(c.GetGeneration()), a.risk(c.GetRisk()), h.minute(c.GetFirst()), h.minute(c.GetLast()),
			together(c.GetTogether()), status, c.GetOwner(), fmt.Sprint(len(c.GetMissed())), c.GetId())
	}
	t.print(a.out)
	if shown := len(m.GetContacts()); int(m.GetTotal()) > shown {
		a.tell(fmt.Sprintf("共 %d 人，仅显示 %d", m.GetTotal(), shown), fmt.Sprintf("%d of %d; -n shows more", shown, m.GetTotal()))
	}
}

func (a *app) contactCommand() *cobra.Command {
	var format string
	c := &cobra.Command{Use: "contact CASE CONTACT", Short: "One contact: why it counts, its follow-up and tests", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		res, err := h.Cases.GetContact(c.Context(), connect.NewRequest(&menshenv1.GetContactRequest{Case: args[0], Contact: args[1]}))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		a.printContactRecord(h, res.Msg)
		return nil
	}}
	formatFlag(c, &format)
	return c
}

func (a *app) printContactRecord(h *remote, m *menshenv1.GetContactResponse) {
	c := m.GetContact()
	t := newTable(c.GetPerson().GetName(), join(c.GetPerson().GetDwelling(), c.GetPhone(), c.GetPerson().GetId()))
	add := func(zh, en, value string) {
		if strings.Trim(value, "– ") != "" {
			t.add(a.either(zh, en), value)
		}
	}
	add("编号", "id", c.GetId())
	add("判定", "level", fmt.Sprintf("%s, %s %d, %s %s", a.level(c.GetLevel()), a.either("代", "generation"), c.GetGeneration(), a.either("风险", "risk"), a.risk(c.GetRisk())))
	add("依据", "rule", join(c.GetRule(), policyRef(c.GetPolicy())))
	add("路径", "path", a.words(c.GetWords()))
	add("接触", "exposure", h.time(c.GetFirst())+" – "+h.time(c.GetLast()))
	if d := c.GetTogether().AsDuration(); d > 0 {
		add("时长", "together", fmt.Sprintf("%s (%s %s)", d.Round(time.Second), a.either("至少", "at least"), c.GetLeast().AsDuration().Round(time.Second)))
	}
	if s := c.GetSureness(); s > 0 {
		add("可信度", "sureness", fmt.Sprintf("%.0f %%", 100*s))
	}
	add("处置", "status", a.contactStatus(c.GetStatus()))
	add("观察", "observed", h.time(c.GetIsolatedFrom())+" – "+h.time(c.GetIsolatedTo()))
	add("随访", "follow-up", h.date(c.GetFollowFrom())+" – "+h.date(c.GetFollowTo()))
	add("负责人", "owner", c.GetOwner())
	add("备注", "note", c.GetNote())
	add("漏访", "missed", strings.Join(c.GetMissed(), " "))
	add("不再计入", "not counted", a.text(casebook.WithdrawnText(c.GetWithdrawnFor())))
	add("合并到", "merged into", c.GetMergedInto())
	t.print(a.out)
	if len(m.GetFollowUps())+len(m.GetTests()) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	days := newTable(a.either("日期", "day"), a.either("情况", "result"), a.either("备注", "note"), a.either("填报人", "by"))
	for _, f := range m.GetFollowUps() {
		days.add(f.GetDay(), a.followed(f), f.GetNote(), f.GetBy())
	}
	for _, x := range m.GetTests() {
		days.add(h.date(x.GetSampled()), x.GetKind()+" "+a.testResult(x.GetResult()), x.GetId(), x.GetBy())
	}
	days.print(a.out)
}

// tellContact says how a contact is after it was changed.
func (a *app) tellContact(h *remote, c *menshenv1.CaseContact) {
	if s := menshen.ContactStatus(c.GetStatus()); s == menshen.ContactHomeObservation || s == menshen.ContactCentralIsolation {
		a.tell(fmt.Sprintf("%s：%s，%s至 %s（出入口已执行），随访 %s – %s", c.GetPerson().GetName(), a.level(c.GetLevel()), a.contactStatus(c.GetStatus()), h.time(c.GetIsolatedTo()), h.date(c.GetFollowFrom()), h.date(c.GetFollowTo())),
			fmt.Sprintf("%s: %s, %s until %s, and gates follow; follow-up %s – %s", c.GetPerson().GetName(), a.level(c.GetLevel()), a.contactStatus(c.GetStatus()), h.time(c.GetIsolatedTo()), h.date(c.GetFollowFrom()), h.date(c.GetFollowTo())))
		return
	}
	a.tell(fmt.Sprintf("%s：%s，%s，随访 %s – %s", c.GetPerson().GetName(), a.level(c.GetLevel()), a.contactStatus(c.GetStatus()), h.date(c.GetFollowFrom()), h.date(c.GetFollowTo())),
		fmt.Sprintf("%s: %s, %s, follow-up %s – %s", c.GetPerson().GetName(), a.level(c.GetLevel()), a.contactStatus(c.GetStatus()), h.date(c.GetFollowFrom()), h.date(c.GetFollowTo())))
}

func (a *app) statusOfContactCommand() *cobra.Command {
	m := &menshenv1.SetContactStatusRequest{}
	var from, to string
	c := &cobra.Command{
		Use: "status CASE CONTACT STATUS --why TEXT", Short: "Say what is done about a contact; gates follow observation, isolation and release", Args: cobra.ExactArgs(3),
		Long: "Say what is done about a contact: notified, home_observation, central_isolation, released. Gates follow observation, isolation and release.",
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case, m.Contact, m.Status = args[0], args[1], args[2]
			if m.From, err = parseTime("--from", from, h.location); err != nil {
				return err
			}
			if m.To, err = parseEnd("--to", to, h.location); err != nil {
				return err
			}
			res, err := h.Cases.SetContactStatus(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tellContact(h, res.Msg.GetContact())
			return nil
		},
	}
	c.Flags().StringVar(&from, "from", "", "of observation or isolation; now if absent")
	c.Flags().StringVar(&to, "to", "", "when it is to end; by the policy if absent")
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) ownerCommand() *cobra.Command {
	m := &menshenv1.SetContactOwnerRequest{}
	c := &cobra.Command{Use: "owner CASE CONTACT NAME --why TEXT", Short: "Say who takes care of a contact", Args: cobra.ExactArgs(3), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact, m.Owner = args[0], args[1], args[2]
		res, err := h.Cases.SetContactOwner(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellContact(h, res.Msg.GetContact())
		return nil
	}}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

// byPolicy gives what was set by hand back to the policy.
const byPolicy = "policy"

func (a *app) levelCommand() *cobra.Command {
	m := &menshenv1.SetContactLevelRequest{}
	c := &cobra.Command{Use: "level CASE CONTACT close|secondary|general|copresent|policy --why TEXT", Short: "Set the level of a contact by hand; judging leaves it so, until it is the policy's again", Args: cobra.ExactArgs(3), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact, m.Level = args[0], args[1], args[2]
		if m.Level == byPolicy {
			m.Level = ""
		}
		res, err := h.Cases.SetContactLevel(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellContact(h, res.Msg.GetContact())
		return nil
	}}
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) planCommand() *cobra.Command {
	m := &menshenv1.SetContactFollowRequest{}
	var policy bool
	c := &cobra.Command{Use: "plan CASE CONTACT (--from DAY --to DAY | --policy) --why TEXT", Short: "Set the first and last day of the follow-up by hand, or as the policy has them", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact = args[0], args[1]
		res, err := h.Cases.SetContactFollow(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellContact(h, res.Msg.GetContact())
		return nil
	}}
	c.Flags().StringVar(&m.From, "from", "", "first day: 2020-03-01")
	c.Flags().StringVar(&m.To, "to", "", "last day")
	c.Flags().BoolVar(&policy, byPolicy, false, "the days of the policy again")
	c.MarkFlagsRequiredTogether("from", "to")
	c.MarkFlagsMutuallyExclusive("from", byPolicy)
	c.MarkFlagsOneRequired("from", byPolicy)
	whyFlag(c, &m.Why)
	revisionFlag(c, &m.Revision)
	return c
}

func (a *app) addContactCommand() *cobra.Command {
	m := &menshenv1.AddContactRequest{}
	var first, last string
	c := &cobra.Command{
		Use: "add-contact CASE (--person PERSON | --name NAME --phone NUMBER) --why TEXT", Short: "Add a contact that an interview told of", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case = args[0]
			if m.First, err = parseTime("--first", first, h.location); err != nil {
				return err
			}
			if m.Last, err = parseTime("--last", last, h.location); err != nil {
				return err
			}
			res, err := h.Cases.AddContact(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tellContact(h, res.Msg.GetContact())
			fmt.Fprintln(a.out, res.Msg.GetContact().GetId())
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&m.Person, "person", "", "somebody of the registry: id, or a name that only one person bears")
	f.StringVar(&m.Name, "name", "", "somebody else")
	f.StringVar(&m.Phone, "phone", "", "of somebody else")
	f.StringVar(&m.Level, "level", "", "close, secondary, general or copresent; close if absent")
	f.StringVar(&m.Risk, "risk", "", "high, medium or low; medium if absent")
	f.StringVar(&first, "first", "", "when they met first, if it is known")
	f.StringVar(&last, "last", "", "when they parted last")
	f.StringVar(&m.Note, "note", "", "where and how they met, and who told it")
	whyFlag(c, &m.Why)
	return c
}

func (a *app) mergeCommand() *cobra.Command {
	m := &menshenv1.MergeContactsRequest{}
	c := &cobra.Command{Use: "merge CASE DOUBLE CONTACT --why TEXT", Short: "Join a double to the record that stays; its follow-up moves along", Args: cobra.ExactArgs(3), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact, m.Into = args[0], args[1], args[2]
		res, err := h.Cases.MergeContacts(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		a.tellContact(h, res.Msg.GetContact())
		return nil
	}}
	whyFlag(c, &m.Why)
	return c
}

func (a *app) promoteCommand() *cobra.Command {
	m := &menshenv1.PromoteContactRequest{}
	var until string
	var x clinical
	c := &cobra.Command{
		Use: "promote CASE CONTACT --number NUMBER (--onset T | --sampled T) --why TEXT", Short: "Ask for a case of its own for a contact; a second person approves it", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			m.Case, m.Contact = args[0], args[1]
			if m.Expires, err = parseEnd("--until", until, h.location); err != nil {
				return err
			}
			if m.Clinical, err = x.read(h, nil); err != nil {
				return err
			}
			res, err := h.Cases.PromoteContact(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			a.tellCase(h, res.Msg.GetCase())
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&m.Number, "number", "", "of the new case")
	f.StringVar(&m.Purpose, "purpose", "", "of the new case; the same if absent")
	f.StringVar(&until, "until", "", "last day on which anybody may look into it; in 30 days if absent")
	x.flags(c)
	_ = c.MarkFlagRequired("number")
	whyFlag(c, &m.Why)
	return c
}
