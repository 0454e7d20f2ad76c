package recognizer_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/recognizer"
)

// watch is a clock that tests put forward.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func newWatch() *watch { return &watch{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)} }

func (w *watch) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func mustWorker(tb testing.TB, e recognizer.Engine, b *memoryBus, w *watch, cfg recognizer.WorkerConfig) *recognizer.Worker {
	tb.Helper()
	worker, err := recognizer.NewWorker(e, decode, b, slog.New(slog.DiscardHandler), w.Now, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return worker
}

// mustSighting is a sighting of a square of 100 pixels at (500, 300) of a frame, cut out with 20 pixels around it.
func mustSighting(tb testing.TB, c color.RGBA, track string, sequence int) menshen.Sighting {
	tb.Helper()
	return menshen.Sighting{
		Camera: "east-1", Track: track, Sequence: sequence, Captured: time.Date(2026, 3, 1, 8, 0, sequence, 0, time.UTC),
		Crop:   mustPNG(tb, drawing(140, 140, map[image.Rectangle]color.RGBA{image.Rect(20, 20, 120, 120): c})),
		Origin: menshen.Point{X: 480, Y: 280}, Face: square(500, 300, 100),
		Quality: menshen.Quality{Size: 0.7, Sharpness: 0.8, Pose: 0.9, Light: 1},
	}
}

func TestRecognize(t *testing.T) {
	e := &squares{}
	w := mustWorker(t, e, newMemoryBus(), newWatch(), recognizer.WorkerConfig{})
	s := mustSighting(t, bob, "t1", 3)
	f := w.Recognize(t.Context(), s)
	if f.Refusal != "" || len(f.Descriptor) != 128 || f.Descriptor[1] != 250 {
		t.Fatalf("%v, refused as %q", f.Descriptor, f.Refusal)
	}
	f.Descriptor = nil
	want := menshen.Face{Camera: "east-1", Track: "t1", Sequence: 3, Captured: s.Captured, Engine: e.ID(), Quality: s.Quality, Box: s.Face.Box}
	if !sameFace(f, want) {
		t.Errorf("%+v instead of %+v", f, want)
	}
}

// oracle gives one score, or fails.
type oracle struct {
	score float64
	err   error
	box   menshen.Box
}

func (o *oracle) Check(_ context.Context, _ recognizer.Picture, box menshen.Box) (float64, error) {
	o.box = box
	return o.score, o.err
}

func TestLiveness(t *testing.T) {
	o := &oracle{score: 0.75}
	cfg := recognizer.WorkerConfig{Liveness: o, Checked: func(camera string) bool { return camera == "east-1" }}
	w := mustWorker(t, &squares{}, newMemoryBus(), newWatch(), cfg)
	s := mustSighting(t, bob, "t1", 1)
	f := w.Recognize(t.Context(), s)
	if f.Liveness != (menshen.Liveness{Faces: 1, Score: 0.75}) || o.box != (menshen.Box{X: 20, Y: 20, W: 100, H: 100}) {
		t.Errorf("%+v at %+v", f.Liveness, o.box)
	}
	s.Camera = "west-1"
	if f := w.Recognize(t.Context(), s); f.Liveness.Faces != 0 || len(f.Descriptor) == 0 {
		t.Errorf("a camera that wants no check: %+v", f)
	}
	s.Camera, o.err = "east-1", menshen.Errorf(menshen.CodeInternal, "test", "broken")
	if f := w.Recognize(t.Context(), s); f.Liveness.Faces != 0 || len(f.Descriptor) != 0 || f.Refusal != recognizer.RefusalFailed {
		t.Errorf("a failed check: %+v", f)
	}
}

// painted takes faces of one colour for covered, and draws masks by giving the picture back so often.
type painted struct{ times int }

func (m painted) Covered(p recognizer.Picture, l menshen.Landmarks) bool {
	i := 3 * (int(l[2].Y)*p.Width + int(l[2].X))
	return p.Pix[i] == ann.B && p.Pix[i+1] == ann.G && p.Pix[i+2] == ann.R
}

func (m painted) Drawn(p recognizer.Picture, _ menshen.Landmarks) []recognizer.Picture {
	return slices.Repeat([]recognizer.Picture{p}, m.times)
}

func TestMasks(t *testing.T) {
	w := mustWorker(t, &squares{}, newMemoryBus(), newWatch(), recognizer.WorkerConfig{Masks: painted{3}})
	for c, covered := range map[color.RGBA]bool{ann: true, bob: false} {
		s := mustSighting(t, c, "t1", 1)
		if f := w.Recognize(t.Context(), s); f.Masked != covered || len(f.Descriptor) == 0 {
			t.Errorf("%v: %+v", c, f)
		}
		a, err := w.Analyse(t.Context(), s.Crop)
		if err != nil || len(a.Faces) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		drawn := 3
		if covered {
			drawn = 0
		}
		if f := a.Faces[0]; f.Masked != covered || len(f.Drawn) != drawn {
			t.Errorf("%v: covered %t, %d drawn", c, f.Masked, len(f.Drawn))
		}
	}
}

func sameFace(a, b menshen.Face) bool {
	same := slices.Equal(a.Descriptor, b.Descriptor)
	a.Descriptor, b.Descriptor = nil, nil
	return same && a.Camera == b.Camera && a.Track == b.Track && a.Sequence == b.Sequence && a.Captured.Equal(b.Captured) &&
		a.Engine == b.Engine && a.Quality == b.Quality && a.Box == b.Box && a.Last == b.Last && a.Refusal == b.Refusal
}

func TestRecognizeLast(t *testing.T) {
	e := &squares{}
	w := mustWorker(t, e, newMemoryBus(), newWatch(), recognizer.WorkerConfig{})
	f := w.Recognize(t.Context(), menshen.Sighting{Camera: "east-1", Track: "t1", Sequence: 6, Last: true})
	if !sameFace(f, menshen.Face{Camera: "east-1", Track: "t1", Sequence: 6, Engine: e.ID(), Last: true}) {
		t.Errorf("%+v", f)
	}
}

func TestRecognizeRefuses(t *testing.T) {
	w := mustWorker(t, &squares{}, newMemoryBus(), newWatch(), recognizer.WorkerConfig{})
	with := func(c color.RGBA, change func(*menshen.Sighting)) menshen.Sighting {
		s := mustSighting(t, c, "t1", 1)
		change(&s)
		return s
	}
	same := func(*menshen.Sighting) {}
	for name, c := range map[string]struct {
		sighting menshen.Sighting
		want     string
	}{
		"no picture":     {with(ann, func(s *menshen.Sighting) { s.Crop = nil }), recognizer.RefusalUnreadable},
		"text":           {with(ann, func(s *menshen.Sighting) { s.Crop = []byte("text") }), recognizer.RefusalUnreadable},
		"half":           {with(ann, func(s *menshen.Sighting) { s.Crop = s.Crop[:len(s.Crop)/2] }), recognizer.RefusalUnreadable},
		"another origin": {with(ann, func(s *menshen.Sighting) { s.Origin = menshen.Point{} }), recognizer.RefusalMisplaced},
		"no points":      {with(ann, func(s *menshen.Sighting) { s.Face.Landmarks = menshen.Landmarks{} }), recognizer.RefusalMisplaced},
		"small":          {with(ann, func(s *menshen.Sighting) { s.Face = square(540, 340, 31) }), recognizer.RefusalTooSmall},
		"no face":        {with(mask, same), recognizer.RefusalNoFace},
		"broken":         {with(broken, same), recognizer.RefusalFailed},
		"panic":          {with(panicked, same), recognizer.RefusalFailed},
	} {
		f := w.Recognize(t.Context(), c.sighting)
		if f.Refusal != c.want || len(f.Descriptor) > 0 || f.Track != "t1" {
			t.Errorf("%s: refused as %q instead of %q", name, f.Refusal, c.want)
		}
		if f := w.Recognize(t.Context(), mustSighting(t, ann, "t2", 1)); f.Refusal != "" {
			t.Errorf("%s spoils the next one: %q", name, f.Refusal)
		}
	}
}

func TestAnalyse(t *testing.T) {
	e := &squares{}
	w := mustWorker(t, e, newMemoryBus(), newWatch(), recognizer.WorkerConfig{})
	a, err := w.Analyse(t.Context(), mustPNG(t, drawing(640, 400, map[image.Rectangle]color.RGBA{
		image.Rect(10, 10, 110, 110): ann, image.Rect(200, 50, 400, 250): bob, image.Rect(500, 50, 530, 80): cat, image.Rect(500, 200, 600, 300): mask,
	})))
	if err != nil {
		t.Fatal(err)
	}
	if a.Engine != e.ID() || a.Width != 640 || a.Height != 400 || len(a.Faces) != 4 {
		t.Fatalf("%+v", a)
	}
	first := a.Faces[0]
	if first.Box != (menshen.Box{X: 200, Y: 50, W: 200, H: 200}) || first.Descriptor[1] != 250 || first.Refusal != "" || first.Quality.Size != 1 || first.Quality.Pose <= 0.8 {
		t.Errorf("the largest face is %+v", first)
	}
	var refusals []string
	for _, f := range a.Faces[1:] {
		refusals = append(refusals, f.Refusal)
		if (len(f.Descriptor) == 0) != (f.Refusal != "") {
			t.Errorf("%d numbers, refused as %q", len(f.Descriptor), f.Refusal)
		}
	}
	slices.Sort(refusals)
	if !slices.Equal(refusals, []string{"", recognizer.RefusalNoFace, recognizer.RefusalTooSmall}) {
		t.Errorf("refusals %q", refusals)
	}
}

func TestAnalyseMany(t *testing.T) {
	w := mustWorker(t, &squares{}, newMemoryBus(), newWatch(), recognizer.WorkerConfig{})
	crowd := map[image.Rectangle]color.RGBA{}
	for i := range 30 {
		x, y := i%6*100, i/6*100
		crowd[image.Rect(x+5, y+5, x+45+i, y+45+i)] = ann
	}
	a, err := w.Analyse(t.Context(), mustPNG(t, drawing(600, 500, crowd)))
	if err != nil || len(a.Faces) != 20 || a.Faces[0].Box.W != 69 || a.Faces[19].Box.W != 50 {
		t.Errorf("%d faces instead of the 20 largest, error %v", len(a.Faces), err)
	}
	a, err = w.Analyse(t.Context(), mustPNG(t, drawing(600, 500, nil)))
	if err != nil || len(a.Faces) != 0 || a.Width != 600 {
		t.Errorf("an empty picture: %+v, error %v", a, err)
	}
}

func TestAnalyseFails(t *testing.T) {
	e := &squares{}
	w := mustWorker(t, e, newMemoryBus(), newWatch(), recognizer.WorkerConfig{})
	one := func(c color.RGBA) []byte {
		return mustPNG(t, drawing(200, 200, map[image.Rectangle]color.RGBA{image.Rect(50, 50, 150, 150): c}))
	}
	for name, c := range map[string]struct {
		image []byte
		want  menshen.Code
	}{
		"nothing": {nil, menshen.CodeInvalid}, "text": {[]byte("text"), menshen.CodeInvalid},
		"half": {one(ann)[:150], menshen.CodeInvalid}, "broken": {one(broken), menshen.CodeInternal}, "panic": {one(panicked), menshen.CodeInternal},
	} {
		a, err := w.Analyse(t.Context(), c.image)
		if menshen.ErrorCode(err) != c.want || len(a.Faces) > 0 {
			t.Errorf("%s: %d faces, error %v", name, len(a.Faces), err)
		}
		if message, _ := menshen.ErrorMessage(err); bytes.Contains([]byte(message), []byte("goroutine")) {
			t.Errorf("%s: people read %q", name, message)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Analyse(ctx, one(ann)); err == nil {
		t.Error("nobody waits, and still there is an answer")
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Analyse(t.Context(), one(ann)); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("after close: %v", err)
	}
}

func TestWorkerConfig(t *testing.T) {
	if err := (recognizer.WorkerConfig{}).WithDefaults().Validate(); err != nil {
		t.Error(err)
	}
	for _, c := range []recognizer.WorkerConfig{{Workers: -1}, {Backlog: -1}, {Analyses: -1}, {Stall: -1}, {Interval: -1}, {MinFace: -1}} {
		if err := c.WithDefaults().Validate(); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
