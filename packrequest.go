package menshen

import "time"

// PackState says how far a PackRequest is.
type PackState string

const (
	PackRequested PackState = "requested" // waits for a second person's decision
	PackApproved  PackState = "approved"
	PackRefused   PackState = "refused" // the second person said no
)

// Text gives the words for a state that people read.
func (s PackState) Text() Text {
	switch s {
	case PackRequested:
		return Text{"待批准", "waits for approval"}
	case PackApproved:
		return Text{"已批准", "approved"}
	case PackRefused:
		return Text{"未批准", "refused"}
	}
	return Text{string(s), string(s)}
}

// PackRequest (本人通行记录申请) asks that the passes of a person be in what is handed to them of what is held about them. It is no case:
// it tells the office where somebody was, and so it has two people as a case has.
type PackRequest struct {
	ID      string
	Person  string
	AskedBy string // who asked the office, and how they showed who they are
	State   PackState

	RequestedBy string
	Requested   time.Time
	DecidedBy   string // who approved or refused it: never who requested it
	Decided     time.Time
	Why         string    // of the decision
	Expires     time.Time // until then it may be decided, or fetched if it was approved
	Fetched     int       // times
}

const (
	PackWaits   = 30 * 24 * time.Hour // a request for its decision
	PackLasts   = 7 * 24 * time.Hour  // an approval
	PackFetches = 3                   // of one approval: the first, and two where a download failed
)

// Expired reports whether nothing comes of it any more.
func (r PackRequest) Expired(now time.Time) bool { return !now.Before(r.Expires) }
