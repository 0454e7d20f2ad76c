package mask

import (
	"math"

	"menshen"
	"menshen/recognizer"
)

// shape is a mask on one face, in aligned pixels.
type shape struct {
	look

	left, right float64 // ends on the cheeks
	middle      float64 // the nose's x at the upper edge
	chinX       float64 // the chin's
	eyes        float64 // y of the eyes
	sideAt      float64 // y of the upper edge on the cheeks
	noseAt      float64 // and on the nose
	chinAt      float64 // y of the lower edge
}

// newShape puts a look on a face. A head that is turned shows less of one cheek: the far one ends nearer to the nose, as
// far as the eye is from it.
func newShape(l menshen.Landmarks, k look) shape {
	eyes := (l[0].Y + l[1].Y) / 2
	mouth := menshen.Point{X: (l[3].X + l[4].X) / 2, Y: (l[3].Y + l[4].Y) / 2}
	nose := l[2]
	if mouth.Y < nose.Y+8 {
		mouth.Y = nose.Y + 8
	}
	cheek := func(eye, sign float64) float64 {
		reach := min(max(math.Abs(nose.X-eye), 7), 30)
		return eye + sign*(4+0.95*reach)
	}
	s := shape{
		look: k, left: cheek(l[0].X, -1), right: cheek(l[1].X, 1),
		middle: (l[0].X+l[1].X)/2 + 0.7*(nose.X-(l[0].X+l[1].X)/2), chinX: mouth.X + 0.25*(mouth.X-nose.X), eyes: eyes,
		sideAt: eyes + k.side*(mouth.Y-eyes), noseAt: eyes + k.top*(nose.Y-eyes), chinAt: mouth.Y + k.chin*min(max(mouth.Y-nose.Y, 16), 26),
	}
	centre, half := (s.left+s.right)/2, (s.right-s.left)/2*k.wide
	s.left, s.right = centre-half, centre+half
	return s
}

// extent is the part of the picture that the mask and its bands may touch.
func (s shape) extent(f frame, p recognizer.Picture) (left, top, right, bottom int) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, c := range []menshen.Point{{X: s.left - 14, Y: s.eyes - 4}, {X: s.right + 14, Y: s.eyes - 4}, {X: s.left - 14, Y: s.chinAt + 4}, {X: s.right + 14, Y: s.chinAt + 4}} {
		q := f.from(c)
		x0, y0, x1, y1 = min(x0, q.X), min(y0, q.Y), max(x1, q.X), max(y1, q.Y)
	}
	clamp := func(v float64, high int) int { return int(min(max(v, 0), float64(high))) }
	return clamp(x0, p.Width), clamp(y0, p.Height), clamp(x1+1, p.Width), clamp(y1+1, p.Height)
}

// upper is the y of the upper edge at an x, lower that of the lower edge.
func (s shape) upper(x float64) float64 {
	half := (s.right - s.left) / 2
	return s.sideAt + (s.noseAt-s.sideAt)*math.Exp(-square((x-s.middle)/(half*s.peak)))
}

func (s shape) lower(x float64) float64 {
	half := s.right - s.chinX
	if x < s.chinX {
		half = s.chinX - s.left
	}
	t := min(math.Abs(x-s.chinX)/max(half, 1), 1)
	jaw := s.sideAt + 0.42*(s.chinAt-s.sideAt)
	return jaw + (s.chinAt-jaw)*math.Pow(max(1-math.Pow(t, s.jaw), 0), 1/max(s.jaw, 1.2))
}

// cover is how much of a point the mask hides, 0 … 1, and how far it is inside the edge, negative outside.
func (s shape) cover(p menshen.Point, soft float64) (cover, inside float64) {
	inside = min(p.Y-s.upper(p.X), s.lower(p.X)-p.Y, p.X-s.left, s.right-p.X)
	cover = smoothstep(inside/soft + 0.5)
	if cover < 1 && s.loops {
		if b := s.band(p, soft); b > cover {
			return b, max(inside, 0.1)
		}
	}
	return cover, inside
}

// band is the elastic from the upper corner of the mask to the ear, and from the lower one.
func (s shape) band(p menshen.Point, soft float64) float64 {
	out := max(s.left-p.X, p.X-s.right)
	if out < -2 || out > 12 {
		return 0
	}
	d := math.Abs(p.Y - (s.sideAt + 2 - 0.7*max(out, 0)))
	return smoothstep((1-d)/soft + 0.5)
}

// shadow is what the mask leaves of the light just outside its edge.
func (s shape) shadow(p menshen.Point, inside float64) float64 {
	if inside < -4 || p.X < s.left || p.X > s.right {
		return 1
	}
	return 1 - 0.18*square(1+inside/4)
}

// colour is that of a point of the mask in good light.
func (s shape) colour(p menshen.Point, inside float64) [3]float64 {
	c := s.look.colour
	half := (s.right - s.left) / 2
	across := (p.X - s.middle) / half
	down := (p.Y - s.noseAt) / max(s.chinAt-s.noseAt, 1)
	k := 1 - s.falloff*square(across) - 0.12*max(down-0.55, 0)/0.45
	switch s.weave {
	case pleats:
		t := math.Abs(math.Mod(down*3.4+0.4, 1) - 0.5)
		k -= 0.10*smoothstep(1-t/0.09) - 0.03*smoothstep(1-math.Abs(t-0.15)/0.08)
	case ridge:
		k += 0.08*math.Exp(-square(across/0.05)) - 0.07*math.Exp(-square((math.Abs(across)-0.11)/0.06))
		k -= 0.05 * smoothstep(across) // one side faces the light
	case fold:
		bend := 0.42 + 0.12*square(across)
		k += 0.12*smoothstep((bend-down)/0.25) - 0.14*smoothstep((down-bend)/0.2)
	case stripes:
		t := smoothstep(2*math.Sin(p.X*0.5+p.Y*0.25) + 0.5)
		for i := range 3 {
			c[i] += t * (s.second[i] - c[i])
		}
	case dots:
		u, v := math.Mod(p.X+100, 9)-4.5, math.Mod(p.Y+4.5*math.Mod(math.Floor((p.X+100)/9), 2)+100, 9)-4.5
		if t := smoothstep(2.9 - math.Hypot(u, v)); t > 0 {
			for i := range 3 {
				c[i] += t * (s.second[i] - c[i])
			}
		}
	}
	if inside < 2.5 {
		k += s.border * smoothstep((2.5-inside)/1.5)
	}
	for i := range 3 {
		c[i] *= k
	}
	return c
}
