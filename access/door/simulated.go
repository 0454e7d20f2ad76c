package door

import (
	"context"
	"sync"
	"time"

	"menshen"
)

// Fault is what is wrong with a simulated door.
type Fault string

const (
	FaultNone   Fault = ""
	FaultJammed Fault = "jammed" // refuses everything
	FaultDead   Fault = "dead"   // does not answer
	FaultOpen   Fault = "open"   // the leaf stays open once it is open
)

// SimulatedConfig sets a simulated door.
type SimulatedConfig struct {
	Gate  string           // "" serves every gate with this one door
	Limit time.Duration    // time limit of one command; default 2 s
	Clock func() time.Time // time.Now if nil
}

// Simulated is a door in memory, for simulated communities and for trying things out. Somebody goes through whenever it
// opens: the leaf opens with the lock and closes when the hold is over.
type Simulated struct {
	cfg SimulatedConfig

	mu       sync.Mutex
	fault    Fault
	mended   chan struct{} // closed when a dead door lives again
	standing menshen.DoorAction
	until    time.Time // the leaf closes
	stuck    bool      // the leaf stands open whatever the lock does
	forced   bool
	closed   bool
	told     []menshen.DoorCommand
}

// maxTold bounds what a simulated door remembers of its commands.
const maxTold = 256

// NewSimulated makes a closed door.
func NewSimulated(cfg SimulatedConfig) (*Simulated, error) {
	limit, err := checkLimit(cfg.Limit)
	if err != nil {
		return nil, err
	}
	cfg.Limit = limit
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	return &Simulated{cfg: cfg, mended: make(chan struct{})}, nil
}

// Command moves the door.
func (d *Simulated) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if err := check(cmd); err != nil {
		return err
	}
	if err := d.answer(ctx, cmd); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.told) == maxTold {
		d.told = d.told[1:]
	}
	d.told = append(d.told, cmd)
	switch now := d.cfg.Clock(); cmd.Do() {
	case menshen.DoorOpen:
		if d.standing != "" { // held, locked or in emergency: opening for somebody changes nothing
			return nil
		}
		if end := now.Add(cmd.Hold); end.After(d.until) {
			d.until = end
		}
		d.stuck = d.stuck || d.fault == FaultOpen
	case menshen.DoorNormal:
		d.standing, d.until = "", now
	default:
		d.standing, d.until = cmd.Do(), now
	}
	return nil
}

// answer waits as long as the door takes to answer.
func (d *Simulated) answer(ctx context.Context, cmd menshen.DoorCommand) error {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Limit)
	defer cancel()
	d.mu.Lock()
	dead, jammed, gone, mended := d.fault == FaultDead, d.fault == FaultJammed, d.closed, d.mended
	d.mu.Unlock()
	if gone {
		return closed()
	}
	if jammed {
		return unanswered(cmd, d.cfg.Limit, nil)
	}
	if dead {
		select {
		case <-ctx.Done():
		case <-mended:
		}
	}
	if err := ctx.Err(); err != nil {
		return unanswered(cmd, d.cfg.Limit, err)
	}
	return nil
}

// State looks at the door.
func (d *Simulated) State(ctx context.Context, gate string) (menshen.DoorState, error) {
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return menshen.DoorState{}, err
	}
	if err := d.answer(ctx, menshen.DoorCommand{Gate: gate}); err != nil {
		return menshen.DoorState{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.cfg.Clock()
	s := menshen.DoorState{Gate: gate, Position: menshen.PositionClosed, Lock: menshen.LockLocked, At: now}
	switch {
	case d.standing == menshen.DoorHold || d.standing == menshen.DoorEmergency:
		s.Position, s.Lock = menshen.PositionOpen, menshen.LockHeld
	case d.until.After(now):
		s.Position, s.Lock = menshen.PositionOpen, menshen.LockUnlocked
	}
	if d.stuck || d.forced {
		s.Position = menshen.PositionOpen
	}
	if d.forced {
		s.Alarm = menshen.AlarmForced
	}
	return s, nil
}

// Break sets what is wrong with the door from now on. FaultNone mends it, and shuts a leaf that stood open.
func (d *Simulated) Break(f Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fault == FaultDead && f != FaultDead {
		close(d.mended)
		d.mended = make(chan struct{})
	}
	d.fault = f
	if f == FaultNone {
		d.stuck, d.forced = false, false
	}
}

// Force opens the door without a command, as a crowbar does. Break(FaultNone) ends it.
func (d *Simulated) Force() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.forced = true
}

// Told gives the last commands that the door took, oldest first, 256 at most.
func (d *Simulated) Told() []menshen.DoorCommand {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]menshen.DoorCommand(nil), d.told...)
}

// Close makes the driver refuse.
func (d *Simulated) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return nil
}
