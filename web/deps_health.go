package web

import (
	"context"
	"time"

	"menshen"
)

// Health keeps what an epidemic means for people. Safe for concurrent use.
type Health interface {
	// HealthList gives who is in a state, or for "" who in any but normal.
	HealthList(ctx context.Context, state menshen.HealthState) ([]HealthView, error)
	// HealthRules gives the °C from which a temperature is a fever, and the days of home observation.
	HealthRules() (fever float64, observationDays int)
	SetHealth(ctx context.Context, c HealthChange, by string) (menshen.Health, error)
	SetHealthCode(ctx context.Context, person string, code menshen.HealthCode, source, by string) (menshen.Health, error)
	// RecordTemperature reports whether it is a fever.
	RecordTemperature(ctx context.Context, t menshen.Temperature, by string) (menshen.Temperature, bool, error)
	// Temperatures gives those of a query, latest first.
	Temperatures(ctx context.Context, q TemperatureQuery) ([]menshen.Temperature, error)
}

// HealthChange puts somebody into a health state.
type HealthChange struct {
	Person string
	State  menshen.HealthState
	Since  time.Time // now if zero
	Until  time.Time // of observation: by the policy if zero
	Reason string
}

// HealthView is a health record as lists show it.
type HealthView struct {
	menshen.Health
	Name     string
	Dwelling menshen.Dwelling
}

// TemperatureQuery selects temperatures; zero fields select all.
type TemperatureQuery struct {
	Person string
	From   time.Time
	Fever  bool // only fever
}

// Forms keeps questionnaires and what was answered. Safe for concurrent use.
type Forms interface {
	// Forms gives the latest version of each.
	Forms(ctx context.Context) ([]menshen.Form, error)
	// FormText gives a form as the YAML that PutForm reads.
	FormText(f menshen.Form) (string, error)
	// PutForm keeps a new version of the questionnaire in the YAML; with dryRun it only checks it.
	PutForm(ctx context.Context, yaml string, dryRun bool) (menshen.Form, error)
	// SubmitForm checks answers and draws what follows from them.
	SubmitForm(ctx context.Context, form, person string, answers map[string]string, by string) (Submission, error)
	// FormAnswers gives those of a person and a form, "" for all, latest first.
	FormAnswers(ctx context.Context, person, form string, limit int) ([]menshen.FormAnswer, error)
}

// Submission is a form that was filled in, with the health of the person then.
type Submission struct {
	Answer menshen.FormAnswer
	Health menshen.Health
}

// Links opens a questionnaire or a visit to somebody without an account, who has its token. A link is good once and for a
// time; refused answers leave it good. CodeNotFound is no such link, or one that has expired; CodeConflict is one that was
// used. Safe for concurrent use.
type Links interface {
	CreateLink(ctx context.Context, r LinkRequest) (NewLink, error)
	// Open tells what a link is for. It does not use it up.
	Open(ctx context.Context, token string) (OpenLink, error)
	// Submit fills in the form of a link.
	Submit(ctx context.Context, token string, answers map[string]string) (Submission, error)
	// AnswerByLink answers the visit of a link in the host's name.
	AnswerByLink(ctx context.Context, token string, confirm bool) (VisitAnswered, error)
}

// LinkRequest asks for a link.
type LinkRequest struct {
	Purpose string        // linkForm or linkVisit
	Subject string        // id of the form or the visit
	Person  string        // who fills the form in
	For     time.Duration // how long it is good
}

// What links are for.
const (
	linkForm     = "form"
	linkVisit    = "visit"
	linkFollowUp = "follow_up" // made by FollowUps
)

// NewLink is a link that was made. Its token is shown this once.
type NewLink struct {
	Token   string
	Expires time.Time
}

// OpenLink is what a link is for: Form or Visit is set.
type OpenLink struct {
	Purpose string
	Name    string // masked: who fills the form in, or the host
	Form    *menshen.Form
	Visit   *VisitNotice
	Expires time.Time
}

// VisitNotice is what a host is told of a visit.
type VisitNotice struct {
	Visitor string // name
	Reason  string
	From    string // where they come from
	menshen.Span
	State menshen.VisitState
}
