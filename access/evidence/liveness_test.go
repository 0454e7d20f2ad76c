package evidence_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/access/evidence"
)

// TestLiveness shows the same person's face twice, a second apart, with what the networks said of each.
func TestLiveness(t *testing.T) {
	for name, c := range map[string]struct {
		scores [2]float64 // below 0: not checked
		change float32    // between the two descriptors
		after  time.Duration
		faces  int
		score  float64
		not    bool
	}{
		"alive":               {[2]float64{0.9, 0.7}, 0.2, time.Second, 2, 0.8, false},
		"a print":             {[2]float64{0.1, 0.3}, 0.2, time.Second, 2, 0.2, true},
		"one bad look":        {[2]float64{0.3, 0.9}, 0.2, time.Second, 2, 0.6, false},
		"just enough":         {[2]float64{0.5, 0.5}, 0.2, time.Second, 2, 0.5, false},
		"stands still":        {[2]float64{0.9, 0.9}, 0.001, time.Second, 2, 0.9, true},
		"no time to move":     {[2]float64{0.9, 0.9}, 0.001, 200 * time.Millisecond, 2, 0.9, false},
		"one checked":         {[2]float64{-1, 0.9}, 0.2, time.Second, 1, 0.9, false},
		"unchecked":           {[2]float64{-1, -1}, 0.2, time.Second, 0, 0, false},
		"unchecked and still": {[2]float64{-1, -1}, 0, time.Second, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			var track evidence.Track
			cfg := config()
			var got []evidence.Finding
			for i, score := range c.scores {
				f := shot{seq: i + 1, at: time.Duration(i) * c.after, quality: 0.9}.face()
				f.Descriptor = menshen.Descriptor{1, float32(i) * c.change}
				if score >= 0 {
					f.Liveness = menshen.Liveness{Faces: 1, Score: score}
				}
				track.Add(cfg, f, near("ann", 0.2), f.Captured)
				if finding, ok := track.Judge(cfg, f.Captured); ok {
					got = append(got, finding)
				}
			}
			if len(got) != 1 || got[0].Match.Verdict != menshen.VerdictKnown {
				t.Fatalf("%+v", got)
			}
			l := got[0].Match.Liveness
			if l.Faces != c.faces || l.Score < c.score-1e-9 || l.Score > c.score+1e-9 || got[0].NotLive != c.not {
				t.Errorf("%+v, not live: %t", l, got[0].NotLive)
			}
			if l.Faces > 0 && (l.Change < float64(c.change)-1e-6 || l.Change > float64(c.change)+1e-6) {
				t.Errorf("a change of %g instead of %g", l.Change, c.change)
			}
		})
	}
}

// TestLivenessIsNotForgotten: a print gets no fresh try with every second face, and a still one is noticed although
// somebody is known again and again.
func TestLivenessIsNotForgotten(t *testing.T) {
	for name, c := range map[string]struct {
		scores []float64
		change float32
	}{
		"a lucky pair": {[]float64{0.1, 0.1, 0.2, 0.3, 0.1, 0.2, 0.6, 0.5}, 0.2},
		"a still face": {[]float64{0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var track evidence.Track
			cfg := config()
			last := evidence.Finding{}
			for i, score := range c.scores {
				f := shot{seq: i + 1, at: time.Duration(i) * 200 * time.Millisecond, quality: 0.9}.face()
				f.Descriptor = menshen.Descriptor{1, float32(i%2) * c.change}
				f.Liveness = menshen.Liveness{Faces: 1, Score: score}
				track.Add(cfg, f, near("ann", 0.2), f.Captured)
				if finding, ok := track.Judge(cfg, f.Captured); ok {
					last = finding
				}
			}
			if !last.NotLive || !last.Seen || last.Match.Liveness.Faces != len(c.scores) {
				t.Errorf("%+v", last)
			}
		})
	}
}
