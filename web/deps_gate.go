package web

import (
	"context"
	"time"

	"menshen"
)

// GateSettings sets gates and site while they run. Safe for concurrent use.
type GateSettings interface {
	// SetGates gives the ids of the gates that changed.
	SetGates(ctx context.Context, r GatesRequest) ([]string, error)
	SetMode(ctx context.Context, mode menshen.SiteMode) error
	// GateSettings gives the states that were set; a gate that is not in it is as configured.
	GateSettings(ctx context.Context) (map[string]menshen.GateState, error)
	// SiteSetting gives the mode, among others; the zero one where nothing was set.
	SiteSetting(ctx context.Context) (menshen.SiteSetting, error)
}

// GatesRequest sets many gates at once.
type GatesRequest struct {
	Gates  []string
	State  menshen.GateState
	Others bool // every gate but these
}

// Doors are the doors of all gates, and who is behind them. Safe for concurrent use.
type Doors interface {
	// CommandDoors tells the doors of gates what to do, waits for what each says, and gives a result for each, in their order.
	CommandDoors(ctx context.Context, gates []string, action menshen.DoorAction, by string) []menshen.DoorResult
	// DoorStates gives how each door is, by gate. One that is not in it is unknown.
	DoorStates(ctx context.Context) map[string]DoorState
	// Occupancy gives the number of people in each zone, those in zones within it included.
	Occupancy() map[string]int
}

// DoorState is how a door is.
type DoorState struct {
	State   string // closed, open, held, locked, alarm or unknown
	Message menshen.Text
}

// Guards is what guards and readers do at the gates. Safe for concurrent use.
type Guards interface {
	// Present decides about what was shown to a reader, and makes a pass of it.
	Present(ctx context.Context, p menshen.Presentation) (menshen.Pass, error)
	// Reviews gives those that wait at a gate, "" for every gate, oldest first.
	Reviews(gate string) []menshen.Review
	// Answer decides a review, or about somebody whom no camera saw, and makes a pass of it.
	Answer(ctx context.Context, a menshen.GuardAnswer) (menshen.Pass, error)
}

// Annotations keeps what guards add to passes. Safe for concurrent use.
type Annotations interface {
	Annotate(ctx context.Context, a menshen.Annotation, by string) (menshen.Annotation, error)
	// Annotations gives those of a pass, "gate:sequence", or the latest of all for "".
	Annotations(ctx context.Context, pass string, limit int) ([]menshen.Annotation, error)
}

// Helpline brings help to a gate. Safe for concurrent use.
type Helpline interface {
	// Help calls for help at a gate of the site at once.
	Help(ctx context.Context, call menshen.HelpCall) error
}

// Rules keeps the versions of the policy's rules. Safe for concurrent use.
type Rules interface {
	// Rules gives a version, 0 for the one in force: version 0 with its text where that is what comes with Menshen.
	Rules(ctx context.Context, version uint64) (RuleVersion, error)
	// RuleHistory gives all versions without their text, latest first.
	RuleHistory(ctx context.Context) ([]RuleVersion, error)
	// PutRules takes rules into use, or with dryRun only checks them; "" are those that come with Menshen.
	PutRules(ctx context.Context, yaml, note string, dryRun bool, by string) (version uint64, err error)
}

// RuleVersion is a version of the rules. Version 0 are those that come with Menshen.
type RuleVersion struct {
	menshen.RuleText
	At time.Time
}

// Policy explains decisions. Safe for concurrent use.
type Policy interface {
	// Check decides nothing and opens nothing. CodeNotFound for a pass that is not kept.
	Check(ctx context.Context, q menshen.PolicyQuestion) (menshen.PolicyExplanation, error)
	// Replay decides the passes of a span anew under other rules, and gives the first differences, at most so many.
	Replay(ctx context.Context, span menshen.Span, yaml string, most int) (menshen.PolicyReplay, error)
}
