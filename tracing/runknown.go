package tracing

import (
	"cmp"
	"slices"

	"menshen"
	"menshen/tracing/policy"
)

// ruleReported is of the rule for what is known, which comes after all of the policy.
const ruleReported policy.RuleKind = "reported"

// told is a known exposure. Where it is a moment, to is from.
type told struct {
	from, to uint32
	level    menshen.ContactLevel
	risk     string
}

// fact is an exposure that does not come from passes: of homes, or told.
type fact struct {
	menshen.Exposure // without its span
	from, to         uint32
}

// know puts a fact into a judgement, once.
func (j *judgement) know(f fact) {
	if !slices.Contains(j.facts, f) {
		j.facts = append(j.facts, f)
	}
}

// learn takes over what is known of exposures to the index person, as far as it lies in the window.
func (r *run) learn() {
	r.first = r.q.Policy.Rules
	for _, k := range r.q.Known {
		n, ok := r.number(k.Person)
		from, to := k.From, k.To
		if from.IsZero() || from.Before(r.q.Window.From) {
			from = r.q.Window.From
		}
		if to.IsZero() || to.After(r.q.Window.To) {
			to = r.q.Window.To
		}
		moment := !k.From.IsZero() && k.From.Equal(k.To)
		if !ok || n == r.index || from.After(to) || from.Equal(to) && !(moment && from.Before(r.q.Window.To)) {
			continue
		}
		if r.known == nil {
			r.known = map[uint32][]told{}
			r.first = append(slices.Clone(r.first), policy.Rule{ID: "reported", Kind: ruleReported, Level: menshen.LevelClose, Risk: "high"})
		}
		r.known[n] = append(r.known[n], told{
			from: r.view.Tick(from), to: r.view.Tick(to), level: cmp.Or(k.Level, menshen.LevelClose), risk: cmp.Or(k.Risk, "high"),
		})
	}
}

// runKnown offers what is known.
func (r *run) runKnown(layer []node) {
	if len(r.layers) > 1 {
		return
	}
	d := r.desks[0]
	for place := range layer {
		for person := range r.known {
			if !r.wanted(person) {
				continue
			}
			for _, f := range d.told(&layer[place], person, d.gapsOf(&layer[place], person)) {
				d.offerSpan(person, f.from, f.to, uint32(place))
			}
		}
	}
}

// told gives what is known of somebody and the index person, by gaps of gapsOf. It is good until the next call.
func (d *desk) told(n *node, person uint32, gaps []gap) []fact {
	d.facts = d.facts[:0]
	if n.person != d.run.index {
		return nil
	}
	for _, k := range d.run.known[person] {
		for _, g := range gaps {
			from, to := max(k.from, g.from), min(k.to, g.to)
			if from < to || k.from == k.to && g.from <= k.from && k.from < g.to {
				d.facts = append(d.facts, fact{menshen.Exposure{Kind: menshen.ExposureReported, Sureness: 1}, from, to})
			}
		}
	}
	return d.facts
}

// factsBy gives the exposures by a rule for homes, or for what is known, by gaps of gapsOf. It is good until the next call.
func (d *desk) factsBy(rule *policy.Rule, n *node, person uint32, gaps []gap) []fact {
	if rule.Kind == ruleReported {
		return d.told(n, person, gaps)
	}
	d.facts = d.facts[:0]
	r := d.run
	a, b := r.resident(n.person), r.resident(person)
	if a < 0 || b < 0 {
		return nil
	}
	if e, ok := r.livesNear(rule, a, b); ok {
		for _, g := range gaps {
			d.facts = append(d.facts, fact{e, g.from, g.to})
		}
	}
	return d.facts
}

// verdict gives the level and the risk of somebody who matches a rule.
func (r *run) verdict(rule *policy.Rule, person uint32) (menshen.ContactLevel, string) {
	if rule.Kind == ruleReported {
		return r.known[person][0].level, r.known[person][0].risk
	}
	return rule.Level, rule.Risk
}

// restrain has those of a layer pass nothing on who are found by a rule of less risk than the policy's NextOf.
func (r *run) restrain(generation int) error {
	least := riskRank(r.q.Policy.NextOf)
	rules, layer, before := r.rulesOf(generation), r.layers[generation], r.layers[generation-1]
	if least == 0 || !slices.ContainsFunc(rules, func(rule policy.Rule) bool { return rule.Kind == ruleReported || riskRank(rule.Risk) < least }) {
		return nil
	}
	var asked []node
	seen := make([]bool, len(before))
	for i := range layer {
		if k := layer[i].before; !seen[k] {
			seen[k] = true
			asked = append(asked, before[k])
		}
	}
	if err := r.know(asked); err != nil {
		return err
	}
	order := make([]uint64, len(layer)) // by who was before them
	for i := range layer {
		order[i] = uint64(layer[i].before)<<32 | uint64(i)
	}
	slices.Sort(order)
	return r.each(len(order), 8, func(d *desk, i int) {
		n := &layer[uint32(order[i])]
		j := d.judge(&before[n.before], n.person, rules)
		if _, risk := r.verdict(&rules[j.rule], n.person); riskRank(risk) < least {
			n.to = 0
		}
	})
}

// riskRank orders risks, the greater the more; 0 for none.
func riskRank(risk string) int {
	return 1 + slices.Index([]string{"low", "medium", "high"}, risk)
}
