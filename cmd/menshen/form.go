package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

func (a *app) formCommand() *cobra.Command {
	list := &cobra.Command{
		Use: "list", Short: "Questionnaires, the latest version of each", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.listForms(c) },
	}
	show := &cobra.Command{
		Use: "show FORM", Short: "A questionnaire as it is written, to change it and put it again", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.showForm(c, args[0]) },
	}
	put := &cobra.Command{
		Use: "put FILE.yaml", Short: "Keep a new version of a questionnaire", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.putForm(c, args[0]) },
	}
	submit := &cobra.Command{
		Use: "submit FORM PERSON FIELD=ANSWER…", Short: "Fill a questionnaire in for somebody", Args: cobra.MinimumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return a.submitForm(c, args[0], args[1], args[2:]) },
	}
	m := &menshenv1.CreateLinkRequest{Purpose: "form"}
	link := &cobra.Command{
		Use: "link FORM PERSON", Short: "Make a link through which somebody fills it in without an account", Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			m.Subject, m.Person = args[0], args[1]
			return a.createLink(c, m)
		},
	}
	link.Flags().Uint32Var(&m.Hours, "hours", 72, "how long it is good")
	var format string
	q := &menshenv1.ListAnswersRequest{}
	answers := &cobra.Command{
		Use: "answers [PERSON]", Short: "What was answered, latest first", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q.Person = strings.Join(args, "")
			return a.listAnswers(c, q, format)
		},
	}
	answers.Flags().StringVar(&q.Form, "form", "", "only of this questionnaire")
	answers.Flags().Uint32VarP(&q.Limit, "limit", "n", 100, "how many, 1 to 10000")
	formatFlag(answers, &format)
	return group("form", "Questionnaires: write, fill in, send as a link", list, show, put, submit, link, answers)
}

func (a *app) forms(c *cobra.Command) ([]*menshenv1.FormView, error) {
	h, err := a.dial(c)
	if err != nil {
		return nil, err
	}
	res, err := h.Forms.ListForms(c.Context(), connect.NewRequest(&menshenv1.ListFormsRequest{}))
	if err != nil {
		return nil, err
	}
	return res.Msg.GetForms(), nil
}

func (a *app) listForms(c *cobra.Command) error {
	forms, err := a.forms(c)
	if err != nil {
		return err
	}
	if len(forms) == 0 {
		a.tell("还没有问卷。", "No questionnaires yet.")
		return nil
	}
	t := newTable(a.either("问卷", "form"), a.either("版本", "version"), a.either("标题", "title"))
	for _, f := range forms {
		t.add(f.GetId(), fmt.Sprint(f.GetVersion()), a.words(f.GetTitle()))
	}
	t.print(a.out)
	return nil
}

func (a *app) showForm(c *cobra.Command, id string) error {
	forms, err := a.forms(c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(forms, func(f *menshenv1.FormView) bool { return f.GetId() == id })
	if i < 0 {
		return menshen.Errorf(menshen.CodeNotFound, "cmd.form", "there is no questionnaire %q", id).WithHint("see: menshen form list")
	}
	fmt.Fprintln(a.out, strings.TrimRight(forms[i].GetYaml(), "\n"))
	return nil
}

func (a *app) putForm(c *cobra.Command, path string) error {
	yaml, err := readInput(path)
	if err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Forms.PutForm(c.Context(), connect.NewRequest(&menshenv1.PutFormRequest{Yaml: string(yaml)}))
	if err != nil {
		return err
	}
	f := res.Msg.GetForm()
	a.tell(fmt.Sprintf("问卷 %s 第 %d 版已启用", f.GetId(), f.GetVersion()), fmt.Sprintf("questionnaire %s, version %d, is in use", f.GetId(), f.GetVersion()))
	return nil
}

func (a *app) submitForm(c *cobra.Command, form, person string, answers []string) error {
	m := &menshenv1.SubmitFormRequest{Form: form, Person: person, Answers: map[string]string{}}
	for _, x := range answers {
		field, answer, ok := strings.Cut(x, "=")
		if !ok || field == "" {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.form", "%q is no answer", x).WithHint("write FIELD=ANSWER, for example returned=2020-02-14; see: menshen form show %s", form)
		}
		m.Answers[field] = answer
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Forms.SubmitForm(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	if res.Msg.GetState() == "" {
		a.tell("已保存，健康状态不变。", "Kept; the health state stays as it is.")
		return nil
	}
	fmt.Fprintln(a.out, join(a.healthLine(h, res.Msg.GetHealth())+":", a.words(res.Msg.GetReason())))
	return nil
}

func (a *app) createLink(c *cobra.Command, m *menshenv1.CreateLinkRequest) error {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Forms.CreateLink(c.Context(), connect.NewRequest(m))
	if err != nil {
		return err
	}
	fmt.Fprintln(a.out, res.Msg.GetUrl())
	a.tell("只能使用一次，有效期至 "+h.time(res.Msg.GetExpires()), "good once, until "+h.time(res.Msg.GetExpires()))
	return nil
}

func (a *app) listAnswers(c *cobra.Command, q *menshenv1.ListAnswersRequest, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	res, err := h.Forms.ListAnswers(c.Context(), connect.NewRequest(q))
	if err != nil {
		return err
	}
	if format == "json" {
		return a.writeMessage(res.Msg)
	}
	t := newTable(a.either("时间", "time"), a.either("问卷", "form"), a.either("人员", "person"), a.either("填写人", "by"), a.either("结果", "led to"), a.either("回答", "answers"))
	for _, x := range res.Msg.GetAnswers() {
		var all []string
		for _, field := range slices.Sorted(maps.Keys(x.GetAnswers())) {
			all = append(all, field+"="+x.GetAnswers()[field])
		}
		led := "–"
		if x.GetState() != "" {
			led = a.text(menshen.HealthState(x.GetState()).Text())
		}
		t.add(h.time(x.GetAt()), fmt.Sprintf("%s/%d", x.GetForm(), x.GetVersion()), x.GetPerson(), x.GetBy(), led, strings.Join(all, " "))
	}
	t.print(a.out)
	return nil
}
