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

// doorman gives the commands of one gate to its door, one after another, and looks after the door (doorwatch.go).
type doorman struct {
	gate     menshen.Gate
	door     Door
	cfg      *Config
	clock    func() time.Time
	log      *slog.Logger
	m        *metrics
	commands chan menshen.DoorCommand

	turn sync.Mutex // held while the door is told something

	mu       sync.Mutex
	failing  time.Time // since when; zero while well
	detail   string
	standing menshen.DoorAction // what stays until told otherwise: hold, lock or emergency; "" is normal
	owed     bool               // the door has not taken what stands
	pulsed   bool               // it can only be opened: what stands open is opened again and again
	due      time.Time          // when to open again
	shut     time.Time          // when a door that was told to open should be closed again
	watch    doorWatch
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

// run gives commands, and looks after the door, until the channel is closed and empty. Every command has its time limit
// within ctx.
func (d *doorman) run(ctx context.Context) {
	watching, stop := context.WithCancel(ctx)
	var eye sync.WaitGroup
	eye.Go(func() { d.lookAfter(watching) })
	for cmd := range d.commands {
		d.give(ctx, cmd)
	}
	stop()
	eye.Wait()
}

func (d *doorman) give(ctx context.Context, cmd menshen.DoorCommand) {
	d.turn.Lock()
	defer d.turn.Unlock()
	d.mu.Lock()
	standing := d.standing
	d.mu.Unlock()
	if standing != "" { // opening for one would end what stands, or cannot be
		d.m.doors.WithLabelValues(d.gate.ID, "standing_"+string(standing)).Inc()
		return
	}
	if d.clock().Sub(cmd.At) > d.cfg.DoorStale {
		d.m.doors.WithLabelValues(d.gate.ID, "stale").Inc()
		d.failed("a command waited too long for the door and was not given")
		return
	}
	_ = d.tell(ctx, cmd) // it is noted
}

// tell gives one command and notes how it went. The caller has the turn.
func (d *doorman) tell(ctx context.Context, cmd menshen.DoorCommand) error {
	start := d.clock()
	ctx, cancel := context.WithTimeout(ctx, d.cfg.DoorLimit)
	defer cancel()
	if cmd.Do() == menshen.DoorOpen { // before the door moves, so that nobody takes it for forced
		d.mu.Lock()
		if shut := start.Add(d.cfg.DoorLimit + cmd.Hold); shut.After(d.shut) {
			d.shut = shut
		}
		d.mu.Unlock()
	}
	err := d.door.Command(ctx, cmd)
	switch {
	case menshen.ErrorCode(err) == menshen.CodeMissing: // the door is well, it can no more
		d.m.doors.WithLabelValues(d.gate.ID, "unable").Inc()
		return err
	case err != nil:
		d.m.doors.WithLabelValues(d.gate.ID, "failed").Inc()
		d.failed(err.Error())
		return err
	}
	result := "opened"
	if cmd.Do() != menshen.DoorOpen {
		result = string(cmd.Do())
	}
	d.m.doors.WithLabelValues(d.gate.ID, result).Inc()
	d.m.doorTime.Observe(d.clock().Sub(start).Seconds())
	d.well()
	return nil
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
