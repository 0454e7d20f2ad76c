package casebook

import (
	"context"
	"iter"
	"time"

	"menshen"
	"menshen/store"
)

// Store keeps all that a Book writes, and reads the registry for it. Safe for concurrent use; every error is a
// *menshen.Error. *sqlite.Site is one.
type Store interface {
	CaseStore
	PolicyStore
	LinkStore
	Health(ctx context.Context, person string) (menshen.Health, error)
	Household(ctx context.Context, id string) (menshen.Household, error)
	HouseholdPeople(ctx context.Context, household string) ([]menshen.Person, error)
	PeopleByID(ctx context.Context, ids []string) (map[string]store.Entry, error)
	PeopleByPhone(ctx context.Context, phone string) ([]menshen.Person, error)
}

// CaseStore keeps cases, contacts, tests, follow-ups and their history.
type CaseStore interface {
	WriteCase(ctx context.Context, w store.CaseWrite) error // all or nothing
	Case(ctx context.Context, ref string) (menshen.Case, error)
	Cases(ctx context.Context, f store.CaseFilter) iter.Seq2[menshen.Case, error]
	CaseContact(ctx context.Context, id string) (store.ContactEntry, error)
	CaseContacts(ctx context.Context, f store.ContactFilter) iter.Seq2[store.ContactEntry, error]
	CountCaseContacts(ctx context.Context, f store.ContactFilter) (int, error)
	ContactCounts(ctx context.Context) (map[string]int, error)
	LabTests(ctx context.Context, f store.LabTestFilter) iter.Seq2[menshen.LabTest, error]
	FollowUps(ctx context.Context, f store.FollowUpFilter) iter.Seq2[menshen.FollowUp, error]
	ReachedDays(ctx context.Context, caseID string) (map[string]string, error) // by contact, with spaces between
	CaseChanges(ctx context.Context, caseID, contact string) iter.Seq2[menshen.CaseChange, error]
	CaseOrders(ctx context.Context) iter.Seq2[store.CaseOrder, error]
	EndCaseOrder(ctx context.Context, id string) error
	RemoveCase(ctx context.Context, id string) error // with all that is its
}

// PolicyStore keeps the versions of policies.
type PolicyStore interface {
	AddTracingPolicy(ctx context.Context, p store.TracingPolicy) (version uint64, err error)
	TracingPolicy(ctx context.Context, id string, version uint64) (store.TracingPolicy, error) // version 0: the latest
	TracingPolicies(ctx context.Context) ([]store.TracingPolicy, error)                        // the latest of each id first
}

// LinkStore keeps links without an account.
type LinkStore interface {
	AddLink(ctx context.Context, l store.Link) error
	Link(ctx context.Context, hash []byte) (store.Link, error)
	EndLinks(ctx context.Context, purpose, subject string) (int, error)
}

// Registry finds people as people name them. *office.Office is one.
type Registry interface {
	// Person gives the person of an id, or of a name that only one person bears.
	Person(ctx context.Context, ref string) (menshen.Person, error)
}

// Health puts people into health states, so that gates follow. The adapter in cmd calls office.SetHealth.
type Health interface {
	SetHealth(ctx context.Context, o HealthOrder) error
}

// HealthOrder is a state that a case puts somebody into.
type HealthOrder struct {
	Person string // id
	State  menshen.HealthState
	Since  time.Time
	Until  time.Time // of home observation: zero for as long as the access policy says; zero for other states
	Reason string
	By     string
}

// Alerter tells people what they must look at now. It must not wait for them. Safe for concurrent use.
type Alerter interface {
	Alert(ctx context.Context, a menshen.Alert)
}
