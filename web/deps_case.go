package web

import (
	"context"
	"time"

	"menshen"
)

// What the services of investigations answer from. Cases and contacts are named by id: the services look numbers and names
// up before. Looking into a case that is not approved, or has expired, is CodeDenied; a change made from an older revision
// is CodeConflict.

// CaseEdit is who changes what, and why.
type CaseEdit struct {
	Case     string // id
	Contact  string // id; "" where the case itself is changed
	By       string
	Why      string
	Revision uint64 // that the change was made from; 0 for whatever is there
}

// Cases keeps cases. Safe for concurrent use.
type Cases interface {
	// FindCase gives the head of a case by its id or number, also of one that nobody may look into: CodeNotFound for none.
	FindCase(ctx context.Context, asked string) (menshen.Case, error)
	// Cases gives the heads of those in a state, "" for all.
	Cases(ctx context.Context, state menshen.CaseState, limit int) ([]CaseView, error)
	CaseSummary(ctx context.Context, id string) (CaseSummary, error)
	// CaseHistory gives the changes of a case in order of time; of one contact where it is not "".
	// With them come the names of contacts, people and cases that they tell of by id.
	CaseHistory(ctx context.Context, id, contact string) ([]menshen.CaseChange, map[string]string, error)

	// RequestCase gives a case of its own to the contact of e where that names one.
	RequestCase(ctx context.Context, e CaseEdit, r CaseRequest) (menshen.Case, error)
	DecideCase(ctx context.Context, e CaseEdit, approve bool) (menshen.Case, error)
	ExtendCase(ctx context.Context, e CaseEdit, expires time.Time) (menshen.Case, error)
	CloseCase(ctx context.Context, e CaseEdit) (menshen.Case, error)
	ReopenCase(ctx context.Context, e CaseEdit) (menshen.Case, error)
}

// CaseRequest asks for a case.
type CaseRequest struct {
	Number  string
	Person  string // id
	Purpose string
	Expires time.Time
	menshen.Clinical
	Policy string // "id" for its latest version, or "id@version"; "" for the usual one
}

// CaseView is a case as lists show it: the head alone where nobody may look into it.
type CaseView struct {
	menshen.Case
	Name     string // of the index person
	Dwelling menshen.Dwelling
	Readable bool // open or closed, and not expired
	Expired  bool
	Contacts int // that count
}

// CaseSummary is a case with what belongs to it.
type CaseSummary struct {
	CaseView
	Window     menshen.Span // infectious
	PolicyName menshen.Text
	Tests      []menshen.LabTest // of the case itself
	Counts     []ContactCount
	Stays      []menshen.Stay // of the index person within the window; none where their passes are not at hand any more
	Passes     []menshen.Pass
	Missing    time.Time // passes of the window before it are not at hand; zero where all are
}

// ContactCount is how many contacts that count have a level and a status.
type ContactCount struct {
	Level    menshen.ContactLevel
	Status   menshen.ContactStatus
	Contacts int
}

// Judgements says who counts as a contact. Safe for concurrent use.
type Judgements interface {
	// Judge derives the contacts of a case anew and keeps them. SetClinical and SetCasePolicy do so too.
	Judge(ctx context.Context, e CaseEdit) (Judged, error)
	SetClinical(ctx context.Context, e CaseEdit, c menshen.Clinical) (Judged, error)
	SetCasePolicy(ctx context.Context, e CaseEdit, policy string) (Judged, error)
	// WhatIf compares another policy with the one of the case: a kept one, or the one in the YAML where policy is "".
	WhatIf(ctx context.Context, id, policy, yaml string) (WhatIf, error)
	// TraceCase asks the engine, and keeps nothing.
	TraceCase(ctx context.Context, q TraceQuestion) (TraceAnswer, error)
}

// Judged says what judging a case changed. Ids are of contacts.
type Judged struct {
	Case                              menshen.Case
	Window                            menshen.Span // infectious
	New, Changed, Withdrawn, Returned []string
	Same                              int
	Doubles                           []Double  // to be merged
	Held                              []string  // count no longer, but are under observation or isolated
	HeldNames                         []string  // of Held, in its order
	Kept                              []string  // left as they were, since their passes are not at hand any more
	Missing                           time.Time // passes of the window before it are not at hand; zero where all are
	NotJudged                         error     // why contacts stayed as they were though the case was changed; nil where they were judged
}

// Double is two records of one person: one derived, one from an interview.
type Double struct{ Person, Derived, Interview string }

// WhatIf is two policies on one case.
type WhatIf struct {
	Before, After                menshen.PolicyRef
	BeforeWindow, AfterWindow    menshen.Span
	Missing                      time.Time // passes of a window before it are not at hand; zero where all are
	Entered, Left, Changed, Same int
	People                       []Differing // entered, left, changed
}

// Differing is somebody of whom two policies make different things.
type Differing struct {
	Person                            string
	Name                              string
	Dwelling                          menshen.Dwelling
	Change                            string // entered, left or changed
	LevelBefore, LevelAfter           menshen.ContactLevel
	RiskBefore, RiskAfter             string
	GenerationBefore, GenerationAfter int
	Words                             menshen.Text // why
}

// TraceQuestion asks the engine about cases.
type TraceQuestion struct {
	Cases       []string // ids: one, or several of an outbreak
	Policy      string   // that of the first case if ""
	Generations int      // the policy's if 0
	Backward    bool
}

// TraceAnswer is what the engine finds.
type TraceAnswer struct {
	Window  menshen.Span // of the first case
	Missing time.Time    // passes of the window before it are not at hand; zero where all are
	Policy  menshen.PolicyRef
	People  []Reached // by generation, then by Exposed
}

// Reached is one person of an answer, with the best path in words.
type Reached struct {
	Person     string
	Index      string // the index person with whom the path begins; asked backward, ends
	Generation int
	Level      menshen.ContactLevel
	Risk, Rule string
	Exposed    time.Time
	Sureness   float64 // 0 … 1, of the path
	Path       []menshen.Hop
	Words      menshen.Text
}

// CaseContacts keeps the contacts of cases. Safe for concurrent use.
type CaseContacts interface {
	// CaseContacts gives a page of contacts without their paths, and how many there are on all pages.
	CaseContacts(ctx context.Context, id string, q ContactQuery) ([]ContactView, int, error)
	// FindContact gives the contact of a case by its id, or by the person's id or name.
	FindContact(ctx context.Context, id, asked string) (menshen.CaseContact, error)
	Contact(ctx context.Context, id string) (ContactView, error)
	AddContact(ctx context.Context, e CaseEdit, c NewContact) (menshen.CaseContact, error)
	SetContactStatus(ctx context.Context, e CaseEdit, s StatusChange) (menshen.CaseContact, error)
	SetContactOwner(ctx context.Context, e CaseEdit, owner string) (menshen.CaseContact, error)
	// SetContactLevel sets a level by hand; "": the policy's again, from the next judging on.
	SetContactLevel(ctx context.Context, e CaseEdit, level menshen.ContactLevel) (menshen.CaseContact, error)
	SetContactNote(ctx context.Context, e CaseEdit, note string) (menshen.CaseContact, error)
	// EraseContact takes the name and telephone of somebody from an interview out.
	EraseContact(ctx context.Context, e CaseEdit) (menshen.CaseContact, error)
	// SetContactFollow sets the first and last day of the plan, "2020-03-01"; both "": the policy's again.
	SetContactFollow(ctx context.Context, e CaseEdit, from, to string) (menshen.CaseContact, error)
	// MergeContacts joins the record of e.Contact to another one, and gives that.
	MergeContacts(ctx context.Context, e CaseEdit, into string) (menshen.CaseContact, error)
}

// ContactQuery selects contacts of a case; zero fields select all that count.
type ContactQuery struct {
	Status     menshen.ContactStatus
	Level      menshen.ContactLevel
	Generation int
	Source     menshen.ContactSource
	Owner      string
	All        bool // those withdrawn and those merged into others too
	Offset     int
	Limit      int
}

// ContactView is a contact as lists show it.
type ContactView struct {
	menshen.CaseContact // Name is that of the registry where Person is set
	Dwelling            menshen.Dwelling
	Missed              []string          // days of the plan that are over and have no record, or one of somebody not reached
	Latest              *menshen.FollowUp // nil for none
	Words               menshen.Text      // of the path; empty without it
}

// NewContact is somebody whom an interview named: a person of the registry, or a name with a telephone.
type NewContact struct {
	Person   string // id
	Name     string
	Phone    menshen.Secret
	Level    menshen.ContactLevel // close if ""
	Risk     string               // medium if ""
	From, To time.Time            // of the exposure; both zero where nobody knows
	Note     string
}

// StatusChange says what is done about a contact.
type StatusChange struct {
	Status menshen.ContactStatus
	From   time.Time // of home observation or isolation: now if zero
	To     time.Time // when it is to end: by the policy if zero
}

// LabTests keeps tests of cases and contacts. What the policy suggests after one is told in words; nothing is changed by it.
// Safe for concurrent use.
type LabTests interface {
	LabTests(ctx context.Context, id, contact string) ([]menshen.LabTest, error)
	AddTest(ctx context.Context, e CaseEdit, t menshen.LabTest) (menshen.LabTest, []menshen.Text, error)
	SetTestResult(ctx context.Context, e CaseEdit, test string, r menshen.LabTestResult) (menshen.LabTest, []menshen.Text, error)
}

// FollowUps keeps what each day brings of contacts. Safe for concurrent use.
type FollowUps interface {
	RecordFollowUp(ctx context.Context, e CaseEdit, f FollowUpEntry) (FollowUpResult, error)
	FollowUps(ctx context.Context, contact string) ([]menshen.FollowUp, error)
	// Due gives who must be followed up on a day, today for "", of an owner or of all for "".
	Due(ctx context.Context, day, owner string) (string, []DueEntry, error)
	FollowUpLink(ctx context.Context, e CaseEdit) (NewLink, error)
	// EndFollowUpLinks makes those of e.Contact good no more.
	EndFollowUpLinks(ctx context.Context, e CaseEdit) error
	// OpenFollowUpLink tells what a link is for: CodeNotFound for none, or one that is over. FollowUpByLink fills it in, once a
	// day: CodeConflict where today's is in.
	OpenFollowUpLink(ctx context.Context, token string) (FollowUpPage, error)
	FollowUpByLink(ctx context.Context, token string, f FollowUpEntry) (FollowUpResult, error)
}

// FollowUpEntry is what somebody reports of a contact.
type FollowUpEntry struct {
	Day      string  // 2020-03-01; today at the site if ""
	Celsius  float64 // 0 for not measured
	Symptoms []string
	Reached  bool
	Note     string
}

// FollowUpResult says what became of a follow-up.
type FollowUpResult struct {
	FollowUp menshen.FollowUp
	Replaced bool // another one of the day: it is in the history
	Fever    bool
	Alerted  bool
}

// DueEntry is one visit of a day's list.
type DueEntry struct {
	Contact   ContactView
	Number    string // of the case
	Phone     menshen.Secret
	Day       int               // 1 for the first day of the plan
	Days      int               // of the plan
	Yesterday *menshen.FollowUp // nil for none
	Today     *menshen.FollowUp // nil while to do
}

// FollowUpPage is what a contact's link shows. Who opens it is not known.
type FollowUpPage struct {
	Name        string // masked
	Day         string // today at the site, 2020-03-01
	First, Last string // day of the plan
	Done        bool   // today's report is in
}

// CaseExports makes files of cases. Safe for concurrent use.
type CaseExports interface {
	ExportCase(ctx context.Context, q ExportQuestion) (Export, error)
}

// ExportQuestion asks for a file of a case.
type ExportQuestion struct {
	Case        string // id
	Table       string // contacts, cases, follow_up or chain
	Format      string // csv, xlsx, json or html
	Language    string // zh, en, or "" for both
	Purpose     string
	Particulars bool // telephone and document numbers too
	By          string
}

// TracingPolicies keeps the policies that contacts are judged by. Safe for concurrent use.
type TracingPolicies interface {
	// TracingPolicies gives all versions.
	TracingPolicies(ctx context.Context) ([]TracingPolicy, error)
	// TracingPolicyText gives the YAML of one.
	TracingPolicyText(ctx context.Context, policy string) (TracingPolicy, string, error)
	// PutTracingPolicy keeps a new version, or with dryRun only checks it.
	PutTracingPolicy(ctx context.Context, yaml, note string, dryRun bool, by string) (TracingPolicy, error)
}

// TracingPolicy is a version of a policy.
type TracingPolicy struct {
	menshen.PolicyRef
	Name   menshen.Text
	About  menshen.Text
	Source string
	By     string // "" for one that comes with Menshen
	At     time.Time
	Note   string
	Latest bool // of its id
	Usual  bool // of cases that name none
}

// Investigations is what investigators' questions are answered from.
type Investigations struct {
	Cases           Cases
	Judgements      Judgements
	CaseContacts    CaseContacts
	LabTests        LabTests
	FollowUps       FollowUps
	CaseExports     CaseExports
	TracingPolicies TracingPolicies
	Photographs     PhotographSearch
}
