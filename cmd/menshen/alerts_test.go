package main

import (
	"fmt"
	"testing"
	"time"

	"menshen"
)

// TestLateAlerts: a call for help that a lost connection held back is shown for a day from when it came, and hides none that came after it.
func TestLateAlerts(t *testing.T) {
	now := time.Date(2020, 2, 20, 9, 0, 0, 0, time.UTC)
	call := func(gate string, ago time.Duration) menshen.Alert {
		return menshen.Alert{Kind: menshen.AlertHelp, Gate: gate, At: now.Add(-ago)}
	}
	var b alertBoard
	b.put(call("east", 10*time.Minute), now)
	b.put(call("east", 30*time.Minute), now)
	b.put(call("west", 40*time.Hour), now)
	b.put(call("south", time.Hour), now)
	b.put(call("south", time.Minute), now)
	ages := func(at time.Time) (all string) {
		for _, c := range b.conditions(at) {
			all += fmt.Sprint(c.ID, " ", now.Sub(c.Since), "; ")
		}
		return all
	}
	if got, want := ages(now), "help:east 10m0s; help:west 40h0m0s; help:south 1m0s; "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := ages(now.Add(alertLife + time.Second)); got != "" {
		t.Errorf("after a day: %s", got)
	}
}
