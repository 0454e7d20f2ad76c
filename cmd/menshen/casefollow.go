package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) followUpCommand() *cobra.Command {
	m := &menshenv1.RecordFollowUpRequest{}
	c := &cobra.Command{
		Use: "follow CASE CONTACT (--celsius N | --not-reached)", Short: "Write down what a day brought of a contact; a fever is alerted", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			if m.GetCelsius() == 0 && !m.GetNotReached() && len(m.GetSymptoms()) == 0 && m.GetNote() == "" {
				return menshen.Errorf(menshen.CodeInvalid, "cmd.case", "--celsius: nothing is said of the day").WithHint("give --celsius, --symptom or --note, or --not-reached")
			}
			m.Case, m.Contact = args[0], args[1]
			res, err := h.Cases.RecordFollowUp(c.Context(), connect.NewRequest(m))
			if err != nil {
				return err
			}
			f := res.Msg.GetFollowUp()
			a.tell("已登记 "+f.GetDay()+"："+a.followed(f), "kept for "+f.GetDay()+": "+a.followed(f))
			if res.Msg.GetFever() {
				a.tell("发热，已告警。", "A fever: it is alerted.")
			}
			return nil
		},
	}
	f := c.Flags()
	f.Float64Var(&m.Celsius, "celsius", 0, "temperature")
	f.StringSliceVar(&m.Symptoms, "symptom", nil, "a symptom; may be given several times")
	f.BoolVar(&m.NotReached, "not-reached", false, "nobody could be reached")
	f.StringVar(&m.Day, "day", "", "of which day: 2020-03-01; today if absent")
	f.StringVar(&m.Note, "note", "", "for the office")
	f.StringVar(&m.Why, "why", "", "reason; needed to write over what the day has already")
	return c
}

func (a *app) dueCommand() *cobra.Command {
	m := &menshenv1.ListDueRequest{}
	var format string
	var left bool
	c := &cobra.Command{Use: "due", Short: "Who must be followed up today, with yesterday's figures and who was missed", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		if err := checkFormat(format); err != nil {
			return err
		}
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		res, err := h.Cases.ListDue(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		if format == "json" {
			return a.writeMessage(res.Msg)
		}
		a.printDue(res.Msg, left)
		return nil
	}}
	c.Flags().StringVar(&m.Day, "day", "", "of which day: 2020-03-01; today if absent")
	c.Flags().StringVar(&m.Owner, "owner", "", "only of this owner")
	c.Flags().BoolVar(&left, "left", false, "only those still to be done")
	formatFlag(c, &format)
	return c
}

func (a *app) printDue(m *menshenv1.ListDueResponse, left bool) {
	t := newTable(a.either("姓名", "name"), a.either("住址", "dwelling"), a.either("电话", "telephone"), a.either("病例", "case"), a.either("判定", "level"), a.either("处置", "status"),
		a.either("第几天", "day"), a.either("昨天", "yesterday"), a.either("今天", "today"), a.either("漏访", "missed"), a.either("负责人", "owner"))
	rows, done := 0, 0
	for _, d := range m.GetDue() {
		today := a.either("待访", "to do")
		if d.GetToday() != nil {
			done++
			if today = a.followed(d.GetToday()); left {
				continue
			}
		}
		rows++
		c := d.GetContact()
		t.add(c.GetPerson().GetName(), c.GetPerson().GetDwelling(), d.GetPhone(), d.GetCaseNumber(), a.level(c.GetLevel()), a.contactStatus(c.GetStatus()),
			fmt.Sprintf("%d/%d", d.GetNumber(), d.GetDays()), a.followed(d.GetYesterday()), today, fmt.Sprint(len(c.GetMissed())), c.GetOwner())
	}
	if rows > 0 {
		t.print(a.out)
	}
	a.tell(fmt.Sprintf("%s：应访 %d，已完成 %d", m.GetDay(), len(m.GetDue()), done), fmt.Sprintf("%s: %d due, %d done", m.GetDay(), len(m.GetDue()), done))
}

func (a *app) followLinkCommand() *cobra.Command {
	m := &menshenv1.CreateFollowUpLinkRequest{}
	return &cobra.Command{Use: "link CASE CONTACT", Short: "Make a link by which a contact reports once a day without an account", Args: cobra.ExactArgs(2), RunE: func(c *cobra.Command, args []string) error {
		h, err := a.dial(c)
		if err != nil {
			return err
		}
		m.Case, m.Contact = args[0], args[1]
		res, err := h.Cases.CreateFollowUpLink(c.Context(), connect.NewRequest(m))
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, res.Msg.GetLink())
		a.tell("每天可填报一次，至 "+h.time(res.Msg.GetExpires())+"。请勿公开。", "good once a day, until "+h.time(res.Msg.GetExpires())+". Give it to nobody else.")
		return nil
	}}
}

func (a *app) exportCaseCommand() *cobra.Command {
	m := &menshenv1.ExportCaseRequest{}
	var out string
	c := &cobra.Command{
		Use: "export CASE --purpose TEXT", Short: "A table of a case as CSV or XLSX, or everything as JSON", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if m.GetFormat() != "csv" && m.GetFormat() != "xlsx" && m.GetFormat() != "json" {
				return badFlag("--format", m.GetFormat(), "csv, xlsx or json")
			}
			m.Case = args[0]
			return a.exportCase(c, m, out)
		},
	}
	c.Flags().StringVar(&m.Table, "table", "contacts", "contacts, cases (line list), follow_up or chain")
	c.Flags().StringVar(&m.Format, "format", "csv", "csv, xlsx or json")
	exportFlags(c, m, &out)
	return c
}

func (a *app) reportCommand() *cobra.Command {
	m := &menshenv1.ExportCaseRequest{Format: "html"}
	var out string
	c := &cobra.Command{
		Use: "report CASE --purpose TEXT", Short: "The printable report of an investigation (流调报告), as one page of HTML", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			m.Case = args[0]
			return a.exportCase(c, m, out)
		},
	}
	exportFlags(c, m, &out)
	return c
}

func exportFlags(c *cobra.Command, m *menshenv1.ExportCaseRequest, out *string) {
	f := c.Flags()
	f.StringVar(&m.Purpose, "purpose", "", "what it is exported for; it stands in the audit log and on the report")
	f.StringVar(&m.Language, "language", "", "zh or en; both if absent")
	f.BoolVar(&m.Particulars, "particulars", false, "telephone and document numbers too")
	f.StringVarP(out, "output", "o", "", "file, or folder; a file in this folder if absent; - is the terminal")
	_ = c.MarkFlagRequired("purpose")
}

func (a *app) exportCase(c *cobra.Command, m *menshenv1.ExportCaseRequest, out string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Cases.ExportCase(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if out == "-" {
		_, err := a.out.Write(res.Msg.GetData())
		return err
	}
	name := filepath.Base(res.Msg.GetName())
	if strings.ContainsAny(name, `/\`) || name == "." {
		return menshen.Errorf(menshen.CodeInternal, "cmd.case", "the hub gave no usable name of a file").WithHint("name a file with --output")
	}
	switch info, err := os.Stat(out); {
	case out == "":
		out = name
	case err == nil && info.IsDir():
		out = filepath.Join(out, name)
	}
	if err := writeOutput(out, res.Msg.GetData()); err != nil {
		return err
	}
	a.tell("已写入 "+out+"（机密）", "written to "+out+" (confidential)")
	return nil
}
