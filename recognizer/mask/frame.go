package mask

import (
	"math"

	"menshen"
)

// Everything here is measured in the aligned face of 112×112 pixels that SFace and MobileFaceNet look at (template of
// ArcFace, Deng et al. 2019), whatever the picture and the engine: the eyes are 35 apart, the nose ends at 72, the mouth
// lies at 92.
var alignedPoints = menshen.Landmarks{
	{X: 38.2946, Y: 51.6963}, {X: 73.5318, Y: 51.5014}, {X: 56.0252, Y: 71.7366}, {X: 41.5493, Y: 92.3655}, {X: 70.7299, Y: 92.2041},
}

// frame is the similarity from a picture to the aligned face: (x, y) goes to (a·x − b·y + dx, b·x + a·y + dy).
type frame struct{ a, b, dx, dy float64 }

// align fits the five points by least squares (Umeyama 1991, two dimensions). ok is false where they make no face.
func align(l menshen.Landmarks) (f frame, ok bool) {
	var pm, qm menshen.Point
	for i := range l {
		pm.X += l[i].X / 5
		pm.Y += l[i].Y / 5
		qm.X += alignedPoints[i].X / 5
		qm.Y += alignedPoints[i].Y / 5
	}
	var n, a, b float64
	for i := range l {
		px, py, qx, qy := l[i].X-pm.X, l[i].Y-pm.Y, alignedPoints[i].X-qm.X, alignedPoints[i].Y-qm.Y
		n += px*px + py*py
		a += px*qx + py*qy
		b += px*qy - py*qx
	}
	a, b = a/n, b/n
	if s := math.Hypot(a, b); !(n > 1) || math.IsInf(n, 0) || !(s > 1e-3 && s < 1e3) {
		return f, false
	}
	return frame{a: a, b: b, dx: qm.X - a*pm.X + b*pm.Y, dy: qm.Y - b*pm.X - a*pm.Y}, true
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
