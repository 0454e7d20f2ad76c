package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxCandidates bounds what a match brings along; recognition gives a few.
const maxCandidates = 64

// MatchToWire converts a match; the empty one is absent.
func MatchToWire(x menshen.Match) *menshenv1.Match {
	if x.Verdict == "" && len(x.Candidates) == 0 && x.Faces == 0 && x.Agreeing == 0 && x.Threshold == 0 && x.Liveness == (menshen.Liveness{}) {
		return nil
	}
	m := &menshenv1.Match{Verdict: VerdictToWire(x.Verdict), Faces: countToWire(x.Faces), Agreeing: countToWire(x.Agreeing), Threshold: x.Threshold, Liveness: livenessToWire(x.Liveness)}
	for _, c := range x.Candidates {
		m.Candidates = append(m.Candidates, &menshenv1.Candidate{Person: c.Person, Template: c.Template, Distance: c.Distance})
	}
	return m
}

// MatchFromWire converts a match; absent is the empty one.
func MatchFromWire(m *menshenv1.Match) (menshen.Match, error) {
	const op = "proto.match"
	if m == nil {
		return menshen.Match{}, nil
	}
	x := menshen.Match{Threshold: m.GetThreshold()}
	var err error
	if x.Verdict, err = VerdictFromWire(m.GetVerdict()); err != nil {
		return menshen.Match{}, err
	}
	if x.Faces, err = countFromWire(op, "the number of faces", m.GetFaces()); err != nil {
		return menshen.Match{}, err
	}
	if x.Agreeing, err = countFromWire(op, "the number of agreeing faces", m.GetAgreeing()); err != nil {
		return menshen.Match{}, err
	}
	if err = checkFinite(op, "the threshold", x.Threshold); err != nil {
		return menshen.Match{}, err
	}
	if x.Liveness, err = livenessFromWire(op, m.GetLiveness()); err != nil {
		return menshen.Match{}, err
	}
	if len(m.GetCandidates()) > maxCandidates {
		return menshen.Match{}, invalid(op, "a match has %d candidates, more than %d", len(m.GetCandidates()), maxCandidates)
	}
	for _, c := range m.GetCandidates() {
		if err = checkText(op, "a candidate", c.GetPerson(), c.GetTemplate()); err != nil {
			return menshen.Match{}, err
		}
		if err = checkFinite(op, "a distance", c.GetDistance()); err != nil {
			return menshen.Match{}, err
		}
		x.Candidates = append(x.Candidates, menshen.Candidate{Person: c.GetPerson(), Template: c.GetTemplate(), Distance: c.GetDistance()})
	}
	return x, nil
}
