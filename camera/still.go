package camera

import (
	"context"
	"image"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/address"
)

// Still is one picture of a camera with the faces in its region, for whoever sets the camera up.
type Still struct {
	JPEG        []byte
	Width       int // of the JPEG, in pixels
	Height      int
	FrameWidth  int // of the camera's picture, in pixels
	FrameHeight int
	Faces       []menshen.Detection // in pixels of the JPEG
}

const (
	stillSide = 1280 // pixels of the longer side of a Still, at most
	settling  = 10   // pictures of a stream until exposure and colour have settled
)

// Still takes one picture. It must not run beside Run. Errors are those of opening and reading the camera.
func (c *Camera) Still(ctx context.Context) (s Still, err error) {
	capture, err := c.open(ctx)
	if err != nil {
		return s, err
	}
	defer func() {
		if closeErr := capture.Close(); err == nil {
			err = closeErr
		}
	}()
	frame, small := gocv.NewMat(), gocv.NewMat()
	defer func() {
		for _, m := range []*gocv.Mat{&frame, &small} {
			if closeErr := m.Close(); err == nil {
				err = closeErr
			}
		}
	}()
	first := settling
	if c.cfg.Address.Kind() == address.KindFile {
		first = 0
	}
	for n := 0; n <= first; n++ {
		if ctx.Err() != nil {
			return s, ctx.Err()
		}
		if !capture.Read(&frame) || frame.Empty() {
			if n == 0 {
				return s, c.noFrame(0)
			}
			break // what came last is good enough
		}
	}
	if err := c.usable(frame); err != nil {
		return s, err
	}
	s.FrameWidth, s.FrameHeight = frame.Cols(), frame.Rows()
	k := max(float64(max(frame.Cols(), frame.Rows()))/stillSide, 1)
	gocv.Resize(frame, &small, shrunk(frame, k), 0, 0, interpolation(k))
	s.Width, s.Height = small.Cols(), small.Rows()
	faces, err := c.detector.Detect(small)
	if err != nil {
		return s, err
	}
	for _, d := range faces {
		at := d.Box.Center()
		if c.cfg.Region.Contains(menshen.Point{X: at.X / float64(s.Width), Y: at.Y / float64(s.Height)}) {
			s.Faces = append(s.Faces, d)
		}
	}
	s.JPEG, err = encode(small, image.Rect(0, 0, s.Width, s.Height))
	return s, err
}
