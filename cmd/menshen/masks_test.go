package main_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"menshen/evaluation"
	"menshen/recognizer/enginetest"
	"menshen/recognizer/mask"
	"menshen/recognizer/opencv"
)

// TestMasks has people walk past a camera under masks that enrolment has never seen: who is enrolled, by photographs
// without a mask, is let in by a face that is noticed to be covered; the stranger is not.
func TestMasks(t *testing.T) {
	shared := mustShared(t, "testdata/faces")
	c := newCommunity(t, `site:
  id: masks
  zones: [{id: compound, kind: compound}]
  gates: [{id: gate-0, from: outside, to: compound}, {id: gate-1, from: outside, to: compound}, {id: gate-2, from: outside, to: compound}]
cameras:
  - {id: camera-0, gate: gate-0, source: walk-0.mp4, loop: true}
  - {id: camera-1, gate: gate-1, source: walk-1.mp4, loop: true}
  - {id: camera-2, gate: gate-2, source: walk-2.mp4, loop: true}
engine: {name: opencv, models: models, evaluation: true}`)
	c.try("models", "fetch", "--offline", "--from", mustShared(t, "models")) // not all are to be had
	walks := []struct {
		name     string
		kind     mask.Kind
		enrolled bool
	}{{"Charles_Moose", mask.GreyCloth, true}, {"Gerry_Adams", mask.Duckbill, true}, {"Bill_Frist", mask.Patterned, false}}
	for i, w := range walks {
		mustWalkMasked(t, filepath.Join(shared, w.name, w.name+"_0001.jpg"), w.kind, filepath.Join(c.dir, fmt.Sprintf("walk-%d.mp4", i)))
	}
	c.serve()
	for i, w := range walks {
		if !w.enrolled {
			continue
		}
		photos, err := filepath.Glob(filepath.Join(shared, w.name, "*.jpg"))
		if err != nil {
			t.Fatal(err)
		}
		photos = slices.DeleteFunc(photos, func(p string) bool { return strings.HasSuffix(p, "_0001.jpg") })
		c.must(append([]string{"enroll", "--consent", w.name, "--name", w.name, "--dwelling", fmt.Sprintf("1-1-1-10%d", i)}, photos...)...)
	}
	var got []passJSON
	eventually(t, "both who are enrolled are let in, and the stranger is refused", func() bool {
		got = mustJSON[[]passJSON](c, "passes", "list")
		seen := map[string]bool{}
		for _, p := range got {
			seen[p.Gate+" "+p.Decision] = true
		}
		return seen["gate-0 allow"] && seen["gate-1 allow"] && (seen["gate-2 deny"] || seen["gate-2 review"])
	})
	for _, p := range got {
		if p.Decision == "allow" && p.Name != map[string]string{"gate-0": "Charles_Moose", "gate-1": "Gerry_Adams"}[p.Gate] {
			t.Errorf("somebody was let in as somebody else: %+v", p)
		}
	}
}

// mustWalkMasked makes a film of somebody who walks past with a mask drawn on a photograph.
func mustWalkMasked(t *testing.T, photograph string, kind mask.Kind, film string) {
	t.Helper()
	data, err := os.ReadFile(photograph)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	p := enginetest.FromImage(img)
	detector, err := opencv.NewDetector(mustShared(t, "models/yunet.onnx"), opencv.DetectorConfig{})
	if err != nil {
		t.Fatal(err)
	}
	defer detector.Close()
	found, err := detector.DetectIn(p)
	if err != nil {
		t.Fatal(err)
	}
	face, ok := evaluation.MainFace(p.Width, p.Height, found)
	if !ok {
		t.Fatalf("no face in %s", photograph)
	}
	masked := mask.Draw(p, face.Landmarks, kind, 7)
	rgba := image.NewRGBA(image.Rect(0, 0, masked.Width, masked.Height))
	for i := 0; i < len(masked.Pix); i += 3 {
		copy(rgba.Pix[i/3*4:], []byte{masked.Pix[i+2], masked.Pix[i+1], masked.Pix[i], 255})
	}
	still := film + ".png"
	mustStill(t, rgba, still)
	mustFilm(t, still, film)
}

func mustStill(t *testing.T, img image.Image, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// mustFilm makes a film in which a photograph moves through the picture.
func mustFilm(t *testing.T, still, film string) {
	t.Helper()
	scene := "[1:v]scale=380:380[face];[0:v][face]overlay=x='200+60*t':y='150+10*sin(3*t)':enable='between(t,1,6)'"
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:s=1280x720:r=25", "-loop", "1", "-i", still,
		"-filter_complex", scene, "-t", "8", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", film).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}
