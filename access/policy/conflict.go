package policy

// satisfiable reports whether rules can hold together: whether there is a set of facts under which all of them do. It
// looks at which facts exclude or imply each other, whatever the parameters are.
func satisfiable(rules ...*compiled) bool {
	var have, none set
	var either []set
	for _, c := range rules {
		have[0], have[1] = have[0]|c.all[0], have[1]|c.all[1]
		none[0], none[1] = none[0]|c.none[0], none[1]|c.none[1]
		either = append(either, c.either...)
	}
	return solve(have, &none, either)
}

// solve tries one fact of each choice.
func solve(have set, none *set, either []set) bool {
	if !consistent(&have, none) {
		return false
	}
	if len(either) == 0 {
		return true
	}
	found := false
	either[0].each(func(f fact) {
		if !found {
			with := have
			with.add(f)
			found = solve(with, none, either[1:])
		}
	})
	return found
}

// consistent closes facts under what they imply and says whether they can hold together without those of none.
func consistent(have, none *set) bool {
	for grown := true; grown; {
		grown = false
		have.each(func(f fact) {
			for _, g := range facts[f].implies {
				if !have.has(g) {
					have.add(g)
					grown = true
				}
			}
		})
	}
	if have.meets(none) {
		return false
	}
	var groups [groupDoubt + 1]int
	ok := true
	have.each(func(f fact) {
		g := facts[f].group
		groups[g]++
		ok = ok && (g == alone || groups[g] == 1)
	})
	return ok && !apart(have)
}

// apart names facts that never meet though neither group nor implication says so.
func apart(have *set) bool {
	shown := set{}
	for f := credentialUnknown; f <= credentialLocked; f++ {
		shown.add(f)
	}
	nobody := set{}
	for _, f := range []fact{faceUnreadable, faceCovered, faceUnknown, notInRegistry} {
		nobody.add(f)
	}
	faceOrGuard := set{}
	faceOrGuard.add(byFace)
	faceOrGuard.add(byGuard)
	looked := set{} // by a guard, who sees the person
	for _, f := range []fact{sheet, doubtAdvised, doubtRequired, unseenRequired} {
		looked.add(f)
	}
	good := set{} // or at fault otherwise than by being over
	for _, f := range []fact{resident, permitValid, permitNone, permitEarly, permitGate, permitDay, permitHour, permitQuota} {
		good.add(f)
	}
	return have.has(leaving) && have.meets(&good) ||
		have.meets(&shown) && have.meets(&faceOrGuard) ||
		have.has(isolated) && have.meets(&nobody) ||
		have.has(guardLooks) && have.meets(&looked)
}

// Conflict is a pair of rules that decide differently and can hold together.
type Conflict struct{ A, B string }

// Conflicts gives the pairs of enabled rules that decide differently and can hold together, in the order of the file.
func (r *Rules) Conflicts() []Conflict {
	var out []Conflict
	for i := range r.compiled {
		for j := i + 1; j < len(r.compiled); j++ {
			a, b := &r.compiled[i], &r.compiled[j]
			if a.rule.Then != b.rule.Then && satisfiable(a, b) {
				out = append(out, Conflict{a.rule.ID, b.rule.ID})
			}
		}
	}
	return out
}
