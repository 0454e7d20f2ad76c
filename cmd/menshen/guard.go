package main

import (
	"fmt"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) guardCommand() *cobra.Command {
	var gate, direction, format string
	reviews := &cobra.Command{
		Use: "reviews", Short: "Who waits for a guard's answer", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listReviews(c, gate, format) },
	}
	reviews.Flags().StringVar(&gate, "gate", "", "only this gate")
	formatFlag(reviews, &format)
	m := &menshenv1.AnswerRequest{}
	answer := &cobra.Command{
		Use: "answer allow|deny [PASS]", Short: "Answer a review, or decide about somebody whom no camera saw", Args: cobra.RangeArgs(1, 2),
		Long: `Answer a review, which is a pass like east-1:42, or decide about somebody at --gate whom no camera saw. To let somebody in who was
not recognised, say who it is with --person; a stranger is registered as a visitor first: menshen visit register.`,
		RunE: func(c *cobra.Command, args []string) error { return a.answerReview(c, m, args, direction) },
	}
	answer.Flags().StringVar(&m.Gate, "gate", "", "where no camera saw anybody")
	answer.Flags().StringVar(&direction, "direction", "", "in or out, with --gate")
	answer.Flags().StringVar(&m.Person, "person", "", "who it is, by id or name")
	answer.Flags().StringVar(&m.Note, "note", "", "what was seen")
	n := &menshenv1.AnnotateRequest{}
	note := &cobra.Command{
		Use: "note PASS [TEXT]", Short: "Add a note, a correction or a call for help to a pass", Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error { return a.annotate(c, n, args) },
	}
	note.Flags().StringVar(&n.Kind, "kind", "note", "note, not_them (not this person), identity, help or visitor")
	note.Flags().StringVar(&n.Person, "person", "", "who it was, for identity and visitor")
	call := &menshenv1.AnnotateRequest{Kind: string(menshen.AnnotationHelp)}
	help := &cobra.Command{
		Use: "help --gate GATE [TEXT]", Short: "Call for help at a gate", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			call.Text = strings.Join(args, "")
			return a.callHelp(c, call)
		},
	}
	help.Flags().StringVar(&call.Gate, "gate", "", "where help is needed")
	_ = help.MarkFlagRequired("gate")
	q := &menshenv1.ListAnnotationsRequest{}
	notes := &cobra.Command{
		Use: "notes [PASS]", Short: "What was added to a pass, or lately to any", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q.Pass = strings.Join(args, "")
			return a.listAnnotations(c, q, format)
		},
	}
	notes.Flags().Uint32VarP(&q.Limit, "limit", "n", 100, "how many, 1 to 10000")
	formatFlag(notes, &format)
	return group("guard", "What guards do: answer reviews, add notes, call for help", reviews, answer, note, notes, help)
}

func (a *app) listReviews(c *cobra.Command, gate, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Guard.ListReviews(c.Context(), connect.NewRequest(&menshenv1.ListReviewsRequest{Gate: gate}))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	if len(res.Msg.GetReviews()) == 0 {
		a.tell("没有待核对的通行。", "Nobody waits.")
		return nil
	}
	t := newTable(a.either("通行", "pass"), a.either("时间", "time"), a.either("出入口", "gate"), "", a.either("人员", "person"), a.either("原因", "reason"), a.either("否则", "or else"))
	for _, r := range res.Msg.GetReviews() {
		cells := a.passCells(h, r.GetPass())
		t.add(passID(r.GetPass().GetPass()), cells[0], cells[1], cells[2], cells[3], cells[5], join(a.text(outcomeOf(r.GetDefaultOutcome())), h.time(r.GetUntil())))
	}
	t.print(a.out)
	return nil
}

func (a *app) answerReview(c *cobra.Command, m *menshenv1.AnswerRequest, args []string, direction string) error {
	const op = "cmd.guard"
	switch args[0] {
	case "allow", "deny":
		m.Allow = args[0] == "allow"
	default:
		return menshen.Errorf(menshen.CodeInvalid, op, "%q is no answer to a review", args[0]).WithHint("use allow or deny")
	}
	if len(args) == 2 {
		m.Pass = args[1]
	} else if m.GetGate() == "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "neither a review nor a gate is named").WithHint("name the pass, as menshen guard reviews shows it, or give --gate and --direction")
	}
	var err error
	if m.Direction, err = parseDirection(direction); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Guard.Answer(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	reasons := ""
	for _, r := range res.Msg.GetReasons() {
		reasons = join(reasons, a.words(r))
	}
	fmt.Fprintln(a.out, join(a.text(outcomeText(res.Msg.GetOutcome())), reasons))
	return nil
}

func (a *app) annotate(c *cobra.Command, m *menshenv1.AnnotateRequest, args []string) error {
	m.Pass = args[0]
	if len(args) == 2 {
		m.Text = args[1]
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if _, err := h.Guard.Annotate(c.Context(), connect.NewRequest(m)); err != nil {
		return err
	}
	a.tell("已记录。", "Kept.")
	return nil
}

func (a *app) callHelp(c *cobra.Command, m *menshenv1.AnnotateRequest) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	if _, err := h.Guard.Annotate(c.Context(), connect.NewRequest(m)); err != nil {
		return err
	}
	a.tell("已请求支援。", "Help is called.")
	return nil
}

func (a *app) listAnnotations(c *cobra.Command, q *menshenv1.ListAnnotationsRequest, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Guard.ListAnnotations(c.Context(), connect.NewRequest(q))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	t := newTable(a.either("时间", "time"), a.either("通行", "pass"), a.either("种类", "kind"), a.either("内容", "text"), a.either("人员", "person"), a.either("记录人", "by"))
	for _, x := range res.Msg.GetAnnotations() {
		kind := a.word(x.GetKind())
		if x.GetKind() == string(menshen.AnnotationHelp) { // not help in the household
			kind = a.either("求助", "help")
		}
		t.add(h.time(x.GetAt()), x.GetPass(), kind, x.GetText(), x.GetPerson(), x.GetBy())
	}
	t.print(a.out)
	return nil
}
