package mask

import (
	"math"

	"menshen"
	"menshen/recognizer"
)

// frame is the similarity from a picture to the aligned face of 112×112 pixels, in which everything here is measured,
// whatever the picture and the engine.
type frame struct{ a, b, dx, dy float64 }

// align fits the five points. ok is false where they make no face.
func align(l menshen.Landmarks) (f frame, ok bool) {
	t, ok := recognizer.Align(l)
	if s := math.Hypot(t.A, t.B); !ok || !(s > 1e-3 && s < 1e3) {
		return f, false
	}
	return frame{a: t.A, b: t.B, dx: t.DX, dy: t.DY}, true
}

// to gives the aligned place of a point of the picture.
func (f frame) to(p menshen.Point) menshen.Point {
	return menshen.Point{X: f.a*p.X - f.b*p.Y + f.dx, Y: f.b*p.X + f.a*p.Y + f.dy}
}

// from gives the place in the picture of an aligned point.
func (f frame) from(p menshen.Point) menshen.Point {
	n := f.a*f.a + f.b*f.b
	x, y := p.X-f.dx, p.Y-f.dy
	return menshen.Point{X: (f.a*x + f.b*y) / n, Y: (f.a*y - f.b*x) / n}
}

// scale is how many aligned pixels one of the picture makes.
func (f frame) scale() float64 { return math.Hypot(f.a, f.b) }

// points gives the aligned places of the five points.
func (f frame) points(l menshen.Landmarks) menshen.Landmarks {
	for i, p := range l {
		l[i] = f.to(p)
	}
	return l
}
