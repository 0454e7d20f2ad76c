package tracing

import (
	"cmp"
	"slices"
)

// Change says what becomes of somebody when one answer takes the place of another.
type Change string

const (
	ChangeEntered Change = "entered" // is found by the second only
	ChangeLeft    Change = "left"    // is found by the first only
	ChangeMoved   Change = "changed" // of another generation, level or risk
)

// Difference is what becomes of one person. The one who entered has no Before, who left no After.
type Difference struct {
	Person string
	Change Change
	Before *Finding
	After  *Finding
}

// Compare says, person by person, how answer b differs from a: who entered, then who left, then who changed, each in the
// order of their answer. It shares the findings of both.
func Compare(a, b CaseAnswer) []Difference {
	before := make(map[string]*Finding, len(a.Findings))
	for i := range a.Findings {
		before[a.Findings[i].Person] = &a.Findings[i]
	}
	var out []Difference
	stayed := make(map[string]bool, len(b.Findings))
	for i := range b.Findings {
		f := &b.Findings[i]
		stayed[f.Person] = true
		switch old := before[f.Person]; {
		case old == nil:
			out = append(out, Difference{Person: f.Person, Change: ChangeEntered, After: f})
		case old.Generation != f.Generation || old.Level != f.Level || old.Risk != f.Risk:
			out = append(out, Difference{Person: f.Person, Change: ChangeMoved, Before: old, After: f})
		}
	}
	for i := range a.Findings {
		if f := &a.Findings[i]; !stayed[f.Person] {
			out = append(out, Difference{Person: f.Person, Change: ChangeLeft, Before: f})
		}
	}
	order := map[Change]int{ChangeEntered: 0, ChangeLeft: 1, ChangeMoved: 2}
	slices.SortStableFunc(out, func(x, y Difference) int { return cmp.Compare(order[x.Change], order[y.Change]) })
	return out
}
