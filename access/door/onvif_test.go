package door_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/access/door"
	"menshen/access/door/doortest"
)

func MustONVIF(tb testing.TB, d *doortest.Device, change func(*door.ONVIFConfig)) *door.ONVIF {
	tb.Helper()
	cfg := door.ONVIFConfig{URL: d.Server.URL + "/onvif/device_service", User: d.User, Password: menshen.Secret(d.Password), Limit: doortest.Limit}
	if change != nil {
		change(&cfg)
	}
	o, err := door.NewONVIF(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { o.Close() })
	return o
}

// seen is what an ONVIF door is told: neither gate nor direction, and nothing of fire; back to normal is to lock it.
func seen(timing bool) func(doortest.Opening) doortest.Opening {
	return func(o doortest.Opening) doortest.Opening {
		o.Gate, o.Direction = "", ""
		if o.Action == menshen.DoorEmergency {
			o.Action = menshen.DoorHold
		}
		if !timing {
			o.Hold = 0
		}
		return o
	}
}

func TestONVIFContract(t *testing.T) {
	for name, change := range map[string]func(*doortest.Device){
		"plain":       func(*doortest.Device) {},
		"http digest": func(d *doortest.Device) { d.HTTP = true },
		"clock":       func(d *doortest.Device) { d.Offset = -37 * time.Hour },
	} {
		t.Run(name, func(t *testing.T) {
			doortest.Run(t, func(tb testing.TB) doortest.Bench {
				d := doortest.MustDevice(tb)
				change(d)
				return doortest.Bench{Driver: MustONVIF(tb, d, nil), Openings: d.Openings, Set: d.Set, Actions: true, States: true, Sees: seen(true)}
			})
		})
	}
}

// A device without LockOpen and LockDown is unlocked and locked instead.
func TestONVIFSimpleDevice(t *testing.T) {
	d := doortest.MustDevice(t)
	d.Simple = true
	o := MustONVIF(t, d, nil)
	for _, step := range []struct {
		action menshen.DoorAction
		lock   menshen.LockState
	}{{menshen.DoorEmergency, menshen.LockHeld}, {menshen.DoorNormal, menshen.LockLocked}, {menshen.DoorHold, menshen.LockHeld}, {menshen.DoorLock, menshen.LockLocked}} {
		if err := o.Command(t.Context(), menshen.DoorCommand{Gate: "east-1", Action: step.action}); err != nil {
			t.Fatal(err)
		}
		if s, err := o.State(t.Context(), "east-1"); err != nil || s.Lock == menshen.LockUnlocked || s.Lock != step.lock && step.lock == menshen.LockLocked {
			t.Errorf("after %s the door is %+v, %v", step.action, s, err)
		}
	}
}

func TestONVIFFindsTheDoor(t *testing.T) {
	d := doortest.MustDevice(t)
	d.Tokens = []string{"a", "b<&", "last"}
	if err := MustONVIF(t, d, func(c *door.ONVIFConfig) { c.Token = "last" }).Command(t.Context(), doortest.Command()); err != nil {
		t.Error(err)
	}
	for _, token := range []string{"", "nobody"} {
		err := MustONVIF(t, d, func(c *door.ONVIFConfig) { c.Token = token }).Command(t.Context(), doortest.Command())
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(hint, "token") {
			t.Errorf("the token %q gives %v", token, err)
		}
	}
	if n := len(d.Openings()); n != 1 {
		t.Errorf("the device was told %d times", n)
	}
}

func TestONVIFWrongPassword(t *testing.T) {
	d := doortest.MustDevice(t)
	err := MustONVIF(t, d, func(c *door.ONVIFConfig) { c.Password = "s3cret" }).Command(t.Context(), doortest.Command())
	if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(hint, "password") {
		t.Errorf("a wrong password gives %v", err)
	}
	if len(d.Openings()) > 0 || d.Refused() == 0 || strings.Contains(fmt.Sprintf("%v %+v", err, err), "s3cret") {
		t.Errorf("told %v, refused %d, error %v", d.Openings(), d.Refused(), err)
	}
	cfg := door.ONVIFConfig{URL: "http://10.0.0.8/k7", User: "u", Password: "s3cret"}
	if s := fmt.Sprint(cfg) + fmt.Sprintf("%+v", cfg); strings.Contains(s, "s3cret") || strings.Contains(s, "k7") {
		t.Errorf("the configuration shows as %s", s)
	}
}

func TestONVIFAlarms(t *testing.T) {
	d := doortest.MustDevice(t)
	o := MustONVIF(t, d, nil)
	for told, want := range map[string]string{"DoorForcedOpen": menshen.AlarmForced, "DoorOpenTooLong": menshen.AlarmHeldOpen, "Normal": ""} {
		d.Alarm(told)
		if s, err := o.State(t.Context(), "east-1"); err != nil || s.Alarm != want {
			t.Errorf("%s is told as %+v, %v", told, s, err)
		}
	}
}

// Answers that a hostile or broken device may give: none may hang, be believed, or reach out.
func TestONVIFHostileAnswers(t *testing.T) {
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer elsewhere.Close()
	services := func(address string) string {
		return `<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/doorcontrol/wsdl</tds:Namespace><tds:XAddr>` + address + `</tds:XAddr></tds:Service></tds:GetServicesResponse>`
	}
	for name, answer := range map[string]string{
		"document type":   `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><tds:GetServicesResponse>&a;</tds:GetServicesResponse>`,
		"entity":          `<tds:GetServicesResponse>&a;</tds:GetServicesResponse>`,
		"too long":        `<tds:GetServicesResponse>` + strings.Repeat("x", 1<<20) + `</tds:GetServicesResponse>`,
		"no services":     `<tds:GetServicesResponse/>`,
		"another answer":  `<tds:GetNothingResponse/>`,
		"not closed":      `<tds:GetServicesResponse>`,
		"another machine": services(elsewhere.URL + "/onvif/nowhere"),
		"no path":         services("http://192.0.2.1"),
	} {
		t.Run(name, func(t *testing.T) {
			d := doortest.MustDevice(t)
			d.Answer(func(op string) string {
				if op == "GetServices" {
					return answer
				}
				return ""
			})
			err := MustONVIF(t, d, nil).Command(t.Context(), doortest.Command())
			if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeUnavailable || hint == "" {
				t.Errorf("it gives %v", err)
			}
			if len(d.Openings()) > 0 {
				t.Error("the door was told")
			}
		})
	}
	if reached {
		t.Error("another machine was asked")
	}
	s := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer s.Close()
	o, err := door.NewONVIF(door.ONVIFConfig{URL: s.URL + "/onvif/device_service", User: "u", Password: "p"})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.Command(t.Context(), doortest.Command()); menshen.ErrorCode(err) != menshen.CodeUnavailable || reached {
		t.Errorf("a redirect gives %v", err)
	}
}

func TestSimulatedDoor(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	d, err := door.NewSimulated(door.SimulatedConfig{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	is := func(what string, position menshen.DoorPosition, alarm string) {
		t.Helper()
		if s, err := d.State(t.Context(), "east-1"); err != nil || s.Position != position || s.Alarm != alarm {
			t.Errorf("%s: %+v, %v", what, s, err)
		}
	}
	tell := func(a menshen.DoorAction) {
		t.Helper()
		cmd := doortest.Command()
		cmd.Action = a
		if err := d.Command(t.Context(), cmd); err != nil {
			t.Fatal(err)
		}
	}
	tell(menshen.DoorOpen)
	is("opened", menshen.PositionOpen, "")
	now = now.Add(3 * time.Second)
	is("after the hold", menshen.PositionClosed, "")
	tell(menshen.DoorEmergency)
	tell(menshen.DoorOpen)
	now = now.Add(time.Hour)
	is("emergency stands through openings", menshen.PositionOpen, "")
	tell(menshen.DoorLock)
	tell(menshen.DoorOpen)
	is("locked", menshen.PositionClosed, "")
	tell(menshen.DoorNormal)
	d.Break(door.FaultOpen)
	tell(menshen.DoorOpen)
	now = now.Add(time.Hour)
	is("blocked", menshen.PositionOpen, "")
	d.Break(door.FaultNone)
	is("mended", menshen.PositionClosed, "")
	d.Force()
	is("forced", menshen.PositionOpen, menshen.AlarmForced)
}
