package menshen

import "time"

// Site (小区) is one community with its zones and gates.
type Site struct {
	ID       string
	Name     Text
	Location *time.Location // the zone that people at the site read times in
	Zones    []Zone
	Gates    []Gate
}

// ZoneKind says what a zone is; tracing policies count exposures by it.
type ZoneKind string

const (
	ZoneOutside  ZoneKind = "outside"
	ZoneCompound ZoneKind = "compound"
	ZoneBuilding ZoneKind = "building"
	ZoneUnit     ZoneKind = "unit"
	ZoneLift     ZoneKind = "lift"
	ZoneShop     ZoneKind = "shop"
	ZoneOffice   ZoneKind = "office"
)

// Valid reports whether k is one of the kinds above.
func (k ZoneKind) Valid() bool {
	switch k {
	case ZoneOutside, ZoneCompound, ZoneBuilding, ZoneUnit, ZoneLift, ZoneShop, ZoneOffice:
		return true
	}
	return false
}

// OutsideZone is the id of the zone that is everywhere else. Every site has it.
const OutsideZone = "outside"

// Zone (区域) is a part of a site that people are in between two passes.
type Zone struct {
	ID     string
	Name   Text
	Kind   ZoneKind
	Parent string // the zone around it; "" for outside and for the compound
}

// GateState says how a gate is used now.
type GateState string

const (
	GateOpen    GateState = "open"    // decides by itself
	GateGuarded GateState = "guarded" // a guard stands there and answers reviews
	GateClosed  GateState = "closed"  // nobody passes
)

// LivenessMode says what a gate makes of doubts whether a face is alive.
type LivenessMode string

const (
	LivenessOff     LivenessMode = "off"     // not checked
	LivenessAdvise  LivenessMode = "advise"  // a doubt is kept with the pass and shown; the door opens
	LivenessRequire LivenessMode = "require" // with a doubt, or unchecked, a guard decides
)

// Gate (出入口) is a doorway between two zones. Direction In leads from From into To.
type Gate struct {
	ID    string
	Name  Text
	From  string // zone id on the far side, e.g. "outside"
	To    string // zone id on the near side
	State GateState

	Liveness LivenessMode // "" is off
}

// Into gives the zone that a crossing in the direction leads into, "" for an unknown direction.
func (g Gate) Into(d Direction) string {
	switch d {
	case DirectionIn:
		return g.To
	case DirectionOut:
		return g.From
	}
	return ""
}

// Camera is a camera at a gate: whoever it sees walks in one direction. Its address is configuration, not a domain word.
type Camera struct {
	ID        string
	Gate      string    // gate id
	Direction Direction // of those who face the camera
}

// Gate gives the gate of an id, and whether the site has it.
func (s Site) Gate(id string) (Gate, bool) {
	for _, g := range s.Gates {
		if g.ID == id {
			return g, true
		}
	}
	return Gate{}, false
}

// Zone gives the zone of an id, and whether the site has it.
func (s Site) Zone(id string) (Zone, bool) {
	for _, z := range s.Zones {
		if z.ID == id {
			return z, true
		}
	}
	return Zone{}, false
}

// Validate checks a site on its own: ids, kinds, and that every gate joins two different zones that exist.
func (s Site) Validate() error {
	const op = "menshen.site"
	if err := ValidateSlug("site", s.ID); err != nil {
		return err
	}
	zones := map[string]bool{}
	for _, z := range s.Zones {
		if err := ValidateSlug("zone", z.ID); err != nil {
			return err
		}
		if !z.Kind.Valid() {
			return Errorf(CodeInvalid, op, "zone %q has the unknown kind %q", z.ID, z.Kind).
				WithHint("use outside, compound, building, unit, lift, shop or office")
		}
		if zones[z.ID] {
			return Errorf(CodeInvalid, op, "zone %q is listed twice", z.ID).WithHint("give each zone its own id")
		}
		zones[z.ID] = true
	}
	if !zones[OutsideZone] {
		return Errorf(CodeInvalid, op, "site %q has no zone %q", s.ID, OutsideZone).WithHint("add it to the zones")
	}
	for _, z := range s.Zones {
		if z.Parent != "" && !zones[z.Parent] {
			return Errorf(CodeInvalid, op, "zone %q lies in the unknown zone %q", z.ID, z.Parent).WithHint("add that zone, or correct the name")
		}
	}
	gates := map[string]bool{}
	for _, g := range s.Gates {
		if err := ValidateSlug("gate", g.ID); err != nil {
			return err
		}
		if gates[g.ID] {
			return Errorf(CodeInvalid, op, "gate %q is listed twice", g.ID).WithHint("give each gate its own id")
		}
		gates[g.ID] = true
		for _, z := range []string{g.From, g.To} {
			if !zones[z] {
				return Errorf(CodeInvalid, op, "gate %q leads to the unknown zone %q", g.ID, z).WithHint("add that zone, or correct the name")
			}
		}
		if g.From == g.To {
			return Errorf(CodeInvalid, op, "gate %q leads from %q to itself", g.ID, g.From).WithHint("a gate joins two different zones")
		}
		switch g.State {
		case GateOpen, GateGuarded, GateClosed:
		default:
			return Errorf(CodeInvalid, op, "gate %q has the unknown state %q", g.ID, g.State).WithHint("use open, guarded or closed")
		}
		switch g.Liveness {
		case "", LivenessOff, LivenessAdvise, LivenessRequire:
		default:
			return Errorf(CodeInvalid, op, "gate %q has the unknown liveness %q", g.ID, g.Liveness).WithHint("use off, advise or require")
		}
	}
	return nil
}
