package policy_test

import (
	"maps"
	"slices"
	"testing"

	"menshen"
	"menshen/access/policy"
)

// mustRules gives the rules with the parameters of a case.
func mustRules(tb testing.TB, standard *policy.Rules, g given) *policy.Rules {
	tb.Helper()
	p := standard.Parameters()
	if g.Parameters.TemperatureRequired != nil {
		p.TemperatureRequired = g.Parameters.TemperatureRequired
	}
	if g.Parameters.PermitRequired != nil {
		p.PermitRequired = g.Parameters.PermitRequired
	}
	if g.Parameters.Fever != 0 {
		p.Fever = g.Parameters.Fever
	}
	if g.Parameters.Quotas != nil {
		p.Quotas = map[menshen.PermitKind]menshen.Quota{}
		for kind, q := range g.Parameters.Quotas {
			p.Quotas[menshen.PermitKind(kind)] = menshen.Quota{Outings: q.Outings, Days: q.Days, Household: q.Of == "household"}
		}
	}
	rules, err := standard.With(p)
	if err != nil {
		tb.Fatal(err)
	}
	return rules
}

// TestCases decides the cases of testdata/cases, which a property manager can read and extend, and checks that they
// cover the rules: each one, and each pair of them that decide differently and can hold together.
func TestCases(t *testing.T) {
	w := mustWorld(t)
	fired := map[string]bool{}
	together := map[policy.Conflict]bool{}
	count := 0
	files, standard := mustCases(t), policy.Default()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file := files[name]
		for _, c := range file.Cases {
			count++
			rules := mustRules(t, standard, c.Given)
			q := w.mustRequest(t, c.Given)
			d := rules.Decide(q)
			if string(d.Decision.Outcome) != c.Expect.Outcome || !slices.Equal(d.Decision.Reasons, c.Expect.Reasons) {
				t.Errorf("%s: %s:\n got %s %v\nwant %s %v", name, c.Title, d.Decision.Outcome, d.Decision.Reasons, c.Expect.Outcome, c.Expect.Reasons)
			}
			if c.Expect.Permit != "" && d.Permit != c.Expect.Permit {
				t.Errorf("%s: %s: by permit %q, want %q", name, c.Title, d.Permit, c.Expect.Permit)
			}
			if may := c.Expect.MayGuard; may != nil && d.Overridable != *may {
				t.Errorf("%s: %s: a guard may override: %t", name, c.Title, d.Overridable)
			}
			x := rules.Explain(q)
			if x.Decision.Outcome != d.Decision.Outcome || !slices.Equal(x.Decision.Reasons, d.Decision.Reasons) {
				t.Errorf("%s: %s: explained as %+v, decided as %+v", name, c.Title, x.Decision, d.Decision)
			}
			for i, a := range x.Fired {
				fired[a.Rule] = true
				if len(a.Because) == 0 {
					t.Errorf("%s: %s: rule %s holds for no reason", name, c.Title, a.Rule)
				}
				for _, b := range x.Fired[:i] {
					together[policy.Conflict{A: a.Rule, B: b.Rule}], together[policy.Conflict{A: b.Rule, B: a.Rule}] = true, true
				}
			}
		}
	}
	t.Logf("%d cases", count)
	if count < 300 {
		t.Errorf("only %d cases", count)
	}
	for _, r := range standard.Rules() {
		if !fired[r.ID] {
			t.Errorf("no case in which the rule %s holds", r.ID)
		}
	}
	pairs := standard.Conflicts()
	t.Logf("%d pairs of rules that decide differently and can hold together", len(pairs))
	for _, p := range pairs {
		if !together[p] {
			t.Errorf("no case in which the rules %s and %s hold together", p.A, p.B)
		}
	}
}
