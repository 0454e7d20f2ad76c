package store

import (
	"time"

	"menshen"
)

// Record is a person with what the office knows of them; nil Particulars leave what is kept as it is.
type Record struct {
	menshen.Person
	Particulars *menshen.Particulars
}

// The filters select entries of the registry; zero fields select all. What they select comes the latest first, and Latest
// bounds how many; 0 is all.

// PermitFilter selects permits. Those valid at a time have begun, not ended, and were not revoked by then.
type PermitFilter struct {
	Person  string
	Kind    menshen.PermitKind
	ValidAt time.Time
	Visit   string
	Latest  int // by the time of issue
}

// TemperatureFilter selects readings.
type TemperatureFilter struct {
	Person       string
	menshen.Span // of the reading's time; a zero bound is open
	AtLeast      float64
	Latest       int
}

// AnswerFilter selects filled-in forms.
type AnswerFilter struct {
	Person string
	Form   string
	Latest int
}

// VisitFilter selects visits.
type VisitFilter struct {
	State        menshen.VisitState
	Person       string // the visitor
	Permit       string
	Host         string
	menshen.Span // of the registration; a zero bound is open
	Latest       int
}

// DeliveryFilter selects deliveries.
type DeliveryFilter struct {
	Waiting  bool // not handed over yet
	Dwelling menshen.Dwelling
	Latest   int // by the time of arrival
}

// PackFilter selects requests for people's passes.
type PackFilter struct {
	Person string
	State  menshen.PackState
	Latest int
}

// AnnotationFilter selects what guards added to passes.
type AnnotationFilter struct {
	Pass   menshen.PassID
	Latest int
}

// RuleVersion is a version of the policy's rules in a list: its YAML is left out.
type RuleVersion struct {
	menshen.RuleText
	At time.Time
}

// Residence is where somebody lives.
type Residence struct {
	Person    string
	Household string
	Dwelling  menshen.Dwelling
	Shared    bool // kitchen and bath are shared with other households
}

// Link is a right to do one thing without an account, once unless its purpose says otherwise. The token itself is in the link that somebody was given.
type Link struct {
	Hash    []byte // SHA-256 of the token, 32 bytes
	Purpose string // "form", "visit" or "follow_up"
	Subject string // form id, visit id or contact id
	Person  string // who fills the form in; "" for a contact whom the registry does not have
	Expires time.Time
	Used    time.Time // zero while it is good
}
