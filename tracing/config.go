package tracing

import (
	"iter"
	"time"

	"menshen"
)

// StayConfig says how long a person is taken to be in a zone where passes are missing.
type StayConfig struct {
	// Caps is, per kind of zone, how long somebody who does not live there is taken to stay without a further pass that
	// proves it, and how far back a way out without a way in is filled. Kinds left out, or 0, have the default: lift
	// 5 min, shop 3 h, office 12 h, unit and building 6 h, compound 12 h. A zone has at least the cap of any zone in it.
	Caps map[menshen.ZoneKind]time.Duration
	// Whole is, per kind of zone, how far apart a proof of being there and the next pass may be, if that too proves being
	// there until then, for all the time between to be one stay: on a way in and then a way out with nothing between, who
	// works in a shop was in it all day, whatever its cap. What lies further apart is cut at the caps. Kinds left out, or 0,
	// have the default: lift 10 min, all others 24 h. It is never less than twice the cap (so in a home twice HomeCap), nor
	// than that of any zone within.
	Whole map[menshen.ZoneKind]time.Duration
	// HomeCap takes the place of a shorter cap in the zones of a person's home, where nights and days without a pass are
	// normal. Default 36 h.
	HomeCap time.Duration
	// Home reports whether a zone is, or holds, the home of a person. It is called often, from several goroutines, while
	// the log is locked: it must be quick and must not use the log. Nil takes every compound, building and unit for
	// everybody's home.
	Home func(person, zone string) bool
	// Repeat is the time within which the same person at the same gate in the same direction is the same crossing, seen
	// again. Default 60 s.
	Repeat time.Duration
}

func defaultCap(k menshen.ZoneKind) time.Duration {
	switch k {
	case menshen.ZoneLift:
		return 5 * time.Minute
	case menshen.ZoneShop:
		return 3 * time.Hour
	case menshen.ZoneUnit, menshen.ZoneBuilding:
		return 6 * time.Hour
	}
	return 12 * time.Hour
}

func defaultWhole(k menshen.ZoneKind) time.Duration {
	if k == menshen.ZoneLift {
		return 10 * time.Minute
	}
	return 24 * time.Hour
}

const (
	defaultHomeCap = 36 * time.Hour
	defaultRepeat  = time.Minute
	longestCap     = 366 * 24 * time.Hour
)

func (c StayConfig) withDefaults() StayConfig {
	if c.HomeCap == 0 {
		c.HomeCap = defaultHomeCap
	}
	if c.Repeat == 0 {
		c.Repeat = defaultRepeat
	}
	return c
}

func (c StayConfig) capOf(k menshen.ZoneKind) time.Duration {
	if d := c.Caps[k]; d != 0 {
		return d
	}
	return defaultCap(k)
}

func (c StayConfig) wholeOf(k menshen.ZoneKind) time.Duration {
	if d := c.Whole[k]; d != 0 {
		return d
	}
	return defaultWhole(k)
}

// Validate checks that every duration is from 0 (the default) to 366 days and every kind a kind of zone.
func (c StayConfig) Validate() error {
	check := func(name string, d time.Duration) error {
		if d < 0 || d > longestCap {
			return menshen.Errorf(menshen.CodeInvalid, "tracing.config", "%s is %v", name, d).
				WithHint("use a duration from 0, which is the default, to 366 days")
		}
		return nil
	}
	for k, d := range c.Caps {
		if !k.Valid() || k == menshen.ZoneOutside {
			return menshen.Errorf(menshen.CodeInvalid, "tracing.config", "caps has the unusable kind of zone %q", k).
				WithHint("use compound, building, unit, lift, shop or office")
		}
		if err := check("the cap of "+string(k), d); err != nil {
			return err
		}
	}
	for k, d := range c.Whole {
		if !k.Valid() || k == menshen.ZoneOutside {
			return menshen.Errorf(menshen.CodeInvalid, "tracing.config", "whole has the unusable kind of zone %q", k).
				WithHint("use compound, building, unit, lift, shop or office")
		}
		if err := check("the whole of "+string(k), d); err != nil {
			return err
		}
	}
	if err := check("home cap", c.HomeCap); err != nil {
		return err
	}
	return check("repeat", c.Repeat)
}

// Config is how a Tracer works.
type Config struct {
	Stays StayConfig
	Now   func() time.Time // default time.Now
	// Residences is who lives where, by person id, as the registry has it at the start; Tracer.Settle brings it up to date.
	// Nil is nobody known.
	Residences iter.Seq2[string, Residence]
	// HomeZone gives the innermost zone that a dwelling lies in, "" for none known. Nil looks for a zone of kind unit, else
	// building, whose id is unit-BUILDING-UNIT or building-BUILDING.
	HomeZone func(menshen.Dwelling) string
}

// DefaultGateWindow is how near in time two passes at one gate are a meeting, if nothing else is asked for.
const DefaultGateWindow = time.Minute

const longestGateWindow = time.Hour

// DefaultKinds gives the kinds of zone in which being at the same time counts as being together, if nothing else is asked
// for: all that have walls. The open compound is left out: hours in it together say nothing, and would make everybody a
// contact of everybody.
func DefaultKinds() []menshen.ZoneKind {
	return []menshen.ZoneKind{menshen.ZoneBuilding, menshen.ZoneUnit, menshen.ZoneLift, menshen.ZoneShop, menshen.ZoneOffice}
}

// ContactOptions says what makes a contact.
type ContactOptions struct {
	GateWindow  time.Duration      // at most so far apart at one gate, up to 1 h; 0 is DefaultGateWindow
	MinTogether time.Duration      // zone overlaps shorter than this are left out
	Kinds       []menshen.ZoneKind // zones that count; nil is DefaultKinds, an empty list none
}

func (o ContactOptions) withDefaults() ContactOptions {
	if o.GateWindow == 0 {
		o.GateWindow = DefaultGateWindow
	}
	if o.Kinds == nil {
		o.Kinds = DefaultKinds()
	}
	return o
}

func (o ContactOptions) validate(op string) error {
	if o.GateWindow < 0 || o.GateWindow > longestGateWindow {
		return menshen.Errorf(menshen.CodeInvalid, op, "gate window is %v", o.GateWindow).
			WithHint("use a duration up to %v; 0 is the default of %v", longestGateWindow, DefaultGateWindow)
	}
	if o.MinTogether < 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "min together is %v", o.MinTogether).WithHint("use 0 or more")
	}
	for _, k := range o.Kinds {
		if !k.Valid() || k == menshen.ZoneOutside {
			return menshen.Errorf(menshen.CodeInvalid, op, "kinds has the unusable kind of zone %q", k).
				WithHint("use compound, building, unit, lift, shop or office")
		}
	}
	return nil
}
