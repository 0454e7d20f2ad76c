package form

import (
	"slices"

	"menshen"
)

// Validate checks a form: ids, texts in both languages, choices, and that every rule can be followed. A rule may only make
// somebody's state stricter, since anybody can fill in a form.
func Validate(f menshen.Form) error {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	if err := menshen.ValidateSlug("form", f.ID); err != nil {
		return err
	}
	switch {
	case !whole(f.Title):
		return bad("the title of the form is missing in a language").WithHint("give title: {zh: …, en: …}")
	case len(f.Fields) == 0 || len(f.Fields) > maxFields:
		return bad("the form has %d questions", len(f.Fields)).WithHint("ask 1 to %d", maxFields)
	case len(f.Rules) > maxRules:
		return bad("the form has %d rules", len(f.Rules)).WithHint("use at most %d", maxRules)
	}
	fields := map[string]menshen.Field{}
	for _, q := range f.Fields {
		if err := menshen.ValidateSlug("question", q.ID); err != nil {
			return err
		}
		if _, twice := fields[q.ID]; twice {
			return bad("the question %q is there twice", q.ID).WithHint("give each question its own id")
		}
		if err := validateField(q); err != nil {
			return err
		}
		fields[q.ID] = q
	}
	for i, r := range f.Rules {
		if err := validateRule(i+1, r, fields); err != nil {
			return err
		}
	}
	return nil
}

func whole(t menshen.Text) bool { return t.ZH != "" && t.EN != "" }

func validateField(q menshen.Field) error {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	if !whole(q.Label) {
		return bad("the question %q is missing in a language", q.ID).WithHint("give ask: {zh: …, en: …}")
	}
	switch q.Kind {
	case menshen.FieldText, menshen.FieldDate, menshen.FieldYesNo, menshen.FieldNumber:
		if len(q.Choices) > 0 {
			return bad("the question %q has choices and is of kind %q", q.ID, q.Kind).WithHint("make it of kind choice, or leave the choices out")
		}
	case menshen.FieldChoice:
		if len(q.Choices) < 2 || len(q.Choices) > maxChoices {
			return bad("the question %q has %d choices", q.ID, len(q.Choices)).WithHint("give 2 to %d", maxChoices)
		}
		seen := map[string]bool{}
		for _, c := range q.Choices {
			if c.Value == "" || seen[c.Value] || !whole(c.Label) {
				return bad("a choice of the question %q has no value of its own, or no text in a language", q.ID).
					WithHint("give each choice a value and label: {zh: …, en: …}")
			}
			seen[c.Value] = true
		}
	default:
		return bad("the question %q is of the unknown kind %q", q.ID, q.Kind).WithHint("use text, date, yes_no, choice or number")
	}
	return nil
}

func validateRule(number int, r menshen.FormRule, fields map[string]menshen.Field) error {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	switch r.State {
	case menshen.HealthObservation, menshen.HealthMonitoring, menshen.HealthIsolated:
	default:
		return bad("rule %d leads to the state %q", number, r.State).WithHint("use observation, monitoring or isolated: answers can only make a state stricter")
	}
	switch {
	case !whole(r.Reason):
		return bad("the reason of rule %d is missing in a language", number).WithHint("give because: {zh: …, en: …}")
	case len(r.When) == 0:
		return bad("rule %d has no condition", number).WithHint("give when: with at least one question")
	case r.Days < 0 || r.Days > maxDays:
		return bad("rule %d lasts %d days", number, r.Days).WithHint("use 0 for the days of the policy, or up to %d", maxDays)
	case r.State != menshen.HealthObservation && (r.Days != 0 || r.DaysFrom != ""):
		return bad("rule %d has days, but only observation ends by itself", number).WithHint("leave days and from out")
	case r.DaysFrom != "" && fields[r.DaysFrom].Kind != menshen.FieldDate:
		return bad("rule %d counts from %q, which is no question for a date", number, r.DaysFrom).WithHint("name a question of kind date")
	}
	for _, c := range r.When {
		q, ok := fields[c.Field]
		if !ok {
			return bad("rule %d asks for the question %q, which is not there", number, c.Field).WithHint("correct the id of the question")
		}
		if err := validateCondition(number, c, q); err != nil {
			return err
		}
	}
	return nil
}

func validateCondition(number int, c menshen.FormCondition, q menshen.Field) error {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	set := 0
	for _, has := range []bool{c.Is != "", len(c.In) > 0, c.AtLeast != nil, c.Within != 0} {
		if has {
			set++
		}
	}
	switch {
	case set != 1:
		return bad("a condition of rule %d on %q says %d things", number, q.ID, set).WithHint("give exactly one of is, in, at_least and within_days")
	case c.AtLeast != nil && q.Kind != menshen.FieldNumber:
		return bad("rule %d wants a number of %q, which is of kind %q", number, q.ID, q.Kind).WithHint("ask for a number there")
	case c.Within != 0 && q.Kind != menshen.FieldDate:
		return bad("rule %d wants a date of %q, which is of kind %q", number, q.ID, q.Kind).WithHint("ask for a date there")
	case c.Within < 0 || c.Within > 366:
		return bad("rule %d looks back %d days", number, c.Within).WithHint("use 1 to 366")
	}
	for _, v := range append(slices.Clone(c.In), c.Is) {
		if v == "" {
			continue
		}
		if q.Kind == menshen.FieldYesNo && v != yes && v != no ||
			q.Kind == menshen.FieldChoice && !slices.ContainsFunc(q.Choices, func(o menshen.FormChoice) bool { return o.Value == v }) {
			return bad("rule %d compares %q with %q, which nobody can answer", number, q.ID, v).WithHint("use one of the answers of that question")
		}
	}
	return nil
}

// Same reports whether two forms ask and decide the same; versions do not count.
func Same(a, b menshen.Form) bool {
	a.Version, b.Version = 0, 0
	x, err := Write(a)
	y, wrong := Write(b)
	return err == nil && wrong == nil && x == y
}
