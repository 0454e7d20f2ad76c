package menshen

import "time"

// PolicyQuestion asks what the policy says, or why it said what it did. It decides nothing and opens nothing.
type PolicyQuestion struct {
	Pass PassID // a pass to explain; or, where it is zero,

	Person    string // whom it is about,
	Gate      string
	Direction Direction
	At        time.Time
	Means     Means

	YAML string // rules to decide by; "" are those in force
}

// PolicyExplanation is an answer of the policy with everything that led to it.
type PolicyExplanation struct {
	Outcome Outcome
	Rules   []FiredRule // the deciding one first
	Facts   []Text      // everything that was known
	Version uint64      // of the rules; 0 are those that come with Menshen, or the ones asked with
	Pass    *Pass       // the pass explained; nil where the question named none
}

// FiredRule is one rule that applied.
type FiredRule struct {
	Rule    string
	Outcome Outcome
	Reason  Reason
	Because []Text // the facts that made it fire
}

// PolicyReplay says what other rules would have made of the passes of a span.
type PolicyReplay struct {
	Passes      uint64
	Same        uint64
	Different   uint64
	Differences []PolicyDifference // the first of them, in order of time
}

// PolicyDifference is a pass that other rules would have decided otherwise.
type PolicyDifference struct {
	Pass     Pass
	Decision Decision // under the other rules
}
