package address_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/camera/address"
)

func TestStreams(t *testing.T) {
	for in, want := range map[string]struct{ shown, whole, host string }{
		"rtsp://192.168.1.64/stream":                       {"rtsp://192.168.1.64:554/stream", "rtsp://192.168.1.64:554/stream", "192.168.1.64:554"},
		" RTSP://cam:8554/a?x=1 ":                          {"rtsp://cam:8554/a?x=1", "rtsp://cam:8554/a?x=1", "cam:8554"},
		"rtsps://cam/a":                                    {"rtsps://cam:322/a", "rtsps://cam:322/a", "cam:322"},
		"rtsp://admin:p%23ss@[fe80::1]:554/a":              {"rtsp://admin:***@[fe80::1]:554/a", "rtsp://admin:p%23ss@[fe80::1]:554/a", "[fe80::1]:554"},
		"rtsp://admin@cam/a":                               {"rtsp://admin@cam:554/a", "rtsp://admin@cam:554/a", "cam:554"},
		"rtsp://cam/user=u&password=p1&channel=1":          {"rtsp://cam:554/user=u&password=***&channel=1", "rtsp://cam:554/user=u&password=p1&channel=1", "cam:554"},
		"rtsp://cam/user=u_password=p1_channel=1_stream=0": {"rtsp://cam:554/user=u_password=***", "rtsp://cam:554/user=u_password=p1_channel=1_stream=0", "cam:554"},
		"rtsp://cam/s?authToken=abc&b=2":                   {"rtsp://cam:554/s?authToken=***&b=2", "rtsp://cam:554/s?authToken=abc&b=2", "cam:554"},
	} {
		a, err := address.Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if a.Kind() != address.KindStream || a.String() != want.shown || a.Reveal() != want.whole || a.Host() != want.host {
			t.Errorf("%s: kind %s, shown %s, whole %s, host %s", in, a.Kind(), a, a.Reveal(), a.Host())
		}
		if a.Secure() != strings.HasPrefix(want.whole, "rtsps") || a.Check() != nil {
			t.Errorf("%s: secure %v, check %v", in, a.Secure(), a.Check())
		}
	}
}

func TestRefused(t *testing.T) {
	for _, in := range []string{
		"", "   ", "http://cam/a.mjpg", "https://cam/a", "file:/etc/passwd", "concat:a|b", "pipe:0", "tcp://h:1", "ftp://h/a",
		"subfile,,start,0,end,0,,:/etc/passwd", "data:text/plain,x", "rtmp://h/a", "rtsp:", "rtsp:///a", "rtsp://:554/a",
		"rtsp://u:sec#ret@cam/a", "rtsp://u:sec/ret@cam/a", "rtsp://cam:0/a", "rtsp://cam:70000/a", "rtsp://cam:/a", "rtsp://u:%zz@cam/a",
		"rtsp://cam/a\nb", "/dev/sda", "/dev/video", "/dev/video1/../sda", "/dev/video12345", "rtsp://" + strings.Repeat("a", 5000),
	} {
		a, err := address.Parse(in)
		if err == nil {
			t.Errorf("%q became %q", in, a.Reveal())
			continue
		}
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || message == "" || hint == "" || strings.ContainsAny(message+hint, "\n\r") {
			t.Errorf("%q: %v, hint %q", in, err, hint)
		}
		if strings.Contains(in, "sec") && strings.Contains(err.Error()+hint, "sec") {
			t.Errorf("%q: the error shows the password: %v", in, err)
		}
	}
}

func TestNothingShowsThePassword(t *testing.T) {
	const secret = "geheim99"
	type settings struct {
		Address address.Address
		private address.Address
	}
	a, err := address.Parse("rtsp://admin:" + secret + "@cam/a?password=" + secret)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("x", "a", a, "s", settings{a, a})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "a", a, "s", settings{a, a})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb+"\n", a, &a, settings{a, a})
	}
	if err := json.NewEncoder(&out).Encode(settings{a, a}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), secret) || strings.Contains(out.String(), fmt.Sprintf("%x", secret)) {
		t.Errorf("the password is shown: %s", out.String())
	}
	if !strings.Contains(a.Reveal(), secret) {
		t.Error("Reveal does not give the password")
	}
}

// What FFmpeg says about an address is handed on without the password, in whatever form it writes it.
func TestHide(t *testing.T) {
	a, err := address.Parse("rtsp://admin:ge%40heim99@cam/a?channel=1&authToken=zauber77")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		a.Reveal() + ": Connection refused":               "rtsp://***@cam:554/a?channel=1&authToken=***: Connection refused",
		"open rtsp://admin:ge%40heim99@10.0.0.1:554/ now": "open rtsp://***@10.0.0.1:554/ now",
		"tcp://x:anything@cam and rtsp://y:1@cam":         "tcp://***@cam and rtsp://***@cam",
		"Authorization: admin ge@heim99":                  "Authorization: admin ***",
		"GET /a?channel=1&authToken=zauber77":             "GET /a?channel=1&authToken=***",
		"method DESCRIBE failed: 404 Not Found":           "method DESCRIBE failed: 404 Not Found",
	} {
		if got := a.Hide(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	short, err := address.Parse("rtsp://u:1@cam/a")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := short.Hide("channel 1 of rtsp://u:1@cam:554/a"), "channel 1 of rtsp://***@cam:554/a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (address.Address{}).Hide("as it is, rtsp://u:1@cam"), "as it is, rtsp://***@cam"; got != want {
		t.Errorf("the zero address makes %q, want %q", got, want)
	}
}

func TestText(t *testing.T) {
	var v struct{ Address address.Address }
	if err := json.Unmarshal([]byte(`{"Address":"rtsp://u:p@cam/a"}`), &v); err != nil || v.Address.Reveal() != "rtsp://u:p@cam:554/a" {
		t.Errorf("%v, %s", err, v.Address.Reveal())
	}
	if err := json.Unmarshal([]byte(`{"Address":"http://cam"}`), &v); err == nil {
		t.Error("a web address is read")
	}
}

func TestFilesAndDevices(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a:b.mp4")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for in, want := range map[string]struct {
		kind  address.Kind
		whole string
		check menshen.Code
	}{
		file:                      {address.KindFile, file, ""},
		"./a:b.mp4":               {address.KindFile, file, ""},
		filepath.Join(dir, "nix"): {address.KindFile, filepath.Join(dir, "nix"), menshen.CodeNotFound},
		dir:                       {address.KindFile, dir, menshen.CodeInvalid},
		"/dev/video987":           {address.KindDevice, "/dev/video987", menshen.CodeNotFound},
	} {
		a, err := address.Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if a.Kind() != want.kind || a.Reveal() != want.whole {
			t.Errorf("%s: kind %s, %s", in, a.Kind(), a.Reveal())
		}
		err = a.Check()
		if menshen.ErrorCode(err) != want.check {
			t.Errorf("%s: check gives %v", in, err)
		}
		if _, hint := menshen.ErrorMessage(err); err != nil && hint == "" {
			t.Errorf("%s: no hint with %v", in, err)
		}
	}
	if a, err := address.Parse("/dev/video12"); err != nil || a.Device() != 12 {
		t.Errorf("device %d, %v", a.Device(), err)
	}
	if err := (address.Address{}).Check(); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("the zero address: %v", err)
	}
}

// FuzzParse: whatever is accepted is one of the three kinds, can be read again, and never has a scheme for FFmpeg other
// than RTSP.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"rtsp://u:p@h:1/a?b#c", "rtsps://[::1]/", "/dev/video0", "clip.mp4", "concat:a", "http://a", "rtsp://u:p@h/a%2f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := address.Parse(s)
		if err != nil {
			return
		}
		whole := a.Reveal()
		switch a.Kind() {
		case address.KindStream:
			if !strings.HasPrefix(whole, "rtsp://") && !strings.HasPrefix(whole, "rtsps://") {
				t.Fatalf("%q became the stream %q", s, whole)
			}
		case address.KindFile, address.KindDevice:
			if !strings.HasPrefix(whole, "/") {
				t.Fatalf("%q became the path %q", s, whole)
			}
		default:
			t.Fatalf("%q is of kind %q", s, a.Kind())
		}
		if b, err := address.Parse(whole); err != nil || b.Reveal() != whole || b.String() != a.String() {
			t.Fatalf("%q became %q, and that %q: %v", s, whole, b.Reveal(), err)
		}
	})
}
