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

// Opening is what a door was told.
type Opening struct {
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
	// Set changes how the device behaves; nil for a driver whose device cannot fail.
	Set func(Mode)
}

// Run checks the contract. setUp makes a fresh bench whose device works.
func Run(t *testing.T, setUp func(tb testing.TB) Bench) {
	t.Run("opens", func(t *testing.T) { opens(t, setUp(t)) })
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
		if err := b.Driver.Open(t.Context(), cmd); err != nil {
			t.Fatalf("Open: %v", err)
		}
	}
	got := b.Openings()
	want := []Opening{{in.Gate, in.Direction, in.Hold}, {out.Gate, out.Direction, out.Hold}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("the device was told %v, want %v", got, want)
	}
}

func refusesNonsense(t *testing.T, b Bench) {
	for name, change := range map[string]func(*menshen.DoorCommand){
		"no gate":         func(c *menshen.DoorCommand) { c.Gate = "" },
		"hostile gate":    func(c *menshen.DoorCommand) { c.Gate = "../x?y=1&z" },
		"no direction":    func(c *menshen.DoorCommand) { c.Direction = "" },
		"wrong direction": func(c *menshen.DoorCommand) { c.Direction = "up" },
		"no hold":         func(c *menshen.DoorCommand) { c.Hold = 0 },
		"endless hold":    func(c *menshen.DoorCommand) { c.Hold = time.Hour },
	} {
		cmd := Command()
		change(&cmd)
		expect(t, name, b.Driver.Open(t.Context(), cmd), menshen.CodeInvalid)
	}
	if got := b.Openings(); len(got) > 0 {
		t.Errorf("the device was told %v", got)
	}
}

func endedContext(t *testing.T, b Bench) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	expect(t, "ended context", b.Driver.Open(ctx, Command()), menshen.CodeUnavailable)
	if got := b.Openings(); len(got) > 0 {
		t.Errorf("the device was told %v", got)
	}
}

func concurrent(t *testing.T, b Bench) {
	const n = 16
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := b.Driver.Open(t.Context(), Command()); err != nil {
				t.Errorf("Open: %v", err)
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
	expect(t, "closed", b.Driver.Open(t.Context(), Command()), menshen.CodeUnavailable)
}

// failing checks that trouble ends in an error while ctx still runs, and that the driver works again afterwards.
func failing(t *testing.T, b Bench, mode Mode) {
	b.Set(mode)
	expect(t, "failing device", b.Driver.Open(t.Context(), Command()), menshen.CodeUnavailable)
	b.Set(Hangs)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(Limit/10, cancel)
	expect(t, "cancelled while the device hangs", b.Driver.Open(ctx, Command()), menshen.CodeUnavailable)
	b.Set(Works)
	if err := b.Driver.Open(t.Context(), Command()); err != nil {
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
