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
		a.Faces = append(a.Faces, f)
	}
	return a, nil
}

func (w *Worker) detect(ctx context.Context, p Picture) ([]menshen.Detection, error) {
	end := w.meter.begin()
	defer end()
	return w.engine.Detect(ctx, p)
}
