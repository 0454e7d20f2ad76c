package menshen

import (
	"slices"
	"time"
)

// PolicyParameters are the figures that the rules of the policy rest on. They are part of the rules and versioned with
// them.
type PolicyParameters struct {
	ObservationDays     int           // how long home observation lasts unless somebody says otherwise, 1 … 90
	Fever               float64       // °C from which somebody counts as feverish, 36 … 40
	FeverValid          time.Duration // how long a reading of fever counts, 1 h … 14 days
	TemperatureValid    time.Duration // how long a reading counts as measured, 1 min … 7 days
	TemperatureRequired []SiteMode    // modes in which whoever comes in must have been measured
	PermitRequired      []SiteMode    // modes in which residents need a permit too; everybody else always needs one
	ReviewWait          time.Duration // how long a guard has to answer a review where the gate does not say, 5 s … 1 h
	// SameCrossing is for how long a face that was let through a gate may still be in view of it without that being a second
	// crossing, 0 … 10 min. It is for faces alone: a code or a card is shown once for each.
	SameCrossing time.Duration
	Quotas       map[PermitKind]Quota // of permits that have none of their own; none is without bounds
}

// requires reports whether a list of modes has one.
func requires(list []SiteMode, m SiteMode) bool { return slices.Contains(list, m) }

// NeedsTemperature reports whether people who come in must have been measured in a mode.
func (p *PolicyParameters) NeedsTemperature(m SiteMode) bool {
	return requires(p.TemperatureRequired, m)
}

// NeedsPermit reports whether residents need a permit in a mode.
func (p *PolicyParameters) NeedsPermit(m SiteMode) bool { return requires(p.PermitRequired, m) }

// Validate checks the figures.
func (p *PolicyParameters) Validate() error {
	const op = "menshen.policy"
	for _, x := range []struct {
		key       string
		ok        bool
		low, high string
	}{
		{"observation_days", p.ObservationDays >= 1 && p.ObservationDays <= 90, "1", "90"},
		{"fever", p.Fever >= 36 && p.Fever <= 40, "36", "40"},
		{"fever_valid", p.FeverValid >= time.Hour && p.FeverValid <= 14*24*time.Hour, "1h", "336h"},
		{"temperature_valid", p.TemperatureValid >= time.Minute && p.TemperatureValid <= 7*24*time.Hour, "1m", "168h"},
		{"review_wait", p.ReviewWait >= 5*time.Second && p.ReviewWait <= time.Hour, "5s", "1h"},
		{"same_crossing", p.SameCrossing >= 0 && p.SameCrossing <= 10*time.Minute, "0s", "10m"},
	} {
		if !x.ok {
			return Errorf(CodeInvalid, op, "the parameter %s is out of range", x.key).WithHint("use %s to %s", x.low, x.high)
		}
	}
	for _, list := range [][]SiteMode{p.TemperatureRequired, p.PermitRequired} {
		for _, m := range list {
			if !m.Valid() {
				return Errorf(CodeInvalid, op, "the mode of the site %q is unknown", m).WithHint("use normal, closed or lock-down")
			}
		}
	}
	for k, q := range p.Quotas {
		if !k.Valid() {
			return Errorf(CodeInvalid, op, "the kind of permit %q is unknown", k).WithHint("use resident, returnee, temporary, visitor, worker or vehicle")
		}
		if q.Outings < 1 || q.Outings > 100 || q.Days < 1 || q.Days > 31 {
			return Errorf(CodeInvalid, op, "the quota of a permit is out of range").WithHint("use 1 to 100 outings in 1 to 31 days")
		}
	}
	return nil
}
