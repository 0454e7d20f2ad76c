// Package region is the part of a camera's picture in which faces count. It owns the check of a configured region and
// the question whether a point lies in it; no native code, so that the hub checks configurations with it.
package region

import (
	"math"

	"menshen"
)

// Region is a part of a picture, in shares of its width and height: (0, 0) is the upper left corner, (1, 1) the lower
// right. No points are the whole picture, two are opposite corners of a rectangle, three to 64 a polygon (even-odd
// rule, closed by itself).
type Region []menshen.Point

const (
	op        = "camera.region"
	maxPoints = 64
)

// Validate checks the number and the range of the points, and that they enclose something.
func (r Region) Validate() error {
	if len(r) == 0 {
		return nil
	}
	if len(r) == 1 || len(r) > maxPoints {
		return menshen.Errorf(menshen.CodeInvalid, op, "a region of %d points is not usable", len(r)).
			WithHint("give two opposite corners of a rectangle, or 3 to %d corners of a polygon, or leave the region out", maxPoints)
	}
	for i, p := range r {
		if !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) {
			return menshen.Errorf(menshen.CodeInvalid, op, "point %d of the region, (%g, %g), lies outside the picture", i+1, p.X, p.Y).
				WithHint("coordinates are shares of the picture's width and height, from 0 to 1")
		}
	}
	if r.area() < 1e-4 {
		return menshen.Errorf(menshen.CodeInvalid, op, "the region encloses nothing").
			WithHint("give corners that are not all on one line")
	}
	return nil
}

// area is the size of a rectangle or, by the shoelace formula, of a polygon.
func (r Region) area() float64 {
	if len(r) == 2 {
		return math.Abs((r[1].X - r[0].X) * (r[1].Y - r[0].Y))
	}
	sum := 0.0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += p.X*q.Y - q.X*p.Y
	}
	return math.Abs(sum) / 2
}

// Contains reports whether a point in shares of the picture lies in the region.
func (r Region) Contains(p menshen.Point) bool {
	switch len(r) {
	case 0:
		return true
	case 2:
		return p.X >= min(r[0].X, r[1].X) && p.X <= max(r[0].X, r[1].X) && p.Y >= min(r[0].Y, r[1].Y) && p.Y <= max(r[0].Y, r[1].Y)
	}
	in := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if (a.Y > p.Y) != (b.Y > p.Y) && p.X < a.X+(p.Y-a.Y)/(b.Y-a.Y)*(b.X-a.X) {
			in = !in
		}
	}
	return in
}
