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

	Capacity int // people who may be in it, those in zones within it included; 0 is no limit
}

// SiteMode says how the whole site is run.
type SiteMode string

const (
	ModeNormal   SiteMode = "normal"    // residents pass without a permit
	ModeClosed   SiteMode = "closed"    // closed management (封闭管理): nobody passes without a permit
	ModeLockdown SiteMode = "lock-down" // nobody goes out but who works for the site
)

// Valid reports whether m is one of the modes above.
func (m SiteMode) Valid() bool { return m == ModeNormal || m == ModeClosed || m == ModeLockdown }

// Passback says what a gate makes of somebody who comes in though they have not gone out since.
type Passback string

const (
	PassbackOff   Passback = "off"
	PassbackSoft  Passback = "soft"  // the door opens, and the pass says so
	PassbackTimed Passback = "timed" // refused within PassbackTime of the same crossing
	PassbackHard  Passback = "hard"  // refused until they have crossed the other way
)

// FailMode says what a gate does while it cannot decide: no registry, no recognition.
type FailMode string

const (
	FailSecure FailMode = "secure" // stays shut
	FailSafe   FailMode = "safe"   // opens, as an emergency exit must
)

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

	Passback      Passback      // "" is off
	PassbackTime  time.Duration // of timed; default 5 min
	Fail          FailMode      // "" is secure
	ReviewWait    time.Duration // a guard has so long to answer a review; 0 is 30 s
	ReviewDefault Outcome       // what follows then: deny, or allow for somebody known; "" is deny
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
		if z.Capacity < 0 || z.Capacity > 1_000_000 {
			return Errorf(CodeInvalid, op, "zone %q has a capacity of %d", z.ID, z.Capacity).WithHint("use 0 for no limit, or up to 1000000 people")
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
		if err := g.validateBehaviour(); err != nil {
			return err
		}
		switch g.Liveness {
		case "", LivenessOff, LivenessAdvise, LivenessRequire:
		default:
			return Errorf(CodeInvalid, op, "gate %q has the unknown liveness %q", g.ID, g.Liveness).WithHint("use off, advise or require")
		}
	}
	return nil
}

// validateBehaviour checks how a gate deals with doubts and failures.
func (g Gate) validateBehaviour() error {
	const op = "menshen.site"
	switch g.Passback {
	case "", PassbackOff, PassbackSoft, PassbackTimed, PassbackHard:
	default:
		return Errorf(CodeInvalid, op, "gate %q has the unknown anti-passback %q", g.ID, g.Passback).WithHint("use off, soft, timed or hard")
	}
	switch g.Fail {
	case "", FailSecure, FailSafe:
	default:
		return Errorf(CodeInvalid, op, "gate %q has the unknown fail mode %q", g.ID, g.Fail).WithHint("use secure or safe")
	}
	switch g.ReviewDefault {
	case "", OutcomeDeny, OutcomeAllow:
	default:
		return Errorf(CodeInvalid, op, "gate %q has the unknown review default %q", g.ID, g.ReviewDefault).WithHint("use deny or allow")
	}
	if g.PassbackTime < 0 || g.PassbackTime > 24*time.Hour || g.ReviewWait < 0 || g.ReviewWait > time.Hour {
		return Errorf(CodeInvalid, op, "a time of gate %q is out of range", g.ID).WithHint("use at most 24h for passback_time and 1h for review_wait")
	}
	return nil
}
