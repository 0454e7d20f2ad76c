package tracing

import (
	"iter"
	"sync"
	"sync/atomic"

	"menshen"
	"menshen/tracing/passlog"
)

// Residence is where somebody lives, as the registry has it.
type Residence struct {
	Household string // id
	Dwelling  menshen.Dwelling
	Shared    bool // kitchen and bath are shared with other households
}

// Settle takes over who lives where, in place of what was known before: call it when the registry changed. Questions that
// run meanwhile keep what they began with. Nil forgets all.
//
// While anybody's residence is known, only the zones of their home have the home cap for them, and who is not in the
// registry has no home here. Somebody whose dwelling lies in no known zone has it in every compound, building and unit.
func (t *Tracer) Settle(residences iter.Seq2[string, Residence]) {
	t.residents.Store(t.newResidents(residences))
}

// residents is who lives where. All but numbered never changes.
type residents struct {
	of          map[string]int32 // place in list by person id
	list        []resident
	byHousehold map[string][]int32
	byUnit      map[[2]string][]int32
	byBuilding  map[string][]int32
	homes       []bool // by zone: it is in somebody's home
	unplaced    bool   // somebody's dwelling lies in no known zone

	mu       sync.Mutex // one numbering at a time
	numbered atomic.Pointer[numbering]
}

type resident struct {
	person string
	zone   int32 // innermost one of the home; -1 for none known
	Residence
}

func (t *Tracer) newResidents(source iter.Seq2[string, Residence]) *residents {
	r := &residents{
		of: map[string]int32{}, byHousehold: map[string][]int32{}, byUnit: map[[2]string][]int32{}, byBuilding: map[string][]int32{},
	}
	r.numbered.Store(&numbering{})
	r.homes = make([]bool, len(t.plan.zones))
	if source == nil {
		return r
	}
	zones := map[[2]string]int32{}
	for person, at := range source {
		if _, ok := r.of[person]; ok || person == "" {
			continue
		}
		n, unit := int32(len(r.list)), [2]string{at.Dwelling.Building, at.Dwelling.Unit}
		zone, ok := zones[unit]
		if !ok || t.homeZone != nil {
			zone = t.zoneOf(at.Dwelling)
			zones[unit] = zone
		}
		if zone < 0 {
			r.unplaced = true
		} else if !r.homes[zone] {
			for _, z := range t.plan.around[zone] {
				r.homes[z] = true
			}
		}
		r.of[person] = n
		r.list = append(r.list, resident{person: person, zone: zone, Residence: at})
		if at.Household != "" {
			r.byHousehold[at.Household] = append(r.byHousehold[at.Household], n)
		}
		if at.Dwelling.Building != "" {
			r.byUnit[unit] = append(r.byUnit[unit], n)
			r.byBuilding[at.Dwelling.Building] = append(r.byBuilding[at.Dwelling.Building], n)
		}
	}
	return r
}

// zoneOf gives the number of the innermost zone of a dwelling, -1 for none.
func (t *Tracer) zoneOf(d menshen.Dwelling) int32 {
	if t.homeZone != nil {
		if n, ok := t.plan.numbers[t.homeZone(d)]; ok {
			return int32(n)
		}
		return -1
	}
	if n, ok := t.plan.numbers["unit-"+d.Building+"-"+d.Unit]; ok && t.plan.zones[n].Kind == menshen.ZoneUnit {
		return int32(n)
	}
	if n, ok := t.plan.numbers["building-"+d.Building]; ok && t.plan.zones[n].Kind == menshen.ZoneBuilding {
		return int32(n)
	}
	return -1
}

// numbering joins residents with the numbers that a log gives to people.
type numbering struct {
	residentOf []int32  // by number of the person: place in residents.list, -1 for none
	personOf   []uint32 // by place in residents.list: number of the person, 0 for one without a pass
}

// numbers gives the numbering for all people that a view knows.
func (r *residents) numbers(v passlog.View) *numbering {
	if n := r.numbered.Load(); len(n.residentOf) >= v.People() {
		return n
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	old := r.numbered.Load()
	if len(old.residentOf) >= v.People() {
		return old
	}
	// Whoever reads the old numbering sees only its length of residentOf; personOf is small and copied.
	n := &numbering{residentOf: old.residentOf, personOf: make([]uint32, len(r.list))}
	copy(n.personOf, old.personOf)
	for p := len(old.residentOf); p < v.People(); p++ {
		k, ok := r.of[v.PersonID(uint32(p))]
		if !ok || p == 0 {
			k = -1
		} else {
			n.personOf[k] = uint32(p)
		}
		n.residentOf = append(n.residentOf, k)
	}
	r.numbered.Store(n)
	return n
}

// homeOf gives the home of a person by number.
func (l *look) homeOf(person uint32) home {
	if l.plan.cfg.Home != nil {
		return l.plan.homeBefore(l.view.PersonID(person))
	}
	if len(l.residents.list) == 0 {
		return home{}
	}
	k := l.numbers.residentOf[person]
	if k < 0 {
		return home{by: homeZones}
	}
	if zone := l.residents.list[k].zone; zone >= 0 {
		return home{by: homeZones, zones: l.plan.around[zone]}
	}
	return home{}
}
