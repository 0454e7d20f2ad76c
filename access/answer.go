package access

import (
	"cmp"
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/access/crossing"
	"menshen/access/policy"
)

// Reviews gives the reviews that wait at a gate, or at all gates for "", oldest first.
func (c *Controller) Reviews(gate string) []menshen.Review {
	var all []menshen.Review
	for _, g := range c.gates {
		if gate == "" || g.info.ID == gate {
			all = append(all, g.desk.waiting()...)
		}
	}
	slices.SortStableFunc(all, func(a, b menshen.Review) int { return a.Pass.Captured.Compare(b.Pass.Captured) })
	return all
}

// Answer decides in a guard's name: about a pass that was reviewed or refused in the last minutes, or about somebody
// whom no camera saw. Each answer is a pass of its own, with who gave it; a pass can be answered once. What no guard may
// overrule, such as isolation, stays refused: that is an answer too, not an error.
//
// CodeNotFound for a pass that cannot be answered (any more) or an unknown gate, CodeInvalid for an answer that makes no
// sense, CodeUnavailable after Run ended.
func (c *Controller) Answer(ctx context.Context, a menshen.GuardAnswer) (menshen.Pass, error) {
	const op = "access.answer"
	if err := ctx.Err(); err != nil {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeUnavailable, op, "nobody waits for the decision any more").WithCause(err)
	}
	if err := a.Validate(); err != nil {
		return menshen.Pass{}, err
	}
	g, err := c.gate(op, cmp.Or(a.Gate, a.Pass.Gate))
	if err != nil {
		return menshen.Pass{}, err
	}
	now := c.deps.Clock()
	if a.Pass == (menshen.PassID{}) {
		return g.answer(menshen.Review{Pass: menshen.Pass{Direction: a.Direction, Captured: now}}, a, now)
	}
	r, ok := g.desk.take(a.Pass.Sequence)
	if !ok {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeNotFound, op, "the pass %s cannot be answered", a.Pass).
			WithHint("it was answered already, or is too long ago; see what waits with: menshen guard reviews")
	}
	if a.Person == "" {
		a.Person = cmp.Or(r.Pass.Person, r.Pass.Match.Person())
	}
	if a.Allow && a.Person == "" {
		g.desk.put(r, now)
		return menshen.Pass{}, menshen.Errorf(menshen.CodeInvalid, op, "nobody is named, and nobody unnamed is let in").
			WithHint("say who it is, or register a visit first")
	}
	p, err := g.answer(r, a, now)
	if err != nil {
		g.desk.put(r, now)
	}
	return p, err
}

// answer makes the pass of an answer.
func (g *gate) answer(review menshen.Review, a menshen.GuardAnswer, now time.Time) (menshen.Pass, error) {
	const op = "access.answer"
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.c.stopped.Load() {
		return menshen.Pass{}, stopped(op)
	}
	l := g.ledger(review.Pass.Direction)
	q := g.request(policy.Request{Means: menshen.MeansGuard, Guard: true, Direction: review.Pass.Direction, At: now}, a.Person, l.Allowed(a.Person, now, nil))
	if a.Allow && !q.Standing.Found {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeNotFound, op, "nobody in the registry has the id %q", a.Person).
			WithHint("search by name or dwelling to find the id")
	}
	r := policy.Result{Decision: menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonGuardDenied}}}
	if a.Allow {
		r = g.decide(&q)
	}
	p := g.pass(&q, &r)
	p.By = a.By
	if review.Pass.ID.Sequence > 0 {
		p.Answers = review.Pass.ID.String()
	}
	if p.Person != "" {
		l.Person(p.Person, p.Decision.Outcome, crossing.Seen{Captured: now, Now: now}, nil)
	}
	if p.Decision.Outcome == menshen.OutcomeAllow {
		g.tell(p.Direction, review.Pass.Track, now)
	}
	r.Overridable = false // it was the guard who decided
	g.keep(p, &r, now)
	return p, nil
}

// unanswered does what a gate does by itself with reviews that nobody answered in time. Where its default is to let people
// pass, the policy is asked again, as of now: only who is known beyond doubt, and still is for a guard to decide, passes.
func (g *gate) unanswered(now time.Time) {
	for _, review := range g.desk.due(now) {
		if err := g.conclude(review, now); err != nil && menshen.ErrorCode(err) != menshen.CodeUnavailable {
			g.c.deps.Log.Warn("a review ran out and could not be concluded", "pass", review.Pass.ID, "error", err)
		}
	}
}

// conclude makes the pass of a review that ran out.
func (g *gate) conclude(review menshen.Review, now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.c.stopped.Load() {
		return stopped("access.conclude")
	}
	q := Past(g.c.deps.Roll, review.Pass)
	q.At, q.Past = now, false
	if state := g.c.deps.Roll.GateState(g.info.ID); state != "" {
		q.Gate.State = state
	}
	r := g.decide(&q)
	p := g.pass(&q, &r)
	p.Means, p.By, p.Answers = menshen.MeansGuard, defaultAnswer, review.Pass.ID.String()
	p.Confidence = review.Pass.Confidence // nobody has looked
	reasons := append([]menshen.Reason{menshen.ReasonReviewOver}, r.Decision.Reasons...)
	p.Decision = menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: reasons}
	if review.Default == menshen.OutcomeAllow && p.Person != "" && r.Decision.Outcome == menshen.OutcomeReview && !doubtful(r.Decision.Reasons) {
		p.Decision.Outcome = menshen.OutcomeAllow
	}
	if p.Person != "" {
		g.ledger(q.Direction).Person(p.Person, p.Decision.Outcome, crossing.Seen{Captured: now, Now: now}, nil)
	}
	if p.Decision.Outcome == menshen.OutcomeAllow {
		g.tell(p.Direction, review.Pass.Track, now)
	}
	g.keep(p, &policy.Result{Decision: p.Decision}, now)
	return nil
}

// doubtful says that it is not certain who was there, or whether it was them: that only a guard can see.
func doubtful(reasons []menshen.Reason) bool {
	return slices.ContainsFunc(reasons, func(r menshen.Reason) bool {
		switch r {
		case menshen.ReasonUnsureFace, menshen.ReasonUnreadableFace, menshen.ReasonCoveredFace, menshen.ReasonPermitSheet,
			menshen.ReasonNotLive, menshen.ReasonLivenessUnseen, menshen.ReasonRecordsFull, menshen.ReasonNoRegistry:
			return true
		}
		return false
	})
}

// defaultAnswer is who decides where no guard did.
const defaultAnswer = "gate-default"
