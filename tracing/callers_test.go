package tracing_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// TestWhoWasInTheShop goes through what one door may tell or fail to tell of somebody; li is in the shop from 10:00 to 10:30.
func TestWhoWasInTheShop(t *testing.T) {
	tests := []struct{ name, passes, want string }{
		{"in and out", "10:10 in, 10:20 out", "10:10–10:20"},
		{"there all the time", "09:00 in, 11:00 out", "10:00–10:30"},
		{"for longer than the cap", "03:00 in, 17:00 out", "10:00–10:30"},
		{"out before", "09:00 in, 09:59 out", ""},
		{"in after", "10:31 in, 10:40 out", ""},
		{"touching is not together", "09:00 in, 10:00 out", ""},
		{"the way in was missed", "11:00 out", "10:00–10:30"},
		{"the way in was missed, long before", "13:20 out", "10:20–10:30"},
		{"too long before", "13:31 out", ""},
		{"the way out was missed", "09:00 in", "10:00–10:30"},
		{"too long ago", "06:59 in", ""},
		{"the way out of an earlier visit was missed", "07:30 in, 10:20 in, 10:25 out", "10:00–10:25"},
		{"two ways out", "09:50 in, 10:05 out, 10:15 out", "10:00–10:15"},
		{"refused on the way out", "09:50 in, 10:05 out deny, 10:15 out", "10:00–10:15"},
		{"refused on the way out, and there until evening", "03:00 in, 09:59 out deny, 17:00 out", "10:00–10:30"},
		{"refused on the way in", "10:05 in deny, 14:00 out", ""},
		{"a second look at the door", "10:29:59 in, 10:30:05 in, 10:40 out", "10:29:59–10:30"},
	}
	rules := []policy.Rule{{ID: "shop", Kind: policy.RuleZone, Zones: []menshen.ZoneKind{menshen.ZoneShop}, Level: menshen.LevelClose, Risk: "low"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var lines []string
			for line := range strings.SplitSeq(tt.passes, ", ") {
				at, rest, _ := strings.Cut(line, " ")
				lines = append(lines, at+" shop-door "+rest)
			}
			passes := append(MustPasses(t, "li", "10:00 shop-door in", "10:30 shop-door out"), MustPasses(t, "wang", lines...)...)
			// Nobody else's visits, long before and after, change that.
			passes = append(passes, MustPasses(t, "li", "1/20:00 shop-door in", "1/20:10 shop-door out")...)
			tracer := MustTracer(t, tracing.StayConfig{}, MustClock(t, "2/12:00"), passes)
			answer, err := tracer.Case(t.Context(), tracing.CaseQuestion{
				Person: "li", Window: menshen.Span{From: day, To: day.Add(48 * time.Hour)}, Policy: &policy.Policy{ID: "shops", Generations: 1, Rules: rules},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range answer.Findings {
				got += clock(f.First) + "–" + clock(f.Last)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
