package access

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"menshen"
)

// doorQueue is how many commands may wait for a door. Commands go stale within seconds, so few are worth keeping.
const doorQueue = 8

// doorman gives the commands of one gate to its door, one after another.
type doorman struct {
	gate     menshen.Gate
	door     Door
	cfg      *Config
	clock    func() time.Time
	log      *slog.Logger
	m        *metrics
	commands chan menshen.DoorCommand

	mu      sync.Mutex
	failing time.Time // since when; zero while well
	detail  string
}

// open hands a command over and returns at once. With too many waiting the door has not answered for long: the command
// is dropped and shows as a failing door.
func (d *doorman) open(cmd menshen.DoorCommand) {
	select {
	case d.commands <- cmd:
	default:
		d.m.doors.WithLabelValues(d.gate.ID, "dropped").Inc()
		d.failed("too many commands wait for the door")
	}
}

// run gives commands until the channel is closed and empty. Every command has its time limit within ctx.
func (d *doorman) run(ctx context.Context) {
	for cmd := range d.commands {
		d.give(ctx, cmd)
	}
}

func (d *doorman) give(ctx context.Context, cmd menshen.DoorCommand) {
	start := d.clock()
	if start.Sub(cmd.At) > d.cfg.DoorStale {
		d.m.doors.WithLabelValues(d.gate.ID, "stale").Inc()
		d.failed("a command waited too long for the door and was not given")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.DoorLimit)
	defer cancel()
	if err := d.door.Open(ctx, cmd); err != nil {
		d.m.doors.WithLabelValues(d.gate.ID, "failed").Inc()
		d.failed(err.Error())
		return
	}
	d.m.doors.WithLabelValues(d.gate.ID, "opened").Inc()
	d.m.doorTime.Observe(d.clock().Sub(start).Seconds())
	d.well()
}

// failed notes trouble and logs its beginning; what repeats is in the figures.
func (d *doorman) failed(detail string) {
	d.mu.Lock()
	first := d.failing.IsZero()
	if first {
		d.failing = d.clock()
	}
	d.detail = detail
	d.mu.Unlock()
	if first {
		d.log.Error("door does not open", "gate", d.gate.ID, "error", detail)
	}
}

func (d *doorman) well() {
	d.mu.Lock()
	since := d.failing
	d.failing, d.detail = time.Time{}, ""
	d.mu.Unlock()
	if !since.IsZero() {
		d.log.Info("door opens again", "gate", d.gate.ID, "failing_since", since)
	}
}

func (d *doorman) condition() (menshen.Condition, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failing.IsZero() {
		return menshen.Condition{}, false
	}
	return doorCondition(d.gate, d.failing, d.detail), true
}
