package main

import (
	"fmt"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) visitCommand() *cobra.Command {
	var note, format, from string
	answer := &cobra.Command{
		Use: "answer VISIT yes|no", Short: "Confirm or refuse a visit in the host's place", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.answerVisit(c, args[0], args[1], note) },
	}
	answer.Flags().StringVar(&note, "note", "", "for the audit log, e.g. that the host was telephoned")
	m := &menshenv1.ListVisitsRequest{}
	list := &cobra.Command{
		Use: "list", Short: "Visits, latest first", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listVisits(c, m, from, format) },
	}
	list.Flags().StringVar(&m.State, "state", "", "only asked, confirmed, refused, inside or left")
	list.Flags().BoolVar(&m.Overdue, "overdue", false, "only visitors who should have left")
	list.Flags().StringVar(&from, "from", "", "registered since; 14 days ago if absent")
	formatFlag(list, &format)
	end := &cobra.Command{
		Use: "end VISIT", Short: "Say that a visitor has left where no gate saw it", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := a.dial(c)
			if err != nil {
				return err
			}
			if _, err := h.Visits.EndVisit(c.Context(), connect.NewRequest(&menshenv1.EndVisitRequest{Visit: args[0]})); err != nil {
				return err
			}
			a.tell("访客已离开。", "The visitor has left.")
			return nil
		},
	}
	l := &menshenv1.CreateLinkRequest{Purpose: "visit"}
	link := &cobra.Command{
		Use: "link VISIT", Short: "Make another link for the host to confirm", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			l.Subject = args[0]
			return a.createLink(c, l)
		},
	}
	link.Flags().Uint32Var(&l.Hours, "hours", 72, "how long it is good")
	return group("visit", "Visitors: ask, measure, register; who is inside", a.registerVisitCommand(), answer, list, end, link)
}

func (a *app) registerVisitCommand() *cobra.Command {
	m := &menshenv1.RegisterVisitRequest{Particulars: &menshenv1.Particulars{}}
	var from, to string
	c := &cobra.Command{
		Use: "register NAME --host PERSON|DWELLING --phone NUMBER", Short: "Register a visitor; the host confirms by a link", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			m.Name = args[0]
			return a.registerVisit(c, m, from, to)
		},
	}
	f := c.Flags()
	f.StringVar(&m.Host, "host", "", "whom they visit: id or name of a resident, or a dwelling")
	f.StringVar(&m.Particulars.Phone, "phone", "", "of the visitor")
	f.StringVar(&m.Particulars.DocumentKind, "document-kind", "", "id_card if only the number is given")
	f.StringVar(&m.Particulars.DocumentNumber, "document", "", "number of the identity document")
	f.StringVar(&m.Reason, "reason", "", "why they come")
	f.StringVar(&m.FromWhere, "from-where", "", "where they come from")
	f.Float64Var(&m.Celsius, "celsius", 0, "temperature, measured at the gate")
	f.StringVar(&m.Plate, "plate", "", "of their vehicle")
	f.StringVar(&from, "from", "", "expected from; now if absent")
	f.StringVar(&to, "to", "", "expected until; some hours later if absent")
	f.StringVar(&m.Gate, "gate", "", "where they are; leave out if not there yet")
	_ = c.MarkFlagRequired("host")
	return c
}

func (a *app) registerVisit(c *cobra.Command, m *menshenv1.RegisterVisitRequest, from, to string) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if m.From, err = parseTime("--from", from, h.location); err != nil {
		return err
	}
	if m.To, err = parseEnd("--to", to, h.location); err != nil {
		return err
	}
	res, err := h.Visits.RegisterVisit(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	a.tell("已登记，编号 "+res.Msg.GetVisit().GetId()+"。请把链接发给被访人：", "registered, id "+res.Msg.GetVisit().GetId()+". Send the host this link:")
	fmt.Fprintln(a.out, res.Msg.GetLink())
	return nil
}

func (a *app) answerVisit(c *cobra.Command, id, answer, note string) error {
	if answer != "yes" && answer != "no" {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.visit", "%q is no answer to a visit", answer).WithHint("use yes or no")
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Visits.AnswerVisit(c.Context(), connect.NewRequest(&menshenv1.AnswerVisitRequest{Visit: id, Confirm: answer == "yes", Note: note}))
	if err != nil {
		return err
	}
	if res.Msg.GetCode() == "" {
		a.tell("已拒绝来访。", "The visit is refused.")
		return nil
	}
	v := res.Msg.GetVisit()
	a.tell("已确认，至 "+h.time(v.GetTo())+"。访客的二维码：", "Confirmed, until "+h.time(v.GetTo())+". The visitor's code:")
	a.printQR(res.Msg.GetCode())
	return nil
}

func (a *app) listVisits(c *cobra.Command, m *menshenv1.ListVisitsRequest, from, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if m.From, err = parseTime("--from", from, h.location); err != nil {
		return err
	}
	res, err := h.Visits.ListVisits(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	if len(res.Msg.GetVisits()) == 0 {
		a.tell("没有来访。", "No visits.")
		return nil
	}
	t := newTable(a.either("访客", "visitor"), a.either("被访人", "host"), a.either("住址", "dwelling"), a.either("从", "from"), a.either("到", "to"), a.either("状态", "state"), "id")
	for _, v := range res.Msg.GetVisits() {
		state := a.text(visitStateText(v.GetVisit().GetState()))
		if v.GetOverdue() {
			state += a.either("（超时）", " (overdue)")
		}
		t.add(v.GetVisitorName(), v.GetHostName(), v.GetDwelling(), h.time(v.GetVisit().GetFrom()), h.time(v.GetVisit().GetTo()), state, v.GetVisit().GetId())
	}
	t.print(a.out)
	return nil
}

func visitStateText(state string) menshen.Text {
	switch menshen.VisitState(state) {
	case menshen.VisitAsked:
		return menshen.Text{ZH: "待确认", EN: "asked"}
	case menshen.VisitConfirmed:
		return menshen.Text{ZH: "已确认", EN: "confirmed"}
	case menshen.VisitRefused:
		return menshen.Text{ZH: "已拒绝", EN: "refused"}
	case menshen.VisitInside:
		return menshen.Text{ZH: "在小区内", EN: "inside"}
	case menshen.VisitLeft:
		return menshen.Text{ZH: "已离开", EN: "left"}
	}
	return menshen.Text{ZH: state, EN: state}
}
