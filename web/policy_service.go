package web

import (
	"context"
	"time"
	"unicode/utf8"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type policyService struct {
	desk

	overview Overview
	rules    Rules
	policy   Policy
}

const (
	maxDifferences = 1000
	longestReplay  = 31 * 24 * time.Hour
)

func (s policyService) GetRules(ctx context.Context, req *connect.Request[menshenv1.GetRulesRequest]) (*connect.Response[menshenv1.GetRulesResponse], error) {
	if err := s.recorder.record(ctx, "rules.show", "", "", map[string]any{"version": req.Msg.Version}); err != nil {
		return nil, err
	}
	r, err := s.rules.Rules(ctx, req.Msg.Version)
	if err != nil {
		return nil, err
	}
	history, err := s.rules.RuleHistory(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetRulesResponse{Rules: ruleSetToWire(r)}
	for _, v := range history {
		v.YAML = ""
		res.History = append(res.History, ruleSetToWire(v))
	}
	return connect.NewResponse(res), nil
}

func (s policyService) PutRules(ctx context.Context, req *connect.Request[menshenv1.PutRulesRequest]) (*connect.Response[menshenv1.PutRulesResponse], error) {
	m := req.Msg
	if err := checkRules(m.Yaml); err != nil {
		return nil, err
	}
	note, err := readNote("note", m.Note)
	if err != nil {
		return nil, err
	}
	if note == "" && !m.DryRun {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.rules", "note: it is empty, and rules are kept with why they were changed").WithHint("say why, with --note")
	}
	if err := s.recorder.record(ctx, "rules.put", "", note, map[string]any{"bytes": len(m.Yaml), "dry_run": m.DryRun}); err != nil {
		return nil, err
	}
	version, err := s.rules.PutRules(ctx, m.Yaml, note, m.DryRun, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutRulesResponse{Version: version}), nil
}

// checkRules bounds the text of rules; "" are those that come with Menshen, or those in force.
func checkRules(yaml string) error {
	if len(yaml) > maxYAML || !utf8.ValidString(yaml) {
		return menshen.Errorf(menshen.CodeInvalid, "web.yaml", "yaml: it is too long or no text").WithHint("send YAML in UTF-8, at most %d kB", maxYAML>>10)
	}
	return nil
}

func (s policyService) CheckPolicy(ctx context.Context, req *connect.Request[menshenv1.CheckPolicyRequest]) (*connect.Response[menshenv1.CheckPolicyResponse], error) {
	m := req.Msg
	q, err := s.readQuestion(ctx, m)
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"pass": m.Pass, "gate": q.Gate, "direction": q.Direction, "at": q.At, "means": q.Means, "other_rules": q.YAML != ""}
	if q.Person, err = s.perhaps(ctx, "policy.check", m.Person, detail); err != nil {
		return nil, err
	}
	e, err := s.policy.Check(ctx, q)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.CheckPolicyResponse{Outcome: string(e.Outcome), Facts: textsToWire(e.Facts), Version: e.Version}
	for _, r := range e.Rules {
		res.Rules = append(res.Rules, firedRuleToWire(r))
	}
	if e.Pass != nil {
		views, err := s.registry.passViews(ctx, *e.Pass)
		if err != nil {
			return nil, err
		}
		res.Pass = views[0]
	}
	return connect.NewResponse(res), nil
}

func (s policyService) readQuestion(ctx context.Context, m *menshenv1.CheckPolicyRequest) (q menshen.PolicyQuestion, err error) {
	const op = "web.policy"
	q = menshen.PolicyQuestion{YAML: m.Yaml, Gate: m.Gate, Means: menshen.Means(m.Means)}
	if err := checkRules(m.Yaml); err != nil {
		return q, err
	}
	if m.Pass != "" {
		if m.Person != "" || m.Gate != "" || m.At != nil || m.Means != "" || m.Direction != menshenv1.Direction_DIRECTION_UNSPECIFIED {
			return q, menshen.Errorf(menshen.CodeInvalid, op, "pass: a pass says itself who, where and when").WithHint("give the pass alone, or leave it out")
		}
		q.Pass, err = menshen.ParsePassID(m.Pass)
		return q, err
	}
	if m.Person == "" || m.Gate == "" {
		return q, menshen.Errorf(menshen.CodeInvalid, op, "person or gate: it is missing").WithHint("name a pass, or a person and a gate")
	}
	switch q.Means {
	case "":
		q.Means = menshen.MeansFace
	case menshen.MeansFace, menshen.MeansQR, menshen.MeansCard, menshen.MeansPIN, menshen.MeansGuard:
	default:
		return q, menshen.Errorf(menshen.CodeInvalid, op, "means: %q is unknown", m.Means).WithHint("use face, qr, card, pin or guard")
	}
	if q.Direction = menshen.DirectionIn; m.Direction != menshenv1.Direction_DIRECTION_UNSPECIFIED {
		if q.Direction, err = proto.DirectionFromWire(m.Direction); err != nil {
			return q, err
		}
	}
	if q.At, err = readTime("at", m.At); err != nil {
		return q, err
	}
	if q.At.IsZero() {
		q.At = s.now()
	}
	return q, checkGates(ctx, s.overview, q.Gate)
}

func (s policyService) ReplayPolicy(ctx context.Context, req *connect.Request[menshenv1.ReplayPolicyRequest]) (*connect.Response[menshenv1.ReplayPolicyResponse], error) {
	m := req.Msg
	const op = "web.policy"
	if err := checkYAML(m.Yaml); err != nil {
		return nil, err
	}
	span := menshen.Span{}
	var err error
	if span.From, err = readTime("from", m.From); err != nil {
		return nil, err
	}
	if span.To, err = readTime("to", m.To); err != nil {
		return nil, err
	}
	if span.To.IsZero() {
		span.To = s.now()
	}
	if span.From.IsZero() {
		span.From = span.To.Add(-24 * time.Hour)
	}
	if !span.From.Before(span.To) || span.Duration() > longestReplay {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "from: the span is empty or longer than 31 days").WithHint("give a --from that is earlier than --to, by at most 31 days")
	}
	if err := s.recorder.record(ctx, "policy.replay", "", "", map[string]any{"from": span.From, "to": span.To, "bytes": len(m.Yaml)}); err != nil {
		return nil, err
	}
	r, err := s.policy.Replay(ctx, span, m.Yaml, maxDifferences)
	if err != nil {
		return nil, err
	}
	differences := r.Differences[:min(len(r.Differences), maxDifferences)]
	passes := make([]menshen.Pass, len(differences))
	for i, d := range differences {
		passes[i] = d.Pass
	}
	views, err := s.registry.passViews(ctx, passes...)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ReplayPolicyResponse{Passes: r.Passes, Same: r.Same, Different: r.Different}
	for i, d := range differences {
		x := &menshenv1.Difference{Pass: views[i], Outcome: string(d.Decision.Outcome)}
		x.Reasons, _ = reasonsToWire(d.Decision.Reasons)
		res.Differences = append(res.Differences, x)
	}
	return connect.NewResponse(res), nil
}
