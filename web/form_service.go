package web

import (
	"context"
	"time"
	"unicode/utf8"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type formService struct {
	desk

	forms Forms
	links Links
	base  func() string // address under which links are given out, e.g. https://gate.example
}

const (
	maxYAML        = 256 << 10 // bytes of a questionnaire or of rules
	maxFields      = 100       // answers of a questionnaire
	maxAnswer      = 2000      // characters of one
	defaultAnswers = 100
	maxAnswers     = 10_000
	defaultLink    = 72  // hours
	maxLink        = 720 // hours
)

func (s formService) ListForms(ctx context.Context, _ *connect.Request[menshenv1.ListFormsRequest]) (*connect.Response[menshenv1.ListFormsResponse], error) {
	if err := s.recorder.record(ctx, "forms.list", "", "", nil); err != nil {
		return nil, err
	}
	all, err := s.forms.Forms(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListFormsResponse{}
	for _, f := range all {
		view, err := s.view(f)
		if err != nil {
			return nil, err
		}
		res.Forms = append(res.Forms, view)
	}
	return connect.NewResponse(res), nil
}

func (s formService) PutForm(ctx context.Context, req *connect.Request[menshenv1.PutFormRequest]) (*connect.Response[menshenv1.PutFormResponse], error) {
	if err := checkYAML(req.Msg.Yaml); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "form.put", "", "", map[string]any{"bytes": len(req.Msg.Yaml), "dry_run": req.Msg.DryRun}); err != nil {
		return nil, err
	}
	f, err := s.forms.PutForm(ctx, req.Msg.Yaml, req.Msg.DryRun)
	if err != nil {
		return nil, err
	}
	view, err := s.view(f)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutFormResponse{Form: view}), nil
}

func (s formService) view(f menshen.Form) (*menshenv1.FormView, error) {
	yaml, err := s.forms.FormText(f)
	view := &menshenv1.FormView{Id: f.ID, Version: count(f.Version), Title: proto.TextToWire(f.Title), Yaml: yaml}
	for _, q := range f.Fields {
		question := &menshenv1.FormQuestion{Id: q.ID, Label: proto.TextToWire(q.Label), Kind: string(q.Kind), Required: q.Required}
		for _, c := range q.Choices {
			question.Choices = append(question.Choices, &menshenv1.FormOption{Value: c.Value, Label: proto.TextToWire(c.Label)})
		}
		view.Questions = append(view.Questions, question)
	}
	return view, err
}

func checkYAML(yaml string) error {
	if yaml == "" || len(yaml) > maxYAML || !utf8.ValidString(yaml) {
		return menshen.Errorf(menshen.CodeInvalid, "web.yaml", "yaml: it is empty, too long or no text").WithHint("send YAML in UTF-8, at most %d kB", maxYAML>>10)
	}
	return nil
}

func (s formService) SubmitForm(ctx context.Context, req *connect.Request[menshenv1.SubmitFormRequest]) (*connect.Response[menshenv1.SubmitFormResponse], error) {
	form, err := readID("form", req.Msg.Form)
	if err != nil {
		return nil, err
	}
	if err := checkAnswers(req.Msg.Answers); err != nil {
		return nil, err
	}
	person, err := s.subject(ctx, "form.submit", req.Msg.Person, map[string]any{"form": form})
	if err != nil {
		return nil, err
	}
	done, err := s.forms.SubmitForm(ctx, form, person.ID, req.Msg.Answers, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	a, h := done.Answer, done.Health
	return connect.NewResponse(&menshenv1.SubmitFormResponse{Answer: a.ID, State: string(a.State), Reason: proto.TextToWire(a.Reason), Health: proto.HealthToWire(h)}), nil
}

// checkAnswers bounds what is handed on; what each question takes is for the form to say.
func checkAnswers(answers map[string]string) error {
	const op = "web.answers"
	if len(answers) > maxFields {
		return menshen.Errorf(menshen.CodeInvalid, op, "answers: %d are too many", len(answers)).WithHint("give at most one for each question")
	}
	for field, answer := range answers {
		if menshen.ValidateSlug("field", field) != nil || utf8.RuneCountInString(answer) > maxAnswer || !utf8.ValidString(answer) {
			return menshen.Errorf(menshen.CodeInvalid, op, "answers: %.50q cannot be used", field).WithHint("name a question of the form, and answer with at most %d characters", maxAnswer)
		}
	}
	return nil
}

func (s formService) ListAnswers(ctx context.Context, req *connect.Request[menshenv1.ListAnswersRequest]) (*connect.Response[menshenv1.ListAnswersResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultAnswers, maxAnswers)
	if err != nil {
		return nil, err
	}
	form, err := readLine("form", req.Msg.Form)
	if err != nil {
		return nil, err
	}
	person, err := s.perhaps(ctx, "answers.list", req.Msg.Person, map[string]any{"form": form, "limit": limit})
	if err != nil {
		return nil, err
	}
	all, err := s.forms.FormAnswers(ctx, person, form, limit)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListAnswersResponse{}
	ids := make([]string, len(all))
	for i, a := range all {
		res.Answers = append(res.Answers, proto.FormAnswerToWire(a))
		ids[i] = a.Person
	}
	people, err := s.registry.byID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		res.People = append(res.People, &menshenv1.PersonView{Id: p.ID, Name: p.Name, Dwelling: dwellingText(p.Dwelling), State: string(p.State)})
	}
	return connect.NewResponse(res), nil
}

// CreateLink keeps the token out of the audit log: whoever reads that could use it.
func (s formService) CreateLink(ctx context.Context, req *connect.Request[menshenv1.CreateLinkRequest]) (*connect.Response[menshenv1.CreateLinkResponse], error) {
	const op = "web.link"
	m := req.Msg
	subject, err := readID("subject", m.Subject)
	if err != nil {
		return nil, err
	}
	hours := m.Hours
	switch {
	case m.Purpose != linkForm && m.Purpose != linkVisit:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "purpose: %q is unknown", m.Purpose).WithHint("use form or visit")
	case hours > maxLink:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "hours: %d are too many", hours).WithHint("use 1 to %d hours", maxLink)
	case m.Purpose == linkVisit && m.Person != "":
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "person: a link to a visit is for its host").WithHint("leave the person out")
	}
	if hours == 0 {
		hours = defaultLink
	}
	detail := map[string]any{"purpose": m.Purpose, "of": subject, "hours": hours}
	person := ""
	if m.Purpose == linkForm {
		who, err := s.subject(ctx, "link.create", m.Person, detail)
		if err != nil {
			return nil, err
		}
		person = who.ID
	} else if err := s.recorder.record(ctx, "link.create", subject, "", detail); err != nil {
		return nil, err
	}
	link, err := s.links.CreateLink(ctx, LinkRequest{m.Purpose, subject, person, time.Duration(hours) * time.Hour})
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.CreateLinkResponse{Url: linkURL(s.base(), link.Token), Expires: timestamppb.New(link.Expires)}), nil
}

// linkURL gives the address of a link's page.
func linkURL(base string, token string) string {
	if token == "" {
		return ""
	}
	return base + linkPath + token
}
