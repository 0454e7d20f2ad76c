package proto

import (
	"time"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// SiteToWire converts a site; its location travels as an IANA name.
func SiteToWire(s menshen.Site) *menshenv1.Site {
	m := &menshenv1.Site{Id: s.ID, Name: TextToWire(s.Name)}
	if s.Location != nil {
		m.TimeZone = s.Location.String()
	}
	for _, z := range s.Zones {
		m.Zones = append(m.Zones, ZoneToWire(z))
	}
	for _, g := range s.Gates {
		m.Gates = append(m.Gates, GateToWire(g))
	}
	return m
}

// SiteFromWire converts a site and validates it.
func SiteFromWire(m *menshenv1.Site) (menshen.Site, error) {
	s := menshen.Site{ID: m.GetId(), Name: TextFromWire(m.GetName())}
	loc, err := time.LoadLocation(m.GetTimeZone())
	if err != nil || m.GetTimeZone() == "" || m.GetTimeZone() == "Local" {
		return menshen.Site{}, invalid("proto.site", "%.80q is no time zone", m.GetTimeZone()).WithCause(err)
	}
	s.Location = loc
	for _, z := range m.GetZones() {
		s.Zones = append(s.Zones, ZoneFromWire(z))
	}
	for _, g := range m.GetGates() {
		s.Gates = append(s.Gates, GateFromWire(g))
	}
	if err := s.Validate(); err != nil {
		return menshen.Site{}, err
	}
	return s, nil
}

// ZoneToWire converts a zone.
func ZoneToWire(z menshen.Zone) *menshenv1.Zone {
	return &menshenv1.Zone{Id: z.ID, Name: TextToWire(z.Name), Kind: string(z.Kind), Parent: z.Parent, Capacity: countToWire(z.Capacity)}
}

// ZoneFromWire converts a zone. Zones are checked together, by Site.Validate.
func ZoneFromWire(m *menshenv1.Zone) menshen.Zone {
	return menshen.Zone{
		ID: m.GetId(), Name: TextFromWire(m.GetName()), Kind: menshen.ZoneKind(m.GetKind()), Parent: m.GetParent(),
		Capacity: int(min(m.GetCapacity(), maxCount)),
	}
}

// GateToWire converts a gate. What only the gate itself needs, the times of passback and review, stays behind.
func GateToWire(g menshen.Gate) *menshenv1.Gate {
	return &menshenv1.Gate{
		Id: g.ID, Name: TextToWire(g.Name), From: g.From, To: g.To, State: string(g.State),
		Liveness: string(g.Liveness), Passback: string(g.Passback), Fail: string(g.Fail),
	}
}

// GateFromWire converts a gate. Gates are checked together with their zones, by Site.Validate.
func GateFromWire(m *menshenv1.Gate) menshen.Gate {
	return menshen.Gate{
		ID: m.GetId(), Name: TextFromWire(m.GetName()), From: m.GetFrom(), To: m.GetTo(), State: menshen.GateState(m.GetState()),
		Liveness: menshen.LivenessMode(m.GetLiveness()), Passback: menshen.Passback(m.GetPassback()), Fail: menshen.FailMode(m.GetFail()),
	}
}
