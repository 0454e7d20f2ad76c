package proto

import (
	"maps"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// maxFigures bounds the figures of one report.
const maxFigures = 256

// ReportToWire converts a component's report.
func ReportToWire(r menshen.Report) *menshenv1.Health {
	return &menshenv1.Health{
		Component: r.Component, At: timeToWire(r.At), Ok: r.OK, Message: r.Message, Hint: r.Hint, Figures: r.Figures,
	}
}

// ReportFromWire converts a component's report. Figures may be any number, NaN too: a report must not be lost, and its
// component killed, over a division by zero.
func ReportFromWire(m *menshenv1.Health) (menshen.Report, error) {
	const op = "proto.report"
	r := menshen.Report{Component: m.GetComponent(), OK: m.GetOk(), Message: m.GetMessage(), Hint: m.GetHint()}
	if err := ValidateComponent(r.Component); err != nil {
		return menshen.Report{}, err
	}
	var err error
	if r.At, err = neededTime(op, "the time of the report", m.GetAt()); err != nil {
		return menshen.Report{}, err
	}
	if err = checkText(op, "the message", r.Message, r.Hint); err != nil {
		return menshen.Report{}, err
	}
	if len(m.GetFigures()) > maxFigures {
		return menshen.Report{}, invalid(op, "a report has %d figures, more than %d", len(m.GetFigures()), maxFigures)
	}
	for name := range m.GetFigures() {
		if err = checkText(op, "the name of a figure", name); err != nil {
			return menshen.Report{}, err
		}
	}
	if len(m.GetFigures()) > 0 {
		r.Figures = maps.Clone(m.GetFigures())
	}
	return r, nil
}

// EncodeReport gives the bytes of a report.
func EncodeReport(r menshen.Report) ([]byte, error) {
	return encode("proto.report", r, ReportToWire, ReportFromWire)
}

// DecodeReport reads the bytes of a report.
func DecodeReport(b []byte) (menshen.Report, error) { return decode("proto.report", b, ReportFromWire) }
