package main

import (
	"context"
	"iter"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"menshen"
	bureau "menshen/office"
	"menshen/store"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

// investigations is what cases are worked on with.
type investigations struct {
	book     *casebook.Book
	policies *casebook.PolicyShelf
	engine   *caseEngine
}

// openCases joins the rules of cases with passes, store, office and gates.
func (h *hub) openCases(ctx context.Context) error {
	tracer, err := tracing.New(h.pipeline.log, h.site, tracing.Config{Stays: tracing.StayConfig{HomeCap: h.cfg.Tracing.HomeLimit}})
	if err != nil {
		return err
	}
	s := h.pipeline.store
	h.cases.engine = &caseEngine{Tracer: tracer, floor: h.pipeline.since, reach: tracer.Lookback(), residences: s}
	h.cases.engine.homesMoved()
	if h.cases.policies, err = casebook.NewPolicyShelf(s, time.Now); err != nil {
		return err
	}
	h.cases.book, err = casebook.New(casebook.Deps{
		Store: s, Engine: h.cases.engine, Policies: h.cases.policies, Registry: h.bureau, Health: caseHealth{h.bureau}, Alerter: h,
		Clock: time.Now, Log: h.log, Location: func() *time.Location { return h.site.Location },
	}, casebook.Config{})
	if err != nil {
		return err
	}
	return h.cases.book.Settle(ctx)
}

// caseEngine is the tracer with homes as the registry has them, for whoever asks. Of a window of a case that reaches further
// back than it can answer for, it judges the rest. Safe for concurrent use.
type caseEngine struct {
	*tracing.Tracer

	floor      func() time.Time // passes before are not in memory
	reach      time.Duration    // how long before a time passes may tell of a stay then
	residences interface {
		Residences(ctx context.Context) iter.Seq2[store.Residence, error]
	}
	moves, settled atomic.Uint64 // how often homes may have changed, and how often that was when the tracer was told
	settling       sync.Mutex
}

// since is from when on stays are known: who came in before the first pass in memory, and as long before as a stay without a
// further pass lasts, is known not to be there any more.
func (e *caseEngine) since() time.Time { return e.floor().Add(e.reach) }

// Case implements casebook.Engine.
func (e *caseEngine) Case(ctx context.Context, q tracing.CaseQuestion) (tracing.CaseAnswer, error) {
	if err := e.prepare(ctx, &q); err != nil {
		return tracing.CaseAnswer{}, err
	}
	return e.Tracer.Case(ctx, q)
}

// Reach implements casebook.Engine.
func (e *caseEngine) Reach(ctx context.Context, q tracing.CaseQuestion) (tracing.ReachAnswer, error) {
	if err := e.prepare(ctx, &q); err != nil {
		return tracing.ReachAnswer{}, err
	}
	return e.Tracer.Reach(ctx, q)
}

// prepare cuts windows to the passes that are at hand, and the answer says so.
func (e *caseEngine) prepare(ctx context.Context, q *tracing.CaseQuestion) error {
	since := e.since()
	cut := func(window *menshen.Span) error {
		if !window.From.Before(since) {
			return nil
		}
		if !since.Before(window.To) {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.case", "the window is from %s to %s, and passes before %s are not in memory: nothing can be judged by passes",
				window.From.Format(time.DateOnly), window.To.Format(time.DateOnly), since.Format(time.DateOnly)).
				WithHint("the operator sets tracing.days to %d or more and starts Menshen again", daysBack(window.From.Add(-e.reach), time.Now()))
		}
		window.From = since
		return nil
	}
	if err := cut(&q.Window); err != nil {
		return err
	}
	for i := range q.Others {
		if err := cut(&q.Others[i].Window); err != nil {
			return err
		}
	}
	return e.settle(ctx)
}

// Movements is that of the tracer.
func (e *caseEngine) Movements(ctx context.Context, person string, span menshen.Span) ([]menshen.Pass, []menshen.Stay, error) {
	if err := e.settle(ctx); err != nil {
		return nil, nil, err
	}
	return e.Tracer.Movements(ctx, person, span)
}

// Contacts is that of the tracer.
func (e *caseEngine) Contacts(ctx context.Context, person string, span menshen.Span, o tracing.ContactOptions) ([]menshen.Contact, error) {
	if err := e.settle(ctx); err != nil {
		return nil, err
	}
	return e.Tracer.Contacts(ctx, person, span, o)
}

// daysBack is how many days of passes reach back to a time.
func daysBack(from, now time.Time) int { return int(now.Sub(from)/(24*time.Hour)) + 1 }

// homesMoved has homes read anew before the next question.
func (e *caseEngine) homesMoved() { e.moves.Add(1) }

// settle reads who lives where, if that may have changed. Whoever asks meanwhile waits for it, so that nobody is answered by
// homes of before.
func (e *caseEngine) settle(ctx context.Context) error {
	if e.settled.Load() == e.moves.Load() {
		return nil
	}
	e.settling.Lock()
	defer e.settling.Unlock()
	moves := e.moves.Load() // what moves while homes are read is for the next time
	if e.settled.Load() == moves {
		return nil
	}
	homes := map[string]tracing.Residence{}
	for r, err := range e.residences.Residences(ctx) {
		if err != nil {
			return err
		}
		homes[r.Person] = tracing.Residence{Household: r.Household, Dwelling: r.Dwelling, Shared: r.Shared}
	}
	e.Settle(maps.All(homes))
	e.settled.Store(moves)
	return nil
}

// caseHealth puts people into health states for cases, so that gates follow.
type caseHealth struct{ office *bureau.Office }

// SetHealth implements casebook.Health.
func (h caseHealth) SetHealth(ctx context.Context, o casebook.HealthOrder) error {
	_, err := h.office.SetHealth(ctx, bureau.HealthChange{Person: o.Person, State: o.State, Since: o.Since, Until: o.Until, Reason: o.Reason}, o.By)
	return err
}

// settleCases gives gates what they have not been told yet of cases, as after a crash.
func (h *hub) settleCases(ctx context.Context) {
	if err := h.cases.book.Settle(ctx); err != nil && ctx.Err() == nil {
		h.log.Error("what cases ask of the registry could not be done", "error", err)
	}
}
