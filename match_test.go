package menshen_test

import (
	"math"
	"testing"

	"menshen"
)

func TestConfidenceOfAMatch(t *testing.T) {
	named := func(d float64, verdict menshen.Verdict, faces, agreeing int, more ...float64) menshen.Match {
		m := menshen.Match{Verdict: verdict, Faces: faces, Agreeing: agreeing, Threshold: 1, Candidates: []menshen.Candidate{{Person: "a", Distance: d}}}
		for _, e := range more {
			m.Candidates = append(m.Candidates, menshen.Candidate{Person: "b", Distance: e})
		}
		return m
	}
	for name, c := range map[string]struct {
		match menshen.Match
		want  float64
	}{
		"nobody":            {menshen.Match{}, 0},
		"a stranger":        {named(0.9, menshen.VerdictUnknown, 3, 0), 0},
		"no threshold":      {menshen.Match{Verdict: menshen.VerdictKnown, Candidates: []menshen.Candidate{{Person: "a"}}}, 0},
		"on the edge":       {named(1, menshen.VerdictKnown, 2, 2), 0.5},
		"half way":          {named(0.5, menshen.VerdictKnown, 1, 1), 0.75},
		"two faces":         {named(0.5, menshen.VerdictKnown, 2, 2), 0.875},
		"one of them not":   {named(0.5, menshen.VerdictKnown, 2, 1), 0.75},
		"a near runner-up":  {named(0.5, menshen.VerdictKnown, 1, 1, 0.6), 0.55},
		"the very picture":  {named(0, menshen.VerdictKnown, 1, 1), 1},
		"beyond":            {named(1.25, menshen.VerdictUnsure, 2, 0), 0.4},
		"a broken distance": {named(math.NaN(), menshen.VerdictKnown, 2, 2), 0},
	} {
		if got := c.match.Confidence(); !(math.Abs(got-c.want) < 1e-12) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
