package tracing

import (
	"context"
	"time"

	"menshen"
	"menshen/tracing/policy"
)

// CaseQuestion asks for the contacts of a case, and theirs.
type CaseQuestion struct {
	Person string // index person
	// Window is when the index person passes the infection on; asked backward, when they can have caught it.
	Window menshen.Span
	// Isolated is since when nothing is passed on by the index person; zero for never.
	Isolated    time.Time
	Policy      *policy.Policy
	Generations int  // 1 … 5; 0 is the policy's
	Backward    bool // who may have infected them, instead of whom they may have infected
	// Held is who else is isolated since when: from then on they pass nothing on. May be nil.
	Held map[string]time.Time
}

// Finding is one person whom a case may have infected, directly or by others; asked backward, who may have infected it.
type Finding struct {
	Person     string
	Generation int // hops from the index person, the fewest there are
	Level      menshen.ContactLevel
	Risk       string // high, medium or low
	Rule       string // id of the first rule of the policy that the exposures below match
	// First exposure, when it came to count, and the end of the last: of the exposures below, all of them included.
	First, Threshold, Last time.Time
	Together               time.Duration // in zones, nested ones counted once
	Least                  time.Duration // of Together, what observed bounds alone prove
	Sureness               float64       // 0 … 1: the product along Path of each pair's surest exposure
	// Path leads from the index person to this one, in the order in which the infection goes: asked backward, from this
	// one to the index person. Each hop has the pair's first exposure.
	Path []menshen.Hop
	// Exposures are those to the one before in Path that count, at most MaxExposures, in order of From.
	Exposures []menshen.Exposure
}

// MaxExposures is how many exposures a Finding lists; its times and sums are of all.
const MaxExposures = 200

// CaseAnswer is what a CaseQuestion finds.
type CaseAnswer struct {
	Window   menshen.Span
	Findings []Finding // by generation, level, time together (the longest first), first exposure, id
}

// Case finds whom a case may have infected by the policy.
func (t *Tracer) Case(ctx context.Context, q CaseQuestion) (CaseAnswer, error) {
	if err := ctx.Err(); err != nil {
		return CaseAnswer{}, err
	}
	return CaseAnswer{Window: q.Window}, menshen.Errorf(menshen.CodeUnavailable, "tracing.case", "cases cannot be traced yet")
}
