package simulation

import "time"

// habits plans an ordinary day of the household: what must be first, then what people like.
func (p *dayPlan) habits() {
	day := weekday(p.day)
	weekend := day == time.Saturday || day == time.Sunday
	if !weekend {
		p.school()
	}
	for i := range p.h.count {
		p.work(p.h.first+i, weekend)
	}
	if weekend && p.h.count > 1 && p.chance(0.45) {
		p.outing()
	}
	for i := range p.h.count {
		p.leisure(p.h.first+i, weekend, day == time.Friday || day == time.Saturday)
	}
}

// out gives the outside as a stop, by the gate that a resident likes, or now and then by another.
func (p *dayPlan) out(resident int32, minutes float64) stop {
	gate := p.residents[resident].gate
	if p.chance(0.1) {
		gate = p.layout.outer[p.IntN(len(p.layout.outer))]
	}
	return stop{place{kind: outside, gate: gate}, minutes}
}

func (p *dayPlan) shop() stop {
	return stop{place{kind: inShop}, p.between(4, 25)}
}

// alone plans an errand of one resident.
func (p *dayPlan) alone(resident int32, hour float64, stops ...stop) {
	p.errand(errand{hour: hour, members: []member{{resident, stops}}})
}

// school sends the pupils off, the small ones with somebody who walks them there: a grandparent, else a parent on the
// way to work.
func (p *dayPlan) school() {
	hour := p.near(7.2, 0.12)
	e := errand{hour: hour}
	small := false
	for i := range p.h.count {
		resident := p.h.first + i
		if r := &p.residents[resident]; r.Habit == HabitPupil {
			small = small || r.Age < 11
			e.members = append(e.members, member{resident, []stop{p.out(p.h.first, p.between(8.8, 9.8)*60)}})
		}
	}
	if len(e.members) == 0 {
		return
	}
	if escort, minutes, ok := p.escort(); small && ok {
		e.members = append(e.members, member{escort, []stop{p.out(p.h.first, minutes)}})
	}
	p.errand(e)
}

// escort finds who walks small children to school, and how many minutes that person is out for.
func (p *dayPlan) escort() (resident int32, minutes float64, ok bool) {
	for i := range p.h.count {
		switch p.residents[p.h.first+i].Habit {
		case HabitPensioner:
			return p.h.first + i, p.between(20, 45), true
		case HabitWorker:
			resident, minutes, ok = p.h.first+i, p.between(9.5, 11.5)*60, true
		}
	}
	return resident, minutes, ok
}

// work sends a resident to work, if they have any that day.
func (p *dayPlan) work(resident int32, weekend bool) {
	r := &p.residents[resident]
	own := float64(r.works) / 3600
	switch r.Habit {
	case HabitWorker:
		if weekend && !p.chance(0.15) || !weekend && p.chance(0.12) { // days off, or at home
			return
		}
		hour, minutes := p.near(8, 0.3)+own, p.near(10.3, 0.8)*60
		if (uint64(resident)+uint64(week(p.day)))%12 == 0 { // the late shift, a week in twelve
			hour, minutes = p.near(13.5, 0.2), p.near(9.5, 0.3)*60
		}
		stops := []stop{p.out(resident, minutes)}
		if p.chance(0.2) {
			stops = append(stops, p.shop())
		}
		p.alone(resident, hour, stops...)
	case HabitClerk:
		if !weekend || (int(resident)+week(p.day))%4 == 0 {
			p.alone(resident, p.near(8.2, 0.1), stop{place{kind: inOffice}, p.near(9.3, 0.2) * 60})
		}
	case HabitShopkeeper:
		if p.chance(0.1) {
			return
		}
		hour := 6.8
		if (int(resident)+p.day)%2 == 0 {
			hour = 14.2
		}
		p.alone(resident, p.near(hour, 0.08), stop{place{kind: inShop}, p.near(7.5, 0.1) * 60})
	case HabitMoved:
		if p.chance(0.12) {
			p.events = append(p.events, event{at: p.at(p.between(9, 20)), person: resident, gate: r.gate, kind: refused})
		}
	}
}

// outing lets the whole household go out together for some hours.
func (p *dayPlan) outing() {
	e := errand{hour: p.near(10.5, 1)}
	away := p.out(p.h.first, p.between(2, 6)*60)
	for i := range p.h.count {
		if r := &p.residents[p.h.first+i]; r.Habit != HabitMoved {
			e.members = append(e.members, member{p.h.first + i, []stop{away}})
		}
	}
	p.errand(e)
}

// leisure plans what a resident likes to do besides.
func (p *dayPlan) leisure(resident int32, weekend, beforeFree bool) {
	r := &p.residents[resident]
	compound := func(lo, hi float64) stop { return stop{place{}, p.between(lo, hi)} }
	switch r.Habit {
	case HabitMoved:
		return
	case HabitPensioner:
		if p.chance(0.6) { // gymnastics below, or a walk in the park, and the shop on the way home
			stops := []stop{compound(25, 60)}
			if p.chance(0.4) {
				stops[0] = p.out(resident, p.between(40, 90))
			}
			if p.chance(0.35) {
				stops = append(stops, p.shop())
			}
			p.alone(resident, p.near(6.5, 0.5), stops...)
		}
		if p.chance(0.4) {
			p.alone(resident, p.near(15.2, 0.6), compound(20, 70))
		}
		if p.chance(0.35) { // dancing in the yard
			p.alone(resident, p.near(19, 0.2), compound(40, 75))
		}
	case HabitPupil:
		if weekend && p.chance(0.5) || p.chance(0.25) {
			p.alone(resident, p.near(17.6, 0.4), compound(30, 90))
		}
	default:
		if p.chance(0.18) {
			p.alone(resident, p.near(20.3, 0.4), compound(15, 45))
		}
		if weekend && p.chance(0.4) || p.chance(0.06) {
			p.alone(resident, p.near(15, 2), p.shop())
		}
		if night := 0.03; r.Age < 35 && (p.chance(night) || beforeFree && p.chance(4*night)) {
			p.alone(resident, p.near(20.5, 0.5), p.out(resident, p.between(2, 5)*60))
		}
	}
	if r.Age >= grownUp && p.chance(0.04) {
		p.visit(resident)
	}
}

// visit lets a resident see somebody in another unit.
func (p *dayPlan) visit(resident int32) {
	home := p.residents[resident].home
	to := place{kind: inUnit, building: p.IntN(len(p.layout.buildings)), unit: p.IntN(unitsPerBuilding)}
	if to != home {
		p.alone(resident, p.near(19.3, 0.6), stop{to, p.between(40, 140)})
	}
}
