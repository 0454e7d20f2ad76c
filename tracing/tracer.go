package tracing

import (
	"context"
	"sync/atomic"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// Tracer answers questions about one person from a Log. It is safe for concurrent use.
type Tracer struct {
	log       *passlog.Log
	plan      *plan
	now       func() time.Time
	homeZone  func(menshen.Dwelling) string
	residents atomic.Pointer[residents]
	grounds   atomic.Pointer[ground]
}

// New makes a Tracer for a site. The site must be valid, with no zone inside itself.
func New(log *passlog.Log, site menshen.Site, cfg Config) (*Tracer, error) {
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
	t := &Tracer{log: log, plan: newPlan(site, cfg.Stays), now: cfg.Now, homeZone: cfg.HomeZone}
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
	var passes []menshen.Pass
	var stays []menshen.Stay
	var err error
	t.log.View(func(v passlog.View) {
		var n uint32
		if n, err = known(op, v, person); err != nil {
			return
		}
		passes = v.Passes(person, span)
		stays = t.plan.appendStays(nil, person, t.newLook(v).presences(n), span)
	})
	t.plan.sortStays(stays)
	return passes, stays, err
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

// known gives the number of a person.
func known(op string, v passlog.View, person string) (uint32, error) {
	n, ok := v.PersonNumber(person)
	if !ok {
		return 0, menshen.Errorf(menshen.CodeNotFound, op, "person %q has not been seen at any gate", person).
			WithHint("check the id; who is enrolled but never passed a gate has no movements and no contacts")
	}
	return n, nil
}

// look is one look at the log.
type look struct {
	*Tracer
	view      passlog.View
	ground    *ground
	residents *residents
	numbers   *numbering
	now       int64
	crossings []crossing
}

func (t *Tracer) newLook(v passlog.View) *look {
	r := t.residents.Load()
	return &look{Tracer: t, view: v, ground: t.groundOf(v), residents: r, numbers: r.numbers(v), now: nanos(t.now())}
}

// tick gives the tick of a time in nanoseconds since 1970, as near as the log can tell.
func (l *look) tick(at int64) uint32 { return l.view.Tick(time.Unix(0, at)) }

// at gives the time of a tick in nanoseconds since 1970.
func (l *look) at(tick uint32) int64 { return l.view.Time(tick).UnixNano() }

// presences gives all presences of a person, whatever the span: a bound may rest on a pass of long before.
func (l *look) presences(person uint32) []presence {
	l.crossings = l.crossings[:0]
	origin := l.at(0)
	for piece := range l.view.Trail(person) {
		for _, e := range piece {
			at := origin + int64(e.At)*int64(passlog.TickLength)
			if d := l.ground.doors[e.Gate()]; d != nil && e.Flags().Allowed() && at <= l.now {
				l.crossings = append(l.crossings, newCrossing(at, d, e.Flags().In()))
			}
		}
	}
	return l.plan.presences(l.homeOf(person), l.crossings, l.now)
}
