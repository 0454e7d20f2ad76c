package roll

import (
	"time"

	"menshen"
)

// site is the layout of the site, as numbers. It never changes.
type site struct {
	id       string
	location *time.Location
	gates    []doorway
	byGate   map[string]int
	zones    []menshen.Zone
	byZone   map[string]int
	parents  [][]int // of each zone: itself, the zone around it, and so on
}

// doorway is a gate with its zones as numbers.
type doorway struct {
	menshen.Gate

	from, to int
}

func layout(s menshen.Site) site {
	l := site{id: s.ID, location: s.Location, zones: s.Zones, byGate: map[string]int{}, byZone: map[string]int{}}
	for i, z := range s.Zones {
		l.byZone[z.ID] = i
	}
	for i := range s.Zones {
		l.parents = append(l.parents, l.around(i))
	}
	for i, g := range s.Gates {
		d := doorway{Gate: g, from: -1, to: -1}
		if z, ok := l.byZone[g.From]; ok {
			d.from = z
		}
		if z, ok := l.byZone[g.To]; ok {
			d.to = z
		}
		l.gates = append(l.gates, d)
		l.byGate[g.ID] = i
	}
	return l
}

// around gives a zone and those around it. A zone that lies in itself, by whatever way, ends the list.
func (l *site) around(zone int) (list []int) {
	for len(list) <= len(l.zones) {
		list = append(list, zone)
		parent, ok := l.byZone[l.zones[zone].Parent]
		if !ok {
			break
		}
		zone = parent
	}
	return list
}

func (l *site) gate(id string) (*doorway, bool) {
	i, ok := l.byGate[id]
	if !ok {
		return nil, false
	}
	return &l.gates[i], true
}

// within says that a zone is another one or a part of it.
func (l *site) within(zone string, of int) bool {
	z, ok := l.byZone[zone]
	if !ok {
		return false
	}
	for _, p := range l.parents[z] {
		if p == of {
			return true
		}
	}
	return false
}
