package web

import (
	"context"
	"slices"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type tracingPolicyService struct {
	desk

	policies TracingPolicies
}

func (s tracingPolicyService) ListTracingPolicies(ctx context.Context, _ *connect.Request[menshenv1.ListTracingPoliciesRequest]) (*connect.Response[menshenv1.ListTracingPoliciesResponse], error) {
	if err := s.recorder.record(ctx, "tracing_policies.list", "", "", nil); err != nil {
		return nil, err
	}
	all, err := s.policies.TracingPolicies(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListTracingPoliciesResponse{}
	for _, p := range all {
		if p.Latest {
			res.Policies = append(res.Policies, tracingPolicyToWire(p))
		}
	}
	return connect.NewResponse(res), nil
}

func (s tracingPolicyService) GetTracingPolicy(ctx context.Context, req *connect.Request[menshenv1.GetTracingPolicyRequest]) (*connect.Response[menshenv1.GetTracingPolicyResponse], error) {
	named, err := readPolicy(req.Msg.Policy)
	if err != nil {
		return nil, err
	}
	if named == "" {
		return nil, noPolicy()
	}
	if err := s.recorder.record(ctx, "tracing_policy.show", named, "", nil); err != nil {
		return nil, err
	}
	p, yaml, err := s.policies.TracingPolicyText(ctx, named)
	if err != nil {
		return nil, err
	}
	all, err := s.policies.TracingPolicies(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetTracingPolicyResponse{Policy: tracingPolicyToWire(p), Yaml: yaml}
	all = slices.DeleteFunc(all, func(o TracingPolicy) bool { return o.ID != p.ID })
	slices.SortFunc(all, func(a, b TracingPolicy) int { return int(b.Version) - int(a.Version) })
	for _, o := range all {
		res.Versions = append(res.Versions, tracingPolicyToWire(o))
	}
	return connect.NewResponse(res), nil
}

func (s tracingPolicyService) PutTracingPolicy(ctx context.Context, req *connect.Request[menshenv1.PutTracingPolicyRequest]) (*connect.Response[menshenv1.PutTracingPolicyResponse], error) {
	m := req.Msg
	if err := checkYAML(m.Yaml); err != nil {
		return nil, err
	}
	note, err := readNote("note", m.Note)
	if err != nil {
		return nil, err
	}
	if note == "" && !m.DryRun {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.tracing_policy", "note: it is empty, and a policy is kept with why it was changed").WithHint("say why, with --note")
	}
	if err := s.recorder.record(ctx, "tracing_policy.put", "", note, map[string]any{"bytes": len(m.Yaml), "dry_run": m.DryRun}); err != nil {
		return nil, err
	}
	p, err := s.policies.PutTracingPolicy(ctx, m.Yaml, note, m.DryRun, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutTracingPolicyResponse{Policy: tracingPolicyToWire(p)}), nil
}

func tracingPolicyToWire(p TracingPolicy) *menshenv1.TracingPolicy {
	return &menshenv1.TracingPolicy{
		Ref: proto.PolicyRefToWire(p.PolicyRef), Name: proto.TextToWire(p.Name), About: proto.TextToWire(p.About), Source: p.Source,
		By: p.By, At: timeOrNone(p.At), Note: p.Note, Usual: p.Usual,
	}
}
