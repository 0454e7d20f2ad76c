package track_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"menshen"
	"menshen/camera/track"
)

var start = time.Date(2020, 2, 1, 8, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time {
	return start.Add(time.Duration(seconds * float64(time.Second)))
}

func mustTracker(tb testing.TB, cfg track.Config) *track.Tracker {
	tb.Helper()
	n := 0
	t, err := track.New(cfg, func() string { n++; return strconv.Itoa(n) })
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// named is a face whose owner the test knows.
type named struct {
	who string
	box menshen.Box
}

// run drives a tracker through scenes as the camera does: at a rate, and in the very next frame where somebody is new.
// scene gives the faces of frame n of 25 a second. It returns for every confirmed track how often it saw whom.
func run(tb testing.TB, rate float64, phase, frames, width, height int, scene func(n int) []named) map[string]map[string]int {
	tb.Helper()
	t := mustTracker(tb, track.Config{})
	all := map[string]map[string]int{}
	confirmed := map[string]bool{}
	due := float64(phase)
	for n := phase; n < frames; n++ {
		if float64(n) < due && t.Tentative() == 0 {
			continue
		}
		for float64(n) >= due {
			due += 25 / rate
		}
		faces := scene(n)
		var found []menshen.Detection
		for _, f := range faces {
			found = append(found, menshen.Detection{Box: f.box, Score: 0.9})
		}
		seen, _ := t.Update(at(float64(n)/25), width, height, found)
		for _, s := range seen {
			i := slices.IndexFunc(faces, func(f named) bool { return f.box == s.Face.Box })
			if i < 0 {
				tb.Fatalf("frame %d: track %s has a face that was not there", n, s.ID)
			}
			if all[s.ID] == nil {
				all[s.ID] = map[string]int{}
			}
			all[s.ID][faces[i].who]++
			confirmed[s.ID] = confirmed[s.ID] || s.Confirmed
		}
	}
	for id := range all {
		if !confirmed[id] {
			delete(all, id)
		}
	}
	return all
}

// onePerPerson checks that every track is of one person and every person has one track.
func onePerPerson(tb testing.TB, what string, tracks map[string]map[string]int, people ...string) {
	tb.Helper()
	count := map[string]int{}
	for id, who := range tracks {
		if len(who) != 1 {
			tb.Errorf("%s: track %s is of %v", what, id, who)
		}
		for p := range who {
			count[p]++
		}
	}
	for _, p := range people {
		if count[p] != 1 {
			tb.Errorf("%s: %d tracks of %s", what, count[p], p)
		}
	}
}

func jitter(r *rand.Rand, b menshen.Box, share float64) menshen.Box {
	k := 1 + share*r.NormFloat64()/2
	c := b.Center()
	w, h := b.W*k, b.H*k
	return menshen.Box{X: c.X - w/2 + share*b.W*r.NormFloat64(), Y: c.Y - h/2 + share*b.H*r.NormFloat64(), W: w, H: h}
}

func TestClips(t *testing.T) {
	for clip, boxes := range mustTruth(t) {
		var people []string
		for _, faces := range boxes {
			for _, f := range faces {
				if !slices.Contains(people, f.who) {
					people = append(people, f.who)
				}
			}
		}
		for _, rate := range []float64{3, 4, 5, 8, 10, 25} {
			for phase := range 8 {
				for _, drop := range []float64{0, 0.1} {
					if drop > 0 && rate < 5 {
						continue // below the rate that cameras are used with, faces jump too far to lose some as well
					}
					r := rand.New(rand.NewPCG(uint64(phase), uint64(rate)))
					tracks := run(t, rate, phase, 300, 1280, 720, func(n int) []named {
						var faces []named
						for _, f := range boxes[n] {
							if r.Float64() >= drop {
								faces = append(faces, named{f.who, jitter(r, f.box, 0.03)})
							}
						}
						return faces
					})
					onePerPerson(t, fmt.Sprintf("%s at %g/s, phase %d, %g dropped", clip, rate, phase, drop), tracks, people...)
				}
			}
		}
	}
}

// TestCrossing has two people walk past each other; while the faces overlap only the nearer one is found.
func TestCrossing(t *testing.T) {
	for _, rate := range []float64{5, 10} {
		for phase := range 5 {
			for _, speed := range []float64{60, 150, 250, 400} { // px a second
				r := rand.New(rand.NewPCG(uint64(phase), uint64(speed)))
				frames := int(25 * 1000 / speed)
				tracks := run(t, rate, phase, frames, 1280, 720, func(n int) []named {
					x := speed * float64(n) / 25
					near := menshen.Box{X: 100 + x, Y: 200, W: 90, H: 110}
					far := menshen.Box{X: 1090 - x, Y: 215, W: 78, H: 96}
					faces := []named{{"near", jitter(r, near, 0.02)}}
					if near.IoU(far) < 0.15 {
						faces = append(faces, named{"far", jitter(r, far, 0.02)})
					}
					return faces
				})
				onePerPerson(t, fmt.Sprintf("speed %g at %g/s, phase %d", speed, rate, phase), tracks, "near", "far")
			}
		}
	}
}

func TestGapIsBridgedAndEnds(t *testing.T) {
	tr := mustTracker(t, track.Config{})
	face := func(x float64) []menshen.Detection {
		return []menshen.Detection{{Box: menshen.Box{X: x, Y: 200, W: 80, H: 100}, Score: 0.9}}
	}
	seen, _ := tr.Update(at(0), 1280, 720, face(400))
	id := seen[0].ID
	tr.Update(at(0.04), 1280, 720, face(402))
	tr.Update(at(0.2), 1280, 720, face(410))
	for _, s := range []float64{0.4, 0.6, 0.8} {
		if seen, ended := tr.Update(at(s), 1280, 720, nil); len(seen)+len(ended) != 0 {
			t.Fatalf("at %g s: seen %v, ended %v", s, seen, ended)
		}
	}
	if seen, _ = tr.Update(at(1.0), 1280, 720, face(450)); len(seen) != 1 || seen[0].ID != id {
		t.Fatalf("after a gap of 0.8 s: %+v instead of track %s", seen, id)
	}
	var ended []track.Track
	for s := 1.2; s < 2.5; s += 0.2 {
		_, e := tr.Update(at(s), 1280, 720, nil)
		ended = append(ended, e...)
	}
	if len(ended) != 1 || ended[0].ID != id || !ended[0].Last.Equal(at(1.0)) || tr.Alive() != 0 {
		t.Fatalf("after the gap: %+v ended, %d alive", ended, tr.Alive())
	}
}

// TestNextPerson has somebody leave at one side and somebody else come in there less than a gap later.
func TestNextPerson(t *testing.T) {
	for _, rate := range []float64{3, 5, 10} {
		tracks := run(t, rate, 0, 60, 1280, 720, func(n int) []named {
			switch x := 900 + 30*float64(n); {
			case x+150 < 1280:
				return []named{{"leaving", menshen.Box{X: x, Y: 120, W: 150, H: 190}}}
			case n > 25:
				return []named{{"coming", menshen.Box{X: 1200 - 25*float64(n-25), Y: 190, W: 70, H: 90}}}
			}
			return nil
		})
		onePerPerson(t, fmt.Sprintf("at %g/s", rate), tracks, "leaving", "coming")
	}
}

func TestFlickerIsNoTrack(t *testing.T) {
	tr := mustTracker(t, track.Config{})
	for i := range 20 {
		var faces []menshen.Detection
		if i%4 == 0 {
			faces = []menshen.Detection{{Box: menshen.Box{X: 300, Y: 300, W: 40, H: 50}, Score: 0.61}}
		}
		seen, _ := tr.Update(at(float64(i)*0.2), 1280, 720, faces)
		for _, s := range seen {
			if s.Confirmed {
				t.Fatalf("a flicker became the track %+v", s)
			}
		}
	}
}

func TestSecondAnswerForAFaceIsNoTrack(t *testing.T) {
	tr := mustTracker(t, track.Config{})
	a := menshen.Detection{Box: menshen.Box{X: 300, Y: 300, W: 80, H: 100}, Score: 0.9}
	b := menshen.Detection{Box: menshen.Box{X: 325, Y: 310, W: 80, H: 100}, Score: 0.7}
	tr.Update(at(0), 1280, 720, []menshen.Detection{a})
	for i := 1; i < 10; i++ {
		tr.Update(at(float64(i)*0.2), 1280, 720, []menshen.Detection{a, b})
	}
	if tr.Alive() != 1 {
		t.Errorf("%d tracks for one face", tr.Alive())
	}
}

func TestFlushEndsAll(t *testing.T) {
	tr := mustTracker(t, track.Config{})
	tr.Update(at(0), 1280, 720, []menshen.Detection{{Box: menshen.Box{X: 1, Y: 1, W: 50, H: 50}}, {Box: menshen.Box{X: 600, Y: 1, W: 50, H: 50}}})
	if ended := tr.Flush(); len(ended) != 2 || tr.Alive() != 0 {
		t.Errorf("%d ended, %d alive", len(ended), tr.Alive())
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, cfg := range []track.Config{{Gap: -1}, {Gap: time.Minute}, {Confirm: -1}, {Confirm: 99}} {
		if _, err := track.New(cfg, track.NewID); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestNewIDIsUniqueAndSorts(t *testing.T) {
	seen := map[string]bool{}
	last := ""
	for range 1000 {
		id := track.NewID()
		if len(id) != 16 || seen[id] || id[:9] < last {
			t.Fatalf("id %q after %q", id, last)
		}
		seen[id], last = true, id[:9]
	}
}

// FuzzUpdate feeds any boxes: no panic, and never more tracks than faces came.
func FuzzUpdate(f *testing.F) {
	f.Add(10.0, 10.0, 50.0, 60.0, 0.2)
	f.Add(-1e300, 1e300, 1e300, 1e-300, 1e9)
	f.Fuzz(func(t *testing.T, x, y, w, h, dt float64) {
		tr := mustTracker(t, track.Config{})
		d := menshen.Detection{Box: menshen.Box{X: x, Y: y, W: w, H: h}}
		now := start
		for range 4 {
			seen, _ := tr.Update(now, 1280, 720, []menshen.Detection{d})
			if len(seen) > 1 || tr.Alive() > 4 {
				t.Fatalf("%d seen, %d alive", len(seen), tr.Alive())
			}
			now = now.Add(time.Duration(min(max(dt, 0), 100) * float64(time.Second)))
			d.Box.X += x / 2
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	tr := mustTracker(b, track.Config{})
	var faces []menshen.Detection
	for i := range 8 {
		faces = append(faces, menshen.Detection{Box: menshen.Box{X: float64(i) * 150, Y: 200, W: 80, H: 100}})
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		tr.Update(at(float64(n)*0.2), 1280, 720, faces)
	}
}

// mustTruth gives the boxes of each clip by frame.
func mustTruth(tb testing.TB) map[string]map[int][]named {
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
	clips := map[string]map[int][]named{}
	for _, r := range rows[1:] {
		var v [5]float64
		for i, s := range []string{r[1], r[3], r[4], r[5], r[6]} {
			if v[i], err = strconv.ParseFloat(s, 64); err != nil {
				tb.Fatal(err)
			}
		}
		if clips[r[0]] == nil {
			clips[r[0]] = map[int][]named{}
		}
		n := int(v[0])
		clips[r[0]][n] = append(clips[r[0]][n], named{r[2], menshen.Box{X: v[1], Y: v[2], W: v[3], H: v[4]}})
	}
	return clips
}

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
