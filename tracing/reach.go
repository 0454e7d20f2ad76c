package tracing

import (
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/tracing/policy"
)

// ReachAnswer is who a case may have infected, and how the infection came to each: what Case finds, without what is needed
// only for judging them.
type ReachAnswer struct {
	Window menshen.Span
	People []Reached // by generation, Exposed (asked backward, the latest first), id
	steps  []Reached // People, and after them further steps of paths
	back   bool
}

// Reached is one person in a ReachAnswer.
type Reached struct {
	Person     string
	Index      string // the index person with whom the path begins; asked backward, ends
	Generation int    // hops from the index person, the fewest there are
	Exposed    time.Time
	// Before is the place in People of the one before on the path; -1 is the index person. From len(People) on it is somebody
	// who was found with fewer hops, but not by this path, and Path alone knows it.
	Before int
	// Rule is the id of the first rule that Exposure matches, Level and Risk are that rule's. Where a person has other
	// exposures to the same one before, Case may find a rule of those.
	Rule  string
	Level menshen.ContactLevel
	Risk  string
	// Exposure is the one on which Exposed rests.
	Exposure menshen.Exposure
}

// Path leads from the index person to the i-th of People, as Finding.Path does: asked backward, the other way.
func (a *ReachAnswer) Path(i int) []menshen.Hop {
	path := make([]menshen.Hop, 0, 2)
	for i >= 0 {
		s := &a.steps[i]
		h := menshen.Hop{From: s.Index, To: s.Person, Exposure: s.Exposure, Exposed: s.Exposed}
		if s.Before >= 0 {
			h.From = a.steps[s.Before].Person
		}
		if a.back {
			h.From, h.To = h.To, h.From
		}
		path = append(path, h)
		i = s.Before
	}
	if !a.back {
		slices.Reverse(path)
	}
	return path
}

// Explain says the path to the i-th of People in words.
func (a *ReachAnswer) Explain(i int, names Names) menshen.Text { return Explain(a.Path(i), names) }

// Reach finds whom a case may have infected, as Case does and with the same errors, but of each only when and by which path.
func (t *Tracer) Reach(ctx context.Context, q CaseQuestion) (ReachAnswer, error) {
	answer := ReachAnswer{Window: q.Window, back: q.Backward}
	err := t.ask(ctx, "tracing.reach", &q, func(r *run) (err error) {
		if answer.steps, err = r.reached(); err == nil {
			answer.People = answer.steps[:len(r.found):len(r.found)]
		}
		return err
	})
	return answer, err
}

// reached makes the answer: one list, each place of which is found once.
func (r *run) reached() ([]Reached, error) {
	steps := r.steps()
	places := make([][]int32, len(r.layers)) // by layer and place: place in steps
	for g := 1; g < len(r.layers); g++ {
		places[g] = make([]int32, len(r.layers[g]))
	}
	for i, s := range steps {
		places[s.layer][s.place] = int32(i)
	}
	var order []uint64 // those that are judged, by who was before them
	for i, s := range steps {
		if !r.local(int(s.layer)) {
			order = append(order, uint64(s.layer)<<56|uint64(r.layers[s.layer][s.place].before)<<28|uint64(i))
		}
	}
	slices.Sort(order)
	var before []node
	for _, k := range order {
		s := steps[k&(1<<28-1)]
		if n := r.layers[s.layer-1][r.layers[s.layer][s.place].before]; len(before) == 0 || before[len(before)-1].person != n.person {
			before = append(before, n)
		}
	}
	if len(before) > 0 {
		if err := r.know(before); err != nil {
			return nil, err
		}
	}
	out := make([]Reached, len(steps))
	err := r.each(len(steps), 64, func(d *desk, i int) {
		if len(order) == len(steps) {
			i = int(order[i] & (1<<28 - 1))
		}
		s := steps[i]
		n := &r.layers[s.layer][s.place]
		d.reach(&out[i], int(s.layer), n)
		if out[i].Before = -1; s.layer > 1 {
			out[i].Before = int(places[s.layer-1][n.before])
		}
	})
	if err != nil {
		return nil, err
	}
	for i, s := range steps { // shorter paths come first, but for the further steps
		for s.layer > 1 {
			s = spot{layer: s.layer - 1, place: r.layers[s.layer][s.place].before}
		}
		out[i].Index = r.id(r.layers[0][r.layers[s.layer][s.place].before].person)
	}
	return out, nil
}

// rulesOf gives the rules of a generation.
func (r *run) rulesOf(generation int) []policy.Rule {
	if generation > 1 {
		return r.q.Policy.Next
	}
	return r.first
}

// local reports whether the exposure that a label rests on shows from what lies about the label alone.
func (r *run) local(generation int) bool {
	if r.q.Backward || r.q.Policy.NextFrom != "" && r.q.Policy.NextFrom != policy.AnchorFirst {
		return false
	}
	gates := 0
	for _, rule := range r.rulesOf(generation) {
		if rule.Kind == policy.RuleGate {
			gates++
		}
		if rule.Each != 0 || rule.Total != 0 {
			return false
		}
	}
	return gates < 2
}

// reach says how somebody was reached.
func (d *desk) reach(out *Reached, generation int, n *node) {
	r := d.run
	before, rules := &r.layers[generation-1][n.before], r.rulesOf(generation)
	var j *judgement
	if r.local(generation) {
		j = d.around(before, n.person, n.label, rules)
	} else {
		j = d.judge(before, n.person, rules)
	}
	at := d.basis(j)
	out.Person, out.Generation, out.Exposed = r.id(n.person), generation, r.view.Time(n.label)
	out.Exposure = d.exposure(j, at)
	rule := &rules[d.ruleOf(j, at, rules)]
	out.Rule = rule.ID
	out.Level, out.Risk = r.verdict(rule, n.person)
}

// basis gives the exposure of a judgement that the label rests on: the first; asked backward, the last.
func (d *desk) basis(j *judgement) (best ref) {
	n := len(j.zones) + len(j.gates)
	for i := range n + len(j.facts) {
		at := ref{place: uint32(i)}
		switch {
		case i < len(j.zones):
			at.from, at.to = j.zones[i].from, j.zones[i].to
		case i < n:
			at.from, at.to = j.gates[i-len(j.zones)].from, j.gates[i-len(j.zones)].to
		default:
			at.from, at.to = j.facts[i-n].from, j.facts[i-n].to
		}
		if i == 0 || d.run.q.Backward && at.to > best.to || !(d.run.q.Backward && at.to < best.to) && d.compare(j, at, best) < 0 {
			best = at
		}
	}
	return best
}

// ruleOf gives the first of the rules that an exposure of a judgement matches.
func (d *desk) ruleOf(j *judgement, at ref, rules []policy.Rule) int {
	k, plan := int(at.place), d.run.plan
	for i := range rules {
		rule := &rules[i]
		if j.matched&(1<<min(i, 63)) == 0 {
			continue
		}
		switch {
		case k < len(j.zones):
			if rule.Kind == policy.RuleZone && plan.kinds[j.zones[k].zone]&kindsOf(rule.Zones) != 0 && at.to-at.from >= ticksOf(rule.Each) {
				return i
			}
		case k < len(j.zones)+len(j.gates):
			if rule.Kind == policy.RuleGate {
				return i
			}
		case string(rule.Kind) == string(j.facts[k-len(j.zones)-len(j.gates)].Kind):
			return i
		}
	}
	return j.rule
}
