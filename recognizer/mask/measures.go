package mask

import (
	"math"
	"slices"

	"menshen"
	"menshen/recognizer"
)

// Measures are what Covered looks at, each about −3 … 3. They compare the lower face with the upper one, so that skin,
// light and camera cancel out; those of colour say nothing in a grey picture, those of structure then still do.
type Measures [measures]float64

const measures = 15

// MeasureNames are for reports, in order.
var MeasureNames = [measures]string{
	"hue differs", "less red", "brighter or darker", "no lips", "no line of the mouth", "no wings of the nose",
	"little across", "little along", "edge of brightness", "edge of hue", "uneven hue",
	"unlike a lower face", "across, unusual", "along, unusual", "unexplained",
}

// gridSide is how many cells across and down the aligned face is looked at, 4 aligned pixels each.
const gridSide = 28

// cells are the face in few values: brightness 0 … 255, and the logarithms of red and blue against green, which light
// hardly changes.
type cells struct {
	y, r, b [gridSide][gridSide]float64
}

// lookAt averages four taps a cell. What lies outside the picture is as its border.
func lookAt(p recognizer.Picture, f frame) *cells {
	var c cells
	for v := range gridSide {
		for u := range gridSide {
			var sum [3]float64
			for t := range 4 {
				q := f.from(menshen.Point{X: 4*float64(u) + 1 + 2*float64(t%2), Y: 4*float64(v) + 1 + 2*float64(t/2)})
				x, y := min(max(int(q.X), 0), p.Width-1), min(max(int(q.Y), 0), p.Height-1)
				i := 3 * (y*p.Width + x)
				for k := range 3 {
					sum[k] += float64(p.Pix[i+k]) / 4
				}
			}
			c.y[v][u] = 0.114*sum[0] + 0.587*sum[1] + 0.299*sum[2]
			// Dark cells have no hue to speak of: the constant draws them to grey.
			c.r[v][u] = math.Log((sum[2] + 12) / (sum[1] + 12))
			c.b[v][u] = math.Log((sum[0] + 12) / (sum[1] + 12))
		}
	}
	return &c
}

// zone is a rectangle of cells, from included, to not.
type zone struct{ u0, v0, u1, v1 int }

var (
	lower     = zone{9, 19, 19, 26}  // mouth and chin
	wholeLow  = zone{7, 17, 21, 27}  // all that a mask hides
	upperFace = zone{7, 8, 21, 15}   // brows and eyes
	bridge    = zone{12, 10, 16, 14} // between the eyes
	leftEye   = zone{6, 14, 10, 16}  // the skin below the eyes
	rightEye  = zone{18, 14, 22, 16}
	lips      = zone{11, 22, 17, 24}
	lipsAbove = zone{11, 19, 17, 21}
	chin      = zone{11, 25, 17, 27}
	noseTip   = zone{13, 16, 15, 18}
	wingLeft  = zone{10, 17, 12, 20}
	wingRight = zone{16, 17, 18, 20}
)

func (z zone) values(of *[gridSide][gridSide]float64, all []float64) []float64 {
	for v := z.v0; v < z.v1; v++ {
		all = append(all, of[v][z.u0:z.u1]...)
	}
	return all
}

func (z zone) mean(of *[gridSide][gridSide]float64) float64 {
	sum := 0.0
	for v := z.v0; v < z.v1; v++ {
		for u := z.u0; u < z.u1; u++ {
			sum += of[v][u]
		}
	}
	return sum / float64((z.u1-z.u0)*(z.v1-z.v0))
}

// median of several zones together: what is most there, not what lies across it.
func median(of *[gridSide][gridSide]float64, zones ...zone) float64 {
	all := make([]float64, 0, 96)
	for _, z := range zones {
		all = z.values(of, all)
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// spread is the mean distance from the median.
func spread(of *[gridSide][gridSide]float64, z zone) float64 {
	m, sum := median(of, z), 0.0
	all := z.values(of, make([]float64, 0, 96))
	for _, v := range all {
		sum += math.Abs(v - m)
	}
	return sum / float64(len(all))
}

// gradients are the mean steps from cell to cell, downwards and to the side.
func (z zone) gradients(of *[gridSide][gridSide]float64) (down, along float64) {
	for v := z.v0; v < z.v1-1; v++ {
		for u := z.u0; u < z.u1-1; u++ {
			down += math.Abs(of[v+1][u] - of[v][u])
			along += math.Abs(of[v][u+1] - of[v][u])
		}
	}
	n := float64((z.u1 - z.u0 - 1) * (z.v1 - z.v0 - 1))
	return down / n, along / n
}

// step is the largest difference between two rows above and two below a line across the cheeks and the nose.
func (c *cells) step(of *[gridSide][gridSide]float64) float64 {
	row := func(v int) float64 {
		return zone{8, v, 20, v + 1}.mean(of)
	}
	best := 0.0
	for v := 14; v <= 19; v++ {
		best = max(best, math.Abs((row(v)+row(v+1))-(row(v-1)+row(v-2)))/2)
	}
	return best
}

// Measure takes the measures of a face in a picture. ok is false where the points make no face.
func Measure(p recognizer.Picture, l menshen.Landmarks) (m Measures, ok bool) {
	f, ok := align(l)
	if !ok || !p.Valid() {
		return m, false
	}
	c := lookAt(p, f)
	skinR, skinB := median(&c.r, bridge, leftEye, rightEye), median(&c.b, bridge, leftEye, rightEye)
	lowR, lowB := median(&c.r, lower), median(&c.b, lower)
	skinY, lowY := median(&c.y, bridge, leftEye, rightEye), median(&c.y, lower)
	contrast := spread(&c.y, upperFace) + 2 // of brows and eyes: what this light and this camera make of structure
	down, along := wholeLow.gradients(&c.y)
	downUp, alongUp := upperFace.gradients(&c.y)
	like, strength := likeness(&c.y)
	across, lengthwise := -math.Log((down+0.5)/(downUp+0.5)), -math.Log((along+0.5)/(alongUp+0.5))
	m = Measures{
		5 * math.Hypot(lowR-skinR, lowB-skinB),
		5 * (skinR - lowR),
		2 * math.Abs(math.Log((lowY+8)/(skinY+8))),
		-15 * (lips.mean(&c.r) - (lipsAbove.mean(&c.r)+chin.mean(&c.r))/2),
		(lips.mean(&c.y) - (lipsAbove.mean(&c.y)+chin.mean(&c.y))/2) / contrast,
		-(noseTip.mean(&c.y) - (wingLeft.mean(&c.y)+wingRight.mean(&c.y))/2) / contrast,
		across,
		lengthwise,
		c.step(&c.y) / contrast,
		5 * (c.step(&c.r) + c.step(&c.b)),
		5 * (spread(&c.r, wholeLow) - spread(&c.r, upperFace)),
		3 * (1 - like),
		square(across - usualAcross),
		square(lengthwise - usualAlong),
		strength / contrast * (1 - max(like, 0)),
	}
	for i, v := range m {
		m[i] = min(max(v, -4), 4)
	}
	return m, true
}

// The lower face as a patch of brightness, from the tip of the nose to the chin.
const (
	patchLeft, patchTop  = 8, 16
	patchWide, patchHigh = 12, 10
	patchHalf            = patchWide / 2
	patchFloor           = 20.0 // length of a patch below which there is nothing in it but noise
)

// Patch is the brightness of the lower face less its mean, row by row.
type Patch [patchWide * patchHigh]float64

// patchAt takes the patch shifted by some cells, and its length.
func patchAt(of *[gridSide][gridSide]float64, du, dv int) (p Patch, length float64) {
	mean := zone{patchLeft + du, patchTop + dv, patchLeft + patchWide + du, patchTop + patchHigh + dv}.mean(of)
	for v := range patchHigh {
		for u := range patchWide {
			x := of[patchTop+dv+v][patchLeft+du+u] - mean
			p[v*patchWide+u] = x
			length += x * x
		}
	}
	return p, math.Sqrt(length)
}

// PatchOf takes the patch of a face, of length 1 or, where there is little in it, less; for learning.
func PatchOf(p recognizer.Picture, l menshen.Landmarks) (patch Patch, ok bool) {
	f, ok := align(l)
	if !ok || !p.Valid() {
		return patch, false
	}
	patch, length := patchAt(&lookAt(p, f).y, 0, 0)
	for i := range patch {
		patch[i] /= length + patchFloor
	}
	return patch, true
}

// likeness is the correlation of the lower face with the average of bare ones, the best of shifts by a cell, and the
// mean strength of what is in it.
func likeness(of *[gridSide][gridSide]float64) (like, strength float64) {
	like = -1
	for du := -1; du <= 1; du++ {
		for dv := -1; dv <= 1; dv++ {
			p, length := patchAt(of, du, dv)
			sum := 0.0
			for v := range patchHigh {
				for u := range patchHalf {
					sum += bareLower[v*patchHalf+u] * (p[v*patchWide+u] + p[v*patchWide+patchWide-1-u])
				}
			}
			like = max(like, sum/(length+patchFloor))
			if du == 0 && dv == 0 {
				strength = length / math.Sqrt(patchWide*patchHigh)
			}
		}
	}
	return like, strength
}
