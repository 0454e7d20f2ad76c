package mask_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/mask"
)

// face draws a face of ovals, eyes 40·k apart, at (x, y): skin, eyes, brows, nose, mouth. It is nobody's.
func face(side int, x, y, k float64) (recognizer.Picture, menshen.Landmarks) {
	p := recognizer.Picture{Width: side, Height: side, Pix: bytes.Repeat([]byte{90, 90, 90}, side*side)}
	oval := func(cx, cy, w, h float64, bgr [3]byte) {
		for py := range side {
			for px := range side {
				if u, v := (float64(px)-x-cx*k)/(w*k), (float64(py)-y-cy*k)/(h*k); u*u+v*v < 1 {
					copy(p.Pix[3*(py*side+px):], bgr[:])
				}
			}
		}
	}
	oval(0, 22, 44, 62, [3]byte{130, 160, 205})
	for _, s := range []float64{-1, 1} {
		oval(s*20, 0, 8, 4, [3]byte{40, 45, 60})
		oval(s*20, -11, 11, 2.5, [3]byte{40, 50, 70})
		oval(s*6, 28, 3, 2, [3]byte{70, 90, 130})
	}
	oval(0, 20, 4, 8, [3]byte{150, 180, 225})
	oval(0, 46, 16, 5, [3]byte{90, 90, 190})
	oval(0, 46, 15, 1.2, [3]byte{40, 40, 90})
	at := func(u, v float64) menshen.Point { return menshen.Point{X: x + u*k, Y: y + v*k} }
	return p, menshen.Landmarks{at(-20, 0), at(20, 0), at(0, 23), at(-16.5, 46), at(16.5, 46)}
}

func TestKinds(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range append(mask.Enrolment(), mask.HeldOut()...) {
		if name := k.String(); name == "" || seen[name] {
			t.Errorf("the name %q is empty or there twice", name)
		}
		seen[k.String()] = true
	}
	if len(mask.Enrolment()) < 4 || len(mask.HeldOut()) < 4 || mask.Kind(200).String() != "unknown" {
		t.Errorf("%d kinds for enrolment, %d held out", len(mask.Enrolment()), len(mask.HeldOut()))
	}
}

// TestDraw: the mouth is hidden, the eyes and what is around the head stay as they are, at any size.
func TestDraw(t *testing.T) {
	for _, k := range []float64{0.5, 1, 3} {
		p, l := face(int(200*k), 100*k, 80*k, k)
		before := slices.Clone(p.Pix)
		for _, kind := range append(mask.Enrolment(), mask.HeldOut()...) {
			for _, seed := range []uint64{0, 7} {
				q := mask.Draw(p, l, kind, seed)
				if !q.Valid() || q.Width != p.Width || !bytes.Equal(before, p.Pix) {
					t.Fatal("the picture was changed, or is another one")
				}
				mouth, eye := changed(p, q, menshen.Point{X: 100 * k, Y: 126 * k}), changed(p, q, l[0])
				if mouth < 20 || eye > 0 || changed(p, q, menshen.Point{X: 3, Y: 3}) > 0 {
					t.Errorf("%s at %g: the mouth changes by %.0f, the eye by %.0f", kind, k, mouth, eye)
				}
				if again := mask.Draw(p, l, kind, seed); !bytes.Equal(again.Pix, q.Pix) {
					t.Errorf("%s: the same arguments give other pixels", kind)
				}
			}
			if bytes.Equal(mask.Draw(p, l, kind, 1).Pix, mask.Draw(p, l, kind, 2).Pix) {
				t.Errorf("%s: the seed changes nothing", kind)
			}
		}
	}
}

func changed(p, q recognizer.Picture, at menshen.Point) float64 {
	i, sum := 3*(int(at.Y)*p.Width+int(at.X)), 0.0
	for c := range 3 {
		sum += math.Abs(float64(p.Pix[i+c]) - float64(q.Pix[i+c]))
	}
	return sum
}

// TestBadInput: no panic, no mask, not covered.
func TestBadInput(t *testing.T) {
	p, l := face(200, 100, 80, 1)
	nan := l
	nan[2].X = math.NaN()
	far := l
	for i := range far {
		far[i].X += 5000
	}
	huge := menshen.Landmarks{{X: -1e9}, {X: 1e9}, {Y: 1e9}, {X: -1e9, Y: 2e9}, {X: 1e9, Y: 2e9}}
	for name, bad := range map[string]menshen.Landmarks{"one point": {}, "not a number": nan, "outside": far, "huge": huge} {
		q := mask.Draw(p, bad, mask.KN95, 1)
		if !q.Valid() {
			t.Errorf("%s: no picture", name)
		}
		if c := mask.Covered(p, bad); math.IsNaN(c) || c < 0 || c > 1 {
			t.Errorf("%s: covered %g", name, c)
		}
	}
	if c := mask.Covered(recognizer.Picture{}, l); c != 0 {
		t.Errorf("no picture is covered by %g", c)
	}
	if q := mask.Draw(recognizer.Picture{Width: 9, Height: 9}, l, mask.KN95, 0); q.Valid() {
		t.Error("a picture without pixels has some")
	}
	one := recognizer.Picture{Width: 1, Height: 1, Pix: []byte{1, 2, 3}}
	if q := mask.Draw(one, l, mask.KN95, 0); !q.Valid() || mask.Covered(one, l) > 1 {
		t.Error("a picture of one pixel")
	}
}

// TestCovered has drawn faces only, which no model for real ones can be right about when they are bare; package opencv tests
// it on photographs.
func TestCovered(t *testing.T) {
	p, l := face(200, 100, 80, 1)
	for _, k := range mask.Enrolment() {
		if c := mask.Covered(mask.Draw(p, l, k, 0), l); c < 0.5 {
			t.Errorf("%s: covered %.2f", k, c)
		}
	}
}

func TestPictures(t *testing.T) {
	p, l := face(200, 100, 80, 1)
	if all := mask.Pictures(p, l); len(all) != len(mask.Enrolment()) {
		t.Errorf("%d pictures", len(all))
	}
}

func BenchmarkCovered(b *testing.B) {
	p, l := face(600, 300, 240, 3)
	b.ReportAllocs()
	for b.Loop() {
		mask.Covered(p, l)
	}
}

func BenchmarkDraw(b *testing.B) {
	p, l := face(400, 200, 160, 2)
	for b.Loop() {
		mask.Draw(p, l, mask.SurgicalBlue, 0)
	}
}

func TestMasks(t *testing.T) {
	p, l := face(200, 100, 80, 1)
	measured := menshen.EngineID{Name: "opencv", ModelHash: "793362600dda59069b6dee06d3adb3461de37e14784442a0a5a54e4a69e1d57c", Dim: 128, Metric: menshen.MetricEuclidean}
	other := measured
	other.ModelHash = "00"
	for id, want := range map[menshen.EngineID]int{measured: len(mask.Enrolment()), other: 0} {
		m := mask.For(id)
		if got := len(m.Drawn(p, l)); got != want {
			t.Errorf("%s: %d masks drawn instead of %d", id, got, want)
		}
		if m.Covered(p, l) != (mask.Covered(p, l) >= 0.5) {
			t.Errorf("%s does not find covered faces as the package does", id)
		}
	}
}
