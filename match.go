package menshen

import "math"

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

// Confidence says how sure it is that the face is that of Person, 0 … 1; 0 where nobody is named.
//
// With d the distance of the nearest person, e that of the runner-up and T the calibrated threshold, the margin is
// m = min(T-d, e-d)/T, held within 0 … 1: how far the face lies on the right side, in parts of what the calibration to the
// people enrolled allows. A face on the edge may as well be the other, hence ½; each further face that agrees, beyond those
// that do not, makes a mistake less likely by the same factor:
//
//	1 - ½·(1-m)^n,  n = max(1, Agreeing - (Faces-Agreeing))
//
// An unsure face beyond the threshold has ½·T/d. It is an order, made to weigh passes with, and not a measured probability.
func (m Match) Confidence() float64 {
	if m.Person() == "" || !(m.Threshold > 0) {
		return 0
	}
	d := m.Candidates[0].Distance
	if d > m.Threshold {
		return m.Threshold / d / 2
	}
	gap := m.Threshold - d
	if len(m.Candidates) > 1 {
		gap = min(gap, m.Margin())
	}
	share := min(max(gap/m.Threshold, 0), 1)
	c := 1 - math.Pow(1-share, float64(max(1, 2*m.Agreeing-m.Faces)))/2
	if !(c >= 0 && c <= 1) { // a distance that is no number
		return 0
	}
	return c
}

// Margin is the distance between the nearest person and the runner-up; 0 with fewer than two candidates.
func (m Match) Margin() float64 {
	if len(m.Candidates) < 2 {
		return 0
	}
	return m.Candidates[1].Distance - m.Candidates[0].Distance
}
