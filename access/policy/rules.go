package policy

import (
	"sync"
	"sync/atomic"

	_ "embed" // the rules that come with Menshen

	"menshen"
)

// DefaultText is the commented file of the rules that come with Menshen.
//
//go:embed default.yaml
var DefaultText []byte

// Then is what follows from a rule that holds.
type Then string

const (
	ThenDeny   Then = "deny"
	ThenReview Then = "review"
	ThenAllow  Then = "allow"
	ThenNote   Then = "note" // a reason for people to read; it decides nothing
)

// Rule is one rule as it was written.
type Rule struct {
	ID       string
	Title    menshen.Text
	When     []string // "fact", "not fact" or "fact or fact …": all of them must hold
	Then     Then
	Reason   menshen.Reason
	Override bool // of deny: a guard may let the person pass once in spite of it
	Enabled  bool
}

// Rules is a checked set of rules with its parameters. It never changes and is safe for concurrent use.
type Rules struct {
	rules      []Rule
	compiled   []compiled // of the rules that are enabled, in order
	parameters menshen.PolicyParameters
	quotas     [len(kinds)]menshen.Quota

	known   atomic.Pointer[map[set]*verdict] // answers by facts, so that they are found and shared, not made
	knowing sync.Mutex
}

// compiled is a rule that can be looked at quickly.
type compiled struct {
	rule   *Rule
	all    set   // must hold
	none   set   // must not hold
	either []set // one of each must hold
}

func (c *compiled) holds(s *set) bool {
	if !s.covers(&c.all) || s.meets(&c.none) {
		return false
	}
	for i := range c.either {
		if !s.meets(&c.either[i]) {
			return false
		}
	}
	return true
}

// Default gives the rules that come with Menshen.
func Default() *Rules {
	r, err := Parse(DefaultText)
	if err != nil {
		panic(err) // a test reads the same text
	}
	return r
}

// Parameters gives the figures that the rules rest on. The lists in it are shared: not to be changed.
func (r *Rules) Parameters() menshen.PolicyParameters { return r.parameters }

// Rules gives the rules in the order of the file, those that are not enabled included. They are shared: not to be changed.
func (r *Rules) Rules() []Rule { return r.rules }

// With gives the same rules with other parameters.
func (r *Rules) With(p menshen.PolicyParameters) (*Rules, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	other := &Rules{rules: r.rules, compiled: r.compiled}
	other.use(p)
	return other, nil
}

func (r *Rules) use(p menshen.PolicyParameters) {
	r.parameters = p
	for i, k := range kinds {
		r.quotas[i] = p.Quotas[k]
	}
	r.known.Store(&map[set]*verdict{})
}
