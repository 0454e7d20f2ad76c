package recognizer

import (
	"math"

	"menshen"
)

// AlignedSide is the side in pixels of the aligned face that SFace and MobileFaceNet look at.
const AlignedSide = 112

// AlignedPoints gives where the five points lie in an aligned face: the template of ArcFace (Deng et al. 2019), which
// SFace and MobileFaceNet share. The eyes are 35 apart, the nose ends at 72, the mouth lies at 92.
func AlignedPoints() menshen.Landmarks {
	return menshen.Landmarks{
		{X: 38.2946, Y: 51.6963}, {X: 73.5318, Y: 51.5014}, {X: 56.0252, Y: 71.7366}, {X: 41.5493, Y: 92.3655}, {X: 70.7299, Y: 92.2041},
	}
}

// Similarity is a rotation, uniform scale and shift of the plane: (x, y) goes to (A·x − B·y + DX, B·x + A·y + DY).
type Similarity struct{ A, B, DX, DY float64 }

// Align gives the similarity that takes the five points of a face nearest to AlignedPoints, by least squares (Umeyama 1991,
// in two dimensions and without reflection). ok is false where the points are all one.
func Align(p menshen.Landmarks) (s Similarity, ok bool) {
	q := AlignedPoints()
	var pm, qm menshen.Point
	for i := range p {
		pm.X += p[i].X / 5
		pm.Y += p[i].Y / 5
		qm.X += q[i].X / 5
		qm.Y += q[i].Y / 5
	}
	var n, a, b float64
	for i := range p {
		px, py, qx, qy := p[i].X-pm.X, p[i].Y-pm.Y, q[i].X-qm.X, q[i].Y-qm.Y
		n += px*px + py*py
		a += px*qx + py*qy
		b += px*qy - py*qx
	}
	if !(n > 1) || math.IsInf(n, 0) {
		return s, false
	}
	a, b = a/n, b/n
	if math.Hypot(a, b) < 1e-6 {
		return s, false
	}
	return Similarity{A: a, B: b, DX: qm.X - a*pm.X + b*pm.Y, DY: qm.Y - b*pm.X - a*pm.Y}, true
}
