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

// TraceRequest asks whom cases may have infected.
type TraceRequest struct {
	Cases       []string // one, or several of an outbreak; backward only one
	Policy      *policy.Policy
	Generations int  // the policy's if 0
	Backward    bool // who may have infected the case, in the 14 days before its onset, or its sample without symptoms
}

// Trace asks the engine whom cases may have infected, and by which path, and keeps nothing: by the policy of the first case
// where none is given. Of several cases, everybody is found once, by the case with the fewest hops and then the earliest; what
// interviews brought is of the first alone. A case that was isolated before it could pass anything on takes no part.
func (b *Book) Trace(ctx context.Context, r TraceRequest) (tracing.ReachAnswer, menshen.PolicyRef, error) {
	if len(r.Cases) == 0 || r.Backward && len(r.Cases) > 1 {
		return tracing.ReachAnswer{}, menshen.PolicyRef{}, menshen.Errorf(menshen.CodeInvalid, "casebook.trace", "case: no case is named, or several are asked about backward").
			WithHint("name one case, or several forward")
	}
	cases := make([]menshen.Case, len(r.Cases))
	for i, ref := range r.Cases {
		var err error
		if cases[i], err = b.work(ctx, ref); err != nil { // passes are looked at for cases alone that are open
			return tracing.ReachAnswer{}, menshen.PolicyRef{}, err
		}
	}
	var err error
	p := r.Policy
	if p == nil {
		if p, err = b.deps.Policies.Get(ctx, cases[0].Policy); err != nil {
			return tracing.ReachAnswer{}, menshen.PolicyRef{}, err
		}
	}
	used := menshen.PolicyRef{ID: p.ID, Version: p.Version}
	q := tracing.CaseQuestion{Policy: p, Generations: r.Generations, Backward: r.Backward}
	var window menshen.Span // of the first, for an answer without people
	asked := map[string]bool{}
	for i, c := range cases {
		index := tracing.Index{Person: c.Person, Isolated: c.Isolated}
		if index.Window, err = p.Window.Span(c.Clinical, b.deps.Clock(), b.zone()); err != nil {
			return tracing.ReachAnswer{}, used, err
		}
		if r.Backward {
			index.Window, index.Isolated = caught(c), time.Time{}
		}
		if i == 0 {
			window = index.Window
		}
		if asked[c.Person] || !index.Window.From.Before(index.Window.To) {
			continue
		}
		if asked[c.Person] = true; len(asked) > 1 {
			q.Others = append(q.Others, index)
			continue
		}
		q.Person, q.Window, q.Isolated = index.Person, index.Window, index.Isolated
		if err = b.askOthers(ctx, c, &q); err != nil {
			return tracing.ReachAnswer{}, used, err
		}
	}
	if len(asked) == 0 {
		return tracing.ReachAnswer{Window: window}, used, nil
	}
	a, err := b.deps.Engine.Reach(ctx, q)
	return a, used, err
}

// caught is when a case can have caught it.
func caught(c menshen.Case) menshen.Span {
	known := c.Onset
	if known.IsZero() {
		known = c.Sampled
	}
	return menshen.Span{From: known.Add(-caughtWithin), To: known}
}
