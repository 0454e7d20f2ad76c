package menshen

import "time"

// HealthState says what the epidemic means for a person.
type HealthState string

const (
	HealthNormal      HealthState = "normal"
	HealthObservation HealthState = "observation" // at home for some days (居家观察)
	HealthMonitoring  HealthState = "monitoring"  // watched closely (重点关注): may go about, guards are told
	HealthIsolated    HealthState = "isolated"    // a case, or a close contact in isolation (隔离): no gate opens
	HealthRecovered   HealthState = "recovered"
)

// Valid reports whether s is one of the states above.
func (s HealthState) Valid() bool {
	switch s {
	case HealthNormal, HealthObservation, HealthMonitoring, HealthIsolated, HealthRecovered:
		return true
	}
	return false
}

// Text gives the words for a state that people read.
func (s HealthState) Text() Text {
	switch s {
	case HealthNormal:
		return Text{"正常", "normal"}
	case HealthObservation:
		return Text{"居家观察", "home observation"}
	case HealthMonitoring:
		return Text{"重点关注", "key monitoring"}
	case HealthIsolated:
		return Text{"隔离", "isolated"}
	case HealthRecovered:
		return Text{"已康复", "recovered"}
	}
	return Text{string(s), string(s)}
}

// HealthCode is the colour of somebody's health code (健康码).
type HealthCode string

const (
	HealthCodeNone   HealthCode = ""
	HealthCodeGreen  HealthCode = "green"
	HealthCodeYellow HealthCode = "yellow"
	HealthCodeRed    HealthCode = "red"
)

// Health is somebody's state now. The zero Health of a person is normal.
type Health struct {
	Person string
	State  HealthState // "" is normal
	Since  time.Time   // of State; where Until is set, of the observation or isolation that it ended
	Until  time.Time   // of observation: when it ends by itself, zero is until somebody ends it; of other states: when the last observation or isolation ended, zero for none
	Reason string

	Code       HealthCode
	CodeSource string // where the code was seen, e.g. "gate", "office", "self"
	CodeAt     time.Time

	Celsius    float64 // latest temperature; 0 for none
	MeasuredAt time.Time

	Changed time.Time
	By      string
}

// TemperatureSource says who took a temperature.
type TemperatureSource string

const (
	TemperatureGate  TemperatureSource = "gate"  // a sensor at a gate
	TemperatureGuard TemperatureSource = "guard" // a guard's thermometer
	TemperatureSelf  TemperatureSource = "self"  // reported by the person
)

// Fever is the temperature, in °C, from which somebody counts as feverish unless the policy says otherwise.
const Fever = 37.3

// Temperature is one reading.
type Temperature struct {
	ID      string
	Person  string
	At      time.Time
	Celsius float64 // 30 … 45
	Source  TemperatureSource
	Gate    string // "" where it was not at one
	By      string // who entered it
}

// Validate checks a reading on its own.
func (t Temperature) Validate() error {
	const op = "menshen.temperature"
	switch {
	case t.Person == "" || t.At.IsZero():
		return Errorf(CodeInvalid, op, "a temperature has no person or no time")
	case !(t.Celsius >= 30 && t.Celsius <= 45):
		return Errorf(CodeInvalid, op, "a temperature of %.1f °C is out of range", t.Celsius).WithHint("measure again; use 30 to 45 °C")
	}
	switch t.Source {
	case TemperatureGate, TemperatureGuard, TemperatureSelf:
		return nil
	}
	return Errorf(CodeInvalid, op, "the source of a temperature %q is unknown", t.Source).WithHint("use gate, guard or self")
}

// Validate checks a health record on its own.
func (h Health) Validate() error {
	const op = "menshen.health"
	switch {
	case h.Person == "":
		return Errorf(CodeInvalid, op, "a health record has no person")
	case h.State != "" && !h.State.Valid():
		return Errorf(CodeInvalid, op, "the health state %q is unknown", h.State).WithHint("use normal, observation, monitoring, isolated or recovered")
	case !h.Until.IsZero() && !h.Since.Before(h.Until):
		return Errorf(CodeInvalid, op, "an observation ends before it begins").WithHint("give an end after the beginning")
	}
	switch h.Code {
	case HealthCodeNone, HealthCodeGreen, HealthCodeYellow, HealthCodeRed:
		return nil
	}
	return Errorf(CodeInvalid, op, "the health code %q is unknown", h.Code).WithHint("use green, yellow or red")
}
