package main

import (
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/access"
	"menshen/access/policy"
	"menshen/access/roll"
)

// policyView answers what the policy says, or said. It decides nothing.
type policyView struct{ *hub }

// Check implements web.Policy.
func (v policyView) Check(ctx context.Context, q menshen.PolicyQuestion) (menshen.PolicyExplanation, error) {
	const op = "cmd.policy_check"
	rules, version, err := v.rules(q.YAML)
	if err != nil {
		return menshen.PolicyExplanation{}, err
	}
	out := menshen.PolicyExplanation{Version: version}
	var request policy.Request
	if q.Pass != (menshen.PassID{}) {
		p, err := v.pipeline.store.Pass(ctx, q.Pass)
		if err != nil {
			return menshen.PolicyExplanation{}, err
		}
		request, out.Pass = access.Past(v.roll, p), &p
	} else {
		if _, ok := v.site.Gate(q.Gate); !ok {
			return menshen.PolicyExplanation{}, menshen.Errorf(menshen.CodeNotFound, op, "there is no gate %q", q.Gate).WithHint("see the gates with: menshen gate list")
		}
		request = v.supposed(q)
	}
	x := rules.Explain(&request)
	out.Outcome, out.Facts = x.Decision.Outcome, x.Facts
	for _, f := range x.Fired {
		out.Rules = append(out.Rules, menshen.FiredRule{Rule: f.Rule, Outcome: menshen.Outcome(f.Then), Reason: f.Reason, Because: f.Because})
	}
	return out, nil
}

// supposed is the request of somebody who comes to a gate and whom it knows for sure.
func (v policyView) supposed(q menshen.PolicyQuestion) policy.Request {
	request := policy.Request{
		Means: q.Means, Direction: q.Direction, At: q.At, Past: q.At.Before(time.Now().Add(-time.Minute)), Seen: true,
		Match: &menshen.Match{Verdict: menshen.VerdictKnown, Faces: 1, Agreeing: 1, Candidates: []menshen.Candidate{{Person: q.Person}}},
	}
	v.roll.Fill(&request, q.Person, q.Gate)
	return request
}

// rules reads rules, or gives those in force.
func (v policyView) rules(yaml string) (*policy.Rules, uint64, error) {
	if yaml == "" {
		now := v.roll.Ruling()
		return now.Rules, now.Version, nil
	}
	rules, err := policy.Parse([]byte(yaml))
	return rules, 0, err
}

// Replay implements web.Policy. Every pass is decided twice, by the rules in force and by the others, and what differs is
// given: so what only the day and not the rules changed does not look like a difference.
func (v policyView) Replay(ctx context.Context, span menshen.Span, yaml string, most int) (menshen.PolicyReplay, error) {
	changed, _, err := v.rules(yaml)
	if err != nil {
		return menshen.PolicyReplay{}, err
	}
	now, _, err := v.rules("")
	if err != nil {
		return menshen.PolicyReplay{}, err
	}
	was, would, err := v.rollsBefore(ctx, span.From)
	if err != nil {
		return menshen.PolicyReplay{}, err
	}
	var out menshen.PolicyReplay
	for p, err := range v.pipeline.store.Passes(ctx, menshen.PassFilter{Span: span}) {
		if err != nil {
			return out, err
		}
		out.Passes++
		a, b := access.Past(was, p), access.Past(would, p)
		before, after := now.Decide(&a).Decision, changed.Decide(&b).Decision
		was.Passed(decided(p, before))
		would.Passed(decided(p, after))
		if before.Outcome == after.Outcome && slices.Equal(before.Reasons, after.Reasons) {
			out.Same++
			continue
		}
		out.Different++
		if len(out.Differences) < most {
			after.Reasons = slices.Clone(after.Reasons)
			out.Differences = append(out.Differences, menshen.PolicyDifference{Pass: p, Decision: after})
		}
	}
	return out, nil
}

// decided is a pass as it would have been.
func decided(p menshen.Pass, d menshen.Decision) menshen.Pass {
	p.Decision = d
	return p
}

// rollsBefore gives two copies of the registry, with who had passed before a time.
func (v policyView) rollsBefore(ctx context.Context, at time.Time) (a, b *roll.Roll, err error) {
	a, b = roll.New(v.site), roll.New(v.site)
	f := follower{changes: v.pipeline.store.Changes, log: v.log, apply: func(c menshen.Change) error {
		if c.Kind == menshen.ChangeTemplate {
			return nil
		}
		if err := a.Apply(c); err != nil {
			return err
		}
		return b.Apply(c)
	}}
	if err := f.catchUp(ctx); err != nil {
		return nil, nil, err
	}
	for p, err := range v.pipeline.store.Passes(ctx, menshen.PassFilter{Span: menshen.Span{From: at.Add(-outingsKept), To: at}}) {
		if err != nil {
			return nil, nil, err
		}
		a.Passed(p)
		b.Passed(p)
	}
	return a, b, nil
}
