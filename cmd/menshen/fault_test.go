package main_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"menshen/camera/rtsptest"
)

// Bad input and faults, against the real binary: one camera, one request may fail, and says so; nothing else does.

// mustWrite writes a file into the community's folder and gives its path.
func (c *community) mustWrite(name string, data []byte) string {
	c.tb.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		c.tb.Fatal(err)
	}
	return path
}

// mustSay checks that a command failed with a code and said why in one line and what to do in another, on standard error.
func (r result) mustSay(tb testing.TB, code int, message, hint string) {
	tb.Helper()
	lines := strings.Split(strings.TrimSuffix(r.err, "\n"), "\n")
	ok := len(lines) == 2 && strings.HasPrefix(lines[0], "menshen: ") && strings.Contains(lines[0], message) &&
		strings.HasPrefix(lines[1], "→ ") && strings.Contains(lines[1], hint)
	if r.code != code || !ok {
		tb.Errorf("exit code %d, want %d; it says\n%s\nwant one line with %q and one that begins with → and has %q", r.code, code, r.err, message, hint)
	}
}

// well reports whether a camera is well and gives pictures.
func (c *community) well(camera string) bool {
	c.tb.Helper()
	for line := range strings.Lines(c.must("status")) {
		if strings.HasPrefix(line, camera+" → ") {
			return strings.Contains(line, ": well (") && !strings.Contains(line, "(0 fps)")
		}
	}
	c.tb.Fatalf("status does not name the camera %s", camera)
	return false
}

// down reports whether a condition of the status names a child.
func (c *community) down(child string) bool {
	c.tb.Helper()
	return strings.Contains(c.must("status"), "("+child+",")
}

// passedSince reports whether a gate has a pass captured after a time. Strangers' passes count: they are refused ones.
func (c *community) passedSince(gate string, begin time.Time) bool {
	c.tb.Helper()
	return slices.ContainsFunc(mustJSON[[]passJSON](c, "passes", "list", "--gate", gate), func(p passJSON) bool { return p.Captured.After(begin) })
}

// everyCrossingCounts makes a stranger who is back after seconds, as in a clip that is looped, a crossing of its own.
func everyCrossingCounts(t *testing.T) { t.Setenv("MENSHEN_ACCESS_COOLDOWN", "1s") }

// A stream that stalls with its connection open is noticed and its camera process replaced; it is back when the stream is.
// The other camera sees nothing of that.
func TestStalledStream(t *testing.T) {
	everyCrossingCounts(t)
	c, rtsp := newVideoCommunity(t, "opencv")
	publish := func(clip string) *rtsptest.Stream {
		return rtsp.Stream(t, clip, mustShared(t, "testdata/video/"+clip+".mp4"), rtsptest.StreamOptions{Loop: true})
	}
	stalling := publish("walkin")
	publish("pair")
	s := c.serve()
	for _, gate := range []string{"walkin", "pair"} {
		eventually(t, "somebody is seen at "+gate, func() bool { return c.well(gate+"-1") && c.passedSince(gate, time.Time{}) })
	}
	first, other := s.pid("camera-walkin-1"), s.pid("camera-pair-1")
	if first == 0 || other == 0 {
		t.Fatalf("camera processes %d and %d, want both to run", first, other)
	}
	// meanwhile waits for something, and wants the other camera well all the time.
	meanwhile := func(what string, ok func() bool) {
		t.Helper()
		begin := time.Now()
		eventually(t, what, func() bool {
			if c.down("camera-down:pair-1") {
				t.Errorf("while waiting until %s, the other camera is not well", what)
			}
			return ok()
		})
		t.Logf("%s after %v", what, time.Since(begin).Round(100*time.Millisecond))
	}

	stalling.Freeze(t)
	frozen := time.Now()
	meanwhile("the stalled camera is a condition", func() bool { return c.down("camera-down:walkin-1") })
	if c.well("walkin-1") {
		t.Error("the stalled camera is shown as well")
	}
	meanwhile("its process is ended", func() bool { return s.pid("camera-walkin-1") != first })
	meanwhile("another process runs in its place", func() bool { p := s.pid("camera-walkin-1"); return p != 0 && p != first })
	meanwhile("the other gate goes on", func() bool { return c.passedSince("pair", frozen) })
	if !c.down("camera-down:walkin-1") {
		t.Error("a new process alone made the condition go, without a picture")
	}

	stalling.Stop()
	publish("walkin")
	back := time.Now()
	meanwhile("the camera is well again", func() bool { return c.well("walkin-1") && !c.down("camera-down:walkin-1") })
	meanwhile("its gate goes on", func() bool { return c.passedSince("walkin", back) })
	if got := s.pid("camera-pair-1"); got != other {
		t.Errorf("the other camera's process is %d instead of %d", got, other)
	}
	if strings.Contains(s.log.String()+c.must("status"), "s3cret") {
		t.Error("the camera's password is in the log or the status")
	}
}

// A process that hangs, which is not one that ends, is noticed by its silence, killed and replaced.
func TestHungChild(t *testing.T) {
	everyCrossingCounts(t)
	c, rtsp := newVideoCommunity(t, "opencv")
	for _, clip := range []string{"walkin", "pair"} {
		rtsp.Stream(t, clip, mustShared(t, "testdata/video/"+clip+".mp4"), rtsptest.StreamOptions{Loop: true})
	}
	s := c.serve()
	eventually(t, "somebody is seen", func() bool { return c.well("walkin-1") && c.well("pair-1") && c.passedSince("walkin", time.Time{}) })
	other := s.pid("camera-pair-1")
	for _, child := range []struct{ component, condition string }{
		{"camera-walkin-1", "camera-down:walkin-1"},
		{"recognizer-1", "recognizer-down:1"},
	} {
		hung := s.pid(child.component)
		if hung == 0 {
			t.Fatalf("%s does not run", child.component)
		}
		if err := syscall.Kill(hung, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for end := begin.Add(patience); !c.down(child.condition); { // without a pause: it may be over soon
			if time.Now().After(end) {
				t.Fatalf("never happened: %s is a condition", child.condition)
			}
		}
		t.Logf("%s was a condition %v after it hung", child.component, time.Since(begin).Round(100*time.Millisecond))
		eventually(t, "another process runs in its place", func() bool { p := s.pid(child.component); return p != 0 && p != hung })
		if err := syscall.Kill(hung, 0); err != syscall.ESRCH {
			t.Errorf("the hung process of %s is still there: %v", child.component, err)
		}
		eventually(t, "the condition ends", func() bool { return !c.down(child.condition) })
		back := time.Now()
		eventually(t, "passes go on", func() bool { return c.passedSince("walkin", back) })
		t.Logf("passes went on %v after it hung", time.Since(begin).Round(100*time.Millisecond))
	}
	if got := s.pid("camera-pair-1"); got != other {
		t.Errorf("the other camera's process is %d instead of %d", got, other)
	}
}

// FFmpeg prints the addresses it meets, passwords included. The hub hands its words on without them.
func TestPasswordsOfChildrenStayInside(t *testing.T) {
	c := newTrial(t, `
site:
  id: test-site
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
cameras: [{id: east-1, gate: east, source: list.txt}]
`)
	c.mustWrite("list.txt", []byte("ffconcat version 1.0\nfile rtsp://menshen:s3cret@127.0.0.1:9/a\n"))
	s := c.serve()
	eventually(t, "FFmpeg's words are in the log", func() bool { return strings.Contains(s.log.String(), "Unsafe file name") })
	eventually(t, "the camera is a condition", func() bool { return c.down("camera-down:east-1") })
	if got := s.log.String() + c.must("status"); strings.Contains(got, "s3cret") || !strings.Contains(got, "rtsp://***@127.0.0.1:9/a") {
		t.Error("the password is in the log or the status, or the address is not there without it")
	}
}

// blank is a picture in one colour, of any size without the memory for it.
type blank struct{ w, h int }

func (b blank) ColorModel() color.Model     { return color.Palette{color.White, color.Black} }
func (b blank) Bounds() image.Rectangle     { return image.Rect(0, 0, b.w, b.h) }
func (b blank) At(int, int) color.Color     { return color.White }
func (b blank) ColorIndexAt(int, int) uint8 { return 0 }

func mustPNG(tb testing.TB, w, h int) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, blank{w, h}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// hugePNG is a picture that claims a size and has no pixels at all.
func hugePNG(w, h uint32) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		begin := len(b)
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[begin:]))
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	chunk("IHDR", append(header, 8, 2, 0, 0, 0)) // 8 bits, RGB
	chunk("IDAT", nil)
	chunk("IEND", nil)
	return b
}

// What is no photograph is refused in words, whatever it is. Hub and recognizer stay the same processes, and the next
// photograph is taken.
func TestEnrolBadPhotographs(t *testing.T) {
	models, faces := mustShared(t, "models"), mustShared(t, "testdata/faces")
	c := newCommunity(t, "engine: {name: opencv, models: models}\nsimulation: {people: 20, days: 0}")
	c.try("models", "fetch", "--offline", "--from", models) // exits with 5: the official files are not there
	s := c.serve()
	eventually(t, "the recognizer runs", func() bool { return s.pid("recognizer-1") != 0 && !c.down("recognizer-down:1") })
	recognizer := s.pid("recognizer-1")

	folders, err := filepath.Glob(filepath.Join(faces, "*", ""))
	if err != nil {
		t.Fatal(err)
	}
	next := 0
	// good gives the photographs of somebody else each time.
	good := func() (name string, photos []string) {
		for ; ; next++ {
			photos, err := filepath.Glob(filepath.Join(folders[next], "*.jpg"))
			if err != nil {
				t.Fatal(err)
			}
			if len(photos) > 0 {
				next++
				return filepath.Base(folders[next-1]), photos
			}
		}
	}
	counts := func() (people, templates int) {
		if _, after, ok := strings.Cut(c.must("status"), "people "); ok {
			if _, err := fmt.Sscanf("people "+after, "people %d, templates %d", &people, &templates); err != nil {
				t.Fatal(err)
			}
		}
		return people, templates
	}

	_, photos := good()
	whole, err := os.ReadFile(photos[0])
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 64<<10)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(noise) // never fails
	large := make([]byte, 21<<20)
	const (
		unreadable   = "the photograph cannot be read"
		noPhotograph = "this is no photograph, or the file is damaged"
		tooLarge     = "the photograph is too large"
	)
	for _, tt := range []struct {
		file    string
		data    []byte
		reason  string // of the photograph
		refused string // what is said instead where it is not even looked at
	}{
		{"truncated.jpg", whole[:len(whole)/2], unreadable, ""},
		{"header-only.jpg", whole[:30], noPhotograph, ""},
		{"noise.jpg", noise, noPhotograph, ""},
		{"noise-after-a-header.jpg", append(slices.Clone(whole[:200]), noise...), unreadable, ""},
		{"claims-60000x60000.png", hugePNG(60_000, 60_000), tooLarge, ""},
		{"claims-2000x2000.png", hugePNG(2000, 2000), unreadable, ""},
		{"20000x20000.png", mustPNG(t, 20_000, 20_000), tooLarge, ""},
		{"8000x6000.png", mustPNG(t, 8000, 6000), tooLarge, ""},   // more pixels than are taken, within the longest side
		{"15000x100.png", mustPNG(t, 15_000, 100), "no face", ""}, // taken, and of an unusual form
		{"6000x6000.png", mustPNG(t, 6000, 6000), "no face", ""},  // nearly as large as is taken
		{"1x1.png", mustPNG(t, 1, 1), unreadable, ""},
		{"empty.jpg", nil, "", `"empty.jpg" is empty`},
		{"text.jpg", []byte("I am no photograph.\n"), noPhotograph, ""},
		{"too-many-bytes.jpg", large, "", "larger than 20 MB"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			people, templates := counts()
			r := c.try("enroll", "--consent", "nobody", "--name", "nobody", "--dwelling", "1-1-1-101", c.mustWrite(tt.file, tt.data))
			if tt.refused != "" {
				r.mustSay(t, 2, tt.refused, "JPEG or PNG")
			} else {
				r.mustSay(t, 2, "nobody was enrolled", "see the reasons above")
				lines := strings.Split(strings.TrimSpace(r.out), "\n")
				if len(lines) != 2 || !strings.HasPrefix(lines[0], "✗ "+tt.file+": ") || !strings.Contains(lines[0], tt.reason) || !strings.HasPrefix(lines[1], "  → ") {
					t.Errorf("it says\n%s\nwant one line with %q and one with what to do", r.out, tt.reason)
				}
			}
			if p, n := counts(); p != people || n != templates {
				t.Errorf("%d people and %d templates, want %d and %d as before", p, n, people, templates)
			}
			name, photos := good()
			c.must(append([]string{"enroll", "--consent", name, "--name", name, "--dwelling", "2-1-1-101"}, photos...)...)
			if p, n := counts(); p != people+1 || n <= templates {
				t.Errorf("%d people and %d templates after a good photograph, want %d and more than %d", p, n, people+1, templates)
			}
			if got := s.pid("recognizer-1"); !s.running() || got != recognizer {
				t.Errorf("the hub runs: %v; the recognizer is process %d instead of %d", s.running(), got, recognizer)
			}
		})
	}
	// A good photograph beside a bad one is enough.
	name, photos := good()
	out := c.must(append([]string{"enroll", "--consent", name, "--name", name, "--dwelling", "2-1-1-101", c.mustWrite("beside.jpg", noise)}, photos...)...)
	if !strings.Contains(out, "✗ beside.jpg: "+noPhotograph) || !strings.Contains(out, "✓ ") {
		t.Errorf("a good photograph beside a bad one:\n%s", out)
	}
}

// mustMake makes a film or a sound with ffmpeg.
func mustMake(tb testing.TB, name string, args ...string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	out, err := exec.Command("ffmpeg", append(append([]string{"-hide_banner", "-loglevel", "error", "-nostdin"}, args...), path)...).CombinedOutput()
	if err != nil {
		tb.Fatalf("ffmpeg (package ffmpeg) does not make %s: %v: %s", name, err, out)
	}
	return path
}

// closedPort is an address on which nothing listens.
func closedPort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// newTrial has the networks and no camera.
func newTrial(t *testing.T, cameras string) *community {
	models := mustShared(t, "models")
	c := newCommunity(t, "engine: {name: opencv, models: models, evaluation: true}\n"+cameras)
	c.try("models", "fetch", "--offline", "--from", models) // exits with 5: the official files are not there
	return c
}

// An address that leads to no camera is named in one line, with what to do in another, and never with its password.
func TestTryAddressThatIsNoCamera(t *testing.T) {
	c := newTrial(t, "")
	rtsp := rtsptest.New(t, rtsptest.Options{User: "menshen", Password: "s3cret"})
	rtsp.Publish(t, "sound", "-re", "-f", "lavfi", "-i", "sine=frequency=440", "-c:a", "aac")
	rtsp.Publish(t, "small", "-re", "-f", "lavfi", "-i", "testsrc=size=32x32:rate=25", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
	sound, err := os.ReadFile(mustMake(t, "sound.mp4", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-c:a", "aac"))
	if err != nil {
		t.Fatal(err)
	}
	film, err := os.ReadFile(mustMake(t, "film.mp4", "-i", mustShared(t, "testdata/video/walkin.mp4"), "-c", "copy")) // what there is stands at its end
	if err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 64<<10)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(noise) // never fails
	for name, tt := range map[string]struct {
		source        string
		code          int
		message, hint string
	}{
		"closed port":      {"rtsp://menshen:s3cret@" + closedPort(t) + "/walkin", 4, "refuses connections", "port"},
		"wrong path":       {rtsp.URL("nothing"), 3, "has no stream at", "path"},
		"wrong password":   {strings.Replace(rtsp.URL("small"), "s3cret", "s3cretive", 1), 9, "refuses the user name or the password", "rtsp://user:password@"},
		"no such host":     {"rtsp://menshen:s3cret@camera.invalid/walkin", 4, "camera.invalid is not known", "IP address"},
		"sound only":       {rtsp.URL("sound"), 2, "has no video", "path"},
		"too small":        {rtsp.URL("small"), 2, "32×32", "64 to 8192"},
		"no such file":     {filepath.Join(c.dir, "nowhere.mp4"), 3, "does not exist", "path"},
		"a folder":         {c.dir, 2, "is no video file", "rtsp://"},
		"text file":        {c.mustWrite("text.mp4", []byte("I am no film.\n")), 2, "has no video", "ffprobe"},
		"empty file":       {c.mustWrite("empty.mp4", nil), 2, "has no video", "ffprobe"},
		"noise":            {c.mustWrite("noise.mp4", noise), 2, "has no video", "ffprobe"},
		"truncated film":   {c.mustWrite("truncated.mp4", film[:len(film)/2]), 2, "has no video", "ffprobe"},
		"sound in a file":  {c.mustWrite("sound.mp4", sound), 2, "has no video", "ffprobe"},
		"a playlist":       {c.mustWrite("list.m3u8", []byte("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")), 2, "has no video", "ffprobe"},
		"an address of it": {c.mustWrite("list.txt", []byte("ffconcat version 1.0\nfile "+rtsp.URL("small")+"\n")), 2, "has no video", "ffprobe"},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.try("camera", "--source", tt.source)
			r.mustSay(t, tt.code, tt.message, tt.hint)
			if r.out != "" {
				t.Errorf("it prints %q", r.out)
			}
			if strings.Contains(r.out+r.err, "s3cret") {
				t.Errorf("the password is shown:\n%s%s", r.out, r.err)
			}
		})
	}
}

// A configured camera is tried with its settings: the region and the smallest face decide what is seen.
func TestTryConfiguredCamera(t *testing.T) {
	film := mustShared(t, "testdata/video/walkin.mp4")
	rtsp := rtsptest.New(t, rtsptest.Options{User: "menshen", Password: "s3cret"})
	rtsp.Stream(t, "walkin", film, rtsptest.StreamOptions{Loop: true})
	c := newTrial(t, fmt.Sprintf(`
site:
  id: test-site
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
cameras:
  - {id: plain, gate: east, source: %[1]q}
  - {id: narrow, gate: east, source: %[1]q, region: [[0, 0], [1, 0], [1, 0.1], [0, 0.1]]}
  - {id: far, gate: east, source: %[1]q, min_face: 1000}
  - {id: udp, gate: east, source: %[2]q, transport: udp}
`, film, rtsp.URL("walkin")))
	out := c.must("camera", "plain")
	for _, want := range []string{"  shot 1  face ", "frames a second of 1280×720 px", "shot(s) on ", "  gone after "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, id := range []string{"narrow", "far"} {
		out := c.must("camera", id)
		if strings.Contains(out, "  face ") || !strings.Contains(out, "no face that could be recognised was seen") || !strings.Contains(out, "frames a second") {
			t.Errorf("camera %s:\n%s", id, out)
		}
	}
	// The configured transport is used, and Ctrl-C ends the trial in good order.
	cmd := exec.CommandContext(t.Context(), mustBinary(t), "camera", "udp")
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), "LANG=en_GB.UTF-8")
	var live lockedBuffer
	cmd.Stdout, cmd.Stderr = &live, &live
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the stream is read by UDP", func() bool { return rtsp.Readers("walkin", "UDP") == 1 })
	eventually(t, "figures are shown", func() bool { return strings.Contains(live.String(), "frames a second") })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v\n%s", err, live.String())
	}
	if strings.Contains(live.String(), "s3cret") {
		t.Errorf("the password is shown:\n%s", live.String())
	}
}
