package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// Alert is an alert with the id by which it is told from another.
type Alert struct {
	ID string // of any form, 64 bytes at most
	menshen.Alert
}

// EncodeAlert gives the bytes of an alert.
func EncodeAlert(a Alert) ([]byte, error) {
	return encode("proto.alert", a, alertToWire, alertFromWire)
}

// DecodeAlert reads the bytes of an alert.
func DecodeAlert(b []byte) (Alert, error) { return decode("proto.alert", b, alertFromWire) }

func alertToWire(a Alert) *menshenv1.Alert {
	return &menshenv1.Alert{
		Id: a.ID, Kind: string(a.Kind), Person: a.Person, At: timeToWire(a.At), TextZh: a.Text.ZH, TextEn: a.Text.EN, Gate: a.Gate,
		Audience: string(a.Audience), Subject: a.Subject,
	}
}

// alertFromWire does not compare the kind with the list of kinds: a newer hub may know one that an older reader does not.
func alertFromWire(m *menshenv1.Alert) (Alert, error) {
	const op = "proto.alert"
	a := Alert{ID: m.GetId(), Alert: menshen.Alert{
		Kind: menshen.AlertKind(m.GetKind()), Person: m.GetPerson(), Gate: m.GetGate(), Text: menshen.Text{ZH: m.GetTextZh(), EN: m.GetTextEn()},
		Audience: menshen.Audience(m.GetAudience()), Subject: m.GetSubject(),
	}}
	if a.ID == "" || len(a.ID) > 64 || a.Kind == "" {
		return Alert{}, invalid(op, "an alert has no usable id, or no kind")
	}
	if a.Gate != "" {
		if err := checkID(op, "gate", a.Gate); err != nil {
			return Alert{}, err
		}
	}
	if err := checkText(op, "a text of the alert", a.ID, string(a.Kind), a.Person, a.Subject, string(a.Audience), a.Text.ZH, a.Text.EN); err != nil {
		return Alert{}, err
	}
	var err error
	a.At, err = neededTime(op, "the time of the alert", m.GetAt())
	return a, err
}
