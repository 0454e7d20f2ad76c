package proto_test

import (
	"time"

	"menshen"
	"menshen/proto"
)

// maybe gives a time, or none.
func (s sampler) maybe() time.Time {
	if s.IntN(3) == 0 {
		return time.Time{}
	}
	return s.time()
}

func (s sampler) key() []byte {
	b := make([]byte, 32)
	for i := range b {
		b[i] = byte(s.Uint32())
	}
	return b
}

func (s sampler) person() menshen.Person {
	p := menshen.Person{
		ID: "p" + s.text(), Name: "王" + pick(s, "芳", " Fang"), Household: s.text(),
		State: pick(s, menshen.PersonActive, menshen.PersonInactive), Created: s.maybe(),
	}
	if s.IntN(2) == 0 {
		p.Dwelling = menshen.Dwelling{Building: "3", Unit: "甲", Floor: pick(s, -2, 1, 200), Room: "1402"}
	}
	return p
}

func (s sampler) particulars() menshen.Particulars {
	return menshen.Particulars{
		Phone: pick(s, "", "13800001111", "+8613800001111"),
		Document: pick(s, menshen.Document{}, menshen.Document{Kind: menshen.DocumentIDCard, Number: "11010519491231002X"},
			menshen.Document{Kind: menshen.DocumentPassport, Number: "E12345678"}),
		Role:     pick(s, menshen.RoleNone, menshen.RoleHead, menshen.RoleTenant),
		Guardian: s.text(), Language: pick(s, "", "zh", "en"),
		Born: pick(s, time.Time{}, time.Date(2010, 2, 28, 0, 0, 0, 0, time.UTC)),
	}
}

func (s sampler) permit() menshen.Permit {
	p := menshen.Permit{
		ID: "e" + s.text(), Kind: pick(s, menshen.PermitResident, menshen.PermitReturnee, menshen.PermitVisitor, menshen.PermitVehicle),
		Person: "p" + s.text(), Span: menshen.Span{From: s.time()}, Weekdays: menshen.Weekdays(s.IntN(128)),
		Hours: pick(s, menshen.DayHours{}, menshen.DayHours{From: 480, To: 1440}, menshen.DayHours{From: 1320, To: 0}),
		Quota: pick(s, menshen.Quota{}, menshen.Quota{Outings: 1, Days: 2, Household: true}, menshen.Quota{Outings: 100, Days: 31}),
		Visit: s.text(), Renews: s.text(), Issued: s.maybe(), IssuedBy: s.text(), Revoked: s.maybe(), RevokedBy: s.text(), RevokedFor: s.text(),
	}
	if p.Kind == menshen.PermitVisitor || s.IntN(2) == 0 {
		p.To = p.From.Add(time.Duration(1 + s.Int64N(int64(time.Hour))))
	}
	if p.Kind == menshen.PermitVehicle {
		p.Plate = "京A12345"
	}
	for range s.IntN(3) {
		p.Gates = append(p.Gates, s.slug())
	}
	return p
}

func (s sampler) health() menshen.Health {
	h := menshen.Health{
		Person: "p" + s.text(), State: pick(s, "", menshen.HealthNormal, menshen.HealthObservation, menshen.HealthIsolated),
		Since: s.maybe(), Reason: s.text(), Code: pick(s, menshen.HealthCodeNone, menshen.HealthCodeRed), CodeSource: s.text(),
		CodeAt: s.maybe(), Celsius: pick(s, 0, 36.6, 37.3), MeasuredAt: s.maybe(), Changed: s.maybe(), By: s.text(),
	}
	if s.IntN(2) == 0 {
		h.Until = h.Since.Add(14 * 24 * time.Hour)
	}
	return h
}

func (s sampler) credential() menshen.Credential {
	return menshen.Credential{
		ID: "c" + s.text(), Person: "p" + s.text(), Kind: pick(s, menshen.CredentialQR, menshen.CredentialPIN, menshen.CredentialCard),
		Key: s.key(), Label: s.text(), Issued: s.maybe(), Revoked: s.maybe(),
	}
}

func (s sampler) template() menshen.Template {
	e := s.engine()
	return menshen.Template{
		ID: "t" + s.text(), Person: "p" + s.text(), Engine: e, Descriptor: s.descriptor(e), Quality: s.Float64(),
		Masked: s.IntN(2) == 0, Adapted: s.IntN(2) == 0, Created: s.maybe(),
	}
}

func (s sampler) siteSetting() menshen.SiteSetting {
	x := menshen.SiteSetting{Mode: pick(s, "", menshen.ModeNormal, menshen.ModeClosed, menshen.ModeLockdown)}
	if s.IntN(2) == 0 {
		x.PermitKey, x.NumberKey = s.key(), s.key()
	}
	return x
}

func (s sampler) gateSetting() menshen.GateSetting {
	return menshen.GateSetting{Gate: s.slug(), State: pick(s, menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed)}
}

func (s sampler) rules() menshen.RuleText {
	return menshen.RuleText{Version: 1 + s.Uint64N(1000), YAML: s.text(), By: s.text(), Note: s.text()}
}

// change gives one of any kind, or of an entry that is gone.
func (s sampler) change(revision uint64) menshen.Change {
	c := menshen.Change{Revision: revision}
	switch s.IntN(9) {
	case 0:
		x := s.person()
		c.Kind, c.Key, c.Person = menshen.ChangePerson, x.ID, &x
	case 1:
		x := s.permit()
		c.Kind, c.Key, c.Permit = menshen.ChangePermit, x.ID, &x
	case 2:
		x := s.health()
		c.Kind, c.Key, c.Health = menshen.ChangeHealth, x.Person, &x
	case 3:
		x := s.credential()
		c.Kind, c.Key, c.Credential = menshen.ChangeCredential, x.ID, &x
	case 4:
		x := s.template()
		c.Kind, c.Key, c.Template = menshen.ChangeTemplate, x.ID, &x
	case 5:
		x := s.gateSetting()
		c.Kind, c.Key, c.Gate = menshen.ChangeGate, x.Gate, &x
	case 6:
		x := s.siteSetting()
		c.Kind, c.Site = menshen.ChangeSite, &x
	case 7:
		x := s.rules()
		c.Kind, c.Rules = menshen.ChangeRules, &x
	default:
		c.Kind, c.Key = pick(s, menshen.ChangeTemplate, "of_a_newer_hub"), "x"+s.text()
	}
	return c
}

func (s sampler) changes() proto.Changes {
	var c proto.Changes
	for range s.IntN(20) {
		c.Latest += 1 + s.Uint64N(5)
		c.List = append(c.List, s.change(c.Latest))
	}
	c.Latest += s.Uint64N(5)
	return c
}

func (s sampler) changesRequest() proto.ChangesRequest {
	return proto.ChangesRequest{Post: s.slug(), After: s.Uint64(), Limit: 1 + s.IntN(proto.MaxChanges)}
}

func (s sampler) presentation() menshen.Presentation {
	return menshen.Presentation{
		Gate: s.slug(), Direction: pick(s, menshen.DirectionIn, menshen.DirectionOut),
		Kind: pick(s, menshen.CredentialQR, menshen.CredentialPIN, menshen.CredentialCard), Value: menshen.Secret("1" + s.text()), Reader: s.text(),
		Celsius: pick(s, 0, 36.6, 38.2),
	}
}

func (s sampler) decision() menshen.Decision {
	d := menshen.Decision{Outcome: pick(s, menshen.OutcomeAllow, menshen.OutcomeDeny, menshen.OutcomeReview)}
	for range s.IntN(3) {
		d.Reasons = append(d.Reasons, pick(s, menshen.ReasonActiveResident, "of_a_newer_gate"))
	}
	return d
}

func (s sampler) passedRequest() proto.Passed {
	return proto.Passed{Post: s.slug(), After: s.Uint64(), Limit: 1 + s.IntN(proto.MaxPassed)}
}

func (s sampler) passed() proto.PassedPage {
	p := proto.PassedPage{Next: s.Uint64(), Last: map[string]uint64{"east-1": s.Uint64()}}
	for range s.IntN(4) {
		p.Passes = append(p.Passes, s.pass())
	}
	return p
}
