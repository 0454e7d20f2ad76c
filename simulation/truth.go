package simulation

import (
	"cmp"
	"slices"
	"time"

	"menshen"
)

// Truth gives where a person really was in the span: the stays that a perfect reading of their passes would find, in every
// zone that they were in and the zones around it, cut to the span. They are in order of From, the outer zone before the
// inner. A bound at the end of the span is not observed; all others are crossings. What Live adds is not in it.
//
// Nobody of that id, somebody who has moved away, and a span that is empty or ends before the community's start have none.
func (c *Community) Truth(person string, span menshen.Span) []menshen.Stay {
	n, ok := c.number[person]
	span.From = later(span.From, c.cfg.Start)
	if !ok || c.residents[n].Habit == HabitMoved || !span.From.Before(span.To) {
		return nil
	}
	h, _ := slices.BinarySearchFunc(c.households, n+1, func(h household, n int32) int { return cmp.Compare(h.first+h.count, n) })
	t := &track{zones: c.layout.around, person: person, span: span}
	first := c.dayOf(span.From)
	t.move(c.dayStart(first), c.atDayStart(n, h, first))
	var events []event
	for day, last := first, c.dayOf(span.To); day <= last; day++ {
		events = c.plan(events[:0], h, day)
		slices.SortFunc(events, compareEvents)
		for _, e := range events {
			if e.person == n && (e.kind == passed || e.kind == passedByGuard) {
				t.move(time.UnixMilli(e.at).UTC(), c.into(e))
			}
		}
	}
	t.move(span.To, menshen.OutsideZone)
	slices.SortFunc(t.stays, func(a, b menshen.Stay) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(len(t.zones[a.Zone]), len(t.zones[b.Zone])), cmp.Compare(a.Zone, b.Zone))
	})
	return t.stays
}

// atDayStart gives the zone that a resident is in as a day begins.
func (c *Community) atDayStart(resident int32, household, day int) string {
	if c.awayAtStart(household, day) {
		return menshen.OutsideZone
	}
	home := c.residents[resident].home
	return c.layout.buildings[home.building].units[home.unit].zone
}

// into gives the zone that an event leads into.
func (c *Community) into(e event) string {
	way := menshen.DirectionIn
	if e.out {
		way = menshen.DirectionOut
	}
	return c.layout.site.Gates[e.gate].Into(way)
}

// track follows one person from zone to zone.
type track struct {
	zones  map[string][]string
	person string
	span   menshen.Span
	within []menshen.Stay // begun and not ended
	stays  []menshen.Stay
}

// move ends the stays in zones that the person is no longer in and begins those in zones they were not in.
func (t *track) move(at time.Time, zone string) {
	now := t.zones[zone]
	t.within = slices.DeleteFunc(t.within, func(s menshen.Stay) bool {
		if slices.Contains(now, s.Zone) {
			return false
		}
		s.To = at
		if cut, ok := s.Intersect(t.span); ok {
			s.FromObserved, s.ToObserved = s.From.After(t.span.From), s.To.Before(t.span.To)
			s.Span = menshen.Span{From: cut.From.UTC(), To: cut.To.UTC()}
			t.stays = append(t.stays, s)
		}
		return true
	})
	for _, z := range now {
		if !slices.ContainsFunc(t.within, func(s menshen.Stay) bool { return s.Zone == z }) {
			t.within = append(t.within, menshen.Stay{Person: t.person, Zone: z, Span: menshen.Span{From: at}})
		}
	}
}
