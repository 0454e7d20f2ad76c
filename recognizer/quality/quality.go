// Package quality measures how good a picture of a face is for recognition, in the spirit of ISO/IEC 29794-5: size,
// sharpness, pose and light. It owns the formulas; what is good enough for a purpose is for who has the purpose to say.
// It decodes nothing and finds no faces. Plain Go on pixels; every function is safe for concurrent use.
package quality

import (
	"math"

	"menshen"
)

// View is a picture in memory: 8 bits a channel, blue, green, red, Stride bytes from row to row.
type View struct {
	Pix           []byte
	Width, Height int
	Stride        int
}

// side is how many samples across a face the pixel measures use: enough to tell sharp from blurred at the size that
// the networks look at (112 pixels with a margin), few enough to cost microseconds.
const side = 64

// Measure gives the quality of a detected face.
func Measure(v View, d menshen.Detection) menshen.Quality {
	grey, inside := sample(v, d.Box)
	q := menshen.Quality{Size: size(d.Landmarks), Pose: Pose(d.Landmarks)}
	if inside < 0.5 {
		return q
	}
	q.Sharpness = sharpness(grey)
	q.Light = light(grey)
	return q
}

// size is linear in the distance between the eyes, 1 from 60 px on (ISO/IEC 19794-5 asks for 90 px in documents; the
// networks here look at 35).
func size(l menshen.Landmarks) float64 { return share(min(l.EyeDistance()/60, 1)) }

// share makes 0 of what is no number.
func share(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// Pose is 1 for a face that looks into the camera and falls with yaw and pitch. For a frontal face the nose lies
// midway between the eyes along their line, and about half way from the eyes to the mouth across it; both ratios move
// nearly linearly with the angle (about 0.5 of the eye distance at 45° of yaw).
func Pose(l menshen.Landmarks) float64 {
	eyes := l.EyeDistance()
	if !(eyes >= 1) {
		return 0
	}
	ux, uy := (l[1].X-l[0].X)/eyes, (l[1].Y-l[0].Y)/eyes // along the eyes
	mx, my := (l[0].X+l[1].X)/2, (l[0].Y+l[1].Y)/2
	yaw := ((l[2].X-mx)*ux + (l[2].Y-my)*uy) / eyes
	across := func(p menshen.Point) float64 { return -(p.X-mx)*uy + (p.Y-my)*ux }
	mouth := across(menshen.Point{X: (l[3].X + l[4].X) / 2, Y: (l[3].Y + l[4].Y) / 2})
	if mouth <= 0 {
		return 0 // upside down, or no face
	}
	pitch := across(l[2])/mouth - 0.55
	return share(math.Exp(-square(yaw/0.30) - square(pitch/0.30)))
}

func square(x float64) float64 { return x * x }

// sample reads the box into side×side grey values by averaging a small patch a sample, and says which share of it lies
// inside the picture.
func sample(v View, b menshen.Box) (grey [side * side]float64, inside float64) {
	n := 0
	taps := max(1, min(4, int(b.W/side))) // average when shrinking, or noise would look like detail
	for y := range side {
		for x := range side {
			sum, cnt := 0.0, 0
			for ty := range taps {
				for tx := range taps {
					px := int(b.X + (float64(x)+(float64(tx)+0.5)/float64(taps))*b.W/side)
					py := int(b.Y + (float64(y)+(float64(ty)+0.5)/float64(taps))*b.H/side)
					if px < 0 || py < 0 || px >= v.Width || py >= v.Height {
						continue
					}
					i := py*v.Stride + 3*px
					sum += 0.114*float64(v.Pix[i]) + 0.587*float64(v.Pix[i+1]) + 0.299*float64(v.Pix[i+2])
					cnt++
				}
			}
			if cnt > 0 {
				grey[y*side+x] = sum / float64(cnt)
				n++
			}
		}
	}
	return grey, float64(n) / (side * side)
}

// sharpness is the energy of the Laplacian against the variance of the face, so that contrast does not count twice. Of
// portraits of 90 px the ratio is about 0.15 … 0.6; after a Gaussian blur of sigma 3 px it falls below 0.03.
func sharpness(g [side * side]float64) float64 {
	_, sd := moments(g)
	if sd < 2 {
		return 0
	}
	e, n := 0.0, 0
	for y := 1; y < side-1; y++ {
		for x := 1; x < side-1; x++ {
			i := y*side + x
			e += square(4*g[i] - g[i-1] - g[i+1] - g[i-side] - g[i+side])
			n++
		}
	}
	return min(math.Sqrt(e/float64(n)/(sd*sd)/fullySharp), 1)
}

// fullySharp is the ratio from which a face counts as fully sharp.
const fullySharp = 0.20

// light is 1 for a mean brightness of 70 … 190 and a standard deviation of 25 or more, falling outside.
func light(g [side * side]float64) float64 {
	mean, sd := moments(g)
	score := min(sd/25, 1)
	if mean < 70 {
		score *= max(mean-10, 0) / 60
	} else if mean > 190 {
		score *= max(250-mean, 0) / 60
	}
	return score
}

func moments(g [side * side]float64) (mean, sd float64) {
	for _, v := range g {
		mean += v
	}
	mean /= side * side
	for _, v := range g {
		sd += square(v - mean)
	}
	return mean, math.Sqrt(sd / (side * side))
}
