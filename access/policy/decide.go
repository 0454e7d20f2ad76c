package policy

import "menshen"

// verdict is what rules make of a set of facts.
type verdict struct {
	decision    menshen.Decision
	overridable bool
}

// maxKnown bounds how many answers are remembered. A site has some hundreds; whoever makes more happen has theirs made anew.
const maxKnown = 4096

// Decide gives the answer to a request. It is pure, safe for concurrent use, and allocates nothing for facts that it has
// seen together before.
func (r *Rules) Decide(q *Request) Result {
	facts, permit := r.gather(q)
	v, ok := (*r.known.Load())[facts]
	if !ok {
		v = r.learn(facts)
	}
	res := Result{Decision: v.decision, Permit: permit, Overridable: v.overridable}
	if v.decision.Outcome == menshen.OutcomeDeny {
		res.Permit = ""
	}
	return res
}

// learn makes an answer and remembers it.
func (r *Rules) learn(facts set) *verdict {
	v := r.judge(&facts)
	r.knowing.Lock()
	defer r.knowing.Unlock()
	old := *r.known.Load()
	if len(old) >= maxKnown {
		return v
	}
	known := make(map[set]*verdict, len(old)+1)
	for f, w := range old {
		known[f] = w
	}
	known[facts] = v
	r.known.Store(&known)
	return v
}

// judge is the policy: the strictest of the rules that hold, or deny.
func (r *Rules) judge(facts *set) *verdict {
	var reasons [4][]menshen.Reason // of deny, review, allow, note
	firm := false
	for i := range r.compiled {
		c := &r.compiled[i]
		if !c.holds(facts) {
			continue
		}
		rank := rankOf(c.rule.Then)
		reasons[rank] = append(reasons[rank], c.rule.Reason)
		firm = firm || c.rule.Then == ThenDeny && !c.rule.Override
	}
	v := &verdict{decision: menshen.Decision{Outcome: menshen.OutcomeDeny}}
	var all []menshen.Reason
	switch {
	case facts.has(isolated):
		firm = true
		all = append(all, menshen.ReasonIsolated)
	case facts.has(notInRegistry):
		firm = true
	case facts.has(guardLooks) && !firm:
		v.decision.Outcome = menshen.OutcomeAllow
		all = append(all, menshen.ReasonGuardAllowed)
	}
	if v.decision.Outcome == menshen.OutcomeDeny {
		switch {
		case len(reasons[0]) > 0 || facts.has(isolated):
		case len(reasons[1]) > 0:
			v.decision.Outcome = menshen.OutcomeReview
		case len(reasons[2]) > 0 && facts.has(active): // Parse asks for it too
			v.decision.Outcome = menshen.OutcomeAllow
		default:
			all = append(all, menshen.ReasonNoRule)
		}
	}
	for _, list := range reasons {
		for _, reason := range list {
			if !contains(all, reason) {
				all = append(all, reason)
			}
		}
	}
	v.decision.Reasons = all
	v.overridable = v.decision.Outcome != menshen.OutcomeAllow && !firm
	return v
}

// rankOf orders what follows from rules, the strictest first.
func rankOf(t Then) int {
	switch t {
	case ThenDeny:
		return 0
	case ThenReview:
		return 1
	case ThenAllow:
		return 2
	}
	return 3
}

func contains(list []menshen.Reason, r menshen.Reason) bool {
	for _, x := range list {
		if x == r {
			return true
		}
	}
	return false
}

// Fallback is the decision of a gate that knows nothing: it has no copy of the registry. Whoever it is cannot be told
// there, so no rule and no isolation can be looked at.
//
//	closed by the office   deny    gate_closed
//	secure, either way     deny    no_registry
//	safe, out              allow   no_registry: people must be able to leave, as through an emergency exit
//	safe, in               review  no_registry: nobody's life depends on getting in, so a guard looks
//
// The pass of such an allow names nobody and cannot be kept as one: open the door and raise an alarm.
func Fallback(gate menshen.Gate, direction menshen.Direction) menshen.Decision {
	d := menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonNoRegistry}}
	switch {
	case gate.State != menshen.GateOpen && gate.State != menshen.GateGuarded:
		d.Reasons = []menshen.Reason{menshen.ReasonGateClosed}
	case gate.Fail != menshen.FailSafe:
	case direction == menshen.DirectionOut:
		d.Outcome = menshen.OutcomeAllow
	case direction == menshen.DirectionIn:
		d.Outcome = menshen.OutcomeReview
	}
	return d
}
