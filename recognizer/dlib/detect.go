package dlib

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"

	face "github.com/Kagami/go-face"

	"menshen"
	"menshen/recognizer"
)

const (
	longest  = 1600 // side of the picture that the detector looks at; a photograph of 1600×1200 takes about 0.3 s
	enlarged = 2.0  // where it finds nothing, it looks again so much larger, for faces of 40 to 80 pixels
)

// Detect implements recognizer.Engine. The boxes are squares from the brows to the chin, in steps of 20 % of their size;
// the score is always 1, go-face does not tell it. Faces smaller than 80 pixels (in a picture larger than 1600 pixels:
// in a copy of 1600) are found only where there is no larger one, those smaller than 40 not at all.
func (e *Engine) Detect(ctx context.Context, p recognizer.Picture) ([]menshen.Detection, error) {
	const op = "dlib.detect"
	if !p.Valid() {
		return nil, invalidPicture(op)
	}
	fit := longest / float64(max(p.Width, p.Height))
	found, err := e.detect(ctx, op, p, min(fit, 1))
	if err != nil || len(found) > 0 || fit <= 1 {
		return found, err
	}
	return e.detect(ctx, op, p, min(fit, enlarged))
}

func (e *Engine) detect(ctx context.Context, op string, p recognizer.Picture, k float64) ([]menshen.Detection, error) {
	looked := p
	w, h := max(1, int(float64(p.Width)*k)), max(1, int(float64(p.Height)*k))
	switch {
	case k < 1:
		looked = shrink(p, w, h)
	case k > 1:
		looked = resample(p, w, h, affine{a: 1 / k, x: 0.5/k - 0.5, y: 0.5/k - 0.5})
	}
	faces, err := e.recognize(ctx, op, looked)
	if err != nil {
		return nil, err
	}
	found := make([]menshen.Detection, 0, len(faces))
	for _, f := range faces {
		d := menshen.Detection{Box: box(f.Rectangle), Score: 1}
		var ok bool
		if d.Landmarks, ok = landmarks(f); ok {
			found = append(found, d.Scaled(1/k, menshen.Point{}))
		}
	}
	slices.SortStableFunc(found, func(a, b menshen.Detection) int { return cmp.Compare(b.Box.W*b.Box.H, a.Box.W*a.Box.H) })
	return found, nil
}

// box makes a box of dlib's rectangle, whose right and lower borders belong to it.
func box(r image.Rectangle) menshen.Box {
	return menshen.Box{X: float64(r.Min.X), Y: float64(r.Min.Y), W: float64(r.Dx() + 1), H: float64(r.Dy() + 1)}
}

// Where nose and mouth lie, as shares of the way from the middle of the eyes to the base of the nose: down, and to the
// side when the head is turned, where the mouth moves less than the nose, which sticks out. And how far the corners of the
// mouth are from its middle, as a share of the eyes' distance. Averages of frontal faces.
const (
	noseTip   = 0.75
	mouthDown = 1.36
	mouthSide = 0.4
	mouthHalf = 0.41
)

// landmarks makes our five points of dlib's five: the two corners of the eye at the image's right (outer, inner), the
// two of the eye at its left, and the base of the nose. The eyes are the middles of their corners. The tip of the nose
// and the corners of the mouth are not observed but put where the eyes and the base of the nose let expect them. So yaw
// and roll show in these points and pitch does not: quality.Pose takes every such face as level.
func landmarks(f face.Face) (l menshen.Landmarks, ok bool) {
	if len(f.Shapes) != 5 {
		return l, false
	}
	s := make([]menshen.Point, 5)
	for i, p := range f.Shapes {
		s[i] = menshen.Point{X: float64(p.X), Y: float64(p.Y)}
	}
	l[0], l[1] = between(s[2], s[3], 0.5), between(s[0], s[1], 0.5)
	eyes := l.EyeDistance()
	if !(eyes >= 1) || math.IsInf(eyes, 0) {
		return l, false
	}
	middle := between(l[0], l[1], 0.5)
	l[2] = between(middle, s[4], noseTip)
	ux, uy := (l[1].X-l[0].X)/eyes, (l[1].Y-l[0].Y)/eyes // along the eyes; across them is (−uy, ux)
	dx, dy := s[4].X-middle.X, s[4].Y-middle.Y
	side, down := mouthSide*(dx*ux+dy*uy), mouthDown*(dy*ux-dx*uy)
	corner := func(half float64) menshen.Point {
		return menshen.Point{X: middle.X + (side+half)*ux - down*uy, Y: middle.Y + (side+half)*uy + down*ux}
	}
	l[3], l[4] = corner(-mouthHalf*eyes), corner(mouthHalf*eyes)
	return l, true
}

// between is a for t = 0, b for t = 1, and on the line through them for any other t.
func between(a, b menshen.Point, t float64) menshen.Point {
	return menshen.Point{X: a.X + (b.X-a.X)*t, Y: a.Y + (b.Y-a.Y)*t}
}
