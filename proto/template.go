package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// TemplateToWire converts a template.
func TemplateToWire(t menshen.Template) *menshenv1.Template {
	return &menshenv1.Template{
		Id: t.ID, Person: t.Person, Engine: EngineToWire(t.Engine), Descriptor_: descriptorToWire(t.Descriptor),
		Quality: t.Quality, Masked: t.Masked, Created: timeToWire(t.Created), Adapted: t.Adapted,
	}
}

// TemplateFromWire converts a template and validates it.
func TemplateFromWire(m *menshenv1.Template) (menshen.Template, error) {
	const op = "proto.template"
	t := menshen.Template{ID: m.GetId(), Person: m.GetPerson(), Quality: m.GetQuality(), Masked: m.GetMasked(), Adapted: m.GetAdapted()}
	var err error
	if err = checkText(op, "a text of the template", t.ID, t.Person); err != nil {
		return menshen.Template{}, err
	}
	if err = checkFinite(op, "the quality", t.Quality); err != nil {
		return menshen.Template{}, err
	}
	if t.Engine, err = EngineFromWire(m.GetEngine()); err != nil {
		return menshen.Template{}, err
	}
	if t.Descriptor, err = descriptorFromWire(op, m.GetDescriptor_(), t.Engine); err != nil {
		return menshen.Template{}, err
	}
	if t.Created, err = timeFromWire(op, "the time of creation", m.GetCreated()); err != nil {
		return menshen.Template{}, err
	}
	if err = t.Validate(); err != nil {
		return menshen.Template{}, err
	}
	return t, nil
}
