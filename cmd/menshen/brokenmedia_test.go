package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"menshen/recognizer/brokenmedia"
)

// brokenSeed is that of the broken files. allBroken, where it is set, takes all of them: photographs of people broken too,
// and every film, not one of twelve.
const (
	brokenSeed = 7
	allBroken  = "MENSHEN_TEST_ALL_BROKEN_MEDIA"
)

// Broken, lying and hostile pictures go through enrolment, in the hub and the recognizer that run at a site. Each is
// refused in words or does no harm; neither process ends, and a good photograph is taken afterwards.
func TestBrokenPictures(t *testing.T) {
	models, faces := mustShared(t, "models"), mustShared(t, "testdata/faces")
	c := newCommunity(t, "engine: {name: opencv, models: models}\nsimulation: {people: 20, days: 0}")
	c.try("models", "fetch", "--offline", "--from", models) // exits with 5: the official files are not there
	s := c.serve()
	eventually(t, "the recognizer runs", func() bool { return s.pid("recognizer-1") != 0 && !c.down("recognizer-down:1") })
	recognizer := s.pid("recognizer-1")
	photographs, err := filepath.Glob(filepath.Join(faces, "*", "*.jpg"))
	if err != nil || len(photographs) < 2 {
		t.Fatal("there are no photographs", err)
	}
	good, err := os.ReadFile(photographs[0])
	if err != nil {
		t.Fatal(err)
	}
	files := brokenmedia.Pictures(brokenSeed)
	if os.Getenv(allBroken) != "" {
		files = brokenmedia.Pictures(brokenSeed, good)
	}
	folder := t.TempDir()
	var table strings.Builder
	table.WriteString("name,dwelling,photos\n")
	for i, f := range files {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&table, "broken%d,1-1-1-101,%s\n", i, f.Name)
	}
	begin := time.Now()
	r := c.try("enroll", "import", c.mustWrite("broken.csv", []byte(table.String())), "--consented", "--photos", folder)
	took := time.Since(begin)
	var rows, enrolled, taken, skipped, refused int
	_, last, _ := strings.Cut(r.out, fmt.Sprintf("\n%d rows: ", len(files)))
	if _, err := fmt.Sscanf(last, "%d people enrolled (%d photographs), %d skipped as enrolled already, %d refused", &enrolled, &taken, &skipped, &refused); err != nil {
		t.Fatalf("the import broke off: %v\n%.2000s\n%s", err, r.out, r.err)
	}
	rows = enrolled + skipped + refused
	t.Logf("%d broken pictures (seed %d) in %v: %d refused in words, %d harmless", rows, brokenSeed, took.Round(100*time.Millisecond), refused, enrolled+skipped)
	if rows != len(files) || rows < 700 {
		t.Errorf("%d of %d pictures were dealt with, want all and at least 700", rows, len(files))
	}
	reasons := map[string]int{}
	columns := regexp.MustCompile(` {2,}`)
	for line := range strings.Lines(r.out) {
		if cells := columns.Split(strings.TrimSpace(line), -1); len(cells) >= 5 && strings.HasPrefix(cells[1], "broken") {
			reasons[cells[3]]++
			if cells[4] == "" {
				t.Errorf("nothing says what to do about %s", line)
			}
		}
	}
	for reason, n := range reasons {
		t.Logf("%4d × %s", n, reason)
	}
	if got := s.pid("recognizer-1"); !s.running() || got != recognizer {
		t.Errorf("the hub runs: %v; the recognizer is process %d instead of %d", s.running(), got, recognizer)
	}
	if out := c.must("enroll", "--consent", "good", "--name", "good", "--dwelling", "2-1-1-101", photographs[len(photographs)-1]); !strings.Contains(out, "✓ ") {
		t.Errorf("a good photograph after all that:\n%s", out)
	}
}

// mustFilms makes short films in the forms that cameras and recorders give.
func mustFilms(tb testing.TB) (films []brokenmedia.File) {
	tb.Helper()
	for _, f := range []struct {
		name string
		args []string
	}{
		{"h264.mp4", []string{"-c:v", "libx264", "-g", "5"}},
		{"h264.ts", []string{"-c:v", "libx264", "-g", "5"}},
		{"h264.mkv", []string{"-c:v", "libx264", "-g", "5", "-bf", "2"}},
		{"raw.h264", []string{"-c:v", "libx264", "-g", "5"}},
		{"hevc.mp4", []string{"-c:v", "libx265", "-g", "5", "-x265-params", "log-level=none"}},
		{"mjpeg.avi", []string{"-c:v", "mjpeg", "-pix_fmt", "yuvj420p"}},
		{"mpeg4.avi", []string{"-c:v", "mpeg4"}},
		{"vp8.webm", []string{"-c:v", "libvpx"}},
		{"flv1.flv", []string{"-c:v", "flv"}},
	} {
		path := mustMake(tb, f.name, append([]string{"-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1", "-pix_fmt", "yuv420p", "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact"}, f.args...)...)
		data, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		films = append(films, brokenmedia.File{Name: f.name, Data: data})
	}
	return films
}

// Broken films and lists that lead elsewhere go through the process that tries a camera, started as the hub starts it. Each
// gives a picture or says in words why not; a process that crashes takes nothing with it, and is counted.
func TestBrokenFilms(t *testing.T) {
	c := newTrial(t, "")
	detector, err := filepath.Glob(filepath.Join(c.dir, "models", "*", "*yunet*.onnx"))
	if err != nil || len(detector) == 0 {
		if detector, _ = filepath.Glob(filepath.Join(c.dir, "models", "*yunet*.onnx")); len(detector) == 0 {
			t.Fatal("YuNet is not there", err)
		}
	}
	good := mustFilms(t)
	all := brokenmedia.Films(brokenSeed, good...)
	files := all
	if os.Getenv(allBroken) == "" { // some of every kind
		files = nil
		for i := 0; i < len(all); i += 12 {
			files = append(files, all[i])
		}
		files = append(files, all[len(all)-8:]...) // lists that lead elsewhere
	}
	folder := t.TempDir()
	for _, f := range append(files, good...) {
		if err := os.WriteFile(filepath.Join(folder, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	type report struct {
		Still *struct{ JPEG []byte }
		Words string
		Hint  string
	}
	still := func(name string) (r report, err error) {
		settings, err := json.Marshal(map[string]any{"Camera": "x", "Source": filepath.Join(folder, name), "Detector": detector[0]})
		if err != nil {
			return r, err
		}
		cmd := exec.CommandContext(t.Context(), mustBinary(t), "camera", "--still")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		in, err := cmd.StdinPipe()
		if err != nil {
			return r, err
		}
		if err := cmd.Start(); err != nil {
			return r, err
		}
		_, _ = in.Write(append(settings, '\n'))
		limit := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // the hub waits for 20 s
		defer limit.Stop()
		if err := cmd.Wait(); err != nil {
			return r, fmt.Errorf("%w: %.300s", err, errs.String())
		}
		return r, json.Unmarshal(out.Bytes(), &r)
	}
	for _, f := range good {
		if r, err := still(f.Name); err != nil || r.Still == nil {
			t.Errorf("the good film %s gives no picture: %s %v", f.Name, r.Words, err)
		}
	}
	begin := time.Now()
	var pictures, refused, ended atomic.Int64
	work := make(chan brokenmedia.File)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			for f := range work {
				r, err := still(f.Name)
				switch {
				case err != nil:
					ended.Add(1)
					t.Logf("%s: the process ended: %v", f.Name, err)
				case r.Still != nil && len(r.Still.JPEG) > 0:
					pictures.Add(1)
				case r.Words != "" && r.Hint != "":
					refused.Add(1)
				default:
					t.Errorf("%s gives neither a picture nor words: %+v", f.Name, r)
				}
				if bytes.Contains([]byte(r.Words+r.Hint), []byte("root:")) {
					t.Errorf("%s shows another file: %s", f.Name, r.Words)
				}
			}
		})
	}
	for _, f := range files {
		work <- f
	}
	close(work)
	workers.Wait()
	t.Logf("%d broken films of %d (seed %d) in %v: %d refused in words, %d gave a picture, %d ended their process", len(files), len(all), brokenSeed,
		time.Since(begin).Round(100*time.Millisecond), refused.Load(), pictures.Load(), ended.Load())
	if ended.Load()*20 > int64(len(files)) {
		t.Errorf("%d of %d films ended the process: that is more than the odd one", ended.Load(), len(files))
	}
}
