package tracing

import (
	"sync"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// ground is the plan by the numbers that a log gives to gates. It never changes; a new gate in the log makes a new one.
type ground struct {
	doors    []*door    // by number of the gate; nil where the site has no such gate
	touching [][]uint32 // per zone: the gates that prove something about being in it
	ways     sync.Map   // by kinds: *ways
}

// groundOf gives the ground for the gates that a view knows.
func (t *Tracer) groundOf(v passlog.View) *ground {
	if g := t.grounds.Load(); g != nil && len(g.doors) == v.Gates() {
		return g
	}
	g := &ground{doors: make([]*door, v.Gates()), touching: make([][]uint32, len(t.plan.zones))}
	for n := range g.doors {
		g.doors[n] = t.plan.doors[v.GateID(uint32(n))]
	}
	for z, gates := range t.plan.touching {
		for _, id := range gates {
			if n, ok := v.GateNumber(id); ok {
				g.touching[z] = append(g.touching[z], n)
			}
		}
	}
	t.grounds.Store(g)
	return g
}

// kinds is a set of kinds of zone.
type kinds uint8

func kindsOf(list []menshen.ZoneKind) (set kinds) {
	for _, k := range list {
		switch k {
		case menshen.ZoneCompound:
			set |= 1
		case menshen.ZoneBuilding:
			set |= 2
		case menshen.ZoneUnit:
			set |= 4
		case menshen.ZoneLift:
			set |= 8
		case menshen.ZoneShop:
			set |= 16
		case menshen.ZoneOffice:
			set |= 32
		}
	}
	return set
}

// ways is, for zones of some kinds only, what each gate leads from and into.
type ways struct {
	zones []uint32
	at    []way // by number of the gate
	caps  []uint32
	long  []uint32 // caps where somebody lives
}

// way is where the zones on both sides of a gate stand: first those on the far side, then those on the near side.
type way struct {
	first     uint32
	far, near uint8
	known     bool // the site has this gate
}

func (p *plan) waysOf(g *ground, set kinds) *ways {
	if w, ok := g.ways.Load(set); ok {
		return w.(*ways)
	}
	w := &ways{at: make([]way, len(g.doors)), caps: make([]uint32, len(p.zones)), long: make([]uint32, len(p.zones))}
	for n, d := range g.doors {
		if d == nil {
			continue
		}
		at := way{first: uint32(len(w.zones)), known: true}
		for _, z := range d.far {
			if p.kinds[z]&set != 0 {
				w.zones = append(w.zones, uint32(z))
				at.far++
			}
		}
		for _, z := range d.near {
			if p.kinds[z]&set != 0 {
				w.zones = append(w.zones, uint32(z))
				at.near++
			}
		}
		w.at[n] = at
	}
	for z := range p.zones {
		w.caps[z] = ticksOf(time.Duration(p.caps[z]))
		w.long[z] = max(w.caps[z], ticksOf(p.cfg.HomeCap))
	}
	g.ways.Store(set, w)
	return w
}

// ticksOf gives a duration in ticks, rounded down.
func ticksOf(d time.Duration) uint32 { return uint32(min(max(d/passlog.TickLength, 0), 1<<32-1)) }
