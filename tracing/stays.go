package tracing

import (
	"cmp"
	"math"
	"slices"
	"time"

	"menshen"
)

// Stays works out the stays that follow from passes as known at the time now. The package comment says which zones they
// are in and what a pass proves. Passes may come in any order and be of several people; those of nobody, those not
// allowed, those captured after now, and those at gates that the site does not have are left out.
//
// It gives the stays that overlap the span (a zero bound is open), whole and not clipped to it, ordered by From, the
// outer zone before the inner, then by zone and person. None is empty or negative; the stays of one person in one zone
// never overlap. A stay that nothing has ended yet has Open set and ends now. Times are in UTC.
//
// The site must be valid and cfg pass its Validate. Stays changes nothing it is given.
func Stays(site menshen.Site, passes []menshen.Pass, cfg StayConfig, span menshen.Span, now time.Time) []menshen.Stay {
	p := newPlan(site, cfg)
	ordered := slices.Clone(passes)
	slices.SortStableFunc(ordered, func(a, b menshen.Pass) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), a.Captured.Compare(b.Captured),
			cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(a.ID.Sequence, b.ID.Sequence))
	})
	var out []menshen.Stay
	var crossings []crossing
	for i := range ordered {
		pass := &ordered[i]
		d, ok := p.doors[pass.ID.Gate]
		if ok && pass.Person != "" && pass.Decision.Outcome == menshen.OutcomeAllow && !pass.Captured.After(now) {
			crossings = append(crossings, newCrossing(nanos(pass.Captured), d, pass.Direction == menshen.DirectionIn))
		}
		if i+1 == len(ordered) || ordered[i+1].Person != pass.Person {
			out = p.appendStays(out, pass.Person, p.presences(p.homeBefore(pass.Person), crossings, nanos(now)), span)
			crossings = crossings[:0]
		}
	}
	p.sortStays(out)
	return out
}

// crossing is an allowed pass: before its time the person was in the zones before, from it on in the zones after.
type crossing struct {
	at            int64
	door          *door
	in            bool
	before, after []int
}

func newCrossing(at int64, d *door, in bool) crossing {
	if in {
		return crossing{at: at, door: d, in: in, before: d.far, after: d.near}
	}
	return crossing{at: at, door: d, in: in, before: d.near, after: d.far}
}

// same reports whether c is the crossing b seen again.
func (c crossing) same(b crossing, within int64) bool {
	return c.door == b.door && c.in == b.in && c.at-b.at <= within
}

// presence is a stay in numbers, [from, to).
type presence struct {
	zone             int
	from, to         int64
	fromSeen, toSeen bool
	open             bool
	first, last      int64 // proofs of being in the zone
}

// presences is the state machine of one person: crossings in order, none after now. Ordered as they end.
func (p *plan) presences(at home, crossings []crossing, now int64) []presence {
	var done, inside []presence // inside: the zones that the last crossing led into
	end := func(s presence, to int64, seen bool) {
		if s.to, s.toSeen = to, seen; s.from < s.to {
			done = append(done, s)
		}
	}
	elsewhere := int64(math.MinInt64) // the last proof of not being in any zone but those inside
	for i, c := range crossings {
		if i > 0 && c.same(crossings[i-1], int64(p.cfg.Repeat)) {
			continue
		}
		// Where the person cannot have been just before, a way out was missed.
		kept := inside[:0]
		for _, s := range inside {
			if slices.Contains(c.before, s.zone) {
				kept = append(kept, s)
			} else {
				end(s, min(c.at, s.last+p.capFor(at, s.zone)), false)
			}
		}
		inside = kept
		// Where the person must have been just before, a way in may have been missed.
		for _, z := range c.before {
			limit := p.capFor(at, z)
			n := slices.IndexFunc(inside, func(s presence) bool { return s.zone == z })
			switch {
			case n < 0:
				inside = append(inside, presence{zone: z, from: max(elsewhere, c.at-limit), first: c.at})
				n = len(inside) - 1
			case c.at-inside[n].last > p.wholeFor(z, limit): // silent for too long to have been there all the time
				end(inside[n], inside[n].last+limit, false)
				inside[n] = presence{zone: z, from: c.at - limit, first: c.at}
			}
			inside[n].last = c.at
		}
		// The crossing itself.
		kept = inside[:0]
		for _, s := range inside {
			if slices.Contains(c.after, s.zone) {
				kept = append(kept, s)
			} else {
				end(s, c.at, true)
			}
		}
		inside = kept
		for _, z := range c.after {
			if !slices.Contains(c.before, z) {
				inside = append(inside, presence{zone: z, from: c.at, fromSeen: true, first: c.at, last: c.at})
			}
		}
		elsewhere = c.at
	}
	for _, s := range inside {
		to := s.last + p.capFor(at, s.zone)
		s.open = to > now
		end(s, min(to, now), false)
	}
	return done
}

func (p *plan) appendStays(out []menshen.Stay, person string, found []presence, span menshen.Span) []menshen.Stay {
	from, to := bounds(span)
	for _, s := range found {
		if max(s.from, from) >= min(s.to, to) {
			continue
		}
		out = append(out, menshen.Stay{
			Person: person, Zone: p.zones[s.zone].ID, Span: spanOf(s.from, s.to),
			FromObserved: s.fromSeen, ToObserved: s.toSeen, Open: s.open,
		})
	}
	return out
}

func (p *plan) sortStays(stays []menshen.Stay) {
	depth := make(map[string]int, len(p.zones))
	for i, z := range p.zones {
		depth[z.ID] = len(p.around[i])
	}
	slices.SortFunc(stays, func(a, b menshen.Stay) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(depth[a.Zone], depth[b.Zone]),
			cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Person, b.Person), a.To.Compare(b.To))
	})
}

func spanOf(from, to int64) menshen.Span {
	return menshen.Span{From: time.Unix(0, from).UTC(), To: time.Unix(0, to).UTC()}
}

// nanos gives a time as nanoseconds since 1970. Years before 1700 and after 2250 are all one, far enough from the ends of
// an int64 that a cap can be added.
func nanos(t time.Time) int64 {
	const far = math.MaxInt64 - 2*int64(longestCap)
	switch y := t.Year(); {
	case y < 1700:
		return -far
	case y > 2250:
		return far
	}
	return t.UnixNano()
}

// bounds gives a span in nanoseconds; a zero bound is open.
func bounds(s menshen.Span) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !s.From.IsZero() {
		from = nanos(s.From)
	}
	if !s.To.IsZero() {
		to = nanos(s.To)
	}
	return from, to
}
