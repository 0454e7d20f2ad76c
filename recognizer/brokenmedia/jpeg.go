package brokenmedia

import (
	"maps"
	"slices"
)

// segment is one of a JPEG file: its marker, its length and what it holds, from at to end.
type segment struct {
	marker  byte
	at, end int
}

// segments gives those before the first scan and the scan's own header.
func segments(data []byte) (all []segment) {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		end := i + 2 + int(data[i+2])<<8 + int(data[i+3])
		if end > len(data) {
			return all
		}
		all = append(all, segment{data[i+1], i, end})
		if data[i+1] == 0xda {
			return all
		}
		i = end
	}
	return all
}

// jpegs breaks a good JPEG picture.
func (m *maker) jpegs(good []byte) {
	m.suffix = ".jpg"
	all := segments(good)
	scan := all[len(all)-1].end
	for _, s := range all {
		for _, at := range []int{s.at, s.at + 1, s.at + 2, s.at + 3, (s.at + s.end) / 2, s.end - 1} {
			m.add(clone(good[:at]), "cut-at-%d-in-%02x", at, s.marker)
		}
		for _, length := range []int{0, 1, 2, 3, s.end - s.at - 3, s.end - s.at - 1, 0x7fff, 0xffff} {
			m.add(join(good[:s.at+2], be16(length), good[s.at+4:]), "length-%d-of-%02x-at-%d", length, s.marker, s.at)
		}
		m.add(join(good[:s.at], good[s.end:]), "without-%02x-at-%d", s.marker, s.at)
		m.add(join(good[:s.end], good[s.at:]), "with-two-%02x-at-%d", s.marker, s.at)
		m.add(join(good[:s.at], good[s.at+1:]), "shifted-before-%02x-at-%d", s.marker, s.at)
	}
	for n := range 16 {
		m.add(clone(good[:scan+(len(good)-scan)*n/16]), "cut-%d-sixteenths-into-the-scan", n)
	}
	for i := range 40 {
		m.add(m.flip(good, scan, 1+i%3), "flipped-header-%d", i)
	}
	for i := range 30 {
		b := clone(good)
		copy(b[scan:], m.flip(good[scan:], len(good)-scan, 1+i*4))
		m.add(b, "flipped-scan-%d", i)
	}
	for _, s := range all {
		if s.marker >= 0xc0 && s.marker <= 0xc2 {
			m.frames(good, s, scan)
		}
	}
	m.exifs(good)
	m.add(join(good, good), "two-pictures")
	m.add(join(good, make([]byte, 1<<20)), "a-megabyte-after-the-end")
	m.add(join(good[:2], repeat(join([]byte{0xff, 0xfe}, be16(0xffff), make([]byte, 0xfffd)), 100), good[2:]), "comments-of-6-MB")
	m.add(join(good[:2], repeat([]byte{0xff}, 1<<20), good[2:]), "a-megabyte-of-fill-bytes")
	m.add(join(good[:2], repeat([]byte{0xff, 0xd0}, 10_000), good[2:]), "restarts-before-everything")
	m.add(join(good[:2], repeat([]byte{0xff, 0xd8}, 10_000), good[2:]), "ten-thousand-beginnings")
	icc := func(n, of int) []byte {
		return join([]byte{0xff, 0xe2}, be16(16+1000), []byte("ICC_PROFILE\x00"), []byte{byte(n), byte(of)}, make([]byte, 1000))
	}
	m.add(join(good[:2], icc(0, 255), icc(255, 1), icc(3, 2), good[2:]), "colour-profile-in-parts-that-are-not-there")
}

// frames lies about the size, the components and the coding of the picture.
func (m *maker) frames(good []byte, s segment, scan int) {
	with := func(at int, v ...byte) []byte {
		b := clone(good)
		copy(b[s.at+at:], v)
		return b
	}
	for _, size := range [][2]int{{0, 0}, {0, 100}, {100, 0}, {1, 1}, {23, 23}, {65535, 65535}, {65535, 24}, {24, 65535}, {16000, 2500}, {2500, 16000}, {16001, 100}, {6300, 6300}, {40000, 1000}, {250, 251}, {257, 8}} {
		m.add(with(5, append(be16(size[1]), be16(size[0])...)...), "says-%dx%d", size[0], size[1])
	}
	for _, v := range []byte{0, 1, 7, 9, 12, 16, 255} {
		m.add(with(4, v), "precision-%d", v)
	}
	for _, v := range []byte{0, 1, 2, 4, 5, 255} {
		m.add(with(9, v), "components-%d", v)
	}
	for _, v := range []byte{0x00, 0x01, 0x10, 0x44, 0x41, 0x14, 0x55, 0xff} {
		m.add(with(11, v), "sampling-%02x", v)
	}
	for _, v := range []byte{1, 3, 4, 255} {
		m.add(with(12, v), "table-%d", v)
	}
	for v := byte(0xc0); v <= 0xcf; v++ {
		m.add(with(1, v), "frame-of-kind-%02x", v)
	}
	// A progressive picture may have any number of scans, and each one goes over all of it.
	header := good[segments(good)[len(segments(good))-1].at:scan]
	for _, scans := range []int{20, 60, 64, 200, 2000} {
		for _, side := range []int{250, 6300} {
			b := join(good[:s.at], good[s.at:header2(good)])
			b[s.at+1] = 0xc2
			copy(b[s.at+5:], append(be16(side), be16(side)...))
			one := clone(header)
			one[len(one)-3], one[len(one)-2], one[len(one)-1] = 0, 0, 0 // the first coefficient of all blocks
			b = join(b, repeat(join(one, []byte{0x00, 0x00}), scans), []byte{0xff, 0xd9})
			m.add(b, "progressive-%d-scans-of-%d", scans, side)
		}
	}
	for _, every := range []int{1, 7, 0xffff} {
		m.add(join(good[:s.at], []byte{0xff, 0xdd, 0, 4}, be16(every), good[s.at:]), "restart-every-%d", every)
	}
	for i, at := range []int{4, 5, 6, len(header) - 3, len(header) - 2, len(header) - 1} {
		for _, v := range []byte{0, 0x3f, 0x40, 0xff} {
			b := clone(good)
			b[scan-len(header)+at] = v
			m.add(b, "scan-header-%d-is-%02x", i, v)
		}
	}
}

// header2 is where the header of the first scan begins.
func header2(good []byte) int {
	all := segments(good)
	return all[len(all)-1].at
}

func repeat(b []byte, n int) []byte {
	all := make([]byte, 0, len(b)*n)
	for range n {
		all = append(all, b...)
	}
	return all
}

// exifs puts bad descriptions before a good picture.
func (m *maker) exifs(good []byte) {
	entry := func(tag, kind, count, value int) []byte { return join(be16(tag), be16(kind), be32(count), be32(value)) }
	exif := func(tiff []byte) []byte {
		return join(good[:2], []byte{0xff, 0xe1}, be16(2+6+len(tiff)), []byte("Exif\x00\x00"), tiff, good[2:])
	}
	header := func(first int) []byte { return join([]byte("MM\x00\x2a"), be32(first)) }
	const orientation, short = 0x0112, 3
	for v := range 12 {
		m.add(exif(join(header(8), be16(1), entry(orientation, short, 1, v<<16), be32(0))), "orientation-%d", v)
	}
	bad := map[string][]byte{
		"empty":               {},
		"header-cut":          []byte("MM\x00"),
		"of-no-order":         []byte("XX\x00\x2a\x00\x00\x00\x08"),
		"first-far-away":      header(0x7fffffff),
		"first-negative":      header(-1),
		"65535-entries":       join(header(8), be16(0xffff), entry(orientation, short, 1, 6<<16)),
		"goes-round":          join(header(8), be16(0), be32(8)),
		"count-of-4G":         join(header(8), be16(1), entry(orientation, short, -1, 6<<16), be32(0)),
		"kind-unknown":        join(header(8), be16(1), entry(orientation, 200, 1, 6<<16), be32(0)),
		"kind-long":           join(header(8), be16(1), entry(orientation, 4, 1, 6), be32(0)),
		"text-beyond":         join(header(8), be16(1), entry(0x010e, 2, 100_000, 0x7ffffff0), be32(0)),
		"thumbnail-beyond":    join(header(8), be16(2), entry(0x0201, 4, 1, 0x7fffffff), entry(0x0202, 4, 1, 0x7fffffff), be32(0)),
		"maker-note-of-60-kB": join(header(8), be16(1), entry(0x927c, 7, 60_000, 26), be32(0), make([]byte, 60_000)),
	}
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		m.add(exif(bad[name]), "exif-%s", name)
	}
	m.add(join(good[:2], repeat(exif(join(header(8), be16(1), entry(orientation, short, 1, 6<<16), be32(0)))[2:2+4+6+26], 300), good[2:]), "exif-300-times")
}
