package camera_test

import (
	"bytes"
	"errors"
	"fmt"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/camera"
	"menshen/camera/region"
	"menshen/camera/shot"
)

// tracks sorts sightings by track, in the order the tracks begin, and checks what holds for every stream of sightings.
func tracks(tb testing.TB, sightings []menshen.Sighting) [][]menshen.Sighting {
	tb.Helper()
	at := map[string]int{}
	var all [][]menshen.Sighting
	for _, s := range sightings {
		i, ok := at[s.Track]
		if !ok {
			i = len(all)
			at[s.Track] = i
			all = append(all, nil)
		}
		t := all[i]
		if s.Sequence != len(t)+1 {
			tb.Errorf("track %s: sighting %d has the sequence %d", s.Track, len(t)+1, s.Sequence)
		}
		if len(t) > 0 && t[len(t)-1].Last {
			tb.Errorf("track %s goes on after its last sighting", s.Track)
		}
		if s.Last {
			if len(t) == 0 || len(s.Crop) != 0 {
				tb.Errorf("track %s: the last sighting came first, or has a crop", s.Track)
			}
		} else {
			checkShot(tb, s)
			if len(t) > 0 && !s.Captured.After(t[len(t)-1].Captured) {
				tb.Errorf("track %s: times do not increase", s.Track)
			}
		}
		all[i] = append(t, s)
	}
	for _, t := range all {
		if !t[len(t)-1].Last {
			tb.Errorf("track %s was not ended", t[0].Track)
		}
	}
	return all
}

func checkShot(tb testing.TB, s menshen.Sighting) {
	tb.Helper()
	img, err := jpeg.Decode(bytes.NewReader(s.Crop))
	if err != nil {
		tb.Errorf("track %s: the crop cannot be decoded: %v", s.Track, err)
		return
	}
	size := img.Bounds().Size()
	face := s.Face.Scaled(1, menshen.Point{X: -s.Origin.X, Y: -s.Origin.Y})
	c := face.Box.Center()
	if c.X < 0 || c.Y < 0 || c.X > float64(size.X) || c.Y > float64(size.Y) {
		tb.Errorf("track %s: the face's centre lies outside the crop", s.Track)
	}
	if max(size.X, size.Y) > 640 || len(s.Crop) > 100<<10 {
		tb.Errorf("track %s: the crop has %v pixels and %d bytes", s.Track, size, len(s.Crop))
	}
	if s.Face.Box.W < 40 || s.Quality.Score() <= 0 {
		tb.Errorf("track %s: a face %.0f px wide of quality %.2f was sent", s.Track, s.Face.Box.W, s.Quality.Score())
	}
}

// checkTruth compares tracks with a clip of 25 frames a second whose frame 0 was read at start: everybody has exactly
// one, whose faces lie on theirs. slack is by how many frames times may be off.
func checkTruth(tb testing.TB, name string, start time.Time, found [][]menshen.Sighting, slack int) {
	tb.Helper()
	truth, boxes := mustTruth(tb, name), mustBoxes(tb, name)
	if len(found) != len(truth) {
		tb.Errorf("%s: %d tracks for %d people", name, len(found), len(truth))
	}
	count := map[string]int{}
	for _, t := range found {
		votes := map[string]int{}
		for _, s := range t {
			if s.Last {
				continue
			}
			n := int(s.Captured.Sub(start).Seconds()*25 + 0.5)
			who, best := "", 0.3
			for k := n - slack; k <= n+slack; k++ {
				for p, b := range boxes[k] {
					if iou := b.IoU(s.Face.Box); iou > best {
						who, best = p, iou
					}
				}
			}
			if who == "" {
				tb.Logf("%s: frame %d: the face %+v is in no box of the truth (just outside the picture's border?)", name, n, s.Face.Box)
				continue
			}
			votes[who]++
		}
		if len(votes) != 1 {
			tb.Errorf("%s: track %s is of %v", name, t[0].Track, votes)
		}
		for p, n := range votes {
			count[p]++
			if n < 5 {
				tb.Errorf("%s: only %d shots of %s", name, n, p)
			}
		}
	}
	for _, p := range truth {
		if count[p.name] != 1 {
			tb.Errorf("%s: %d tracks of %s", name, count[p.name], p.name)
		}
	}
}

func TestFileGivesOneTrackPerPerson(t *testing.T) {
	for _, name := range []string{"walkin.mp4", "pair.mp4"} {
		for _, rate := range []float64{5, 10} {
			t.Run(fmt.Sprint(name, " at ", rate), func(t *testing.T) {
				var got collector
				begin := time.Now()
				c := mustCameraAt(t, mustDetector(t), &got, func() time.Time { return begin }, camera.Config{Address: mustAddress(t, clip(t, name)), Rate: rate, Offline: true})
				if err := c.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
				sightings, reports := got.seen()
				found := tracks(t, sightings)
				checkTruth(t, name, begin, found, 1)
				if len(reports) == 0 || !reports[0].OK || reports[0].Component != "camera-east-1" {
					t.Errorf("the reports are %+v", reports)
				}
			})
		}
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.mp4")
	if err := os.WriteFile(text, []byte("this is no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	// A playlist that names another file must not lead there.
	list := filepath.Join(dir, "list.mp4")
	if err := os.WriteFile(list, []byte("ffconcat version 1.0\nfile /etc/hostname\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{text, list} {
		r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, file)})
		err := <-r.err
		if message, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, "no video that can be decoded") || hint == "" {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestLoopedFileGoesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "short.mp4")
	if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=0.4",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", file).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, out)
	}
	r := start(t, mustDetector(t), camera.Config{Address: mustAddress(t, file), Loop: true})
	waitFor(t, "three reports with frames, from a file of ten frames", func() bool {
		_, reports := r.got.seen()
		n := 0
		for _, rep := range reports {
			if rep.OK && rep.Figures["fps"] > 0 {
				n++
			}
		}
		return n >= 3
	})
	r.cancel()
	if err := <-r.err; err != nil {
		t.Error(err)
	}
}

func TestRegion(t *testing.T) {
	var got collector
	begin := time.Now()
	c := mustCameraAt(t, mustDetector(t), &got, func() time.Time { return begin }, camera.Config{
		Address: mustAddress(t, clip(t, "pair.mp4")), Offline: true,
		Region: region.Region{{X: 0, Y: 0}, {X: 0.5, Y: 1}}, // the left half: Julie Gerberding stays in it
	})
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	sightings, _ := got.seen()
	found := tracks(t, sightings)
	if len(found) != 1 {
		t.Errorf("%d tracks in the left half", len(found))
	}
	for _, s := range sightings {
		if !s.Last && s.Face.Box.Center().X > 640 {
			t.Errorf("a face at %+v lies outside the region", s.Face.Box)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	file := mustAddress(t, clip(t, "pair.mp4"))
	for name, cfg := range map[string]camera.Config{
		"no address":    {Camera: "a"},
		"no file":       {Camera: "a", Address: mustAddress(t, filepath.Join(t.TempDir(), "none.mp4"))},
		"id":            {Camera: "A b", Address: file},
		"transport":     {Camera: "a", Address: file, Transport: "http"},
		"rate":          {Camera: "a", Address: file, Rate: 100},
		"side":          {Camera: "a", Address: file, Side: 50},
		"recheck":       {Camera: "a", Address: file, Recheck: time.Hour},
		"region":        {Camera: "a", Address: file, Region: region.Region{{X: 0, Y: 2}, {X: 1, Y: 1}}},
		"shots":         {Camera: "a", Address: file, Shot: shot.Config{MaxShots: 1}},
		"looped stream": {Camera: "a", Address: mustAddress(t, "rtsp://cam/a"), Loop: true},
		"both":          {Camera: "a", Address: file, Loop: true, Offline: true},
	} {
		err := cfg.Validate()
		message, hint := menshen.ErrorMessage(err)
		if e := (*menshen.Error)(nil); !errors.As(err, &e) || message == "" || hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (camera.Config{Camera: "a", Address: file}).Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
}
