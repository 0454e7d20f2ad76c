package recognizer

import (
	"context"

	"menshen"
	"menshen/recognizer/quality"
)

// maxAnalysed is how many faces of a photograph are worked at, the largest ones. A photograph for enrolment shows one.
const maxAnalysed = 20

// Analyse finds the faces of a still photograph, measures their quality and makes their descriptors: the 20 largest,
// largest first. CodeInvalid for what is no picture.
func (w *Worker) Analyse(ctx context.Context, image []byte) (menshen.Analysis, error) {
	var a menshen.Analysis
	err := w.guard(func() (err error) {
		a, err = w.analyse(ctx, image)
		return err
	})
	switch {
	case err == nil:
		w.meter.count(func(c *counts) { c.analyses++ })
	case ctx.Err() == nil && menshen.ErrorCode(err) != menshen.CodeInvalid:
		w.meter.fail(err)
	}
	if err != nil {
		return menshen.Analysis{}, err
	}
	return a, nil
}

func (w *Worker) analyse(ctx context.Context, image []byte) (menshen.Analysis, error) {
	p, err := w.decode(image)
	if err != nil {
		return menshen.Analysis{}, err
	}
	found, err := w.detect(ctx, p)
	if err != nil {
		return menshen.Analysis{}, err
	}
	a := menshen.Analysis{Engine: w.engine.ID(), Width: p.Width, Height: p.Height}
	view := quality.View{Pix: p.Pix, Width: p.Width, Height: p.Height, Stride: 3 * p.Width}
	for _, d := range found[:min(len(found), maxAnalysed)] {
		f := menshen.AnalysedFace{Detection: d, Quality: quality.Measure(view, d)}
		if f.Descriptor, f.Refusal, err = w.describe(ctx, p, d); err != nil {
			return menshen.Analysis{}, err
		}
		if f.Refusal == "" {
			f.Masked = w.cfg.Masks != nil && w.cfg.Masks.Covered(p, d.Landmarks)
		}
		a.Faces = append(a.Faces, f)
	}
	if len(a.Faces) > 0 { // the largest is the one meant, if any
		a.Faces[0].Drawn, err = w.drawn(ctx, p, &a.Faces[0])
	}
	return a, err
}

// drawn makes the descriptors of a bare face under masks of several kinds.
func (w *Worker) drawn(ctx context.Context, p Picture, f *menshen.AnalysedFace) (all []menshen.Descriptor, err error) {
	if w.cfg.Masks == nil || f.Masked || f.Refusal != "" {
		return nil, nil
	}
	for _, q := range w.cfg.Masks.Drawn(p, f.Landmarks) {
		d, refusal, err := w.describe(ctx, q, f.Detection)
		if err != nil {
			return nil, err
		}
		if refusal == "" {
			all = append(all, d)
		}
	}
	return all, nil
}

func (w *Worker) detect(ctx context.Context, p Picture) ([]menshen.Detection, error) {
	end := w.meter.begin()
	defer end()
	return w.engine.Detect(ctx, p)
}
