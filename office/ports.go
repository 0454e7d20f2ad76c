package office

import (
	"context"
	"iter"
	"time"

	"menshen"
	"menshen/store"
)

// Store keeps everything that the office writes. It is the sum of the small stores below. Safe for concurrent use; every
// error is a *menshen.Error.
type Store interface {
	PeopleStore
	PermitStore
	HealthStore
	FormStore
	VisitStore
	CredentialStore
	ConsentStore
	PackStore
	SettingStore
}

// PeopleStore keeps people and households.
type PeopleStore interface {
	Person(ctx context.Context, id string) (menshen.Person, error)
	People(ctx context.Context) iter.Seq2[menshen.Person, error]
	FindPeople(ctx context.Context, query string, limit int) ([]store.Entry, error)
	PeopleByID(ctx context.Context, ids []string) (map[string]store.Entry, error)
	PeopleByPhone(ctx context.Context, phone string) ([]menshen.Person, error)
	PeopleByDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error)
	PutPerson(ctx context.Context, p menshen.Person, with *menshen.Particulars) error
	PutPeople(ctx context.Context, records []store.Record) error // all or nothing
	Particulars(ctx context.Context, person string) (menshen.Particulars, error)
	PutHousehold(ctx context.Context, h menshen.Household) (string, error)
	Households(ctx context.Context, query string, limit int) ([]menshen.Household, error)
	HouseholdPeople(ctx context.Context, household string) ([]menshen.Person, error)
}

// PermitStore keeps permits.
type PermitStore interface {
	AddPermit(ctx context.Context, p menshen.Permit) error
	ReplacePermit(ctx context.Context, old, next menshen.Permit) error
	RevokePermit(ctx context.Context, id string, at time.Time, by, reason string) (menshen.Permit, error)
	Permit(ctx context.Context, id string) (menshen.Permit, error)
	Permits(ctx context.Context, f store.PermitFilter) iter.Seq2[menshen.Permit, error]
}

// HealthStore keeps health states and temperatures.
type HealthStore interface {
	SetHealth(ctx context.Context, h menshen.Health) error
	Health(ctx context.Context, person string) (menshen.Health, error)
	HealthRecords(ctx context.Context, state menshen.HealthState) iter.Seq2[menshen.Health, error]
	AddTemperature(ctx context.Context, t menshen.Temperature) error
	Temperatures(ctx context.Context, f store.TemperatureFilter) iter.Seq2[menshen.Temperature, error]
}

// FormStore keeps questionnaires, what was answered, and links without an account.
type FormStore interface {
	AddForm(ctx context.Context, f menshen.Form) error
	Forms(ctx context.Context) ([]menshen.Form, error)
	Form(ctx context.Context, id string, version int) (menshen.Form, error)
	AddFormAnswer(ctx context.Context, a menshen.FormAnswer, h *menshen.Health) error
	FormAnswers(ctx context.Context, f store.AnswerFilter) iter.Seq2[menshen.FormAnswer, error]
	AddLink(ctx context.Context, l store.Link) error
	Link(ctx context.Context, hash []byte) (store.Link, error)
	UseLink(ctx context.Context, hash []byte, at time.Time) error
}

// VisitStore keeps visits and deliveries, and has the passes by which visits are followed.
type VisitStore interface {
	AddVisit(ctx context.Context, v menshen.Visit, visitor menshen.Person, with menshen.Particulars, reading *menshen.Temperature) error
	ChangeVisit(ctx context.Context, v menshen.Visit, permit *menshen.Permit) error
	EndVisit(ctx context.Context, v menshen.Visit, at time.Time, by, reason string) error
	Visit(ctx context.Context, id string) (menshen.Visit, error)
	Visits(ctx context.Context, f store.VisitFilter) iter.Seq2[menshen.Visit, error]
	Passes(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error]
	AddDelivery(ctx context.Context, d menshen.Delivery) error
	ChangeDelivery(ctx context.Context, d menshen.Delivery) error
	Delivery(ctx context.Context, id string) (menshen.Delivery, error)
	Deliveries(ctx context.Context, f store.DeliveryFilter) iter.Seq2[menshen.Delivery, error]
}

// CredentialStore keeps credentials.
type CredentialStore interface {
	AddCredential(ctx context.Context, c menshen.Credential) error
	RevokeCredential(ctx context.Context, id string, at time.Time) error
	Credential(ctx context.Context, id string) (menshen.Credential, error)
	Credentials(ctx context.Context, person string) iter.Seq2[menshen.Credential, error]
}

// ConsentStore keeps what people are told of the use of their face, and what they said to it.
type ConsentStore interface {
	AddConsentText(ctx context.Context, t menshen.ConsentText, after int) (version int, err error)
	ConsentTexts(ctx context.Context) ([]menshen.ConsentText, error)
	AddConsent(ctx context.Context, c menshen.Consent) error
	Consents(ctx context.Context, person string) ([]menshen.Consent, error)
	Consent(ctx context.Context, id string) (menshen.Consent, error)
}

// PackStore keeps who asked for the passes of whom, for that person.
type PackStore interface {
	AddPackRequest(ctx context.Context, r menshen.PackRequest) error
	ChangePackRequest(ctx context.Context, seen, next menshen.PackRequest) error // CodeConflict where it is not as it was seen
	PackRequest(ctx context.Context, id string) (menshen.PackRequest, error)
	PackRequests(ctx context.Context, f store.PackFilter) iter.Seq2[menshen.PackRequest, error]
}

// SettingStore keeps what is set of gates, site and policy, and what guards add to passes.
type SettingStore interface {
	AddRules(ctx context.Context, r menshen.RuleText, at time.Time) (uint64, error)
	Rules(ctx context.Context, version uint64) (menshen.RuleText, error)
	RuleHistory(ctx context.Context) ([]store.RuleVersion, error)
	SetGates(ctx context.Context, settings ...menshen.GateSetting) error
	GateSettings(ctx context.Context) (map[string]menshen.GateState, error)
	SetSite(ctx context.Context, s menshen.SiteSetting) error
	SiteSetting(ctx context.Context) (menshen.SiteSetting, error)
	AddAnnotation(ctx context.Context, a menshen.Annotation) error
	Annotations(ctx context.Context, f store.AnnotationFilter) iter.Seq2[menshen.Annotation, error]
}

// Policy tells the figures of the policy in force. Safe for concurrent use.
type Policy interface {
	ObservationDays() int // of home observation, e.g. 14
	Fever() float64       // °C from which a temperature is fever
}

// Signer makes the codes of permits. Safe for concurrent use.
type Signer interface {
	// PermitCode gives the text of a permit's QR; sheet is for print, which is good as long as the permit.
	PermitCode(p menshen.Permit, sheet bool) (string, error)
}

// Numbers makes what is kept of PINs, cards and QR keys. Safe for concurrent use.
type Numbers interface {
	// Hash gives the 32 bytes that are kept of a number, however it is written; CodeInvalid for what is none.
	Hash(kind menshen.CredentialKind, number string) ([]byte, error)
	// NewQRKey makes a key pair: the public key, 32 bytes, and the secret half as text for the person's device.
	NewQRKey(credential string) (public []byte, secret menshen.Secret, err error)
}

// RuleChecker knows what rules of the policy may say. Safe for concurrent use.
type RuleChecker interface {
	CheckRules(yaml string) error // CodeInvalid with the place that is wrong
}

// Alerter tells people what they must look at now. It must not wait for them. Safe for concurrent use.
type Alerter interface {
	Alert(ctx context.Context, a menshen.Alert)
}
