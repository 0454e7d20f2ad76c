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

// Audience says who at the site may be told something.
type Audience string

const (
	AudienceAll   Audience = ""      // whoever looks after the site, guards too
	AudienceCases Audience = "cases" // who works on cases: operator, office and investigators
)

// Alert (告警) is something that somebody must look at now.
type Alert struct {
	Kind     AlertKind
	Audience Audience
	Person   string // id of whom it is about; "" for nobody
	Subject  string // what tells it from others of its kind where Person and Gate do not, e.g. the id of a contact
	Gate     string // where; "" for nowhere in particular
	At       time.Time
	Text     Text // in whole, for people
}
