package enrolment

import (
	"context"
	"slices"

	"menshen"
)

// Renewed says what became of one person in a renewal.
type Renewed struct {
	Person    string
	Templates int           // made; 0 where the person must come again
	Refused   []PhotoResult // photographs that the engine in use makes no template of
}

// Renew makes templates of the engine in use from the photographs that were kept of people, one person after another,
// and tells each what became of it. People without usable photographs must be enrolled again. It stops at the first
// error; what was done stays done, and asking again goes on with the others.
func (e *Enroller) Renew(ctx context.Context, people []string, each func(Renewed) error) error {
	for _, id := range people {
		r, err := e.renew(ctx, id)
		if err != nil {
			return err
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (e *Enroller) renew(ctx context.Context, person string) (Renewed, error) {
	r := Renewed{Person: person}
	req := Request{Person: person}
	for p, err := range e.registry.Photographs(ctx, person) {
		if err != nil {
			return r, err
		}
		req.Photos = append(req.Photos, Photo{Name: p.Name, Data: p.Data})
	}
	// More than are taken at once: the newest, for people change.
	if extra := len(req.Photos) - e.cfg.MaxPhotos; extra > 0 {
		req.Photos = req.Photos[extra:]
	}
	if len(req.Photos) == 0 {
		return r, nil
	}
	result, err := e.Enroll(ctx, req)
	if menshen.ErrorCode(err) == menshen.CodeNotFound || menshen.ErrorCode(err) == menshen.CodeConflict {
		return r, nil // removed a moment ago
	}
	if err != nil {
		return r, err
	}
	r.Templates = result.Accepted()
	r.Refused = slices.DeleteFunc(result.Photos, func(p PhotoResult) bool { return p.Accepted })
	return r, nil
}
