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
type Engine interface {
	Case(ctx context.Context, q tracing.CaseQuestion) (tracing.CaseAnswer, error)
}

// ask has the engine judge a case by a policy.
func (b *Book) ask(ctx context.Context, c menshen.Case, p *policy.Policy) (tracing.CaseAnswer, error) {
	window, err := p.Window.Span(c.Clinical, b.deps.Clock(), b.zone())
	if err != nil {
		return tracing.CaseAnswer{}, err
	}
	if !window.From.Before(window.To) {
		return tracing.CaseAnswer{Window: window}, nil // isolated before they could pass anything on
	}
	held, err := b.held(ctx, c)
	if err != nil {
		return tracing.CaseAnswer{}, err
	}
	answer, err := b.deps.Engine.Case(ctx, tracing.CaseQuestion{Person: c.Person, Window: window, Isolated: c.Isolated, Policy: p, Held: held})
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return tracing.CaseAnswer{Window: window}, nil // neither a pass nor a home: they met nobody here
	}
	return answer, err
}

// held gives who else passes nothing on, and since when: contacts in central isolation and isolated index persons of other
// open cases. Home observation does not count: who is seen outside in spite of it was there.
func (b *Book) held(ctx context.Context, c menshen.Case) (map[string][]menshen.Span, error) {
	held := map[string][]menshen.Span{}
	note := func(person string, since time.Time) {
		if person != "" && person != c.Person && !since.IsZero() {
			held[person] = append(held[person], menshen.Span{From: since})
		}
	}
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Status: menshen.ContactCentralIsolation}) {
		if err != nil {
			return nil, err
		}
		note(e.Person, e.IsolatedFrom)
	}
	for other, err := range b.deps.Store.Cases(ctx, store.CaseFilter{State: menshen.CaseOpen}) {
		if err != nil {
			return nil, err
		}
		note(other.Person, other.Isolated)
	}
	return held, nil
}
