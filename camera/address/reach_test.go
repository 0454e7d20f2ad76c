package address_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/camera/address"
)

// names is a resolver that a stranger controls. A name that has several answers gives the next one each time.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	answers := n[host]
	if len(answers) == 0 {
		return nil, fmt.Errorf("no such host %s", host)
	}
	if len(answers) > 1 {
		n[host] = answers[1:]
	}
	var all []netip.Addr
	for _, ip := range strings.Fields(answers[0]) {
		all = append(all, netip.MustParseAddr(ip))
	}
	return all, nil
}

var own = []netip.Addr{netip.MustParseAddr("192.168.1.2"), netip.MustParseAddr("fd12::2")}

func strangers() names {
	return names{
		"camera.lan": {"192.168.1.64"}, "camera6.lan": {"fd12::64"}, "camera.example": {"203.0.113.9"},
		"inside.example": {"127.0.0.1"}, "inside6.example": {"::1"}, "keys.example": {"169.254.169.254"}, "mapped.example": {"::ffff:127.0.0.1"},
		"both.example": {"192.168.1.64 127.0.0.1"}, "link.example": {"fe80::1%eth0"}, "nat64.example": {"64:ff9b::7f00:1"}, "sixtofour.example": {"2002:7f00:1::"},
		"zero.example": {"0.0.0.0"}, "zero6.example": {"::"}, "all.example": {"255.255.255.255"}, "group.example": {"239.255.255.250"}, "hub.example": {"192.168.1.2"},
		"hub6.example": {"fd12::2"}, "alibaba.example": {"100.100.100.200"}, "azure.example": {"168.63.129.16"}, "oracle.example": {"192.0.0.192"}, "aws6.example": {"fd00:ec2::254"},
		"127.0.0.1.nip.example": {"127.0.0.1"}, "localtest.example": {"127.8.8.8"}, "a.localhost": {"192.168.1.64"},
	}
}

// tricks are addresses with which somebody who may enter a camera would reach what is none: this machine, its files, other
// services, the keys of a cloud's machine.
func tricks() (all []string) {
	hosts := []string{
		// this machine, as it is
		"127.0.0.1", "127.0.0.2", "127.255.255.254", "localhost", "LOCALHOST", "LocalHost.", "localhost.localdomain", "ip6-localhost", "a.localhost", "x.y.localhost.", "[::1]", "[0:0:0:0:0:0:0:1]", "0.0.0.0", "[::]",
		// written in other ways
		"127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7F.0x0.0x0.0x1", "0177.0.0.1", "0177.1", "017700000001", "127.0.0.01", "127.0.0.001", "00127.0.0.1", "127.0.0.1.", "1.2.3", "0", "0x0", "0.0", "127.0.0.0x1",
		"3232235778", "0xc0a80102", "192.168.258", "2852039166", "0xa9fea9fe", "169.254.43518", "025177524776", "4294967295", "999.999.999.999", "256.0.0.1", "1e3",
		// IPv6 with IPv4 inside
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001:0:7f00:1::1]", "[::ffff:0:127.0.0.1]",
		// other special networks
		"169.254.169.254", "169.254.170.2", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::a9fe:a9fe%251]", "[fec0::1]", "[fd00:ec2::254]", "[fd20:ce::254]", "100.100.100.200", "168.63.129.16", "192.0.0.192", "224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff05::c]", "255.255.255.255", "240.0.0.1", "0.1.2.3", "[100::1]",
		// this machine's own address in the site's network
		"192.168.1.2", "[fd12::2]", "[::ffff:192.168.1.2]", "hub.example", "hub6.example", "HUB.EXAMPLE.",
		// names that lead there
		"inside.example", "inside6.example", "keys.example", "mapped.example", "both.example", "link.example", "nat64.example", "sixtofour.example", "zero.example", "zero6.example", "all.example", "group.example", "alibaba.example", "azure.example",
		"oracle.example", "aws6.example", "127.0.0.1.nip.example", "localtest.example", "nowhere.example",
		// letters that are none, and signs that some programs leave out
		"１２７.0.0.1", "127。0。0。1", "①②⑦.0.0.1", "ⓛocalhost", "lоcalhost", "loc\u00adalhost", "local\u200bhost", "127.0.0.1%00.example", "%31%32%37.0.0.1", "%6cocalhost", "127.0.0.1%2eexample", "camera.lan%0d%0a", "camera lan", "camera.lan;127.0.0.1", "camera.lan,127.0.0.1", "127.0.0.1\\camera.lan", "$(id)", "`id`", "*", "..", ".", "-", "[]", "[::1", "::1]", "[::1]x", "[127.0.0.1]", "[v1.x]",
	}
	for _, h := range hosts {
		all = append(all, "rtsp://"+h+"/stream", "rtsps://admin:x@"+h+":554/stream")
	}
	return append(all,
		// who is the host
		"rtsp://camera.lan@127.0.0.1/s", "rtsp://camera.lan:554@127.0.0.1:554/s", "rtsp://u:p@camera.lan@127.0.0.1/s", "rtsp://u:p%40camera.lan@127.0.0.1/s", "rtsp://camera.lan#@127.0.0.1/s", "rtsp://127.0.0.1#@camera.lan/s", "rtsp://127.0.0.1\\@camera.lan/s",
		"rtsp://camera.lan\\@127.0.0.1/s", "rtsp://127.0.0.1:554\\@camera.lan/s", "rtsp:///127.0.0.1/s", "rtsp:127.0.0.1/s", "rtsp:/127.0.0.1/s", "rtsp:\\\\127.0.0.1\\s", "rtsp://:554/s", "rtsp://@/s", "rtsp://@127.0.0.1/s", "rtsp://u@:554/s", "RTSP://127.0.0.1/s",
		"rtsp://camera.lan:554:80/s", "rtsp://camera.lan:0/s", "rtsp://camera.lan:65536/s", "rtsp://camera.lan:-1/s", "rtsp://camera.lan:/s", "rtsp://camera.lan:http/s", "rtsp://camera.lan:５５４/s", "rtsp://camera.lan/#/s", "rtsp://camera.lan/s#x",
		// line ends, tabs, zeros
		"rtsp://camera.lan/s\r\nSETUP rtsp://127.0.0.1/ RTSP/1.0", "rtsp://camera.lan\r\n/s", "rtsp://127.0.0.1\t/s", "rtsp://camera.lan\x00127.0.0.1/s", "\trtsp://127.0.0.1/s", "rtsp://camera.lan/\x7f", "rtsp\n://camera.lan/s",
		// what FFmpeg understands beyond RTSP
		"http://camera.lan/video.mjpg", "https://127.0.0.1:8443/", "file:///etc/passwd", "file:/etc/passwd", "FILE:///etc/passwd", "concat:/etc/passwd|/etc/shadow", "concatf:/etc/passwd", "subfile,,start,0,end,100,,:/etc/passwd", "data:video/mp4;base64,AAAA", "crypto:/etc/passwd",
		"cryptofile:/etc/passwd", "pipe:0", "pipe:", "fd:3", "cache:http://127.0.0.1/", "async:http://127.0.0.1/", "tcp://127.0.0.1:4222", "tcp://127.0.0.1:0?listen", "udp://127.0.0.1:9", "unix:/run/docker.sock", "tls://127.0.0.1:8443", "rtp://239.0.0.1:5004", "srtp://127.0.0.1:5004",
		"rtmp://127.0.0.1/live", "rtmpt://127.0.0.1/", "hls+http://127.0.0.1/a.m3u8", "hls+file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO", "sftp://127.0.0.1/etc/passwd", "smb://127.0.0.1/c$", "tee:/tmp/x|/tmp/y", "md5:/tmp/x", "icecast://127.0.0.1/", "mmsh://127.0.0.1/",
		"async:file:/etc/passwd", "ipfs://x", "libssh://x", "zmq:tcp://127.0.0.1:5555", "android_content://x", "lavfi:movie=/etc/passwd", "v4l2:/dev/video0", "x11grab:0.0", "gdigrab:desktop", "rtsp+http://127.0.0.1/", "rtspu://127.0.0.1/", "satip://127.0.0.1/",
		// files and devices
		"/etc/passwd", "/proc/self/environ", "/proc/1/mem", "../../etc/shadow", "site.db", "/dev/sda", "/dev/mem", "/dev/video0", "/dev/../etc/passwd", "//127.0.0.1/share/x", "\\\\127.0.0.1\\share", "~/x", "a|b", "-i", "",
	)
}

// Whatever trick an address plays, given over the network it leads to no place but the site's cameras. Each is refused when it
// is read or when it is checked; and what passes reading has the host that every program sees in it.
func TestTricks(t *testing.T) {
	all := tricks()
	if len(all) < 100 {
		t.Fatalf("only %d tricks", len(all))
	}
	unread, checked := 0, 0
	for _, trick := range all {
		a, err := address.Parse(trick)
		if err != nil {
			unread++
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("%q: %v", trick, err)
			}
			continue
		}
		err = a.CheckGiven(t.Context(), strangers(), address.Limits{Own: own})
		if err == nil {
			t.Errorf("%q leads to %s", trick, a.Reveal())
			continue
		}
		checked++
		if _, hint := menshen.ErrorMessage(err); hint == "" {
			t.Errorf("%q: no hint with %v", trick, err)
		}
	}
	t.Logf("%d tricks refused: %d when they were read, %d by where they lead", unread+checked, unread, checked)
}

// Cameras of the site, and what the configuration allows, pass.
func TestCheckGiven(t *testing.T) {
	folder := t.TempDir()
	film := filepath.Join(folder, "film.mp4")
	if err := os.WriteFile(film, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link.mp4")
	if err := os.Symlink(film, link); err != nil {
		t.Fatal(err)
	}
	away := filepath.Join(folder, "away.mp4")
	if err := os.Symlink("/etc/passwd", away); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		address string
		places  []string
		want    menshen.Code
	}{
		{"rtsp://admin:x@192.168.1.64:554/Streaming/Channels/101", nil, ""},
		{"rtsp://10.0.0.9/s", nil, ""},
		{"rtsp://100.64.0.9/s", nil, ""}, // a private network of a provider's, or an overlay
		{"rtsps://[fd12::64]/s", nil, ""},
		{"rtsp://camera.lan/s", nil, ""},
		{"rtsp://camera6.lan./s", nil, ""},
		{"rtsp://cam_1.lan/s", nil, menshen.CodeUnavailable}, // not known
		{"rtsp://camera.example/s", nil, ""},
		{"browser", nil, ""},
		{"rtsp://127.0.0.1:8554/s", []string{"127.0.0.0/8"}, ""},
		{"rtsp://localhost:8554/s", []string{"127.0.0.0/8"}, ""},
		{"rtsp://127.0.0.1:8554/s", []string{"10.0.0.0/8", "/srv"}, menshen.CodeDenied},
		{"rtsp://both.example/s", []string{"192.168.0.0/16"}, menshen.CodeDenied},
		{film, []string{folder}, ""},
		{link, []string{folder}, ""},
		{film, nil, menshen.CodeDenied},
		{away, []string{folder}, menshen.CodeDenied},
		{folder + "x/film.mp4", []string{folder}, menshen.CodeDenied},
		{folder + "/../film.mp4", []string{folder}, menshen.CodeDenied},
		{"/dev/video0", []string{"/dev"}, ""},
	} {
		a, err := address.Parse(c.address)
		if err != nil {
			t.Errorf("%s: %v", c.address, err)
			continue
		}
		err = a.CheckGiven(t.Context(), strangers(), address.Limits{Own: own, Places: c.places})
		if menshen.ErrorCode(err) != c.want {
			t.Errorf("%s with %v: %v, want %q", c.address, c.places, err, c.want)
		}
	}
}

// A name is looked up once for a connection, and what it gave is what is connected to: it cannot answer anew in between. It
// may not lead to this machine either, also where the address is in the configuration file.
func TestPin(t *testing.T) {
	for _, c := range []struct{ address, whole string }{
		{"rtsp://u:p@camera.lan/s?x=1", "rtsp://u:p@192.168.1.64:554/s?x=1"},
		{"rtsps://camera6.lan/s", "rtsps://[fd12::64]:322/s"},
		{"rtsp://127.0.0.1:8554/s", "rtsp://127.0.0.1:8554/s"}, // who writes it means it
		{"rtsp://localhost:8554/s", "rtsp://127.0.0.1:8554/s"},
		{"rtsp://both.example/s", "rtsp://192.168.1.64:554/s"},
		{"rtsp://inside.example/s", ""}, {"rtsp://keys.example/s", ""}, {"rtsp://mapped.example/s", ""}, {"rtsp://nowhere.example/s", ""},
	} {
		a, err := address.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Pin(t.Context(), strangers())
		if (err == nil) != (c.whole != "") || err == nil && p.Reveal() != c.whole {
			t.Errorf("%s: %s (%v), want %q", c.address, p.Reveal(), err, c.whole)
		}
		if p.String() != a.String() || p.Host() != a.Host() {
			t.Errorf("%s is shown as %s at %s", c.address, p, p.Host())
		}
	}
	local, err := address.Parse("rtsp://Camera.local./s")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := local.Pin(t.Context(), strangers()); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("a name of mDNS: %v", err)
	} else if _, hint := menshen.ErrorMessage(err); !strings.Contains(hint, "/etc/hosts") {
		t.Errorf("a name of mDNS: the hint is %q", hint)
	}
	rebinding := names{"turns.example": {"192.168.1.64", "127.0.0.1"}}
	a, err := address.Parse("rtsp://turns.example/s")
	if err != nil {
		t.Fatal(err)
	}
	first, err := a.Pin(t.Context(), rebinding)
	if err != nil || first.Reveal() != "rtsp://192.168.1.64:554/s" {
		t.Fatalf("%s: %v", first.Reveal(), err)
	}
	if again, err := first.Pin(t.Context(), rebinding); err != nil || again.Reveal() != first.Reveal() {
		t.Errorf("pinned again %s: %v", again.Reveal(), err)
	}
	if _, err := a.Pin(t.Context(), rebinding); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("the name that has turned: %v", err)
	}
}
