package policy

import (
	"slices"
	"strings"

	"menshen"
)

// isolationRule is the rule that every set of rules has as it is. Decide does not need it, but whoever reads the rules does.
const isolationRule = "isolated"

// compile checks the conditions of the rules and makes masks of them.
func (r *Rules) compile() error {
	if len(r.rules) > setSize {
		return menshen.Errorf(menshen.CodeInvalid, op, "there are %d rules, more than %d", len(r.rules), setSize).WithHint("join or remove some")
	}
	isolation := false
	for i := range r.rules {
		rule := &r.rules[i]
		c := compiled{rule: rule}
		for _, condition := range rule.When {
			if err := c.add(condition); err != nil {
				return err
			}
		}
		if !satisfiable(&c) {
			return menshen.Errorf(menshen.CodeInvalid, op, "rule %s can never hold: its conditions exclude each other", rule.ID).
				WithHint("remove one of: %s", strings.Join(rule.When, ", "))
		}
		if rule.ID == isolationRule {
			isolation = rule.Enabled && rule.Then == ThenDeny && !rule.Override && rule.Reason == menshen.ReasonIsolated &&
				slices.Equal(rule.When, []string{facts[isolated].word})
		}
		if rule.Then == ThenAllow && c.all.has(isolated) {
			return menshen.Errorf(menshen.CodeInvalid, op, "rule %s would let people under isolation pass", rule.ID).
				WithHint("remove it: no gate opens for somebody under isolation, whatever the rules say")
		}
		inactive := compiled{}
		inactive.none.add(active)
		if rule.Then == ThenAllow && satisfiable(&c, &inactive) {
			return menshen.Errorf(menshen.CodeInvalid, op, "rule %s would let people pass who are not active in the registry", rule.ID).
				WithHint("add active to its conditions")
		}
		if rule.Enabled {
			r.compiled = append(r.compiled, c)
		}
	}
	if !isolation {
		return menshen.Errorf(menshen.CodeInvalid, op, "the rule isolated is missing, or it was weakened").
			WithHint("keep it as: {id: isolated, when: [isolated], then: deny, reason: isolated}, enabled and without override")
	}
	return nil
}

// add takes one condition: "fact", "not fact", or "fact or fact …".
func (c *compiled) add(condition string) error {
	words := strings.Fields(condition)
	if len(words) == 2 && words[0] == "not" {
		f, err := c.find(words[1])
		if err == nil {
			c.none.add(f)
		}
		return err
	}
	var either set
	for i, w := range words {
		if i%2 == 1 {
			if w != "or" {
				return c.odd(condition)
			}
			continue
		}
		f, err := c.find(w)
		if err != nil {
			return err
		}
		if len(words) == 1 {
			c.all.add(f)
			return nil
		}
		either.add(f)
	}
	if len(words)%2 == 0 {
		return c.odd(condition)
	}
	c.either = append(c.either, either)
	return nil
}

func (c *compiled) odd(condition string) error {
	return menshen.Errorf(menshen.CodeInvalid, op, "rule %s: the condition %q is not understood", c.rule.ID, condition).
		WithHint("write a fact, \"not\" and a fact, or facts with \"or\" between them")
}

func (c *compiled) find(word string) (fact, error) {
	words := make([]string, factCount)
	for f := range factCount {
		if facts[f].word == word {
			return f, nil
		}
		words[f] = facts[f].word
	}
	return 0, suggest(menshen.Errorf(menshen.CodeInvalid, op, "rule %s: the fact %q is unknown", c.rule.ID, word), word, words)
}

// suggest adds the word that was probably meant, or all of them.
func suggest(e *menshen.Error, word string, words []string) *menshen.Error {
	best, least := "", 3
	for _, w := range words {
		if d := menshen.Edits(word, w); d < least || d == least && d <= len(w)/3 && best == "" {
			best, least = w, d
		}
	}
	if best != "" {
		return e.WithHint("did you mean %q?", best)
	}
	return e.WithHint("use one of: %s", strings.Join(words, ", "))
}
