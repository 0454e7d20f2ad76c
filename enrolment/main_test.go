package enrolment_test

import (
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
	"menshen/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var synthetic = menshen.EngineID{Name: "synthetic", ModelHash: "00", Dim: 16, Metric: menshen.MetricEuclidean}

// drawing is a picture that the drawn analyser reads: faces with a known identity and quality, so that every rule can
// be met on purpose.
type drawing struct {
	Faces []drawnFace
	Note  string // makes pictures different that show the same
}

type drawnFace struct {
	Who                int     // identity
	Variant            int     // pictures of one identity are about 0.4 apart
	Width              float64 // pixels; 100 if 0
	X                  float64 // of the middle, from that of the picture
	Eyes               float64 // pixels; 40 if 0
	Sharp, Pose, Light float64 // 1 if 0
	NoTemplate         bool
	Masked             bool
	Drawn              int // descriptors under drawn masks
}

func draw(faces ...drawnFace) []byte { return drawing{Faces: faces}.bytes() }

func (d drawing) bytes() []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return b
}

// drawn analyses drawings. It stands in for the recognizer where a rule needs a face of exactly some kind; faces_test.go
// has the real one.
type drawn struct {
	fail  error
	calls atomic.Int64
}

func (a *drawn) Analyse(_ context.Context, data []byte) (menshen.Analysis, error) {
	a.calls.Add(1)
	if a.fail != nil {
		return menshen.Analysis{}, a.fail
	}
	var d drawing
	if json.Unmarshal(data, &d) != nil {
		return menshen.Analysis{}, menshen.Errorf(menshen.CodeInvalid, "drawn", "no picture")
	}
	out := menshen.Analysis{Engine: synthetic, Width: 400, Height: 400}
	or := func(v, d float64) float64 {
		if v == 0 {
			return d
		}
		return v
	}
	for _, f := range d.Faces {
		w, eyes := or(f.Width, 100), or(f.Eyes, 40)
		a := menshen.AnalysedFace{Quality: menshen.Quality{Size: eyes / 60, Sharpness: or(f.Sharp, 1), Pose: or(f.Pose, 1), Light: or(f.Light, 1)}}
		a.Box = menshen.Box{X: 200 + f.X - w/2, Y: 200 - w/2, W: w, H: w}
		a.Landmarks[1].X = eyes
		if !f.NoTemplate {
			a.Descriptor = face(f.Who, f.Variant)
			a.Masked = f.Masked
			for i := range f.Drawn {
				a.Drawn = append(a.Drawn, face(f.Who, f.Variant+1+i))
			}
		}
		out.Faces = append(out.Faces, a)
	}
	return out, nil
}

// face gives a unit descriptor: identities are √2 apart, variants of one about 0.4.
func face(who, variant int) menshen.Descriptor {
	d := make(menshen.Descriptor, synthetic.Dim)
	d[who%8] = float32(math.Sqrt(1 - 0.08))
	d[8+variant%8] = float32(math.Sqrt(0.08))
	return d
}

// house is an Enroller with a real registry and a real gallery.
type house struct {
	*enrolment.Enroller
	analyser *drawn
	registry *sqlite.Site
	gallery  *gallery.Gallery
}

var today = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func now() time.Time { return today }

func MustRegistry(tb testing.TB) *sqlite.Site {
	tb.Helper()
	r, err := sqlite.Open(context.Background(), filepath.Join(tb.TempDir(), "site.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

// everybody consents, but for some.
type consents struct{ without map[string]bool }

func (c *consents) Consented(_ context.Context, person string) error {
	if c.without[person] {
		return menshen.Errorf(menshen.CodeMissing, "test", "no consent")
	}
	return nil
}

// signed keeps a consent.
func signed(context.Context, string) error { return nil }

func config() enrolment.Config {
	return enrolment.Config{Engine: synthetic, Known: 1.0, Consents: &consents{}}
}

func MustHouse(tb testing.TB) *house {
	tb.Helper()
	h := &house{analyser: &drawn{}, registry: MustRegistry(tb), gallery: gallery.New(synthetic)}
	h.Enroller = MustEnroller(tb, h.analyser, h.registry, h.gallery)
	return h
}

func MustEnroller(tb testing.TB, a enrolment.Analyser, r enrolment.Registry, g enrolment.Gallery) *enrolment.Enroller {
	tb.Helper()
	e, err := enrolment.New(a, r, g, now, config())
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func MustDwelling(tb testing.TB, s string) menshen.Dwelling {
	tb.Helper()
	d, err := menshen.ParseDwelling(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// request asks for a person of a name with pictures.
func request(tb testing.TB, name string, pictures ...[]byte) enrolment.Request {
	tb.Helper()
	r := enrolment.Request{Name: name, Dwelling: MustDwelling(tb, "3-2-14-1402"), Consent: signed}
	for i, p := range pictures {
		r.Photos = append(r.Photos, enrolment.Photo{Name: string(rune('a'+i)) + ".jpg", Data: p})
	}
	return r
}

// inStep checks how many people and templates registry and gallery have.
func (h *house) inStep(tb testing.TB, people, templates int) {
	tb.Helper()
	n, stored := 0, 0
	for _, err := range h.registry.People(tb.Context()) {
		if err != nil {
			tb.Fatal(err)
		}
		n++
	}
	for _, err := range h.registry.Templates(tb.Context(), synthetic) {
		if err != nil {
			tb.Fatal(err)
		}
		stored++
	}
	if n != people || stored != templates || h.gallery.Len() != templates {
		tb.Errorf("registry has %d people and %d templates, gallery %d templates; want %d and %d", n, stored, h.gallery.Len(), people, templates)
	}
}

func codes(r enrolment.Result) []enrolment.Code {
	var c []enrolment.Code
	for _, p := range r.Photos {
		c = append(c, p.Code)
	}
	return c
}
