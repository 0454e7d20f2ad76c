package dlib

import (
	"context"
	"math"

	"menshen"
	"menshen/recognizer"
)

const (
	faceSide = 130                // of the face in a chip, px: the detector wants 80, the network looks at about 100
	margin   = 0.6                // on each side of the face, as a share of it: the detector needs some to see a face
	chipSide = 288                // faceSide·(1 + 2·margin), in whole blocks of 16 of a JPEG file
	maxTilt  = 35 * math.Pi / 180 // a head is turned upright up to this angle; beyond, the points are wrong more often
	minFace  = 8                  // px, the smallest face that Align takes; far below what can be recognised
	overlap  = 0.35               // IoU with the middle of the chip from which a face found there is the one that is meant
)

// Align implements recognizer.Engine: the face upright in the middle of a chip of 288 pixels a side, 130 pixels large,
// with what is around it. Beyond the picture's border its last pixels go on.
func (e *Engine) Align(p recognizer.Picture, d menshen.Detection) (recognizer.Chip, error) {
	const op = "dlib.align"
	if err := e.open(op); err != nil {
		return recognizer.Chip{}, err
	}
	if !p.Valid() {
		return recognizer.Chip{}, invalidPicture(op)
	}
	c, side := d.Box.Center(), math.Sqrt(d.Box.W*d.Box.H)
	inside := c.X >= 0 && c.Y >= 0 && c.X < float64(p.Width) && c.Y < float64(p.Height)
	if !inside || !(side >= minFace) || side > 4*float64(max(p.Width, p.Height)) || !(d.Landmarks.EyeDistance() >= 1) {
		return recognizer.Chip{}, menshen.Errorf(menshen.CodeInvalid, op, "the face lies outside the picture or its points make no face")
	}
	tilt := math.Atan2(d.Landmarks[1].Y-d.Landmarks[0].Y, d.Landmarks[1].X-d.Landmarks[0].X)
	if !(math.Abs(tilt) <= maxTilt) {
		tilt = 0
	}
	k := side / faceSide // pixels of the picture for one of the chip
	sin, cos := math.Sincos(tilt)
	t := affine{a: k * cos, b: k * sin}
	const half = (chipSide - 1) / 2.0
	t.x = c.X - 0.5 - t.a*half + t.b*half
	t.y = c.Y - 0.5 - t.b*half - t.a*half
	return recognizer.Chip{Picture: resample(p, chipSide, chipSide, t), Engine: e.id}, nil
}

// Embed implements recognizer.Engine.
func (e *Engine) Embed(ctx context.Context, c recognizer.Chip) (menshen.Descriptor, error) {
	const op = "dlib.embed"
	if c.Engine != e.id || c.Width != chipSide || c.Height != chipSide || !c.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "this is no aligned face of the engine %s", e.id)
	}
	found, err := e.recognize(ctx, op, c.Picture)
	if err != nil {
		return nil, err
	}
	const border = (chipSide - faceSide) / 2
	meant := menshen.Box{X: border, Y: border, W: faceSide, H: faceSide}
	best, at := overlap, -1
	for i, f := range found {
		if iou := box(f.Rectangle).IoU(meant); iou >= best {
			best, at = iou, i
		}
	}
	if at < 0 {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "no face could be made out").
			WithHint("use a picture with a sharp face, looking at the camera, 80 pixels wide or more")
	}
	d := make(menshen.Descriptor, Dim)
	copy(d, found[at].Descriptor[:])
	if err := d.Validate(e.id); err != nil {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "the face gives no usable descriptor").WithCause(err)
	}
	return d, nil
}
