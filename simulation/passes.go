package simulation

import (
	"iter"
	"slices"
	"time"

	"menshen"
)

// Passes gives the passes captured in [from, to) in order of capture, none before the community's start. They have no
// sequence: the outbox gives it. All carry the reason ReasonSimulated behind the deciding one, and no camera or track.
//
// The whole day's passes of all people are in memory at once, 24 bytes each, and no more than that.
func (c *Community) Passes(from, to time.Time) iter.Seq[menshen.Pass] {
	return func(yield func(menshen.Pass) bool) {
		from := later(from, c.cfg.Start)
		if !from.Before(to) {
			return
		}
		var events []event
		for day, last := c.dayOf(from), c.dayOf(to); day <= last; day++ {
			events = c.events(events[:0], day)
			for _, e := range events {
				at := time.UnixMilli(e.at)
				if !at.Before(to) {
					return
				}
				if !at.Before(from) && !yield(c.pass(e)) {
					return
				}
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// events appends the plan of a day in order.
func (c *Community) events(events []event, day int) []event {
	for n := range c.households {
		events = c.plan(events, n, day)
	}
	events = c.strangers(events, day)
	slices.SortFunc(events, compareEvents)
	return events
}

// strangers appends couriers and others who are not enrolled, mostly by day; some of them try twice.
func (c *Community) strangers(events []event, day int) []event {
	d := c.dice(streamGates, uint64(day), 0)
	start, end := c.dayStart(day).UnixMilli(), c.dayStart(day+1).UnixMilli()
	for range int(d.near(1+float64(len(c.residents))/12, 1)) {
		hour := d.near(14, 3)
		if d.chance(0.08) {
			hour = d.between(dayBegins, 24+dayBegins)
		}
		e := event{
			at: start + int64((hour-dayBegins)*3_600_000), person: stranger, kind: unknown,
			gate: c.layout.outer[d.IntN(len(c.layout.outer))],
		}
		for n := 1; e.at >= start && e.at < end && n <= 2; n++ {
			events = append(events, e)
			if e.at += int64(d.between(5, 20) * 1000); !d.chance(0.25) {
				break
			}
		}
	}
	return events
}

// Deciding takes from 80 to 400 milliseconds.
const (
	fastestDecision = 80
	slowestDecision = 400
)

// pass makes a pass of an event. Numbers that the event does not settle follow from the seed and the event.
func (c *Community) pass(e event) menshen.Pass {
	luck := mix(c.cfg.Seed, streamPass, uint64(e.at), uint64(e.person), uint64(e.gate))
	p := menshen.Pass{
		ID:        menshen.PassID{Gate: c.layout.site.Gates[e.gate].ID},
		Site:      c.layout.site.ID,
		Direction: menshen.DirectionIn,
		Captured:  time.UnixMilli(e.at).UTC(),
		Means:     menshen.MeansFace,
	}
	p.Decided = p.Captured.Add(time.Duration(fastestDecision+luck%(slowestDecision-fastestDecision)) * time.Millisecond)
	if e.out {
		p.Direction = menshen.DirectionOut
	}
	if e.person != stranger {
		r := &c.residents[e.person]
		p.Person = r.ID
		if e.kind != unsure {
			p.Means = r.Means
		}
	}
	switch e.kind {
	case passed:
		p.Decision = decision(menshen.OutcomeAllow, menshen.ReasonActiveResident)
	case passedByGuard:
		p.Decision, p.Means = decision(menshen.OutcomeAllow, menshen.ReasonActiveResident), menshen.MeansGuard
	case unsure:
		p.Decision = decision(menshen.OutcomeReview, menshen.ReasonUnsureFace)
	case unknown:
		p.Decision = decision(menshen.OutcomeDeny, menshen.ReasonUnknownFace)
	case refused:
		p.Decision = decision(menshen.OutcomeDeny, menshen.ReasonInactivePerson)
	}
	switch {
	case p.Means == menshen.MeansFace:
		p.Match = match(p.Person, e.kind, luck)
		p.Confidence = p.Match.Confidence()
	case p.Person != "":
		p.Confidence = 1
	}
	return p
}

func decision(o menshen.Outcome, r menshen.Reason) menshen.Decision {
	return menshen.Decision{Outcome: o, Reasons: []menshen.Reason{r, menshen.ReasonSimulated}}
}

// match makes what recognition would have seen, in distances of unit vectors (0 to 2).
func match(person string, kind eventKind, luck uint64) menshen.Match {
	const threshold = 1.05
	part := func(shift int) float64 { return float64(luck>>shift&0xffff) / 0xffff }
	m := menshen.Match{Faces: 3 + int(luck>>16&3), Threshold: threshold}
	candidate := func(distance float64) []menshen.Candidate {
		return []menshen.Candidate{{Person: person, Distance: distance}}
	}
	switch kind {
	case unknown:
		m.Verdict = menshen.VerdictUnknown
	case unsure:
		m.Verdict, m.Agreeing, m.Candidates = menshen.VerdictUnsure, 1, candidate(threshold-0.02+0.08*part(20))
	default:
		m.Verdict, m.Agreeing, m.Candidates = menshen.VerdictKnown, m.Faces, candidate(0.45+0.5*part(20))
	}
	return m
}
