// Package enginetest is the contract of recognizer.Engine as a test suite, and the evaluation of an engine on pairs of
// photographs. Every engine runs both; a new engine is not one before it passes. Tests only.
package enginetest

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"menshen/recognizer"
)

// MustShared gives a path below ../shared, next to the checkout, where the photographs and networks for tests are that
// may not be distributed. Without it the test is left out, loudly; with CI=true that is a failure.
func MustShared(tb testing.TB, path ...string) string {
	tb.Helper()
	folder, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(folder) == folder {
			tb.Fatal("no go.mod above the working folder")
		}
		folder = filepath.Dir(folder)
	}
	shared := filepath.Join(append([]string{filepath.Dir(folder), "shared"}, path...)...)
	if _, err := os.Stat(shared); err != nil {
		message := "SKIPPED: needs ../shared/" + filepath.Join(path...)
		if os.Getenv("CI") == "true" {
			tb.Fatal(message)
		}
		tb.Skip(message)
	}
	return shared
}

// MustFace reads one of the photographs of ../shared/testdata/faces, e.g. "Yoko_Ono/Yoko_Ono_0003.jpg".
func MustFace(tb testing.TB, name string) recognizer.Picture {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(MustShared(tb, "testdata", "faces"), name))
	if err != nil {
		tb.Fatal(err)
	}
	return MustDecode(tb, data)
}

// MustDecode decodes a JPEG picture in Go, so that engines are tested without each other's decoders.
func MustDecode(tb testing.TB, data []byte) recognizer.Picture {
	tb.Helper()
	p, err := decode(data)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func decode(data []byte) (recognizer.Picture, error) {
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return recognizer.Picture{}, err
	}
	return FromImage(img), nil
}

// FromImage makes a picture of one of Go's.
func FromImage(img image.Image) recognizer.Picture {
	b := img.Bounds()
	rgba := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(rgba, rgba.Bounds(), img, b.Min, draw.Src)
	p := recognizer.Picture{Width: b.Dx(), Height: b.Dy(), Pix: make([]byte, 0, 3*b.Dx()*b.Dy())}
	for i := 0; i < len(rgba.Pix); i += 4 {
		p.Pix = append(p.Pix, rgba.Pix[i+2], rgba.Pix[i+1], rgba.Pix[i])
	}
	return p
}

// Beside puts pictures next to each other, the upper borders on one line, black below the lower ones.
func Beside(pictures ...recognizer.Picture) recognizer.Picture {
	var all recognizer.Picture
	for _, p := range pictures {
		all.Width += p.Width
		all.Height = max(all.Height, p.Height)
	}
	all.Pix = make([]byte, 3*all.Width*all.Height)
	left := 0
	for _, p := range pictures {
		for y := range p.Height {
			copy(all.Pix[3*(y*all.Width+left):], p.Pix[3*y*p.Width:3*(y+1)*p.Width])
		}
		left += p.Width
	}
	return all
}

// Cut gives a part of a picture.
func Cut(p recognizer.Picture, r image.Rectangle) recognizer.Picture {
	r = r.Intersect(image.Rect(0, 0, p.Width, p.Height))
	c := recognizer.Picture{Width: r.Dx(), Height: r.Dy()}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		c.Pix = append(c.Pix, p.Pix[3*(y*p.Width+r.Min.X):3*(y*p.Width+r.Max.X)]...)
	}
	return c
}

// Shrunk makes every n×n pixels one.
func Shrunk(p recognizer.Picture, n int) recognizer.Picture {
	s := recognizer.Picture{Width: p.Width / n, Height: p.Height / n}
	for y := range s.Height {
		for x := range s.Width {
			for c := range 3 {
				sum := 0
				for i := range n * n {
					sum += int(p.Pix[3*((y*n+i/n)*p.Width+x*n+i%n)+c])
				}
				s.Pix = append(s.Pix, byte(sum/(n*n)))
			}
		}
	}
	return s
}

// Enlarged makes every pixel n×n.
func Enlarged(p recognizer.Picture, n int) recognizer.Picture {
	l := recognizer.Picture{Width: p.Width * n, Height: p.Height * n, Pix: make([]byte, 0, 3*n*n*p.Width*p.Height)}
	for y := range l.Height {
		for x := range l.Width {
			i := 3 * ((y/n)*p.Width + x/n)
			l.Pix = append(l.Pix, p.Pix[i:i+3]...)
		}
	}
	return l
}
