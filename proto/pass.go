package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// PassToWire converts a pass.
func PassToWire(p menshen.Pass) *menshenv1.Pass {
	m := &menshenv1.Pass{
		Gate: p.ID.Gate, Sequence: p.ID.Sequence, Site: p.Site, Person: p.Person, Direction: DirectionToWire(p.Direction),
		Captured: timeToWire(p.Captured), Decided: timeToWire(p.Decided), Means: MeansToWire(p.Means),
		Outcome: OutcomeToWire(p.Decision.Outcome), Match: MatchToWire(p.Match), Camera: p.Camera, Track: p.Track,
		Permit: p.Permit, Credential: p.Credential, By: p.By, Answers: p.Answers, Confidence: p.Confidence,
	}
	for _, r := range p.Decision.Reasons {
		m.Reasons = append(m.Reasons, string(r))
	}
	return m
}

// PassFromWire converts a pass. It is as strict as Pass.Validate, and needs a means. A reason is not compared with the
// list of reasons: a newer gate may know one that an older reader does not.
func PassFromWire(m *menshenv1.Pass) (menshen.Pass, error) {
	const op = "proto.pass"
	p := menshen.Pass{
		ID:   menshen.PassID{Gate: m.GetGate(), Sequence: m.GetSequence()},
		Site: m.GetSite(), Person: m.GetPerson(), Camera: m.GetCamera(), Track: m.GetTrack(),
		Permit: m.GetPermit(), Credential: m.GetCredential(), By: m.GetBy(), Answers: m.GetAnswers(), Confidence: m.GetConfidence(),
	}
	var err error
	if err = checkText(op, "a text of the pass", append([]string{p.Person, p.Camera, p.Track, p.Permit, p.Credential, p.By, p.Answers}, m.GetReasons()...)...); err != nil {
		return menshen.Pass{}, err
	}
	for _, r := range m.GetReasons() {
		p.Decision.Reasons = append(p.Decision.Reasons, menshen.Reason(r))
	}
	if p.Direction, err = DirectionFromWire(m.GetDirection()); err != nil {
		return menshen.Pass{}, err
	}
	if p.Means, err = MeansFromWire(m.GetMeans()); err != nil {
		return menshen.Pass{}, err
	}
	if p.Decision.Outcome, err = OutcomeFromWire(m.GetOutcome()); err != nil {
		return menshen.Pass{}, err
	}
	if p.Captured, err = neededTime(op, "the capture time", m.GetCaptured()); err != nil {
		return menshen.Pass{}, err
	}
	if p.Decided, err = timeFromWire(op, "the time of decision", m.GetDecided()); err != nil {
		return menshen.Pass{}, err
	}
	if p.Match, err = MatchFromWire(m.GetMatch()); err != nil {
		return menshen.Pass{}, err
	}
	if err = p.Validate(); err != nil {
		return menshen.Pass{}, err
	}
	return p, nil
}

// EncodePass gives the bytes of a pass.
func EncodePass(p menshen.Pass) ([]byte, error) {
	return encode("proto.pass", p, PassToWire, PassFromWire)
}

// DecodePass reads the bytes of a pass.
func DecodePass(b []byte) (menshen.Pass, error) { return decode("proto.pass", b, PassFromWire) }
