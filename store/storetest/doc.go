// Package storetest is the contract that every database behind Menshen keeps, as tests: Run for the site's database and
// RunOutbox for the outbox,
// RunCopy for a gate post's copy of the registry. An implementation's own tests call them and add only what is particular to it, such as
// damaged files or a full disk.
package storetest

import (
	"context"
	"iter"
	"time"

	"menshen"
	"menshen/store"
)

// Store is all that a site's database does. Consumers declare the few methods they need; only the suite needs all.
type Store interface {
	AddPerson(ctx context.Context, p menshen.Person, templates []menshen.Template) error
	AddPeople(ctx context.Context, people []menshen.Person) error
	AddTemplates(ctx context.Context, templates []menshen.Template) error
	SetPersonState(ctx context.Context, id string, state menshen.PersonState) error
	RemovePerson(ctx context.Context, id string) error
	Person(ctx context.Context, id string) (menshen.Person, error)
	People(ctx context.Context) iter.Seq2[menshen.Person, error]
	FindPeople(ctx context.Context, query string, limit int) ([]store.Entry, error)
	PeopleByID(ctx context.Context, ids []string) (map[string]store.Entry, error)
	Templates(ctx context.Context, engine menshen.EngineID) iter.Seq2[menshen.Template, error]
	TemplatesOf(ctx context.Context, engine menshen.EngineID, person string) iter.Seq2[menshen.Template, error]
	RemoveTemplates(ctx context.Context, ids []string) error
	Untemplated(ctx context.Context, engine menshen.EngineID) iter.Seq2[store.Untemplated, error]
	AddPhotographs(ctx context.Context, person string, photos []menshen.Photograph) error
	RemovePhotographs(ctx context.Context, person string) (photographs int, err error)
	Photographs(ctx context.Context, person string) iter.Seq2[menshen.Photograph, error]
	TemplateEngines(ctx context.Context) (map[menshen.EngineID]int, error)
	SetCalibration(ctx context.Context, c menshen.Calibration) error
	Calibration(ctx context.Context, engine menshen.EngineID) (menshen.Calibration, error)

	CommitPasses(ctx context.Context, passes []menshen.Pass) (store.CommitResult, error)
	Passes(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error]
	SetAside(ctx context.Context) iter.Seq2[menshen.Pass, error]
	PassCount(ctx context.Context) (int, error)
	ReadPasses(ctx context.Context, since time.Time, r store.PassReader) (store.PassesRead, error)
	KeepPages(ctx context.Context, all bool) (written int, err error)
	PassedAfter(ctx context.Context, after uint64, since time.Time, limit int) (passes []menshen.Pass, next uint64, err error)
	Committed(ctx context.Context, gate string, sequences []uint64) ([]uint64, error)
	LastSequences(ctx context.Context) (map[string]uint64, error)

	Audit(ctx context.Context, e menshen.AuditEntry) error
	AuditEntries(ctx context.Context, f store.AuditFilter) iter.Seq2[menshen.AuditEntry, error]

	Registry
	Consents
	PackRequests
	CaseRecords

	Counts(ctx context.Context) (store.Counts, error)
	Close() error
}

// Copy is all that a gate post's copy of the registry does.
type Copy interface {
	Apply(ctx context.Context, changes []menshen.Change) error
	Revision(ctx context.Context) (uint64, error)
	All(ctx context.Context) iter.Seq2[menshen.Change, error]
	Reset(ctx context.Context) error
	NotePassed(ctx context.Context, cursor uint64, passes []menshen.Pass, forget time.Time) error
	PassedCursor(ctx context.Context) (uint64, error)
	Passed(ctx context.Context) iter.Seq2[menshen.Pass, error]
	Whole(ctx context.Context) (bool, error)
	SetWhole(ctx context.Context, at time.Time) error
	Audit(ctx context.Context, e menshen.AuditEntry) error
	AuditEntries(ctx context.Context, f store.AuditFilter) iter.Seq2[menshen.AuditEntry, error]
	Close() error
}

// Outbox is all that an outbox does.
type Outbox interface {
	Append(ctx context.Context, p menshen.Pass) (menshen.Pass, error)
	AppendMany(ctx context.Context, passes []menshen.Pass) ([]menshen.Pass, error)
	Pending(ctx context.Context, after int64, limit int) (passes []menshen.Pass, next int64, err error)
	Remove(ctx context.Context, gate string, sequences []uint64) error
	RemoveMany(ctx context.Context, sequences map[string][]uint64) error
	Import(ctx context.Context, passes []menshen.Pass, done int) ([]menshen.Pass, error)
	Imports(ctx context.Context) ([]menshen.Pass, error)
	Len(ctx context.Context) (int, error)
	Advance(ctx context.Context, last map[string]uint64) error
	Changed() <-chan struct{}
	Close() error
}
