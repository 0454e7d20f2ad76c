package recognizer_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/brokenmedia"
)

func mustJPEG(tb testing.TB, width, height int) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(width, height, nil), nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestCheckHeader(t *testing.T) {
	for name, data := range map[string][]byte{"png": mustPNG(t, drawing(64, 48, nil)), "jpeg": mustJPEG(t, 64, 48)} {
		if w, h, err := recognizer.CheckHeader(data); err != nil || w != 64 || h != 48 {
			t.Errorf("%s: %d×%d, error %v", name, w, h, err)
		}
		for _, n := range []int{0, 1, 10, 40, len(data) / 2, len(data) - 13} {
			if _, _, err := recognizer.CheckHeader(data[:n]); menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("%d bytes of a %s: %v", n, name, err)
			}
		}
	}
	for _, side := range []int{1, 23} {
		if _, _, err := recognizer.CheckHeader(mustPNG(t, drawing(side, 300, nil))); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%d pixels wide: %v", side, err)
		}
	}
}

// What is small and keeps a decoder busy is refused before one sees it: scan upon scan, pixels beyond the picture.
func TestBombs(t *testing.T) {
	refused := map[string]bool{}
	for _, f := range brokenmedia.Pictures(1) {
		_, _, err := recognizer.CheckHeader(f.Data)
		refused[f.Name[len("0000-drawn-"):]] = err != nil
	}
	for name, want := range map[string]bool{
		"progressive-20-scans-of-250.jpg": false, "progressive-60-scans-of-6300.jpg": false, "progressive-200-scans-of-250.jpg": true, "progressive-2000-scans-of-6300.jpg": true,
		"64x64-with-200-MB-of-pixels.png": true, "6300x6300-of-119-MB.png": false, "6300x6300-of-16-bits-interlaced.png": true,
	} {
		if got, ok := refused[name]; !ok || got != want {
			t.Errorf("%s: refused %v (made: %v), want %v", name, got, ok, want)
		}
	}
}

func TestPictureValid(t *testing.T) {
	for _, c := range []struct {
		p    recognizer.Picture
		want bool
	}{
		{recognizer.Picture{}, false},
		{recognizer.Picture{Width: 2, Height: 1, Pix: make([]byte, 6)}, true},
		{recognizer.Picture{Width: 2, Height: 1, Pix: make([]byte, 7)}, false},
		{recognizer.Picture{Width: -2, Height: -1, Pix: make([]byte, 6)}, false},
		{recognizer.Picture{Width: 1 << 62, Height: 4, Pix: nil}, false},
	} {
		if c.p.Valid() != c.want {
			t.Errorf("%d×%d with %d bytes: %t", c.p.Width, c.p.Height, len(c.p.Pix), !c.want)
		}
	}
}

// FuzzCheckHeader: what passes is within the limits, and can be decoded without more memory than they allow.
func FuzzCheckHeader(f *testing.F) {
	f.Add(mustPNG(f, drawing(30, 24, map[image.Rectangle]color.RGBA{image.Rect(0, 0, 9, 9): ann})))
	f.Add(mustJPEG(f, 24, 30))
	f.Add([]byte("\xff\xd8\xff\xda\x00\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		w, h, err := recognizer.CheckHeader(data)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("error %v", err)
			}
			return
		}
		if w < 24 || h < 24 || w > recognizer.MaxSide || h > recognizer.MaxSide || w*h > recognizer.MaxPixels || len(data) > recognizer.MaxBytes {
			t.Errorf("%d×%d pixels in %d bytes pass", w, h, len(data))
		}
	})
}
