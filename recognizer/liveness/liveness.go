// Package liveness runs the two MiniFASNet networks (Silent-Face-Anti-Spoofing, minivision-ai) on a face: how much it
// looks like a living one and not like a print or a screen. It owns their input and output; what follows from a low
// score is the business of evidence and policy. The score is a signal that asks a guard to look, never proof.
//
// gocv does not catch C++ exceptions, so everything is checked here before a call crosses over, and this package runs in
// recognizer processes only.
package liveness

import (
	"context"
	"errors"
	"image"
	"sync"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
)

// Margin is what a crop must show around a face on each side, as a share of its width and height: one of the networks
// looks at 4 faces across.
const Margin = (wideScale - 1) / 2

const (
	nearScale = 2.7 // of the crop that MiniFASNetV2 looks at
	wideScale = 4.0 // and MiniFASNetV1SE
	side      = 80  // pixels of the networks' input
	classes   = 3   // of the output: two kinds of fake around the real one
	realClass = 1
)

// Config names the verified files.
type Config struct {
	Near string // MiniFASNetV2, ONNX
	Wide string // MiniFASNetV1SE, ONNX
}

// Checker is the two networks. Safe for concurrent use; calls take turns.
type Checker struct {
	mu     sync.Mutex
	near   gocv.Net
	wide   gocv.Net
	input  gocv.Mat // the resized crop, used again by every call
	closed bool
}

var _ recognizer.LivenessChecker = (*Checker)(nil)

// New loads the networks. The files must have been verified: OpenCV ends the process on broken ones.
func New(cfg Config) (*Checker, error) {
	near, err := read(cfg.Near)
	if err != nil {
		return nil, err
	}
	wide, err := read(cfg.Wide)
	if err != nil {
		return nil, errors.Join(err, near.Close())
	}
	return &Checker{near: near, wide: wide, input: gocv.NewMat()}, nil
}

func read(path string) (gocv.Net, error) {
	if err := recognizer.CheckFile(path, ""); err != nil {
		return gocv.Net{}, err
	}
	net := gocv.ReadNetFromONNX(path)
	if net.Empty() {
		return net, menshen.Errorf(menshen.CodeCorrupt, "liveness.load", "the network %s cannot be loaded", path).WithHint("run: menshen models verify")
	}
	return net, nil
}

// Check gives the mean probability of "real" of both networks, 0 … 1, for the face in the box. The picture should show
// Margin around it; where it shows less, the crop is shifted and shrunk as the networks' authors do. CodeInvalid where
// the box lies outside the picture.
func (c *Checker) Check(ctx context.Context, p recognizer.Picture, box menshen.Box) (float64, error) {
	const op = "liveness.check"
	if !p.Valid() {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "the picture is empty or not as large as it says")
	}
	m, err := gocv.NewMatFromBytes(p.Height, p.Width, gocv.MatTypeCV8UC3, p.Pix)
	if err != nil {
		return 0, menshen.Errorf(menshen.CodeInternal, op, "the picture cannot be handed to OpenCV").WithCause(err)
	}
	defer m.Close()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, menshen.Errorf(menshen.CodeUnavailable, op, "the liveness networks are closed")
	}
	sum := 0.0
	for _, look := range []struct {
		net   *gocv.Net
		scale float64
	}{{&c.near, nearScale}, {&c.wide, wideScale}} {
		r, ok := Crop(box, look.scale, p.Width, p.Height)
		if !ok {
			return 0, menshen.Errorf(menshen.CodeInvalid, op, "the face lies outside the picture or has no size")
		}
		v, err := c.forward(look.net, m, r)
		if err != nil {
			return 0, err
		}
		sum += v
	}
	return sum / 2, nil
}

func (c *Checker) forward(net *gocv.Net, m gocv.Mat, r image.Rectangle) (float64, error) {
	view := m.Region(r)
	defer view.Close()
	gocv.Resize(view, &c.input, image.Pt(side, side), 0, 0, gocv.InterpolationLinear)
	blob := gocv.BlobFromImage(c.input, 1, image.Pt(side, side), gocv.NewScalar(0, 0, 0, 0), false, false)
	defer blob.Close()
	net.SetInput(blob, "")
	out := net.Forward("")
	defer out.Close()
	prob, err := out.DataPtrFloat32()
	if err != nil || len(prob) != classes {
		return 0, menshen.Errorf(menshen.CodeInternal, "liveness.check", "a liveness network gave %d numbers instead of %d", len(prob), classes).
			WithHint("run: menshen models verify").WithCause(err)
	}
	return float64(min(max(prob[realClass], 0), 1)), nil
}

// Close frees the networks; calls under way are waited for.
func (c *Checker) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	return errors.Join(c.near.Close(), c.wide.Close(), c.input.Close())
}

// Crop gives the part of a picture that a network of the scale looks at, as the repository of Silent-Face-Anti-Spoofing
// cuts it out (src/generate_patches.py): the box enlarged about its centre, less where it would be larger than the
// picture, and shifted inside. ok is false where the box has no size or lies outside.
func Crop(box menshen.Box, scale float64, width, height int) (r image.Rectangle, ok bool) {
	x, y, w, h := float64(int(box.X)), float64(int(box.Y)), float64(int(box.W)), float64(int(box.H))
	if !(w >= 1 && h >= 1) || width < 2 || height < 2 || box.X >= float64(width) || box.Y >= float64(height) || box.X+box.W <= 0 || box.Y+box.H <= 0 {
		return image.Rectangle{}, false
	}
	right, bottom := float64(width-1), float64(height-1)
	k := min(bottom/h, right/w, scale)
	nw, nh := w*k, h*k
	l, t := x+w/2-nw/2, y+h/2-nh/2
	l, t = min(max(l, 0), right-nw), min(max(t, 0), bottom-nh)
	r = image.Rect(int(l), int(t), int(l+nw)+1, int(t+nh)+1).Intersect(image.Rect(0, 0, width, height))
	return r, !r.Empty()
}
