package brokenmedia

import (
	"bytes"
	"encoding/binary"
	"maps"
	"path/filepath"
	"slices"
)

// Films breaks good films, and makes lists that lead elsewhere. A film's name tells its kind, e.g. "h264.mp4".
func Films(seed uint64, good ...File) []File {
	m := newMaker(seed)
	for _, film := range good {
		m.suffix = filepath.Ext(film.Name)
		m.prefix = film.Name[:len(film.Name)-len(m.suffix)]
		m.film(film.Data)
		if m.suffix == ".mp4" {
			m.boxes(film.Data)
		}
	}
	m.lists()
	return m.files
}

func (m *maker) film(good []byte) {
	for n := range 10 {
		m.add(clone(good[:len(good)*n/10]), "cut-%d-tenths", n)
	}
	for _, n := range []int{1, 4, 8, 12, 16, 32, 64} {
		m.add(clone(good[:min(n, len(good))]), "first-%d-bytes", n)
		m.add(clone(good[min(n, len(good)):]), "without-the-first-%d-bytes", n)
	}
	for i := range 12 {
		m.add(m.flip(good, 600, 1+i), "flipped-head-%d", i)
	}
	for i := range 12 {
		m.add(m.flip(good, len(good), 1<<i), "flipped-%d-bits", 1<<i)
	}
	for i := range 6 {
		b := clone(good)
		at := m.random.IntN(len(b) - 1)
		end := min(len(b), at+1<<(2*i+2))
		for k := at; k < end; k++ {
			b[k] = byte(0xff * (i % 2))
		}
		m.add(b, "blank-from-%d-to-%d", at, end)
	}
	for i := range 4 { // a part twice, a part gone
		at, n := m.random.IntN(len(good)), 1+m.random.IntN(2000)
		end := min(len(good), at+n)
		m.add(join(good[:end], good[at:]), "twice-%d", i)
		m.add(join(good[:at], good[end:]), "gone-%d", i)
	}
}

// boxes lies about every structure of an MP4 file.
func (m *maker) boxes(good []byte) {
	for _, kind := range []string{"ftyp", "moov", "mvhd", "trak", "tkhd", "mdia", "mdhd", "hdlr", "minf", "stbl", "stsd", "avc1", "avcC", "stts", "stsc", "stsz", "stco", "stss", "mdat"} {
		at := bytes.Index(good, []byte(kind))
		if at < 4 {
			continue
		}
		for _, size := range []uint32{0, 1, 7, 9, 0x7fffffff, 0xffffffff} {
			b := clone(good)
			binary.BigEndian.PutUint32(b[at-4:], size)
			m.add(b, "%s-says-%d-bytes", kind, size)
		}
		b := clone(good)
		copy(b[at:], "free")
		m.add(b, "%s-called-free", kind)
		if n := at + 12; n < len(good) { // after version and flags there is a count, a time or a size
			b = clone(good)
			copy(b[at+8:n], "\xff\xff\xff\xff")
			m.add(b, "%s-counts-4G", kind)
		}
	}
	if at := bytes.Index(good, []byte("avc1")); at > 0 {
		for _, size := range [][2]int{{0, 0}, {1, 1}, {65535, 65535}, {65535, 1}, {16384, 16384}} {
			b := clone(good)
			copy(b[at+28:], join(be16(size[0]), be16(size[1])))
			m.add(b, "says-%dx%d", size[0], size[1])
		}
	}
}

// lists are what FFmpeg takes for films and what lead to other files and hosts.
func (m *maker) lists() {
	m.prefix, m.suffix = "list", ".mp4"
	lists := map[string]string{
		"concat-passwd":    "ffconcat version 1.0\nfile /etc/passwd\n",
		"concat-http":      "ffconcat version 1.0\nfile 'http://127.0.0.1:9/x.mp4'\noption safe 0\n",
		"concat-itself":    "ffconcat version 1.0\nfile list.mp4\nfile list.mp4\n",
		"hls-passwd":       "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
		"hls-http":         "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\nhttp://169.254.169.254/latest/meta-data/\n#EXT-X-ENDLIST\n",
		"hls-concat":       "#EXTM3U\n#EXTINF:1.0,\nconcat:http://127.0.0.1:9/a|file:///etc/passwd\n#EXT-X-ENDLIST\n",
		"hls-subfile":      "#EXTM3U\n#EXTINF:1.0,\nsubfile,,start,0,end,1000,,:/etc/passwd\n#EXT-X-ENDLIST\n",
		"hls-key":          "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"http://127.0.0.1:9/k\"\n#EXTINF:1.0,\ncrypto:file:///etc/passwd\n#EXT-X-ENDLIST\n",
		"hls-of-1M":        "#EXTM3U\n" + string(repeat([]byte("#EXTINF:1.0,\na.ts\n"), 50_000)),
		"dash":             `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation><BaseURL>http://127.0.0.1:9/</BaseURL></Representation></AdaptationSet></Period></MPD>`,
		"sdp":              "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
		"xbin":             "XBIN\x1a\xff\xff\xff\xff\x10\xff",
		"tty":              "\x1b[2J\x1b[65535;65535H" + string(repeat([]byte("x"), 5000)),
		"subtitles":        "1\n00:00:00,000 --> 99:59:59,999\nx\n",
		"y4m-65535":        "YUV4MPEG2 W65535 H65535 F25:1 Ip A1:1 C420\nFRAME\n",
		"y4m-negative":     "YUV4MPEG2 W-1 H-1 F0:0 C420\nFRAME\n",
		"ffmetadata":       ";FFMETADATA1\ntitle=" + string(repeat([]byte("x"), 100_000)) + "\n",
		"image-sequence":   "%d%d%d%s%n.jpg",
		"shell":            "#!/bin/sh\necho hello\n",
		"empty":            "",
		"playlist-of-rtsp": "#EXTM3U\nrtsp://127.0.0.1:9/x\n",
	}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		m.add([]byte(lists[name]), "%s", name)
	}
}
