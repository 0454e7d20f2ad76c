package menshen

import "time"

// VisitState says how far a visit has come.
type VisitState string

const (
	VisitAsked     VisitState = "asked"     // registered; the host has not answered
	VisitConfirmed VisitState = "confirmed" // the host, or a guard in their place, agreed: a permit is issued
	VisitRefused   VisitState = "refused"   // the host, or a guard, said no
	VisitInside    VisitState = "inside"
	VisitLeft      VisitState = "left"
)

// Visit (来访) is one visit of one person: asked, measured, registered.
type Visit struct {
	ID     string
	Person string // the visitor, a person without a household
	Host   string // person id of whom they visit
	Reason string
	From   string  // where they come from
	Origin float64 // temperature at the registration in °C; 0 for none
	Plate  string
	Span   // for which they are expected
	State  VisitState
	Permit string // issued when it was confirmed

	Registered   time.Time
	RegisteredBy string
	Answered     time.Time
	AnsweredBy   string // "host" through the link, or who did it in their place
	Entered      time.Time
	Left         time.Time
}

// Overdue reports whether the visitor is still inside after the time they were expected for.
func (v Visit) Overdue(now time.Time) bool {
	return v.State == VisitInside && !v.To.IsZero() && v.To.Before(now)
}

// Delivery (代收) is something handed over at a gate, so that a courier need not come in.
type Delivery struct {
	ID       string
	Gate     string
	Carrier  string // company
	Phone    string // of the courier
	For      Dwelling
	Item     string // what, and where it was put
	Arrived  time.Time
	TakenBy  string // the guard who took it
	Handed   time.Time
	HandedBy string // the guard who handed it over
	HandedTo string // who fetched it
}
