package proto

import (
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// spanFromWire reads a half-open interval; both bounds must be there, in order.
func spanFromWire(op string, from, to *timestamppb.Timestamp) (menshen.Span, error) {
	var s menshen.Span
	var err error
	if s.From, err = neededTime(op, "the beginning", from); err != nil {
		return menshen.Span{}, err
	}
	if s.To, err = neededTime(op, "the end", to); err != nil {
		return menshen.Span{}, err
	}
	if s.To.Before(s.From) {
		return menshen.Span{}, invalid(op, "the end lies before the beginning")
	}
	return s, nil
}

// StayToWire converts a stay. Whose it is stands in the message around it.
func StayToWire(s menshen.Stay) *menshenv1.Stay {
	return &menshenv1.Stay{
		Zone: s.Zone, From: timeToWire(s.From), To: timeToWire(s.To), FromObserved: s.FromObserved, ToObserved: s.ToObserved, Open: s.Open,
	}
}

// StayFromWire converts a stay of the person.
func StayFromWire(person string, m *menshenv1.Stay) (menshen.Stay, error) {
	const op = "proto.stay"
	if err := checkID(op, "zone", m.GetZone()); err != nil {
		return menshen.Stay{}, err
	}
	span, err := spanFromWire(op, m.GetFrom(), m.GetTo())
	if err != nil {
		return menshen.Stay{}, err
	}
	return menshen.Stay{
		Person: person, Zone: m.GetZone(), Span: span, FromObserved: m.GetFromObserved(), ToObserved: m.GetToObserved(), Open: m.GetOpen(),
	}, nil
}

// ExposureToWire converts an exposure.
func ExposureToWire(e menshen.Exposure) *menshenv1.Exposure {
	return &menshenv1.Exposure{
		Kind: string(e.Kind), Zone: e.Zone, Gate: e.Gate, From: timeToWire(e.From), To: timeToWire(e.To), Inferred: e.Inferred,
	}
}

// ExposureFromWire converts an exposure: in a zone or at a gate, as its kind says.
func ExposureFromWire(m *menshenv1.Exposure) (menshen.Exposure, error) {
	const op = "proto.exposure"
	e := menshen.Exposure{Kind: menshen.ExposureKind(m.GetKind()), Zone: m.GetZone(), Gate: m.GetGate(), Inferred: m.GetInferred()}
	var err error
	switch e.Kind {
	case menshen.ExposureZone:
		err = checkID(op, "zone", e.Zone)
	case menshen.ExposureGate:
		err = checkID(op, "gate", e.Gate)
	default:
		err = invalid(op, "the kind %.40q is not known", m.GetKind())
	}
	if err != nil {
		return menshen.Exposure{}, err
	}
	if e.Span, err = spanFromWire(op, m.GetFrom(), m.GetTo()); err != nil {
		return menshen.Exposure{}, err
	}
	return e, nil
}

// ContactToWire converts a contact; who it is stands in the view, which the caller has from the registry.
func ContactToWire(c menshen.Contact, who *menshenv1.PersonView) *menshenv1.Contact {
	m := &menshenv1.Contact{Person: who, Together: durationpb.New(c.Together())}
	for _, e := range c.Exposures {
		m.Exposures = append(m.Exposures, ExposureToWire(e))
	}
	return m
}

// ContactFromWire converts a contact. The time together is computed again from the exposures.
func ContactFromWire(m *menshenv1.Contact) (menshen.Contact, error) {
	c := menshen.Contact{Person: m.GetPerson().GetId()}
	if c.Person == "" {
		return menshen.Contact{}, invalid("proto.contact", "a contact has no person")
	}
	for _, em := range m.GetExposures() {
		e, err := ExposureFromWire(em)
		if err != nil {
			return menshen.Contact{}, err
		}
		c.Exposures = append(c.Exposures, e)
	}
	return c, nil
}
