package tally_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"menshen"
	"menshen/office/tally"
)

// shelf counts passes as a store does, and how often it was asked.
type shelf struct {
	passes []menshen.Pass
	asked  []menshen.Span
}

func (s *shelf) PassTallies(_ context.Context, span menshen.Span) (all []menshen.PassTally, err error) {
	s.asked = append(s.asked, span)
	for _, p := range s.passes {
		if p.Captured.Before(span.From) || !p.Captured.Before(span.To) {
			continue
		}
		t := menshen.PassTally{At: p.Captured.Truncate(15 * time.Minute), Gate: p.ID.Gate, Direction: p.Direction, Outcome: p.Decision.Outcome, Count: 1}
		if p.Decision.Outcome != menshen.OutcomeAllow && len(p.Decision.Reasons) > 0 {
			t.Reason = p.Decision.Reasons[0]
		}
		all = append(all, t)
	}
	return all, nil
}

func (s *shelf) pass(gate string, at time.Time, o menshen.Outcome, reasons ...menshen.Reason) menshen.Pass {
	p := menshen.Pass{ID: menshen.PassID{Gate: gate, Sequence: 1}, Direction: menshen.DirectionIn, Captured: at, Decision: menshen.Decision{Outcome: o, Reasons: reasons}}
	s.passes = append(s.passes, p)
	return p
}

func MustLoad(tb testing.TB, name string) *time.Location {
	tb.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

func MustCount(tb testing.TB, t *tally.Tally, days int, now time.Time) tally.Report {
	tb.Helper()
	r, err := t.Count(tb.Context(), days, now)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestHoursAreThoseOfTheSite(t *testing.T) {
	kathmandu := MustLoad(t, "Asia/Kathmandu") // 5 h 45 min from UTC
	s := &shelf{}
	s.pass("east", time.Date(2026, 3, 15, 23, 59, 59, 0, kathmandu), menshen.OutcomeAllow)
	s.pass("east", time.Date(2026, 3, 15, 7, 59, 0, 0, kathmandu), menshen.OutcomeAllow)
	s.pass("east", time.Date(2026, 3, 15, 8, 0, 0, 0, kathmandu), menshen.OutcomeDeny, menshen.ReasonNoPermit)
	s.pass("west", time.Date(2026, 3, 16, 0, 0, 0, 0, kathmandu), menshen.OutcomeReview, menshen.ReasonUnsureFace, menshen.ReasonNoPermit)
	r := MustCount(t, tally.New(s, kathmandu), 2, time.Date(2026, 3, 16, 9, 0, 0, 0, kathmandu))
	want := "map[east:{1 0 0 0}] map[east:{0 0 1 0}] map[east:{1 0 0 0}] map[west:{0 0 0 1}]"
	if got := fmt.Sprint(r.Hours[7].ByGate, r.Hours[8].ByGate, r.Hours[23].ByGate, r.Hours[0].ByGate); got != want {
		t.Errorf("hours %s, want %s", got, want)
	}
	if got := fmt.Sprint(r.Days[0].ByGate, r.Days[1].ByGate, r.Days[1].Date.Format(time.DateTime)); got != "map[east:{2 0 1 0}] map[west:{0 0 0 1}]2026-03-16 00:00:00" {
		t.Errorf("days %s", got)
	}
	if fmt.Sprint(r.Reasons) != "[{no_permit 1 0} {unsure_face 0 1}]" || r.Hours[3].Times != 2 {
		t.Errorf("reasons %v, the hour of three was there %d times", r.Reasons, r.Hours[3].Times)
	}
}

// TestClocksPutForwardAndBack: the hour of two is missing on one day, and there twice on another.
func TestClocksPutForwardAndBack(t *testing.T) {
	berlin := MustLoad(t, "Europe/Berlin")
	for day, times := range map[string]int{"2026-03-29": 0, "2026-10-25": 2, "2026-06-01": 1} {
		at, _ := time.ParseInLocation(time.DateOnly, day, berlin)
		s := &shelf{}
		for i := range 24 * 4 {
			s.pass("east", at.Add(time.Duration(i)*15*time.Minute), menshen.OutcomeAllow)
		}
		r := MustCount(t, tally.New(s, berlin), 1, at.Add(22*time.Hour))
		if r.Hours[2].Times != times || r.Hours[2].ByGate["east"].In != 4*times || r.Hours[5].ByGate["east"].In != 4 {
			t.Errorf("%s: the hour of two %d times, with %d passes", day, r.Hours[2].Times, r.Hours[2].ByGate["east"].In)
		}
	}
}

// TestDaysThatAreOverAreReadOnce, until a pass of one comes late.
func TestDaysThatAreOverAreReadOnce(t *testing.T) {
	now := time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
	s := &shelf{}
	c := tally.New(s, time.UTC)
	s.pass("east", now.AddDate(0, 0, -3), menshen.OutcomeAllow)
	MustCount(t, c, 7, now)
	if len(s.asked) != 1 || s.asked[0].Duration() != 7*24*time.Hour {
		t.Fatalf("asked for %v", s.asked)
	}
	c.Passed(s.pass("east", now, menshen.OutcomeAllow))
	r := MustCount(t, c, 7, now)
	if len(s.asked) != 2 || s.asked[1].Duration() != 24*time.Hour || r.Days[6].ByGate["east"].In != 1 || r.Days[3].ByGate["east"].In != 1 {
		t.Errorf("asked for %v, got %v", s.asked, r.Days)
	}
	c.Passed(s.pass("east", now.AddDate(0, 0, -3), menshen.OutcomeAllow))
	r = MustCount(t, c, 7, now)
	if len(s.asked) != 4 || r.Days[3].ByGate["east"].In != 2 {
		t.Errorf("asked for %v, got %v", s.asked, r.Days)
	}
	for _, days := range []int{0, 32} {
		if _, err := c.Count(t.Context(), days, now); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%d days: %v", days, err)
		}
	}
}
