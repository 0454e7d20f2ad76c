package tracing_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// township is communities of 3,000 people in 30 buildings with a lift each, three gates, a shop and an office, and what
// passes they make in 14 days: some 16 a day and person.
type township struct {
	site   menshen.Site
	people []string // by index from 1
	tracer *tracing.Tracer
	log    *passlog.Log
	end    time.Time
}

const (
	townPeople    = 3000
	townBuildings = 30
	townDays      = 14
)

// communities gives how many there are: MENSHEN_TOWN, 150 for a whole township, or a few.
func communities() int {
	if n, err := strconv.Atoi(os.Getenv("MENSHEN_TOWN")); err == nil {
		return n
	}
	return 3
}

type townPass struct {
	at           uint32
	person, gate uint32
	out          bool
}

// MustTownship makes one.
func MustTownship(tb testing.TB, communities int) *township {
	tb.Helper()
	t := &township{people: make([]string, 1, communities*townPeople+1), end: day.AddDate(0, 0, townDays)}
	t.site = menshen.Site{ID: "town", Location: time.UTC, Zones: []menshen.Zone{{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}}}
	gates := []string{}
	zone := func(id string, k menshen.ZoneKind, parent string) string {
		t.site.Zones = append(t.site.Zones, menshen.Zone{ID: id, Kind: k, Parent: parent})
		return id
	}
	gate := func(id, from, to string) {
		t.site.Gates = append(t.site.Gates, menshen.Gate{ID: id, From: from, To: to, State: menshen.GateOpen})
		gates = append(gates, id)
	}
	const perCommunity = 5 + 3*townBuildings // gates
	for c := range communities {
		compound := zone(fmt.Sprintf("c%d", c), menshen.ZoneCompound, "")
		for i := range 3 {
			gate(fmt.Sprintf("c%d-gate-%d", c, i), menshen.OutsideZone, compound)
		}
		gate(fmt.Sprintf("c%d-shop-door", c), compound, zone(fmt.Sprintf("c%d-shop", c), menshen.ZoneShop, compound))
		gate(fmt.Sprintf("c%d-office-door", c), compound, zone(fmt.Sprintf("c%d-office", c), menshen.ZoneOffice, compound))
		for b := range townBuildings {
			id := fmt.Sprintf("c%d-b%d", c, b)
			building := zone(id, menshen.ZoneBuilding, compound)
			lift := zone(id+"-lift", menshen.ZoneLift, building)
			gate(id+"-door", compound, building)
			gate(id+"-lobby", building, lift)
			gate(id+"-floors", lift, zone(id+"-unit", menshen.ZoneUnit, building))
		}
		for range townPeople {
			t.people = append(t.people, fmt.Sprintf("%08x-%04x", c*2654435761%(1<<32), len(t.people)))
		}
	}
	bulk := passlog.NewBulk(passlog.Config{Origin: day, Grade: tracing.Grade}, t.people, gates)
	proto := newPass("p", "g", "in", day, 1)
	proto.Site, proto.Person = "town", ""
	out := proto
	out.Direction = menshen.DirectionOut
	sequence := make([]uint64, len(gates))
	for c := range communities {
		passes := townPasses(rand.New(rand.NewPCG(uint64(c), 77)), uint32(c))
		cols := passlog.Columns{Base: day.UnixMilli() / 10, Manners: []menshen.Pass{proto, out}}
		for _, p := range passes {
			g := uint32(c*perCommunity) + p.gate
			sequence[g]++
			cols.At, cols.Person, cols.Gate = append(cols.At, p.at), append(cols.Person, p.person), append(cols.Gate, g)
			cols.Sequence = append(cols.Sequence, sequence[g])
			manner := uint16(0)
			if p.out {
				manner = 1
			}
			cols.Manner = append(cols.Manner, manner)
		}
		if err := bulk.Add(cols); err != nil {
			tb.Fatal(err)
		}
	}
	var err error
	if t.log, err = bulk.Build(); err != nil {
		tb.Fatal(err)
	}
	homes := func(yield func(string, tracing.Residence) bool) {
		for i, id := range t.people[1:] {
			d := menshen.Dwelling{Building: fmt.Sprintf("c%d-b%d", i/townPeople, i%townPeople%townBuildings), Unit: "1", Floor: 2 + i%townPeople/townBuildings/6, Room: fmt.Sprint(i % townPeople / townBuildings / 3)}
			if !yield(id, tracing.Residence{Household: d.String(), Dwelling: d}) {
				return
			}
		}
	}
	t.tracer, err = tracing.New(t.log, t.site, tracing.Config{
		Now: func() time.Time { return t.end }, Residences: homes, HomeZone: func(d menshen.Dwelling) string { return d.Building + "-unit" },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// townPasses are those of a community, in order.
func townPasses(rng *rand.Rand, c uint32) []townPass {
	passes := make([]townPass, 0, townPeople*townDays*17)
	second := func(lo, hi int) uint32 { return uint32(100*lo + rng.IntN(100*(hi-lo))) } // in ticks
	for i := range uint32(townPeople) {
		person, b := c*townPeople+i+1, i%townBuildings
		door := 5 + 3*b
		pass := func(at, gate uint32, out bool) { passes = append(passes, townPass{at, person, gate, out}) }
		usual := rng.IntN(3)
		for d := range townDays {
			for trip := range 2 { // to work and back, and an errand
				hour := []float64{7.75, 16.5}[trip] + rng.NormFloat64()*[]float64{0.75, 2.5}[trip]
				away := []float64{9.25, 0.8}[trip] + rng.Float64()*0.8
				at := uint32(max(0.2, hour)*360000) + uint32(d)*8640000
				outer := uint32(usual)
				if rng.IntN(5) == 0 {
					outer = uint32(rng.IntN(3))
				}
				pass(at, door+2, true)
				at += second(20, 60)
				pass(at, door+1, true)
				at += second(5, 40)
				pass(at, door, true)
				at += second(30, 240)
				if trip == 1 && rng.IntN(3) == 0 {
					pass(at, 3, false)
					at += second(60, 900)
					pass(at, 3, true)
					at += second(30, 240)
				}
				pass(at, outer, true)
				at += uint32(away * 360000)
				pass(at, outer, false)
				at += second(30, 240)
				pass(at, door, false)
				at += second(5, 60)
				pass(at, door+1, false)
				at += second(20, 60)
				pass(at, door+2, false)
			}
		}
	}
	passes = slices.DeleteFunc(passes, func(p townPass) bool { return p.at >= townDays*8640000 })
	slices.SortFunc(passes, func(a, b townPass) int { return int(a.at) - int(b.at) })
	return passes
}
