package door_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/access/door"
	"menshen/access/door/doortest"
)

// controller is a door controller on a real NATS server, with the asking side before it.
type controller struct {
	conn *nats.Conn

	mu       sync.Mutex
	door     *door.Simulated
	mode     doortest.Mode
	openings []doortest.Opening
}

const subject = "test.door"

func MustController(tb testing.TB) *controller {
	tb.Helper()
	s, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true})
	if err != nil {
		tb.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		tb.Fatal("the NATS server does not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		tb.Fatal(err)
	}
	simulated, err := door.NewSimulated(door.SimulatedConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	c := &controller{conn: conn, door: simulated}
	if _, err := conn.Subscribe(subject+".>", c.answer); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		conn.Close()
		s.Shutdown()
		s.WaitForShutdown()
	})
	return c
}

func (c *controller) answer(m *nats.Msg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.mode {
	case doortest.Hangs:
		return
	case doortest.Refuses:
		_ = m.Respond([]byte("the lock is jammed"))
		return
	}
	if gate, ok := strings.CutPrefix(m.Subject, subject+".state."); ok {
		state, _ := c.door.State(context.Background(), gate)
		b, _ := json.Marshal(state)
		_ = m.Respond(b)
		return
	}
	var cmd menshen.DoorCommand
	if err := json.Unmarshal(m.Data, &cmd); err != nil {
		_ = m.Respond([]byte(err.Error()))
		return
	}
	c.openings = append(c.openings, doortest.Opening{Action: cmd.Do(), Gate: cmd.Gate, Direction: cmd.Direction, Hold: cmd.Hold})
	if err := c.door.Command(context.Background(), cmd); err != nil {
		_ = m.Respond([]byte(err.Error()))
		return
	}
	_ = m.Respond(nil)
}

// AskDoor makes the controller a door.Asker.
func (c *controller) AskDoor(ctx context.Context, cmd menshen.DoorCommand) error {
	body, err := json.Marshal(cmd)
	if err != nil {
		return err
	}
	c.mu.Lock()
	to := subject + "." + cmd.Gate
	if c.mode == doortest.Gone {
		to = "nobody.listens"
	}
	c.mu.Unlock()
	m, err := c.conn.RequestWithContext(ctx, to, body)
	if err != nil {
		return err
	}
	if len(m.Data) > 0 {
		return errors.New(string(m.Data))
	}
	return nil
}

// AskDoorState asks it how the door is.
func (c *controller) AskDoorState(ctx context.Context, gate string) (s menshen.DoorState, err error) {
	c.mu.Lock()
	to := subject + ".state." + gate
	if c.mode == doortest.Gone {
		to = "nobody.listens"
	}
	c.mu.Unlock()
	m, err := c.conn.RequestWithContext(ctx, to, nil)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(m.Data, &s)
}

func (c *controller) bench(tb testing.TB) doortest.Bench {
	d, err := door.NewBus(c, doortest.Limit)
	if err != nil {
		tb.Fatal(err)
	}
	return doortest.Bench{
		Driver: d, Actions: true, States: true,
		Openings: func() []doortest.Opening {
			c.mu.Lock()
			defer c.mu.Unlock()
			return append([]doortest.Opening(nil), c.openings...)
		},
		Set: func(m doortest.Mode) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.mode = m
		},
	}
}

func TestBusContract(t *testing.T) {
	doortest.Run(t, func(tb testing.TB) doortest.Bench { return MustController(tb).bench(tb) })
}

func TestGatesContract(t *testing.T) {
	doortest.Run(t, func(tb testing.TB) doortest.Bench {
		b := MustController(tb).bench(tb)
		b.Driver = door.NewGates(map[string]door.Driver{"east-1": b.Driver, "west-2": b.Driver})
		return b
	})
}

func TestGatesWithoutDriver(t *testing.T) {
	err := door.NewGates(nil).Command(t.Context(), doortest.Command())
	if menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("a gate without a driver gives %v", err)
	}
}

func TestBusLimit(t *testing.T) {
	if _, err := door.NewBus(nil, time.Hour); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a limit of an hour gives %v", err)
	}
}

// heard is a log that knows what was logged.
type heard struct {
	slog.Handler
	mu       *sync.Mutex
	openings *[]doortest.Opening
}

func (h heard) Handle(_ context.Context, r slog.Record) error {
	var o doortest.Opening
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "action":
			o.Action = a.Value.Any().(menshen.DoorAction)
		case "gate":
			o.Gate = a.Value.String()
		case "direction":
			o.Direction = a.Value.Any().(menshen.Direction)
		case "hold":
			o.Hold = a.Value.Duration()
		}
		return true
	})
	h.mu.Lock()
	defer h.mu.Unlock()
	*h.openings = append(*h.openings, o)
	return nil
}

func TestNoneContract(t *testing.T) {
	doortest.Run(t, func(tb testing.TB) doortest.Bench {
		h := heard{slog.NewTextHandler(io.Discard, nil), &sync.Mutex{}, &[]doortest.Opening{}}
		return doortest.Bench{Actions: true, Driver: door.NewNone(slog.New(h)), Openings: func() []doortest.Opening {
			h.mu.Lock()
			defer h.mu.Unlock()
			return *h.openings
		}}
	})
}

func TestSimulatedContract(t *testing.T) {
	doortest.Run(t, func(tb testing.TB) doortest.Bench {
		d, err := door.NewSimulated(door.SimulatedConfig{Limit: doortest.Limit})
		if err != nil {
			tb.Fatal(err)
		}
		return doortest.Bench{
			Driver: d, Actions: true, States: true,
			Openings: func() (all []doortest.Opening) {
				for _, c := range d.Told() {
					all = append(all, doortest.Opening{Action: c.Do(), Gate: c.Gate, Direction: c.Direction, Hold: c.Hold})
				}
				return all
			},
			Set: func(m doortest.Mode) {
				d.Break(map[doortest.Mode]door.Fault{doortest.Hangs: door.FaultDead, doortest.Refuses: door.FaultJammed, doortest.Gone: door.FaultDead}[m])
			},
		}
	})
}
