package menshen

import "time"

// Span is a half-open interval of time [From, To). An empty or negative span overlaps nothing.
type Span struct{ From, To time.Time }

// Duration is To − From, never negative.
func (s Span) Duration() time.Duration { return max(s.To.Sub(s.From), 0) }

// Intersect gives the common part of two spans, and whether there is any.
func (s Span) Intersect(o Span) (Span, bool) {
	if o.From.After(s.From) {
		s.From = o.From
	}
	if o.To.Before(s.To) {
		s.To = o.To
	}
	return s, s.From.Before(s.To)
}

// Stay (停留) is a person's time in a zone. Observed bounds come from a pass; inferred ones are the best guess where a
// pass is missing.
type Stay struct {
	Person string
	Zone   string
	Span
	FromObserved bool
	ToObserved   bool
	Open         bool // still inside at the time of asking: To is that time
}

// ExposureKind says how two people met.
type ExposureKind string

const (
	ExposureZone      ExposureKind = "zone"      // both in one zone at the same time
	ExposureGate      ExposureKind = "gate"      // both at one gate within seconds
	ExposureHousehold ExposureKind = "household" // both live in one dwelling
	ExposureFloor     ExposureKind = "floor"     // both live on one floor of a unit, or on floors next to each other
	ExposureBuilding  ExposureKind = "building"  // both live in one building
	ExposureReported  ExposureKind = "reported"  // somebody said so in an interview
)

// Exposure (暴露) is one meeting of two people.
type Exposure struct {
	Kind ExposureKind
	Zone string // for kind zone
	Gate string // for kind gate
	Span        // of kind gate: from the earlier to the later of the two passes; may be of zero length
	// Inferred is set where a bound of either stay is inferred, so the overlap is a best guess.
	Inferred bool
	Least    time.Duration // the overlap that observed bounds alone prove; the whole Span where all are
	Floors   int           // of kind floor: how far apart
	Sureness float64       // 0 … 1, how sure the passes make it; 0 is not judged
}

// Contact (密切接触者) is a person together with their exposures to the person asked about.
type Contact struct {
	Person    string
	Exposures []Exposure // in order of From
}

// Together is the sum of the zone overlaps. Overlapping exposures in nested zones are counted once.
func (c Contact) Together() time.Duration {
	var total time.Duration
	var end time.Time
	for _, e := range c.Exposures {
		if e.Kind != ExposureZone {
			continue
		}
		from := e.From
		if from.Before(end) {
			from = end
		}
		if e.To.After(from) {
			total += e.To.Sub(from)
			end = e.To
		}
	}
	return total
}
