package camera

import (
	"context"
	"time"

	"gocv.io/x/gocv"

	"menshen"
)

// Stills gives a camera the pictures that are sent to it. It is called from one goroutine.
type Stills interface {
	// Next waits for a picture, puts it into m as 8-bit BGR and gives when it came. It fails when ctx ends.
	Next(ctx context.Context, m *gocv.Mat) (captured time.Time, err error)
}

// ReadFrom has a camera whose address is "browser" take its pictures from s. It is called before Run.
func (c *Camera) ReadFrom(s Stills) { c.stills = s }

// Seen gives what was in the latest frame that was looked at. Safe for concurrent use.
func (c *Camera) Seen() menshen.Seen {
	c.figures.mu.Lock()
	defer c.figures.mu.Unlock()
	return c.figures.seen
}

// see keeps what was in a frame. The zero size is that of the frame before.
func (f *figures) see(s menshen.Seen) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = s
}

// readSent takes pictures as they are sent.
func (c *Camera) readSent(ctx context.Context, f *frame) error {
	if c.stills == nil {
		return menshen.Errorf(menshen.CodeInternal, "camera.read", "nothing sends pictures to the camera %s", c.cfg.Camera)
	}
	for {
		captured, err := c.stills.Next(ctx, &f.mat)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if err := c.usable(f.mat); err != nil {
			return err
		}
		f.captured = captured
		c.figures.frame(captured)
		c.figures.size(f.mat.Cols(), f.mat.Rows())
		f = c.slot.put(f)
	}
}
