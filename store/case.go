package store

import (
	"time"

	"menshen"
)

// CaseWrite is what one act changes of cases: all of it or nothing.
//
// Cases and Contacts are as they are to be; their Revision is the one they were read at, 0 for a new one, and is one more
// once written. Each of them needs an entry in Changes.
type CaseWrite struct {
	Cases     []menshen.Case
	Contacts  []menshen.CaseContact
	Tests     []menshen.LabTest  // new, or in place of the one with the id
	FollowUps []menshen.FollowUp // each in place of the one of its contact and day
	Moves     []ContactMove      // after everything else
	Orders    []CaseOrder        // new
	Changes   []menshen.CaseChange
}

// ContactMove makes follow-ups and tests of one contact those of another. Of a day that both have, the later one stays.
type ContactMove struct{ From, To string }

// CaseOrder is a health state that a case put somebody into, until the registry has it.
type CaseOrder struct {
	ID      string
	Contact string
	menshen.Health
}

// CaseFilter selects cases; zero fields select all.
type CaseFilter struct {
	State  menshen.CaseState
	Person string
	Parent string
	Latest int // the latest requested
}

// ContactFilter selects contacts; zero fields select all.
type ContactFilter struct {
	Case       string
	Person     string
	Named      string // the id or the name of the person; whoever is known by name alone comes too, since names are sealed
	Phone      menshen.Secret
	Status     menshen.ContactStatus
	Level      menshen.ContactLevel
	Generation int
	Source     menshen.ContactSource
	Owner      string
	Counting   bool      // neither withdrawn nor merged
	Merged     string    // into this one
	Central    bool      // in central isolation, now or once
	Due        time.Time // the plan has this day
	Paths      bool      // with Path, which costs time
	Offset     int
	Limit      int // 0 is all
}

// ContactEntry is a contact with what the registry knows of the person.
type ContactEntry struct {
	menshen.CaseContact
	RegistryName string // "" where Person is ""
	Dwelling     menshen.Dwelling
}

// LabTestFilter selects tests; zero fields select all.
type LabTestFilter struct {
	ID      string
	Case    string
	Contact string
}

// FollowUpFilter selects follow-ups; zero fields select all.
type FollowUpFilter struct {
	Case    string
	Contact string
	From    string // first and last day, 2020-03-01
	To      string
	Latest  bool // of each contact the last day alone
}

// TracingPolicy is a version of a tracing policy that people wrote.
type TracingPolicy struct {
	ID      string
	Version uint64 // from 1
	YAML    string
	By      string
	At      time.Time
	Note    string
}
