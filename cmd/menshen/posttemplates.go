package main

import (
	"context"
	"iter"

	"menshen"
	"menshen/store/sqlite"
)

// copiedTemplates gives calibration what a post has of the registry. What calibration finds is not kept: it is found anew at
// each start, before the post's thresholds are better than the network's own.
type copiedTemplates struct{ copy *sqlite.Copy }

// Templates implements calibration.Store.
func (t copiedTemplates) Templates(ctx context.Context, engine menshen.EngineID) iter.Seq2[menshen.Template, error] {
	return t.TemplatesOf(ctx, engine, "")
}

// TemplatesOf implements calibration.Store.
func (t copiedTemplates) TemplatesOf(ctx context.Context, engine menshen.EngineID, person string) iter.Seq2[menshen.Template, error] {
	return func(yield func(menshen.Template, error) bool) {
		for c, err := range t.copy.All(ctx) {
			if err != nil {
				yield(menshen.Template{}, err)
				return
			}
			if c.Template != nil && c.Template.Engine == engine && (person == "" || c.Template.Person == person) && !yield(*c.Template, nil) {
				return
			}
		}
	}
}

// Calibration implements calibration.Store.
func (t copiedTemplates) Calibration(context.Context, menshen.EngineID) (menshen.Calibration, error) {
	return menshen.Calibration{}, menshen.Errorf(menshen.CodeNotFound, "cmd.post_calibration", "no calibration is kept at a post")
}

// SetCalibration implements calibration.Store.
func (t copiedTemplates) SetCalibration(context.Context, menshen.Calibration) error { return nil }
