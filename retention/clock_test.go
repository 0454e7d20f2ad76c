package retention_test

import (
	"encoding/json"
	"testing"
	"time"

	"menshen/retention"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// machine is a machine whose clock can be set, and that can be off.
type machine struct {
	wall time.Time
	boot string
	up   time.Duration

	t     *testing.T
	clock *retention.Clock
	state retention.ClockState
}

func newMachine(t *testing.T) *machine {
	m := &machine{wall: start, boot: "a", up: time.Hour, t: t, clock: retention.NewClock(retention.ClockState{}, time.Time{})}
	m.look(start)
	return m
}

// run lets time go by with looks every hour, as the hub looks.
func (m *machine) run(d time.Duration) {
	for ; d > 0; d -= time.Hour {
		step := min(d, time.Hour)
		m.wall, m.up = m.wall.Add(step), m.up+step
		_, m.state = m.clock.Look(retention.Moment{Wall: m.wall, Boot: m.boot, Up: m.up})
	}
}

// restart ends Menshen and starts it again from what it kept.
func (m *machine) restart() {
	m.t.Helper()
	text, err := json.Marshal(m.state)
	if err != nil {
		m.t.Fatal(err)
	}
	var kept retention.ClockState
	if err := json.Unmarshal(text, &kept); err != nil {
		m.t.Fatal(err)
	}
	m.clock = retention.NewClock(kept, time.Time{})
}

// off is a machine that is off for a time.
func (m *machine) off(d time.Duration) {
	m.wall, m.boot, m.up = m.wall.Add(d), m.boot+"x", 0
	m.restart()
}

func (m *machine) look(want time.Time) {
	m.t.Helper()
	var now time.Time
	now, m.state = m.clock.Look(retention.Moment{Wall: m.wall, Boot: m.boot, Up: m.up})
	if !now.Equal(want) {
		m.t.Errorf("it is %s, want %s", now.Sub(start), want.Sub(start))
	}
}

const day = 24 * time.Hour

func TestClockGoesOn(t *testing.T) {
	m := newMachine(t)
	m.run(3 * day)
	m.look(start.Add(3 * day))
	m.restart() // an upgrade, or a crash: the machine's own clock tells how long it took
	m.wall, m.up = m.wall.Add(3*time.Hour), m.up+3*time.Hour
	m.look(start.Add(3*day + 3*time.Hour))
}

// TestClockJumpsAhead by an hour and by a day, and a year, put right and not.
func TestClockJumpsAhead(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, day, 365 * day} {
		m := newMachine(t)
		m.run(2 * day)
		m.wall = m.wall.Add(by)
		m.look(start.Add(2 * day)) // as before
		m.run(23 * time.Hour)
		m.look(start.Add(2*day + 23*time.Hour))
		m.restart() // does not make it believed
		m.look(start.Add(2*day + 23*time.Hour))
		m.run(time.Hour)
		m.look(start.Add(3*day + by)) // a day has gone by: it is so

		m = newMachine(t)
		m.run(2 * day)
		m.wall = m.wall.Add(by)
		m.run(5 * time.Hour)
		m.wall = m.wall.Add(-by)
		m.look(start.Add(2*day + 5*time.Hour))
		if ahead, _ := m.clock.Pending(); ahead != 0 {
			t.Errorf("%s: put right, and still %s ahead", by, ahead)
		}
		m.run(2 * day)
		m.look(start.Add(4*day + 5*time.Hour))
	}
}

// TestClockJumpsWhileOff: the machine comes back with another day on its clock, and with the right one after a night.
func TestClockJumpsWhileOff(t *testing.T) {
	m := newMachine(t)
	m.run(day)
	m.off(365 * day)
	m.look(start.Add(day))
	if ahead, left := m.clock.Pending(); ahead != 365*day || left != day {
		t.Errorf("%s ahead, %s to wait", ahead, left)
	}
	// Off every night it lags by about a day, and goes on.
	m = newMachine(t)
	for range 30 {
		m.run(14 * time.Hour)
		m.off(10 * time.Hour)
	}
	now, _ := m.clock.Look(retention.Moment{Wall: m.wall, Boot: m.boot, Up: m.up})
	if lag := m.wall.Sub(now); lag < 10*time.Hour || lag > 2*day {
		t.Errorf("after 30 nights it lags by %s", lag)
	}
}

func TestClockSetBack(t *testing.T) {
	m := newMachine(t)
	m.run(2 * day)
	m.wall = m.wall.Add(-day)
	m.look(start.Add(day)) // later than that nothing is
	m.wall = m.wall.Add(day)
	m.look(start.Add(day)) // nor by going ahead again, until it is believed
	m.run(day)
	m.look(start.Add(3 * day))
}

func TestClockIsBelievedOnAWord(t *testing.T) {
	m := newMachine(t)
	m.wall = m.wall.Add(100 * day)
	m.look(start)
	m.state = m.clock.Believe()
	m.restart()
	m.look(start.Add(100 * day))
}

// TestFirstClock: where nothing was kept, the newest record tells how late it was last.
func TestFirstClock(t *testing.T) {
	c := retention.NewClock(retention.ClockState{}, start)
	if now, _ := c.Look(retention.Moment{Wall: start.Add(400 * day), Boot: "a", Up: time.Minute}); now.After(start.Add(time.Minute)) {
		t.Errorf("it believed %s", now)
	}
	c = retention.NewClock(retention.ClockState{}, time.Time{}) // an empty site has nothing to lose
	if now, _ := c.Look(retention.Moment{Wall: start, Boot: "a", Up: time.Minute}); !now.Equal(start) {
		t.Errorf("it is %s", now)
	}
}
