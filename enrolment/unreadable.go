package enrolment

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // headers only
	_ "image/png"

	"menshen"
)

// maxPixels is how many the recognizers take.
const maxPixels = 40_000_000

// explainUnreadable says of a file that no recognizer takes what it is, where that can be told; empty texts otherwise.
func explainUnreadable(data []byte) (detail, advice menshen.Text) {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err == nil && c.Width*c.Height > maxPixels {
		return menshen.Text{
				ZH: fmt.Sprintf("照片太大：%d×%d 像素，最多 %d 万像素", c.Width, c.Height, maxPixels/10_000),
				EN: fmt.Sprintf("the photograph is too large: %d×%d pixels, at most %d million are taken", c.Width, c.Height, maxPixels/1_000_000),
			}, menshen.Text{
				ZH: "请缩小到大约 2000 像素宽再上传", EN: "save it smaller, for example 2000 pixels wide",
			}
	}
	if err == nil {
		return menshen.Text{}, menshen.Text{}
	}
	for _, k := range []struct {
		name  string
		at    int
		magic string
	}{
		{"PDF", 0, "%PDF"}, {"GIF", 0, "GIF8"}, {"WebP", 8, "WEBP"}, {"HEIC", 4, "ftyphei"}, {"HEIC", 4, "ftypmif1"}, {"AVIF", 4, "ftypavif"},
		{"BMP", 0, "BM"}, {"ZIP", 0, "PK\x03\x04"},
	} {
		if len(data) > k.at && bytes.HasPrefix(data[k.at:], []byte(k.magic)) {
			return menshen.Text{
				ZH: fmt.Sprintf("这不是 JPEG 或 PNG 照片，而是 %s 文件", k.name),
				EN: fmt.Sprintf("this is no JPEG or PNG photograph but a file of kind %s", k.name),
			}, menshen.Text{}
		}
	}
	return menshen.Text{ZH: "这不是照片，或者文件已损坏", EN: "this is no photograph, or the file is damaged"}, menshen.Text{}
}
