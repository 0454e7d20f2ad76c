package opencv_test

import (
	"image"
	"math/rand/v2"
	"sync"
	"testing"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer/opencv"
)

func mustDetector(tb testing.TB) *opencv.Detector {
	tb.Helper()
	d, err := opencv.NewDetector(config(tb).Detector, opencv.DetectorConfig{})
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

// mustMat gives a black picture of a size with a face whose upper left corner is at (0, 0).
func mustMat(tb testing.TB, width, height int) gocv.Mat {
	tb.Helper()
	p := mustPhotograph(tb, "Yoko_Ono/Yoko_Ono_0003.jpg")
	pix := make([]byte, 3*width*height)
	for y := range min(p.Height, height) {
		copy(pix[3*y*width:3*(y+1)*width], p.Pix[3*y*p.Width:3*(y+1)*p.Width])
	}
	m, err := gocv.NewMatFromBytes(height, width, gocv.MatTypeCV8UC3, pix)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = m.Close() })
	return m
}

// TestDetectorSizes goes from size to size with one network: it works at any, whatever came before, and what pads a
// picture changes nothing.
func TestDetectorSizes(t *testing.T) {
	d := mustDetector(t)
	for _, s := range [][2]int{{250, 250}, {640, 360}, {251, 257}, {1280, 720}, {256, 256}, {250, 250}, {353, 1001}} {
		found, err := d.Detect(mustMat(t, s[0], s[1]))
		if err != nil || len(found) != 1 {
			t.Errorf("%v: %d faces instead of 1, error %v", s, len(found), err)
			continue
		}
		near(t, "box x", found[0].Box.X, 91.26, 1.5)
		near(t, "box y", found[0].Box.Y, 76.43, 1.5)
	}
	for _, s := range [][2]int{{1, 1}, {31, 33}, {4096, 8}} {
		if _, err := d.Detect(mustMat(t, s[0], s[1])); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}

// YuNet invents faces in a white strip: infinitely large ones, and some a million pixels away.
func TestDetectorInventsNothing(t *testing.T) {
	d := mustDetector(t)
	for _, s := range [][2]int{{960, 6}, {6, 960}, {320, 2}, {2, 320}, {960, 1}, {640, 384}} {
		m := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(255, 255, 255, 0), s[1], s[0], gocv.MatTypeCV8UC3)
		found, err := d.Detect(m)
		if err != nil || len(found) != 0 {
			t.Errorf("%v: %+v, error %v", s, found, err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDetectorRemembersNothing looks at real faces and at white strips in turns: what one picture left in the network's
// memory must not be found in the next.
func TestDetectorRemembersNothing(t *testing.T) {
	d := mustDetector(t)
	faces := []gocv.Mat{mustMat(t, 250, 250), mustMat(t, 640, 360)}
	var strips []gocv.Mat
	for _, s := range [][2]int{{960, 6}, {320, 2}, {320, 30}, {6, 960}, {2, 320}, {960, 64}} {
		m := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(255, 255, 255, 0), s[1], s[0], gocv.MatTypeCV8UC3)
		defer m.Close()
		strips = append(strips, m)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		if found, err := d.Detect(faces[r.IntN(len(faces))]); err != nil || len(found) != 1 {
			t.Fatalf("%d faces instead of 1, %v", len(found), err)
		}
		m := strips[r.IntN(len(strips))]
		if found, err := d.Detect(m); err != nil || len(found) != 0 {
			t.Fatalf("%d faces in a white strip of %d×%d, %v", len(found), m.Cols(), m.Rows(), err)
		}
	}
}

func TestDetectorRefuses(t *testing.T) {
	d := mustDetector(t)
	empty, grey, wide := gocv.NewMat(), gocv.NewMatWithSize(64, 64, gocv.MatTypeCV8U), gocv.NewMatWithSize(32, 4097, gocv.MatTypeCV8UC3)
	for _, m := range []gocv.Mat{empty, grey, wide} {
		if _, err := d.Detect(m); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%d×%d: %v", m.Cols(), m.Rows(), err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := d.Detect(mustMat(t, 64, 64)); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("after close: %v", err)
	}
}

// TestDetectorConcurrent has sizes and goroutines take turns at one network.
func TestDetectorConcurrent(t *testing.T) {
	d := mustDetector(t)
	a, b := mustMat(t, 250, 250), mustMat(t, 320, 192)
	want := map[int]int{}
	for i, m := range []gocv.Mat{a, b} {
		found, err := d.Detect(m)
		if err != nil {
			t.Fatal(err)
		}
		want[i] = len(found)
	}
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			for range 5 {
				found, err := d.Detect([]gocv.Mat{a, b}[i%2])
				if err != nil || len(found) != want[i%2] {
					t.Errorf("%d faces instead of %d, error %v", len(found), want[i%2], err)
				}
			}
		})
	}
	running.Wait()
}

func TestAssessor(t *testing.T) {
	d := mustDetector(t)
	sharp := mustMat(t, 250, 250)
	found, err := d.Detect(sharp)
	if err != nil || len(found) != 1 {
		t.Fatal(len(found), err)
	}
	blurred := gocv.NewMat()
	defer func() { _ = blurred.Close() }()
	gocv.GaussianBlur(sharp, &blurred, image.Pt(15, 15), 4, 4, gocv.BorderDefault)
	var a opencv.Assessor
	q, b := a.Assess(sharp, found[0]), a.Assess(blurred, found[0])
	if q.Score() < 0.5 || b.Sharpness > q.Sharpness/3 {
		t.Errorf("the face has quality %+v, blurred %+v", q, b)
	}
	grey := gocv.NewMatWithSize(64, 64, gocv.MatTypeCV8U)
	defer func() { _ = grey.Close() }()
	if q := a.Assess(grey, found[0]); q != (menshen.Quality{}) {
		t.Errorf("a grey frame has quality %+v", q)
	}
}
