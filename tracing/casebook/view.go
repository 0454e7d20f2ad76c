package casebook

import (
	"time"

	"menshen"
	"menshen/tracing/policy"
)

// CaseRequest asks for a case. Person is an id, or a name that only one person bears.
type CaseRequest struct {
	Number  string
	Person  string
	Purpose string
	Expires time.Time
	menshen.Clinical
	Policy menshen.PolicyRef // Version 0: the latest version of the id; an empty ID: nhc-9
	Parent string            // case id or number; "" for none
}

// CaseView is a case as lists show it. Of one that may not be looked into (Readable false) it has the head alone: what the
// approver needs, without Clinical, Judged and Contacts.
type CaseView struct {
	menshen.Case
	Name     string // of the index person
	Dwelling menshen.Dwelling
	Readable bool // open or closed, and not expired
	Expired  bool
	Contacts int // that count: not withdrawn and not merged
}

// CaseQuery selects cases; zero fields select all.
type CaseQuery struct {
	State  menshen.CaseState
	Person string // id or name
	Limit  int    // 1 … 10000; 1000 if 0
}

// ContactQuery selects contacts of a case; zero fields select all that count.
type ContactQuery struct {
	Status     menshen.ContactStatus
	Level      menshen.ContactLevel
	Generation int
	Source     menshen.ContactSource
	Owner      string
	Person     string // id
	All        bool   // those withdrawn and those merged into others too
	Follow     bool   // with Missed and Latest, which costs time
	Offset     int
	Limit      int // 1 … 100000; Config.Listed if 0
}

// ContactView is a contact as lists show it. Lists leave Path out; Contact and Report have it.
type ContactView struct {
	menshen.CaseContact // Name is that of the registry where Person is set
	Dwelling            menshen.Dwelling
	Missed              []string          // days of the plan that are over and have no record, or one of somebody not reached
	Latest              *menshen.FollowUp // the last day that has a record, of Due yesterday or today; nil for none
}

// ContactList is a page of contacts.
type ContactList struct {
	Contacts []ContactView
	Total    int // that the query selects, on all pages
}

// JudgeResult says what judging a case changed. Ids are of contacts.
type JudgeResult struct {
	Case      menshen.Case
	Window    menshen.Span // infectious window
	New       []string
	Changed   []string
	Withdrawn []string
	Returned  []string // counted no longer before, and do again
	Same      int
	Missing   time.Time // passes of the window before it are not at hand, and were not judged; zero where all are
	Kept      []string  // left as they were, since the engine has their passes no longer
	// Doubles are people with a record from an interview beside the derived one: merge them.
	Doubles []Double
	// Held are contacts who count no longer and are under observation or isolated: release them, or say why not.
	Held      []string
	HeldNames []string // of Held, in its order: name and dwelling
	// NotJudged says why contacts stayed as they were, after SetClinical; nil where they were judged.
	NotJudged error
}

// Double is two records of one person.
type Double struct{ Person, Derived, Interview string }

// Difference is what another policy would make of one person.
type Difference struct {
	Person        string
	Name          string
	Dwelling      menshen.Dwelling
	Change        string       // entered, left or changed
	Before, After *Judgement   // nil before entering, and after leaving
	Words         menshen.Text // why, for people
}

// Judgement is what a policy makes of somebody.
type Judgement struct {
	Generation int
	Level      menshen.ContactLevel
	Risk       string
	Rule       string
	First      time.Time
	Last       time.Time
	Together   time.Duration
}

// WhatIf is two policies on one case. Nothing is changed by asking.
type WhatIf struct {
	Before, After             menshen.PolicyRef
	BeforeWindow, AfterWindow menshen.Span
	Missing                   time.Time // passes of a window before it are not at hand; zero where all are
	Entered, Left, Changed    int
	Same                      int
	People                    []Difference // entered, left, changed; in each by generation, level and id
}

// NewContact is somebody from an interview: a person of the registry (id or name), or a name with a phone.
type NewContact struct {
	Person   string // id or name; "" for somebody whom the registry does not have
	Name     string
	Phone    menshen.Secret
	Level    menshen.ContactLevel // close if ""
	Risk     string               // high, medium or low; medium if ""
	From, To time.Time            // of the exposure; both zero where nobody knows
	Note     string               // where and how they met
}

// StatusChange says what is done about a contact.
type StatusChange struct {
	Status menshen.ContactStatus
	From   time.Time // of home observation or isolation: now if zero
	To     time.Time // when it is to end: by the policy if zero
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
	Number    string            // of the case
	Day       int               // 1 for the first day of the plan
	Days      int               // of the plan
	Yesterday *menshen.FollowUp // nil for none
	Today     *menshen.FollowUp // nil while to do
}

// Link is a link for a contact to report by. Only the hash of the token is kept: it cannot be shown again.
type Link struct {
	Token   string // 43 characters of A–Z, a–z, 0–9, - and _; a secret
	Expires time.Time
}

// LinkPage is what such a link shows. Who opens it is not known, so it names the contact by their first character alone,
// and no case.
type LinkPage struct {
	Name  string // masked, e.g. 王*
	Day   string // today at the site, 2020-03-01
	First string // day of the plan
	Last  string
	Done  bool // today's report is in
}

// TestResult says what became of a test.
type TestResult struct {
	Test      menshen.LabTest
	Proposals []Proposal // also alerted to the office; nothing is changed by them
}

// Proposal is something that the policy suggests and people decide.
type Proposal struct {
	Kind     string   // promote: make the contact a case; raise: make contacts of theirs close ones
	Contact  string   // id: who tested positive
	Contacts []string // of kind raise: ids of the secondary contacts through them
	Text     menshen.Text
}

// Report is everything of a case that a 流调报告 prints, but the movements, which tracing has for Window.
type Report struct {
	Case      CaseView
	Policy    *policy.Policy
	Window    menshen.Span
	Tests     []menshen.LabTest // the case's own and its contacts', by time of sampling
	Contacts  []ContactView     // with paths; withdrawn and merged ones too
	FollowUps map[string][]menshen.FollowUp
	History   []menshen.CaseChange
}

// PolicyVersion is a version of a policy in a list.
type PolicyVersion struct {
	menshen.PolicyRef
	Name    menshen.Text
	About   menshen.Text
	Source  string
	By      string // "" for one that comes with Menshen
	At      time.Time
	Note    string
	Latest  bool // of its id
	Builtin bool
}
