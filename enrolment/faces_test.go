package enrolment_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"testing"

	"menshen"
	"menshen/models"
	"menshen/recognizer/opencv"
	"menshen/recognizer/quality"
)

// known is the operating point of MobileFaceNet for a gallery of a few hundred people, see models/README.md of the
// shared data.
const known = 1.00

// shared gives ../shared beside the repository. A machine without it skips the test loudly; in CI that is a failure.
func shared(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	p := filepath.Join(dir, "..", "shared", name)
	if _, err := os.Stat(p); err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("needs ../shared/%s", name)
		}
		tb.Skipf("SKIPPED: needs ../shared/%s", name)
	}
	return p
}

// engine is the real analyser: what a recognizer process does with a photograph.
type engine struct{ *opencv.Engine }

func MustEngine(tb testing.TB) engine {
	tb.Helper()
	m, err := models.Load()
	if err != nil {
		tb.Fatal(err)
	}
	store, err := models.NewStore(m, shared(tb, "models"))
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string]string{}
	for _, id := range []string{"yunet", "mobilefacenet"} {
		if files[id], files[id+".sum"], err = store.Locate(id); err != nil {
			tb.Fatal(err)
		}
	}
	e, err := opencv.New(opencv.Config{Detector: files["yunet"], Embedder: files["mobilefacenet"], EmbedderHash: files["mobilefacenet.sum"], Networks: 2})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Close(); err != nil {
			tb.Error(err)
		}
	})
	return engine{e}
}

func (e engine) Analyse(ctx context.Context, data []byte) (menshen.Analysis, error) {
	p, err := opencv.Decode(data)
	if err != nil {
		return menshen.Analysis{}, err
	}
	found, err := e.Detect(ctx, p)
	if err != nil {
		return menshen.Analysis{}, err
	}
	a := menshen.Analysis{Engine: e.ID(), Width: p.Width, Height: p.Height}
	view := quality.View{Pix: p.Pix, Width: p.Width, Height: p.Height, Stride: 3 * p.Width}
	for _, d := range found {
		f := menshen.AnalysedFace{Detection: d, Quality: quality.Measure(view, d)}
		chip, err := e.Align(p, d)
		if err == nil {
			f.Descriptor, err = e.Embed(ctx, chip)
		}
		if err != nil {
			f.Refusal = err.Error()
		}
		a.Faces = append(a.Faces, f)
	}
	return a, nil
}

// photographs gives the files of the shared face set by person, in order.
func photographs(tb testing.TB) (people []string, files map[string][]string) {
	tb.Helper()
	list, err := filepath.Glob(filepath.Join(shared(tb, "testdata/faces"), "*", "*.jpg"))
	if err != nil || len(list) == 0 {
		tb.Fatalf("no photographs: %v", err)
	}
	files = map[string][]string{}
	for _, p := range list {
		name := filepath.Base(filepath.Dir(p))
		if files[name] == nil {
			people = append(people, name)
		}
		files[name] = append(files[name], p)
	}
	return people, files
}

// blurred gives a JPEG picture after a Gaussian blur, sigma in pixels.
func blurred(tb testing.TB, data []byte, sigma float64) []byte {
	tb.Helper()
	src, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	plane := make([][3]float64, w*h)
	for y := range h {
		for x := range w {
			r, g, bl, _ := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
			plane[y*w+x] = [3]float64{float64(r >> 8), float64(g >> 8), float64(bl >> 8)}
		}
	}
	radius := int(3*sigma) + 1
	kernel := make([]float64, 2*radius+1)
	sum := 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-radius)*(i-radius)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	pass := func(dx, dy int) {
		out := make([][3]float64, w*h)
		for y := range h {
			for x := range w {
				for i, k := range kernel {
					px, py := min(max(x+(i-radius)*dx, 0), w-1), min(max(y+(i-radius)*dy, 0), h-1)
					for c := range 3 {
						out[y*w+x][c] += plane[py*w+px][c] * k / sum
					}
				}
			}
		}
		plane = out
	}
	pass(1, 0)
	pass(0, 1)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, p := range plane {
		img.Set(i%w, i/w, color.RGBA{uint8(p[0]), uint8(p[1]), uint8(p[2]), 255})
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 95}); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}
