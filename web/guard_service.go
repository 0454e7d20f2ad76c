package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type guardService struct {
	desk

	overview    Overview
	guards      Guards
	annotations Annotations
	helpline    Helpline
	passes      PassLog // nil where none is kept: at a post
	cases       Cases   // nil as well
}

const (
	maxShown           = 1024 // bytes of what a reader read
	defaultAnnotations = 100
	maxAnnotations     = 10_000
)

// Present is for readers. It alone is not in the audit log first: somebody stands before the door, and no door waits for a
// database. The pass that the gate makes, with credential, reader and time, is the record of what was shown.
func (s guardService) Present(ctx context.Context, req *connect.Request[menshenv1.PresentRequest]) (*connect.Response[menshenv1.PresentResponse], error) {
	m := req.Msg
	const op = "web.present"
	p := menshen.Presentation{Gate: m.Gate, Kind: menshen.CredentialKind(m.Kind), Value: menshen.Secret(m.Value)}
	if !p.Kind.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "kind: %q is unknown", m.Kind).WithHint("use qr, pin or card")
	}
	if m.Value == "" || len(m.Value) > maxShown {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "value: it is empty or too long").WithHint("send what the reader read, at most %d bytes", maxShown)
	}
	var err error
	if p.Direction, err = proto.DirectionFromWire(m.Direction); err != nil {
		return nil, err
	}
	if p.Reader, err = readLine("reader", m.Reader); err != nil {
		return nil, err
	}
	if p.Celsius = m.Celsius; p.Celsius != 0 && !(p.Celsius >= 30 && p.Celsius <= 45) {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "a temperature of %.1f °C is out of range", p.Celsius).WithHint("measure again; use 30 to 45 °C")
	}
	if err := checkOwnGate(ctx, s.overview, p.Gate); err != nil {
		return nil, err
	}
	pass, err := s.guards.Present(ctx, p)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.PresentResponse{Outcome: proto.OutcomeToWire(pass.Decision.Outcome)}
	res.Reasons, res.ReasonWords = reasonsToWire(pass.Decision.Reasons)
	if pass.Decision.Outcome == menshen.OutcomeAllow {
		// The decision stands whether or not the name is found.
		if people, err := s.registry.byID(ctx, []string{pass.Person}); err == nil {
			res.Name = people[pass.Person].Name
		}
	}
	return connect.NewResponse(res), nil
}

func (s guardService) ListReviews(ctx context.Context, req *connect.Request[menshenv1.ListReviewsRequest]) (*connect.Response[menshenv1.ListReviewsResponse], error) {
	gate := req.Msg.Gate
	if gate != "" {
		if err := checkOwnGate(ctx, s.overview, gate); err != nil {
			return nil, err
		}
	}
	if err := s.recorder.record(ctx, "reviews.list", "", "", map[string]any{"gate": gate}); err != nil {
		return nil, err
	}
	var passes []menshen.Pass
	var reviews []menshen.Review
	for _, r := range s.guards.Reviews(gate) {
		if checkBearerGate(ctx, r.Pass.ID.Gate) != nil {
			continue // of a gate that this guard does not stand at
		}
		passes, reviews = append(passes, r.Pass), append(reviews, r)
	}
	views, err := s.registry.passViews(ctx, passes...)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListReviewsResponse{}
	for i, r := range reviews {
		res.Reviews = append(res.Reviews, &menshenv1.Review{Pass: views[i], Until: timeToWire(r.Until), DefaultOutcome: string(r.Default)})
	}
	return connect.NewResponse(res), nil
}

func (s guardService) Answer(ctx context.Context, req *connect.Request[menshenv1.AnswerRequest]) (*connect.Response[menshenv1.AnswerResponse], error) {
	m := req.Msg
	a := menshen.GuardAnswer{Gate: m.Gate, Allow: m.Allow, By: callerOf(ctx).actor}
	var err error
	if m.Pass != "" {
		if a.Pass, err = menshen.ParsePassID(m.Pass); err != nil {
			return nil, err
		}
	}
	if m.Direction != menshenv1.Direction_DIRECTION_UNSPECIFIED {
		if a.Direction, err = proto.DirectionFromWire(m.Direction); err != nil {
			return nil, err
		}
	}
	if a.Note, err = readNote("note", m.Note); err != nil {
		return nil, err
	}
	a.Person = m.Person // as asked, until it is looked up
	if err := a.Validate(); err != nil {
		return nil, err
	}
	gate := a.Gate
	if a.Pass != (menshen.PassID{}) {
		gate = a.Pass.Gate
	}
	if err := checkOwnGate(ctx, s.overview, gate); err != nil {
		return nil, err
	}
	detail := map[string]any{"pass": m.Pass, "gate": gate, "direction": a.Direction, "allow": a.Allow, "note": a.Note}
	if a.Person, err = s.perhaps(ctx, "gate.answer", m.Person, detail); err != nil {
		return nil, err
	}
	pass, err := s.guards.Answer(ctx, a)
	if menshen.ErrorCode(err) == menshen.CodeNotFound && a.Pass != (menshen.PassID{}) {
		if before, found := s.answered(ctx, a); found {
			return connect.NewResponse(answerToWire(before)), nil
		}
	}
	if err != nil {
		return nil, err
	}
	if a.Note != "" && a.Pass != (menshen.PassID{}) {
		// The answer stands whether or not its note is kept with the review, which a post cannot do: the audit log has it too.
		_, _ = s.annotations.Annotate(ctx, menshen.Annotation{Pass: a.Pass, Kind: menshen.AnnotationNote, Text: a.Note}, a.By)
	}
	return connect.NewResponse(answerToWire(pass)), nil
}

func answerToWire(pass menshen.Pass) *menshenv1.AnswerResponse {
	res := &menshenv1.AnswerResponse{Outcome: proto.OutcomeToWire(pass.Decision.Outcome)}
	res.Reasons, _ = reasonsToWire(pass.Decision.Reasons)
	return res
}

// answerMemory is how long after a pass its answer is looked for: longer than it can be answered.
const answerMemory = 15 * time.Minute

// answered finds the pass that the same answer of the same guard has made already, whose answer was lost on the way.
func (s guardService) answered(ctx context.Context, a menshen.GuardAnswer) (menshen.Pass, bool) {
	if s.passes == nil {
		return menshen.Pass{}, false
	}
	latest, err := s.passes.Passes(ctx, menshen.PassFilter{Gate: a.Pass.Gate, Span: menshen.Span{From: s.now().Add(-answerMemory)}})
	if err != nil {
		return menshen.Pass{}, false
	}
	i := slices.IndexFunc(latest, func(p menshen.Pass) bool {
		return p.Answers == a.Pass.String() && p.By == a.By && (a.Person == "" || p.Person == a.Person) &&
			a.Allow != slices.Contains(p.Decision.Reasons, menshen.ReasonGuardDenied)
	})
	if i < 0 {
		return menshen.Pass{}, false
	}
	return latest[i], true
}

func (s guardService) Annotate(ctx context.Context, req *connect.Request[menshenv1.AnnotateRequest]) (*connect.Response[menshenv1.AnnotateResponse], error) {
	m := req.Msg
	if m.Pass == "" && m.Kind == string(menshen.AnnotationHelp) {
		return connect.NewResponse(&menshenv1.AnnotateResponse{}), s.help(ctx, m)
	}
	if m.Gate != "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.annotate", "gate: a gate is named, but this is about a pass").
			WithHint("name the pass alone; only a call for help may be about a gate")
	}
	if m.At != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.annotate", "at: what is added to a pass has the time at which it comes").
			WithHint("leave the time out; only a call for help without a pass may have one")
	}
	a := menshen.Annotation{Kind: menshen.AnnotationKind(m.Kind), Person: m.Person}
	var err error
	if a.Pass, err = menshen.ParsePassID(m.Pass); err != nil {
		return nil, err
	}
	if a.Text, err = readNote("text", m.Text); err != nil {
		return nil, err
	}
	if a.ID, err = readOwnID(m.Id); err != nil {
		return nil, err
	}
	checked := a
	checked.ID, checked.By, checked.At = "new", callerOf(ctx).actor, s.now()
	if err := checked.Validate(); err != nil {
		return nil, err
	}
	if err := checkOwnGate(ctx, s.overview, a.Pass.Gate); err != nil {
		return nil, err
	}
	detail := map[string]any{"pass": m.Pass, "kind": a.Kind, "text": a.Text}
	refused := s.within(ctx, m.Case, detail)
	if a.Person, err = s.perhaps(ctx, "pass.annotate", m.Person, detail); err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, refused
	}
	if a, err = s.annotations.Annotate(ctx, a, callerOf(ctx).actor); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.AnnotateResponse{Annotation: proto.AnnotationToWire(a)}), nil
}

// help calls for help where there is no pass to add it to.
// within lets investigators correct a pass within a case that is open alone: it was shown to them for that.
func (s guardService) within(ctx context.Context, asked string, detail map[string]any) error {
	const op = "web.annotate"
	if callerOf(ctx).role != RoleInvestigator {
		return nil
	}
	if asked = strings.TrimSpace(asked); asked == "" || s.cases == nil {
		return menshen.Errorf(menshen.CodeDenied, op, "case: it is empty, and investigators correct passes for an approved case alone").
			WithHint("name the case; menshen case list shows them")
	}
	c, err := s.cases.FindCase(ctx, asked)
	if err != nil {
		return err
	}
	detail["case"] = c.ID
	if !traceable(c, s.now()) {
		return menshen.Errorf(menshen.CodeDenied, op, "case %s is not open: not approved, closed or expired, so nothing is corrected for it", c.Number).
			WithHint("have a second person approve it, open it again, or extend it")
	}
	return nil
}

func (s guardService) help(ctx context.Context, m *menshenv1.AnnotateRequest) error {
	if m.Person != "" {
		return menshen.Errorf(menshen.CodeInvalid, "web.help", "person: a call for help at a gate is about nobody").WithHint("say in the text who it is")
	}
	c := menshen.HelpCall{Gate: m.Gate}
	var err error
	if c.Text, err = readNote("text", m.Text); err != nil {
		return err
	}
	if c.ID, err = readOwnID(m.Id); err != nil {
		return err
	}
	if c.At, err = readTime("at", m.At); err != nil {
		return err
	}
	if err := checkOwnGate(ctx, s.overview, m.Gate); err != nil {
		return err
	}
	detail := map[string]any{"gate": m.Gate, "text": c.Text}
	if !c.At.IsZero() {
		detail["at"] = c.At
	}
	if err := s.recorder.record(ctx, "gate.help", "", "", detail); err != nil {
		return err
	}
	return s.helpline.Help(ctx, c)
}

func (s guardService) ListAnnotations(ctx context.Context, req *connect.Request[menshenv1.ListAnnotationsRequest]) (*connect.Response[menshenv1.ListAnnotationsResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultAnnotations, maxAnnotations)
	if err != nil {
		return nil, err
	}
	if req.Msg.Pass != "" {
		if _, err := menshen.ParsePassID(req.Msg.Pass); err != nil {
			return nil, err
		}
	}
	if err := s.recorder.record(ctx, "annotations.list", "", "", map[string]any{"pass": req.Msg.Pass, "limit": limit}); err != nil {
		return nil, err
	}
	all, err := s.annotations.Annotations(ctx, req.Msg.Pass, limit)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(a menshen.Annotation) bool { return checkBearerGate(ctx, a.Pass.Gate) != nil })
	res := &menshenv1.ListAnnotationsResponse{}
	for _, a := range all {
		res.Annotations = append(res.Annotations, proto.AnnotationToWire(a))
	}
	return connect.NewResponse(res), nil
}
