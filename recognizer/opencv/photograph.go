package opencv

import (
	"context"
	"image"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
)

// YuNet is trained for faces of about 10 to 300 pixels, and misses larger ones or puts their points wrong. So a
// photograph is looked at in two copies.
const (
	wideSide  = 960 // px, longest side of the copy for small faces
	closeSide = 320 // px, of the copy for faces that fill much of the photograph
	closeFace = 90  // px in the close copy, from which on its word counts more
)

// Detect implements recognizer.Engine. In a photograph larger than 960 pixels a side, faces narrower than about 1.5 % of
// the longest side are not found; a face may fill the whole photograph.
func (e *Engine) Detect(ctx context.Context, p recognizer.Picture) ([]menshen.Detection, error) {
	if err := e.open("opencv.detect"); err != nil {
		return nil, err
	}
	m, err := mat(p)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found, _, err := e.detectWithin(m, wideSide)
	if err != nil || max(p.Width, p.Height) <= closeSide {
		return found, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	large, scale, err := e.detectWithin(m, closeSide)
	if err != nil {
		return nil, err
	}
	return merge(large, found, closeFace*scale), nil
}

// detectWithin looks at a copy whose longest side is not above a limit, and gives the faces in pixels of the original and
// how many of those are one of the copy.
func (e *Engine) detectWithin(m gocv.Mat, side float64) (found []menshen.Detection, scale float64, err error) {
	scale = float64(max(m.Cols(), m.Rows())) / side
	if scale <= 1 {
		found, err = e.detector.Detect(m)
		return found, 1, err
	}
	small := gocv.NewMat()
	defer small.Close()
	size := image.Pt(max(1, int(float64(m.Cols())/scale+0.5)), max(1, int(float64(m.Rows())/scale+0.5)))
	gocv.Resize(m, &small, size, 0, 0, gocv.InterpolationArea)
	found, err = e.detector.Detect(small)
	for i := range found {
		found[i] = found[i].Scaled(scale, menshen.Point{})
	}
	return found, scale, err
}

// merge takes the faces of the close copy that are at least so wide, and those of the wide copy that are not the same;
// largest first.
func merge(near, wide []menshen.Detection, width float64) []menshen.Detection {
	var all []menshen.Detection
	for _, d := range near {
		if d.Box.W >= width {
			all = append(all, d)
		}
	}
	for _, d := range wide {
		if !overlaps(all, d, 0.3) {
			all = append(all, d)
		}
	}
	sortBySize(all)
	return all
}
