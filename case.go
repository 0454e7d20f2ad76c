package menshen

import (
	"strings"
	"time"
	"unicode/utf8"
)

// CaseState says how far a case is.
type CaseState string

const (
	CaseRequested CaseState = "requested" // waits for a second person's approval: nobody may look into it yet
	CaseOpen      CaseState = "open"
	CaseRefused   CaseState = "refused" // the second person said no
	CaseClosed    CaseState = "closed"
)

// Text gives the words for a state that people read.
func (s CaseState) Text() Text {
	switch s {
	case CaseRequested:
		return Text{"待批准", "waits for approval"}
	case CaseOpen:
		return Text{"调查中", "open"}
	case CaseRefused:
		return Text{"未批准", "refused"}
	case CaseClosed:
		return Text{"已结案", "closed"}
	}
	return Text{string(s), string(s)}
}

// PolicyRef names a version of a tracing policy (判定标准). Version 0 is the one that comes with Menshen.
type PolicyRef struct {
	ID      string
	Version uint64
}

// Clinical is what is known of a case's illness. Zero times are not known, or have not happened.
type Clinical struct {
	Onset       time.Time // of symptoms; zero for none
	Sampled     time.Time // of the first positive sample
	Isolated    time.Time // from then on the case passes nothing on
	SymptomFree time.Time
	Symptoms    []string
}

// Case (病例) is a person from whom an investigation starts.
type Case struct {
	ID      string
	Number  string // of the health authority, each once
	Person  string // index person
	Purpose string // why people's movements are looked at
	Expires time.Time
	State   CaseState
	Clinical
	Policy PolicyRef // by which contacts are judged

	Parent      string // the case whose contact this person was; "" for none
	RequestedBy string
	Requested   time.Time
	DecidedBy   string // who approved or refused it: never who requested it
	Decided     time.Time
	ClosedBy    string
	Closed      time.Time
	Judged      time.Time // when contacts were last derived from passes; zero for never
	Revision    uint64    // counts the changes up from 1; a change names the revision that it was made from
}

// Expired reports whether nobody may look into the case any more.
func (c Case) Expired(now time.Time) bool { return !now.Before(c.Expires) }

const (
	maxCaseNumber = 64
	maxCaseText   = 500
	longestCase   = 366 * 24 * time.Hour
)

// Validate checks a case on its own; now is the time until which things can have happened.
func (c Case) Validate(now time.Time) error {
	const op = "menshen.case"
	bad := func(format string, args ...any) *Error { return Errorf(CodeInvalid, op, format, args...) }
	number, purpose := strings.TrimSpace(c.Number), strings.TrimSpace(c.Purpose)
	switch {
	case c.ID == "" || c.RequestedBy == "":
		return bad("a case has no id or nobody who asked for it")
	case number == "" || utf8.RuneCountInString(number) > maxCaseNumber:
		return bad("number: a case needs the number that the health authority gave it").WithHint("use 1 to %d characters", maxCaseNumber)
	case c.Person == "":
		return bad("person: a case has no index person").WithHint("name the person by id, or by a name that only one person bears")
	case purpose == "" || utf8.RuneCountInString(purpose) > maxCaseText:
		return bad("purpose: a case needs a purpose").WithHint("say why people's movements must be looked at, in 1 to %d characters", maxCaseText)
	case c.Expires.IsZero() || !c.Expires.After(c.Requested):
		return bad("expires: a case must expire after it was asked for").WithHint("give a day in the future, for example in 30 days")
	case c.Expires.Sub(now) > longestCase:
		return bad("expires: a case may be open for %d days at most", int(longestCase.Hours()/24)).WithHint("give an earlier day; it can be extended later")
	case c.Policy.ID == "":
		return bad("policy: a case has no policy").WithHint("list them with: menshen trace policy list")
	}
	return c.Clinical.Validate(now)
}

// Validate checks the order of what happened; now is the time until which things can have happened, and errors name times in its
// zone.
func (c Clinical) Validate(now time.Time) error {
	const op = "menshen.clinical"
	bad := func(format string, args ...any) *Error { return Errorf(CodeInvalid, op, format, args...) }
	for _, f := range []struct {
		name string
		at   time.Time
	}{{"onset", c.Onset}, {"sampled", c.Sampled}, {"isolated", c.Isolated}, {"symptom_free", c.SymptomFree}} {
		if f.at.After(now) {
			return bad("%s: %s lies in the future", f.name, f.at.In(now.Location()).Format("2006-01-02 15:04")).WithHint("give the day on which it happened")
		}
		if !f.at.IsZero() && f.at.Year() < 2000 {
			return bad("%s: %s is too long ago", f.name, f.at.In(now.Location()).Format("2006-01-02 15:04")).WithHint("check the year")
		}
	}
	switch {
	case c.Onset.IsZero() && c.Sampled.IsZero():
		return bad("onset: neither an onset of symptoms nor a positive sample is known").WithHint("give onset, or sampled for somebody without symptoms")
	case !c.SymptomFree.IsZero() && c.Onset.IsZero():
		return bad("symptom_free: there are no symptoms to be free of").WithHint("give onset too, or leave symptom_free out")
	case !c.SymptomFree.IsZero() && c.SymptomFree.Before(c.Onset):
		return bad("symptom_free: it lies before onset").WithHint("give a day after the onset")
	}
	for _, s := range c.Symptoms {
		if n := utf8.RuneCountInString(strings.TrimSpace(s)); n == 0 || n > 100 {
			return bad("symptoms: a symptom is empty or too long").WithHint("use 1 to 100 characters for each")
		}
	}
	return nil
}

// LabTestResult is what a test said.
type LabTestResult string

const (
	LabTestPending      LabTestResult = "pending"
	LabTestPositive     LabTestResult = "positive"
	LabTestNegative     LabTestResult = "negative"
	LabTestInconclusive LabTestResult = "inconclusive"
)

// LabTest is one test of a case or a contact.
type LabTest struct {
	ID      string
	Case    string
	Contact string // of which contact; "" for the case's own
	Kind    string // pcr, antigen or antibody
	Sampled time.Time
	Result  LabTestResult
	At      time.Time // of the entry
	By      string
}

// Validate checks a test on its own.
func (t LabTest) Validate(now time.Time) error {
	const op = "menshen.lab_test"
	switch {
	case t.ID == "" || t.Case == "" || t.By == "":
		return Errorf(CodeInvalid, op, "a test has no id, case or author")
	case t.Kind != "pcr" && t.Kind != "antigen" && t.Kind != "antibody":
		return Errorf(CodeInvalid, op, "kind: the kind of test %q is unknown", t.Kind).WithHint("use pcr, antigen or antibody")
	case t.Sampled.IsZero() || t.Sampled.After(now):
		return Errorf(CodeInvalid, op, "sampled: a test has no time, or one in the future").WithHint("give the time at which the sample was taken")
	}
	switch t.Result {
	case LabTestPending, LabTestPositive, LabTestNegative, LabTestInconclusive:
		return nil
	}
	return Errorf(CodeInvalid, op, "result: the result %q is unknown", t.Result).WithHint("use pending, positive, negative or inconclusive")
}

// CaseChange is one entry of a case's history. Nothing of a case changes without one.
type CaseChange struct {
	Case    string
	Contact string // "" where it is about the case itself
	At      time.Time
	By      string
	Why     string
	Field   string // what changed, e.g. "status"
	Before  string
	After   string
}
