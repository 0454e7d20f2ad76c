package casebook

import (
	"context"
	"fmt"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// WhatIf judges a case by another policy and says who would enter, who would leave and who would change, person by person.
// Nothing is changed by it.
func (b *Book) WhatIf(ctx context.Context, ref string, other menshen.PolicyRef) (WhatIf, error) {
	p, err := b.deps.Policies.Get(ctx, other)
	if err != nil {
		return WhatIf{}, err
	}
	return b.WhatIfPolicy(ctx, ref, p)
}

// WhatIfPolicy is WhatIf with a policy that need not be kept, such as one being edited.
func (b *Book) WhatIfPolicy(ctx context.Context, ref string, p *policy.Policy) (WhatIf, error) {
	c, err := b.work(ctx, ref)
	if err != nil {
		return WhatIf{}, err
	}
	present, err := b.deps.Policies.Get(ctx, c.Policy)
	if err != nil {
		return WhatIf{}, err
	}
	before, err := b.ask(ctx, c, present)
	if err != nil {
		return WhatIf{}, err
	}
	after, err := b.ask(ctx, c, p)
	if err != nil {
		return WhatIf{}, err
	}
	out := WhatIf{
		Before: c.Policy, After: menshen.PolicyRef{ID: p.ID, Version: p.Version}, BeforeWindow: before.Window, AfterWindow: after.Window,
		Missing: later(before.missing, after.missing),
	}
	differences := tracing.Compare(before.CaseAnswer, after.CaseAnswer)
	ids := make([]string, len(differences))
	for i, d := range differences {
		ids[i] = d.Person
	}
	people, err := b.deps.Store.PeopleByID(ctx, ids)
	if err != nil {
		return WhatIf{}, err
	}
	for _, d := range differences {
		switch d.Change {
		case tracing.ChangeEntered:
			out.Entered++
		case tracing.ChangeLeft:
			out.Left++
		default:
			out.Changed++
		}
		person := people[d.Person]
		out.People = append(out.People, Difference{
			Person: d.Person, Name: person.Name, Dwelling: person.Dwelling, Change: string(d.Change),
			Before: judgementOf(d.Before), After: judgementOf(d.After), Words: differenceWords(d, present, p),
		})
	}
	out.Same = len(after.Findings) - out.Entered - out.Changed
	return out, nil
}

func judgementOf(f *tracing.Finding) *Judgement {
	if f == nil {
		return nil
	}
	return &Judgement{Generation: f.Generation, Level: f.Level, Risk: f.Risk, Rule: f.Rule, First: f.First, Last: f.Last, Together: f.Together}
}

// differenceWords says for people what becomes of somebody.
func differenceWords(d tracing.Difference, before, after *policy.Policy) menshen.Text {
	switch was, is := findingWords(d.Before, before), findingWords(d.After, after); {
	case d.Before == nil:
		return menshen.Text{ZH: "进入：" + is.ZH, EN: "enters: " + is.EN}
	case d.After == nil:
		return menshen.Text{ZH: "离开：原为" + was.ZH, EN: "leaves: was " + was.EN}
	default:
		return menshen.Text{ZH: "由" + was.ZH + "变为" + is.ZH, EN: "from " + was.EN + " to " + is.EN}
	}
}

func findingWords(f *tracing.Finding, p *policy.Policy) menshen.Text {
	if f == nil {
		return menshen.Text{}
	}
	level, rule := f.Level.Text(), ruleName(p, f.Rule)
	return menshen.Text{
		ZH: fmt.Sprintf("%s（第%d代，%s）", level.ZH, f.Generation, rule.In("zh")),
		EN: fmt.Sprintf("%s (generation %d, %s)", level.EN, f.Generation, rule.In("en")),
	}
}
