package store

import (
	"time"

	"menshen"
)

// PermitFilter selects permits; zero fields select all.
type PermitFilter struct {
	Person  string
	Kind    menshen.PermitKind
	ValidAt time.Time // only those that are valid then and not revoked
	Visit   string
	Latest  int // only so many, the latest issued; 0 is all
}

// TemperatureFilter selects temperatures; zero fields select all.
type TemperatureFilter struct {
	Person       string
	menshen.Span         // of the time of measuring; a zero bound is open
	AtLeast      float64 // °C
	Latest       int
}

// AnswerFilter selects filled-in forms; zero fields select all.
type AnswerFilter struct {
	Person string
	Form   string
	Latest int
}

// VisitFilter selects visits; zero fields select all.
type VisitFilter struct {
	State        menshen.VisitState
	Person       string
	Permit       string
	Host         string
	menshen.Span // of the registration; a zero bound is open
}

// DeliveryFilter selects deliveries; zero fields select all.
type DeliveryFilter struct {
	Waiting  bool // only those that are not handed over
	Dwelling menshen.Dwelling
	Latest   int
}

// AnnotationFilter selects annotations; zero fields select all.
type AnnotationFilter struct {
	Pass   menshen.PassID
	Latest int
}

// RuleVersion is one version of the rules without their text.
type RuleVersion struct {
	Version uint64
	By      string
	Note    string
	At      time.Time
}

// Link is a link that needs no account. Only the hash of its token is kept.
type Link struct {
	Hash    []byte // SHA-256 of the token
	Purpose string
	Subject string
	Person  string
	Expires time.Time
	Used    time.Time // zero while it is not
}
