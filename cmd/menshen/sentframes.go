package main

import (
	"context"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/opencv"
)

// sentFrames hands the frames that a browser sends to the camera: the latest one only. They are decoded here, in the
// camera's process, within the limits of every picture from outside.
type sentFrames struct{ latest chan sentFrame }

type sentFrame struct {
	picture recognizer.Picture
	at      time.Time
}

// The largest frame that is decoded, in pixels.
const (
	maxSentWidth  = 1280
	maxSentHeight = 720
)

func newSentFrames() *sentFrames { return &sentFrames{make(chan sentFrame, 1)} }

// take decodes a frame and puts it in the place of one that still waits.
func (s *sentFrames) take(jpeg []byte) error {
	at := time.Now()
	w, h, err := recognizer.CheckHeader(jpeg)
	if err != nil {
		return err
	}
	if max(w, h) > maxSentWidth || min(w, h) > maxSentHeight {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.frame", "the frame is %d×%d pixels", w, h).WithHint("send a JPEG of at most 1280×720 pixels")
	}
	p, err := opencv.Decode(jpeg)
	if err != nil {
		return err
	}
	select {
	case <-s.latest:
	default:
	}
	s.latest <- sentFrame{p, at} // one goroutine puts, so there is room
	return nil
}

// Next implements camera.Stills.
func (s *sentFrames) Next(ctx context.Context, m *gocv.Mat) (time.Time, error) {
	select {
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	case f := <-s.latest:
		view, err := gocv.NewMatFromBytes(f.picture.Height, f.picture.Width, gocv.MatTypeCV8UC3, f.picture.Pix)
		if err != nil {
			return time.Time{}, menshen.Errorf(menshen.CodeInternal, "cmd.frame", "a frame cannot be used").WithCause(err)
		}
		view.CopyTo(m)
		return f.at, view.Close()
	}
}
