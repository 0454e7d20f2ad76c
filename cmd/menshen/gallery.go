package main

import (
	"context"

	"menshen"
	"menshen/recognizer/gallery"
)

// openGallery loads people and templates into memory.
func (h *hub) openGallery(ctx context.Context) (err error) {
	h.gallery = gallery.NewFaces(h.engine.ID)
	var batch []menshen.Template
	for t, err := range h.pipeline.store.Templates(ctx, h.engine.ID) {
		if err != nil {
			return err
		}
		if batch = append(batch, t); len(batch) == 4096 {
			if err := h.gallery.Insert(batch...); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := h.gallery.Insert(batch...); err != nil {
		return err
	}
	engines, err := h.pipeline.store.TemplateEngines(ctx)
	if err != nil {
		return err
	}
	for id, n := range engines {
		if id != h.engine.ID {
			h.otherTemplates += n
			h.log.Warn("templates of another engine are not used", "engine", id, "templates", n)
		}
	}
	h.people, err = newDirectory(h.pipeline.store.People(ctx))
	if err != nil {
		return err
	}
	if h.simulated != nil {
		return settle(ctx, h.simulated, h.pipeline.store, h.people)
	}
	return nil
}
