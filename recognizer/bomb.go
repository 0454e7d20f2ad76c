package recognizer

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"

	"menshen"
)

const (
	// maxScans of a progressive JPEG picture. Each goes over all of it, however little it brings: 2,000 scans of a few bytes
	// kept a decoder busy for 12 s. Encoders write about ten.
	maxScans = 64

	// maxRaw is how many bytes the pixels of a PNG picture may have before they become a Picture: MaxPixels in colour with
	// transparency, 8 bits each.
	maxRaw = 4 * MaxPixels
)

// checkBomb refuses pictures that are within the limits of their size and keep a decoder busy all the same.
func checkBomb(data []byte, format string) error {
	const op = "recognizer.picture"
	bomb := func(message string) error {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s", message).WithHint("open it in a picture viewer and save it as JPEG")
	}
	if format == "jpeg" {
		if bytes.Count(data[scanOf(data):], []byte{0xff, 0xda}) > maxScans {
			return bomb("the picture is put together of too many layers")
		}
		return nil
	}
	raw, pixels := pngPixels(data)
	if raw > maxRaw {
		return bomb("the picture has more bits for a pixel than are taken at this size")
	}
	z, err := zlib.NewReader(pixels)
	if err != nil {
		return nil // the decoder says so too
	}
	defer func() { _ = z.Close() }() // read only
	// Decoders read on to the end of what is compressed, a thousand times its bytes, also where the picture has all its pixels.
	if n, _ := io.Copy(io.Discard, io.LimitReader(z, raw+1)); n > raw {
		return bomb("the picture has more pixels in it than its size says")
	}
	return nil
}

// scanOf is where the first scan of a JPEG picture begins; what is before it may hold a thumbnail with scans of its own.
func scanOf(data []byte) int {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		switch data[i+1] {
		case 0xff:
			i++ // a fill byte
		case 0xda:
			return i
		default:
			i += 2 + int(data[i+2])<<8 + int(data[i+3])
		}
	}
	return len(data)
}

// pngPixels gives how many bytes the pixels of a PNG picture have, at most, and a reader of them as they are compressed.
// Whoever calls it has had the header read already.
func pngPixels(data []byte) (raw int64, compressed io.Reader) {
	const head, ihdr = 8, 8 + 8
	if len(data) < ihdr+13 {
		return 0, bytes.NewReader(nil)
	}
	w, h := int64(binary.BigEndian.Uint32(data[ihdr:])), int64(binary.BigEndian.Uint32(data[ihdr+4:]))
	depth, channels := int64(data[ihdr+8]), map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[data[ihdr+9]]
	raw = h * ((w*depth*channels+7)/8 + 1)
	if data[ihdr+12] != 0 {
		raw += raw/8 + 8*(w+h) + 64 // in seven passes, whose rows are rounded up one by one
	}
	var parts []io.Reader
	for i := head; i+8 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[i:]))
		end := i + 8 + n
		if n < 0 || end > len(data) {
			end = len(data)
		}
		if string(data[i+4:i+8]) == "IDAT" {
			parts = append(parts, bytes.NewReader(data[i+8:end]))
		}
		i = end + 4
	}
	return raw, io.MultiReader(parts...)
}
