package menshen

import "time"

// FieldKind says what a question of a form takes.
type FieldKind string

const (
	FieldText   FieldKind = "text"
	FieldDate   FieldKind = "date"   // 2020-02-14
	FieldYesNo  FieldKind = "yes_no" // "yes" or "no"
	FieldChoice FieldKind = "choice" // one of Choices, by its value
	FieldNumber FieldKind = "number" // decimal
)

// Form (问卷) is one version of a questionnaire. Versions never change; a new one is a new Form with the same ID.
type Form struct {
	ID      string // slug, e.g. "returnee"
	Version int    // counts up from 1
	Title   Text
	Fields  []Field
	Rules   []FormRule // the first that holds decides; none: nothing changes
}

// Field is one question.
type Field struct {
	ID       string // slug
	Label    Text
	Kind     FieldKind
	Required bool
	Choices  []FormChoice
}

// FormChoice is one answer to choose.
type FormChoice struct {
	Value string
	Label Text
}

// FormRule says what answers mean for somebody's health state: all of When must hold.
type FormRule struct {
	When  []FormCondition
	State HealthState
	// Days is how long the state lasts: from DaysFrom, the id of a date field, or from the day of the answer. 0 is the policy's
	// number of observation days.
	Days     int
	DaysFrom string
	Reason   Text
}

// FormCondition is one condition on one field. Exactly one of the others is set.
type FormCondition struct {
	Field   string
	Is      string   // equal to
	In      []string // one of
	AtLeast *float64 // a number of at least
	Within  int      // a date of at most so many days ago
}

// FormAnswer is a filled-in form.
type FormAnswer struct {
	ID      string
	Form    string
	Version int
	Person  string
	Answers map[string]string // by field id
	At      time.Time
	By      string      // who filled it in: an actor, or "link"
	State   HealthState // what it led to; "" for nothing
	Reason  Text
}
