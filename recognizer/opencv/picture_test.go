package opencv_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"menshen"
	"menshen/recognizer/opencv"
)

// quarters is red and green above, blue and white below.
func quarters(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			switch {
			case y < h/2 && x < w/2:
				c.R = 255
			case y < h/2:
				c.G = 255
			case x < w/2:
				c.B = 255
			default:
				c.R, c.G, c.B = 255, 255, 255
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func mustPNG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func mustJPEG(tb testing.TB, img image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// withOrientation puts an EXIF segment that says how the picture is to be turned behind the start of a JPEG file.
func withOrientation(data []byte, orientation byte) []byte {
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[6+8+2+9] = orientation
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append(bytes.Clone(data[:2]), segment...), data[2:]...)
}

// bgr gives the colour of a pixel.
func bgr(pix []byte, width, x, y int) [3]byte { return [3]byte(pix[3*(y*width+x):]) }

func TestDecode(t *testing.T) {
	img := quarters(64, 48)
	deep := image.NewNRGBA64(img.Bounds())
	grey := image.NewGray(img.Bounds())
	alpha := quarters(64, 48)
	for y := range 48 {
		for x := range 64 {
			deep.Set(x, y, img.At(x, y))
			grey.SetGray(x, y, color.Gray{Y: 77})
			c := alpha.NRGBAAt(x, y)
			c.A = 128
			alpha.SetNRGBA(x, y, c)
		}
	}
	red, green, blue, white := [3]byte{0, 0, 255}, [3]byte{0, 255, 0}, [3]byte{255, 0, 0}, [3]byte{255, 255, 255}
	middle := [3]byte{77, 77, 77}
	for name, c := range map[string]struct {
		data          []byte
		width, height int
		corners       [4][3]byte // upper left, upper right, lower left, lower right
	}{
		"png":                      {mustPNG(t, img), 64, 48, [4][3]byte{red, green, blue, white}},
		"png, alpha":               {mustPNG(t, alpha), 64, 48, [4][3]byte{red, green, blue, white}},
		"png, 16 bits":             {mustPNG(t, deep), 64, 48, [4][3]byte{red, green, blue, white}},
		"png, grey":                {mustPNG(t, grey), 64, 48, [4][3]byte{middle, middle, middle, middle}},
		"jpeg":                     {mustJPEG(t, img), 64, 48, [4][3]byte{red, green, blue, white}},
		"jpeg, grey":               {mustJPEG(t, grey), 64, 48, [4][3]byte{middle, middle, middle, middle}},
		"jpeg, upside down":        {withOrientation(mustJPEG(t, img), 3), 64, 48, [4][3]byte{white, blue, green, red}},
		"jpeg, turned to the left": {withOrientation(mustJPEG(t, img), 6), 48, 64, [4][3]byte{blue, red, white, green}},
		"jpeg, cmyk":               {cmykJPEG(64, 48), 64, 48, [4][3]byte{middle, middle, middle, middle}},
		"jpeg, more behind":        {append(mustJPEG(t, img), "a maker's note"...), 64, 48, [4][3]byte{red, green, blue, white}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := opencv.Decode(c.data)
			if err != nil {
				t.Fatal(err)
			}
			if p.Width != c.width || p.Height != c.height || !p.Valid() {
				t.Fatalf("%d×%d pixels, %d bytes", p.Width, p.Height, len(p.Pix))
			}
			for i, want := range c.corners {
				x, y := 4+i%2*(p.Width-9), 4+i/2*(p.Height-9)
				got := bgr(p.Pix, p.Width, x, y)
				for k := range 3 {
					if d := int(got[k]) - int(want[k]); d < -6 || d > 6 {
						t.Errorf("corner %d has colour %v instead of %v", i, got, want)
						break
					}
				}
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	img := quarters(640, 480)
	for y := range 480 {
		for x := range 640 { // noise, so that the file is long
			img.SetNRGBA(x, y, color.NRGBA{R: uint8(x * y), G: uint8(x * 31), B: uint8(y*17 + x), A: 255})
		}
	}
	photograph, drawing := mustJPEG(t, img), mustPNG(t, img)
	huge := bytes.Clone(drawing)
	binary.BigEndian.PutUint32(huge[16:], 20_000)
	binary.BigEndian.PutUint32(huge[20:], 20_000)
	checksumPNG(huge)
	hugeJPEG := bytes.Clone(photograph)
	at := bytes.Index(hugeJPEG, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(hugeJPEG[at+5:], 20_000)
	binary.BigEndian.PutUint16(hugeJPEG[at+7:], 20_000)
	for name, data := range map[string][]byte{
		"empty":                   {},
		"text":                    []byte("this is no picture, whatever the name of the file says"),
		"gif":                     []byte("GIF89a\x40\x00\x40\x00\x00\x00\x00;"),
		"one pixel":               mustPNG(t, quarters(1, 1)),
		"narrow":                  mustPNG(t, quarters(23, 400)),
		"png of 20000×20000":      huge,
		"jpeg of 20000×20000":     hugeJPEG,
		"start of a jpeg":         photograph[:2],
		"header of a jpeg":        photograph[:200],
		"half a jpeg":             photograph[:len(photograph)/2],
		"jpeg without its end":    photograph[:len(photograph)-2],
		"jpeg with a thumbnail":   withThumbnail(photograph)[:len(photograph)/2],
		"half a png":              drawing[:len(drawing)/2],
		"png without its pixels":  append(bytes.Clone(drawing[:60]), drawing[len(drawing)-12:]...),
		"too many bytes":          append(bytes.Clone(photograph), make([]byte, 21<<20)...),
		"jpeg with no components": bytes.Replace(photograph, []byte{0x01, 0xe0, 0x02, 0x80, 3}, []byte{0x01, 0xe0, 0x02, 0x80, 0}, 1),
	} {
		p, err := opencv.Decode(data)
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %d×%d pixels, error %v", name, p.Width, p.Height, err)
			continue
		}
		if _, hint := menshen.ErrorMessage(err); hint == "" {
			t.Errorf("%s: %v does not say what to do", name, err)
		}
	}
}

// FuzzDecode: whatever comes, there is a picture or CodeInvalid, and the process lives.
func FuzzDecode(f *testing.F) {
	f.Add(mustJPEG(f, quarters(32, 24)))
	f.Add(mustPNG(f, quarters(32, 24)))
	f.Add(withOrientation(mustJPEG(f, quarters(40, 24)), 5))
	f.Add(cmykJPEG(32, 24))
	f.Add([]byte{0xff, 0xd8, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := opencv.Decode(data)
		if err != nil && menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("error %v", err)
		}
		if err == nil && !p.Valid() {
			t.Errorf("%d×%d pixels in %d bytes", p.Width, p.Height, len(p.Pix))
		}
	})
}
