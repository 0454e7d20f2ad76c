package simulation

// place is where people go: a unit, the shop, the office, the open compound, or the outside by way of an outer gate.
type place struct {
	kind           placeKind
	building, unit int   // of a unit, from 0
	gate           int32 // of the outside
}

type placeKind uint8

const (
	inCompound placeKind = iota
	inUnit
	inShop
	inOffice
	outside
)

// step is one crossing on the way, and the walk to it.
type step struct {
	gate int32
	out  bool
	walk walk
}

// walk is a part of a way.
type walk uint8

const (
	walkNearby   walk = iota // to a door at hand
	walkCompound             // across the compound
	walkLobby                // through the lobby of a building
	walkFloor                // to the lift, and waiting for it
	walkLift                 // in the lift
)

// seconds gives how long a walk takes at least and at most.
func (w walk) seconds() (least, most float64) {
	switch w {
	case walkCompound:
		return 40, 240
	case walkLobby:
		return 6, 25
	case walkFloor:
		return 5, 40
	case walkLift:
		return 10, 50
	}
	return 3, 15
}

// route appends the crossings on the way from one place to another.
func (l *layout) route(steps []step, from, to place) []step {
	add := func(gate int32, out bool, w walk) {
		steps = append(steps, step{gate: gate, out: out, walk: w})
	}
	within := from.kind == inUnit && to.kind == inUnit && from.building == to.building // without leaving the building
	switch from.kind {
	case inUnit:
		u := l.buildings[from.building].units[from.unit]
		add(u.floors, true, walkFloor)
		add(u.lobby, true, walkLift)
		if !within {
			add(l.buildings[from.building].door, true, walkLobby)
		}
	case inShop:
		add(l.shop, true, walkNearby)
	case inOffice:
		add(l.office, true, walkNearby)
	case outside:
		add(from.gate, false, walkNearby)
	}
	switch to.kind {
	case inUnit:
		u := l.buildings[to.building].units[to.unit]
		if !within {
			add(l.buildings[to.building].door, false, walkCompound)
		}
		add(u.lobby, false, walkLobby)
		add(u.floors, false, walkLift)
	case inShop:
		add(l.shop, false, walkCompound)
	case inOffice:
		add(l.office, false, walkCompound)
	case outside:
		add(to.gate, true, walkCompound)
	}
	return steps
}
