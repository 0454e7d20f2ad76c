package tracing_test

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// day is midnight of the first day of the tests.
var day = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// testSite: outside ─east,west─ compound ─door─ building ─lift-lobby─ lift ─lift-floor─ unit; compound ─shop-door─ shop.
func testSite() menshen.Site {
	zone := func(id string, k menshen.ZoneKind, parent string) menshen.Zone {
		return menshen.Zone{ID: id, Name: menshen.Text{EN: id}, Kind: k, Parent: parent}
	}
	gate := func(id, from, to string) menshen.Gate {
		return menshen.Gate{ID: id, Name: menshen.Text{EN: id}, From: from, To: to, State: menshen.GateOpen}
	}
	return menshen.Site{
		ID: "yard", Location: time.UTC,
		Zones: []menshen.Zone{
			zone("unit", menshen.ZoneUnit, "building"), zone("lift", menshen.ZoneLift, "building"),
			zone("building", menshen.ZoneBuilding, "compound"), zone("shop", menshen.ZoneShop, "compound"),
			zone("compound", menshen.ZoneCompound, ""), zone("outside", menshen.ZoneOutside, ""),
		},
		Gates: []menshen.Gate{
			gate("east", "outside", "compound"), gate("west", "outside", "compound"), gate("door", "compound", "building"),
			gate("lift-lobby", "building", "lift"), gate("lift-floor", "lift", "unit"), gate("shop-door", "compound", "shop"),
		},
	}
}

// MustClock reads "08:00", "08:00:30" or, for another day, "1/08:00".
func MustClock(tb testing.TB, s string) time.Time {
	tb.Helper()
	days := 0
	if n, rest, ok := strings.Cut(s, "/"); ok {
		var err error
		if days, err = strconv.Atoi(n); err != nil {
			tb.Fatal(err)
		}
		s = rest
	}
	if len(s) == 5 {
		s += ":00"
	}
	t, err := time.Parse(time.TimeOnly, s)
	if err != nil {
		tb.Fatal(err)
	}
	return day.AddDate(0, 0, days).Add(t.Sub(t.Truncate(24 * time.Hour)))
}

// MustPasses reads lines like "08:00 east in", with "deny" or "review" after them, of one person.
func MustPasses(tb testing.TB, person string, lines ...string) []menshen.Pass {
	tb.Helper()
	out := make([]menshen.Pass, 0, len(lines))
	for i, line := range lines {
		f := strings.Fields(line)
		h := fnv.New32()
		h.Write([]byte(person))
		p := newPass(person, f[1], menshen.Direction(f[2]), MustClock(tb, f[0]), uint64(h.Sum32())<<8+uint64(i+1))
		if len(f) > 3 {
			p.Decision = menshen.Decision{Outcome: menshen.Outcome(f[3]), Reasons: []menshen.Reason{menshen.ReasonUnsureFace}}
		}
		out = append(out, p)
	}
	return out
}

func newPass(person, gate string, way menshen.Direction, at time.Time, seq uint64) menshen.Pass {
	return menshen.Pass{
		ID: menshen.PassID{Gate: gate, Sequence: seq}, Site: "yard", Person: person, Direction: way, Captured: at,
		Means:    menshen.MeansFace,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
	}
}

func clock(t time.Time) string {
	days := int(t.Sub(day).Hours() / 24)
	if t.Before(day) {
		days = -int((day.Sub(t).Hours() + 24) / 24)
	}
	s := strings.TrimSuffix(t.Format(time.TimeOnly), ":00")
	if days != 0 {
		s = fmt.Sprintf("%d/%s", days, s)
	}
	return s
}

// show writes a stay as "zone from to", "~" before an inferred bound and ">" before the end of an open stay.
func show(s menshen.Stay) string {
	from, to := clock(s.From), clock(s.To)
	if !s.FromObserved {
		from = "~" + from
	}
	switch {
	case s.Open:
		to = ">" + to
	case !s.ToObserved:
		to = "~" + to
	}
	return s.Zone + " " + from + " " + to
}

func showAll(stays []menshen.Stay) []string {
	out := make([]string, len(stays))
	for i, s := range stays {
		out[i] = show(s)
	}
	return out
}

func wantLines(tb testing.TB, got, want []string) {
	tb.Helper()
	if !slices.Equal(got, want) {
		tb.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// MustTracer makes a tracer on a log with the passes, at the time now.
func MustTracer(tb testing.TB, cfg tracing.StayConfig, now time.Time, passes []menshen.Pass) *tracing.Tracer {
	tb.Helper()
	log := passlog.New(passlog.Config{Grade: tracing.Grade})
	if _, err := log.Append(passes...); err != nil {
		tb.Fatal(err)
	}
	t, err := tracing.New(log, testSite(), tracing.Config{Stays: cfg, Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// MustLogAndTracer gives the log as well.
func MustLogAndTracer(tb testing.TB, now time.Time, passes []menshen.Pass) (*passlog.Log, *tracing.Tracer) {
	tb.Helper()
	log := passlog.New(passlog.Config{Grade: tracing.Grade})
	if _, err := log.Append(passes...); err != nil {
		tb.Fatal(err)
	}
	t, err := tracing.New(log, testSite(), tracing.Config{Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return log, t
}
