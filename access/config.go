package access

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"menshen"
	"menshen/access/credential"
	"menshen/access/evidence"
	"menshen/access/roll"
)

// Deps is what a Controller works with. All but Masked, Learn and Registerer must be set.
type Deps struct {
	Searcher   Searcher
	Masked     Searcher    // of templates for covered faces, of the same engine; nil: covered faces are compared as others are
	Roll       *roll.Roll  // the registry as this gate knows it
	Ready      func() bool // whether the roll is whole; nil: as soon as anything is on it
	Recorder   Recorder
	Door       Door
	Learn      Learner                   // may be nil
	Measured   func(menshen.Temperature) // is told what readers measured of whom they know; must not block; may be nil
	Clock      func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer // nil keeps no figures
}

// Config of a Controller. Zero durations and sizes take their defaults.
type Config struct {
	Site     menshen.Site
	Cameras  []menshen.Camera
	Evidence evidence.Config
	Codes    credential.Freshness // how old a personal code may be

	Cooldown     time.Duration // seen again within this time is the same crossing; default 10 s
	Hold         time.Duration // how long a door is held open; default 5 s
	Reopen       time.Duration // who is still there so long after the door was told has it told again, without a second pass; default 10 s, negative: never
	DoorLimit    time.Duration // time limit of one command; default 2 s
	DoorPoll     time.Duration // how often a door is asked how it is, and told again what it did not take; default 1 s
	DoorHeldOpen time.Duration // a door that stays open longer after its hold is an alarm; default 30 s
	DoorStale    time.Duration // a command that had to wait longer is not given: nobody may be there any more; default 5 s
	MaxAge       time.Duration // faces captured longer ago, or as far ahead, are refused: they must not open a door; default 10 s

	AppendPatience time.Duration // the records count as full while one append takes longer; default 2 s
	RetryMin       time.Duration // first wait after a failed append, doubled each time; default 250 ms
	RetryMax       time.Duration // … up to this; default 5 s
	DrainLimit     time.Duration // how long Run goes on appending after its context ended; default 5 s
	QueueSize      int           // passes that may wait at each gate to be kept; default 4096
	MaxTracks      int           // tracks remembered at each gate; default 1024
	TrackKeep      time.Duration // how long a track without faces is remembered for late ones; default 30 s
	Tick           time.Duration // how often what waits for time is looked at; default 50 ms
}

func (c Config) withDefaults() Config {
	c.Evidence = c.Evidence.WithDefaults()
	c.Codes = c.Codes.WithDefaults()
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.Cooldown, 10 * time.Second}, {&c.Hold, 5 * time.Second}, {&c.Reopen, 10 * time.Second},
		{&c.DoorLimit, 2 * time.Second}, {&c.DoorPoll, time.Second}, {&c.DoorHeldOpen, 30 * time.Second},
		{&c.DoorStale, 5 * time.Second}, {&c.MaxAge, 10 * time.Second},
		{&c.AppendPatience, 2 * time.Second}, {&c.RetryMin, 250 * time.Millisecond}, {&c.RetryMax, 5 * time.Second},
		{&c.DrainLimit, 5 * time.Second}, {&c.TrackKeep, 30 * time.Second}, {&c.Tick, 50 * time.Millisecond},
	} {
		*d.field = cmp.Or(*d.field, d.value)
	}
	c.QueueSize = cmp.Or(c.QueueSize, 4096)
	c.MaxTracks = cmp.Or(c.MaxTracks, 1024)
	return c
}

// validate checks a configuration whose defaults are filled in.
func (c Config) validate() error {
	const op = "access.config"
	if err := c.Site.Validate(); err != nil {
		return err
	}
	if err := c.Evidence.Validate(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, cam := range c.Cameras {
		if err := menshen.ValidateSlug("camera", cam.ID); err != nil {
			return err
		}
		if seen[cam.ID] {
			return menshen.Errorf(menshen.CodeInvalid, op, "camera %q is listed twice", cam.ID).WithHint("give each camera its own id")
		}
		seen[cam.ID] = true
		if _, ok := c.Site.Gate(cam.Gate); !ok {
			return menshen.Errorf(menshen.CodeInvalid, op, "camera %q looks at the unknown gate %q", cam.ID, cam.Gate).
				WithHint("add that gate to the site, or correct the name")
		}
		if cam.Direction != menshen.DirectionIn && cam.Direction != menshen.DirectionOut {
			return menshen.Errorf(menshen.CodeInvalid, op, "camera %q has the unknown direction %q", cam.ID, cam.Direction).
				WithHint("use in or out")
		}
	}
	for _, d := range []struct {
		name     string
		value    time.Duration
		min, max time.Duration
	}{
		{"cooldown", c.Cooldown, 0, time.Hour},
		{"hold", c.Hold, 100 * time.Millisecond, 5 * time.Minute},
		{"door limit", c.DoorLimit, 10 * time.Millisecond, time.Minute},
		{"pause between two looks at a door", c.DoorPoll, 10 * time.Millisecond, time.Minute},
		{"time that a door may stay open", c.DoorHeldOpen, time.Second, time.Hour},
		{"stale door command", c.DoorStale, 10 * time.Millisecond, time.Minute},
		{"highest age of a face", c.MaxAge, 100 * time.Millisecond, 5 * time.Minute},
		{"patience with an append", c.AppendPatience, time.Millisecond, time.Minute},
		{"first wait", c.RetryMin, time.Millisecond, c.RetryMax},
		{"longest wait", c.RetryMax, time.Millisecond, time.Minute},
		{"drain limit", c.DrainLimit, time.Millisecond, 5 * time.Minute},
		{"memory of a track", c.TrackKeep, time.Second, time.Hour},
		{"tick", c.Tick, time.Millisecond, time.Second},
	} {
		if d.value < d.min || d.value > d.max {
			return menshen.Errorf(menshen.CodeInvalid, op, "the %s of %v is out of range", d.name, d.value).
				WithHint("set %v … %v", d.min, d.max)
		}
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"queue of passes", c.QueueSize}, {"number of tracks", c.MaxTracks}} {
		if n.value < 1 || n.value > 1<<20 {
			return menshen.Errorf(menshen.CodeInvalid, op, "the %s is %d", n.name, n.value).WithHint("set 1 … %d", 1<<20)
		}
	}
	return nil
}

func (d Deps) validate() error {
	if d.Searcher == nil || d.Roll == nil || d.Recorder == nil || d.Door == nil || d.Clock == nil || d.Log == nil {
		return menshen.Errorf(menshen.CodeInternal, "access.new", "a part that access needs was not handed in")
	}
	return nil
}
