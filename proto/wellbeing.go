package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// HealthToWire converts a health record.
func HealthToWire(h menshen.Health) *menshenv1.HealthRecord {
	return &menshenv1.HealthRecord{
		Person: h.Person, State: string(h.State), Since: timeToWire(h.Since), Until: timeToWire(h.Until), Reason: h.Reason,
		Code: string(h.Code), CodeSource: h.CodeSource, CodeAt: timeToWire(h.CodeAt),
		Celsius: h.Celsius, MeasuredAt: timeToWire(h.MeasuredAt), Changed: timeToWire(h.Changed), By: h.By,
	}
}

// HealthFromWire converts a health record and validates it.
func HealthFromWire(m *menshenv1.HealthRecord) (menshen.Health, error) {
	const op = "proto.health"
	h := menshen.Health{
		Person: m.GetPerson(), State: menshen.HealthState(m.GetState()), Reason: m.GetReason(), Code: menshen.HealthCode(m.GetCode()),
		CodeSource: m.GetCodeSource(), Celsius: m.GetCelsius(), By: m.GetBy(),
	}
	if err := checkText(op, "a text of the health record", h.Person, h.Reason, h.CodeSource, h.By); err != nil {
		return menshen.Health{}, err
	}
	if err := checkFinite(op, "the temperature", h.Celsius); err != nil {
		return menshen.Health{}, err
	}
	if err := readTimes(op,
		field{"the beginning of the state", m.GetSince(), &h.Since}, field{"the end of the state", m.GetUntil(), &h.Until},
		field{"the time of the health code", m.GetCodeAt(), &h.CodeAt}, field{"the time of measurement", m.GetMeasuredAt(), &h.MeasuredAt},
		field{"the time of the change", m.GetChanged(), &h.Changed},
	); err != nil {
		return menshen.Health{}, err
	}
	if err := h.Validate(); err != nil {
		return menshen.Health{}, err
	}
	return h, nil
}

// TemperatureToWire converts a reading. It goes one way: readings come in as requests.
func TemperatureToWire(t menshen.Temperature) *menshenv1.Temperature {
	return &menshenv1.Temperature{
		Id: t.ID, Person: t.Person, At: timeToWire(t.At), Celsius: t.Celsius, Source: string(t.Source), Gate: t.Gate, By: t.By,
	}
}

// FormAnswerToWire converts a filled-in form. It goes one way.
func FormAnswerToWire(a menshen.FormAnswer) *menshenv1.FormAnswer {
	return &menshenv1.FormAnswer{
		Id: a.ID, Form: a.Form, Version: countToWire(a.Version), Person: a.Person, Answers: a.Answers, At: timeToWire(a.At),
		By: a.By, State: string(a.State), Reason: TextToWire(a.Reason),
	}
}
