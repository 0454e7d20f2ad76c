package recognizer_test

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"image/color"
	"image/png"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// squares is an engine for drawings: a face is a square of one of the colours below, and the colour is the descriptor. It
// has the contract of every engine (TestContract). Some colours stand for what may happen to one.
type squares struct {
	mu     sync.RWMutex // calls hold it for reading, Close for writing
	closed bool
	before func(ctx context.Context, c color.RGBA) // called by Embed, if set
}

var (
	ann      = color.RGBA{R: 250, G: 20, B: 20, A: 255}
	bob      = color.RGBA{R: 20, G: 250, B: 20, A: 255}
	cat      = color.RGBA{R: 20, G: 20, B: 250, A: 255}
	mask     = color.RGBA{R: 10, G: 10, B: 10, A: 255}   // no face can be made out
	broken   = color.RGBA{R: 200, G: 200, B: 10, A: 255} // the engine fails
	panicked = color.RGBA{R: 10, G: 200, B: 200, A: 255} // the engine panics
)

func (*squares) ID() menshen.EngineID {
	hash := "5a5a5a5a5a5a5a5a"
	return menshen.EngineID{Name: "squares", ModelHash: hash, Dim: 128, Metric: menshen.MetricEuclidean}
}

func (e *squares) enter() error {
	e.mu.RLock()
	if e.closed {
		e.mu.RUnlock()
		return menshen.Errorf(menshen.CodeUnavailable, "squares", "the engine is closed")
	}
	return nil
}

func at(p recognizer.Picture, x, y int) color.RGBA {
	i := 3 * (y*p.Width + x)
	return color.RGBA{R: p.Pix[i+2], G: p.Pix[i+1], B: p.Pix[i], A: 255}
}

func (e *squares) Detect(ctx context.Context, p recognizer.Picture) ([]menshen.Detection, error) {
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.mu.RUnlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !p.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, "squares", "no picture")
	}
	people := []color.RGBA{ann, bob, cat, mask, broken, panicked}
	var found []menshen.Detection
	for y := range p.Height {
		for x := range p.Width {
			c := at(p, x, y)
			if !slices.Contains(people, c) || x > 0 && at(p, x-1, y) == c || y > 0 && at(p, x, y-1) == c {
				continue
			}
			w, h := 1, 1
			for x+w < p.Width && at(p, x+w, y) == c {
				w++
			}
			for y+h < p.Height && at(p, x, y+h) == c {
				h++
			}
			if w == h && w > 4 {
				found = append(found, square(x, y, w))
			}
		}
	}
	slices.SortStableFunc(found, func(a, b menshen.Detection) int { return cmp.Compare(b.Box.W, a.Box.W) })
	return found, nil
}

// square is the detection of a square.
func square(x, y, side int) menshen.Detection {
	s := float64(side)
	d := menshen.Detection{Box: menshen.Box{X: float64(x), Y: float64(y), W: s, H: s}, Score: 1}
	for i, p := range (menshen.Landmarks{{X: 0.3, Y: 0.35}, {X: 0.7, Y: 0.35}, {X: 0.5, Y: 0.55}, {X: 0.35, Y: 0.75}, {X: 0.65, Y: 0.75}}) {
		d.Landmarks[i] = menshen.Point{X: d.Box.X + p.X*s, Y: d.Box.Y + p.Y*s}
	}
	return d
}

func (e *squares) Align(p recognizer.Picture, d menshen.Detection) (recognizer.Chip, error) {
	if err := e.enter(); err != nil {
		return recognizer.Chip{}, err
	}
	defer e.mu.RUnlock()
	c := d.Box.Center()
	if !p.Valid() || !(c.X >= 0 && c.Y >= 0 && c.X < float64(p.Width) && c.Y < float64(p.Height)) || !(d.Landmarks.EyeDistance() > 1 && d.Landmarks.EyeDistance() < 1e6) {
		return recognizer.Chip{}, menshen.Errorf(menshen.CodeInvalid, "squares", "the face lies outside")
	}
	middle := enginetest.Cut(p, image.Rect(int(c.X), int(c.Y), int(c.X)+1, int(c.Y)+1))
	return recognizer.Chip{Picture: middle, Engine: e.ID()}, nil
}

func (e *squares) Embed(ctx context.Context, c recognizer.Chip) (menshen.Descriptor, error) {
	if err := e.enter(); err != nil {
		return nil, err
	}
	defer e.mu.RUnlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !c.Valid() || c.Engine != e.ID() || c.Width != 1 || c.Height != 1 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "squares", "no chip")
	}
	rgb := at(c.Picture, 0, 0)
	if e.before != nil {
		e.before(ctx, rgb)
	}
	switch rgb {
	case mask, color.RGBA{A: 255}:
		return nil, menshen.Errorf(menshen.CodeNotFound, "squares", "no face could be made out")
	case broken:
		return nil, menshen.Errorf(menshen.CodeInternal, "squares", "the engine broke").WithHint("mend it")
	case panicked:
		panic("the engine panics")
	}
	d := make(menshen.Descriptor, 128)
	d[0], d[1], d[2] = float32(rgb.R), float32(rgb.G), float32(rgb.B)
	return d, nil
}

func (e *squares) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	return nil
}

// TestContract: what the tests here rest on is an engine too.
func TestContract(t *testing.T) {
	enginetest.Run(t, func(testing.TB) recognizer.Engine { return &squares{} }, enginetest.Options{})
}

// drawing is squares on black.
func drawing(width, height int, faces map[image.Rectangle]color.RGBA) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{A: 255})
		}
	}
	for r, c := range faces {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				img.SetRGBA(x, y, c)
			}
		}
	}
	return img
}

func mustPNG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// decode is a decoder in Go.
func decode(data []byte) (recognizer.Picture, error) {
	if _, _, err := recognizer.CheckHeader(data); err != nil {
		return recognizer.Picture{}, err
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return recognizer.Picture{}, menshen.Errorf(menshen.CodeInvalid, "decode", "damaged").WithCause(err)
	}
	return enginetest.FromImage(img), nil
}
