package access

import (
	"context"
	"time"

	"menshen"
	"menshen/access/crossing"
	"menshen/access/policy"
)

// Present decides about something shown to a reader: a code, a PIN, a card. The same permits and the same policy apply as
// with a face. It waits for nothing but the lock of one gate; the pass it gives has no number yet.
//
// What is wrong with a credential is a denial with its reason, not an error. Errors are CodeNotFound for an unknown gate,
// CodeInvalid for a direction or kind that is none, and CodeUnavailable before and after Run.
func (c *Controller) Present(ctx context.Context, p menshen.Presentation) (menshen.Pass, error) {
	const op = "access.present"
	if err := ctx.Err(); err != nil {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeUnavailable, op, "nobody waits for the decision any more").WithCause(err)
	}
	g, err := c.gate(op, p.Gate)
	if err != nil {
		return menshen.Pass{}, err
	}
	if p.Direction != menshen.DirectionIn && p.Direction != menshen.DirectionOut {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeInvalid, op, "the direction %q is unknown", p.Direction).WithHint("use in or out")
	}
	if p.Celsius != 0 && !(p.Celsius >= 30 && p.Celsius <= 45) {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeInvalid, op, "a temperature of %.1f °C is out of range", p.Celsius).WithHint("measure again; use 30 to 45 °C")
	}
	if !p.Kind.Valid() {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeInvalid, op, "the kind of credential %q is unknown", p.Kind).WithHint("use qr, pin or card")
	}
	return g.present(p, c.deps.Clock())
}

// gate finds a gate of this controller.
func (c *Controller) gate(op, id string) (*gate, error) {
	for _, g := range c.gates {
		if g.info.ID == id {
			return g, nil
		}
	}
	return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no gate %q", id).WithHint("see the gates with: menshen gate list")
}

func (g *gate) present(p menshen.Presentation, now time.Time) (menshen.Pass, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.c.stopped.Load() {
		return menshen.Pass{}, stopped("access.present")
	}
	who := g.c.identify(g, p, now)
	l := g.ledger(p.Direction)
	// Read twice while the door stands open for them, as cards are: that is once. Later it is a crossing of its own: a card that
	// is handed back over the gate gets nobody in under anti-passback or a quota.
	again := who.fault == menshen.CredentialFine && l.JustOpened(who.person, now, readTwice)
	// A code is used up by being shown, whatever the policy says of its owner: a copy of it is worth nothing then.
	if who.fault == menshen.CredentialFine && who.id != "" && g.c.deps.Roll.UsedCode(who.id, who.made) {
		who.fault = menshen.CredentialReplayed
	}
	person := who.person
	if who.fault != menshen.CredentialFine {
		person = "" // what is not genuine says nothing about its owner
	}
	q := g.request(policy.Request{Means: p.Kind.Means(), Direction: p.Direction, At: now, Credential: who.fault, Sheet: who.sheet}, person, again)
	if p.Celsius > 0 && q.Standing.Found {
		q.Standing.Health = q.Standing.Health.Measured(p.Celsius, now)
		if g.c.deps.Measured != nil {
			g.c.deps.Measured(menshen.Temperature{Person: person, At: now, Celsius: p.Celsius, Source: menshen.TemperatureGate, Gate: g.info.ID, By: p.Reader})
		}
	}
	if who.permit != "" {
		bind(&q, who.permit)
	}
	r := g.decide(&q)
	pass := g.pass(&q, &r)
	pass.Credential = who.note
	if again && r.Decision.Outcome == menshen.OutcomeAllow {
		return pass, nil
	}
	fresh := true
	var crossed *crossing.Crossing
	if pass.Person != "" {
		crossed, fresh = l.Person(pass.Person, r.Decision.Outcome, crossing.Seen{Captured: now, Now: now}, nil)
	}
	if r.Decision.Outcome == menshen.OutcomeAllow {
		fresh = true
		if crossed != nil {
			crossed.Opened = now
		}
		g.tell(p.Direction, "", now)
	}
	if fresh {
		g.keep(pass, &r, now)
	}
	return pass, nil
}

// readTwice is how long after a door was opened the same card or code means the same crossing.
const readTwice = 3 * time.Second

// bind has a permit's code stand for that permit alone. A code that is not on paper can be copied, so whoever is inside is not
// let in by it once more, whatever the gate makes of others who are.
func bind(q *policy.Request, permit string) {
	kept := make([]policy.Permit, 0, 1)
	for _, p := range q.Standing.Permits {
		if p.ID == permit {
			kept = append(kept, p)
		}
	}
	q.Standing.Permits = kept
	if !q.Sheet {
		q.Gate.Passback = menshen.PassbackHard
	}
}

func stopped(op string) error {
	return menshen.Errorf(menshen.CodeUnavailable, op, "access has stopped").WithHint("start the service again")
}

// request is what the policy is asked about somebody at this gate; person is "" for nobody. crossed says that they stand in the
// gate and were let through it: their own crossing does not stop them.
func (g *gate) request(q policy.Request, person string, crossed bool) policy.Request {
	g.c.deps.Roll.Fill(&q, person, g.info.ID)
	if person != "" {
		q.RecordsFull = g.c.recordsFull(q.At)
	}
	if crossed {
		q.Full, q.Inside = false, false
		q.Standing.Outings, q.Standing.Household, q.Standing.Last = nil, nil, nil
	}
	return q
}

// decide asks the policy; without any registry the gate fails as it is told to.
func (g *gate) decide(q *policy.Request) policy.Result {
	if g.c.ready() {
		return g.c.deps.Roll.Rules().Decide(q)
	}
	g.c.notices.post(q.At, noticeLife, noRegistryCondition, "no-registry", g.info.ID)
	return policy.Result{Decision: policy.Fallback(q.Gate, q.Direction)}
}

// pass makes the pass of a decision.
func (g *gate) pass(q *policy.Request, r *policy.Result) menshen.Pass {
	p := menshen.Pass{
		ID: menshen.PassID{Gate: g.info.ID}, Site: g.c.cfg.Site.ID, Direction: q.Direction,
		Captured: q.At, Decided: q.At, Means: q.Means, Decision: r.Decision, Permit: r.Permit,
	}
	if q.Standing.Found {
		p.Person = q.Standing.Person.ID
		p.Confidence = 1 // a code is read whole or not at all, and a guard has looked; that it may be lent is for the rules
	}
	return p
}

// keep hands a pass to the records; once it has its number, lay does the rest.
func (g *gate) keep(p menshen.Pass, r *policy.Result, now time.Time) {
	if p.Decision.Outcome == menshen.OutcomeAllow {
		if p.Person == "" { // nobody is known without a registry: the condition and the door's figures tell of it
			g.c.deps.Log.Warn("a gate that fails safe let somebody through unknown", "gate", g.info.ID, "direction", p.Direction)
			return
		}
		g.desk.settle(p.Person, p.Direction)
		g.c.deps.Roll.Passed(p) // at once: the next one may be in a moment
	}
	g.writer.put(kept{pass: p, answerable: r.Overridable || p.Decision.Outcome == menshen.OutcomeReview})
	g.c.metrics.latency[p.Decision.Outcome].Observe(now.Sub(p.Captured).Seconds())
}

// tell has the door opened.
func (g *gate) tell(d menshen.Direction, track string, now time.Time) {
	g.doorman.open(menshen.DoorCommand{Gate: g.info.ID, Direction: d, At: now, Track: track, Hold: g.c.cfg.Hold})
}
