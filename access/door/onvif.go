package door

import (
	"context"
	"encoding/xml"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"menshen"
)

// ONVIFConfig sets a door of a device that speaks ONVIF Profile C.
type ONVIFConfig struct {
	URL      string         // of the device service, e.g. "http://10.0.0.8/onvif/device_service"
	User     string         // "" asks without one
	Password menshen.Secret // never sent as it is: digests only
	Token    string         // of the door in the device; "" takes its only one
	Limit    time.Duration  // time limit of one command, finding the door included; default 2 s
	Clock    func() time.Time
}

// String shows where the device is and hides all else.
func (c ONVIFConfig) String() string { return HTTPConfig{Method: "ONVIF", URL: c.URL}.String() }

// ONVIF drives one door through the door control service of ONVIF Profile C (Door Control Service Specification 18.12). The
// service and the door are looked up at the first command and again after a failure. The address of the service is taken
// from the device by its path alone: what a device says must not send digests to another machine.
type ONVIF struct {
	cfg    ONVIFConfig
	soap   *soap
	closed atomic.Bool

	mu    sync.Mutex
	found *onvifDoor // nil until looked up
}

// onvifDoor is what the device said of the door.
type onvifDoor struct {
	path, token string
	can         onvifCapabilities
}

// onvifCapabilities is DoorCapabilities of the specification, as far as it matters here.
type onvifCapabilities struct {
	Timing   bool `xml:"AccessTimingOverride,attr"`
	Access   bool `xml:"Access,attr"`
	Lock     bool `xml:"Lock,attr"`
	Unlock   bool `xml:"Unlock,attr"`
	LockDown bool `xml:"LockDown,attr"`
	LockOpen bool `xml:"LockOpen,attr"`
	Monitor  bool `xml:"DoorMonitor,attr"`
	Alarm    bool `xml:"Alarm,attr"`
}

// Namespaces of ONVIF.
const (
	nsDevice      = "http://www.onvif.org/ver10/device/wsdl"
	nsDoorControl = "http://www.onvif.org/ver10/doorcontrol/wsdl"
)

// maxDoors bounds how many doors of a device are looked through.
const maxDoors = 1000

// NewONVIF makes the driver. It asks the device nothing yet.
func NewONVIF(cfg ONVIFConfig) (*ONVIF, error) {
	var err error
	if cfg.Limit, err = checkLimit(cfg.Limit); err != nil {
		return nil, err
	}
	if err := checkAddress(cfg.URL); err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	s, err := newSOAP(cfg)
	if err != nil {
		return nil, err
	}
	return &ONVIF{cfg: cfg, soap: s}, nil
}

// Command looks how the door is set where that matters, ends what stands in the way, and does what is asked.
func (d *ONVIF) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if d.closed.Load() {
		return closed()
	}
	if err := check(cmd); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Limit)
	defer cancel()
	door, err := d.door(ctx)
	if err == nil {
		err = d.tell(ctx, door, cmd)
	}
	return d.judge(ctx, cmd, err)
}

func (d *ONVIF) tell(ctx context.Context, door *onvifDoor, cmd menshen.DoorCommand) error {
	do := func(operation, more string) error {
		return d.soap.call(ctx, door.path, nsDoorControl, operation, "<Token>"+escapeXML(door.token)+"</Token>"+more, nil)
	}
	if cmd.Do() == menshen.DoorOpen {
		more := ""
		if door.can.Timing {
			more = fmt.Sprintf("<UseExtendedTime>false</UseExtendedTime><AccessTime>PT%.3fS</AccessTime>", cmd.Hold.Seconds())
		}
		return do("AccessDoor", more)
	}
	state, err := d.read(ctx, door)
	if err != nil {
		return err
	}
	// A door that is locked down, or open, takes nothing but its release.
	switch {
	case state.Mode == "LockedDown" && cmd.Do() != menshen.DoorLock:
		if err := do("LockDownReleaseDoor", ""); err != nil {
			return err
		}
	case state.Mode == "LockedOpen" && (cmd.Do() == menshen.DoorLock || cmd.Do() == menshen.DoorNormal):
		if err := do("LockOpenReleaseDoor", ""); err != nil {
			return err
		}
	}
	switch cmd.Do() {
	case menshen.DoorHold, menshen.DoorEmergency:
		switch {
		case state.Mode == "LockedOpen":
			return nil
		case door.can.LockOpen:
			return do("LockOpenDoor", "")
		case door.can.Unlock:
			return do("UnlockDoor", "")
		}
		return unable(cmd)
	case menshen.DoorLock:
		switch {
		case state.Mode == "LockedDown":
			return nil
		case door.can.LockDown:
			return do("LockDownDoor", "")
		}
	}
	if !door.can.Lock {
		if cmd.Do() == menshen.DoorNormal {
			return nil // it goes back by itself
		}
		return unable(cmd)
	}
	return do("LockDoor", "")
}

// onvifState is DoorState of the specification.
type onvifState struct {
	Position string `xml:"DoorPhysicalState"`
	Lock     string `xml:"LockPhysicalState"`
	Alarm    string `xml:"Alarm"`
	Mode     string `xml:"DoorMode"`
	Tamper   string `xml:"Tamper>State"`
	Fault    string `xml:"Fault>State"`
}

func (d *ONVIF) read(ctx context.Context, door *onvifDoor) (onvifState, error) {
	var answer struct {
		State onvifState `xml:"DoorState"`
	}
	err := d.soap.call(ctx, door.path, nsDoorControl, "GetDoorState", "<Token>"+escapeXML(door.token)+"</Token>", &answer)
	return answer.State, err
}

// State reads the door. A device without a door contact tells its lock and alarm at least.
func (d *ONVIF) State(ctx context.Context, gate string) (menshen.DoorState, error) {
	if d.closed.Load() {
		return menshen.DoorState{}, closed()
	}
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return menshen.DoorState{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Limit)
	defer cancel()
	var s onvifState
	door, err := d.door(ctx)
	if err == nil {
		s, err = d.read(ctx, door)
	}
	if err != nil {
		return menshen.DoorState{}, d.judge(ctx, menshen.DoorCommand{Gate: gate}, err)
	}
	return s.state(gate, d.cfg.Clock()), nil
}

func (s onvifState) state(gate string, now time.Time) menshen.DoorState {
	out := menshen.DoorState{Gate: gate, Position: menshen.PositionUnknown, Lock: menshen.LockUnknown, At: now}
	switch s.Position {
	case "Open":
		out.Position = menshen.PositionOpen
	case "Closed":
		out.Position = menshen.PositionClosed
	}
	switch {
	case s.Mode == "LockedOpen":
		out.Lock = menshen.LockHeld
	case s.Lock == "Locked" || s.Lock == "" && (s.Mode == "Locked" || s.Mode == "LockedDown"):
		out.Lock = menshen.LockLocked
	case s.Mode == "Unlocked":
		out.Lock = menshen.LockHeld
	case s.Lock == "Unlocked" || s.Mode == "Accessed":
		out.Lock = menshen.LockUnlocked
	}
	switch {
	case s.Alarm == "DoorForcedOpen":
		out.Alarm = menshen.AlarmForced
	case s.Alarm == "DoorOpenTooLong":
		out.Alarm = menshen.AlarmHeldOpen
	case s.Tamper == "TamperDetected":
		out.Alarm = "tamper"
	case s.Fault == "FaultDetected" || s.Position == "Fault" || s.Lock == "Fault":
		out.Alarm = "fault"
	}
	return out
}

// door gives where the door is, and looks it up where that is not known.
func (d *ONVIF) door(ctx context.Context) (*onvifDoor, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d.found != nil {
		return d.found, nil
	}
	if err := d.soap.synchronise(ctx); err != nil {
		return nil, err
	}
	path, err := d.service(ctx)
	if err != nil {
		return nil, err
	}
	door, err := d.lookUp(ctx, path)
	if err != nil {
		return nil, err
	}
	d.found = door
	return door, nil
}

// service gives the path of the device's door control service.
func (d *ONVIF) service(ctx context.Context) (path string, err error) {
	var answer struct {
		Services []struct {
			Namespace string
			XAddr     string
		} `xml:"Service"`
	}
	if err := d.soap.call(ctx, "", nsDevice, "GetServices", "<IncludeCapability>false</IncludeCapability>", &answer); err != nil {
		return "", err
	}
	for _, s := range answer.Services {
		if s.Namespace == nsDoorControl {
			return pathOf(s.XAddr)
		}
	}
	return "", menshen.Errorf(menshen.CodeUnavailable, "door.onvif", "the device has no door control service").
		WithHint("check that it supports ONVIF Profile C, and that it is switched on")
}

// lookUp finds the door by its token, or the only one there is.
func (d *ONVIF) lookUp(ctx context.Context, path string) (*onvifDoor, error) {
	type info struct {
		Token string            `xml:"token,attr"`
		Can   onvifCapabilities `xml:"Capabilities"`
	}
	var doors []info
	for next := ""; ; {
		var answer struct {
			XMLName xml.Name
			Next    string `xml:"NextStartReference"`
			Doors   []info `xml:"DoorInfo"`
		}
		more := "<Limit>100</Limit>"
		if next != "" {
			more += "<StartReference>" + escapeXML(next) + "</StartReference>"
		}
		if err := d.soap.call(ctx, path, nsDoorControl, "GetDoorInfoList", more, &answer); err != nil {
			return nil, err
		}
		doors = append(doors, answer.Doors...)
		if next = answer.Next; next == "" || len(answer.Doors) == 0 || len(doors) >= maxDoors {
			break
		}
	}
	for _, i := range doors {
		if i.Token == d.cfg.Token || d.cfg.Token == "" && len(doors) == 1 {
			return &onvifDoor{path: path, token: i.Token, can: i.Can}, nil
		}
	}
	return nil, menshen.Errorf(menshen.CodeUnavailable, "door.onvif", "the device has %d doors, and none that the configuration means", len(doors)).
		WithHint("set the token of the door, as the device's own page shows it")
}

// judge words a failure. What was looked up is forgotten: the device may have changed.
func (d *ONVIF) judge(ctx context.Context, cmd menshen.DoorCommand, err error) error {
	if err == nil || menshen.ErrorCode(err) == menshen.CodeMissing {
		return err
	}
	d.mu.Lock()
	d.found = nil
	d.mu.Unlock()
	if ctx.Err() != nil {
		return unanswered(cmd, d.cfg.Limit, ctx.Err())
	}
	if menshen.ErrorCode(err) == menshen.CodeUnavailable {
		return err
	}
	return unanswered(cmd, d.cfg.Limit, withoutAddress(err))
}

// Close ends idle connections; requests under way end within their time limit.
func (d *ONVIF) Close() error {
	d.closed.Store(true)
	d.soap.close()
	return nil
}
