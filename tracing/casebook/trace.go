package casebook

import (
	"context"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// caughtWithin is how long before the onset, or the sample, somebody can have caught it: the longest incubation of COVID-19
// that health authorities count with.
const caughtWithin = 14 * 24 * time.Hour

// Trace asks the engine about a case, and keeps nothing: by the case's own policy where p is nil, for the policy's
// generations where they are 0. Backward it is who may have infected the case, in the 14 days before its onset, or its sample
// without symptoms.
func (b *Book) Trace(ctx context.Context, ref string, p *policy.Policy, generations int, backward bool) (tracing.CaseAnswer, menshen.PolicyRef, error) {
	c, err := b.look(ctx, ref)
	if err != nil {
		return tracing.CaseAnswer{}, menshen.PolicyRef{}, err
	}
	if p == nil {
		if p, err = b.deps.Policies.Get(ctx, c.Policy); err != nil {
			return tracing.CaseAnswer{}, menshen.PolicyRef{}, err
		}
	}
	used := menshen.PolicyRef{ID: p.ID, Version: p.Version}
	q := tracing.CaseQuestion{Person: c.Person, Isolated: c.Isolated, Policy: p, Generations: generations, Backward: backward}
	if q.Window, err = p.Window.Span(c.Clinical, b.deps.Clock(), b.zone()); err != nil {
		return tracing.CaseAnswer{}, used, err
	}
	if backward {
		known := c.Onset
		if known.IsZero() {
			known = c.Sampled
		}
		q.Window, q.Isolated = menshen.Span{From: known.Add(-caughtWithin), To: known}, time.Time{}
	}
	if !q.Window.From.Before(q.Window.To) {
		return tracing.CaseAnswer{Window: q.Window}, used, nil // isolated before they could pass anything on
	}
	if err = b.askOthers(ctx, c, &q); err != nil {
		return tracing.CaseAnswer{}, used, err
	}
	a, err := b.deps.Engine.Case(ctx, q)
	return a, used, err
}
