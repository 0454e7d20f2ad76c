package web

import (
	"context"
	"time"

	"menshen"
)

// What the services of investigations answer from. Cases and contacts are named by id: the services look numbers and names up
// before. Looking into a case that is not approved, or has expired, is CodeDenied; a change that was made from an older
// revision CodeConflict.

// Cases keeps cases. Safe for concurrent use.
type Cases interface {
	// FindCase gives a case by its id or number, whether or not anybody may look into it: CodeNotFound for none.
	FindCase(ctx context.Context, asked string) (menshen.Case, error)
	// Cases gives those in a state, "" for all, latest requested first.
	Cases(ctx context.Context, state menshen.CaseState, limit int) ([]menshen.Case, error)
	// CaseSummary gives what a case's page shows.
	CaseSummary(ctx context.Context, id string) (CaseSummary, error)
	RequestCase(ctx context.Context, r CaseRequest, by string) (menshen.Case, error)
	DecideCase(ctx context.Context, id string, approve bool, why, by string) (menshen.Case, error)
	ExtendCase(ctx context.Context, e CaseEdit, expires time.Time) (menshen.Case, error)
	CloseCase(ctx context.Context, e CaseEdit) (menshen.Case, error)
	SetClinical(ctx context.Context, e CaseEdit, c menshen.Clinical) (menshen.Case, error)
	SetCasePolicy(ctx context.Context, e CaseEdit, policy menshen.PolicyRef) (menshen.Case, error)
	AddTest(ctx context.Context, t menshen.LabTest, why string) (menshen.LabTest, error)
	// CaseHistory gives the changes of a case in order of time; of one contact where it is not "".
	CaseHistory(ctx context.Context, id, contact string) ([]menshen.CaseChange, error)
}

// CaseRequest asks for a case.
type CaseRequest struct {
	Number   string
	Person   string // id
	Purpose  string
	Expires  time.Time // in 30 days if zero
	Clinical menshen.Clinical
	Policy   menshen.PolicyRef // the usual one if its id is ""
}

// CaseEdit is who changes what, and why.
type CaseEdit struct {
	Case     string
	Contact  string // "" where the case itself is changed
	Revision uint64 // that the change was made from; 0 for whatever is there
	Why      string
	By       string
}

// CaseSummary is a case with what belongs to it.
type CaseSummary struct {
	menshen.Case
	Window     menshen.Span // infectious
	PolicyName menshen.Text
	Tests      []menshen.LabTest // of the case itself
	Counts     []ContactCount
	Stays      []menshen.Stay // of the index person within the window
	Passes     []menshen.Pass
}

// ContactCount is how many contacts that count have a level and a status.
type ContactCount struct {
	Level    menshen.ContactLevel
	Status   menshen.ContactStatus
	Contacts int
}

// Judgements says who counts as a contact. Safe for concurrent use.
type Judgements interface {
	// Judge derives the contacts of a case anew and keeps them.
	Judge(ctx context.Context, e CaseEdit) (Judgement, error)
	// WhatIf compares another policy with the one of the case. yaml is used where policy has no id.
	WhatIf(ctx context.Context, id string, policy menshen.PolicyRef, yaml string) (Comparison, error)
	// TraceCase asks the engine, and keeps nothing.
	TraceCase(ctx context.Context, q TraceQuestion) (TraceAnswer, error)
}

// Judgement is what a judgement changed.
type Judgement struct {
	Case                                menshen.Case
	Added, Changed, Unchanged, Withdrawn int
}

// Comparison is two policies on one case.
type Comparison struct {
	Before, After                 menshen.PolicyRef
	ContactsBefore, ContactsAfter int
	Differences                   []Differing
}

// Differing is somebody of whom two policies make different things.
type Differing struct {
	Person                            string
	Kind                              string // entered, left or changed
	LevelBefore, LevelAfter           menshen.ContactLevel
	GenerationBefore, GenerationAfter int
	Words                             menshen.Text
}

// TraceQuestion asks the engine about a case.
type TraceQuestion struct {
	Case        string
	Policy      menshen.PolicyRef // the case's if its id is ""
	Generations int               // the policy's if 0
	Backward    bool
}

// TraceAnswer is what the engine finds.
type TraceAnswer struct {
	Window   menshen.Span
	Policy   menshen.PolicyRef
	Findings []TraceFinding
}

// TraceFinding is one person of an answer, with the best path in words.
type TraceFinding struct {
	Person                 string
	Generation             int
	Level                  menshen.ContactLevel
	Risk, Rule             string
	Exposed, First, Last   time.Time
	Together, Least        time.Duration
	Sureness               float64
	Path                   []menshen.Hop
	Words                  menshen.Text
}

// CaseContacts keeps the contacts of cases. Safe for concurrent use.
type CaseContacts interface {
	CaseContacts(ctx context.Context, q ContactQuery) ([]ContactView, error)
	// FindContact gives the contact of a case by its id, or by the id of the person; doubles only by their own id.
	FindContact(ctx context.Context, id, asked string) (ContactView, error)
	ContactTests(ctx context.Context, id, contact string) ([]menshen.LabTest, error)
	AddContact(ctx context.Context, e CaseEdit, c menshen.CaseContact) (ContactView, error)
	SetContactStatus(ctx context.Context, e CaseEdit, status menshen.ContactStatus) (ContactView, error)
	SetContactOwner(ctx context.Context, e CaseEdit, owner string) (ContactView, error)
	// MergeContacts joins the record of e.Contact to another one, and gives that.
	MergeContacts(ctx context.Context, e CaseEdit, into string) (ContactView, error)
	// PromoteContact asks for a case of its own; person and policy are taken from the contact where r leaves them out.
	PromoteContact(ctx context.Context, e CaseEdit, r CaseRequest) (menshen.Case, error)
}

// ContactQuery selects contacts of a case; zero fields select all.
type ContactQuery struct {
	Case       string
	Level      menshen.ContactLevel
	Status     menshen.ContactStatus
	Owner      string
	Generation int
	Withdrawn  bool // also those that count no longer, and doubles
}

// ContactView is a contact with its path in words.
type ContactView struct {
	menshen.CaseContact
	Words menshen.Text
}

// FollowUps keeps what each day brings of contacts. Safe for concurrent use.
type FollowUps interface {
	// RecordFollowUp reports whether it is a fever by the policy.
	RecordFollowUp(ctx context.Context, f menshen.FollowUp, by string) (menshen.FollowUp, bool, error)
	FollowUps(ctx context.Context, id, contact string) ([]menshen.FollowUp, error)
	// Due gives who must be followed up on a day, those to be done first. day "" is today, owner "" everybody's.
	Due(ctx context.Context, day, owner string) (string, []DueContact, error)
	CreateFollowUpLink(ctx context.Context, id, contact, by string) (NewLink, error)
	// OpenFollowUp tells what a link is for: CodeNotFound for none. FollowUpByLink fills it in: CodeConflict where today has
	// been reported.
	OpenFollowUp(ctx context.Context, token string) (OpenFollowUp, error)
	FollowUpByLink(ctx context.Context, token string, celsius float64, symptoms []string, note string) (menshen.FollowUp, bool, error)
}

// DueContact is somebody to be followed up.
type DueContact struct {
	CaseNumber string
	Contact    ContactView
	Phone      menshen.Secret
	Yesterday  *menshen.FollowUp // nil for none
	Today      *menshen.FollowUp // nil while it is to be done
	Missed     int               // days before without a follow-up
}

// OpenFollowUp is what a contact's link shows.
type OpenFollowUp struct {
	Name    string // masked
	Day     string // today at the site
	Done    bool   // today has been reported
	Expires time.Time
}

// CaseExports makes files of cases. Safe for concurrent use.
type CaseExports interface {
	ExportCase(ctx context.Context, q ExportQuestion) (Export, error)
}

// ExportQuestion asks for a file of a case.
type ExportQuestion struct {
	Case        string
	Table       string // contacts, cases, follow_up or chain; "" is contacts
	Format      string // csv, xlsx, json or html
	Language    string // zh, en, or "" for both
	Purpose     string
	Particulars bool // phone and document numbers too
	By          string
}

// TracingPolicies keeps the policies that contacts are judged by. Safe for concurrent use.
type TracingPolicies interface {
	// TracingPolicies gives the latest version of each, the usual one first.
	TracingPolicies(ctx context.Context) ([]TracingPolicy, error)
	// TracingPolicy gives one, the latest for version nil: CodeNotFound for none.
	TracingPolicy(ctx context.Context, id string, version *uint64) (TracingPolicy, error)
	// TracingPolicyVersions gives all versions of one, latest first.
	TracingPolicyVersions(ctx context.Context, id string) ([]TracingPolicy, error)
	PutTracingPolicy(ctx context.Context, yaml, note string, dryRun bool, by string) (TracingPolicy, error)
}

// TracingPolicy is a version of a policy.
type TracingPolicy struct {
	Ref         menshen.PolicyRef
	Name, About menshen.Text
	Source      string
	Generations int
	Usual       bool // of cases that name none
	YAML        string
	By          string
	At          time.Time
	Note        string
}

// Investigations is what investigators' questions are answered from.
type Investigations struct {
	Cases           Cases
	Judgements      Judgements
	CaseContacts    CaseContacts
	FollowUps       FollowUps
	CaseExports     CaseExports
	TracingPolicies TracingPolicies
}
