package policy

import (
	"time"

	"menshen"
)

// Health is what gates need of somebody's health, in little memory. The zero Health is normal.
type Health struct {
	Celsius    float32 // latest temperature; 0 for none
	state      uint8
	code       uint8
	until      int64 // Unix seconds; of an observation; 0 is until somebody ends it
	measuredAt int64 // 0 for none
}

const (
	stateNormal = iota
	stateObservation
	stateMonitoring
	stateIsolated
	stateRecovered
)

const (
	codeNone = iota
	codeGreen
	codeYellow
	codeRed
)

// HealthOf makes Health of a record. A state that is none counts as home observation without end, and a code that is
// none as red: whoever sent them knows more than this program.
func HealthOf(h menshen.Health) Health {
	p := Health{Celsius: float32(h.Celsius), until: unix(h.Until), measuredAt: unix(h.MeasuredAt)}
	switch h.State {
	case "", menshen.HealthNormal:
	case menshen.HealthMonitoring:
		p.state = stateMonitoring
	case menshen.HealthIsolated:
		p.state = stateIsolated
	case menshen.HealthRecovered:
		p.state = stateRecovered
	case menshen.HealthObservation:
		p.state = stateObservation
	default:
		p.state, p.until = stateObservation, 0
	}
	switch h.Code {
	case menshen.HealthCodeNone:
	case menshen.HealthCodeGreen:
		p.code = codeGreen
	case menshen.HealthCodeYellow:
		p.code = codeYellow
	default:
		p.code = codeRed
	}
	return p
}

// State gives the state as it was set: an observation that is over is still one here.
func (h Health) State() menshen.HealthState {
	return [...]menshen.HealthState{
		menshen.HealthNormal, menshen.HealthObservation, menshen.HealthMonitoring, menshen.HealthIsolated, menshen.HealthRecovered,
	}[h.state]
}

// MeasuredAt gives when the latest temperature was taken, zero for none.
func (h Health) MeasuredAt() time.Time {
	if h.measuredAt == 0 {
		return time.Time{}
	}
	return time.Unix(h.measuredAt, 0)
}

// Measured gives the health with a newer temperature, in °C.
func (h Health) Measured(celsius float64, at time.Time) Health {
	h.Celsius, h.measuredAt = float32(celsius), at.Unix()
	return h
}

// Isolated reports whether the person is under isolation.
func (h Health) Isolated() bool { return h.state == stateIsolated }

// Observed reports whether the person is under home observation at a time.
func (h Health) Observed(at time.Time) bool {
	return h.state == stateObservation && (h.until == 0 || at.Unix() < h.until)
}

// Until gives when an observation ends by itself; zero for any other state, and where somebody must end it.
func (h Health) Until() time.Time {
	if h.state != stateObservation || h.until == 0 {
		return time.Time{}
	}
	return time.Unix(h.until, 0)
}

// measured says that the latest reading was taken within a time before at. One of the future counts, unless past is
// asked about: clocks of gates and office may differ.
func (h Health) measured(at time.Time, within time.Duration, past bool) bool {
	if h.measuredAt == 0 || h.Celsius == 0 {
		return false
	}
	age := time.Duration(at.Unix()-h.measuredAt) * time.Second
	return age < within && (age >= 0 || !past)
}

// feverish compares in tenths of a degree, as thermometers show them.
func (h Health) feverish(from float64) bool { return tenths(float64(h.Celsius)) >= tenths(from) }

func tenths(celsius float64) int { return int(celsius*10 + 0.5) }

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
