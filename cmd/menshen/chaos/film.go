package chaos

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
)

const (
	filmWidth, filmHeight = 320, 240
	filmFrames            = 250 // 10 s at the 25 frames a second that FFmpeg takes such a film for
)

// film writes what the cameras see, as JPEGs one after the other: a square that crosses an empty yard, so that there is
// something to decode and to look at. There is no face in it: whoever passes shows a card, and every pass is in the ledger.
func film(path string) error {
	var b bytes.Buffer
	for n := range filmFrames {
		if err := jpeg.Encode(&b, yard(n), &jpeg.Options{Quality: 60}); err != nil {
			return err
		}
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// yard is one frame of the film.
func yard(n int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, filmWidth, filmHeight))
	draw.Draw(m, m.Bounds(), image.NewUniform(color.Gray{96}), image.Point{}, draw.Src)
	at := image.Pt(n*(filmWidth-60)/filmFrames, filmHeight/3)
	draw.Draw(m, image.Rectangle{at, at.Add(image.Pt(60, 80))}, image.NewUniform(color.RGBA{200, 160, 60, 255}), image.Point{}, draw.Src)
	return m
}
