package camera

import (
	"context"
	"errors"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/address"
	"menshen/camera/stamp"
)

// read opens the camera and reads it as fast as frames come: a frame that is not fetched is late for ever after. It
// owns the capture. nil means that ctx is done or the file has ended.
func (c *Camera) read(ctx context.Context) error {
	f := c.slot.reading()
	if c.cfg.Address.Kind() == address.KindSent {
		return c.readSent(ctx, f)
	}
	for {
		capture, err := c.open(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		c.figures.open(c.now())
		f, err = c.readAll(ctx, capture, f)
		if closeErr := capture.Close(); err == nil && closeErr != nil {
			err = closeErr
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, errEnded) && c.cfg.Loop:
			continue
		case errors.Is(err, errEnded):
			return nil
		}
		return err
	}
}

// readAll reads until ctx is done or nothing more comes. It gives the frame that it fills next.
func (c *Camera) readAll(ctx context.Context, capture *gocv.VideoCapture, f *frame) (*frame, error) {
	kind := c.cfg.Address.Kind()
	p := newPace(kind, capture, c.now(), c.cfg.Offline)
	var stamps stamp.Clock
	captured := func(n int) time.Time {
		if c.cfg.Offline {
			return p.due(n)
		}
		return stamps.Captured(c.now(), milliseconds(capture.Get(gocv.VideoCapturePosMsec)))
	}
	position := 0.0
	must := true // the first frame is always fetched, to know whether there are any
	for n := 0; ctx.Err() == nil; n++ {
		p.wait(ctx, c.now, n)
		// Decoding must go on, but a frame that nobody looks at need not become a picture: that halves the work. Grab
		// says nothing about its success; FFmpeg's frame count does. V4L2 has none, and decodes nothing in a grab.
		if !must && kind != address.KindDevice && !c.slot.wanted(p.at(c.now(), n)) {
			capture.Grab(1)
			was := position
			position = capture.Get(gocv.VideoCapturePosFrames)
			if must = !(position > was); !must {
				c.figures.frame(captured(n))
			}
			continue
		}
		ok := capture.Read(&f.mat)
		if !ok || f.mat.Empty() {
			return f, c.noFrame(n)
		}
		if err := c.usable(f.mat); err != nil {
			return f, err
		}
		position = capture.Get(gocv.VideoCapturePosFrames)
		must = false
		f.captured = captured(n)
		c.figures.frame(f.captured)
		c.figures.size(f.mat.Cols(), f.mat.Rows())
		f = c.slot.put(f)
		if c.cfg.Offline {
			select {
			case <-ctx.Done():
			case <-c.slot.done:
			}
		}
	}
	return f, nil
}

func milliseconds(v float64) time.Duration {
	if !(v > 0 && v < 1e12) {
		return 0
	}
	return time.Duration(v * float64(time.Millisecond))
}

// noFrame says why frame n, from 0 on, did not come.
func (c *Camera) noFrame(n int) error {
	a := c.cfg.Address
	switch {
	case a.Kind() == address.KindFile && n > 0:
		return errEnded
	case n == 0:
		return menshen.Errorf(menshen.CodeInvalid, "camera.read", "%s opens but no picture of it can be decoded", a).
			WithHint("switch the camera's video to H.264, or try another stream or file")
	case a.Kind() == address.KindDevice:
		return menshen.Errorf(menshen.CodeUnavailable, "camera.read", "the video device %s gives no more pictures", a).
			WithHint("check its cable; it is opened again by itself")
	}
	return menshen.Errorf(menshen.CodeUnavailable, "camera.read", "the stream %s has ended", a).
		WithHint("check the camera's power and network; it is connected again by itself")
}

// smallest and largest frames that are looked at.
const (
	minSide = 64
	maxSide = 8192
)

// usable refuses pictures that OpenCV would end the process on.
func (c *Camera) usable(m gocv.Mat) error {
	if m.Type() != gocv.MatTypeCV8UC3 || min(m.Cols(), m.Rows()) < minSide || max(m.Cols(), m.Rows()) > maxSide {
		return menshen.Errorf(menshen.CodeInvalid, "camera.read", "the pictures of %s are %d×%d, or not 8-bit colour", c.cfg.Address, m.Cols(), m.Rows()).
			WithHint("set the camera to colour video of %d to %d pixels a side, usually 1280×720", minSide, maxSide)
	}
	return nil
}

// pace plays a file in real time; a camera keeps its own.
type pace struct {
	every   time.Duration // 0: none
	start   time.Time
	offline bool // times go on as if played, but nobody waits
}

func newPace(kind address.Kind, capture *gocv.VideoCapture, now time.Time, offline bool) *pace {
	if kind != address.KindFile {
		return &pace{}
	}
	fps := capture.Get(gocv.VideoCaptureFPS)
	if !(fps >= 1 && fps <= 240) {
		fps = 25
	}
	return &pace{every: time.Duration(float64(time.Second) / fps), start: now, offline: offline}
}

// due is when frame n is to be shown.
func (p *pace) due(n int) time.Time { return p.start.Add(time.Duration(n) * p.every) }

// at is the time that counts while frame n is being read.
func (p *pace) at(now time.Time, n int) time.Time {
	if p.offline {
		return p.due(n)
	}
	return now
}

// wait sleeps until frame n is due. After a long stop, e.g. of the whole machine, it goes on from now.
func (p *pace) wait(ctx context.Context, now func() time.Time, n int) {
	if p.every == 0 || p.offline {
		return
	}
	d := p.due(n).Sub(now())
	if d < -time.Second {
		p.start = p.start.Add(-d)
	}
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
