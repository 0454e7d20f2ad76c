package menshen

import (
	"fmt"
	"strings"
	"time"
)

// PermitKind says why somebody may enter.
type PermitKind string

const (
	PermitResident  PermitKind = "resident"  // pink (粉证): lives here and did not leave town
	PermitReturnee  PermitKind = "returnee"  // green (绿证): came back, and home observation is over
	PermitTemporary PermitKind = "temporary" // for a short while, e.g. a relative
	PermitVisitor   PermitKind = "visitor"   // of one visit
	PermitWorker    PermitKind = "worker"    // works here: cleaners, couriers with a contract, builders
	PermitVehicle   PermitKind = "vehicle"   // a vehicle with its driver
)

// Valid reports whether k is one of the kinds above.
func (k PermitKind) Valid() bool {
	switch k {
	case PermitResident, PermitReturnee, PermitTemporary, PermitVisitor, PermitWorker, PermitVehicle:
		return true
	}
	return false
}

// Text gives the words for a kind that people read.
func (k PermitKind) Text() Text {
	switch k {
	case PermitResident:
		return Text{"居民出入证（粉证）", "resident permit (pink)"}
	case PermitReturnee:
		return Text{"返回人员出入证（绿证）", "returnee permit (green)"}
	case PermitTemporary:
		return Text{"临时出入证", "temporary permit"}
	case PermitVisitor:
		return Text{"访客证", "visitor permit"}
	case PermitWorker:
		return Text{"工作人员出入证", "worker permit"}
	case PermitVehicle:
		return Text{"车辆出入证", "vehicle permit"}
	}
	return Text{string(k), string(k)}
}

// Weekdays is a set of days of the week: bit 0 is Sunday, as in time.Weekday. 0 is every day.
type Weekdays uint8

// Has reports whether the set has a day. The empty set has every day.
func (w Weekdays) Has(d time.Weekday) bool { return w == 0 || w&(1<<uint(d)) != 0 }

// DayHours are the hours of a day, in minutes since midnight at the site: [From, To). To before From passes midnight;
// both 0 is the whole day.
type DayHours struct {
	From int // 0 … 1439
	To   int // 0 … 1440
}

// Has reports whether a minute of the day lies within.
func (h DayHours) Has(minute int) bool {
	switch {
	case h == DayHours{}:
		return true
	case h.From < h.To:
		return minute >= h.From && minute < h.To
	}
	return minute >= h.From || minute < h.To
}

// String gives "08:00-20:00", or "" for the whole day.
func (h DayHours) String() string {
	if h == (DayHours{}) {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
}

// ParseDayHours reads what String gives.
func ParseDayHours(s string) (DayHours, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return DayHours{}, nil
	}
	bad := Errorf(CodeInvalid, "menshen.hours", "%q are no hours of a day", s).WithHint("write them like 08:00-20:00; 22:00-06:00 passes midnight")
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return DayHours{}, bad
	}
	var h DayHours
	for _, part := range []struct {
		text string
		into *int
	}{{from, &h.From}, {to, &h.To}} {
		var hour, minute int
		text := strings.TrimSpace(part.text)
		if n, err := fmt.Sscanf(text, "%d:%d", &hour, &minute); err != nil || n != 2 || len(text) > 5 || hour < 0 || hour > 24 || minute < 0 || minute > 59 {
			return DayHours{}, bad
		}
		*part.into = hour*60 + minute
	}
	if h.From == h.To || h.From > 1439 || h.To > 1440 {
		return DayHours{}, bad
	}
	return h, nil
}

// Quota (出行配额) bounds how often somebody goes out: so many outings within so many days of the calendar, today
// included. The zero quota bounds nothing.
type Quota struct {
	Outings   int  // 1 … 100
	Days      int  // 1 … 31; 2 is "every two days"
	Household bool // outings of the whole household count, not of the person alone
}

// Permit (出入证) is why somebody may enter.
type Permit struct {
	ID       string
	Kind     PermitKind
	Person   string   // holder; of a vehicle its driver
	Plate    string   // of a vehicle
	Span              // of validity; To zero is without end
	Gates    []string // gate ids; empty is every gate
	Weekdays Weekdays
	Hours    DayHours
	Quota    Quota
	Visit    string // that it was issued for; "" for none

	Renews   string // id of the permit before it; "" for none
	Issued   time.Time
	IssuedBy string // who, e.g. "office@desk"
	Revoked  time.Time
	RevokedBy,
	RevokedFor string // why
}

// Validate checks a permit on its own. Whether person and gates exist is for the office to check.
func (p Permit) Validate() error {
	const op = "menshen.permit"
	bad := func(format string, args ...any) *Error { return Errorf(CodeInvalid, op, format, args...) }
	switch {
	case p.ID == "" || p.Person == "":
		return bad("a permit has no id or no holder")
	case !p.Kind.Valid():
		return bad("the kind of permit %q is unknown", p.Kind).WithHint("use resident, returnee, temporary, visitor, worker or vehicle")
	case p.From.IsZero():
		return bad("a permit has no first day").WithHint("say from when it is valid")
	case !p.To.IsZero() && !p.From.Before(p.To):
		return bad("a permit ends before it begins").WithHint("give an end after the beginning")
	case p.Kind == PermitVehicle && strings.TrimSpace(p.Plate) == "":
		return bad("a vehicle permit has no number plate").WithHint("give the plate, for example 京A12345")
	case p.Kind != PermitVehicle && p.Plate != "":
		return bad("only a vehicle permit has a number plate").WithHint("leave the plate out, or issue a vehicle permit")
	case p.Weekdays >= 1<<7:
		return bad("the weekdays of a permit are out of range")
	case p.Hours.From < 0 || p.Hours.From > 1439 || p.Hours.To < 0 || p.Hours.To > 1440,
		p.Hours != DayHours{} && p.Hours.From == p.Hours.To:
		return bad("the hours of a permit are out of range").WithHint("write them like 08:00-20:00; 22:00-06:00 passes midnight")
	case p.Quota != (Quota{}) && (p.Quota.Outings < 1 || p.Quota.Outings > 100 || p.Quota.Days < 1 || p.Quota.Days > 31):
		return bad("the quota of a permit is out of range").WithHint("use 1 to 100 outings in 1 to 31 days")
	case (p.Kind == PermitTemporary || p.Kind == PermitVisitor) && p.To.IsZero():
		return bad("a temporary or visitor permit needs an end").WithHint("say until when it is valid")
	}
	for _, g := range p.Gates {
		if err := ValidateSlug("gate", g); err != nil {
			return err
		}
	}
	return nil
}
