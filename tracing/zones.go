package tracing

import (
	"slices"

	"menshen"
)

// plan is a site made ready for tracing, and the rules for stays in it. Zones are numbered as in the site.
type plan struct {
	zones    []menshen.Zone
	around   [][]int          // per zone: itself and the zones around it, innermost first, without outside
	doors    map[string]*door // by gate
	touching [][]string       // per zone: the gates that prove something about being in it
	kinds    []kinds          // per zone: its own
	caps     []int64          // per zone, for strangers, in nanoseconds
	wholes   []int64          // per zone, by kind alone, in nanoseconds: see wholeFor
	numbers  map[string]int   // of zones by id
	cfg      StayConfig
}

// door is what lies on both sides of a gate, as in plan.around.
type door struct{ far, near []int }

func newPlan(site menshen.Site, cfg StayConfig) *plan {
	p := &plan{
		zones:    site.Zones,
		around:   make([][]int, len(site.Zones)),
		doors:    make(map[string]*door, len(site.Gates)),
		touching: make([][]string, len(site.Zones)),
		caps:     make([]int64, len(site.Zones)),
		wholes:   make([]int64, len(site.Zones)),
		cfg:      cfg.withDefaults(),
	}
	numbers := make(map[string]int, len(site.Zones))
	for i, z := range site.Zones {
		numbers[z.ID] = i
		p.kinds = append(p.kinds, kindsOf([]menshen.ZoneKind{z.Kind}))
	}
	p.numbers = numbers
	for i, z := range site.Zones {
		n, ok := i, true
		// A ring of parents ends where it comes round; checkRings refuses it, Stays has to live with it.
		for ok && z.ID != menshen.OutsideZone && z.Kind != menshen.ZoneOutside && !slices.Contains(p.around[i], n) {
			p.around[i] = append(p.around[i], n)
			n, ok = numbers[z.Parent]
			if ok {
				z = site.Zones[n]
			}
		}
		for _, n := range p.around[i] {
			p.caps[n] = max(p.caps[n], int64(p.cfg.capOf(site.Zones[i].Kind)))
			p.wholes[n] = max(p.wholes[n], int64(p.cfg.wholeOf(site.Zones[i].Kind)))
		}
	}
	for _, g := range site.Gates {
		from, ok := numbers[g.From]
		to, ok2 := numbers[g.To]
		if !ok || !ok2 {
			continue // proves nothing
		}
		d := &door{far: p.around[from], near: p.around[to]}
		p.doors[g.ID] = d
		for _, z := range d.far {
			p.touching[z] = append(p.touching[z], g.ID)
		}
		for _, z := range d.near {
			if !slices.Contains(d.far, z) {
				p.touching[z] = append(p.touching[z], g.ID)
			}
		}
	}
	return p
}

// checkRings refuses zones that lie in themselves.
func checkRings(site menshen.Site) error {
	for _, z := range site.Zones {
		at := z
		for range site.Zones {
			parent, ok := site.Zone(at.Parent)
			if !ok {
				break
			}
			if parent.ID == z.ID {
				return menshen.Errorf(menshen.CodeInvalid, "tracing.new", "zone %q lies in itself, by way of its parents", z.ID).
					WithHint("correct the parent of zone %q", at.ID)
			}
			at = parent
		}
	}
	return nil
}

// home says which zones are somebody's home.
type home struct {
	by    homeBy
	zones []int                  // of homeZones
	is    func(zone string) bool // of homeAsked
}

type homeBy uint8

const (
	homeKinds homeBy = iota // every compound, building and unit
	homeZones               // those listed
	homeAsked               // those of which is says so
)

// lives reports whether a zone counts as the home.
func (p *plan) lives(h home, zone int) bool {
	switch h.by {
	case homeAsked:
		return h.is(p.zones[zone].ID)
	case homeZones:
		return slices.Contains(h.zones, zone)
	}
	return p.kinds[zone]&homely != 0
}

var homely = kindsOf([]menshen.ZoneKind{menshen.ZoneCompound, menshen.ZoneBuilding, menshen.ZoneUnit})

// homeBefore is the home of somebody of whom only the id is known.
func (p *plan) homeBefore(person string) home {
	if p.cfg.Home != nil {
		return home{by: homeAsked, is: func(zone string) bool { return p.cfg.Home(person, zone) }}
	}
	return home{}
}

// capFor gives the cap of a zone for somebody, in nanoseconds.
func (p *plan) capFor(h home, zone int) int64 {
	if p.caps[zone] < int64(p.cfg.HomeCap) && p.lives(h, zone) {
		return int64(p.cfg.HomeCap)
	}
	return p.caps[zone]
}

// wholeFor gives how far apart two proofs of being in a zone of some cap may be for the time between to be one stay.
func (p *plan) wholeFor(zone int, limit int64) int64 { return max(p.wholes[zone], 2*limit) }

// farthest gives how far from a time in a zone the nearest proof of being there may lie, for anybody, in nanoseconds.
func (p *plan) farthest(zone int) int64 { return p.span(zone, max(p.caps[zone], int64(p.cfg.HomeCap))) }

// span gives how far from a time in a zone of some cap the nearest proof may lie, in nanoseconds: as far as the cap, or, where
// two proofs have the time between them, half of what may lie between them.
func (p *plan) span(zone int, limit int64) int64 { return max(limit, (p.wholeFor(zone, limit)+1)/2) }
