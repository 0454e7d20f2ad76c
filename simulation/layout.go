package simulation

import (
	"fmt"

	"menshen"
)

// layout is the site with the numbers of its gates and zones.
//
//	outside ─outer gates─ compound ─shop door─ shop
//	                         │ └─office door─ office
//	                  door of a building
//	                      building ─lift, in the lobby─ lift ─lift, at the floors─ unit
//
// A unit (单元) is the flats along one lift. Lift, unit and building lie in one another as tracing needs it: unit and lift
// in the building, the building, the shop and the office in the compound.
type layout struct {
	site      menshen.Site
	around    map[string][]string // per zone: itself and those around it, the innermost first, without the outside
	outer     []int32             // gates
	shop      int32               // gate
	office    int32               // gate
	buildings []building
}

type building struct {
	zone  string
	door  int32 // gate
	units [unitsPerBuilding]unit
}

type unit struct {
	zone          string
	lobby, floors int32 // gates on both sides of the lift
}

func newLayout(cfg Config) *layout {
	l := &layout{site: menshen.Site{
		ID: cfg.Site, Name: menshen.Text{ZH: "示范小区", EN: "Demo Community"}, Location: cfg.Location,
	}}
	l.zone(menshen.OutsideZone, menshen.ZoneOutside, "", "小区外", "Outside")
	l.zone("compound", menshen.ZoneCompound, "", "小区", "Compound")
	l.zone("shop", menshen.ZoneShop, "compound", "便利店", "Shop")
	l.zone("office", menshen.ZoneOffice, "compound", "物业办公室", "Property Office")
	outer := []struct{ id, zh, en string }{
		{"east", "东门", "East Gate"}, {"south", "南门", "South Gate"}, {"north", "北门", "North Gate"}, {"west", "西门", "West Gate"},
	}
	count := 2
	switch {
	case cfg.People >= 3000:
		count = 4
	case cfg.People >= 300:
		count = 3
	}
	for _, g := range outer[:count] {
		l.outer = append(l.outer, l.gate(g.id, menshen.OutsideZone, "compound", g.zh, g.en))
	}
	l.site.Gates[0].State = menshen.GateGuarded
	l.shop = l.gate("shop-door", "compound", "shop", "便利店门", "Shop Door")
	l.office = l.gate("office-door", "compound", "office", "物业办公室门", "Office Door")
	for n := 1; n <= cfg.Buildings; n++ {
		l.buildings = append(l.buildings, l.building(n))
	}
	parent := make(map[string]string, len(l.site.Zones))
	l.around = make(map[string][]string, len(l.site.Zones))
	for _, z := range l.site.Zones { // a zone comes after the one around it
		parent[z.ID] = z.Parent
		for at := z.ID; at != "" && at != menshen.OutsideZone; at = parent[at] {
			l.around[z.ID] = append(l.around[z.ID], at)
		}
	}
	return l
}

func (l *layout) building(n int) building {
	b := building{zone: fmt.Sprintf("building-%d", n)}
	l.zone(b.zone, menshen.ZoneBuilding, "compound", fmt.Sprintf("%d号楼", n), fmt.Sprintf("Building %d", n))
	b.door = l.gate(fmt.Sprintf("door-%d", n), "compound", b.zone, fmt.Sprintf("%d号楼大门", n), fmt.Sprintf("Door of Building %d", n))
	for i := range b.units {
		m := i + 1
		zh, en := fmt.Sprintf("%d号楼%d单元", n, m), fmt.Sprintf("Building %d, Unit %d", n, m)
		u := unit{zone: fmt.Sprintf("unit-%d-%d", n, m)}
		lift := fmt.Sprintf("lift-%d-%d", n, m)
		l.zone(lift, menshen.ZoneLift, b.zone, zh+"电梯", en+", Lift")
		l.zone(u.zone, menshen.ZoneUnit, b.zone, zh, en)
		u.lobby = l.gate(lift+"-lobby", b.zone, lift, zh+"电梯（大堂）", en+", Lift in the Lobby")
		u.floors = l.gate(lift+"-floors", lift, u.zone, zh+"电梯（楼层）", en+", Lift at the Floors")
		b.units[i] = u
	}
	return b
}

func (l *layout) zone(id string, kind menshen.ZoneKind, parent, zh, en string) {
	l.site.Zones = append(l.site.Zones, menshen.Zone{ID: id, Kind: kind, Parent: parent, Name: menshen.Text{ZH: zh, EN: en}})
}

func (l *layout) gate(id, from, to, zh, en string) int32 {
	l.site.Gates = append(l.site.Gates, menshen.Gate{
		ID: id, From: from, To: to, Name: menshen.Text{ZH: zh, EN: en}, State: menshen.GateOpen,
	})
	return int32(len(l.site.Gates) - 1)
}
