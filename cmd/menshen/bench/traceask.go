package bench

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// questioner asks about cases, one after the other, and times each.
type questioner struct {
	town     *subdistrict
	tracer   *tracing.Tracer
	cases    []uint32
	outbreak []uint32
	answers  *traceAnswers
}

// warmUp is how many questions come before those that count.
const warmUp = 20

func (q *questioner) ask(ctx context.Context, id string) error {
	p, err := builtin(id)
	if err != nil {
		return err
	}
	other := closer(p)
	person := func(n uint32) string { return q.town.people[n] }
	span := q.town.span()
	found := [2]int{}
	for _, part := range []struct {
		into *quantiles
		ask  func(n uint32) error
	}{
		{&q.answers.Movements, func(n uint32) error {
			_, _, err := q.tracer.Movements(ctx, person(n), span)
			return err
		}},
		{&q.answers.One, func(n uint32) error {
			a, err := q.tracer.Reach(ctx, q.question(n, p, 1))
			found[0] += len(a.People)
			return err
		}},
		{&q.answers.Two, func(n uint32) error {
			a, err := q.tracer.Reach(ctx, q.question(n, p, 2))
			found[1] += len(a.People)
			return err
		}},
		{&q.answers.Full, func(n uint32) error {
			_, err := q.tracer.Case(ctx, q.question(n, p, 2))
			return err
		}},
		{&q.answers.WhatIf, func(n uint32) error {
			a, err := q.tracer.Case(ctx, q.question(n, p, 0))
			if err != nil {
				return err
			}
			b, err := q.tracer.Case(ctx, q.question(n, other, 0))
			tracing.Compare(a, b)
			return err
		}},
	} {
		for _, n := range q.cases[:min(warmUp, len(q.cases))] {
			if err := unseen(part.ask(n)); err != nil {
				return err
			}
		}
		runtime.GC() // of what came before
		found = [2]int{}
		took := make(durations, 0, len(q.cases))
		for _, n := range q.cases {
			begin := time.Now()
			err := unseen(part.ask(n))
			took = append(took, time.Since(begin))
			if err != nil {
				return err
			}
		}
		*part.into = took.quantiles()
		q.answers.Contacts = max(q.answers.Contacts, float64(found[0])/float64(len(q.cases)))
		q.answers.Reached = max(q.answers.Reached, float64(found[1])/float64(len(q.cases)))
	}
	return q.atOnce(ctx, p)
}

// unseen takes the error of a question about somebody who stayed at home for no error.
func unseen(err error) error {
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return nil
	}
	return err
}

func (q *questioner) question(person uint32, p *policy.Policy, generations int) tracing.CaseQuestion {
	return tracing.CaseQuestion{Person: q.town.people[person], Window: q.town.span(), Policy: p, Generations: generations}
}

// atOnce asks for two generations of all cases of the outbreak: in one question, and of each in one of its own.
func (q *questioner) atOnce(ctx context.Context, p *policy.Policy) error {
	all := q.question(q.outbreak[0], p, 2)
	for _, n := range q.outbreak[1:] {
		all.Others = append(all.Others, tracing.Index{Person: q.town.people[n], Window: q.town.span()})
	}
	runtime.GC() // of what came before
	begin := time.Now()
	answer, err := q.tracer.Reach(ctx, all)
	if err != nil {
		return err
	}
	q.answers.Outbreak, q.answers.OutbreakReached = time.Since(begin).Seconds(), len(answer.People)
	return q.oneByOne(ctx, p)
}

func (q *questioner) oneByOne(ctx context.Context, p *policy.Policy) error {
	cases := q.outbreak
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make([]error, runtime.GOMAXPROCS(0))
	begin := time.Now()
	for w := range errs {
		wait.Go(func() {
			for errs[w] == nil {
				k := int(next.Add(1)) - 1
				if k >= len(cases) {
					return
				}
				_, err := q.tracer.Reach(ctx, q.question(cases[k], p, 2))
				errs[w] = unseen(err)
			}
		})
	}
	wait.Wait()
	q.answers.Each = time.Since(begin).Seconds()
	return firstError(errs...)
}

func builtin(id string) (*policy.Policy, error) {
	for _, p := range policy.Builtin() {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, menshen.Errorf(menshen.CodeInternal, "cmd.bench", "no tracing policy %q comes with Menshen", id)
}

// closer is a policy with half the time between two passes at a gate: the other one of a what-if.
func closer(p *policy.Policy) *policy.Policy {
	other := *p
	other.ID += "-closer"
	half := func(rules []policy.Rule) []policy.Rule {
		rules = slices.Clone(rules)
		for i := range rules {
			rules[i].Within /= 2
		}
		return rules
	}
	other.Rules, other.Next = half(p.Rules), half(p.Next)
	return &other
}

// gatesAlone is the part of a policy that peers are asked for too.
func gatesAlone(p *policy.Policy) *policy.Policy {
	other := *p
	other.ID += "-gates"
	only := func(rules []policy.Rule) []policy.Rule {
		return slices.DeleteFunc(slices.Clone(rules), func(r policy.Rule) bool { return r.Kind != policy.RuleGate })
	}
	other.Rules, other.Next = only(p.Rules), only(p.Next)
	return &other
}
