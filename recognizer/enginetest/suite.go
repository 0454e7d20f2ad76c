package enginetest

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"sync"
	"testing"

	"menshen"
	"menshen/recognizer"
)

// Options say what the engine under test is expected to know.
type Options struct {
	// Faces is set for networks that recognise people. What needs photographs is left out otherwise: networks of random
	// numbers have the contract too, but no idea of a face.
	Faces bool
}

// Run runs the contract. open makes a new engine; the suite closes it.
func Run(t *testing.T, open func(testing.TB) recognizer.Engine, o Options) {
	t.Run("Close", func(t *testing.T) { testClose(t, open(t)) })
	e := open(t)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	run := func(name string, test func(*testing.T, recognizer.Engine)) {
		t.Run(name, func(t *testing.T) { test(t, e) })
	}
	run("ID", testID)
	run("NoFace", testNoFace)
	run("BrokenPictures", testBroken)
	run("Misplaced", testMisplaced)
	run("ForeignChip", testForeign)
	run("Cancelled", testCancelled)
	run("Concurrent", func(t *testing.T, e recognizer.Engine) { testConcurrent(t, e, scene()) })
	if !o.Faces {
		return
	}
	run("Descriptor", testDescriptor)
	run("People", testPeople)
	run("SeveralFaces", testSeveral)
	run("Neighbour", testNeighbour)
	run("LargePhotograph", testLarge)
	run("ConcurrentFaces", func(t *testing.T, e recognizer.Engine) { testConcurrent(t, e, MustFace(t, yoko3)) })
}

const (
	yoko3  = "Yoko_Ono/Yoko_Ono_0003.jpg"
	yoko5  = "Yoko_Ono/Yoko_Ono_0005.jpg"
	jesse3 = "Jesse_Jackson/Jesse_Jackson_0003.jpg"
)

// scene is a picture without a face: stripes, a disc, some texture.
func scene() recognizer.Picture {
	img := image.NewRGBA(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			c := color.RGBA{R: uint8(x / 2), G: uint8(y), B: uint8((x*7 + y*13) % 64), A: 255}
			if dx, dy := x-200, y-120; dx*dx+dy*dy < 2500 {
				c = color.RGBA{R: 40, G: 90, B: 200, A: 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return FromImage(img)
}

// face is a detection that could be one, in the middle of the scene.
func face() menshen.Detection {
	return menshen.Detection{
		Box:       menshen.Box{X: 110, Y: 60, W: 90, H: 110},
		Landmarks: menshen.Landmarks{{X: 135, Y: 100}, {X: 175, Y: 100}, {X: 155, Y: 122}, {X: 139, Y: 140}, {X: 171, Y: 140}},
		Score:     0.9,
	}
}

func testID(t *testing.T, e recognizer.Engine) {
	id := e.ID()
	if id.Name == "" || id.ModelHash == "" || id.Dim != 128 || id.Metric != menshen.MetricEuclidean {
		t.Errorf("the id is %+v", id)
	}
	if id != e.ID() {
		t.Error("the id changes")
	}
}

func testNoFace(t *testing.T, e recognizer.Engine) {
	for _, p := range []recognizer.Picture{scene(), Enlarged(scene(), 7), {Width: 33, Height: 47, Pix: make([]byte, 3*33*47)}, {Width: 1, Height: 1, Pix: make([]byte, 3)}} {
		found, err := e.Detect(t.Context(), p)
		if err != nil || len(found) != 0 {
			t.Errorf("%d×%d: %d faces, error %v", p.Width, p.Height, len(found), err)
		}
	}
}

func testBroken(t *testing.T, e recognizer.Engine) {
	for name, p := range map[string]recognizer.Picture{
		"empty":     {},
		"short":     {Width: 100, Height: 100, Pix: make([]byte, 100)},
		"long":      {Width: 10, Height: 10, Pix: make([]byte, 100*100*3)},
		"no height": {Width: 100, Pix: []byte{1, 2, 3}},
		"negative":  {Width: -10, Height: -10, Pix: make([]byte, 300)},
	} {
		_, err := e.Detect(t.Context(), p)
		wantCode(t, name+": detect", err, menshen.CodeInvalid)
		_, err = e.Align(p, face())
		wantCode(t, name+": align", err, menshen.CodeInvalid)
		_, err = e.Embed(t.Context(), recognizer.Chip{Picture: p, Engine: e.ID()})
		wantCode(t, name+": embed", err, menshen.CodeInvalid)
	}
}

func testMisplaced(t *testing.T, e recognizer.Engine) {
	p := scene()
	far, point, nan, inf := face().Scaled(1, menshen.Point{X: 5000}), face(), face(), face()
	point.Landmarks = menshen.Landmarks{}
	nan.Box.X = math.NaN()
	nan.Landmarks[0].X = math.NaN()
	inf.Landmarks[1].X = math.Inf(1)
	inf.Box.W = math.Inf(1)
	for name, d := range map[string]menshen.Detection{"far": far, "one point": point, "no number": nan, "infinite": inf, "nothing": {}} {
		_, err := e.Align(p, d)
		wantCode(t, name, err, menshen.CodeInvalid)
	}
	// Half of the face beyond a border is bad luck and no mistake of the caller.
	if _, err := e.Align(p, face().Scaled(1, menshen.Point{X: -150})); err != nil {
		t.Errorf("a face at the border: %v", err)
	}
}

func testForeign(t *testing.T, e recognizer.Engine) {
	chip, err := e.Align(scene(), face())
	if err != nil {
		t.Fatal(err)
	}
	if chip.Engine != e.ID() || !chip.Valid() {
		t.Fatalf("the chip is %d×%d of %s", chip.Width, chip.Height, chip.Engine)
	}
	foreign := chip
	foreign.Engine.ModelHash = "0123"
	_, err = e.Embed(t.Context(), foreign)
	wantCode(t, "of another engine", err, menshen.CodeInvalid)
	_, err = e.Embed(t.Context(), recognizer.Chip{Picture: scene(), Engine: e.ID()})
	wantCode(t, "not aligned", err, menshen.CodeInvalid)
}

func testCancelled(t *testing.T, e recognizer.Engine) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Detect(ctx, scene()); !errors.Is(err, context.Canceled) {
		t.Errorf("detect: %v", err)
	}
	chip, err := e.Align(scene(), face())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Embed(ctx, chip); !errors.Is(err, context.Canceled) {
		t.Errorf("embed: %v", err)
	}
}

// outcome is all that an engine says of a picture.
type outcome struct {
	found      []menshen.Detection
	descriptor menshen.Descriptor
	code       menshen.Code
}

func (o outcome) equal(p outcome) bool {
	return slices.Equal(o.found, p.found) && slices.Equal(o.descriptor, p.descriptor) && o.code == p.code
}

func look(ctx context.Context, e recognizer.Engine, p recognizer.Picture) (o outcome, err error) {
	if o.found, err = e.Detect(ctx, p); err != nil {
		return o, err
	}
	d := face()
	if len(o.found) > 0 {
		d = o.found[0]
	}
	chip, err := e.Align(p, d)
	if err != nil {
		return o, err
	}
	o.descriptor, err = e.Embed(ctx, chip)
	if o.code = menshen.ErrorCode(err); o.code == menshen.CodeNotFound {
		err = nil
	}
	return o, err
}

func testConcurrent(t *testing.T, e recognizer.Engine, p recognizer.Picture) {
	want, err := look(t.Context(), e, p)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	for range 6 {
		running.Go(func() {
			for range 3 {
				got, err := look(t.Context(), e, p)
				if err != nil {
					t.Error(err)
				} else if !got.equal(want) {
					t.Error("the result differs from call to call")
				}
			}
		})
	}
	running.Wait()
}

func testClose(t *testing.T, e recognizer.Engine) {
	chip, err := e.Align(scene(), face())
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	started := make(chan struct{}, 8)
	for range 8 {
		running.Go(func() {
			started <- struct{}{}
			for {
				_, err := e.Embed(t.Context(), chip)
				if err == nil {
					_, err = e.Detect(t.Context(), scene())
				}
				switch menshen.ErrorCode(err) {
				case "", menshen.CodeNotFound:
				case menshen.CodeUnavailable:
					return
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	for range 8 {
		<-started
	}
	if _, err := e.Detect(t.Context(), scene()); err != nil {
		t.Error(err)
	}
	running.Go(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close, at the same time: %v", err)
		}
	})
	if err := e.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	// Nothing native runs any more: every call is refused.
	_, err = e.Detect(t.Context(), scene())
	wantCode(t, "detect after close", err, menshen.CodeUnavailable)
	_, err = e.Align(scene(), face())
	wantCode(t, "align after close", err, menshen.CodeUnavailable)
	_, err = e.Embed(t.Context(), chip)
	wantCode(t, "embed after close", err, menshen.CodeUnavailable)
	running.Wait()
}

func wantCode(t *testing.T, what string, err error, want menshen.Code) {
	t.Helper()
	if got := menshen.ErrorCode(err); got != want {
		t.Errorf("%s: code %q instead of %q, error %v", what, got, want, err)
	}
}
