// Package address reads and checks the address of a camera: an RTSP stream, a video file, a V4L2 device, or "browser". It owns
// which addresses are allowed and how they are shown to people without their password; it opens nothing but looks
// whether a file or a device is there. No native code: the hub and "menshen config check" import it too.
package address

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"menshen"
	"menshen/reach"
)

// Kind says what an address leads to.
type Kind string

const (
	KindStream Kind = "stream" // rtsp:// or rtsps://
	KindFile   Kind = "file"   // a video file, played in real time
	KindDevice Kind = "device" // a V4L2 device, /dev/videoN
	KindSent   Kind = "sent"   // pictures are sent, by a browser at the gate
)

// Address is where a camera is read from. Everything that prints it (fmt, slog, JSON, YAML) leaves the password out;
// Reveal alone gives it whole. The zero Address leads nowhere. Safe for concurrent use.
type Address struct {
	kind   Kind
	shown  string
	device int
	secret *string // a pointer, so that printing a structure around an Address does not show it either
	host   string  // host:port of a stream
	secure bool
}

const (
	op = "camera.address"

	maxLength = 2048

	// Browser is the whole address of a camera whose pictures a browser sends.
	Browser = "browser"

	// DefaultPort and DefaultSecurePort are what RTSP uses where an address names no port.
	DefaultPort       = "554"
	DefaultSecurePort = "322"
)

// examples is the hint where an address is none of what is allowed.
const examples = "use rtsp://user:password@192.168.1.64:554/stream, the path of a video file, /dev/video0, or browser"

// Parse reads an address. It refuses everything that FFmpeg would understand beyond RTSP, plain files and devices
// (http:, concat:, pipe:, …), so that a configuration cannot make the camera process fetch or read other things.
func Parse(s string) (Address, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera has no address").WithHint(examples)
	case len(s) > maxLength:
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address is longer than %d characters", maxLength).WithHint(examples)
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s contains control characters", quote(s)).
			WithHint("remove line ends and other invisible characters from it")
	}
	s = strings.TrimSpace(s)
	if s == Browser {
		return Address{kind: KindSent, shown: s, secret: &s}, nil
	}
	if scheme, ok := schemeOf(s); ok {
		switch scheme {
		case "rtsp", "rtsps":
			return parseStream(s)
		case "http", "https":
			return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s is a web address", quote(s)).
				WithHint("use the RTSP address of the camera, for example rtsp://user:password@192.168.1.64:554/stream")
		}
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s begins with %q, which is not allowed", quote(s), scheme+":").
			WithHint(examples)
	}
	path, err := filepath.Abs(s) // also cleans it: what becomes a device then is one
	if strings.HasPrefix(path, "/dev/") {
		return parseDevice(path)
	}
	if err != nil {
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the path %q cannot be used", s).WithHint("write the whole path, from / on").WithCause(err)
	}
	// An absolute path begins with "/", so FFmpeg sees no scheme in it, whatever colons it contains.
	return Address{kind: KindFile, shown: path, secret: &path}, nil
}

// schemeOf gives what stands before the first ":" if that can be a scheme of a URL or a protocol of FFmpeg.
func schemeOf(s string) (string, bool) {
	name, _, ok := strings.Cut(s, ":")
	if !ok || name == "" {
		return "", false
	}
	for _, r := range name {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("+-.,", r)) {
			return "", false
		}
	}
	return strings.ToLower(name), true
}

func parseStream(s string) (Address, error) {
	escape := "in user names and passwords write # as %23, / as %2F, ? as %3F, @ as %40 and % as %25"
	u, err := url.Parse(s)
	if err != nil {
		// The cause quotes the whole address, password included, so it is left out.
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s cannot be read", quote(s)).WithHint("%s", escape)
	}
	u.Scheme = strings.ToLower(u.Scheme)
	bad := func(what, hint string) (Address, error) {
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s %s", quote(s), what).WithHint("%s", hint)
	}
	switch {
	case u.Opaque != "" || u.Hostname() == "":
		return bad("names no host", "write it as rtsp://user:password@host:554/path")
	case u.Fragment != "" || strings.Contains(s, "#"):
		return bad("contains #", escape)
	case !reach.Usable(u.Hostname()):
		return bad("has an unusable host name", "write its name in ASCII, or its number like 192.168.1.64 or [fd00::64]")
	}
	port := u.Port()
	if port == "" {
		if strings.HasSuffix(u.Host, ":") {
			return bad("has an empty port", "write a number from 1 to 65535 after the host, or leave the colon out")
		}
		port = DefaultPort
		if u.Scheme == "rtsps" {
			port = DefaultSecurePort
		}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return bad("has an unusable port", "write a number from 1 to 65535 after the host, usually 554")
	}
	u.Host = net.JoinHostPort(u.Hostname(), port)
	whole := u.String()
	return Address{kind: KindStream, shown: redact(u), secret: &whole, host: u.Host, secure: u.Scheme == "rtsps"}, nil
}

var devicePath = regexp.MustCompile(`^/dev/video([0-9]{1,3})$`)

func parseDevice(s string) (Address, error) {
	m := devicePath.FindStringSubmatch(s)
	if m == nil {
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "%q is no video device", s).WithHint("use /dev/video0 or another number; v4l2-ctl --list-devices shows them")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return Address{}, menshen.Errorf(menshen.CodeInvalid, op, "%q is no video device", s).WithCause(err)
	}
	return Address{kind: KindDevice, shown: s, secret: &s, device: n}, nil
}

// Kind says what the address leads to; "" for the zero Address.
func (a Address) Kind() Kind { return a.kind }

// Device is the number N of /dev/videoN.
func (a Address) Device() int { return a.device }

// Host is host:port of a stream, "" for others.
func (a Address) Host() string { return a.host }

// Secure reports whether the stream is RTSP over TLS.
func (a Address) Secure() bool { return a.secure }

// Reveal gives the whole address, password included: for opening it and for handing it to the camera process, and for
// nothing else. Files come out with their absolute path.
func (a Address) Reveal() string {
	if a.secret == nil {
		return ""
	}
	return *a.secret
}

// String gives the address without its password.
func (a Address) String() string { return a.shown }

// Format prints String for every verb, so that %#v and %+v do not show more.
func (a Address) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, a.shown) }

// LogValue gives slog the address without its password.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.shown) }

// MarshalText gives JSON and YAML the address without its password.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.shown), nil }

// UnmarshalText parses an address.
func (a *Address) UnmarshalText(b []byte) error {
	p, err := Parse(string(b))
	if err != nil {
		return err
	}
	*a = p
	return nil
}

// Check looks whether the file or the device is there and readable. Of a stream it says nothing.
func (a Address) Check() error {
	switch a.kind {
	case KindStream, KindSent:
		return nil
	case KindFile:
		return a.checkPath("video file", "check the path; a relative one counts from the folder menshen is started in",
			func(m os.FileMode) bool { return m.IsRegular() })
	case KindDevice:
		return a.checkPath("video device", "plug the camera in; v4l2-ctl --list-devices shows which devices there are",
			func(m os.FileMode) bool { return m&os.ModeCharDevice != 0 })
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "the camera has no address").WithHint(examples)
}

func (a Address) checkPath(what, absent string, right func(os.FileMode) bool) error {
	f, err := os.Open(a.shown)
	switch {
	case os.IsNotExist(err):
		return menshen.Errorf(menshen.CodeNotFound, op, "the %s %s does not exist", what, a.shown).WithHint("%s", absent).WithCause(err)
	case os.IsPermission(err):
		return menshen.Errorf(menshen.CodeDenied, op, "the %s %s may not be read", what, a.shown).
			WithHint("give the user who runs menshen the right to read it (for devices: the group video)").WithCause(err)
	case err != nil:
		return menshen.Errorf(menshen.CodeUnavailable, op, "the %s %s cannot be opened", what, a.shown).WithHint("%s", absent).WithCause(err)
	}
	st, err := f.Stat()
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the %s %s cannot be opened", what, a.shown).WithHint("%s", absent).WithCause(err)
	}
	if !right(st.Mode()) {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s is no %s", a.shown, what).WithHint(examples)
	}
	return nil
}
