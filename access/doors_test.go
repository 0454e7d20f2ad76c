package access_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/access"
	"menshen/access/door"
	"menshen/access/door/doortest"
)

// MustDoors makes a world with a simulated door at each gate.
func MustDoors(tb testing.TB, change func(map[string]door.Driver)) (*world, map[string]*door.Simulated) {
	tb.Helper()
	w, deps, cfg := newWorld(tb, nil)
	sim, drivers := map[string]*door.Simulated{}, map[string]door.Driver{}
	for _, g := range cfg.Site.Gates {
		d, err := door.NewSimulated(door.SimulatedConfig{Gate: g.ID, Limit: time.Second})
		if err != nil {
			tb.Fatal(err)
		}
		sim[g.ID], drivers[g.ID] = d, d
	}
	if change != nil {
		change(drivers)
	}
	deps.Door = door.NewGates(drivers)
	c, err := access.New(deps, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	w.Controller = c
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	tb.Cleanup(func() {
		cancel()
		<-ended
	})
	return w, sim
}

func actions(d *door.Simulated) (all []menshen.DoorAction) {
	for _, c := range d.Told() {
		all = append(all, c.Do())
	}
	return all
}

func (w *world) command(gates []string, action menshen.DoorAction) []menshen.DoorResult {
	w.tb.Helper()
	results := w.CommandDoors(context.Background(), gates, action, "guard")
	for _, r := range results {
		if !r.Confirmed && (r.Message.ZH == "" || r.Message.EN == "") {
			w.tb.Errorf("nobody is told why: %+v", r)
		}
	}
	return results
}

// Fire: all gates open and stay open, whatever is named; passes do not end it, locking is refused, normal ends it.
func TestEmergencyOpensEveryGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, nil)
		results := w.command([]string{"east"}, menshen.DoorEmergency)
		if len(results) != 3 {
			t.Fatalf("%d gates answered", len(results))
		}
		for _, r := range results {
			if !r.Confirmed {
				t.Errorf("%+v", r)
			}
		}
		w.walk("east-a", "t1", "ann", 2)
		w.expect("allow ann active_resident")
		if got := actions(sim["east"]); !slices.Equal(got, []menshen.DoorAction{menshen.DoorEmergency}) {
			t.Errorf("the door was told %v", got)
		}
		if r := w.command([]string{"east"}, menshen.DoorLock); r[0].Confirmed {
			t.Error("a door that is open in an emergency was locked")
		}
		time.Sleep(time.Hour)
		for id, d := range sim {
			if s, err := d.State(t.Context(), id); err != nil || s.Position != menshen.PositionOpen {
				t.Errorf("after an hour %s is %+v", id, s)
			}
		}
		if state, _ := w.DoorState("west"); state != "held" {
			t.Errorf("the door is %s", state)
		}
		w.expectConditions()
		w.command(nil, menshen.DoorNormal)
		time.Sleep(2 * time.Second)
		if state, _ := w.DoorState("west"); state != "closed" {
			t.Errorf("back to normal the door is %s", state)
		}
		w.expectConditions()
	})
}

// A door that does not answer in an emergency is told again until it does.
func TestEmergencyIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, nil)
		sim["west"].Break(door.FaultDead)
		for _, r := range w.command(nil, menshen.DoorEmergency) {
			if r.Confirmed == (r.Gate == "west") {
				t.Errorf("%+v", r)
			}
		}
		time.Sleep(10 * time.Second)
		w.expectConditions("door-failing:west")
		sim["west"].Break(door.FaultNone)
		time.Sleep(5 * time.Second)
		if state, _ := w.DoorState("west"); state != "held" {
			t.Errorf("the door is %s", state)
		}
		w.expectConditions()
	})
}

func TestLockedDoorStaysShut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, nil)
		if r := w.command([]string{"east", "nowhere"}, menshen.DoorLock); len(r) != 2 || !r[0].Confirmed || r[1].Confirmed {
			t.Errorf("%+v", r)
		}
		w.walk("east-a", "t1", "ann", 2)
		if r := w.command([]string{"east"}, menshen.DoorOpen); r[0].Confirmed {
			t.Error("a locked door was opened")
		}
		if got := actions(sim["east"]); !slices.Equal(got, []menshen.DoorAction{menshen.DoorLock}) {
			t.Errorf("the door was told %v", got)
		}
		w.command([]string{"east"}, menshen.DoorNormal)
		if r := w.command([]string{"east"}, menshen.DoorOpen); !r[0].Confirmed {
			t.Errorf("%+v", r)
		}
		if r := w.command([]string{"east"}, "explode"); r[0].Confirmed {
			t.Error("nonsense was confirmed")
		}
	})
}

func TestDoorHeldOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, nil)
		sim["east"].Break(door.FaultOpen)
		w.walk("east-a", "t1", "ann", 2)
		time.Sleep(30 * time.Second) // hold, and not yet the limit
		w.expectConditions()
		if state, _ := w.DoorState("east"); state != "open" {
			t.Errorf("the door is %s", state)
		}
		time.Sleep(10 * time.Second)
		w.expectConditions("door-held-open:east")
		if state, message := w.DoorState("east"); state != "alarm" || message.ZH == "" {
			t.Errorf("the door is %s, %v", state, message)
		}
		sim["east"].Break(door.FaultNone)
		time.Sleep(2 * time.Second)
		w.expectConditions()
		if n := w.figure("menshen_access_door_alarms_total"); n != 1 {
			t.Errorf("%v alarms were counted", n)
		}
	})
}

func TestDoorForced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, nil)
		w.walk("east-a", "t1", "ann", 2)
		time.Sleep(20 * time.Second)
		w.expectConditions() // whoever was let in forced nothing
		sim["east"].Force()
		time.Sleep(2 * time.Second)
		w.expectConditions("door-forced:east")
		sim["east"].Break(door.FaultNone)
		time.Sleep(time.Minute)
		w.expectConditions("door-forced:east") // somebody must have seen it
		w.command([]string{"east"}, menshen.DoorNormal)
		w.expectConditions()
	})
}

func TestDoorFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, nil)
		time.Sleep(2 * time.Second)
		sim["west"].Break(door.FaultJammed)
		time.Sleep(5 * time.Second)
		w.expectConditions("door-failing:west")
		sim["west"].Break(door.FaultNone)
		time.Sleep(2 * time.Second)
		w.expectConditions()
	})
}

// A door that was held open before a restart stays so, and passes do not end it, until it is set to normal.
func TestHeldDoorOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, func(drivers map[string]door.Driver) {
			held := menshen.DoorCommand{Gate: "east", Action: menshen.DoorEmergency}
			if err := drivers["east"].Command(context.Background(), held); err != nil {
				t.Fatal(err)
			}
		})
		time.Sleep(2 * time.Second)
		w.walk("east-a", "t1", "ann", 2)
		if state, _ := w.DoorState("east"); state != "held" || len(sim["east"].Told()) != 1 {
			t.Errorf("the door is %s and was told %v", state, actions(sim["east"]))
		}
		w.command([]string{"east"}, menshen.DoorNormal)
		time.Sleep(2 * time.Second)
		if state, _ := w.DoorState("east"); state != "closed" {
			t.Errorf("the door is %s", state)
		}
	})
}

// opener is a door that can only open, as most relays.
type opener struct{ *door.Simulated }

func (o opener) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if cmd.Do() != menshen.DoorOpen {
		return menshen.Errorf(menshen.CodeMissing, "test", "no").WithHint("no")
	}
	return o.Simulated.Command(ctx, cmd)
}

func (o opener) State(context.Context, string) (menshen.DoorState, error) {
	return menshen.DoorState{}, menshen.Errorf(menshen.CodeMissing, "test", "no").WithHint("no")
}

// In a fire a door that can only open is opened again and again, and stands open.
func TestOpenerIsHeldOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, sim := MustDoors(t, func(drivers map[string]door.Driver) {
			drivers["east"] = opener{drivers["east"].(*door.Simulated)}
		})
		for _, r := range w.command(nil, menshen.DoorEmergency) {
			if !r.Confirmed {
				t.Errorf("%+v", r)
			}
		}
		for range 60 {
			time.Sleep(time.Second)
			if s, err := sim["east"].State(t.Context(), "east"); err != nil || s.Position != menshen.PositionOpen {
				t.Fatalf("the door is %+v, %v", s, err)
			}
		}
		w.command(nil, menshen.DoorNormal)
		time.Sleep(10 * time.Second)
		if s, err := sim["east"].State(t.Context(), "east"); err != nil || s.Position != menshen.PositionClosed {
			t.Errorf("back to normal the door is %+v, %v", s, err)
		}
		w.command([]string{"east"}, menshen.DoorLock)
		n := len(sim["east"].Told())
		w.walk("east-a", "t1", "ann", 2)
		if len(sim["east"].Told()) != n {
			t.Error("a locked door was opened")
		}
	})
}

// The same over the network: an ONVIF device is opened in an emergency, and its alarm becomes a condition.
func TestEmergencyOverONVIF(t *testing.T) {
	device := doortest.MustDevice(t)
	w, _ := MustDoors(t, func(drivers map[string]door.Driver) {
		d, err := door.NewONVIF(door.ONVIFConfig{URL: device.Server.URL + "/onvif/device_service", User: device.User, Password: menshen.Secret(device.Password)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		drivers["east"] = d
	})
	for _, r := range w.command(nil, menshen.DoorEmergency) {
		if !r.Confirmed {
			t.Errorf("%+v", r)
		}
	}
	if got := device.Openings(); len(got) == 0 || got[0].Action != menshen.DoorHold {
		t.Errorf("the device was told %v", got)
	}
	device.Alarm("DoorForcedOpen")
	for end := time.Now().Add(30 * time.Second); !slices.Contains(w.conditions(), "door-forced:east"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("conditions are %v", w.conditions())
		}
	}
}
