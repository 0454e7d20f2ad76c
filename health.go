package menshen

import "time"

// Report is a component's sign of life, sent once a second. A component that falls silent is not healthy.
type Report struct {
	Component string // e.g. "camera-east-1"
	At        time.Time
	OK        bool
	Message   string             // what is wrong, for people; "" when OK
	Hint      string             // what to do
	Figures   map[string]float64 // e.g. "fps", "frame_age_s", "dropped"
}

// Severity says how much a condition hurts.
type Severity string

const (
	SeverityWarning  Severity = "warning"
	SeverityCritical Severity = "critical"
)

// Condition is one thing that is not well now. What is not listed is well.
type Condition struct {
	ID       string // kind and subject, e.g. "camera-down:east-1"
	Severity Severity
	Meaning  Text
	Action   Text // what to do
	Since    time.Time
	Detail   string // for the operator, e.g. the last error
	Audience Audience
}
