package simulation

// family draws the people of a household: name, age, sex and habit.
func (d dice) family() []Resident {
	surname := d.surname()
	grown := func(name string, age int, female bool) Resident {
		habit := HabitWorker
		switch {
		case age < grownUp:
			habit = HabitPupil
		case age >= pensionAge:
			habit = HabitPensioner
		}
		r := Resident{Age: age, Female: female, Habit: habit}
		r.Name = name + d.givenName(age, female)
		return r
	}
	couple := func(lo, hi int) []Resident {
		age := lo + d.IntN(hi-lo)
		return []Resident{grown(surname, age, false), grown(d.surname(), max(age-2+d.IntN(5), lo), true)}
	}
	child := func() Resident { return grown(surname, 6+d.IntN(12), d.chance(0.5)) }
	switch x := d.Float64(); {
	case x < 0.16:
		return []Resident{grown(surname, 22+d.IntN(34), d.chance(0.5))}
	case x < 0.36:
		return couple(24, 58)
	case x < 0.58:
		return append(couple(30, 52), child())
	case x < 0.62:
		return append(couple(32, 52), child(), child())
	case x < 0.75: // a grandmother, and often a grandfather, live with them
		list := append(couple(30, 48), child(), grown(d.surname(), 60+d.IntN(20), true))
		if d.chance(0.6) {
			list = append(list, grown(surname, 61+d.IntN(20), false))
		}
		return list
	case x < 0.87:
		return couple(60, 84)
	case x < 0.93:
		return []Resident{grown(surname, 62+d.IntN(24), d.chance(0.6))}
	}
	list := []Resident{} // people who share a flat
	for range 2 + d.IntN(3) {
		list = append(list, grown(d.surname(), 21+d.IntN(14), d.chance(0.5)))
	}
	return list
}
