package casebook

import (
	"context"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// Engine derives contacts from passes and the registry. *tracing.Tracer is one. Safe for concurrent use.
//
// One that has not all passes of a window any more answers for those it has: Window of the answer begins later then.
type Engine interface {
	Case(ctx context.Context, q tracing.CaseQuestion) (tracing.CaseAnswer, error)
}

// judgement is what a policy makes of a case.
type judgement struct {
	tracing.CaseAnswer // Window is the policy's

	missing time.Time // passes of the window before it are not at hand; zero where all are
}

// ask has the engine judge a case by a policy.
func (b *Book) ask(ctx context.Context, c menshen.Case, p *policy.Policy) (judgement, error) {
	window, err := p.Window.Span(c.Clinical, b.deps.Clock(), b.zone())
	if err != nil {
		return judgement{}, err
	}
	j := judgement{CaseAnswer: tracing.CaseAnswer{Window: window}}
	if !window.From.Before(window.To) {
		return j, nil // isolated before they could pass anything on
	}
	held, err := b.held(ctx, c)
	if err != nil {
		return judgement{}, err
	}
	answer, err := b.deps.Engine.Case(ctx, tracing.CaseQuestion{Person: c.Person, Window: window, Isolated: c.Isolated, Policy: p, Held: held})
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return j, nil // neither a pass nor a home: they met nobody here
	}
	if answer.Window.From.After(window.From) {
		j.missing = answer.Window.From
	}
	j.Findings = answer.Findings
	return j, err
}

// held gives who else passes nothing on, and since when: contacts in central isolation and isolated index persons of other
// open cases. Home observation does not count: who is seen outside in spite of it was there.
func (b *Book) held(ctx context.Context, c menshen.Case) (map[string]time.Time, error) {
	held := map[string]time.Time{}
	note := func(person string, since time.Time) {
		if at, known := held[person]; person != "" && person != c.Person && !since.IsZero() && (!known || since.Before(at)) {
			held[person] = since
		}
	}
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Status: menshen.ContactCentralIsolation}) {
		if err != nil {
			return nil, err
		}
		note(e.Person, e.IsolatedFrom)
	}
	for _, s := range []menshen.CaseState{menshen.CaseOpen, menshen.CaseRequested} {
		for other, err := range b.deps.Store.Cases(ctx, store.CaseFilter{State: s}) {
			if err != nil {
				return nil, err
			}
			if inForce(other) {
				note(other.Person, other.Isolated)
			}
		}
	}
	return held, nil
}
