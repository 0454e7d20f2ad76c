package dlib

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"

	"menshen"
	"menshen/recognizer"
)

// quality of the JPEG files that go-face gets: what it costs a descriptor is far below what another frame does.
const jpegQuality = 98

// encode makes the only kind of file that go-face reads.
func encode(op string, p recognizer.Picture) ([]byte, error) {
	if !p.Valid() || p.Width > recognizer.MaxSide || p.Height > recognizer.MaxSide || p.Width*p.Height > recognizer.MaxPixels {
		return nil, invalidPicture(op)
	}
	img := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i, o := 0, 0; i < len(p.Pix); i, o = i+3, o+4 {
		img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = p.Pix[i+2], p.Pix[i+1], p.Pix[i], 0xff
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the picture cannot be encoded").WithCause(err)
	}
	return out.Bytes(), nil
}

func invalidPicture(op string) error {
	return menshen.Errorf(menshen.CodeInvalid, op, "the picture is empty, too large, or not as large as it says")
}

// affine takes a pixel of the result to a place in the source: a rotation with uniform scale, and a shift. Whole numbers
// are the middles of pixels.
type affine struct{ a, b, x, y float64 }

func (t affine) at(x, y float64) (float64, float64) {
	return t.a*x - t.b*y + t.x, t.b*x + t.a*y + t.y
}

// resample makes a picture of w×h pixels out of places of another one: bilinear, and the average of several such
// samples where the picture shrinks, so that nothing aliases. Beyond the border the last pixels go on.
func resample(p recognizer.Picture, w, h int, t affine) recognizer.Picture {
	out := recognizer.Picture{Width: w, Height: h, Pix: make([]byte, 3*w*h)}
	taps := min(max(int(math.Ceil(math.Hypot(t.a, t.b)-0.01)), 1), 8)
	n := float64(taps * taps)
	for y := range h {
		for x := range w {
			var sum [3]float64
			for ty := range taps {
				for tx := range taps {
					sx, sy := t.at(float64(x)+offset(tx, taps), float64(y)+offset(ty, taps))
					bilinear(p, sx, sy, &sum)
				}
			}
			o := 3 * (y*w + x)
			for c := range 3 {
				out.Pix[o+c] = uint8(sum[c]/n + 0.5)
			}
		}
	}
	return out
}

// shrink makes a picture smaller: a pixel of the result is the average of those that lie in its place, each counted once.
func shrink(p recognizer.Picture, w, h int) recognizer.Picture {
	out := recognizer.Picture{Width: w, Height: h, Pix: make([]byte, 3*w*h)}
	sums := make([]uint32, 3*w)
	for y := range h {
		clear(sums)
		top, low := y*p.Height/h, (y+1)*p.Height/h
		for sy := top; sy < low; sy++ {
			line := p.Pix[3*sy*p.Width : 3*(sy+1)*p.Width]
			for x := range w {
				var b, g, r uint32
				for i := 3 * (x * p.Width / w); i < 3*((x+1)*p.Width/w); i += 3 {
					b, g, r = b+uint32(line[i]), g+uint32(line[i+1]), r+uint32(line[i+2])
				}
				sums[3*x], sums[3*x+1], sums[3*x+2] = sums[3*x]+b, sums[3*x+1]+g, sums[3*x+2]+r
			}
		}
		for x := range w {
			n := uint32((low - top) * ((x+1)*p.Width/w - x*p.Width/w))
			for c := range 3 {
				out.Pix[3*(y*w+x)+c] = uint8((sums[3*x+c] + n/2) / n)
			}
		}
	}
	return out
}

// offset spreads taps evenly over a pixel.
func offset(i, taps int) float64 { return (float64(i)+0.5)/float64(taps) - 0.5 }

// bilinear adds the picture's value at a place.
func bilinear(p recognizer.Picture, x, y float64, sum *[3]float64) {
	x, y = min(max(x, 0), float64(p.Width-1)), min(max(y, 0), float64(p.Height-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, p.Width-1), min(y0+1, p.Height-1)
	fx, fy := x-float64(x0), y-float64(y0)
	p00, p10 := 3*(y0*p.Width+x0), 3*(y0*p.Width+x1)
	p01, p11 := 3*(y1*p.Width+x0), 3*(y1*p.Width+x1)
	for c := range 3 {
		top := float64(p.Pix[p00+c])*(1-fx) + float64(p.Pix[p10+c])*fx
		low := float64(p.Pix[p01+c])*(1-fx) + float64(p.Pix[p11+c])*fx
		sum[c] += top*(1-fy) + low*fy
	}
}
