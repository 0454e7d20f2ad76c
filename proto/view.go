package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// PassViewToWire joins a pass with what a page shows beside it: the name and dwelling of the person, "" where there is
// none, and the words for each reason.
func PassViewToWire(p menshen.Pass, name, dwelling string) *menshenv1.PassView {
	texts := make([]menshen.Text, len(p.Decision.Reasons))
	for i, r := range p.Decision.Reasons {
		texts[i] = r.Text()
	}
	return &menshenv1.PassView{Pass: PassToWire(p), PersonName: name, Dwelling: dwelling, Reasons: textsToWire(texts)}
}

// PassViewFromWire gives the pass and the words for its reasons, in their order.
func PassViewFromWire(m *menshenv1.PassView) (menshen.Pass, []menshen.Text, error) {
	const op = "proto.view"
	if m.GetPass() == nil {
		return menshen.Pass{}, nil, invalid(op, "a view has no pass")
	}
	p, err := PassFromWire(m.GetPass())
	if err != nil {
		return menshen.Pass{}, nil, err
	}
	if len(m.GetReasons()) != len(p.Decision.Reasons) {
		return menshen.Pass{}, nil, invalid(op, "a view has %d texts for %d reasons", len(m.GetReasons()), len(p.Decision.Reasons))
	}
	var texts []menshen.Text
	for _, t := range m.GetReasons() {
		texts = append(texts, TextFromWire(t))
	}
	return p, texts, nil
}

// PersonViewToWire shows a person with the number of their templates.
func PersonViewToWire(p menshen.Person, templates int) *menshenv1.PersonView {
	m := &menshenv1.PersonView{Id: p.ID, Name: p.Name, State: string(p.State), Templates: countToWire(templates)}
	if p.Dwelling != (menshen.Dwelling{}) {
		m.Dwelling = p.Dwelling.String()
	}
	return m
}

// PersonViewFromWire gives what a view tells of a person: id, name, dwelling and state; and the number of templates.
func PersonViewFromWire(m *menshenv1.PersonView) (menshen.Person, int, error) {
	const op = "proto.view"
	p := menshen.Person{ID: m.GetId(), Name: m.GetName(), State: menshen.PersonState(m.GetState())}
	var err error
	if m.GetDwelling() != "" {
		if p.Dwelling, err = menshen.ParseDwelling(m.GetDwelling()); err != nil {
			return menshen.Person{}, 0, err
		}
	}
	if err = p.Validate(); err != nil {
		return menshen.Person{}, 0, err
	}
	n, err := countFromWire(op, "the number of templates", m.GetTemplates())
	if err != nil {
		return menshen.Person{}, 0, err
	}
	return p, n, nil
}
