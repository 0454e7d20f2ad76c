package simulation

import "cmp"

// event is a pass in the plan of a day: 24 bytes, so that the day of a whole town fits into memory.
type event struct {
	at     int64 // milliseconds since 1970
	person int32 // number of the resident; -1 is a stranger
	gate   int32
	out    bool
	kind   eventKind
}

type eventKind uint8

const (
	passed        eventKind = iota // allowed
	passedByGuard                  // allowed by the guard
	unsure                         // under review
	unknown                        // a stranger, refused
	refused                        // somebody who has moved away, refused
)

const stranger = -1

func compareEvents(a, b event) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.person, b.person), cmp.Compare(a.gate, b.gate))
}

// stop is a place that somebody goes to and stays at.
type stop struct {
	place
	minutes float64
}

// errand is a way from home by some stops and back home. Some people may set out together; each has their own stops.
type errand struct {
	hour    float64 // of the clock, 4 to 28, at which they set out
	members []member
}

type member struct {
	resident int32
	stops    []stop
}

// dayPlan is the day of one household while it is made.
type dayPlan struct {
	*Community
	dice
	h          *household
	day        int
	start, end int64 // of the day, in milliseconds since 1970
	events     []event
	busy       []busy
	steps      []step // reused
}

// busy is when a resident is on an errand.
type busy struct {
	resident int32
	from, to int64
}

// margins of an errand, in milliseconds: to the ends of the day, and to another errand of the same person.
const (
	marginDay    = 10 * 60_000
	marginErrand = 5 * 60_000
)

// plan appends the events of a household on a day, in no order.
func (c *Community) plan(events []event, n, day int) []event {
	p := &dayPlan{
		Community: c, dice: c.dice(streamDay, uint64(n), uint64(day)), h: &c.households[n], day: day,
		start: c.dayStart(day).UnixMilli(), end: c.dayStart(day + 1).UnixMilli(), events: events,
	}
	switch c.travels(n, day) {
	case leaves:
		p.leave()
	case returns:
		p.comeBack()
	case stays:
		p.habits()
	}
	return p.events
}

// at gives a time of day in milliseconds since 1970.
func (p *dayPlan) at(hour float64) int64 { return p.start + int64((hour-dayBegins)*3_600_000) }

// errand plans an errand, unless one of its people is busy then or it does not fit into the day.
func (p *dayPlan) errand(e errand) {
	before, n := len(p.events), len(p.busy)
	pace := p.Uint64() // they keep together for as long as they go the same way
	for i, m := range e.members {
		from := p.at(e.hour) + int64(i)*1300
		to := p.round(m, from, newPace(pace))
		if from < p.start+marginDay || to > p.end-marginDay || p.meets(m.resident, from, to) {
			p.events, p.busy = p.events[:before], p.busy[:n]
			return
		}
		p.busy = append(p.busy, busy{resident: m.resident, from: from, to: to})
	}
}

func (p *dayPlan) meets(resident int32, from, to int64) bool {
	for _, b := range p.busy {
		if b.resident == resident && from < b.to+marginErrand && b.from < to+marginErrand {
			return true
		}
	}
	return false
}

// round appends the events of one person's way by the stops and back home, and gives when they are there.
func (p *dayPlan) round(m member, at int64, walker dice) int64 {
	here := p.residents[m.resident].home
	for _, s := range m.stops {
		at = p.way(m.resident, here, s.place, at, walker) + int64(s.minutes*60_000)
		here = s.place
	}
	return p.way(m.resident, here, p.residents[m.resident].home, at, walker)
}

// way appends the events of one person's way from one place to another, and gives when they are there.
func (p *dayPlan) way(resident int32, from, to place, at int64, walker dice) int64 {
	p.steps = p.layout.route(p.steps[:0], from, to)
	for _, s := range p.steps {
		least, most := s.walk.seconds()
		at += int64(walker.between(least, most) * 1000)
		if s.walk == walkNearby && !s.out && p.chance(0.02) { // at an outer gate
			at = p.doubt(resident, s.gate, at)
			continue
		}
		p.events = append(p.events, event{at: at, person: resident, gate: s.gate, out: s.out})
	}
	return at
}

// doubt appends a face under review at an outer gate, and the second try or the guard that lets them in.
func (p *dayPlan) doubt(resident, gate int32, at int64) int64 {
	p.events = append(p.events, event{at: at, person: resident, gate: gate, kind: unsure})
	at += int64(p.between(4, 15) * 1000)
	kind := passed
	if p.chance(0.4) {
		kind = passedByGuard
	}
	p.events = append(p.events, event{at: at, person: resident, gate: gate, kind: kind})
	return at
}
