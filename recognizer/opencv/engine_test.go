package opencv_test

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/enginetest"
	"menshen/recognizer/opencv"
)

func TestContract(t *testing.T) { enginetest.Run(t, mustOpen, enginetest.Options{Faces: true}) }

// mustPhotograph reads a photograph the way that a recognizer process does.
func mustPhotograph(tb testing.TB, name string) recognizer.Picture {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(enginetest.MustShared(tb, "testdata", "faces"), name))
	if err != nil {
		tb.Fatal(err)
	}
	p, err := opencv.Decode(data)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// TestGolden has the values that an independent program in Python gave for the same networks.
func TestGolden(t *testing.T) {
	e := mustEngine(t)
	p := mustPhotograph(t, "Yoko_Ono/Yoko_Ono_0003.jpg")
	found, err := e.Detect(t.Context(), p)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d faces instead of 1, error %v", len(found), err)
	}
	d := found[0]
	near(t, "score", d.Score, 0.932, 0.001)
	near(t, "box x", d.Box.X, 91.26, 0.01)
	near(t, "box y", d.Box.Y, 76.43, 0.01)
	near(t, "box width", d.Box.W, 85.65, 0.01)
	near(t, "box height", d.Box.H, 105.77, 0.01)
	for i, want := range (menshen.Landmarks{{X: 105.90, Y: 115.48}, {X: 146.03, Y: 115.42}, {X: 119.51, Y: 136.74}, {X: 109.43, Y: 152.40}, {X: 143.39, Y: 152.21}}) {
		near(t, "point x", d.Landmarks[i].X, want.X, 0.01)
		near(t, "point y", d.Landmarks[i].Y, want.Y, 0.01)
	}
	chip, err := e.Align(p, d)
	if err != nil {
		t.Fatal(err)
	}
	yoko, err := e.Embed(t.Context(), chip)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{-0.18614, 0.08083, -0.02857, -0.04096, -0.05389, 0.13075} {
		near(t, "descriptor", float64(yoko[i]), want, 1e-4)
	}
	near(t, "length", yoko.Distance(make(menshen.Descriptor, opencv.Dim)), 1, 1e-6)
	near(t, "to herself", yoko.Distance(mustEmbed(t, e, "Yoko_Ono/Yoko_Ono_0005.jpg")), 0.7692, 1e-3)
	near(t, "to another", yoko.Distance(mustEmbed(t, e, "Jesse_Jackson/Jesse_Jackson_0003.jpg")), 1.4890, 1e-3)
}

func mustEmbed(t *testing.T, e recognizer.Engine, name string) menshen.Descriptor {
	t.Helper()
	d, err := enginetest.EmbedMain(t.Context(), e, mustPhotograph(t, name))
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
	e := enginetest.MustEvaluate(t, mustEngine(t))
	accuracy, tar, far := e.Accuracy(1.12)
	t.Logf("at 1.12: accuracy %.4f, TAR %.4f, FAR %.4f; %d of %d photographs without a face", accuracy, tar, far, len(e.Missed), e.Photographs)
	if len(e.Pairs) != 600 || accuracy < 0.985 || len(e.Missed) > 0 {
		t.Errorf("%d pairs, accuracy %.4f instead of 0.985 or more, missed %v", len(e.Pairs), accuracy, e.Missed)
	}
}

func TestNewRefuses(t *testing.T) {
	good := config(t)
	empty := filepath.Join(t.TempDir(), "empty.onnx")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*opencv.Config)
		want   menshen.Code
	}{
		"no detector":    {func(c *opencv.Config) { c.Detector = filepath.Join(t.TempDir(), "none.onnx") }, menshen.CodeMissing},
		"no embedder":    {func(c *opencv.Config) { c.Embedder = "" }, menshen.CodeMissing},
		"empty detector": {func(c *opencv.Config) { c.Detector = empty }, menshen.CodeCorrupt},
		"folder":         {func(c *opencv.Config) { c.Embedder = t.TempDir() }, menshen.CodeCorrupt},
		"other embedder": {func(c *opencv.Config) { c.Embedder = c.Detector }, menshen.CodeCorrupt},
		"other hash":     {func(c *opencv.Config) { c.EmbedderHash = "0123" }, menshen.CodeCorrupt},
	} {
		cfg := good
		c.change(&cfg)
		e, err := opencv.New(cfg)
		if menshen.ErrorCode(err) != c.want {
			t.Errorf("%s: code %q instead of %q, error %v", name, menshen.ErrorCode(err), c.want, err)
		}
		if e != nil {
			t.Errorf("%s: there is an engine", name)
			_ = e.Close()
		}
	}
}

// TestSmallFaces: faces of 32 pixels are found and still recognised.
func TestSmallFaces(t *testing.T) {
	e := mustEngine(t)
	for _, name := range []string{"Yoko_Ono/Yoko_Ono_0003.jpg", "Jesse_Jackson/Jesse_Jackson_0003.jpg"} {
		p := mustPhotograph(t, name)
		large, err := enginetest.EmbedMain(t.Context(), e, p)
		if err != nil {
			t.Fatal(err)
		}
		small, err := enginetest.EmbedMain(t.Context(), e, enginetest.Shrunk(p, 2))
		if err != nil {
			t.Fatal(err)
		}
		if d := large.Distance(small); d > 0.6 {
			t.Errorf("%s: %.3f from its half", name, d)
		}
	}
}

// TestCloseUp: a face that fills its photograph is found, whatever the size.
func TestCloseUp(t *testing.T) {
	e := mustEngine(t)
	for _, name := range []string{"Yoko_Ono/Yoko_Ono_0003.jpg", "Jesse_Jackson/Jesse_Jackson_0003.jpg", "Ian_Thorpe/Ian_Thorpe_0004.jpg"} {
		p := mustPhotograph(t, name)
		whole, err := enginetest.EmbedMain(t.Context(), e, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 4, 8, 20} {
			face, err := enginetest.EmbedMain(t.Context(), e, enginetest.Enlarged(enginetest.Cut(p, image.Rect(78, 66, 172, 190)), n))
			if err != nil {
				t.Errorf("%s, %d times: %v", name, n, err)
				continue
			}
			if d := whole.Distance(face); d > 0.75 {
				t.Errorf("%s, %d times: %.3f from the whole photograph", name, n, d)
			}
		}
	}
}
