package recognizer

import (
	"bytes"
	"image"
	_ "image/jpeg" // DecodeConfig reads the header before any native decoder sees the bytes
	_ "image/png"

	"menshen"
)

// Picture is a decoded picture: 8 bits a channel, blue, green, red, rows from the top, no padding.
type Picture struct {
	Width, Height int
	Pix           []byte // 3·Width·Height
}

// Valid reports whether the picture has pixels and as many as it says.
func (p Picture) Valid() bool {
	n := len(p.Pix) // no side is longer, so the product below cannot overflow
	return p.Width > 0 && p.Height > 0 && p.Width <= n && p.Height <= n && n == 3*p.Width*p.Height
}

// Limits on pictures that come from outside. Decoders allocate from the header, so it is read first.
const (
	MaxBytes  = 20 << 20   // of an encoded picture
	MaxPixels = 40_000_000 // of a decoded one: 120 MB
	MaxSide   = 16_000     // pixels
	minSide   = 24         // no face that can be recognised is smaller
)

// CheckHeader refuses what no decoder should see: not JPEG or PNG, too many bytes, too many or too few pixels, a file
// that was cut off, a bomb. It decodes the header only, in Go, and of PNG counts the pixels. width and height are those stored in the file, before any EXIF
// rotation.
func CheckHeader(data []byte) (width, height int, err error) {
	const op = "recognizer.picture"
	if len(data) == 0 {
		return 0, 0, menshen.Errorf(menshen.CodeInvalid, op, "the picture is empty").WithHint("send a JPEG or PNG photograph")
	}
	if len(data) > MaxBytes {
		return 0, 0, menshen.Errorf(menshen.CodeInvalid, op, "the picture has %d MB, at most %d are taken", len(data)>>20, MaxBytes>>20).
			WithHint("save it smaller, for example 2000 pixels wide")
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || (format != "jpeg" && format != "png") {
		return 0, 0, menshen.Errorf(menshen.CodeInvalid, op, "this is no JPEG or PNG picture, or it is damaged").
			WithHint("open it in a picture viewer and save it as JPEG").WithCause(err)
	}
	if c.Width > MaxSide || c.Height > MaxSide || c.Width*c.Height > MaxPixels {
		return 0, 0, menshen.Errorf(menshen.CodeInvalid, op, "the picture is %d×%d pixels, at most %d million are taken", c.Width, c.Height, MaxPixels/1_000_000).
			WithHint("save it smaller, for example 2000 pixels wide")
	}
	if c.Width < minSide || c.Height < minSide {
		return 0, 0, menshen.Errorf(menshen.CodeInvalid, op, "the picture is only %d×%d pixels", c.Width, c.Height).
			WithHint("the face alone should be 100 pixels wide or more")
	}
	if !whole(data, format) {
		return 0, 0, menshen.Errorf(menshen.CodeInvalid, op, "the picture is cut off").WithHint("transfer it again")
	}
	return c.Width, c.Height, checkBomb(data, format)
}

// whole reports whether a picture has its end. OpenCV paints what is missing of a JPEG file grey and says nothing. What
// follows the end does not matter: some cameras put more there.
func whole(data []byte, format string) bool {
	if format == "png" {
		return bytes.Contains(data, []byte("IEND"))
	}
	// Segments up to the first scan carry their length; one may hold a thumbnail, with an end of its own.
	return bytes.Contains(data[scanOf(data):], []byte{0xff, 0xd9})
}
