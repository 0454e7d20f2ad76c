package tracing

import (
	"context"
	"sync/atomic"
	"time"

	"menshen"
)

// Tracer answers questions about one person from a Log. It is safe for concurrent use.
type Tracer struct {
	log       *Log
	plan      *plan
	now       func() time.Time
	residents atomic.Pointer[residents]
}

// New makes a Tracer for a site. The site must be valid, with no zone inside itself.
func New(log *Log, site menshen.Site, cfg Config) (*Tracer, error) {
	if log == nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "tracing.new", "there is no log to trace in")
	}
	if err := site.Validate(); err != nil {
		return nil, err
	}
	if err := checkRings(site); err != nil {
		return nil, err
	}
	if err := cfg.Stays.Validate(); err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	t := &Tracer{log: log, plan: newPlan(site, cfg.Stays), now: cfg.Now}
	t.Settle(cfg.Residences)
	return t, nil
}

// Movements gives a person's passes captured in the span, refused ones included, in order, and the stays that overlap
// it, as Stays gives them; both of one instant of the log.
//
// Errors: invalid for an empty person or span; not_found for somebody of whom the log has no pass at all, who may still
// be in the registry.
func (t *Tracer) Movements(ctx context.Context, person string, span menshen.Span) ([]menshen.Pass, []menshen.Stay, error) {
	const op = "tracing.movements"
	if err := checkSpan(op, person, span); err != nil {
		return nil, nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	t.log.mu.RLock()
	defer t.log.mu.RUnlock()
	n, err := t.log.known(op, person)
	if err != nil {
		return nil, nil, err
	}
	from, to := bounds(span)
	passes := t.log.passes(t.log.between(t.log.person[n], from, to))
	look := t.newLook()
	stays := t.plan.appendStays(nil, person, look.presences(n), span)
	t.plan.sortStays(stays)
	return passes, stays, nil
}

func checkSpan(op, person string, span menshen.Span) error {
	bad := func(hint, format string, args ...any) error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...).WithHint("%s", hint)
	}
	switch {
	case person == "":
		return bad("give the id of a person", "person is empty")
	case span.From.IsZero():
		return bad("give the time where the span begins", "from is empty")
	case span.To.IsZero():
		return bad("give the time where the span ends", "to is empty")
	case !span.From.Before(span.To):
		return bad("give a span that ends after it begins", "to (%s) is not after from (%s)",
			span.To.Format(time.RFC3339), span.From.Format(time.RFC3339))
	}
	return nil
}

// known gives the number of a person. The caller holds the lock.
func (l *Log) known(op, person string) (uint32, error) {
	n, ok := l.people.numbers[person]
	if !ok {
		return 0, menshen.Errorf(menshen.CodeNotFound, op, "person %q has not been seen at any gate", person).
			WithHint("check the id; who is enrolled but never passed a gate has no movements and no contacts")
	}
	return n, nil
}

// look is one look at the log, for whose time its lock is held for reading.
type look struct {
	*Tracer
	now       int64
	doors     []*door // by number of the gate; nil where the site has no such gate
	crossings []crossing
}

func (t *Tracer) newLook() *look {
	v := &look{Tracer: t, now: nanos(t.now()), doors: make([]*door, len(t.log.gates.list))}
	for n, id := range t.log.gates.list {
		if d, ok := t.plan.doors[id]; ok {
			v.doors[n] = &d
		}
	}
	return v
}

// presences gives all presences of a person, whatever the span: a bound may rest on a pass of long before.
func (v *look) presences(person uint32) []presence {
	v.crossings = v.crossings[:0]
	for _, position := range v.log.person[person].at {
		r := v.log.record(position)
		if r.at > v.now {
			break
		}
		m := &v.log.manners.list[r.manner]
		if d := v.doors[r.gate]; d != nil && m.decision.Outcome == menshen.OutcomeAllow {
			v.crossings = append(v.crossings, newCrossing(r.at, v.log.gates.list[r.gate], *d, m.direction))
		}
	}
	return v.plan.presences(v.log.people.list[person], v.crossings, v.now)
}
