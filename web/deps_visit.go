package web

import (
	"context"
	"time"

	"menshen"
)

// Visits registers visitors: ask, measure, register. Safe for concurrent use.
type Visits interface {
	RegisterVisit(ctx context.Context, r VisitRequest, by string) (VisitRegistered, error)
	// AnswerVisit confirms or refuses a visit in the host's place. gates are those of the visitor's permit; none is every gate.
	AnswerVisit(ctx context.Context, id string, confirm bool, gates []string, by string) (VisitAnswered, error)
	// Visits gives those of a query, latest registered first.
	Visits(ctx context.Context, q VisitQuery) ([]VisitView, error)
	// EndVisit says that a visitor has left where no gate saw it.
	EndVisit(ctx context.Context, id, by string) (menshen.Visit, error)
}

// VisitRequest is a visitor at a gate, or one who is announced.
type VisitRequest struct {
	ID           string // of the visit, chosen by the caller; "" for a new one
	Name         string
	Particulars  menshen.Particulars
	Host         string // person id of the resident, or a dwelling
	Reason       string
	FromWhere    string
	Celsius      float64 // 0 where the visitor is not there yet
	Plate        string
	menshen.Span        // From is now if zero; To is some hours later if zero
	Gate         string // where the visitor is; "" if not there yet
}

// VisitRegistered is a visit that waits for its host, with the link for them.
type VisitRegistered struct {
	Visit menshen.Visit
	Link  NewLink
}

// VisitAnswered is a visit that was answered, with the permit and the text of the visitor's QR where it was confirmed.
type VisitAnswered struct {
	Visit  menshen.Visit
	Permit menshen.Permit
	Code   string
}

// VisitQuery selects visits; zero fields select all.
type VisitQuery struct {
	State   menshen.VisitState
	Overdue bool
	From    time.Time // registered since
}

// VisitView is a visit as lists show it.
type VisitView struct {
	menshen.Visit
	Visitor  string // name
	HostName string
	Dwelling menshen.Dwelling // of the host
	Overdue  bool
}

// Deliveries keeps what was handed over at a gate. Safe for concurrent use.
type Deliveries interface {
	TakeDelivery(ctx context.Context, d menshen.Delivery, by string) (menshen.Delivery, error)
	HandOver(ctx context.Context, id, to, by string) (menshen.Delivery, error)
	// Deliveries gives those of a query, latest first.
	Deliveries(ctx context.Context, q DeliveryQuery) ([]menshen.Delivery, error)
}

// DeliveryQuery selects deliveries; zero fields select all.
type DeliveryQuery struct {
	Waiting  bool // not handed over yet
	Dwelling menshen.Dwelling
	Latest   int
}
