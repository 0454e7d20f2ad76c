package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os/user"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// question is what both tracing commands ask with.
type question struct {
	person, from, to, purpose, inCase, format string
	gateWindow, minTogether                   time.Duration
}

func (a *app) traceCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "trace", Short: "Where somebody was, and who was there with them", Args: cobra.NoArgs,
		Long: `Where somebody was, and who was there with them. Every question about the site's people is in the audit log before it is answered;
trace chain asks a file of yours, and no hub.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var q question
	flags := func(c *cobra.Command) {
		c.Flags().StringVar(&q.person, "person", "", "id, or a name that only one person bears")
		c.Flags().StringVar(&q.from, "from", "", "begin: 2020-03-01, 2020-03-01T08:00 (at the site) or RFC 3339; 14 days before the end if absent")
		c.Flags().StringVar(&q.to, "to", "", "end, in the same form; now if absent")
		c.Flags().StringVar(&q.purpose, "purpose", "", "why it is asked, for the audit log; with --case it is that of the case")
		c.Flags().StringVar(&q.inCase, "case", "", "number of the approved case whose index person or contact it is; only an operator may leave it out")
		c.Flags().StringVar(&q.format, "format", "table", "table or json")
		_ = c.MarkFlagRequired("person")
	}
	movements := &cobra.Command{
		Use: "movements", Short: "Passes and stays of a person", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.traceMovements(c, q) },
	}
	contacts := &cobra.Command{
		Use: "contacts", Short: "Who was in the same zone at the same time, or at the same gate within seconds", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.traceContacts(c, q) },
	}
	flags(movements)
	flags(contacts)
	contacts.Flags().DurationVar(&q.gateWindow, "gate-window", 0, "at one gate within this time; the site's setting if absent")
	contacts.Flags().DurationVar(&q.minTogether, "min-together", 0, "leave out shorter overlaps in a zone")
	c.AddCommand(movements, contacts, a.traceCaseCommand(), a.tracePolicyCommand(), a.traceChainCommand())
	return c
}

// prepared is a question as the hub is asked it.
type prepared struct {
	*remote

	from, to *timestamppb.Timestamp
	purpose  string
}

// prepare reads the common flags and finds the hub.
func (a *app) prepare(c *cobra.Command, q question) (p prepared, err error) {
	if q.format != "table" && q.format != "json" {
		return p, menshen.Errorf(menshen.CodeInvalid, "cmd.trace", "--format: %q is not known", q.format).WithHint("use table or json")
	}
	if p.remote, err = a.dial(c); err != nil {
		return p, err
	}
	if p.from, err = parseTime("--from", q.from, p.location); err != nil {
		return p, err
	}
	if p.to, err = parseTime("--to", q.to, p.location); err != nil {
		return p, err
	}
	p.purpose = strings.TrimSpace(q.purpose)
	if p.purpose == "" {
		p.purpose = "asked at the terminal"
		if u, err := user.Current(); err == nil {
			p.purpose += " by " + u.Username
		}
	}
	return p, nil
}

// printSubject says about whom and when the answer is.
func (a *app) printSubject(h *remote, p *menshenv1.PersonView, from, to *timestamppb.Timestamp) {
	fmt.Fprintf(a.out, "%s  %s  %s\n%s – %s\n\n", p.GetName(), p.GetDwelling(), p.GetId(), h.time(from), h.time(to))
}

// parseTime reads a time in the forms the help names; "" is none.
func parseTime(flag, s string, loc *time.Location) (*timestamppb.Timestamp, error) {
	if s == "" {
		return nil, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return timestamppb.New(t), nil
		}
	}
	return nil, menshen.Errorf(menshen.CodeInvalid, "cmd.trace", "%s: %q is no time", flag, s).
		WithHint("write 2020-03-01, 2020-03-01T08:00 or 2020-03-01T08:00:00+08:00")
}

func (a *app) traceMovements(c *cobra.Command, q question) error {
	h, err := a.prepare(c, q)
	if err != nil {
		return err
	}
	res, err := h.Tracing.Movements(c.Context(), connect.NewRequest(&menshenv1.MovementsRequest{
		Person: q.person, From: h.from, To: h.to, Purpose: h.purpose, Case: q.inCase,
	}))
	if err != nil {
		return err
	}
	if q.format == "json" {
		return writeJSON(a.out, movementsJSON(res.Msg, h.location))
	}
	a.printMovements(h.remote, res.Msg)
	return nil
}

func (a *app) printMovements(h *remote, m *menshenv1.MovementsResponse) {
	a.printSubject(h, m.GetPerson(), m.GetFrom(), m.GetTo())
	if len(m.GetPasses()) == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "这段时间没有通行记录。", EN: "No passes in this time."}))
		return
	}
	passes := newTable(a.text(menshen.Text{ZH: "时间", EN: "time"}), a.text(menshen.Text{ZH: "出入口", EN: "gate"}),
		a.text(menshen.Text{ZH: "方向", EN: "direction"}), a.text(menshen.Text{ZH: "判定", EN: "decision"}))
	for _, p := range m.GetPasses() {
		passes.add(h.time(p.GetCaptured()), a.gateName(h, p.GetGate()), a.text(directionText(p.GetDirection())), a.text(outcomeText(p.GetOutcome())))
	}
	passes.print(a.out)
	fmt.Fprintln(a.out)
	stays := newTable(a.text(menshen.Text{ZH: "区域", EN: "zone"}), a.text(menshen.Text{ZH: "从", EN: "from"}), a.text(menshen.Text{ZH: "到", EN: "to"}), "")
	for _, s := range m.GetStays() {
		stays.add(a.zoneName(h, s.GetZone()), h.time(s.GetFrom()), h.time(s.GetTo()), a.text(boundsText(s)))
	}
	stays.print(a.out)
}

func (a *app) traceContacts(c *cobra.Command, q question) error {
	h, err := a.prepare(c, q)
	if err != nil {
		return err
	}
	var window *durationpb.Duration // the site's own where none is asked for
	if c.Flags().Changed("gate-window") {
		window = durationpb.New(q.gateWindow)
	}
	res, err := h.Tracing.Contacts(c.Context(), connect.NewRequest(&menshenv1.ContactsRequest{
		Person: q.person, From: h.from, To: h.to, Purpose: h.purpose, Case: q.inCase,
		GateWindow: window, MinTogether: durationpb.New(q.minTogether),
	}))
	if err != nil {
		return err
	}
	if q.format == "json" {
		return writeJSON(a.out, contactsJSON(res.Msg, h.location))
	}
	a.printContacts(h.remote, res.Msg)
	return nil
}

func (a *app) printContacts(h *remote, m *menshenv1.ContactsResponse) {
	a.printSubject(h, m.GetPerson(), m.GetFrom(), m.GetTo())
	if len(m.GetContacts()) == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "没有发现接触者。", EN: "No contacts found."}))
		return
	}
	t := newTable(a.text(menshen.Text{ZH: "接触者", EN: "contact"}), a.text(menshen.Text{ZH: "住址", EN: "dwelling"}),
		a.text(menshen.Text{ZH: "同区域", EN: "together"}), a.text(menshen.Text{ZH: "在哪里、何时", EN: "where and when"}))
	for _, contact := range m.GetContacts() {
		for i, e := range contact.GetExposures() {
			name, dwelling, together := contact.GetPerson().GetName(), contact.GetPerson().GetDwelling(), contact.GetTogether().AsDuration().Round(time.Second).String()
			if i > 0 {
				name, dwelling, together = "", "", ""
			}
			t.add(name, dwelling, together, a.exposureLine(h, e))
		}
	}
	t.print(a.out)
}

func (a *app) exposureLine(h *remote, e *menshenv1.Exposure) string {
	where := a.zoneName(h, e.GetZone())
	if e.GetGate() != "" {
		where = a.gateName(h, e.GetGate())
	}
	line := fmt.Sprintf("%s %s – %s", where, h.time(e.GetFrom()), h.time(e.GetTo()))
	if e.GetInferred() {
		line += a.text(menshen.Text{ZH: "（推定）", EN: " (inferred)"})
	}
	return line
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
