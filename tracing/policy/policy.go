// Package policy has the tracing policies (判定标准): when a case is infectious, which exposures make a contact of what
// level, how long contacts are followed. A policy is data, a YAML file: those of health authorities come with Menshen
// (Builtin), others are written by those who use it. The package reads and checks them and evaluates none: that is
// tracing's.
package policy

import (
	"time"

	"menshen"
)

// Policy is a tracing policy. Nothing in it may be changed once it was read.
type Policy struct {
	ID      string       // slug
	Version uint64       // 0 for one that comes with Menshen
	Name    menshen.Text // both languages
	About   menshen.Text // what it is good for, in a sentence or two
	Source  string       // the document that it follows

	Window Window
	Rules  []Rule // exposures to the case that make a contact; the first that matches names it
	Next   []Rule // exposures to a contact of the generation before; empty for a policy of one generation
	// NextOf says to which contacts Next looks for exposures: those whose rule has at least this Risk (high, medium or
	// low); "" is all. Whoever falls short is a contact, and passes nothing on.
	NextOf      string
	Generations int           // 1 … 5
	Latency     time.Duration // how long after being exposed somebody can pass it on
	// NextFrom says from when on somebody who was exposed counts as passing it on: their first exposure, the time at which
	// it came to count, or the end of the last.
	NextFrom Anchor
	Levels   []Level // one for each level that a rule gives
	Follow   Follow
}

// Window says when a case passes the infection on: from BeforeOnset before onset, or BeforeSample before the sample of a case
// without symptoms. Zero durations are not in the policy. Span makes the times of a case of it.
type Window struct {
	BeforeOnset    time.Duration
	BeforeSample   time.Duration // for a case without symptoms
	AfterOnset     time.Duration // it ends so long after onset,
	AfterSample    time.Duration // or the sample of a case without symptoms,
	SymptomFree    time.Duration // but not before so long without symptoms,
	AtLeast        time.Duration // nor before so long after onset
	UntilIsolation bool          // it ends with isolation at the latest; where no end is known it ends now
	LookBack       time.Duration // instead of all of these: so long before onset, sample or now, until isolation or now
	SameDay        bool          // rounded out to whole calendar days at the site
}

// RuleKind says what a rule looks at.
type RuleKind string

const (
	RuleZone      RuleKind = "zone"      // being in one zone at the same time
	RuleGate      RuleKind = "gate"      // passing one gate within seconds
	RuleHousehold RuleKind = "household" // living in one dwelling
	RuleFloor     RuleKind = "floor"     // living in one unit, on the same floor or Floors apart
	RuleBuilding  RuleKind = "building"  // living in one building
)

// Rule makes somebody a contact. Sums are per pair of people and over all zones of Zones, nested ones counted once.
type Rule struct {
	ID     string // slug, unique in the policy
	Name   menshen.Text
	Kind   RuleKind
	Zones  []menshen.ZoneKind // of kind zone
	Each   time.Duration      // of kind zone: only overlaps at least so long count
	Total  time.Duration      // of kind zone: in sum at least so much
	Per    time.Duration      // of Total: within any span so long, sliding; 0 is the whole window
	Within time.Duration      // of kind gate: passes at most so far apart
	Floors int                // of kind floor: at most so many floors apart; 0 is the same floor
	// Homes, of kinds household, floor and building: which dwellings it is for: "own" kitchen and bath, "shared", or "" all.
	Homes string
	Level menshen.ContactLevel
	Risk  string // high, medium or low
}

// Anchor names a time of somebody's exposure.
type Anchor string

const (
	AnchorFirst     Anchor = "first"
	AnchorThreshold Anchor = "threshold"
	AnchorLast      Anchor = "last"
)

// Level says what follows for contacts of a level.
type Level struct {
	Level   menshen.ContactLevel
	Central time.Duration // isolation in a central place, then
	Home    time.Duration // observation at home, both counted from
	From    Anchor
	Advice  menshen.Text
}

// Follow says how contacts are followed day by day.
type Follow struct {
	Days  int     // 1 … 42
	From  Anchor  // the day after it is the first
	Fever float64 // °C from which a temperature is alerted
}
