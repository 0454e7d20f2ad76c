package dlib_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/dlib"
	"menshen/recognizer/enginetest"
)

func TestContractRandom(t *testing.T) { contract(t, mustRandom(t), false) }

// TestContract runs on the stand-ins, and on the official networks wherever MENSHEN_DLIB_MODELS names their folder.
func TestContract(t *testing.T) {
	t.Run("StandIn", func(t *testing.T) { contract(t, mustStandIn(t), true) })
	if folder := os.Getenv("MENSHEN_DLIB_MODELS"); folder != "" {
		t.Run("Official", func(t *testing.T) { contract(t, folder, true) })
	}
}

func contract(t *testing.T, folder string, faces bool) {
	t.Helper()
	enginetest.Run(t, func(tb testing.TB) recognizer.Engine { return mustOpen(tb, folder) }, enginetest.Options{Faces: faces})
}

// TestGolden has the values that go-face's own API gave for the stand-ins.
func TestGolden(t *testing.T) {
	e := mustEngine(t, mustStandIn(t))
	found, err := e.Detect(t.Context(), enginetest.MustFace(t, "Yoko_Ono/Yoko_Ono_0003.jpg"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%d faces instead of 1, error %v", len(found), err)
	}
	if want := (menshen.Box{X: 77, Y: 77, W: 105, H: 105}); found[0].Box != want {
		t.Errorf("the face is at %v instead of %v", found[0].Box, want)
	}
	// YuNet has the eyes at (105.9, 115.5) and (146.0, 115.4), the tip of the nose at (119.5, 136.7) and the corners of
	// the mouth at (109.4, 152.4) and (143.4, 152.2): the face is turned a little to the left.
	for i, want := range (menshen.Landmarks{{X: 105.90, Y: 115.48}, {X: 146.03, Y: 115.42}, {X: 119.51, Y: 136.74}, {X: 109.43, Y: 152.40}, {X: 143.39, Y: 152.21}}) {
		if got := found[0].Landmarks[i]; math.Hypot(got.X-want.X, got.Y-want.Y) > 7 {
			t.Errorf("point %d is at %v instead of about %v", i, got, want)
		}
	}
	yoko := mustEmbed(t, e, "Yoko_Ono/Yoko_Ono_0003.jpg")
	near(t, "length", yoko.Distance(make(menshen.Descriptor, dlib.Dim)), 0.545, 0.03)
	near(t, "to herself", yoko.Distance(mustEmbed(t, e, "Yoko_Ono/Yoko_Ono_0005.jpg")), 0.509, 0.05)
	near(t, "to another", yoko.Distance(mustEmbed(t, e, "Jesse_Jackson/Jesse_Jackson_0003.jpg")), 0.844, 0.05)
}

func mustEmbed(t *testing.T, e recognizer.Engine, name string) menshen.Descriptor {
	t.Helper()
	d, err := enginetest.EmbedMain(t.Context(), e, enginetest.MustFace(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.5f instead of %.5f", what, got, want)
	}
}

func TestEvaluation(t *testing.T) {
	e := enginetest.MustEvaluate(t, mustEngine(t, mustStandIn(t)))
	accuracy, tar, far := e.Accuracy(0.68)
	t.Logf("at 0.68: accuracy %.4f, TAR %.4f, FAR %.4f; %d of %d photographs without a face", accuracy, tar, far, len(e.Missed), e.Photographs)
	if len(e.Pairs) != 600 || accuracy < 0.90 || len(e.Missed) > 3 {
		t.Errorf("%d pairs, accuracy %.4f instead of 0.90 or more, missed %v", len(e.Pairs), accuracy, e.Missed)
	}
}

// TestMissing names the files that are not there.
func TestMissing(t *testing.T) {
	folder := t.TempDir()
	_, err := dlib.New(dlib.Config{Folder: folder, ModelHash: "0123"})
	message, hint := menshen.ErrorMessage(err)
	if menshen.ErrorCode(err) != menshen.CodeMissing || hint == "" {
		t.Errorf("code %q, hint %q", menshen.ErrorCode(err), hint)
	}
	for _, name := range []string{dlib.FileNetwork, dlib.FileLandmarks, dlib.FileDetector} {
		if !strings.Contains(message, name) {
			t.Errorf("%q does not name %s", message, name)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, dlib.FileNetwork), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = dlib.New(dlib.Config{Folder: folder, ModelHash: "0123"})
	if message, _ := menshen.ErrorMessage(err); strings.Contains(message, dlib.FileNetwork) || !strings.Contains(message, dlib.FileLandmarks) {
		t.Errorf("%q names what is there, or not what is missing", message)
	}
}

// TestDamaged gives go-face files that are cut off, empty, changed or of another kind: errors, and no crash.
func TestDamaged(t *testing.T) {
	good := mustRandom(t)
	hash := mustHash(t, good)
	for name, damage := range map[string]func([]byte) []byte{
		"cut off": func(b []byte) []byte { return b[:len(b)/2] },
		"empty":   func([]byte) []byte { return nil },
		"text":    func([]byte) []byte { return []byte("not found\n") },
		"start":   func(b []byte) []byte { return append([]byte("\x7f\x7f\x7f\x7f"), b[4:]...) },
	} {
		for _, file := range []string{dlib.FileNetwork, dlib.FileLandmarks, dlib.FileDetector} {
			folder := t.TempDir()
			for _, f := range []string{dlib.FileNetwork, dlib.FileLandmarks, dlib.FileDetector} {
				data, err := os.ReadFile(filepath.Join(good, f))
				if err != nil {
					t.Fatal(err)
				}
				if f == file {
					data = damage(data)
				}
				if err := os.WriteFile(filepath.Join(folder, f), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e, err := dlib.New(dlib.Config{Folder: folder, ModelHash: hash, Recognizers: 2})
			if menshen.ErrorCode(err) != menshen.CodeCorrupt {
				t.Errorf("%s, %s: code %q, error %v", file, name, menshen.ErrorCode(err), err)
			}
			if e != nil {
				t.Errorf("%s, %s: there is an engine", file, name)
				_ = e.Close()
			}
		}
	}
}

// TestDamagedNetwork hands go-face a network that it cannot read, though it is the one that is meant.
func TestDamagedNetwork(t *testing.T) {
	good, folder := mustRandom(t), t.TempDir()
	for _, f := range []string{dlib.FileNetwork, dlib.FileLandmarks, dlib.FileDetector} {
		data, err := os.ReadFile(filepath.Join(good, f))
		if err != nil {
			t.Fatal(err)
		}
		if f == dlib.FileNetwork {
			data = data[:len(data)-1000]
		}
		if err := os.WriteFile(filepath.Join(folder, f), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := dlib.New(dlib.Config{Folder: folder, ModelHash: mustHash(t, folder)})
	if menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("code %q, error %v", menshen.ErrorCode(err), err)
	}
}

// TestTilted: the detector of dlib sees upright faces only, so Align turns them upright.
func TestTilted(t *testing.T) {
	e := mustEngine(t, mustStandIn(t))
	p := enginetest.MustFace(t, "Yoko_Ono/Yoko_Ono_0003.jpg")
	want := mustEmbed(t, e, "Yoko_Ono/Yoko_Ono_0003.jpg")
	found, err := e.Detect(t.Context(), p)
	if err != nil || len(found) != 1 {
		t.Fatal(len(found), err)
	}
	for _, degrees := range []float64{-30, -15, 15, 30} {
		turned, d := turn(p, found[0], degrees*math.Pi/180)
		chip, err := e.Align(turned, d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Embed(t.Context(), chip)
		if err != nil {
			t.Errorf("%.0f degrees: %v", degrees, err)
		} else if x := got.Distance(want); x > 0.45 {
			t.Errorf("%.0f degrees: %.3f from the upright face", degrees, x)
		}
	}
}

// turn turns a picture and a face in it around the middle.
func turn(p recognizer.Picture, d menshen.Detection, angle float64) (recognizer.Picture, menshen.Detection) {
	sin, cos := math.Sincos(angle)
	mx, my := float64(p.Width)/2, float64(p.Height)/2
	out := recognizer.Picture{Width: p.Width, Height: p.Height, Pix: make([]byte, len(p.Pix))}
	for y := range p.Height {
		for x := range p.Width {
			dx, dy := float64(x)-mx, float64(y)-my
			sx, sy := int(mx+cos*dx+sin*dy+0.5), int(my-sin*dx+cos*dy+0.5)
			if sx >= 0 && sy >= 0 && sx < p.Width && sy < p.Height {
				copy(out.Pix[3*(y*p.Width+x):][:3], p.Pix[3*(sy*p.Width+sx):])
			}
		}
	}
	to := func(q menshen.Point) menshen.Point {
		dx, dy := q.X-mx, q.Y-my
		return menshen.Point{X: mx + cos*dx - sin*dy, Y: my + sin*dx + cos*dy}
	}
	for i := range d.Landmarks {
		d.Landmarks[i] = to(d.Landmarks[i])
	}
	c := to(d.Box.Center())
	d.Box.X, d.Box.Y = c.X-d.Box.W/2, c.Y-d.Box.H/2
	return out, d
}

// TestSizes: faces of 32 to 400 pixels are embedded, though dlib sees none below 80.
func TestSizes(t *testing.T) {
	e := mustEngine(t, mustStandIn(t))
	p := enginetest.MustFace(t, "Yoko_Ono/Yoko_Ono_0003.jpg")
	want := mustEmbed(t, e, "Yoko_Ono/Yoko_Ono_0003.jpg")
	found, err := e.Detect(t.Context(), p)
	if err != nil || len(found) != 1 {
		t.Fatal(len(found), err)
	}
	for name, c := range map[string]struct {
		p recognizer.Picture
		k float64
	}{
		"a third": {enginetest.Shrunk(p, 3), 1. / 3}, "half": {enginetest.Shrunk(p, 2), 1. / 2},
		"double": {enginetest.Enlarged(p, 2), 2}, "four times": {enginetest.Enlarged(p, 4), 4},
	} {
		chip, err := e.Align(c.p, found[0].Scaled(c.k, menshen.Point{}))
		if err != nil {
			t.Fatal(err)
		}
		d, err := e.Embed(t.Context(), chip)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if x := d.Distance(want); x > 0.45 {
			t.Errorf("%s: %.3f from the full size", name, x)
		}
	}
	small, err := e.Detect(t.Context(), enginetest.Shrunk(p, 2))
	if err != nil || len(small) != 1 {
		t.Errorf("a face of 52 pixels: %d found, error %v", len(small), err)
	}
}
