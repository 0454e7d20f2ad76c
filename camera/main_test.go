package camera_test

import (
	"context"
	"encoding/csv"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/camera"
	"menshen/camera/address"
	"menshen/recognizer/opencv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shared gives a path below ../shared, or skips the test where there is none; with CI=true that is a failure.
func shared(tb testing.TB, path ...string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			tb.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	p := filepath.Join(append([]string{dir, "..", "shared"}, path...)...)
	if _, err := os.Stat(p); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("needs ../shared/%s, and CI=true allows no skipping", filepath.Join(path...))
		}
		tb.Skipf("SKIPPED: needs ../shared/%s", filepath.Join(path...))
	}
	return p
}

func clip(tb testing.TB, name string) string {
	tb.Helper()
	return shared(tb, "testdata", "video", name)
}

// person is a line of truth.csv.
type person struct {
	name        string
	first, last int
}

// mustTruth gives who is in a clip and in which frames.
func mustTruth(tb testing.TB, name string) []person {
	tb.Helper()
	f, err := os.Open(shared(tb, "testdata", "video", "truth.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var all []person
	for _, r := range rows[1:] {
		if r[0] == name {
			all = append(all, person{name: r[1], first: mustInt(tb, r[2]), last: mustInt(tb, r[3])})
		}
	}
	if len(all) == 0 {
		tb.Fatalf("truth.csv has nothing about %s", name)
	}
	return all
}

// mustBoxes gives for each frame of a clip the box of everybody in it.
func mustBoxes(tb testing.TB, name string) map[int]map[string]menshen.Box {
	tb.Helper()
	f, err := os.Open(shared(tb, "testdata", "video", "truth_boxes.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	boxes := map[int]map[string]menshen.Box{}
	for _, r := range rows[1:] {
		if r[0] != name {
			continue
		}
		var v [4]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(r[3+i], 64); err != nil {
				tb.Fatal(err)
			}
		}
		n := mustInt(tb, r[1])
		if boxes[n] == nil {
			boxes[n] = map[string]menshen.Box{}
		}
		boxes[n][r[2]] = menshen.Box{X: v[0], Y: v[1], W: v[2], H: v[3]}
	}
	return boxes
}

func mustInt(tb testing.TB, s string) int {
	tb.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func mustDetector(tb testing.TB) *opencv.Detector {
	tb.Helper()
	d, err := opencv.NewDetector(shared(tb, "models", "yunet.onnx"), opencv.DetectorConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

func mustAddress(tb testing.TB, s string) address.Address {
	tb.Helper()
	a, err := address.Parse(s)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// collector is a publisher that keeps everything.
type collector struct {
	mu        sync.Mutex
	sightings []menshen.Sighting
	reports   []menshen.Report
}

func (c *collector) PublishSighting(_ context.Context, s menshen.Sighting) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sightings = append(c.sightings, s)
	return nil
}

func (c *collector) PublishReport(_ context.Context, r menshen.Report) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports = append(c.reports, r)
	return nil
}

func (c *collector) seen() ([]menshen.Sighting, []menshen.Report) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sightings), slices.Clone(c.reports)
}

func mustCamera(tb testing.TB, det camera.Detector, pub camera.Publisher, cfg camera.Config) *camera.Camera {
	tb.Helper()
	return mustCameraAt(tb, det, pub, time.Now, cfg)
}

func mustCameraAt(tb testing.TB, det camera.Detector, pub camera.Publisher, now func() time.Time, cfg camera.Config) *camera.Camera {
	tb.Helper()
	if cfg.Camera == "" {
		cfg.Camera = "east-1"
	}
	c, err := camera.New(det, opencv.Assessor{}, pub, slog.New(slog.NewTextHandler(tb.Output(), nil)), now, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// waitFor waits until ok, for as long as the whole test may reasonably take: nothing is measured by it.
func waitFor(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("waited in vain for: %s", what)
		}
	}
}
