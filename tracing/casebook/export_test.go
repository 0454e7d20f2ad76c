package casebook

import (
	"time"

	"menshen"
)

// CaseState and its siblings give what the history tells of, by field, as it is now: for replaying the history against it.

func CaseState(c menshen.Case, loc *time.Location) map[string]string {
	return asMap(caseFields(c, loc))
}

func ContactState(c menshen.CaseContact, loc *time.Location) map[string]string {
	return asMap(contactFields(c, loc))
}

func FollowUpState(f menshen.FollowUp) (string, string) { return followField(f.Day), followText(f) }

func LabTestState(t menshen.LabTest, loc *time.Location) (string, string) {
	return testField(t.ID), testText(t, loc)
}

func asMap(fields []field) map[string]string {
	m := map[string]string{}
	for _, f := range fields {
		if f.value != "" {
			m[f.name] = f.value
		}
	}
	return m
}

// Natural is how parts of dwellings are ordered.
func Natural(a, b string) int { return natural(a, b) }
