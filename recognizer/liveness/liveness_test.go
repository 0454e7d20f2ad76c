package liveness_test

import (
	"image"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/enginetest"
	"menshen/recognizer/liveness"
	"menshen/recognizer/opencv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCrop(t *testing.T) {
	for name, c := range map[string]struct {
		box   menshen.Box
		scale float64
		want  image.Rectangle
		ok    bool
	}{
		"inside":       {menshen.Box{X: 100, Y: 100, W: 20, H: 30}, 2, image.Rect(90, 85, 131, 146), true},
		"upper left":   {menshen.Box{X: -5, Y: 2, W: 20, H: 30}, 4, image.Rect(0, 0, 81, 121), true},
		"lower right":  {menshen.Box{X: 290, Y: 180, W: 20, H: 30}, 4, image.Rect(219, 79, 300, 200), true},
		"too large":    {menshen.Box{X: 100, Y: 50, W: 100, H: 100}, 4, image.Rect(50, 0, 250, 200), true},
		"outside":      {menshen.Box{X: 300, Y: 50, W: 20, H: 20}, 2, image.Rectangle{}, false},
		"far outside":  {menshen.Box{X: -30, Y: 50, W: 20, H: 20}, 2, image.Rectangle{}, false},
		"without size": {menshen.Box{X: 30, Y: 50, W: 0.5, H: 20}, 2, image.Rectangle{}, false},
	} {
		got, ok := liveness.Crop(c.box, c.scale, 300, 200)
		if ok != c.ok || got != c.want {
			t.Errorf("%s: %v %t instead of %v %t", name, got, ok, c.want, c.ok)
		}
	}
}

func FuzzCrop(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 4.0, 2.7)
	f.Add(-1e18, 1e300, 1e9, 5.0, 4.0)
	f.Fuzz(func(t *testing.T, x, y, w, h, scale float64) {
		r, ok := liveness.Crop(menshen.Box{X: x, Y: y, W: w, H: h}, scale, 640, 360)
		if ok && (r.Empty() || !r.In(image.Rect(0, 0, 640, 360))) {
			t.Errorf("%v of %g,%g,%g,%g", r, x, y, w, h)
		}
	})
}

func TestMissingFile(t *testing.T) {
	_, err := liveness.New(liveness.Config{Near: filepath.Join(t.TempDir(), "none.onnx")})
	if menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Error(err)
	}
}

func mustChecker(tb testing.TB) *liveness.Checker {
	tb.Helper()
	c, err := liveness.New(liveness.Config{
		Near: enginetest.MustShared(tb, "models", "minifasnet_v2.onnx"), Wide: enginetest.MustShared(tb, "models", "minifasnet_v1se.onnx"),
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return c
}

func mustDetector(tb testing.TB) *opencv.Detector {
	tb.Helper()
	d, err := opencv.NewDetector(enginetest.MustShared(tb, "models", "yunet.onnx"), opencv.DetectorConfig{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = d.Close() })
	return d
}

// score finds the largest face of a frame and checks it.
func score(t *testing.T, d *opencv.Detector, c *liveness.Checker, frame gocv.Mat) (score float64, ok bool) {
	t.Helper()
	found, err := d.Detect(frame)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		return 0, false
	}
	p := recognizer.Picture{Width: frame.Cols(), Height: frame.Rows(), Pix: frame.ToBytes()}
	if score, err = c.Check(t.Context(), p, found[0].Box); err != nil {
		t.Fatal(err)
	}
	return score, true
}

// TestPhotographs checks genuine photographs. They are press photographs, which the networks were not made for: about
// one in eleven falls below 0.5.
func TestPhotographs(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(enginetest.MustShared(t, "testdata", "faces"), "*", "*.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	d, c := mustDetector(t), mustChecker(t)
	below, total := 0, 0
	for _, path := range paths {
		frame := gocv.IMRead(path, gocv.IMReadColor)
		v, ok := score(t, d, c, frame)
		_ = frame.Close()
		if !ok {
			continue
		}
		total++
		if v < 0.5 {
			below++
		}
	}
	t.Logf("%d of %d genuine photographs below 0.5 (BPCER %.3f)", below, total, float64(below)/float64(total))
	if total < 200 || below < 10 || below > 35 { // 9 % of 240, as measured with the networks' own code
		t.Errorf("%d of %d genuine photographs are below 0.5", below, total)
	}
}

// TestClip pins crop, channel order and scale: the faces of the clip score 0.98 and more. They are photographs pasted
// into a video, so this says too that such a presentation passes.
func TestClip(t *testing.T) {
	clip, err := gocv.VideoCaptureFile(enginetest.MustShared(t, "testdata", "video", "walkin.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	defer clip.Close()
	frame := gocv.NewMat()
	defer frame.Close()
	d, c := mustDetector(t), mustChecker(t)
	var scores []float64
	for i := 0; clip.Read(&frame); i++ {
		if i%15 == 0 {
			if v, ok := score(t, d, c, frame); ok {
				scores = append(scores, v)
			}
		}
	}
	slices.Sort(scores)
	if len(scores) < 8 || scores[len(scores)/2] < 0.9 {
		t.Errorf("the faces of the clip score %.2f", scores)
	}
}

func TestRefuses(t *testing.T) {
	c := mustChecker(t)
	if _, err := c.Check(t.Context(), recognizer.Picture{}, menshen.Box{W: 2, H: 1}); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("no picture: %v", err)
	}
	black := recognizer.Picture{Width: 100, Height: 100, Pix: make([]byte, 30000)}
	if _, err := c.Check(t.Context(), black, menshen.Box{X: 200, Y: 20, W: 50, H: 50}); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a face outside: %v", err)
	}
	if v, err := c.Check(t.Context(), black, menshen.Box{X: 20, Y: 20, W: 50, H: 50}); err != nil || v > 0.5 {
		t.Errorf("a black picture: %g, %v", v, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Check(t.Context(), black, menshen.Box{X: 20, Y: 20, W: 50, H: 50}); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("after Close: %v", err)
	}
}
