// Package store holds the words that every database behind Menshen shares: what a commit of passes did, what a search
// for people finds, how the audit log is asked. The implementations are in the folders below it (sqlite), and storetest
// has the one contract suite that each of them must pass.
//
// There are three databases. The site's database keeps what is kept for good: the registry (people, permits, health, visits,
// credentials, rules), the pass log and the audit log. The gate's database is the outbox: it numbers the passes of its gates
// and holds each one until the site's side has said that it is committed. The copy is what a gate post knows of the
// registry, fed with its changes. A consumer declares the few methods it needs as an interface of its own;
// there is no interface here that all would have to import.
//
// What holds for every implementation:
//   - All methods are safe for concurrent use, and every error is a *menshen.Error.
//   - Times are kept as whole nanoseconds since 1970 in UTC: a time.Time between the years 1678 and 2261 comes back as the
//     same instant to the nanosecond, in UTC and without a monotonic reading; the zero time comes back as the zero time.
//   - Empty lists come back as nil.
//   - What an iterator yields with an error is the last thing it yields. An iterator reads one snapshot and holds one
//     reading connection until its loop ends, so loops should not be nested deeply nor wait for people.
package store

import "menshen"

// CommitResult says what became of each pass given to a commit: all of them are in exactly one of the four parts.
type CommitResult struct {
	Fresh     []menshen.Pass   // committed now for the first time, in the order given
	Known     int              // committed before with the same content
	Conflicts []menshen.PassID // committed before with other content: the first stays, this one is kept aside
	Refused   []Refusal        // not valid, so never committed
}

// Refusal is a pass that cannot be kept, and why. Sending it again does not help.
type Refusal struct {
	ID  menshen.PassID
	Err error // a *menshen.Error of CodeInvalid
}

// Entry is a person as the registry's pages list them.
type Entry struct {
	menshen.Person
	Templates int // of all engines
}

// Untemplated is somebody whom the engine in use cannot recognise, though another one could.
type Untemplated struct {
	Person      string // id
	Name        string
	Dwelling    string // "" for none
	Photographs int    // kept, of which templates can be made
	MaskedOnly  bool   // recognised, but not in a mask
}

// Counts are the sizes of a site's database.
type Counts struct {
	People     int // of any state
	Active     int
	Households int
	Templates  int // of all engines
	Passes     int
	SetAside   int // passes whose number another one had before
	Audit      int
	Faces      int // people who have templates
}

// AuditFilter selects entries of the audit log; zero fields select all.
type AuditFilter struct {
	Actor        string
	Action       string
	Subject      string
	menshen.Span     // of the entry's time; a zero bound is open
	Latest       int // only so many, the last appended; 0 is all
}
