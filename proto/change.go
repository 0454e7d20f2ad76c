package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// ChangeToWire converts the latest state of an entry of the registry.
func ChangeToWire(c menshen.Change) *menshenv1.Change {
	m := &menshenv1.Change{Revision: c.Revision, Kind: string(c.Kind), Key: c.Key}
	switch {
	case c.Person != nil:
		m.Entry = &menshenv1.Change_Person{Person: PersonToWire(*c.Person)}
	case c.Permit != nil:
		m.Entry = &menshenv1.Change_Permit{Permit: PermitToWire(*c.Permit)}
	case c.Health != nil:
		m.Entry = &menshenv1.Change_Health{Health: HealthToWire(*c.Health)}
	case c.Credential != nil:
		m.Entry = &menshenv1.Change_Credential{Credential: CredentialToWire(*c.Credential)}
	case c.Template != nil:
		m.Entry = &menshenv1.Change_Template{Template: TemplateToWire(*c.Template)}
	case c.Gate != nil:
		m.Entry = &menshenv1.Change_Gate{Gate: GateSettingToWire(*c.Gate)}
	case c.Site != nil:
		m.Entry = &menshenv1.Change_Site{Site: SiteSettingToWire(*c.Site)}
	case c.Rules != nil:
		m.Entry = &menshenv1.Change_Rules{Rules: RuleTextToWire(*c.Rules)}
	}
	return m
}

// ChangeFromWire converts the latest state of an entry. The entry must be of the kind and have the key that the change
// names. A kind of a newer hub comes as an entry that is gone, which nobody here misses.
func ChangeFromWire(m *menshenv1.Change) (menshen.Change, error) {
	const op = "proto.change"
	c := menshen.Change{Revision: m.GetRevision(), Kind: menshen.ChangeKind(m.GetKind()), Key: m.GetKey()}
	if c.Revision == 0 || c.Kind == "" {
		return menshen.Change{}, invalid(op, "a change has no revision or no kind")
	}
	if err := checkText(op, "a text of the change", string(c.Kind), c.Key); err != nil {
		return menshen.Change{}, err
	}
	kind, key := c.Kind, c.Key // of the entry; those of the change where it is gone
	var err error
	switch e := m.GetEntry().(type) {
	case *menshenv1.Change_Person:
		c.Person, err = entry(e.Person, PersonFromWire)
		kind, key = menshen.ChangePerson, e.Person.GetId()
	case *menshenv1.Change_Permit:
		c.Permit, err = entry(e.Permit, PermitFromWire)
		kind, key = menshen.ChangePermit, e.Permit.GetId()
	case *menshenv1.Change_Health:
		c.Health, err = entry(e.Health, HealthFromWire)
		kind, key = menshen.ChangeHealth, e.Health.GetPerson()
	case *menshenv1.Change_Credential:
		c.Credential, err = entry(e.Credential, CredentialFromWire)
		kind, key = menshen.ChangeCredential, e.Credential.GetId()
	case *menshenv1.Change_Template:
		c.Template, err = entry(e.Template, TemplateFromWire)
		kind, key = menshen.ChangeTemplate, e.Template.GetId()
	case *menshenv1.Change_Gate:
		c.Gate, err = entry(e.Gate, GateSettingFromWire)
		kind, key = menshen.ChangeGate, e.Gate.GetGate()
	case *menshenv1.Change_Site:
		c.Site, err = entry(e.Site, SiteSettingFromWire)
		kind, key = menshen.ChangeSite, ""
	case *menshenv1.Change_Rules:
		c.Rules, err = entry(e.Rules, RuleTextFromWire)
		kind, key = menshen.ChangeRules, ""
	}
	if err != nil {
		return menshen.Change{}, err
	}
	if kind != c.Kind || key != c.Key {
		return menshen.Change{}, invalid(op, "a change of one entry brings another one")
	}
	return c, nil
}

// entry converts what a change carries.
func entry[M, T any](m M, from func(M) (T, error)) (*T, error) {
	v, err := from(m)
	if err != nil {
		return nil, err
	}
	return &v, nil
}
