package bench

import (
	"fmt"
	"time"

	"menshen"
	"menshen/tracing"
)

// subdistrict is a computed sub-district (街道): communities of some three thousand people, each with outer gates, a shop, an
// office, and buildings of two units with a door, and a lift each. It never changes and holds no passes: those are made anew,
// and the same, each time they are asked for.
type subdistrict struct {
	seed   uint64
	days   int
	size   int // people of a community
	blocks int // buildings of a community
	site   menshen.Site
	people []string // ids by number, from 1; the first is nobody
	gates  []string // ids by number, from 1; the first is no gate
	rate   float64  // passes of a person and day that are aimed at
}

const (
	communitySize     = 3_000
	peopleOfBuilding  = 125
	outerGates        = 3
	unitsOfBuilding   = 2
	gatesOfBuilding   = 1 + 2*unitsOfBuilding // its door, and lobby and floors of each unit
	communityGates    = outerGates + 2        // and shop and office
	dayTicks          = 24 * 3600 * 100       // of 10 ms
	roomsOfFloor      = 4
	peopleOfRoom      = 3
	lowestHome        = 2 // floor
	ticksOfSecond     = 100
	ticksOfHour       = 3600 * ticksOfSecond
	latestDepart      = 22*ticksOfHour + ticksOfHour/2
	latestReturn      = 23*ticksOfHour + ticksOfHour/2
	subdistrictGateNo = 1 // of the first gate
)

// firstDay is when the passes begin.
func firstDay() time.Time {
	return time.Date(2026, 3, 2, 0, 0, 0, 0, time.FixedZone("Beijing", 8*3600))
}

// newSubdistrict makes one of so many people, who make so many passes in all on so many days, or a few less.
func newSubdistrict(people, days, passes int, seed uint64) *subdistrict {
	communities := max(1, people/communitySize)
	s := &subdistrict{seed: seed, days: days, size: (people + communities - 1) / communities}
	s.blocks = max(1, s.size/peopleOfBuilding)
	s.settle(people, communities)
	s.aim(float64(passes) / float64(people) / float64(days))
	return s
}

// part gives the same sub-district with the first communities only: its density is that of the whole.
func (s *subdistrict) part(communities int) *subdistrict {
	p := &subdistrict{seed: s.seed, days: s.days, size: s.size, blocks: s.blocks, rate: s.rate}
	p.settle(min(communities*s.size, len(s.people)-1), communities)
	return p
}

func (s *subdistrict) settle(people, communities int) {
	s.site = menshen.Site{ID: "bench", Location: firstDay().Location(), Zones: []menshen.Zone{{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}}}
	s.people, s.gates = make([]string, 1, people+1), make([]string, 1, 1+communities*s.gatesOf())
	zone := func(id string, kind menshen.ZoneKind, parent string) string {
		s.site.Zones = append(s.site.Zones, menshen.Zone{ID: id, Kind: kind, Parent: parent})
		return id
	}
	gate := func(id, from, to string) {
		s.site.Gates = append(s.site.Gates, menshen.Gate{ID: id, From: from, To: to, State: menshen.GateOpen})
		s.gates = append(s.gates, id)
	}
	for c := range communities {
		name := fmt.Sprintf("c%03d", c+1)
		compound := zone(name, menshen.ZoneCompound, "")
		for g := range outerGates {
			gate(fmt.Sprintf("%s-gate-%d", name, g+1), menshen.OutsideZone, compound)
		}
		gate(name+"-shop-door", compound, zone(name+"-shop", menshen.ZoneShop, compound))
		gate(name+"-office-door", compound, zone(name+"-office", menshen.ZoneOffice, compound))
		for b := range s.blocks {
			building := zone(fmt.Sprintf("%s-b%02d", name, b+1), menshen.ZoneBuilding, compound)
			gate(building+"-door", compound, building)
			for u := range unitsOfBuilding {
				unit := fmt.Sprintf("%s-u%d", building, u+1)
				lift := zone(unit+"-lift", menshen.ZoneLift, building)
				gate(unit+"-lobby", building, lift)
				gate(unit+"-floors", lift, zone(unit, menshen.ZoneUnit, building))
			}
		}
	}
	for n := range people {
		a, b := mixed(s.seed, 1, uint64(n)), mixed(s.seed, 2, uint64(n))
		s.people = append(s.people, fmt.Sprintf("%08x-%04x-8%03x-%04x-%012x", a>>32, a>>16&0xffff, a>>4&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff))
	}
}

// gatesOf is how many gates a community has.
func (s *subdistrict) gatesOf() int { return communityGates + s.blocks*gatesOfBuilding }

// communities is how many there are.
func (s *subdistrict) communities() int { return (len(s.gates) - 1) / s.gatesOf() }

// home gives where a person lives: community, building of it, and unit of that, from 0.
func (s *subdistrict) home(person uint32) (community, building, unit int) {
	n := int(person) - 1
	community, n = n/s.size, n%s.size/peopleOfRoom // who lives together has numbers that follow each other
	return community, n % s.blocks, n / s.blocks % unitsOfBuilding
}

// residences tells who lives where.
func (s *subdistrict) residences(yield func(string, tracing.Residence) bool) {
	for person := uint32(1); int(person) < len(s.people); person++ {
		c, b, u := s.home(person)
		flat := (int(person) - 1) % s.size / peopleOfRoom / s.blocks / unitsOfBuilding
		floor := lowestHome + flat/roomsOfFloor
		d := menshen.Dwelling{
			Building: fmt.Sprintf("c%03d-b%02d", c+1, b+1), Unit: fmt.Sprint(u + 1), Floor: floor, Room: fmt.Sprintf("%d%02d", floor, flat%roomsOfFloor+1),
		}
		if !yield(s.people[person], tracing.Residence{Household: d.String(), Dwelling: d}) {
			return
		}
	}
}

// homeZone gives the unit of a dwelling.
func homeZone(d menshen.Dwelling) string { return d.Building + "-u" + d.Unit }

// mixed gives a number that depends on all words (the finaliser of SplitMix64, chained).
func mixed(words ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, w := range words {
		h = scrambled(h + w)
	}
	return h
}

func scrambled(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
