package menshen

// Candidate is an enrolled person with the distance of their nearest template.
type Candidate struct {
	Person   string
	Template string
	Distance float64
}

// Verdict says what recognition concluded about a face.
type Verdict string

const (
	VerdictKnown   Verdict = "known"
	VerdictUnsure  Verdict = "unsure"
	VerdictUnknown Verdict = "unknown"
)

// Match (比对) is the outcome of comparing the faces of one track with the gallery.
type Match struct {
	Verdict    Verdict
	Candidates []Candidate // nearest people first, at most a few; empty for an empty gallery
	Faces      int         // how many faces the evidence rests on
	Agreeing   int         // how many of them had Candidates[0] within the threshold
	Threshold  float64     // the distance up to which a face counted as that person
	Liveness   Liveness    // zero where it was not checked
}

// Person gives the id of the nearest person unless the verdict is unknown.
func (m Match) Person() string {
	if m.Verdict == VerdictUnknown || len(m.Candidates) == 0 {
		return ""
	}
	return m.Candidates[0].Person
}

// Margin is the distance between the nearest person and the runner-up; 0 with fewer than two candidates.
func (m Match) Margin() float64 {
	if len(m.Candidates) < 2 {
		return 0
	}
	return m.Candidates[1].Distance - m.Candidates[0].Distance
}
