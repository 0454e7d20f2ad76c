package bench

import (
	"math"
	"testing"
	"time"

	"menshen"
)

func TestJudge(t *testing.T) {
	begin := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return begin.Add(time.Duration(s * float64(time.Second))) }
	people := []actor{{name: "An", first: 0, last: 50, enrolled: true}, {name: "Bo", first: 100, last: 150, enrolled: true}, {name: "Stranger", first: 200, last: 250}}
	// A clip of 12 s, shown three times; the second camera sees it 6 s later.
	shown := func(camera, first, last int) (all []menshen.Span) {
		for k := range 3 {
			from := float64(camera*6 + k*12)
			all = append(all, menshen.Span{From: at(from + float64(first)/25), To: at(from + float64(last)/25)})
		}
		return all
	}
	pass := func(gate, name string, captured, took float64) passSeen {
		return passSeen{gate: gate, name: name, allowed: name != "", captured: at(captured), decided: at(captured + took)}
	}
	s := judge(people, shown, 2, menshen.Span{From: at(3.5), To: at(24)}, []passSeen{
		pass("gate-1", "An", 0.5, 9),     // before the window
		pass("gate-1", "Bo", 4.2, 0.1),   // 0.3 s in view
		pass("gate-1", "", 9, 1),         // the stranger
		pass("gate-1", "An", 12.4, 0.2),  // 0.6 s in view
		pass("gate-1", "An", 13.4, 0.2),  // again
		pass("gate-2", "An", 6.4, 0.3),   // 0.7 s in view
		pass("gate-2", "Bo", 13.5, 0.4),  // left a second before
		pass("gate-1", "Bo", 20.5, 0.1),  // left a moment before
		pass("gate-2", "Eve", 10.5, 0.1), // never there
	})
	if s.Expected != 7 || s.Allowed != 3 || s.Missed != 4 || s.Doubled != 1 || s.Refused != 1 || s.Late != 2 || s.Wrong != 1 {
		t.Errorf("%+v", s)
	}
	if s.Decision.Count != 3 || math.Abs(s.Decision.P50-200) > 1e-6 || math.Abs(s.InView.P99-700) > 1e-6 {
		t.Errorf("%+v, %+v", s.Decision, s.InView)
	}
}
