// Package doortest is the contract that every door driver keeps.
package doortest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/access/door"
)

// Limit is the time limit that the driver under test is made with.
const Limit = 500 * time.Millisecond

// Opening is what a door was told. Direction and Hold are of opening alone.
type Opening struct {
	Action    menshen.DoorAction
	Gate      string
	Direction menshen.Direction
	Hold      time.Duration
}

// Mode is how the device at the other end behaves.
type Mode int

const (
	Works   Mode = iota
	Hangs        // takes the command and never answers
	Refuses      // answers that it will not
	Gone         // nobody is there
)

// Bench is a driver with the device that it drives.
type Bench struct {
	Driver door.Driver
	// Openings gives what the device was told so far.
	Openings func() []Opening
	// Actions says that the device knows more than opening, States that it can tell how the door is.
	Actions, States bool
	// Sees takes out of a command what the device is not told; nil for nothing.
	Sees func(Opening) Opening
	// Set changes how the device behaves; nil for a driver whose device cannot fail.
	Set func(Mode)
}

// Run checks the contract. setUp makes a fresh bench whose device works.
func Run(t *testing.T, setUp func(tb testing.TB) Bench) {
	t.Run("opens", func(t *testing.T) { opens(t, setUp(t)) })
	t.Run("actions", func(t *testing.T) { actions(t, setUp(t)) })
	t.Run("state", func(t *testing.T) { state(t, setUp(t)) })
	t.Run("refuses nonsense", func(t *testing.T) { refusesNonsense(t, setUp(t)) })
	t.Run("ended context", func(t *testing.T) { endedContext(t, setUp(t)) })
	t.Run("concurrent", func(t *testing.T) { concurrent(t, setUp(t)) })
	t.Run("closed", func(t *testing.T) { closedDriver(t, setUp(t)) })
	for name, mode := range map[string]Mode{"hanging device": Hangs, "refusing device": Refuses, "no device": Gone} {
		if b := setUp(t); b.Set != nil {
			t.Run(name, func(t *testing.T) { failing(t, b, mode) })
		}
	}
}

// Command is a command that makes sense.
func Command() menshen.DoorCommand {
	return menshen.DoorCommand{
		Gate: "east-1", Direction: menshen.DirectionIn, At: time.Now(), Track: "cam-1", Hold: 3 * time.Second,
	}
}

func opens(t *testing.T, b Bench) {
	in, out := Command(), Command()
	out.Gate, out.Direction, out.Hold = "west-2", menshen.DirectionOut, 1500*time.Millisecond
	for _, cmd := range []menshen.DoorCommand{in, out} {
		if err := b.Driver.Command(t.Context(), cmd); err != nil {
			t.Fatalf("Command: %v", err)
		}
	}
	got := b.Openings()
	want := []Opening{b.sees(in), b.sees(out)}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("the device was told %v, want %v", got, want)
	}
}

// sees is what the device makes of a command.
func (b Bench) sees(cmd menshen.DoorCommand) Opening {
	o := Opening{Action: cmd.Do(), Gate: cmd.Gate}
	if o.Action == menshen.DoorOpen {
		o.Direction, o.Hold = cmd.Direction, cmd.Hold
	}
	if b.Sees != nil {
		return b.Sees(o)
	}
	return o
}

// actions checks that each action reaches the device as it is, or that it is told nothing.
func actions(t *testing.T, b Bench) {
	for i, action := range []menshen.DoorAction{menshen.DoorHold, menshen.DoorNormal, menshen.DoorLock, menshen.DoorNormal, menshen.DoorEmergency} {
		cmd := menshen.DoorCommand{Gate: "east-1", Action: action, At: time.Now()}
		err := b.Driver.Command(t.Context(), cmd)
		got := b.Openings()
		if !b.Actions {
			expect(t, string(action), err, menshen.CodeMissing)
			if len(got) > 0 {
				t.Fatalf("a door that can only open was told %v", got)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", action, err)
		}
		if len(got) != i+1 || got[i] != b.sees(cmd) {
			t.Fatalf("%s: the device was told %v, want %v last", action, got, b.sees(cmd))
		}
	}
}

// state checks that a door that tells how it is tells the truth, through every action.
func state(t *testing.T, b Bench) {
	if _, err := b.Driver.State(t.Context(), "../x"); err == nil {
		t.Error("the state of a hostile gate is told")
	}
	if !b.States {
		_, err := b.Driver.State(t.Context(), "east-1")
		expect(t, "a door that cannot tell", err, menshen.CodeMissing)
		return
	}
	open := Command()
	for _, step := range []struct {
		cmd      menshen.DoorCommand
		position menshen.DoorPosition
		lock     menshen.LockState
	}{
		{menshen.DoorCommand{Action: menshen.DoorNormal}, menshen.PositionClosed, menshen.LockLocked},
		{open, menshen.PositionOpen, menshen.LockUnlocked},
		{menshen.DoorCommand{Action: menshen.DoorHold}, menshen.PositionOpen, menshen.LockHeld},
		{menshen.DoorCommand{Action: menshen.DoorLock}, menshen.PositionClosed, menshen.LockLocked},
		{menshen.DoorCommand{Action: menshen.DoorEmergency}, menshen.PositionOpen, menshen.LockHeld},
		{menshen.DoorCommand{Action: menshen.DoorNormal}, menshen.PositionClosed, menshen.LockLocked},
	} {
		step.cmd.Gate, step.cmd.At = "east-1", time.Now()
		if err := b.Driver.Command(t.Context(), step.cmd); err != nil {
			t.Fatalf("%s: %v", step.cmd.Do(), err)
		}
		s, err := b.Driver.State(t.Context(), "east-1")
		if err != nil || s.Gate != "east-1" || s.Position != step.position || s.Lock != step.lock || s.Alarm != "" || s.At.IsZero() {
			t.Errorf("after %s the door is %+v, %v; want %s and %s", step.cmd.Do(), s, err, step.position, step.lock)
		}
	}
}

func refusesNonsense(t *testing.T, b Bench) {
	for name, change := range map[string]func(*menshen.DoorCommand){
		"no gate":         func(c *menshen.DoorCommand) { c.Gate = "" },
		"hostile gate":    func(c *menshen.DoorCommand) { c.Gate = "../x?y=1&z" },
		"unknown action":  func(c *menshen.DoorCommand) { c.Action = "explode" },
		"no direction":    func(c *menshen.DoorCommand) { c.Direction = "" },
		"wrong direction": func(c *menshen.DoorCommand) { c.Direction = "up" },
		"no hold":         func(c *menshen.DoorCommand) { c.Hold = 0 },
		"endless hold":    func(c *menshen.DoorCommand) { c.Hold = time.Hour },
	} {
		cmd := Command()
		change(&cmd)
		expect(t, name, b.Driver.Command(t.Context(), cmd), menshen.CodeInvalid)
	}
	if got := b.Openings(); len(got) > 0 {
		t.Errorf("the device was told %v", got)
	}
}

func endedContext(t *testing.T, b Bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	expect(t, "ended context", b.Driver.Command(ctx, Command()), menshen.CodeUnavailable)
	if got := b.Openings(); len(got) > 0 {
		t.Errorf("the device was told %v", got)
	}
}

func concurrent(t *testing.T, b Bench) {
	const n = 16
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := b.Driver.Command(t.Context(), Command()); err != nil {
				t.Errorf("Command: %v", err)
			}
		})
	}
	wg.Wait()
	if got := len(b.Openings()); got != n {
		t.Errorf("the device was told %d times, want %d", got, n)
	}
}

func closedDriver(t *testing.T, b Bench) {
	for range 2 {
		if err := b.Driver.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	_, err := b.Driver.State(t.Context(), "east-1")
	expect(t, "closed", err, menshen.CodeUnavailable)
	expect(t, "closed", b.Driver.Command(t.Context(), Command()), menshen.CodeUnavailable)
}

// failing checks that trouble ends in an error while ctx still runs, and that the driver works again afterwards.
func failing(t *testing.T, b Bench, mode Mode) {
	b.Set(mode)
	expect(t, "failing device", b.Driver.Command(t.Context(), Command()), menshen.CodeUnavailable)
	if b.States {
		_, err := b.Driver.State(t.Context(), "east-1")
		expect(t, "state of a failing device", err, menshen.CodeUnavailable)
	}
	b.Set(Hangs)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(Limit/10, cancel)
	expect(t, "cancelled while the device hangs", b.Driver.Command(ctx, Command()), menshen.CodeUnavailable)
	b.Set(Works)
	if err := b.Driver.Command(t.Context(), Command()); err != nil {
		t.Errorf("Open after the device works again: %v", err)
	}
}

func expect(t *testing.T, name string, err error, code menshen.Code) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no error", name)
		return
	}
	e, ok := errors.AsType[*menshen.Error](err)
	if !ok {
		t.Errorf("%s: %v is no *menshen.Error", name, err)
		return
	}
	if e.Code != code || e.Hint == "" {
		t.Errorf("%s: %v has code %s and hint %q, want code %s and a hint", name, err, e.Code, e.Hint, code)
	}
}
