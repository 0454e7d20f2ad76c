package tracing

import (
	"fmt"
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
	sets  [][]uint32 // of zones; the first is empty
	flat  bool       // no set has more than one zone
	steps []step     // by number of the gate × 2, + 1 for the way in
	caps  []uint32   // per zone, in ticks
	long  []uint32   // caps where somebody lives
	whole []uint32   // per zone, in ticks, by kind alone: at least twice the cap
}

// step is a crossing: places in ways.sets of the zones before and after it.
type step struct {
	before, after uint32
	known         bool // the site has this gate
}

func (p *plan) waysOf(g *ground, set kinds) *ways {
	if w, ok := g.ways.Load(set); ok {
		return w.(*ways)
	}
	w := &ways{
		flat: true, sets: make([][]uint32, 1), steps: make([]step, 2*len(g.doors)), caps: make([]uint32, len(p.zones)), long: make([]uint32, len(p.zones)),
		whole: make([]uint32, len(p.zones)),
	}
	numbers := map[string]uint32{"": 0}
	number := func(zones []int) uint32 {
		var list []uint32
		for _, z := range zones {
			if p.kinds[z]&set != 0 {
				list = append(list, uint32(z))
			}
		}
		key := fmt.Sprint(list)
		if len(list) == 0 {
			key = ""
		}
		n, ok := numbers[key]
		if !ok {
			n = uint32(len(w.sets))
			w.sets, numbers[key] = append(w.sets, list), n
			w.flat = w.flat && len(list) < 2
		}
		return n
	}
	for n, d := range g.doors {
		if d != nil {
			far, near := number(d.far), number(d.near)
			w.steps[2*n], w.steps[2*n+1] = step{near, far, true}, step{far, near, true}
		}
	}
	for z := range p.zones {
		w.caps[z] = ticksOf(time.Duration(p.caps[z]))
		w.whole[z] = ticksOf(time.Duration(p.wholes[z]))
		w.long[z] = max(w.caps[z], ticksOf(p.cfg.HomeCap))
	}
	g.ways.Store(set, w)
	return w
}

// ticksOf gives a duration in ticks, rounded down.
func ticksOf(d time.Duration) uint32 { return uint32(min(max(d/passlog.TickLength, 0), 1<<32-1)) }
