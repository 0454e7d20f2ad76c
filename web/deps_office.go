package web

import (
	"context"
	"time"

	"menshen"
)

// What the services of the office answer from. People are named by id: the services look names up before. Whoever does
// something is named by, as the audit log has them.

// Registry keeps people with what the office knows of them, and households. Safe for concurrent use.
type Registry interface {
	// Record gives everything that is kept of a person: CodeNotFound for nobody.
	Record(ctx context.Context, person string) (PersonRecord, error)
	// PutPerson makes a person where the id is empty, or changes one. nil leaves particulars as they are.
	// CodeConflict where the person has another revision than the one that was seen; "" is any.
	PutPerson(ctx context.Context, p menshen.Person, particulars *menshen.Particulars, seen string) (menshen.Person, error)
	// FindByDocument finds who has an identity document.
	FindByDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error)
	// Households gives at most limit households whose dwelling, or the name of somebody in it, has the query as a part.
	Households(ctx context.Context, query string, limit int) ([]HouseholdView, error)
	// PutHousehold makes or changes the household of a dwelling, and gives its id. CodeConflict as for people.
	PutHousehold(ctx context.Context, h menshen.Household, seen string) (string, error)
}

// PersonRecord is everything that is kept of a person.
type PersonRecord struct {
	Person      menshen.Person
	Particulars menshen.Particulars
	Health      menshen.Health
	Permits     []menshen.Permit // latest first
	Credentials []menshen.Credential
	Revision    string // of person and particulars
}

// HouseholdView is a household with the people in it.
type HouseholdView struct {
	menshen.Household
	People   []menshen.Person
	Revision string
}

// Tables takes and gives tables of people, CSV or XLSX. Refused rows are no error, and a dry run keeps nothing. Safe for
// concurrent use.
type Tables interface {
	ImportPeople(ctx context.Context, data []byte, dryRun bool) (ImportReport, error)
	// ExportPeople gives all people in a format, "csv" or "xlsx", with document numbers in clear only if asked.
	ExportPeople(ctx context.Context, format string, documents bool) (Export, error)
	// RegisterReturnees puts each person of a table under observation.
	RegisterReturnees(ctx context.Context, data []byte, dryRun bool, by string) (ReturneeReport, error)
}

// ImportReport says what became of the rows of a table of people.
type ImportReport struct {
	Rows, Added, Changed, Unchanged int
	Taken                           []RowResult
	Refused                         []RowRefusal
}

// ReturneeReport says what became of the rows of a table of returnees.
type ReturneeReport struct {
	Rows, Observed, Unchanged int
	Taken                     []RowResult
	Refused                   []RowRefusal
}

// RowResult is a row that was taken, and what became of it: added, changed, unchanged or observed.
type RowResult struct {
	Line     int
	Name     string
	Dwelling menshen.Dwelling
	Outcome  string
	Changed  []string
}

// RowRefusal is a row that was not taken. Line 1 is the heading.
type RowRefusal struct {
	Line   int
	Name   string
	Reason menshen.Text
	Hint   menshen.Text
}

// Export is a file for whoever asked for it.
type Export struct {
	Name string
	Data []byte
	Rows int
}

// Permits issues, renews and revokes permits by the office's rules. Safe for concurrent use.
type Permits interface {
	// IssuePermit fills in what is the office's: id, author, time.
	IssuePermit(ctx context.Context, p menshen.Permit, by string) (menshen.Permit, error)
	// RenewPermit ends a permit and issues the same one until another time.
	RenewPermit(ctx context.Context, id string, to time.Time, by string) (menshen.Permit, error)
	RevokePermit(ctx context.Context, id, reason, by string) (menshen.Permit, error)
	// Permits gives those of a query, latest issued first.
	Permits(ctx context.Context, q PermitQuery) ([]PermitView, error)
	// PrintPermits gives a page of HTML, complete in itself, with a sheet for each permit. language is zh, en, or "" for both.
	PrintPermits(ctx context.Context, ids []string, language string) ([]byte, error)
}

// PermitQuery selects permits; zero fields select all.
type PermitQuery struct {
	Person string
	Kind   menshen.PermitKind
	Valid  bool   // only those that are valid now
	Status string // valid, not_yet, expired or revoked; "" for all
	Among  *PermitSearch
	Limit  int
}

// PermitSearch selects permits of these holders, or with this in the plate.
type PermitSearch struct {
	Holders map[string]bool // ids
	Plate   string          // part of it, in capitals
}

// PermitView is a permit as lists show it.
type PermitView struct {
	menshen.Permit
	Name     string // of the holder
	Dwelling menshen.Dwelling
	Status   string // valid, not_yet, expired or revoked
}

// Credentials issues what counts as much as a face. Safe for concurrent use.
type Credentials interface {
	IssueCredential(ctx context.Context, r CredentialRequest) (CredentialIssued, error)
	RevokeCredential(ctx context.Context, id string) error
	Credentials(ctx context.Context, person string) ([]menshen.Credential, error)
}

// CredentialRequest asks for a credential.
type CredentialRequest struct {
	Person    string
	Kind      menshen.CredentialKind
	Card      menshen.Secret // the number, for a card
	PublicKey []byte         // 32 bytes, for a QR whose key was made on the person's device
	Label     string
}

// CredentialIssued is a credential with what is shown this once.
type CredentialIssued struct {
	Credential menshen.Credential
	Secret     menshen.Secret // "" where there is none
}
