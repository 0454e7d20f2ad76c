package sqlite_test

import (
	"encoding/json"
	"math"
	"testing"

	"menshen"
	"menshen/store/sqlite"
)

// FuzzAppendMatch compares the quick writing of a match with encoding/json's.
func FuzzAppendMatch(f *testing.F) {
	f.Add("known", "p-1", "t-1", 0.25, 0.8631, 3, 2, 2)
	f.Add("", "王 <\"&\\>", "", 1e-7, 1e22, 0, 0, 1)
	f.Add("unknown", "", "", math.Inf(1), math.Copysign(0, -1), -1, 0, 0)
	f.Add("known", "\x7f\xff", "\u2028", 5e-324, 123456789.125, 1, 1, 3)
	f.Fuzz(func(t *testing.T, verdict, person, template string, distance, threshold float64, faces, agreeing, candidates int) {
		m := menshen.Match{Verdict: menshen.Verdict(verdict), Faces: faces, Agreeing: agreeing, Threshold: threshold}
		for range min(candidates, 8) {
			m.Candidates = append(m.Candidates, menshen.Candidate{Person: person, Template: template, Distance: distance})
		}
		quick, plain := sqlite.AppendMatch(m)
		if !plain {
			return
		}
		slow, err := json.Marshal(sqlite.StoredMatch(m))
		if err != nil || string(quick) != string(slow) {
			t.Errorf("%s, encoding/json has %s, %v", quick, slow, err)
		}
	})
}

// TestAppendMatchIsQuick: what recognition says of nearly everybody goes the quick way.
func TestAppendMatchIsQuick(t *testing.T) {
	m := menshen.Match{
		Verdict: menshen.VerdictKnown, Faces: 3, Agreeing: 2, Threshold: 0.8631,
		Candidates: []menshen.Candidate{{Person: menshen.NewID(), Template: menshen.NewID(), Distance: 0.1 + 0.2}, {Person: "other", Distance: 1.25}},
	}
	if text, plain := sqlite.AppendMatch(m); !plain {
		t.Errorf("%s went the slow way", text)
	}
}
