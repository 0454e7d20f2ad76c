// Package config owns Menshen's one configuration file: its keys, their defaults and ranges, overrides from the
// environment, and the errors that name key and line. It opens no device and no port; whether an address answers is
// for `menshen doctor`.
package config

import (
	"cmp"
	"path/filepath"
	"time"

	"menshen"
)

// Config is everything a site's operator can set. The zero value is not usable: start from Default.
type Config struct {
	Data    string   `yaml:"data"`    // folder for databases, keys and models' state; relative to the file
	Log     Log      `yaml:"log"`     // what is logged
	Site    Site     `yaml:"site"`    // zones and gates
	Cameras []Camera `yaml:"cameras"` // none: a simulated community
	// Places are where cameras given over the pages may be besides the site's network: networks (CIDR) and folders.
	Places     []string   `yaml:"camera_places"`
	Engine     Engine     `yaml:"engine"`     // recognition
	Enrolment  Enrolment  `yaml:"enrolment"`  // what is kept of people's faces
	Access     Access     `yaml:"access"`     // decisions at the gates
	Doors      []Door     `yaml:"doors"`      // how each gate's door is opened
	Posts      []Post     `yaml:"posts"`      // gates that decide in a process of their own
	Bus        Bus        `yaml:"bus"`        // embedded NATS
	Webhooks   []Webhook  `yaml:"webhooks"`   // programs outside that are told of passes and alerts
	Web        Web        `yaml:"web"`        // API and pages
	Tracing    Tracing    `yaml:"tracing"`    // what is kept in memory and how stays are closed
	Retention  Retention  `yaml:"retention"`  // how long what is kept
	Audit      Audit      `yaml:"audit"`      // what proves that the audit log is whole
	Simulation Simulation `yaml:"simulation"` // the simulated community

	folder string // of the file, for relative paths; "" is the working folder
}

// Log says what is logged.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error
	Format string `yaml:"format"` // text or json
}

// Site describes the community.
type Site struct {
	ID       string `yaml:"id"`
	Name     Text   `yaml:"name"`
	TimeZone string `yaml:"time_zone"` // IANA name, e.g. Asia/Shanghai
	Zones    []Zone `yaml:"zones"`
	Gates    []Gate `yaml:"gates"`
}

// Text is a text in both languages.
type Text struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// Zone is a part of the site. The zone "outside" is always there.
type Zone struct {
	ID     string `yaml:"id"`
	Name   Text   `yaml:"name"`
	Kind   string `yaml:"kind"`
	Parent string `yaml:"parent"`

	Capacity int `yaml:"capacity"` // people who may be in it; 0 is no limit
}

// Gate is a doorway between two zones.
type Gate struct {
	ID    string `yaml:"id"`
	Name  Text   `yaml:"name"`
	From  string `yaml:"from"`
	To    string `yaml:"to"`
	State string `yaml:"state"` // open, guarded or closed

	Liveness string `yaml:"liveness"` // off, advise or require

	Passback      string        `yaml:"passback"`       // off, soft, timed or hard
	PassbackTime  time.Duration `yaml:"passback_time"`  // of timed
	Fail          string        `yaml:"fail"`           // secure or safe
	ReviewWait    time.Duration `yaml:"review_wait"`    // a guard has so long to answer; 0: by the policy
	ReviewDefault string        `yaml:"review_default"` // what follows then: deny or allow
}

// Post is a process that decides at gates of its own, also while it cannot reach the hub.
type Post struct {
	ID    string   `yaml:"id"`
	Gates []string `yaml:"gates"`
	Hub   string   `yaml:"hub"`   // address of the hub's bus: nats://host:port on this machine, tls://host:port elsewhere; that of bus.listen if empty
	Bus   string   `yaml:"bus"`   // host:port of its own bus, for its readers and doors; 127.0.0.1 and any free port if empty
	Web   string   `yaml:"web"`   // host:port of its own API for readers and guards; 127.0.0.1 and any free port if empty
	Hosts []string `yaml:"hosts"` // as of Web, of the post's machine
}

// Camera is one source of video at a gate.
type Camera struct {
	ID          string         `yaml:"id"`
	Gate        string         `yaml:"gate"`
	Direction   string         `yaml:"direction"` // in or out: of those who face the camera
	Source      menshen.Secret `yaml:"source"`    // rtsp://…, a video file or /dev/videoN; may hold a password
	Transport   string         `yaml:"transport"` // of RTSP: tcp or udp
	AnalyseRate float64        `yaml:"analyse_rate"`
	Width       int            `yaml:"analyse_width"` // pixels
	MinFace     int            `yaml:"min_face"`      // pixels
	Region      [][2]float64   `yaml:"region"`        // corners, 0 … 1 of width and height; none is the whole picture
	Loop        bool           `yaml:"loop"`          // of a file: start again at its end
}

// Engine says how faces are recognised.
type Engine struct {
	Name        string  `yaml:"name"`        // opencv or dlib
	Models      string  `yaml:"models"`      // folder of the networks; relative to the file
	Recognizers int     `yaml:"recognizers"` // processes
	Networks    int     `yaml:"networks"`    // copies of the network in each process
	Evaluation  bool    `yaml:"evaluation"`  // may use networks for evaluation only with cameras too; a simulated community always may
	FPIR        float64 `yaml:"fpir"`        // share of strangers that a single picture may be taken for somebody, for calibration
	Known       float64 `yaml:"known"`       // distance up to which a face counts as a person's; 0: from calibration
	Unsure      float64 `yaml:"unsure"`      // distance up to which a guard is asked; 0: from calibration
}

// Enrolment says what is kept of people's faces.
type Enrolment struct {
	KeepPhotographs bool `yaml:"keep_photographs"` // so that another engine can make templates of them
	Adapt           bool `yaml:"adapt"`            // learn slowly from sure passes
}

// Access tunes the decisions.
type Access struct {
	Cooldown    time.Duration `yaml:"cooldown"`       // one pass per person and gate within
	Patience    time.Duration `yaml:"patience"`       // how long an unclear face is watched before a guard is asked
	MinAgreeing int           `yaml:"min_agreeing"`   // faces of one person before they are known
	DoorLimit   time.Duration `yaml:"door_limit"`     // a door must answer within
	DoorHold    time.Duration `yaml:"door_hold"`      // a door stays open
	DoorOpen    time.Duration `yaml:"door_held_open"` // a door that stays open longer after that is an alarm
	Masked      string        `yaml:"masked"`         // what follows where a covered face is known: allow, or review
}

// Door is how the door of a gate is opened.
type Door struct {
	Gate    string            `yaml:"gate"`
	Driver  string            `yaml:"driver"`  // nats, http, onvif, simulated or none
	URL     string            `yaml:"url"`     // of the relay, for http, where {gate}, {direction}, {hold_ms} and {action} are filled in; of the device service, for onvif
	Method  string            `yaml:"method"`  // GET or POST, for http
	Actions map[string]string `yaml:"actions"` // addresses of hold, lock, normal and emergency where they are not url, for http
	User    string            `yaml:"user"`    // for onvif
	Token   string            `yaml:"token"`   // of the door in the device, for onvif; "" is its only one
	Secret  menshen.Secret    `yaml:"secret"`  // sent as a bearer token, for http; the password, for onvif
}

// Bus is the embedded NATS server.
type Bus struct {
	Listen string `yaml:"listen"` // host:port; port 0 takes any free one; TLS where it is not of this machine alone
	MQTT   MQTT   `yaml:"mqtt"`
}

// MQTT is the listener for readers of events over MQTT.
type MQTT struct {
	Listen string `yaml:"listen"` // host:port; "" is off; port 0 takes any free one; TLS where it is not of this machine alone
}

// Webhook is a program outside that is told of what happens.
type Webhook struct {
	ID      string         `yaml:"id"`
	URL     string         `yaml:"url"`     // https; http only with private
	Secret  menshen.Secret `yaml:"secret"`  // signs every call; 16 characters or more
	Events  []string       `yaml:"events"`  // pass, alert; none is both
	Names   bool           `yaml:"names"`   // people's names are sent, not their ids alone
	Private bool           `yaml:"private"` // it lies in a private network, or on this machine
}

// Web is the API and the pages.
type Web struct {
	Listen  string `yaml:"listen"`   // host:port; TLS where it is not of this machine alone
	TLSCert string `yaml:"tls_cert"` // PEM file; "" is a certificate of the site's own authority
	TLSKey  string `yaml:"tls_key"`
	// Hosts are names and addresses by which others reach this machine, for certificates of the site's own authority, besides
	// those of the listeners and of PublicURL.
	Hosts []string `yaml:"hosts"`
	ACME  ACME     `yaml:"acme"`
	// PublicURL is under which browsers and telephones reach the pages and the links; "" is where it listens.
	PublicURL string `yaml:"public_url"`
	OIDC      OIDC   `yaml:"oidc"`
}

// Tracing tunes stays and what is kept at hand.
type Tracing struct {
	Days       int           `yaml:"days"`        // of passes in memory
	HomeLimit  time.Duration `yaml:"home_limit"`  // longest stay at home or in the compound where no exit is seen
	GateWindow time.Duration `yaml:"gate_window"` // two people at one gate within
	CaseDays   int           `yaml:"case_days"`   // closed and refused cases are kept
}

// Simulation describes the community that is simulated where no camera is configured.
type Simulation struct {
	People int    `yaml:"people"`
	Seed   uint64 `yaml:"seed"`
	Days   int    `yaml:"days"` // of history made at the first start
}

// Default gives the defaults, without site and cameras.
func Default() Config {
	return Config{
		Data:       "data",
		Log:        Log{Level: "info", Format: "text"},
		Site:       Site{TimeZone: "Asia/Shanghai"},
		Engine:     Engine{Name: "opencv", Models: "models/files", Recognizers: 1, Networks: 2, FPIR: 0.003},
		Access:     Access{Cooldown: 10 * time.Second, Patience: 2500 * time.Millisecond, MinAgreeing: 2, DoorLimit: 2 * time.Second, DoorHold: 5 * time.Second, DoorOpen: 30 * time.Second, Masked: "allow"},
		Bus:        Bus{Listen: "127.0.0.1:4222"},
		Web:        Web{Listen: "127.0.0.1:8080", Hosts: []string{}, ACME: ACME{Domains: []string{}}, OIDC: OIDC{Claim: "email", SecondFactor: "own"}},
		Tracing:    Tracing{Days: 90, HomeLimit: 36 * time.Hour, GateWindow: time.Minute, CaseDays: 1095},
		Retention:  defaultRetention(),
		Simulation: Simulation{People: 600, Seed: 1, Days: 3},
	}
}

// camera holds the defaults of one camera.
func (c *Camera) setDefaults() {
	if c.Transport == "" {
		c.Transport = "tcp"
	}
	if c.AnalyseRate == 0 {
		c.AnalyseRate = 5
	}
	if c.Width == 0 {
		c.Width = 640
	}
	if c.MinFace == 0 {
		c.MinFace = 40
	}
	if c.Direction == "" {
		c.Direction = string(menshen.DirectionIn)
	}
}

// Simulated reports whether a simulated community takes the place of a site. A site without cameras is none: codes, PINs and
// cards need no camera.
func (c Config) Simulated() bool { return len(c.Cameras) == 0 && c.Site.ID == "" }

// DataFolder is where this configuration's data lie. Simulated people never share a folder with real ones.
func (c Config) DataFolder() string {
	folder := c.resolve(c.Data)
	if c.Simulated() {
		folder = filepath.Join(folder, "simulated")
	}
	return folder
}

// ModelsFolder is where the networks lie.
func (c Config) ModelsFolder() string { return c.resolve(c.Engine.Models) }

// TLSFiles gives certificate and key, "" where there are none.
func (c Config) TLSFiles() (cert, key string) {
	if c.Web.TLSCert == "" {
		return "", ""
	}
	return c.resolve(c.Web.TLSCert), c.resolve(c.Web.TLSKey)
}

func (c Config) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.folder, path)
}

// Community gives the configured site in the words of the root package.
func (c Config) Community() (menshen.Site, error) {
	loc, err := time.LoadLocation(c.Site.TimeZone)
	if err != nil || c.Site.TimeZone == "" {
		return menshen.Site{}, invalid("site.time_zone", "%q is no time zone", c.Site.TimeZone).WithHint("use an IANA name such as Asia/Shanghai")
	}
	s := menshen.Site{ID: c.Site.ID, Name: menshen.Text(c.Site.Name), Location: loc}
	outside := false
	for _, z := range c.Site.Zones {
		outside = outside || z.ID == menshen.OutsideZone
		s.Zones = append(s.Zones, menshen.Zone{ID: z.ID, Name: menshen.Text(z.Name), Kind: menshen.ZoneKind(z.Kind), Parent: z.Parent, Capacity: z.Capacity})
	}
	if !outside {
		s.Zones = append(s.Zones, menshen.Zone{ID: menshen.OutsideZone, Name: menshen.Text{ZH: "外部", EN: "Outside"}, Kind: menshen.ZoneOutside})
	}
	for _, g := range c.Site.Gates {
		state := menshen.GateState(g.State)
		if g.State == "" {
			state = menshen.GateOpen
		}
		s.Gates = append(s.Gates, menshen.Gate{
			ID: g.ID, Name: menshen.Text(g.Name), From: g.From, To: g.To, State: state, Liveness: menshen.LivenessMode(cmp.Or(g.Liveness, string(menshen.LivenessOff))),
			Passback: menshen.Passback(g.Passback), PassbackTime: g.PassbackTime, Fail: menshen.FailMode(g.Fail), ReviewWait: g.ReviewWait, ReviewDefault: menshen.Outcome(g.ReviewDefault),
		})
	}
	return s, s.Validate()
}

// CameraPlaces gives which gate each camera sees, in the words of the root package.
func (c Config) CameraPlaces() []menshen.Camera {
	places := make([]menshen.Camera, len(c.Cameras))
	for i, cam := range c.Cameras {
		places[i] = menshen.Camera{ID: cam.ID, Gate: cam.Gate, Direction: menshen.Direction(cam.Direction)}
	}
	return places
}
