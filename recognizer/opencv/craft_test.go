package opencv_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// checksumPNG corrects the checksum of a PNG file's header.
func checksumPNG(data []byte) {
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
}

// withThumbnail puts a segment that holds a small JPEG file, end and all, behind the start of a JPEG file.
func withThumbnail(data []byte) []byte {
	thumbnail := []byte("Exif\x00\x00\xff\xd8\xff\xd9")
	segment := append([]byte{0xff, 0xe1, 0, byte(len(thumbnail) + 2)}, thumbnail...)
	return append(append(bytes.Clone(data[:2]), segment...), data[2:]...)
}

// cmykJPEG makes a baseline JPEG file of four components, as printers use them, of one grey: no encoder at hand writes
// such files. Sides are multiples of 8.
func cmykJPEG(width, height int) []byte {
	var b bytes.Buffer
	segment := func(marker byte, body ...byte) {
		b.Write([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)})
		b.Write(body)
	}
	b.Write([]byte{0xff, 0xd8})
	segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")...) // plain CMYK, inverted as Adobe has it
	table := make([]byte, 65)
	for i := range table[1:] {
		table[1+i] = 1
	}
	segment(0xdb, table...)
	frame := []byte{8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 4}
	for c := range byte(4) {
		frame = append(frame, c+1, 0x11, 0)
	}
	segment(0xc0, frame...)
	counts := make([]byte, 16)
	counts[1] = 3                                                       // three codes of two bits: 00, 01, 10
	segment(0xc4, append(append([]byte{0x00}, counts...), 0, 9, 10)...) // differences of 0, 9 and 10 bits
	segment(0xc4, append(append([]byte{0x10}, counts...), 0, 1, 2)...)  // 00 ends a block
	scan := []byte{4}
	for c := range byte(4) {
		scan = append(scan, c+1, 0x00)
	}
	segment(0xda, append(scan, 0, 63, 0)...)

	var bits uint64
	var n int
	put := func(v uint64, count int) {
		bits, n = bits<<count|v, n+count
		for n >= 8 {
			out := byte(bits >> (n - 8))
			b.WriteByte(out)
			if out == 0xff {
				b.WriteByte(0)
			}
			n -= 8
		}
	}
	for block := range width / 8 * height / 8 {
		for c := range 4 {
			switch {
			case block > 0:
				put(0b00, 2) // as the block before
			case c < 3:
				put(0b01, 2) // −408, so 77 of 255
				put(uint64(511-408), 9)
			default:
				put(0b10, 2) // black is the highest value: none of it
				put(1016, 10)
			}
			put(0b00, 2)
		}
	}
	if n > 0 {
		put(1<<(8-n)-1, 8-n)
	}
	b.Write([]byte{0xff, 0xd9})
	return b.Bytes()
}
