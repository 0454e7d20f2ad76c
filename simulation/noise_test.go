package simulation_test

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/simulation"
)

func noisy(tb testing.TB) []menshen.Pass {
	tb.Helper()
	passes := collect(MustCommunity(tb, simulation.Config{People: 500, Seed: 3}), monday, monday.AddDate(0, 0, 4))
	for i := range passes {
		passes[i].Track = "t" + time.Duration(i).String() // to know it again
	}
	return passes
}

func MustSpoil(tb testing.TB, n simulation.Noise, passes []menshen.Pass) ([]menshen.Pass, simulation.Spoiled) {
	tb.Helper()
	out, done, err := n.Spoil(passes)
	if err != nil {
		tb.Fatal(err)
	}
	return out, done
}

func TestNoNoiseChangesNothing(t *testing.T) {
	passes := noisy(t)
	out, done := MustSpoil(t, simulation.Noise{Seed: 1}, passes)
	if !reflect.DeepEqual(out, passes) || done != (simulation.Spoiled{}) {
		t.Errorf("passes changed without noise: %+v", done)
	}
}

func TestNoiseKeepsItsRates(t *testing.T) {
	passes := noisy(t)
	before := slices.Clone(passes)
	for _, rate := range []float64{0.01, 0.05, 0.2} {
		out, done := MustSpoil(t, simulation.Noise{Seed: 7, Dropped: rate, Doubled: rate, Delayed: rate, Swapped: rate / 4}, passes)
		if !reflect.DeepEqual(passes, before) {
			t.Fatal("the passes given were changed")
		}
		if len(out) != len(passes)-done.Dropped+done.Doubled {
			t.Errorf("%d passes of %d after %+v", len(out), len(passes), done)
		}
		near := func(what string, got int, want, of float64) {
			if slack := 5*math.Sqrt(of*want) + 2; math.Abs(float64(got)-of*want) > slack {
				t.Errorf("%s: %d of %d at the rate %v", what, got, len(passes), want)
			}
		}
		n := float64(len(passes))
		near("dropped", done.Dropped, rate, n)
		near("doubled", done.Doubled, rate, n*(1-rate))
		near("delayed", done.Delayed, rate, n*(1-rate))
		near("swapped", done.Swapped, rate/4, n)
	}
}

// TestWhatNoiseDoes looks at each kind of noise alone: nothing changes that it must not change.
func TestWhatNoiseDoes(t *testing.T) {
	passes := noisy(t)
	byTrack := map[string]menshen.Pass{}
	for _, p := range passes {
		byTrack[p.Track] = p
	}
	for name, n := range map[string]simulation.Noise{
		"dropped": {Dropped: 0.2}, "doubled": {Doubled: 0.2, Again: 2 * time.Second}, "delayed": {Delayed: 0.2, Late: time.Hour}, "swapped": {Swapped: 0.1},
	} {
		out, done := MustSpoil(t, n, passes)
		if total := done.Dropped + done.Doubled + done.Delayed + done.Swapped; total == 0 {
			t.Errorf("%s: nothing was done", name)
		}
		seen := map[string]int{}
		var furthest time.Time
		swapped := 0
		for _, p := range out {
			was := byTrack[p.Track]
			seen[p.Track]++
			if late := furthest.Sub(p.Captured); late > time.Hour || late > 3*time.Second && name != "delayed" {
				t.Fatalf("%s: a pass comes %v late", name, late)
			}
			if p.Captured.After(furthest) {
				furthest = p.Captured
			}
			if p.Person != was.Person {
				swapped++
			}
			if seen[p.Track] > 1 {
				if d := p.Captured.Sub(was.Captured); d <= 0 || d > 2*time.Second {
					t.Fatalf("%s: a double %v after", name, d)
				}
				p.Captured, p.Decided = was.Captured, was.Decided
			}
			p.Person, p.Match, p.Means, p.Confidence = was.Person, was.Match, was.Means, was.Confidence
			if !reflect.DeepEqual(p, was) {
				t.Fatalf("%s: %+v became %+v", name, was, p)
			}
		}
		if swapped != done.Swapped || name != "swapped" && swapped > 0 {
			t.Errorf("%s: %d passes have another's name, %d are said to", name, swapped, done.Swapped)
		}
		if name != "dropped" && len(seen) != len(passes) {
			t.Errorf("%s: %d passes of %d are there", name, len(seen), len(passes))
		}
	}
}

func TestNoiseFollowsItsSeed(t *testing.T) {
	passes := noisy(t)
	n := simulation.Noise{Seed: 5, Dropped: 0.1, Doubled: 0.1, Delayed: 0.1, Swapped: 0.02}
	a, _ := MustSpoil(t, n, passes)
	b, _ := MustSpoil(t, n, passes)
	if !reflect.DeepEqual(a, b) {
		t.Error("one seed gave two results")
	}
	n.Seed++
	if c, _ := MustSpoil(t, n, passes); reflect.DeepEqual(a, c) {
		t.Error("another seed gave the same result")
	}
}

func TestNoiseOutOfRange(t *testing.T) {
	for _, n := range []simulation.Noise{{Dropped: -0.1}, {Doubled: 1.1}, {Delayed: math.NaN()}, {Swapped: 2}, {Late: -time.Second}, {Again: 31 * 24 * time.Hour}} {
		if _, _, err := n.Spoil(nil); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%+v: %v", n, err)
		}
	}
}
