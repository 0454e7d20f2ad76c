package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// ConditionToWire converts a condition.
func ConditionToWire(c menshen.Condition) *menshenv1.Condition {
	return &menshenv1.Condition{
		Id: c.ID, Severity: string(c.Severity), Meaning: TextToWire(c.Meaning), Action: TextToWire(c.Action),
		Since: timeToWire(c.Since), Detail: c.Detail,
	}
}

// ConditionFromWire converts a condition.
func ConditionFromWire(m *menshenv1.Condition) (menshen.Condition, error) {
	const op = "proto.condition"
	c := menshen.Condition{
		ID: m.GetId(), Severity: menshen.Severity(m.GetSeverity()), Meaning: TextFromWire(m.GetMeaning()),
		Action: TextFromWire(m.GetAction()), Detail: m.GetDetail(),
	}
	if c.ID == "" {
		return menshen.Condition{}, invalid(op, "a condition has no id")
	}
	switch c.Severity {
	case menshen.SeverityWarning, menshen.SeverityCritical:
	default:
		return menshen.Condition{}, invalid(op, "the severity %.40q is not known", m.GetSeverity())
	}
	var err error
	if c.Since, err = timeFromWire(op, "the time of the condition", m.GetSince()); err != nil {
		return menshen.Condition{}, err
	}
	return c, nil
}
