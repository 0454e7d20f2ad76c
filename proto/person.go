package proto

import (
	"time"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// bornLayout is how a date of birth is written.
const bornLayout = "2006-01-02"

// PersonToWire converts a person as gates know them.
func PersonToWire(p menshen.Person) *menshenv1.Person {
	m := &menshenv1.Person{Id: p.ID, Name: p.Name, Household: p.Household, State: string(p.State), Created: timeToWire(p.Created)}
	if p.Dwelling != (menshen.Dwelling{}) {
		m.Dwelling = p.Dwelling.String()
	}
	return m
}

// PersonFromWire converts a person and validates them.
func PersonFromWire(m *menshenv1.Person) (menshen.Person, error) {
	const op = "proto.person"
	p := menshen.Person{ID: m.GetId(), Name: m.GetName(), Household: m.GetHousehold(), State: menshen.PersonState(m.GetState())}
	var err error
	if err = checkText(op, "a text of the person", p.ID, p.Name, p.Household, m.GetDwelling()); err != nil {
		return menshen.Person{}, err
	}
	if m.GetDwelling() != "" {
		if p.Dwelling, err = menshen.ParseDwelling(m.GetDwelling()); err != nil {
			return menshen.Person{}, err
		}
	}
	if p.Created, err = timeFromWire(op, "the time of creation", m.GetCreated()); err != nil {
		return menshen.Person{}, err
	}
	if err = p.Validate(); err != nil {
		return menshen.Person{}, err
	}
	return p, nil
}

// ParticularsToWire converts particulars, the document's number in clear; nothing known is absent.
func ParticularsToWire(p menshen.Particulars) *menshenv1.Particulars {
	if p == (menshen.Particulars{}) {
		return nil
	}
	m := &menshenv1.Particulars{
		Phone: p.Phone, DocumentKind: string(p.Document.Kind), DocumentNumber: p.Document.Number.Reveal(), Role: string(p.Role),
		Guardian: p.Guardian, Language: p.Language,
	}
	if !p.Born.IsZero() {
		m.Born = p.Born.Format(bornLayout)
	}
	return m
}

// ParticularsFromWire converts particulars, brings phone and document number to the form that is kept, and validates them.
func ParticularsFromWire(m *menshenv1.Particulars) (menshen.Particulars, error) {
	const op = "proto.particulars"
	if err := checkText(op, "a text of the particulars", m.GetPhone(), m.GetDocumentNumber(), m.GetGuardian()); err != nil {
		return menshen.Particulars{}, err
	}
	p := menshen.Particulars{
		Phone:    menshen.NormalizePhone(m.GetPhone()),
		Document: menshen.Document{Kind: menshen.DocumentKind(m.GetDocumentKind()), Number: menshen.NormalizeDocument(m.GetDocumentNumber())},
		Role:     menshen.HouseholdRole(m.GetRole()), Guardian: m.GetGuardian(), Language: m.GetLanguage(),
	}
	if m.GetBorn() != "" {
		born, err := time.Parse(bornLayout, m.GetBorn())
		if err != nil {
			return menshen.Particulars{}, invalid(op, "the date of birth %.40q cannot be read", m.GetBorn()).
				WithCause(err).WithHint("write it like 1990-05-31")
		}
		p.Born = born
	}
	if err := p.Validate(); err != nil {
		return menshen.Particulars{}, err
	}
	return p, nil
}

// HouseholdToWire shows a household with its people.
func HouseholdToWire(h menshen.Household, people []menshen.Person) *menshenv1.Household {
	m := &menshenv1.Household{Id: h.ID, Dwelling: h.Dwelling.String(), Language: h.Language, Note: h.Note, Shared: h.Shared}
	for _, p := range people {
		m.People = append(m.People, PersonToWire(p))
	}
	return m
}
