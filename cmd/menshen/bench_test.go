package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/config"
	"menshen/models"
)

// benchShared gives a path below ../shared, or skips the test where there is none; with CI=true that is a failure.
func benchShared(tb testing.TB, path ...string) string {
	tb.Helper()
	p, err := filepath.Abs(filepath.Join(append([]string{"..", "..", "..", "shared"}, path...)...))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := os.Stat(p); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("needs ../shared/%s, and CI=true allows no skipping", filepath.Join(path...))
		}
		tb.Skipf("SKIPPED: needs ../shared/%s", filepath.Join(path...))
	}
	return p
}

func runBench(tb testing.TB, args ...string) (code int, out, errs string) {
	tb.Helper()
	var stdout, stderr bytes.Buffer
	code = run(tb.Context(), append([]string{"bench"}, args...), streams{in: strings.NewReader(""), out: &stdout, err: &stderr},
		append(os.Environ(), threadVariables...))
	return code, stdout.String(), stderr.String()
}

func TestPercentiles(t *testing.T) {
	var d durations
	for _, ms := range []int{40, 15, 50, 20, 35} {
		d = append(d, time.Duration(ms)*time.Millisecond)
	}
	for p, want := range map[float64]int{5: 15, 20: 15, 20.1: 20, 30: 20, 40: 20, 50: 35, 80: 40, 95: 50, 99: 50, 100: 50} {
		if got := d.percentile(p); got != time.Duration(want)*time.Millisecond {
			t.Errorf("the %g %% point is %s instead of %d ms", p, got, want)
		}
	}
	if got := d.mean(); got != 32*time.Millisecond {
		t.Errorf("the mean is %s", got)
	}
	if d[0] != 40*time.Millisecond {
		t.Error("the measurements were put into another order")
	}
	var hundred durations
	for i := 100; i >= 1; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	if a, b, c := hundred.percentile(50), hundred.percentile(95), hundred.percentile(99); a != 50 || b != 95 || c != 99 {
		t.Errorf("of 1 to 100 they are %d, %d, %d", a, b, c)
	}
	if none := (durations{}).spread(); none != (spread{}) {
		t.Errorf("of nothing they are %+v", none)
	}
}

func TestMillis(t *testing.T) {
	for v, want := range map[float64]string{0: "0.0000", 0.00123: "0.0012", 0.0821: "0.0821", 1.234: "1.23", 12.34: "12.3", 184.2: "184", 7781: "7781"} {
		if got := millis(v); got != want {
			t.Errorf("%g is printed as %s instead of %s", v, got, want)
		}
	}
}

func TestBenchRefuses(t *testing.T) {
	clip := filepath.Join(t.TempDir(), "clip.mp4")
	if err := os.WriteFile(clip, []byte("no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"stages --format xml", exitInvalid, "--format"},
		{"stages --engine magic", exitInvalid, "--engine"},
		{"stages --times 0 --clip " + clip, exitInvalid, "--times"},
		{"stages --clip nowhere.mp4", 5, "--clip"},
		{"stages unwanted", exitInvalid, "unwanted"},
		{"pipeline --cameras 0", exitInvalid, "--cameras"},
		{"pipeline --cameras 1,65", exitInvalid, "65"},
		{"pipeline --cameras many", exitInvalid, "cameras"},
		{"pipeline --seconds 1", exitInvalid, "--seconds"},
		{"pipeline --clip nowhere.mp4", 5, "--clip"},
		{"pipeline --clip " + clip, 5, "truth.csv"},
	} {
		code, out, errs := runBench(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errs, c.want) || !strings.Contains(errs, "→") || out != "" {
			t.Errorf("bench %s: exit code %d, %q, %q", c.args, code, out, errs)
		}
	}
}

func TestBenchPipelineNeedsPhotographs(t *testing.T) {
	clip := benchShared(t, "testdata", "video", "walkin.mp4")
	code, _, errs := runBench(t, "pipeline", "--clip", clip, "--faces", t.TempDir())
	if code != 5 || !strings.Contains(errs, "--faces") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// TestBenchStages runs every stage a few times on the real clip with the networks of ../shared.
func TestBenchStages(t *testing.T) {
	clip := benchShared(t, "testdata", "video", "walkin.mp4")
	path := filepath.Join(t.TempDir(), "menshen.yaml")
	if err := os.WriteFile(path, []byte("engine: {models: models}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	manifest, err := models.Load()
	if err != nil {
		t.Fatal(err)
	}
	store, err := models.NewStore(manifest, filepath.Join(filepath.Dir(path), "models"))
	if err != nil {
		t.Fatal(err)
	}
	// SFace cannot be had offline; what stands in for it can.
	if _, err := store.Fetch(t.Context(), models.FetchOptions{From: benchShared(t, "models"), Offline: true}); err != nil && menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Fatal(err)
	}
	for _, engine := range []string{"opencv", "dlib"} {
		code, out, errs := runBench(t, "stages", "--config", path, "--clip", clip, "--times", "2", "--engine", engine, "--format", "json")
		var r stageReport
		if err := json.Unmarshal([]byte(out), &r); code != exitOK || err != nil {
			t.Fatalf("%s: exit code %d, %v, %s", engine, code, err, errs)
		}
		names := map[string]bool{}
		for _, s := range r.Stages {
			names[s.Stage] = true
			if s.Count < 1 || s.Count > 2 || !(s.P50 > 0) || s.P95 < s.P50 || s.P99 < s.P95 {
				t.Errorf("%s: %+v", engine, s)
			}
		}
		for _, want := range []string{"decode only", "motion gate", "find faces, 640×384", "cut out, JPEG", "align", "embed", "search 100000 templates"} {
			if !names[want] {
				t.Errorf("%s: the stage %q is not there", engine, want)
			}
		}
		if !strings.HasPrefix(r.Engine, engine+"/") || r.Machine.Processors < 1 {
			t.Errorf("%s: %+v of %s", engine, r.Machine, r.Engine)
		}
	}
}

func TestBenchConfigurationIsValid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "menshen.yaml")
	text := benchConfiguration(config.Default(), "/models", []string{"rtsp://127.0.0.1:1/camera-1", "rtsp://127.0.0.1:1/camera-2"})
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, true, nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
	want := config.Default().Engine
	want.Models, want.Evaluation = "/models", true
	if len(cfg.Cameras) != 2 || cfg.Cameras[1].Gate != "gate-2" || cfg.Engine != want {
		t.Errorf("%+v", cfg)
	}
}

func TestJudge(t *testing.T) {
	begin := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	at := func(s float64) time.Time { return begin.Add(time.Duration(s * float64(time.Second))) }
	people := []actor{{name: "An", first: 0, last: 50, enrolled: true}, {name: "Bo", first: 100, last: 150, enrolled: true}, {name: "Stranger", first: 200, last: 250}}
	// A clip of 12 s, shown three times; the second camera sees it 6 s later.
	shown := func(camera, first, last int) (all []menshen.Span) {
		for k := range 3 {
			from := float64(camera*6 + k*12)
			all = append(all, menshen.Span{From: at(from + float64(first)/25), To: at(from + float64(last)/25)})
		}
		return all
	}
	pass := func(gate, name string, captured, took float64) passSeen {
		return passSeen{gate: gate, name: name, allowed: name != "", captured: at(captured), decided: at(captured + took)}
	}
	s := judge(people, shown, 2, menshen.Span{From: at(3.5), To: at(24)}, []passSeen{
		pass("gate-1", "An", 0.5, 9),     // before the window
		pass("gate-1", "Bo", 4.2, 0.1),   // 0.3 s in view
		pass("gate-1", "", 9, 1),         // the stranger
		pass("gate-1", "An", 12.4, 0.2),  // 0.6 s in view
		pass("gate-1", "An", 13.4, 0.2),  // again
		pass("gate-2", "An", 6.4, 0.3),   // 0.7 s in view
		pass("gate-2", "Bo", 13.5, 0.4),  // left a second before
		pass("gate-1", "Bo", 20.5, 0.1),  // left a moment before
		pass("gate-2", "Eve", 10.5, 0.1), // never there
	})
	if s.Expected != 7 || s.Allowed != 3 || s.Missed != 4 || s.Doubled != 1 || s.Refused != 1 || s.Late != 2 || s.Wrong != 1 {
		t.Errorf("%+v", s)
	}
	if s.Decision.Count != 3 || math.Abs(s.Decision.P50-200) > 1e-6 || math.Abs(s.InView.P99-700) > 1e-6 {
		t.Errorf("%+v, %+v", s.Decision, s.InView)
	}
}

func TestTruth(t *testing.T) {
	folder := t.TempDir()
	clip := filepath.Join(folder, "a.mp4")
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(folder, "truth.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const head = "clip,person,first_frame,last_frame,enrolled,source_image\n"
	write(head + "b.mp4,Bo,1,2,1,Bo/1.jpg\na.mp4,An,14,66,1,An/An_1.jpg\na.mp4,Eve,70,90,0,Eve/2.jpg\n")
	got, err := readTruth(clip)
	want := []actor{{name: "An", first: 14, last: 66, enrolled: true, source: "An_1.jpg"}, {name: "Eve", first: 70, last: 90, source: "2.jpg"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{head, head + "a.mp4,An,x,66,1,1.jpg\n", head + "a.mp4,../An,1,6,1,1.jpg\n", head + "a.mp4,An,9,6,1,1.jpg\n", "a,\"b\nc"} {
		write(bad)
		_, err := readTruth(clip)
		if _, hint := menshen.ErrorMessage(err); err == nil || hint == "" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestProcFiles(t *testing.T) {
	s, err := parseStat([]byte("42 (a (b) c) S 7 42 42 0 -1 4194304 99 0 0 0 150 50 0 0 20 0 9 0 418914 3133440 381 18446744073709551615\n"), 4096)
	want := processStat{parent: 7, usage: usage{cpu: 2 * time.Second, resident: 381 * 4096, threads: 9}}
	if err != nil || s != want {
		t.Errorf("%+v, %v", s, err)
	}
	busy, err := parseBusy("cpu  100 10 40 9999 77 5 5 1000 60 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
	if err != nil || busy != 1600*time.Millisecond {
		t.Errorf("%s, %v", busy, err)
	}
	for _, bad := range []string{"", "42", "42 (x) S 1", "42 (x) S a 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"} {
		if _, err := parseStat([]byte(bad), 4096); err == nil {
			t.Errorf("%q was read", bad)
		}
		if _, err := parseBusy(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	own, err := measureParts(os.Getpid())
	if err != nil || own["hub"].resident == 0 || own["hub"].threads == 0 {
		t.Errorf("%+v, %v", own, err)
	}
}
