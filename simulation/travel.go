package simulation

// travel says what a household does on a day: stay, set out on a journey of some nights, be away, or come back.
type travel uint8

const (
	stays travel = iota
	leaves
	away
	returns
)

// travels tells about a household on a day. A journey begins and ends within one week, so a week tells it all.
func (c *Community) travels(n, day int) travel {
	d := c.dice(streamTravel, uint64(n), uint64(week(day)))
	if !d.chance(0.03) {
		return stays
	}
	leave := d.IntN(6)
	back := leave + 1 + d.IntN(6-leave)
	switch today := int(weekday(day)+6) % 7; { // Monday is 0
	case today == leave:
		return leaves
	case today == back:
		return returns
	case today > leave && today < back:
		return away
	}
	return stays
}

// awayAtStart reports whether a household is on a journey as the day begins.
func (c *Community) awayAtStart(n, day int) bool {
	t := c.travels(n, day)
	return t == away || t == returns
}

// leave lets the household set out together.
func (p *dayPlan) leave() { p.oneWay(p.near(9, 1), true) }

// comeBack lets the household come home together.
func (p *dayPlan) comeBack() { p.oneWay(p.near(17, 1.5), false) }

func (p *dayPlan) oneWay(hour float64, out bool) {
	pace, gate := p.Uint64(), p.residents[p.h.first].gate
	for i := range p.h.count {
		resident := p.h.first + i
		if p.residents[resident].Habit == HabitMoved {
			continue
		}
		from, to := p.h.home, place{kind: outside, gate: gate}
		if !out {
			from, to = to, from
		}
		p.way(resident, from, to, p.at(hour)+int64(i)*1300, newPace(pace))
	}
}
