package main

import (
	"context"
	"time"

	"menshen"
)

// eraseRefused erases the faces of those who said no before a moment and still have one: somebody's refusal was recorded and
// the hub ended, or the disk was full, before their face was gone. Each is in the audit log first.
func (h *hub) eraseRefused(ctx context.Context, before time.Time, erase func(ctx context.Context, person string) error) error {
	people, err := h.pipeline.store.FacesRefused(ctx, before)
	if err != nil {
		return err
	}
	for _, person := range people {
		entry := menshen.AuditEntry{At: time.Now(), Actor: "menshen", Action: "consent.erase", Subject: person, Purpose: "the erasure after a refusal had not come to its end"}
		if err := h.pipeline.store.Audit(ctx, entry); err != nil {
			return err
		}
		if err := erase(ctx, person); err != nil {
			return err
		}
		h.log.InfoContext(ctx, "the face of somebody who had refused is erased: that had not come to its end", "person", person)
	}
	return nil
}
