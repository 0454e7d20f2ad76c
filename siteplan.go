package menshen

import (
	"math"
	"time"
)

// SitePlan (平面图) says where zones and gates are on a picture of the site. The zero plan is that of a site where nobody made
// one: it is drawn from zones and gates.
type SitePlan struct {
	Revision uint64 // counts up; 0 before the first
	At       time.Time
	By       string
	Picture  PlanPicture // zero for none
	Places   []PlanPlace
}

// PlanPicture is the picture of a plan.
type PlanPicture struct {
	ID            string // SHA-256 of Data, as hex
	Type          string // image/png or image/jpeg
	Width, Height int    // pixels
	Data          []byte // only where it is asked for
}

// PlanPlace is where a zone or a gate is, in parts of the picture's width and height from its upper left corner.
type PlanPlace struct {
	Gate   string  `json:"gate,omitempty"` // either this
	Zone   string  `json:"zone,omitempty"` // or this
	X      float64 `json:"x"`              // of the middle, 0 … 1
	Y      float64 `json:"y"`
	Width  float64 `json:"w,omitempty"` // of a zone
	Height float64 `json:"h,omitempty"`
}

// PlanRevision is a plan in the list of what it was.
type PlanRevision struct {
	Revision uint64
	At       time.Time
	By       string
	Picture  bool
	Places   int
}

// smallestZone is how wide and high a zone is at least, in parts of the picture.
const smallestZone = 0.005

// Validate checks a place on its own.
func (p PlanPlace) Validate() error {
	const op = "menshen.plan"
	kind, id := "gate", p.Gate
	if p.Zone != "" {
		kind, id = "zone", p.Zone
	}
	if err := ValidateSlug(kind, id); err != nil {
		return err
	}
	if p.Gate != "" && p.Zone != "" {
		return Errorf(CodeInvalid, op, "a place is of the gate %q and of the zone %q", p.Gate, p.Zone).WithHint("give each a place of its own")
	}
	share := func(v, least float64) bool { return v >= least && v <= 1 && !math.IsNaN(v) }
	if !share(p.X, 0) || !share(p.Y, 0) || p.Zone != "" && (!share(p.Width, smallestZone) || !share(p.Height, smallestZone)) {
		return Errorf(CodeInvalid, op, "the place of %s %q is not on the plan", kind, id).WithHint("move it onto the picture")
	}
	return nil
}
