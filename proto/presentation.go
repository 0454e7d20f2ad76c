package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxReasons bounds the reasons of an answer.
const maxReasons = 64

// Presented is what a gate answers to a Presentation.
type Presented struct {
	Decision menshen.Decision
	Name     string // of whom it belongs to, where they may pass
}

// PresentationToWire converts what somebody showed to a reader.
func PresentationToWire(p menshen.Presentation) *menshenv1.PresentRequest {
	return &menshenv1.PresentRequest{
		Gate: p.Gate, Direction: DirectionToWire(p.Direction), Kind: string(p.Kind), Value: p.Value.Reveal(), Reader: p.Reader,
	}
}

// PresentationFromWire converts what somebody showed to a reader. What it is worth is for the gate to say.
func PresentationFromWire(m *menshenv1.PresentRequest) (menshen.Presentation, error) {
	const op = "proto.presentation"
	p := menshen.Presentation{
		Gate: m.GetGate(), Kind: menshen.CredentialKind(m.GetKind()), Value: menshen.Secret(m.GetValue()), Reader: m.GetReader(),
	}
	var err error
	if err = checkID(op, "gate", p.Gate); err != nil {
		return menshen.Presentation{}, err
	}
	if err = checkText(op, "what was shown", p.Value.Reveal(), p.Reader); err != nil {
		return menshen.Presentation{}, err
	}
	if p.Direction, err = DirectionFromWire(m.GetDirection()); err != nil {
		return menshen.Presentation{}, err
	}
	switch p.Kind {
	case menshen.CredentialQR, menshen.CredentialPIN, menshen.CredentialCard:
	default:
		return menshen.Presentation{}, invalid(op, "the kind of credential %.40q is unknown", m.GetKind()).WithHint("use qr, pin or card")
	}
	if p.Value == "" {
		return menshen.Presentation{}, invalid(op, "nothing was shown").WithHint("send what was read as value")
	}
	return p, nil
}

// EncodePresentation gives the bytes of what was shown.
func EncodePresentation(p menshen.Presentation) ([]byte, error) {
	return encode("proto.presentation", p, PresentationToWire, PresentationFromWire)
}

// DecodePresentation reads the bytes of what was shown.
func DecodePresentation(b []byte) (menshen.Presentation, error) {
	return decode("proto.presentation", b, PresentationFromWire)
}

// PresentedToWire converts the answer, with the words for its reasons.
func PresentedToWire(p Presented) *menshenv1.PresentResponse {
	m := &menshenv1.PresentResponse{Outcome: OutcomeToWire(p.Decision.Outcome), Name: p.Name}
	for _, r := range p.Decision.Reasons {
		m.Reasons = append(m.Reasons, TextToWire(r.Text()))
		m.ReasonWords = append(m.ReasonWords, string(r))
	}
	return m
}

// PresentedFromWire converts the answer. The words for people are made anew.
func PresentedFromWire(m *menshenv1.PresentResponse) (Presented, error) {
	const op = "proto.presentation"
	p := Presented{Name: m.GetName()}
	var err error
	if p.Decision.Outcome, err = OutcomeFromWire(m.GetOutcome()); err != nil {
		return Presented{}, err
	}
	if len(m.GetReasonWords()) > maxReasons {
		return Presented{}, invalid(op, "an answer has %d reasons, more than %d", len(m.GetReasonWords()), maxReasons)
	}
	if err = checkText(op, "a text of the answer", append([]string{p.Name}, m.GetReasonWords()...)...); err != nil {
		return Presented{}, err
	}
	for _, r := range m.GetReasonWords() {
		p.Decision.Reasons = append(p.Decision.Reasons, menshen.Reason(r))
	}
	return p, nil
}

// EncodePresented gives the bytes of the answer.
func EncodePresented(p Presented) ([]byte, error) {
	return encode("proto.presentation", p, PresentedToWire, PresentedFromWire)
}

// DecodePresented reads the bytes of the answer.
func DecodePresented(b []byte) (Presented, error) {
	return decode("proto.presentation", b, PresentedFromWire)
}
