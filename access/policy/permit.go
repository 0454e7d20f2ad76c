package policy

import (
	"time"

	"menshen"
)

// Permit is what gates need of a permit, in little memory.
type Permit struct {
	ID       string
	Gates    []string // shared: not to be changed; empty is every gate
	from, to int64    // Unix milliseconds; to 0 is without end
	revoked  int64    // Unix milliseconds; 0 while it is good
	hours    [2]int16 // minutes
	kind     uint8    // index of kinds
	weekdays menshen.Weekdays
	outings  uint8
	days     uint8
	shared   bool // outings of the household count
}

// kinds are in the order in which they count where several permits are valid: the one that is good for most comes first.
var kinds = [...]menshen.PermitKind{
	menshen.PermitWorker, menshen.PermitResident, menshen.PermitReturnee, menshen.PermitTemporary, menshen.PermitVisitor, menshen.PermitVehicle,
}

// PermitOf makes a Permit of a valid one. The list of gates is taken over.
func PermitOf(p menshen.Permit) Permit {
	c := Permit{
		ID: p.ID, Gates: p.Gates, from: milli(p.From), to: milli(p.To), revoked: milli(p.Revoked),
		hours: [2]int16{int16(p.Hours.From), int16(p.Hours.To)}, weekdays: p.Weekdays,
		outings: uint8(p.Quota.Outings), days: uint8(p.Quota.Days), shared: p.Quota.Household, kind: uint8(len(kinds)),
	}
	for i, k := range kinds {
		if k == p.Kind {
			c.kind = uint8(i)
		}
	}
	return c
}

// Whole gives the permit in the words of the site. What gates do not need (plate, who issued it and why it was revoked)
// is not there.
func (p *Permit) Whole(person string) menshen.Permit {
	return menshen.Permit{
		ID: p.ID, Kind: p.Kind(), Person: person, Span: menshen.Span{From: moment(p.from), To: moment(p.to)}, Gates: p.Gates,
		Weekdays: p.weekdays, Hours: menshen.DayHours{From: int(p.hours[0]), To: int(p.hours[1])},
		Quota: menshen.Quota{Outings: int(p.outings), Days: int(p.days), Household: p.shared}, Revoked: moment(p.revoked),
	}
}

// Kind gives the kind, "" for one that this program does not know.
func (p *Permit) Kind() menshen.PermitKind {
	if int(p.kind) >= len(kinds) {
		return ""
	}
	return kinds[p.kind]
}

// Counts gives the kind of the permit that counts at a gate at a time: of the valid ones the first in the order of kinds, as
// the rules take them; where none is valid there and then, of those in force the nearest to it; "" for none. Quotas are left
// out: they limit outings, and say nothing of what somebody may show.
func (s *Standing) Counts(gate string, at time.Time, zone *time.Location) menshen.PermitKind {
	w := where{at: at.UnixMilli(), gate: gate}
	w.day, w.minute = local(at, zone)
	var found *Permit
	nearest := faultEarly
	for i := range s.Permits {
		p := &s.Permits[i]
		if f := p.fault(&w, menshen.Quota{}); int(p.kind) < len(kinds) && (f > nearest || f == nearest && found != nil && p.kind < found.kind) {
			found, nearest = p, f
		}
	}
	if found == nil {
		return ""
	}
	return found.Kind()
}

// fault says why a permit is not valid, from the farthest from being valid to the nearest.
type fault uint8

const (
	faultNone    fault = iota // there is no permit
	faultRevoked              // gone for good
	faultExpired
	faultEarly
	faultGate // valid, elsewhere
	faultDay  // valid here, on another day
	faultHour // valid here today, at another hour
	faultQuota
	faultless
)

// where is a moment at a gate, as permits look at it.
type where struct {
	at      int64 // Unix milliseconds
	gate    string
	day     int32
	minute  int
	outing  bool // leads out of the site, and is a new outing
	past    bool
	outings *Outings // of the person
	shared  *Outings // of the household
}

// fault gives the most fundamental reason for which a permit is not valid.
func (p *Permit) fault(w *where, quota menshen.Quota) fault {
	switch {
	case p.revoked != 0 && (!w.past || p.revoked <= w.at):
		return faultRevoked
	case p.to != 0 && w.at >= p.to:
		return faultExpired
	case w.at < p.from:
		return faultEarly
	}
	if len(p.Gates) > 0 && !has(p.Gates, w.gate) {
		return faultGate
	}
	day := weekday(w.day)
	hours := menshen.DayHours{From: int(p.hours[0]), To: int(p.hours[1])}
	if hours.To < hours.From && w.minute < hours.To {
		day = weekday(w.day - 1) // a night belongs to the day on which it begins
	}
	switch {
	case !p.weekdays.Has(day):
		return faultDay
	case !hours.Has(w.minute):
		return faultHour
	}
	if w.outing {
		if p.outings > 0 {
			quota = menshen.Quota{Outings: int(p.outings), Days: int(p.days), Household: p.shared}
		}
		outings := w.outings
		if quota.Household {
			outings = w.shared
		}
		if quota.Outings > 0 && outings.Within(w.day, quota.Days) >= quota.Outings {
			return faultQuota
		}
	}
	return faultless
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(milli int64) time.Time {
	if milli == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milli)
}
