package simulation_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/simulation"
)

// play collects n passes of a live play that begins now, in the time of a synctest bubble, and checks what is always true.
func play(t *testing.T, c *simulation.Community, cfg simulation.LiveConfig, n int) []menshen.Pass {
	t.Helper()
	enough := errors.New("enough")
	var out []menshen.Pass
	err := c.Live(t.Context(), time.Now, cfg, func(p menshen.Pass) error {
		if p.Decided.After(time.Now()) {
			t.Errorf("a pass decided at %v came at %v", p.Decided, time.Now())
		}
		if len(out) > 0 && p.Captured.Before(out[len(out)-1].Captured) {
			t.Error("passes are not in order")
		}
		if out = append(out, p); len(out) == n {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	return out
}

// newYear is when the clock of a synctest bubble begins: midnight in Greenwich, eight in the morning in Shanghai. Live
// begins in the tests a day later.
var (
	newYear = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	nextDay = newYear.AddDate(0, 0, 1)
)

func TestLivePlaysThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(nextDay))
		c := MustCommunity(t, simulation.Config{People: 100, Start: newYear})
		got := play(t, c, simulation.LiveConfig{Quiet: -1}, 3000)
		last := got[len(got)-1].Captured
		want := collect(c, nextDay, last.Add(1))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d passes played and %d planned, or they differ", len(got), len(want))
		}
		if late := time.Since(last); late > time.Second {
			t.Errorf("the last pass came %v late", late)
		}
	})
}

func TestLiveCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(nextDay))
		c := MustCommunity(t, simulation.Config{People: 100, Start: newYear})
		got := play(t, c, simulation.LiveConfig{From: newYear, Speed: 25, Quiet: -1}, 2000)
		last := got[len(got)-1].Captured
		if !reflect.DeepEqual(got, collect(c, newYear, last.Add(1))) {
			t.Error("what was played is not the plan")
		}
		if late := time.Since(last); last.Before(nextDay.Add(2*time.Hour)) || late > time.Second {
			t.Errorf("the last pass, of %v, came %v late", last, late)
		}
	})
}

// At night too something happens, and it is possible: nobody leaves a zone that they are not in.
func TestLiveIsNeverQuiet(t *testing.T) {
	for _, people := range []int{1, 30, 600} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(nextDay))
			const quiet = 20 * time.Second
			c := MustCommunity(t, simulation.Config{People: people, Start: newYear})
			got := play(t, c, simulation.LiveConfig{Quiet: quiet}, 12_000)
			at := map[string]string{}
			residents := 0
			for i, p := range got {
				if i > 0 && p.Captured.Sub(got[i-1].Captured) > quiet {
					t.Fatalf("nothing between %v and %v", got[i-1].Captured, p.Captured)
				}
				p.ID.Sequence = 1
				if err := p.Validate(); err != nil {
					t.Fatal(err)
				}
				if p.Person == "" {
					continue
				}
				residents++
				g, _ := c.Site().Gate(p.ID.Gate)
				origin := g.Into(map[menshen.Direction]menshen.Direction{"in": "out", "out": "in"}[p.Direction])
				if zone, ok := at[p.Person]; ok && zone != origin {
					t.Fatalf("%s passes %s %s at %v, but is in %s", p.Person, g.ID, p.Direction, p.Captured, zone)
				}
				if at[p.Person] = origin; p.Decision.Outcome == menshen.OutcomeAllow {
					at[p.Person] = g.Into(p.Direction)
				}
			}
			if people > 1 && residents < len(got)/2 {
				t.Errorf("only %d of %d passes are of residents", residents, len(got))
			}
			if span := got[len(got)-1].Captured.Sub(got[0].Captured); span < 6*time.Hour {
				t.Errorf("the passes span only %v", span)
			}
		})
	}
}

func TestLiveEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(nextDay))
		c := MustCommunity(t, simulation.Config{People: 10, Start: newYear})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		n := 0
		err := c.Live(ctx, time.Now, simulation.LiveConfig{}, func(menshen.Pass) error { n++; return nil })
		if !errors.Is(err, context.DeadlineExceeded) || n < 100 {
			t.Errorf("ended with %v after %d passes", err, n)
		}
		if err := c.Live(t.Context(), time.Now, simulation.LiveConfig{Speed: 0.5}, nil); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("speed 0.5 gave %v", err)
		}
	})
}
