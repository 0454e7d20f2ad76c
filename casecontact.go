package menshen

import "time"

// ContactLevel says what a policy makes of somebody.
type ContactLevel string

const (
	LevelClose     ContactLevel = "close"     // 密切接触者
	LevelSecondary ContactLevel = "secondary" // 次密接
	LevelGeneral   ContactLevel = "general"   // 一般接触者
	LevelCoPresent ContactLevel = "copresent" // 时空伴随者
)

// Valid reports whether l is one of the levels above.
func (l ContactLevel) Valid() bool {
	return l == LevelClose || l == LevelSecondary || l == LevelGeneral || l == LevelCoPresent
}

// Text gives the words for a level that people read.
func (l ContactLevel) Text() Text {
	switch l {
	case LevelClose:
		return Text{"密切接触者", "close contact"}
	case LevelSecondary:
		return Text{"次密接", "contact of a close contact"}
	case LevelGeneral:
		return Text{"一般接触者", "general contact"}
	case LevelCoPresent:
		return Text{"时空伴随者", "co-present"}
	}
	return Text{string(l), string(l)}
}

// ContactStatus says what has been done about a contact.
type ContactStatus string

const (
	ContactToNotify         ContactStatus = "to_notify"
	ContactNotified         ContactStatus = "notified"
	ContactHomeObservation  ContactStatus = "home_observation"
	ContactCentralIsolation ContactStatus = "central_isolation"
	ContactReleased         ContactStatus = "released"
	ContactBecameCase       ContactStatus = "became_case"
)

// Valid reports whether s is one of the states above.
func (s ContactStatus) Valid() bool {
	switch s {
	case ContactToNotify, ContactNotified, ContactHomeObservation, ContactCentralIsolation, ContactReleased, ContactBecameCase:
		return true
	}
	return false
}

// Text gives the words for a status that people read.
func (s ContactStatus) Text() Text {
	switch s {
	case ContactToNotify:
		return Text{"待通知", "to notify"}
	case ContactNotified:
		return Text{"已通知", "notified"}
	case ContactHomeObservation:
		return Text{"居家观察", "home observation"}
	case ContactCentralIsolation:
		return Text{"集中隔离", "central isolation"}
	case ContactReleased:
		return Text{"已解除", "released"}
	case ContactBecameCase:
		return Text{"已转为病例", "became a case"}
	}
	return Text{string(s), string(s)}
}

// ContactSource says how somebody came to be a contact.
type ContactSource string

const (
	SourceDerived   ContactSource = "derived"   // from passes and the registry, by the policy
	SourceInterview ContactSource = "interview" // somebody said so
)

// Hop is one step of a chain: From met To, by an exposure that the policy makes count.
type Hop struct {
	From, To string // person ids
	Exposure        // clipped to when From could pass something on
	Exposed  time.Time
}

// Said is what an interview told of a contact; Level is "" where none did.
type Said struct {
	Level ContactLevel
	Risk  string
	Span  // of the exposure; zero where nobody knows
	// Judged: the record was merged with one that passes brought. Judging keeps it up to date then, and never withdraws it.
	Judged bool
}

// CaseContact is the record of one contact of a case.
type CaseContact struct {
	ID         string
	Case       string
	Person     string
	Name       string // of somebody from an interview whom the registry does not have; Person is "" then
	Phone      Secret // of such a person
	Source     ContactSource
	Generation int // 1 for who met the case, 2 for who met those, …
	Level      ContactLevel
	Risk       string // high, medium or low
	Rule       string // the policy's rule that made it count
	Policy     PolicyRef

	First     time.Time // exposure: the first,
	Threshold time.Time // when it came to count,
	Last      time.Time // the end of the last
	Together  time.Duration
	Least     time.Duration // of Together, what observed bounds alone prove
	Sureness  float64       // 0 … 1: how sure the passes make it
	Path      []Hop         // from the index person to this one; empty for an interview without a time
	Note      string
	Said      Said

	Status       ContactStatus
	Owner        string    // who takes care of it; "" for nobody yet
	FollowFrom   time.Time // first and last day of the daily follow-up: midnight at the site; zero for none
	FollowTo     time.Time
	IsolatedFrom time.Time // of the home observation or central isolation, the present one or the last; zero for none
	IsolatedTo   time.Time // when it is to end, or ended
	Central      []Span    // when they were in central isolation, in order; To is zero while they are
	Fixed        []string  // what was set by hand and judging leaves as it is: level, follow
	MergedInto   string    // id of the record that this one was a double of; "" for none
	WithdrawnFor string    // why it counts no longer, e.g. by another policy; "" while it counts
	Created      time.Time
	CreatedBy    string
	Revision     uint64
}

// FollowUp is what one day brought of one contact.
type FollowUp struct {
	ID       string
	Contact  string
	Day      string  // 2020-03-01, at the site
	Celsius  float64 // 0 for not measured
	Symptoms []string
	Reached  bool   // false: nobody could be reached
	Note     string // for the office
	Source   string // staff or link
	At       time.Time
	By       string
}

// Validate checks a follow-up on its own.
func (f FollowUp) Validate() error {
	const op = "menshen.follow_up"
	switch {
	case f.ID == "" || f.Contact == "" || f.By == "" || f.At.IsZero():
		return Errorf(CodeInvalid, op, "a follow-up has no id, contact, author or time")
	case f.Celsius != 0 && !(f.Celsius >= 30 && f.Celsius <= 45):
		return Errorf(CodeInvalid, op, "celsius: a temperature of %.1f °C is out of range", f.Celsius).WithHint("measure again; use 30 to 45 °C")
	case !f.Reached && (f.Celsius != 0 || len(f.Symptoms) > 0):
		return Errorf(CodeInvalid, op, "reached: who was not reached has no temperature and no symptoms").WithHint("leave them out, or say that the person was reached")
	}
	if _, err := time.Parse(time.DateOnly, f.Day); err != nil {
		return Errorf(CodeInvalid, op, "day: %q is no day", f.Day).WithHint("write it like 2020-03-01")
	}
	return nil
}
