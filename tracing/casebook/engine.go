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
	Reach(ctx context.Context, q tracing.CaseQuestion) (tracing.ReachAnswer, error)
}

// ruleReported is the rule of findings that the engine has from an interview alone.
const ruleReported = "reported"

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
	q := tracing.CaseQuestion{Person: c.Person, Window: window, Isolated: c.Isolated, Policy: p}
	if err := b.askOthers(ctx, c, &q); err != nil {
		return judgement{}, err
	}
	answer, err := b.deps.Engine.Case(ctx, q)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return j, nil // neither a pass nor a home: they met nobody here
	}
	if answer.Window.From.After(window.From) {
		j.missing = answer.Window.From
	}
	j.Findings = answer.Findings
	return j, err
}

// askOthers tells the engine what records know and passes do not: who is isolated when, and whom interviews brought.
func (b *Book) askOthers(ctx context.Context, c menshen.Case, q *tracing.CaseQuestion) (err error) {
	if q.Held, err = b.held(ctx, c); err != nil || q.Backward {
		return err
	}
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Source: menshen.SourceInterview, Counting: true}) {
		if err != nil {
			return err
		}
		if e.Person != "" && !e.Said.From.IsZero() {
			q.Known = append(q.Known, tracing.Known{Person: e.Person, Span: e.Said.Span, Level: e.Said.Level, Risk: e.Said.Risk})
		}
	}
	return nil
}
