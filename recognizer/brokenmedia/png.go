package brokenmedia

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// chunk is one of a PNG file.
func chunk(kind string, data []byte) []byte {
	b := join(be32(len(data)), []byte(kind), data)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func header(w, h int, depth, colour, compression, filter, interlace byte) []byte {
	return chunk("IHDR", join(be32(w), be32(h), []byte{depth, colour, compression, filter, interlace}))
}

// zeros is n zeros, compressed. It is put together from one compressed block, so that gigabytes take no time.
func zeros(n int) []byte {
	const size = 1 << 20
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	write := func(n int) []byte { // into memory
		before := b.Len()
		_, _ = w.Write(make([]byte, n))
		_ = w.Flush()
		return clone(b.Bytes()[before:])
	}
	all := []byte{0x78, 0xda}
	left := n
	if left >= 2*size {
		all = append(all, write(size)...) // the first one knows nothing of what came before
		block := write(size)
		count := left/size - 1
		all = append(all, repeat(block, count)...)
		left -= (count + 1) * size
	}
	all = append(all, write(left)...)
	before := b.Len()
	_ = w.Close()
	all = append(all, b.Bytes()[before:]...)
	return binary.BigEndian.AppendUint32(all, uint32(n%65521)<<16|1) // Adler-32 of zeros
}

// pngs breaks a good PNG picture and makes lying ones.
func (m *maker) pngs(good []byte) {
	m.suffix = ".png"
	type part struct{ at, end int }
	var all []part
	for i := len(pngHead); i+12 <= len(good); {
		end := i + 12 + int(binary.BigEndian.Uint32(good[i:]))
		if end > len(good) {
			break
		}
		all = append(all, part{i, end})
		i = end
	}
	for _, p := range all {
		kind := string(good[p.at+4 : p.at+8])
		for _, at := range []int{p.at, p.at + 3, p.at + 8, (p.at + p.end) / 2, p.end - 2} {
			m.add(clone(good[:at]), "cut-at-%d-in-%s", at, kind)
		}
		for _, length := range []int{0, 1, p.end - p.at - 13, p.end - p.at - 11, 0x7fffffff, -1} {
			m.add(join(good[:p.at], be32(length), good[p.at+4:]), "length-%d-of-%s-at-%d", length, kind, p.at)
		}
		m.add(join(good[:p.at], good[p.end:]), "without-%s-at-%d", kind, p.at)
		m.add(join(good[:p.end], good[p.at:]), "with-two-%s-at-%d", kind, p.at)
		b := clone(good)
		b[p.end-1] ^= 0xff
		m.add(b, "checksum-of-%s-at-%d", kind, p.at)
	}
	for i := range 60 {
		m.add(m.flip(good, len(good), 1+i/2), "flipped-%d", i)
	}
	body := func(h []byte, parts ...[]byte) []byte {
		return join([]byte(pngHead), h, join(parts...), chunk("IEND", nil))
	}
	flat := zeros(1 << 16)
	for _, size := range [][2]int{{0, 0}, {0, 10}, {10, 0}, {1, 1}, {23, 23}, {-1, -1}, {1 << 30, 1 << 30}, {0x7fffffff, 24}, {16001, 24}, {24, 16001}, {16000, 2501}, {60000, 60000}} {
		m.add(body(header(size[0], size[1], 8, 2, 0, 0, 0), chunk("IDAT", flat)), "says-%dx%d", size[0], size[1])
	}
	for _, depth := range []byte{0, 1, 2, 3, 4, 8, 16, 32, 255} {
		for _, colour := range []byte{0, 1, 2, 3, 4, 6, 7, 255} {
			m.add(body(header(64, 64, depth, colour, 0, 0, 0), chunk("IDAT", flat)), "depth-%d-colour-%d", depth, colour)
		}
	}
	for i, h := range [][]byte{header(64, 64, 8, 2, 1, 0, 0), header(64, 64, 8, 2, 0, 5, 0), header(64, 64, 8, 2, 0, 0, 1), header(64, 64, 8, 2, 0, 0, 2), header(64, 64, 8, 2, 0, 0, 255)} {
		m.add(body(h, chunk("IDAT", flat)), "method-%d", i)
	}
	rgb := header(64, 64, 8, 2, 0, 0, 0)
	m.add(body(rgb), "no-pixels")
	m.add(body(rgb, chunk("IDAT", nil)), "empty-pixels")
	m.add(body(rgb, chunk("IDAT", []byte("not compressed"))), "pixels-not-compressed")
	m.add(body(rgb, chunk("IDAT", zeros(200<<20))), "64x64-with-200-MB-of-pixels")
	m.add(body(header(6300, 6300, 8, 2, 0, 0, 0), chunk("IDAT", zeros(6300*(6300*3+1)))), "6300x6300-of-119-MB")
	m.add(body(header(6300, 6300, 16, 6, 0, 0, 1), chunk("IDAT", zeros(317<<20))), "6300x6300-of-16-bits-interlaced")
	for _, kind := range []string{"zTXt", "iCCP"} {
		m.add(body(rgb, chunk(kind, join([]byte("a\x00\x00"), zeros(100<<20))), chunk("IDAT", flat)), "%s-of-100-MB", kind)
	}
	m.add(body(rgb, chunk("iTXt", join([]byte("a\x00\x01\x00\x00\x00"), zeros(100<<20))), chunk("IDAT", flat)), "iTXt-of-100-MB")
	m.add(body(rgb, repeat(chunk("tEXt", []byte("a\x00b")), 100_000), chunk("IDAT", flat)), "hundred-thousand-texts")
	m.add(body(rgb, repeat(chunk("IDAT", nil), 100_000)), "hundred-thousand-empty-pixels")
	var crumbs []byte
	for _, c := range zeros(64 * (64*3 + 1)) {
		crumbs = append(crumbs, chunk("IDAT", []byte{c})...)
	}
	m.add(body(rgb, crumbs), "pixels-in-crumbs")
	m.add(body(header(64, 64, 8, 3, 0, 0, 0), chunk("IDAT", flat)), "no-palette")
	m.add(body(header(64, 64, 8, 3, 0, 0, 0), chunk("PLTE", make([]byte, 5)), chunk("IDAT", flat)), "palette-of-5-bytes")
	m.add(body(header(64, 64, 8, 3, 0, 0, 0), chunk("PLTE", make([]byte, 3000)), chunk("IDAT", flat)), "palette-of-1000")
	m.add(body(rgb, chunk("tRNS", make([]byte, 5000)), chunk("IDAT", flat)), "tRNS-of-5000")
	m.add(body(rgb, chunk("acTL", join(be32(-1), be32(0))), chunk("fcTL", join(be32(0), be32(-1), be32(-1), make([]byte, 14))), chunk("IDAT", flat)), "4G-animated-frames")
	m.add(body(rgb, chunk("eXIf", []byte("MM\x00\x2a\xff\xff\xff\xff")), chunk("IDAT", flat)), "exif-far-away")
	m.add(body(rgb, chunk("ABCD", nil), chunk("IDAT", flat)), "critical-chunk-unknown")
	m.add(join([]byte(pngHead), chunk("IEND", nil), rgb, chunk("IDAT", flat)), "end-first")
	m.add(join([]byte(pngHead), chunk("IDAT", flat), rgb, chunk("IEND", nil)), "pixels-first")
	m.add(join([]byte(pngHead), repeat(rgb, 1000), chunk("IEND", nil)), "thousand-headers")
}
