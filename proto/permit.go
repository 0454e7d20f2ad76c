package proto

import (
	"math"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxGates bounds the gates that one permit names.
const maxGates = 4096

// PermitToWire converts a permit.
func PermitToWire(p menshen.Permit) *menshenv1.Permit {
	m := &menshenv1.Permit{
		Id: p.ID, Kind: string(p.Kind), Person: p.Person, Plate: p.Plate, From: timeToWire(p.From), To: timeToWire(p.To),
		Gates: p.Gates, Weekdays: uint32(p.Weekdays), Hours: p.Hours.String(), Visit: p.Visit, Renews: p.Renews,
		Issued: timeToWire(p.Issued), IssuedBy: p.IssuedBy, Revoked: timeToWire(p.Revoked), RevokedBy: p.RevokedBy, RevokedFor: p.RevokedFor,
	}
	if p.Quota != (menshen.Quota{}) {
		m.Quota = &menshenv1.Quota{Outings: countToWire(p.Quota.Outings), Days: countToWire(p.Quota.Days), Household: p.Quota.Household}
	}
	return m
}

// PermitFromWire converts a permit and validates it.
func PermitFromWire(m *menshenv1.Permit) (menshen.Permit, error) {
	p, err := PermitDraftFromWire(m)
	if err != nil {
		return menshen.Permit{}, err
	}
	if err = p.Validate(); err != nil {
		return menshen.Permit{}, err
	}
	return p, nil
}

// PermitDraftFromWire converts a permit that is not complete yet, as a request to issue one has it: what is there can be
// read, but the whole is not validated.
func PermitDraftFromWire(m *menshenv1.Permit) (menshen.Permit, error) {
	const op = "proto.permit"
	p := menshen.Permit{
		ID: m.GetId(), Kind: menshen.PermitKind(m.GetKind()), Person: m.GetPerson(), Plate: m.GetPlate(), Visit: m.GetVisit(),
		Renews: m.GetRenews(), IssuedBy: m.GetIssuedBy(), RevokedBy: m.GetRevokedBy(), RevokedFor: m.GetRevokedFor(),
	}
	if len(m.GetGates()) > 0 {
		p.Gates = m.GetGates()
	}
	texts := []string{p.ID, string(p.Kind), p.Person, p.Plate, p.Visit, p.Renews, p.IssuedBy, p.RevokedBy, p.RevokedFor, m.GetHours()}
	var err error
	if err = checkText(op, "a text of the permit", append(texts, p.Gates...)...); err != nil {
		return menshen.Permit{}, err
	}
	if len(p.Gates) > maxGates {
		return menshen.Permit{}, invalid(op, "a permit names %d gates, more than %d", len(p.Gates), maxGates)
	}
	if p.Hours, err = menshen.ParseDayHours(m.GetHours()); err != nil {
		return menshen.Permit{}, err
	}
	p.Weekdays = menshen.Weekdays(min(m.GetWeekdays(), math.MaxUint8)) // what is too large is refused as such
	if q := m.GetQuota(); q != nil {
		p.Quota.Household = q.GetHousehold()
		if p.Quota.Outings, err = countFromWire(op, "the quota", q.GetOutings()); err != nil {
			return menshen.Permit{}, err
		}
		if p.Quota.Days, err = countFromWire(op, "the quota", q.GetDays()); err != nil {
			return menshen.Permit{}, err
		}
	}
	if err = readTimes(op,
		field{"the beginning of the permit", m.GetFrom(), &p.From}, field{"the end of the permit", m.GetTo(), &p.To},
		field{"the time of issue", m.GetIssued(), &p.Issued}, field{"the time of revocation", m.GetRevoked(), &p.Revoked},
	); err != nil {
		return menshen.Permit{}, err
	}
	return p, nil
}
