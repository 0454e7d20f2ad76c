package main

import (
	"context"

	bureau "menshen/office"
)

// openFinder takes everybody into memory, with what they are found by.
func (h *hub) openFinder(ctx context.Context) error {
	phones, err := h.pipeline.store.Phones(ctx)
	if err != nil {
		return err
	}
	h.finder = bureau.NewFinder()
	for p, err := range h.pipeline.store.People(ctx) {
		if err != nil {
			return err
		}
		h.finder.Put(p, phones[p.ID])
	}
	return nil
}

// findAnew takes over what somebody is found by now.
func (h *hub) findAnew(ctx context.Context, person string) error {
	p, err := h.pipeline.store.Person(ctx, person)
	if err != nil {
		return err
	}
	with, err := h.pipeline.store.Particulars(ctx, person)
	if err != nil {
		return err
	}
	h.finder.Put(p, with.Phone)
	return nil
}
