package tracing

import (
	"iter"

	"menshen"
)

// Residence is where somebody lives, as the registry has it.
type Residence struct {
	Household string // id
	Dwelling  menshen.Dwelling
	Shared    bool // kitchen and bath are shared with other households
}

// Settle takes over who lives where, in place of what was known before: call it when the registry changed. Questions that
// run meanwhile keep what they began with. Nil forgets all.
func (t *Tracer) Settle(residences iter.Seq2[string, Residence]) {
	t.residents.Store(newResidents(residences))
}

// residents is who lives where. It never changes.
type residents struct {
	of          map[string]int // number by person id
	list        []resident
	byHousehold map[string][]int
	byUnit      map[[2]string][]int
	byBuilding  map[string][]int
}

type resident struct {
	person string
	Residence
}

func newResidents(source iter.Seq2[string, Residence]) *residents {
	r := &residents{
		of: map[string]int{}, byHousehold: map[string][]int{}, byUnit: map[[2]string][]int{}, byBuilding: map[string][]int{},
	}
	if source == nil {
		return r
	}
	for person, at := range source {
		if _, ok := r.of[person]; ok || person == "" {
			continue
		}
		n := len(r.list)
		r.of[person] = n
		r.list = append(r.list, resident{person: person, Residence: at})
		if at.Household != "" {
			r.byHousehold[at.Household] = append(r.byHousehold[at.Household], n)
		}
		if at.Dwelling.Building != "" {
			unit := [2]string{at.Dwelling.Building, at.Dwelling.Unit}
			r.byUnit[unit] = append(r.byUnit[unit], n)
			r.byBuilding[at.Dwelling.Building] = append(r.byBuilding[at.Dwelling.Building], n)
		}
	}
	return r
}
