package doortest

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
)

// Device is an ONVIF device with doors: the device service and the door control service over SOAP 1.2, as far as a door
// driver needs them. It checks the digest of every request, that nonces are not used twice, and that its clock was kept to.
type Device struct {
	Server   *httptest.Server
	User     string
	Password string
	Offset   time.Duration // of its clock
	HTTP     bool          // asks for HTTP digests too
	Simple   bool          // knows neither LockDown nor LockOpen nor timing
	Tokens   []string      // of its doors

	mu       sync.Mutex
	mode     Mode
	doorMode string
	until    time.Time
	alarm    string
	nonces   map[string]bool
	openings []Opening
	refused  int // requests with a wrong user
	gone     chan struct{}
	answer   func(operation string) string // in place of the device's own; "" leaves it
}

// MustDevice starts a device with one door.
func MustDevice(tb testing.TB) *Device {
	tb.Helper()
	d := &Device{User: "menshen", Password: "geheim<&>", Tokens: []string{"door-1"}, doorMode: "Locked", alarm: "Normal", nonces: map[string]bool{}, gone: make(chan struct{})}
	d.Server = httptest.NewServer(d)
	tb.Cleanup(func() {
		close(d.gone)
		d.Server.Close()
	})
	return d
}

// Set changes how the device behaves.
func (d *Device) Set(m Mode) { d.lock(func() { d.mode = m }) }

// Alarm sets the alarm of the door, e.g. "DoorForcedOpen".
func (d *Device) Alarm(alarm string) { d.lock(func() { d.alarm = alarm }) }

// Answer puts something in place of the body of answers; "" leaves the device's own.
func (d *Device) Answer(f func(operation string) string) { d.lock(func() { d.answer = f }) }

// Openings gives what the door was told.
func (d *Device) Openings() (all []Opening) {
	d.lock(func() { all = append(all, d.openings...) })
	return all
}

// Refused counts requests that were refused for their user, HTTP challenges left out.
func (d *Device) Refused() (n int) {
	d.lock(func() { n = d.refused })
	return n
}

func (d *Device) lock(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
}

// request is an envelope.
type request struct {
	User    string `xml:"Header>Security>UsernameToken>Username"`
	Digest  string `xml:"Header>Security>UsernameToken>Password"`
	Nonce   string `xml:"Header>Security>UsernameToken>Nonce"`
	Created string `xml:"Header>Security>UsernameToken>Created"`
	Body    struct {
		Operation struct {
			XMLName    xml.Name
			Token      string
			AccessTime string
			Start      string `xml:"StartReference"`
		} `xml:",any"`
	} `xml:"Body"`
}

func (d *Device) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var mode Mode
	d.lock(func() { mode = d.mode })
	switch mode {
	case Hangs:
		select {
		case <-r.Context().Done():
		case <-d.gone:
		}
		return
	case Gone:
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			conn.Close()
		}
		return
	}
	if d.HTTP && !d.httpDigest(r) {
		w.Header().Add("WWW-Authenticate", `Digest realm="door", qop="auth", nonce="n0nce", opaque="o", algorithm=MD5`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var q request
	if err := xml.Unmarshal(body, &q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	op := q.Body.Operation.XMLName.Local
	d.mu.Lock()
	defer d.mu.Unlock()
	if op != "GetSystemDateAndTime" && !d.known(q) {
		d.refused++
		fault(w, "ter:NotAuthorized")
		return
	}
	if mode == Refuses {
		fault(w, "ter:ActionNotSupported")
		return
	}
	out := ""
	if d.answer != nil {
		out = d.answer(op)
	}
	if out == "" {
		out = d.do(r, q)
	}
	if out == "" {
		fault(w, "ter:InvalidArgVal")
		return
	}
	w.Header().Set("Content-Type", "application/soap+xml")
	fmt.Fprintf(w, `<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:tdc="http://www.onvif.org/ver10/doorcontrol/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><e:Body>%s</e:Body></e:Envelope>`, out)
}

func fault(w http.ResponseWriter, code string) {
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:ter="http://www.onvif.org/ver10/error"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>%s</e:Value></e:Subcode></e:Code><e:Reason><e:Text>no</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>`, code)
}

// known checks the digest of WS-Security.
func (d *Device) known(q request) bool {
	nonce, err := base64.StdEncoding.DecodeString(q.Nonce)
	created, terr := time.Parse(time.RFC3339, q.Created)
	sum := sha1.Sum([]byte(string(nonce) + q.Created + d.Password))
	age := time.Now().Add(d.Offset).Sub(created).Abs()
	if err != nil || terr != nil || q.User != d.User || d.nonces[q.Nonce] || age > 10*time.Second || q.Digest != base64.StdEncoding.EncodeToString(sum[:]) {
		return false
	}
	d.nonces[q.Nonce] = true
	return true
}

var digestField = regexp.MustCompile(`(\w+)="?([^",]*)"?`)

// httpDigest checks the digest of RFC 7616.
func (d *Device) httpDigest(r *http.Request) bool {
	f := map[string]string{}
	for _, m := range digestField.FindAllStringSubmatch(strings.TrimPrefix(r.Header.Get("Authorization"), "Digest "), -1) {
		f[m[1]] = m[2]
	}
	hash := func(s string) string {
		sum := md5.Sum([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	want := hash(hash(d.User+":door:"+d.Password) + ":n0nce:" + f["nc"] + ":" + f["cnonce"] + ":auth:" + hash(r.Method+":"+r.URL.RequestURI()))
	return f["response"] == want && f["uri"] == r.URL.RequestURI() && f["opaque"] == "o"
}

// do carries an operation out and gives the body of the answer, "" for a fault. The caller holds the lock.
func (d *Device) do(r *http.Request, q request) string {
	op := q.Body.Operation
	if r.URL.Path == "/onvif/device_service" {
		switch op.XMLName.Local {
		case "GetSystemDateAndTime":
			t := time.Now().Add(d.Offset).UTC()
			return fmt.Sprintf(`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime><tt:Time><tt:Hour>%d</tt:Hour><tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time><tt:Date><tt:Year>%d</tt:Year><tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`,
				t.Hour(), t.Minute(), t.Second(), t.Year(), t.Month(), t.Day())
		case "GetServices":
			return `<tds:GetServicesResponse><tds:Service><tds:Namespace>http://www.onvif.org/ver10/device/wsdl</tds:Namespace><tds:XAddr>http://192.0.2.1/onvif/device_service</tds:XAddr></tds:Service>` +
				`<tds:Service><tds:Namespace>http://www.onvif.org/ver10/doorcontrol/wsdl</tds:Namespace><tds:XAddr>http://192.0.2.1/onvif/doors</tds:XAddr></tds:Service></tds:GetServicesResponse>`
		}
		return ""
	}
	if r.URL.Path != "/onvif/doors" || op.XMLName.Space != "http://www.onvif.org/ver10/doorcontrol/wsdl" {
		return ""
	}
	name := op.XMLName.Local
	empty := "<tdc:" + name + "Response/>"
	now := time.Now()
	switch name {
	case "GetDoorInfoList":
		return d.list(op.Start)
	case "GetDoorState":
		return d.state(now)
	}
	if op.Token != d.Tokens[len(d.Tokens)-1] {
		return ""
	}
	told := func(a menshen.DoorAction) { d.openings = append(d.openings, Opening{Action: a}) }
	switch {
	case name == "AccessDoor" && (d.doorMode == "Locked" || d.doorMode == "Accessed"):
		hold, _ := time.ParseDuration(strings.ToLower(strings.TrimPrefix(op.AccessTime, "PT")))
		d.openings = append(d.openings, Opening{Action: menshen.DoorOpen, Hold: hold})
		d.doorMode, d.until = "Accessed", now.Add(max(hold, time.Second))
	case name == "LockOpenDoor" && !d.Simple && d.doorMode != "LockedDown":
		told(menshen.DoorHold)
		d.doorMode = "LockedOpen"
	case name == "UnlockDoor" && d.doorMode != "LockedDown":
		told(menshen.DoorHold)
		d.doorMode = "Unlocked"
	case name == "LockDownDoor" && !d.Simple && d.doorMode != "LockedOpen":
		told(menshen.DoorLock)
		d.doorMode = "LockedDown"
	case name == "LockDownReleaseDoor" && d.doorMode == "LockedDown", name == "LockOpenReleaseDoor" && d.doorMode == "LockedOpen":
		d.doorMode = "Locked"
	case name == "LockDoor" && (d.doorMode == "Locked" || d.doorMode == "Unlocked" || d.doorMode == "Accessed"):
		told(menshen.DoorNormal)
		d.doorMode = "Locked"
	default:
		return ""
	}
	return empty
}

// list gives the doors, one on each page.
func (d *Device) list(start string) string {
	i, _ := strconv.Atoi(start)
	if i >= len(d.Tokens) {
		return ""
	}
	next := ""
	if i+1 < len(d.Tokens) {
		next = fmt.Sprintf("<tdc:NextStartReference>%d</tdc:NextStartReference>", i+1)
	}
	can := `Access="true" AccessTimingOverride="true" Lock="true" Unlock="true" LockDown="true" LockOpen="true" DoorMonitor="true" LockMonitor="true" Alarm="true"`
	if d.Simple {
		can = `Access="true" Lock="true" Unlock="true" DoorMonitor="true"`
	}
	return fmt.Sprintf(`<tdc:GetDoorInfoListResponse>%s<tdc:DoorInfo token="%s"><tdc:Name>%s</tdc:Name><tdc:Capabilities %s/></tdc:DoorInfo></tdc:GetDoorInfoListResponse>`, next, html.EscapeString(d.Tokens[i]), html.EscapeString(d.Tokens[i]), can)
}

func (d *Device) state(now time.Time) string {
	if d.doorMode == "Accessed" && !d.until.After(now) {
		d.doorMode = "Locked"
	}
	position, lock := "Closed", "Locked"
	if d.doorMode == "Accessed" || d.doorMode == "LockedOpen" || d.doorMode == "Unlocked" {
		position, lock = "Open", "Unlocked"
	}
	return fmt.Sprintf(`<tdc:GetDoorStateResponse><tdc:DoorState><tdc:DoorPhysicalState>%s</tdc:DoorPhysicalState><tdc:LockPhysicalState>%s</tdc:LockPhysicalState><tdc:Alarm>%s</tdc:Alarm><tdc:Tamper><tdc:State>NoTamper</tdc:State></tdc:Tamper><tdc:DoorMode>%s</tdc:DoorMode></tdc:DoorState></tdc:GetDoorStateResponse>`,
		position, lock, d.alarm, d.doorMode)
}
