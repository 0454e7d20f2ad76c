package main

import (
	"context"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing"

	"iter"
)

// What tests look at that no command shows by itself.

var DoorWord = doorWord

type PostBoard = postBoard

func (b *postBoard) Hear(r menshen.Report, at time.Time) { b.hear(r, at) }

func (b *postBoard) Conditions(posts []string, started, now time.Time) []menshen.Condition {
	return b.conditions(posts, started, now)
}

type CaseEngine = caseEngine

// Residences gives homes, as the registry does.
type Residences interface {
	Residences(ctx context.Context) iter.Seq2[store.Residence, error]
}

func NewCaseEngine(t *tracing.Tracer, floor func() time.Time, homes Residences) *CaseEngine {
	e := &caseEngine{Tracer: t, floor: floor, reach: t.Lookback(), residences: homes}
	e.homesMoved()
	return e
}

func (e *caseEngine) HomesMoved() { e.homesMoved() }

func (e *caseEngine) Since() time.Time { return e.since() }

// MovementsOf is what a case shows of somebody.
func (e *caseEngine) MovementsOf(ctx context.Context, person string, window menshen.Span) ([]menshen.Stay, []menshen.Pass, time.Time, error) {
	return caseView{&hub{cases: investigations{engine: e}}}.movements(ctx, person, window)
}

type AlertBoard = alertBoard

func (b *alertBoard) Put(a menshen.Alert, now time.Time) { b.put(a, now) }

func (b *alertBoard) Conditions(now time.Time) []menshen.Condition { return b.conditions(now) }

var Outside = outside
