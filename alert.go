package menshen

import "time"

// AlertKind says what people at the site must be told at once.
type AlertKind string

const (
	AlertFever             AlertKind = "fever"              // a temperature of the policy's fever or more
	AlertOverdueVisit      AlertKind = "overdue_visit"      // a visitor is still inside after their time
	AlertObservationOver   AlertKind = "observation_over"   // home observation ended by time
	AlertObservationBroken AlertKind = "observation_broken" // somebody under observation or isolated is at a gate
	AlertIsolation         AlertKind = "isolation"          // somebody is isolated from now on
	AlertHelp              AlertKind = "help"               // a guard calls for help
	AlertSymptoms          AlertKind = "symptoms"           // a contact of a case has symptoms
	AlertPositive          AlertKind = "positive"           // a contact of a case tested positive
	AlertContact           AlertKind = "contact"            // something of a contact is to be decided, e.g. isolated and counting no longer
)

// Alert (告警) is something that somebody must look at now.
type Alert struct {
	Kind   AlertKind
	Person string // id of whom it is about; "" for nobody
	Gate   string // where; "" for nowhere in particular
	At     time.Time
	Text   Text // in whole, for people
}
