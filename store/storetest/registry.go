package storetest

import (
	"context"
	"iter"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// Registry is the part of a site's database that access control is about.
type Registry interface {
	PutPerson(ctx context.Context, p menshen.Person, particulars *menshen.Particulars) error
	PutPeople(ctx context.Context, records []store.Record) error
	Particulars(ctx context.Context, person string) (menshen.Particulars, error)
	PeopleByPhone(ctx context.Context, phone string) ([]menshen.Person, error)
	PeopleByDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error)
	PutHousehold(ctx context.Context, h menshen.Household) (id string, err error)
	Households(ctx context.Context, query string, limit int) ([]menshen.Household, error)
	HouseholdPeople(ctx context.Context, household string) ([]menshen.Person, error)
	Household(ctx context.Context, id string) (menshen.Household, error)
	Residences(ctx context.Context) iter.Seq2[store.Residence, error]

	AddPermit(ctx context.Context, p menshen.Permit) error
	AddPermits(ctx context.Context, permits []menshen.Permit) error
	ReplacePermit(ctx context.Context, old, next menshen.Permit) error
	RevokePermit(ctx context.Context, id string, at time.Time, by, reason string) (menshen.Permit, error)
	Permit(ctx context.Context, id string) (menshen.Permit, error)
	Permits(ctx context.Context, f store.PermitFilter) iter.Seq2[menshen.Permit, error]

	SetHealth(ctx context.Context, h menshen.Health) error
	Health(ctx context.Context, person string) (menshen.Health, error)
	HealthRecords(ctx context.Context, state menshen.HealthState) iter.Seq2[menshen.Health, error]
	AddTemperature(ctx context.Context, t menshen.Temperature) error
	Temperatures(ctx context.Context, f store.TemperatureFilter) iter.Seq2[menshen.Temperature, error]
	AddForm(ctx context.Context, f menshen.Form) error
	Forms(ctx context.Context) ([]menshen.Form, error)
	Form(ctx context.Context, id string, version int) (menshen.Form, error)
	AddFormAnswer(ctx context.Context, a menshen.FormAnswer, h *menshen.Health) error
	FormAnswers(ctx context.Context, f store.AnswerFilter) iter.Seq2[menshen.FormAnswer, error]

	AddVisit(ctx context.Context, v menshen.Visit, p menshen.Person, particulars menshen.Particulars, reading *menshen.Temperature) error
	ChangeVisit(ctx context.Context, v menshen.Visit, permit *menshen.Permit) error
	EndVisit(ctx context.Context, v menshen.Visit, at time.Time, by, reason string) error
	Visit(ctx context.Context, id string) (menshen.Visit, error)
	Visits(ctx context.Context, f store.VisitFilter) iter.Seq2[menshen.Visit, error]
	AddDelivery(ctx context.Context, d menshen.Delivery) error
	ChangeDelivery(ctx context.Context, d menshen.Delivery) error
	Delivery(ctx context.Context, id string) (menshen.Delivery, error)
	Deliveries(ctx context.Context, f store.DeliveryFilter) iter.Seq2[menshen.Delivery, error]

	AddCredential(ctx context.Context, c menshen.Credential) error
	RevokeCredential(ctx context.Context, id string, at time.Time) error
	Credential(ctx context.Context, id string) (menshen.Credential, error)
	Credentials(ctx context.Context, person string) iter.Seq2[menshen.Credential, error]

	AddRules(ctx context.Context, r menshen.RuleText, at time.Time) (version uint64, err error)
	Rules(ctx context.Context, version uint64) (menshen.RuleText, error)
	RuleHistory(ctx context.Context) ([]store.RuleVersion, error)
	SetGates(ctx context.Context, gates ...menshen.GateSetting) error
	GateSettings(ctx context.Context) (map[string]menshen.GateState, error)
	SetSite(ctx context.Context, s menshen.SiteSetting) error
	SiteSetting(ctx context.Context) (menshen.SiteSetting, error)
	SetPermitSeed(ctx context.Context, seed []byte) error
	PermitSeed(ctx context.Context) ([]byte, error)

	AddAnnotation(ctx context.Context, a menshen.Annotation) error
	Annotations(ctx context.Context, f store.AnnotationFilter) iter.Seq2[menshen.Annotation, error]
	AddLink(ctx context.Context, l store.Link) error
	EndLinks(ctx context.Context, purpose, subject string) (int, error)
	Link(ctx context.Context, hash []byte) (store.Link, error)
	UseLink(ctx context.Context, hash []byte, at time.Time) error

	Changes(ctx context.Context, after uint64, limit int) (changes []menshen.Change, latest uint64, err error)
	Changed() <-chan struct{}
}

// registryTests are the part of the suite for a Registry.
func registryTests() []siteTest {
	return []siteTest{
		{"PutPerson", putPerson},
		{"PutPersonIsAtomic", putPersonIsAtomic},
		{"Documents", documents},
		{"Households", householdsFound},
		{"PermitRoundTrip", permitRoundTrip},
		{"PermitRefuses", permitRefuses},
		{"ReplaceAndRevokePermits", replaceAndRevoke},
		{"PermitFilter", permitFilter},
		{"Health", health},
		{"Temperatures", temperatures},
		{"RemoveRecords", removeRecords},
		{"Forms", forms},
		{"FormAnswers", formAnswers},
		{"Visits", visits},
		{"VisitsAreAtomic", visitsAreAtomic},
		{"VisitsEnd", visitsEnd},
		{"Deliveries", deliveries},
		{"Credentials", credentials},
		{"Rules", rules},
		{"GateSettings", gateSettings},
		{"SiteSetting", siteSetting},
		{"Annotations", annotations},
		{"Links", links},
		{"ChangesOfEveryKind", changesOfEveryKind},
		{"ChangesAreCompact", changesAreCompact},
		{"ChangesInPortions", changesInPortions},
		{"ChangesOfARemoval", changesOfARemoval},
		{"ChangedWakes", changedWakes},
		{"ChangesWhileWriting", changesWhileWriting},
	}
}

// siteTest is one test of the suite.
type siteTest struct {
	name string
	test func(*testing.T, Store)
}
