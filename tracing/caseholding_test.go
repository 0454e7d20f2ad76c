package tracing_test

import (
	"cmp"
	"slices"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// pair is a part of time, [from, to).
type pair struct{ from, to int }

// free gives when between two times somebody is not isolated, second by second.
func (r *caseReference) free(person string, lo, hi int) (out []pair) {
	if len(r.q.Held[person]) == 0 {
		return []pair{{lo, hi}}
	}
	for s := lo; s < hi; s++ {
		isolated := false
		for _, h := range r.q.Held[person] {
			isolated = isolated || s >= sec(h.From) && (h.To.IsZero() || s < sec(h.To))
		}
		if isolated {
			continue
		}
		if n := len(out); n > 0 && out[n-1].to == s {
			out[n-1].to++
		} else {
			out = append(out, pair{s, s + 1})
		}
	}
	return out
}

// until gives when somebody exposed at a time is isolated: from the first isolation on that ends later, or a later time.
func (r *caseReference) until(person string, exposed, hi int) int {
	for _, h := range r.q.Held[person] {
		if h.To.IsZero() || sec(h.To) > exposed {
			hi = min(hi, sec(h.From))
		}
	}
	return hi
}

// reported gives the rule by which somebody is found who is known of, if any.
func reported(q tracing.CaseQuestion, person string) []policy.Rule {
	for _, k := range q.Known {
		moment := !k.From.IsZero() && k.From.Equal(k.To) && !k.From.Before(q.Window.From) && k.From.Before(q.Window.To)
		if k.From.IsZero() {
			k.From = q.Window.From
		}
		if k.To.IsZero() {
			k.To = q.Window.To
		}
		if _, ok := k.Span.Intersect(q.Window); k.Person == person && (ok || moment) {
			return []policy.Rule{{ID: "reported", Kind: "reported", Level: cmp.Or(k.Level, menshen.LevelClose), Risk: cmp.Or(k.Risk, "high")}}
		}
	}
	return nil
}

// registered reports whether somebody has a pass or a residence.
func (r *caseReference) registered(person string) bool {
	_, ok := r.residences[person]
	return ok || slices.ContainsFunc(r.passes, func(p menshen.Pass) bool { return p.Person == person })
}

// mayFollow reports whether Next looks for the contacts of somebody found by a rule.
func (r *caseReference) mayFollow(rule *policy.Rule) bool {
	risks := map[string]int{"": 3, "low": 2, "medium": 1, "high": 0}
	return risks[rule.Risk] <= risks[r.q.Policy.NextOf]
}
