package policy

import (
	"time"

	"menshen"
)

// Request is all that a decision rests on. Nothing in it is changed or kept.
type Request struct {
	Means menshen.Means

	// Of means face.
	Match   *menshen.Match // nil or without faces: no usable face came
	NotLive bool           // the evidence speaks for a picture of a face
	Seen    bool           // the face was checked, and in view long enough to see it change
	Masked  bool           // the best face is covered

	// Of means qr, card and pin.
	Credential menshen.CredentialFault // what is wrong with it
	Sheet      bool                    // a code printed on a permit, which anybody may carry

	Standing Standing // of the person that the evidence names
	Mode     menshen.SiteMode

	Gate        menshen.Gate // with the state it has now
	Direction   menshen.Direction
	At          time.Time
	Location    *time.Location // of the site; nil is that of At
	Inside      bool           // the last crossing left the person in the zone that In leads into, or in a part of it
	Full        bool           // no more people may go into the zone that In leads into
	RecordsFull bool           // passes cannot be kept now

	// Guard is set where a guard who sees the person lets them pass once. It needs a person, found in the registry, and
	// stands in the place of evidence; rules that no guard may override still deny.
	Guard bool
	// Past is set where At is long ago: what came after it, such as a later revocation, does not count then. At gates a
	// revoked permit is revoked, whatever their clock says.
	Past bool
}

// Standing is what a gate knows of one person. The zero Standing is nobody's.
type Standing struct {
	Found     bool // the registry has the person
	Person    menshen.Person
	Health    Health
	Permits   []Permit  // shared: not to be changed
	Outings   *Outings  // of the person; nil is none
	Household *Outings  // of everybody in the household together; nil is none
	Last      *Crossing // the last allowed one, at any gate; nil where none is known
}

// Crossing is a pass that was allowed.
type Crossing struct {
	Gate      string
	Direction menshen.Direction
	Zone      string // that it led into
	At        time.Time
}

// Result is the answer to a Request.
type Result struct {
	Decision menshen.Decision // Reasons is shared: not to be changed
	// Permit is the id of the valid permit that counts, "" for none. It is not set with a denial.
	Permit string
	// Overridable says that a guard may let the person pass once in spite of it. It is false with allow.
	Overridable bool
}
