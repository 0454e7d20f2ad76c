package tracing

import (
	"menshen"
	"menshen/tracing/policy"
)

// runHomes finds who lives with, or near, those of the layer.
func (r *run) runHomes(layer []node) {
	d := r.desks[0]
	for i := range r.rules {
		rule := &r.rules[i]
		if rule.Kind != policy.RuleHousehold && rule.Kind != policy.RuleFloor && rule.Kind != policy.RuleBuilding {
			continue
		}
		for place := range layer {
			n := &layer[place]
			k := r.resident(n.person)
			if k < 0 {
				continue
			}
			for _, other := range r.neighbours(k, rule.Kind) {
				person := r.residentNumber(other)
				if other == k || !r.wanted(person) {
					continue
				}
				if _, ok := r.livesNear(rule, k, other); !ok {
					continue
				}
				for _, g := range d.gapsOf(n, person) {
					d.offerSpan(person, g.from, g.to, uint32(place))
				}
			}
		}
	}
}

// neighbours gives who may match a rule for homes.
func (r *run) neighbours(k int32, kind policy.RuleKind) []int32 {
	at := r.residents.list[k]
	switch kind {
	case policy.RuleHousehold:
		return r.residents.byHousehold[at.Household]
	case policy.RuleFloor:
		return r.residents.byUnit[[2]string{at.Dwelling.Building, at.Dwelling.Unit}]
	}
	return r.residents.byBuilding[at.Dwelling.Building]
}

// livesNear reports whether two residents match a rule for homes, the first of them being followed.
func (r *run) livesNear(rule *policy.Rule, k, other int32) (e menshen.Exposure, ok bool) {
	a, b := &r.residents.list[k], &r.residents.list[other]
	shared := a.Shared
	if r.q.Backward { // it is the other who may have infected
		shared = b.Shared
	}
	if rule.Homes == "own" && shared || rule.Homes == "shared" && !shared {
		return e, false
	}
	e.Sureness = 1
	building := a.Dwelling.Building != "" && a.Dwelling.Building == b.Dwelling.Building
	switch rule.Kind {
	case policy.RuleHousehold:
		e.Kind = menshen.ExposureHousehold
		return e, a.Household != "" && a.Household == b.Household
	case policy.RuleFloor:
		e.Kind, e.Floors = menshen.ExposureFloor, storey(a.Dwelling.Floor)-storey(b.Dwelling.Floor)
		e.Floors = max(e.Floors, -e.Floors)
		return e, building && a.Dwelling.Unit == b.Dwelling.Unit && a.Dwelling.Floor != 0 && b.Dwelling.Floor != 0 && e.Floors <= rule.Floors
	case policy.RuleBuilding:
		e.Kind = menshen.ExposureBuilding
		return e, building
	}
	return e, false
}

// storey numbers floors without a gap: the first basement lies right below the ground floor.
func storey(floor int) int {
	if floor > 0 {
		return floor - 1
	}
	return floor
}
