package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"menshen/camera/rtsptest"
)

// oneCamera is a gate with one camera.
const oneCamera = `
site:
  id: test-site
  zones: [{id: compound, kind: compound}]
  gates: [{id: walkin, from: outside, to: compound}]
cameras: [{id: walkin-1, gate: walkin, source: "%s"}]
`

// trace is what strace saw of all processes: what went into files, by path, and what went into anything else.
type trace struct {
	opened map[string]bool // for writing
	files  map[string][]byte
	others []byte // sockets and pipes
}

var (
	tracedWrite = regexp.MustCompile(`(?:write|pwrite64|writev|pwritev|pwritev2|sendto|sendmsg|sendmmsg)\(\d+<([^>]*)>`)
	tracedOpen  = regexp.MustCompile(`open(?:at|at2)?\(.*O_(?:WRONLY|RDWR|CREAT).* = \d+<([^>]*)>`)
	tracedBytes = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
)

// readTrace reads what strace -f -y wrote.
func readTrace(tb testing.TB, path string) trace {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	t := trace{opened: map[string]bool{}, files: map[string][]byte{}}
	s := bufio.NewScanner(f)
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		line := s.Text()
		if m := tracedOpen.FindStringSubmatch(line); m != nil {
			t.opened[m[1]] = true
			continue
		}
		m := tracedWrite.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		to := line[m[2]:m[3]]
		for _, b := range tracedBytes.FindAllStringSubmatch(line[m[1]:], -1) {
			if strings.HasPrefix(to, "/") {
				t.files[to] = append(t.files[to], unquoted(b[1])...)
			} else {
				t.others = append(t.others, unquoted(b[1])...)
			}
		}
	}
	if err := s.Err(); err != nil {
		tb.Fatal(err)
	}
	return t
}

// unquoted undoes what strace does to bytes: C's escapes, numbers in octal.
func unquoted(s string) []byte {
	plain := map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'v': '\v', 'f': '\f', '"': '"', '\\': '\\'}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out = append(out, s[i])
			continue
		}
		i++
		if c, ok := plain[s[i]]; ok {
			out = append(out, c)
			continue
		}
		n := 0
		k := 0
		for ; k < 3 && i+k < len(s) && s[i+k] >= '0' && s[i+k] <= '7'; k++ {
			n = 8*n + int(s[i+k]-'0')
		}
		out = append(out, byte(n))
		i += k - 1
	}
	return out
}

// pictureHeads are how pictures begin, long enough that nothing else does by chance.
var pictureHeads = [][]byte{
	[]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), []byte("\xff\xd8\xff\xdb\x00\x43\x00"), []byte("\xff\xd8\xff\xdb\x00\x84\x00"), []byte("\xff\xd8\xff\xe1"), []byte("\x89PNG\r\n\x1a\n"), []byte("WEBPVP8"),
}

// windows takes pieces of 24 bytes out of data, of those in which something changes.
func windows(data []byte, most int) (all [][]byte) {
	step := max(len(data)/most, 24)
	for i := 0; i+24 <= len(data); i += step {
		w := data[i : i+24]
		different := map[byte]bool{}
		for _, b := range w {
			different[b] = true
		}
		if len(different) >= 10 {
			all = append(all, w)
		}
	}
	return all
}

// Through a day's motions (somebody walks in before a camera, somebody is enrolled by photographs) no picture is written to any
// file, not by any process: neither a frame, nor a crop, nor the photograph, nor the beginning of any picture. strace looks at
// every write of all processes; what is in the files at the end, also by mapped memory, is searched besides.
func TestFramesTouchNoDisk(t *testing.T) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatal("strace is not there: run scripts/setup test")
	}
	everyCrossingCounts(t)
	rtsp := rtsptest.New(t, rtsptest.Options{User: "menshen", Password: "s3cret", Silence: 10 * patience})
	c := newTrial(t, fmt.Sprintf(oneCamera, rtsp.URL("walkin")))
	clip := mustShared(t, "testdata/video/walkin.mp4")
	rtsp.Stream(t, "walkin", clip, rtsptest.StreamOptions{Loop: true})
	walks := mustWalks(t)
	who := walks[slices.IndexFunc(walks, func(w walk) bool { return strings.HasPrefix(w.clip, "walkin") && w.enrolled })]
	photographs, err := filepath.Glob(filepath.Join(mustShared(t, "testdata/faces"), who.person, "*.jpg"))
	if err != nil || len(photographs) == 0 {
		t.Fatal("there are no photographs", err)
	}
	temporary, traced := t.TempDir(), filepath.Join(t.TempDir(), "trace")
	s := c.start("strace", []string{
		"-f", "-qq", "--seccomp-bpf", "-y", "-s", "1048576", "-o", traced,
		"-e", "trace=open,openat,openat2,creat,write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,memfd_create", mustBinary(t), "serve",
	}, "MENSHEN_LOG_LEVEL=debug", "TMPDIR="+temporary)
	eventually(t, "menshen serve answers", func() bool { return c.try("status").code == 0 })
	eventually(t, "the camera gives pictures", func() bool { return c.well("walkin-1") })
	out := c.must(append([]string{"enroll", "--name", who.person, "--dwelling", "1-1-1-101", "--consent", who.person}, photographs[:min(3, len(photographs))]...)...)
	if !strings.Contains(out, "✓ ") {
		t.Fatalf("nobody was enrolled:\n%s", out)
	}
	begin := time.Now()
	eventually(t, "somebody passes", func() bool { return c.passedSince("walkin", begin) })
	time.Sleep(3 * time.Second) // of further shots
	hub := struct{ PID int }{}
	note, err := filepath.Glob(filepath.Join(c.dir, "data", "*.json"))
	for _, path := range note {
		if b, readErr := os.ReadFile(path); readErr == nil && json.Unmarshal(b, &hub) == nil && hub.PID != 0 {
			break
		}
	}
	if err != nil || hub.PID == 0 {
		t.Fatalf("no note of the hub's process in %v: %v", note, err)
	}
	if err := syscall.Kill(hub.PID, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.done

	seen := readTrace(t, traced)
	var pieces [][]byte
	crops := 0
	for rest := seen.others; ; crops++ { // crops and photographs went over sockets: the trace sees pictures where there are some
		i := bytes.Index(rest, pictureHeads[0])
		if i < 0 {
			break
		}
		rest = rest[i+len(pictureHeads[0]):]
		end := bytes.Index(rest, []byte("\xff\xd9"))
		if end < 0 {
			break
		}
		if crops%5 == 0 {
			pieces = append(pieces, windows(rest[min(600, end):end], 8)...)
		}
	}
	for _, path := range photographs[:min(3, len(photographs))] {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, windows(b[min(1000, len(b)):], 30)...)
	}
	for _, form := range []string{"bgr24", "yuv420p", "gray"} {
		frames, err := exec.Command("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-ss", "1", "-i", clip, "-frames:v", "3", "-f", "rawvideo", "-pix_fmt", form, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, windows(frames, 200)...)
	}
	if crops < 3 || len(pieces) < 100 {
		t.Fatalf("%d pictures on sockets and %d pieces to look for: the test sees nothing", crops, len(pieces))
	}
	// What is in the files now counts as written too.
	for _, folder := range []string{c.dir, temporary} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasPrefix(path, filepath.Join(c.dir, "models")) {
				return err
			}
			b, err := os.ReadFile(path)
			seen.files["now: "+path] = b
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	written := 0
	for path, data := range seen.files {
		written += len(data)
		for _, head := range pictureHeads {
			if i := bytes.Index(data, head); i >= 0 && !(len(head) == 4 && !bytes.Contains(data[i:min(i+12, len(data))], []byte("Exif"))) {
				t.Errorf("a picture begins at byte %d of what was written to %s", i, path)
			}
		}
		for _, piece := range pieces {
			if bytes.Contains(data, piece) {
				t.Errorf("a piece of a picture (%x) was written to %s", piece, path)
				break
			}
		}
	}
	for path := range seen.opened {
		inside := strings.HasPrefix(path, filepath.Join(c.dir, "data")+"/")
		if !inside && !strings.HasPrefix(path, "/dev/") && !strings.HasPrefix(path, "/proc/") && !strings.HasPrefix(path, "anon_inode") && !strings.HasPrefix(path, filepath.Join(c.dir, "models")) {
			t.Errorf("%s was opened for writing, outside of the data folder", path)
		}
	}
	if len(seen.files) < 4 || written < 100_000 {
		t.Errorf("only %d bytes in %d files were seen to be written: the test sees nothing", written, len(seen.files))
	}
	t.Logf("%d pictures went from process to process; %s and what is in the files now (%d bytes in all) hold none of %d pieces of them and of frames, and no picture's beginning",
		crops, fmt.Sprintf("%d files opened for writing", len(seen.opened)), written, len(pieces))
}
