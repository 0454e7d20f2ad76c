package policy_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/tracing/policy"
)

const layout = "2006-01-02 15:04"

func mustLocation(tb testing.TB, name string) *time.Location {
	tb.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		tb.Fatal(err)
	}
	return loc
}

func moment(tb testing.TB, s string, loc *time.Location) time.Time {
	tb.Helper()
	if s == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(layout, s, loc)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func builtin(tb testing.TB, id string) *policy.Policy {
	tb.Helper()
	for _, p := range policy.Builtin() {
		if p.ID == id {
			return p
		}
	}
	tb.Fatalf("no policy %s", id)
	return nil
}

func TestWindows(t *testing.T) {
	const now = "2022-11-20 12:00"
	for name, c := range map[string]struct {
		policy                            string
		onset, sampled, isolated, symFree string
		from, to                          string
	}{
		"symptoms":                       {policy: "nhc-9", onset: "2022-11-10 08:00", from: "2022-11-08 08:00", to: now},
		"onset goes before the sample":   {policy: "nhc-9", onset: "2022-11-10 08:00", sampled: "2022-11-09 08:00", from: "2022-11-08 08:00", to: now},
		"no symptoms":                    {policy: "nhc-9", sampled: "2022-11-12 10:00", from: "2022-11-10 10:00", to: now},
		"isolated":                       {policy: "nhc-9", onset: "2022-11-10 08:00", isolated: "2022-11-11 09:00", from: "2022-11-08 08:00", to: "2022-11-11 09:00"},
		"isolated before onset":          {policy: "nhc-9", onset: "2022-11-10 08:00", isolated: "2022-11-09 00:00", from: "2022-11-08 08:00", to: "2022-11-09 00:00"},
		"isolated before it all":         {policy: "nhc-9", onset: "2022-11-10 08:00", isolated: "2022-11-01 00:00", from: "2022-11-08 08:00", to: "2022-11-08 08:00"},
		"isolated as it begins":          {policy: "nhc-9", onset: "2022-11-10 08:00", isolated: "2022-11-08 08:00", from: "2022-11-08 08:00", to: "2022-11-08 08:00"},
		"four days":                      {policy: "nhc-8", sampled: "2022-11-12 10:00", isolated: "2022-11-12 18:00", from: "2022-11-08 10:00", to: "2022-11-12 18:00"},
		"WHO: still ill":                 {policy: "who-2022", onset: "2022-11-01 00:00", from: "2022-10-30 00:00", to: now},
		"WHO: still ill, not yet 13 d":   {policy: "who-2022", onset: "2022-11-15 00:00", from: "2022-11-13 00:00", to: "2022-11-28 00:00"},
		"WHO: soon well, at least 13 d":  {policy: "who-2022", onset: "2022-11-01 00:00", symFree: "2022-11-04 00:00", from: "2022-10-30 00:00", to: "2022-11-14 00:00"},
		"WHO: well on day 10, the same":  {policy: "who-2022", onset: "2022-11-01 00:00", symFree: "2022-11-11 00:00", from: "2022-10-30 00:00", to: "2022-11-14 00:00"},
		"WHO: well late, 3 d after":      {policy: "who-2022", onset: "2022-11-01 00:00", symFree: "2022-11-13 06:00", from: "2022-10-30 00:00", to: "2022-11-16 06:00"},
		"WHO: no symptoms":               {policy: "who-2022", sampled: "2022-11-01 00:00", from: "2022-10-30 00:00", to: "2022-11-11 00:00"},
		"WHO: isolation ends no window":  {policy: "who-2022", sampled: "2022-11-01 00:00", isolated: "2022-11-02 00:00", from: "2022-10-30 00:00", to: "2022-11-11 00:00"},
		"look back from onset":           {policy: "copresence", onset: "2022-11-10 08:00", sampled: "2022-11-12 10:00", from: "2022-10-27 08:00", to: now},
		"look back from the sample":      {policy: "copresence", sampled: "2022-11-12 10:00", isolated: "2022-11-13 00:00", from: "2022-10-29 10:00", to: "2022-11-13 00:00"},
		"look back from now":             {policy: "copresence", from: "2022-11-06 12:00", to: now},
		"look back, isolated long since": {policy: "copresence", sampled: "2022-11-19 00:00", isolated: "2022-11-01 00:00", from: "2022-11-05 00:00", to: "2022-11-05 00:00"},
		"whole days":                     {policy: "nhs-venue", onset: "2022-11-10 08:00", isolated: "2022-11-11 09:00", from: "2022-11-08 00:00", to: "2022-11-12 00:00"},
		"whole days, isolated at night":  {policy: "nhs-venue", onset: "2022-11-10 00:00", isolated: "2022-11-11 00:00", from: "2022-11-08 00:00", to: "2022-11-11 00:00"},
		"whole days of none":             {policy: "nhs-venue", onset: "2022-11-10 08:00", isolated: "2022-11-01 00:00", from: "2022-11-08 08:00", to: "2022-11-08 08:00"},
	} {
		loc := mustLocation(t, "Asia/Shanghai")
		clinical := menshen.Clinical{Onset: moment(t, c.onset, loc), Sampled: moment(t, c.sampled, loc), Isolated: moment(t, c.isolated, loc), SymptomFree: moment(t, c.symFree, loc)}
		got, err := builtin(t, c.policy).Window.Span(clinical, moment(t, now, loc), loc)
		if err != nil || !got.From.Equal(moment(t, c.from, loc)) || !got.To.Equal(moment(t, c.to, loc)) {
			t.Errorf("%s: %s – %s, %v; want %s – %s", name, got.From.In(loc).Format(layout), got.To.In(loc).Format(layout), err, c.from, c.to)
		}
	}
}

// Both an end by days and isolation: whichever is first.
func TestWindowEndsWithTheEarlier(t *testing.T) {
	w := policy.Window{BeforeOnset: 48 * time.Hour, BeforeSample: 48 * time.Hour, AfterOnset: 240 * time.Hour, AfterSample: 240 * time.Hour, UntilIsolation: true}
	onset := time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)
	for isolated, want := range map[time.Time]time.Time{
		{}:                       onset.AddDate(0, 0, 10),
		onset.AddDate(0, 0, 3):   onset.AddDate(0, 0, 3),
		onset.AddDate(0, 0, 10):  onset.AddDate(0, 0, 10),
		onset.AddDate(0, 0, 20):  onset.AddDate(0, 0, 10),
		onset.AddDate(0, 0, -20): onset.AddDate(0, 0, -2),
	} {
		got, err := w.Span(menshen.Clinical{Onset: onset, Isolated: isolated}, onset.AddDate(0, 1, 0), nil)
		if err != nil || !got.To.Equal(want) {
			t.Errorf("isolated %v: ends %v, want %v; %v", isolated, got.To, want, err)
		}
	}
}

// Clocks that are changed within a window make it neither longer nor shorter; whole days are those of the calendar.
func TestWindowsKnowNoSummerTime(t *testing.T) {
	loc := mustLocation(t, "Europe/London")
	onset, now := moment(t, "2022-03-28 08:00", loc), moment(t, "2022-03-30 12:00", loc) // clocks went forward on the 27th
	got, err := builtin(t, "cdc-2020").Window.Span(menshen.Clinical{Onset: onset}, now, loc)
	if err != nil || onset.Sub(got.From) != 48*time.Hour || !got.From.Equal(moment(t, "2022-03-26 07:00", loc)) {
		t.Errorf("%v %v", got, err)
	}
	got, err = builtin(t, "nhs-venue").Window.Span(menshen.Clinical{Onset: onset}, now, loc)
	if err != nil || !got.From.Equal(moment(t, "2022-03-26 00:00", loc)) || !got.To.Equal(moment(t, "2022-03-31 00:00", loc)) || got.Duration() != 119*time.Hour {
		t.Errorf("%v %v", got, err)
	}
}

func TestWindowWantsOnsetOrSample(t *testing.T) {
	_, err := builtin(t, "nhc-9").Window.Span(menshen.Clinical{}, time.Now(), time.UTC)
	if message, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || message[:6] != "onset:" || hint == "" {
		t.Errorf("%v", err)
	}
}

func TestDurations(t *testing.T) {
	for s, want := range map[string]time.Duration{
		"14d": 336 * time.Hour, "1d12h": 36 * time.Hour, "0s": 0, "0d": 0, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "366d": 366 * 24 * time.Hour,
		"-2d": -48 * time.Hour, "-1d12h": -36 * time.Hour, "1d1h1m1s": 25*time.Hour + 61*time.Second, "250ms": 250 * time.Millisecond,
	} {
		got, ok := policy.ParseDuration(s)
		if !ok || got != want {
			t.Errorf("%s: %v %v", s, got, ok)
		}
		if back, ok := policy.ParseDuration(policy.FormatDuration(got)); !ok || back != got {
			t.Errorf("%s is written %s", s, policy.FormatDuration(got))
		}
	}
	for _, s := range []string{"", "d", "2", "1.5d", "367d", "366d1s", "1d24h", "1d-1h", "1d+1h", "1d2d", "d1", "9999999999999d", "10000h"} {
		if got, ok := policy.ParseDuration(s); ok {
			t.Errorf("%s is %v", s, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "0s", time.Minute: "1m", time.Hour: "1h", 26 * time.Hour: "1d2h", 24*time.Hour + 5*time.Minute: "1d5m", 90 * time.Second: "1m30s", 10 * time.Minute: "10m", 20 * time.Hour: "20h"} {
		if got := policy.FormatDuration(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}
