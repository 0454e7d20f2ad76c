package brokenmedia

import (
	"bytes"
	"compress/gzip"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// Pictures makes about a thousand broken pictures from good JPEG photographs and from pictures that it draws itself.
func Pictures(seed uint64, photographs ...[]byte) []File {
	m := newMaker(seed)
	drawn := drawing(m, 160)
	var j, p, g bytes.Buffer
	// Into memory, from a picture that is well formed.
	_ = jpeg.Encode(&j, drawn, nil)
	_ = png.Encode(&p, drawn)
	_ = gif.Encode(&g, drawn, nil)
	for i, photograph := range append([][]byte{j.Bytes()}, photographs...) {
		m.prefix = "drawn"
		if i > 0 {
			m.prefix = "photograph"
		}
		m.jpegs(photograph)
	}
	m.prefix = "drawn"
	m.pngs(p.Bytes())
	m.others(j.Bytes(), p.Bytes(), g.Bytes())
	return m.files
}

// drawing is a picture with something in every corner.
func drawing(m *maker, side int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			img.Set(x, y, color.RGBA{R: uint8(x * 255 / side), G: uint8(y * 255 / side), B: uint8(m.random.IntN(60)), A: 255})
		}
	}
	return img
}

// others are files of other kinds under the names of pictures, also with the beginning of one.
func (m *maker) others(j, p, g []byte) {
	m.prefix = "other"
	zip := []byte("PK\x03\x04\x14\x00\x00\x00\x08\x00")
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	_, _ = w.Write(make([]byte, 10<<20)) // into memory
	_ = w.Close()
	kinds := []struct {
		name string
		data []byte
	}{
		{"gif", g},
		{"gif-cut", g[:len(g)/2]},
		{"gif-65535x65535", join([]byte("GIF89a\xff\xff\xff\xff\xf7\x00\x00"), make([]byte, 768), []byte(",\x00\x00\x00\x00\xff\xff\xff\xff\x00\x08\x00;"))},
		{"webp", join([]byte("RIFF"), []byte{0x24, 0, 0, 0}, []byte("WEBPVP8L"), []byte{0x18, 0, 0, 0, 0x2f, 0xff, 0xff, 0xff, 0x0f}, make([]byte, 32))},
		{"webp-extended", join([]byte("RIFF\xff\xff\xff\xffWEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\xff\xff\xff\xff\xff"), make([]byte, 64))},
		{"bmp", join([]byte("BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x7d\x00\x00\x00\x7d\x00\x00\x01\x00\x18\x00"), make([]byte, 64))},
		{"bmp-negative", join([]byte("BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00\x80\x01\x00\x20\x00\x01"), make([]byte, 64))},
		{"tiff", join([]byte("II\x2a\x00\x08\x00\x00\x00\xff\xff"), make([]byte, 64))},
		{"bigtiff", join([]byte("II\x2b\x00\x08\x00\x00\x00"), repeat([]byte{0xff}, 64))},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><image href="file:///etc/passwd"/></svg>`)},
		{"svg-entities", []byte(`<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><svg>&c;</svg>`)},
		{"pnm", []byte("P6\n60000 60000\n255\n")},
		{"pnm-negative", []byte("P5\n-1 -1\n65535\n")},
		{"pfm", []byte("PF\n40000 40000\n-1.0\n")},
		{"pam", []byte("P7\nWIDTH 65000\nHEIGHT 65000\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n")},
		{"hdr", []byte("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 60000 +X 60000\n")},
		{"exr", join([]byte("\x76\x2f\x31\x01\x02\x00\x00\x00channels\x00chlist\x00"), repeat([]byte{0xff}, 64))},
		{"jpeg2000", join([]byte("\x00\x00\x00\x0cjP  \r\n\x87\n"), repeat([]byte{0xff}, 64))},
		{"jpeg2000-stream", join([]byte("\xff\x4f\xff\x51\x00\x2f\x00\x00"), repeat([]byte{0xff}, 64))},
		{"jpeg-xl", join([]byte("\xff\x0a"), repeat([]byte{0xff}, 64))},
		{"avif", join([]byte("\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf"), repeat([]byte{0xff}, 64))},
		{"heic", join([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), repeat([]byte{0xff}, 64))},
		{"ico", join([]byte("\x00\x00\x01\x00\xff\xff\x00\x00\x00\x00\x01\x00\x20\x00\xff\xff\xff\xff"), p)},
		{"psd", join([]byte("8BPS\x00\x01\x00\x00\x00\x00\x00\x00\x00\x38\x00\x00\xff\xff\x00\x00\xff\xff"), make([]byte, 64))},
		{"sun-raster", join([]byte("\x59\xa6\x6a\x95"), repeat([]byte{0x7f}, 64))},
		{"pdf", []byte("%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n")},
		{"zip", join(zip, make([]byte, 64))},
		{"gzip-bomb", bomb.Bytes()},
		{"html", []byte("<html><script>alert(1)</script></html>")},
		{"shell", []byte("#!/bin/sh\nrm -rf /\n")},
		{"elf", join([]byte("\x7fELF\x02\x01\x01"), make([]byte, 64))},
		{"playlist", []byte("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")},
		{"concat", []byte("ffconcat version 1.0\nfile /etc/passwd\n")},
		{"mvg", []byte("push graphic-context\nviewbox 0 0 640 480\nimage over 0,0 0,0 'https://127.0.0.1/x.png'\npop graphic-context\n")},
		{"nul", make([]byte, 4096)},
		{"ones", repeat([]byte{0xff}, 4096)},
		{"one-byte", []byte{0xff}},
		{"spaces", repeat([]byte(" "), 4096)},
		{"jpeg-in-base64", []byte("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA==")},
	}
	for _, k := range kinds {
		for _, suffix := range []string{".jpg", ".png"} {
			m.suffix = suffix
			m.add(k.data, "%s", k.name)
			if suffix == ".jpg" {
				m.add(join(j[:20], k.data), "%s-after-a-JPEG-head", k.name)
				m.add(join(k.data, j), "%s-before-a-JPEG", k.name)
			} else {
				m.add(join(p[:8], k.data), "%s-after-a-PNG-head", k.name)
			}
		}
	}
	for i := range 40 {
		noise := make([]byte, 1+m.random.IntN(20_000))
		for k := range noise {
			noise[k] = byte(m.random.UintN(256))
		}
		m.suffix = ".jpg"
		m.add(noise, "noise-%d", i)
		m.add(join(j[:2+m.random.IntN(500)], noise), "noise-after-a-JPEG-head-%d", i)
		m.suffix = ".png"
		m.add(join(p[:8+m.random.IntN(60)], noise), "noise-after-a-PNG-head-%d", i)
	}
}
