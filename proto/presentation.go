package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// PresentationToWire converts what somebody showed to a reader.
func PresentationToWire(p menshen.Presentation) *menshenv1.PresentRequest {
	return &menshenv1.PresentRequest{
		Gate: p.Gate, Direction: DirectionToWire(p.Direction), Kind: string(p.Kind), Value: p.Value.Reveal(), Reader: p.Reader, Celsius: p.Celsius,
	}
}

// PresentationFromWire converts what somebody showed to a reader. What it is worth is for the gate to say.
func PresentationFromWire(m *menshenv1.PresentRequest) (menshen.Presentation, error) {
	const op = "proto.presentation"
	p := menshen.Presentation{
		Gate: m.GetGate(), Kind: menshen.CredentialKind(m.GetKind()), Value: menshen.Secret(m.GetValue()), Reader: m.GetReader(), Celsius: m.GetCelsius(),
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
	if !p.Kind.Valid() {
		return menshen.Presentation{}, invalid(op, "the kind of credential %.40q is unknown", m.GetKind()).WithHint("use qr, pin or card")
	}
	if p.Celsius != 0 && !(p.Celsius >= 30 && p.Celsius <= 45) {
		return menshen.Presentation{}, invalid(op, "a temperature of %.1f °C is out of range", p.Celsius).WithHint("measure again; use 30 to 45 °C")
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
