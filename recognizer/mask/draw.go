package mask

import (
	"slices"

	"menshen"
	"menshen/recognizer"
)

// Draw gives the picture with a mask of a kind on the face of these five points, lit as the face is; the same arguments
// give the same pixels. Where the points make no face, a copy comes back as it is. The seed varies how the mask sits and
// its shade, as from day to day; 0 is in the middle.
func Draw(p recognizer.Picture, l menshen.Landmarks, k Kind, seed uint64) recognizer.Picture {
	if k >= kinds {
		k = SurgicalBlue
	}
	return draw(p, l, looks[k].worn(seed), seed)
}

// DrawAny draws a mask of the shape of a kind in any colour, plain or with a pattern, for learning what a mask is.
func DrawAny(p recognizer.Picture, l menshen.Landmarks, k Kind, seed uint64) recognizer.Picture {
	if k >= kinds {
		k = SurgicalBlue
	}
	own := looks[k].worn(seed)
	for c := range 3 {
		own.colour[c] = 20 + 215*hash(20+uint64(c), 0x77, seed)
		own.second[c] = 20 + 215*hash(30+uint64(c), 0x77, seed)
	}
	own.weave = weave(hash(40, 0x77, seed) * float64(dots)) // dots are held out
	return draw(p, l, own, seed)
}

func draw(p recognizer.Picture, l menshen.Landmarks, own look, seed uint64) recognizer.Picture {
	out := p
	out.Pix = slices.Clone(p.Pix)
	f, ok := align(l)
	if !ok || !p.Valid() {
		return out
	}
	s := newShape(f.points(l), own)
	light := newLight(p, f, s)
	left, top, right, bottom := s.extent(f, p)
	soft := max(0.6, 0.75*f.scale()) // the hem blurs over about a pixel
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			at := f.to(menshen.Point{X: float64(x), Y: float64(y)})
			cover, inside := s.cover(at, soft)
			i := 3 * (y*p.Width + x)
			if cover <= 0 {
				if shade := s.shadow(at, inside); shade < 1 {
					for c := range 3 {
						out.Pix[i+c] = byte(float64(p.Pix[i+c]) * shade)
					}
				}
				continue
			}
			colour := s.colour(at, inside)
			lit := light.at(at)
			grain := s.rough * (hash(uint64(x), uint64(y), seed) - 0.5) * 2
			for c := range 3 {
				v := min(max(colour[c]*lit+grain, 0), 255)
				out.Pix[i+c] = byte(cover*v + (1-cover)*float64(p.Pix[i+c]) + 0.5)
			}
		}
	}
	return out
}

// worn varies a look a little.
func (k look) worn(seed uint64) look {
	if seed == 0 {
		return k
	}
	vary := func(n uint64, by float64) float64 { return (2*hash(n, 0x77, seed) - 1) * by }
	k.top += vary(1, 0.08)
	k.side += vary(2, 0.06)
	k.chin += vary(3, 0.08)
	k.wide += vary(4, 0.03)
	shade := 1 + vary(5, 0.1)
	for c := range 3 {
		k.colour[c] *= shade + vary(6+uint64(c), 0.03)
		k.second[c] *= shade
	}
	return k
}

// hash gives a number of 0 … 1 for three (splitmix64, Steele et al. 2014).
func hash(a, b, c uint64) float64 {
	z := a*0x9e3779b97f4a7c15 ^ b*0xbf58476d1ce4e5b9 ^ (c+1)*0x94d049bb133111eb
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) / (1 << 53)
}

// light is how the face is lit: its brightness, smoothed to a few values across and down, against a face in good light.
type light struct {
	grid [lightCells][lightCells]float64
}

const lightCells = 5

// newLight averages the brightness of the face below the eyes. What is not skin there (lips, a beard) is smoothed over.
func newLight(p recognizer.Picture, f frame, s shape) light {
	var g light
	mean := 0.0
	for r := range lightCells {
		for c := range lightCells {
			sum, n := 0.0, 0
			for t := range 36 {
				at := menshen.Point{
					X: s.left + (s.right-s.left)*(float64(c)+0.1+0.8*float64(t%6)/5)/lightCells,
					Y: s.eyes + (s.chinAt-s.eyes)*(float64(r)+0.1+0.8*float64(t/6)/5)/lightCells,
				}
				q := f.from(at)
				x, y := int(q.X), int(q.Y)
				if x < 0 || y < 0 || x >= p.Width || y >= p.Height {
					continue
				}
				sum += grey(p.Pix[3*(y*p.Width+x):])
				n++
			}
			if n > 0 {
				g.grid[r][c] = sum / float64(n)
			} else {
				g.grid[r][c] = 110
			}
			mean += g.grid[r][c] / (lightCells * lightCells)
		}
	}
	// Most of a face's own brightness is its skin, not its light: only part of the difference counts, less of the whole
	// than of the difference between the sides.
	whole := min(max(0.55+0.45*mean/130, 0.5), 1.15)
	for r := range lightCells {
		for c := range lightCells {
			g.grid[r][c] = whole * min(max(0.5+0.5*g.grid[r][c]/max(mean, 1), 0.6), 1.3)
		}
	}
	g.smooth()
	return g
}

// smooth blurs the grid.
func (g *light) smooth() {
	from := g.grid
	for r := range lightCells {
		for c := range lightCells {
			sum, n := 0.0, 0.0
			for y := max(r-1, 0); y <= min(r+1, lightCells-1); y++ {
				for x := max(c-1, 0); x <= min(c+1, lightCells-1); x++ {
					sum += from[y][x]
					n++
				}
			}
			g.grid[r][c] = sum / n
		}
	}
}

// at interpolates; the grid covers the lower face.
func (g *light) at(p menshen.Point) float64 {
	x := min(max((p.X-14)/84*(lightCells-1), 0), lightCells-1.001)
	y := min(max((p.Y-52)/66*(lightCells-1), 0), lightCells-1.001)
	c, r := int(x), int(y)
	x, y = x-float64(c), y-float64(r)
	return (g.grid[r][c]*(1-x)+g.grid[r][c+1]*x)*(1-y) + (g.grid[r+1][c]*(1-x)+g.grid[r+1][c+1]*x)*y
}

func grey(bgr []byte) float64 {
	return 0.114*float64(bgr[0]) + 0.587*float64(bgr[1]) + 0.299*float64(bgr[2])
}

func square(x float64) float64 { return x * x }

func smoothstep(x float64) float64 {
	x = min(max(x, 0), 1)
	return x * x * (3 - 2*x)
}
