package main

import (
	"context"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

// correct gives every pass in memory of which guards have said whose it is to that person.
func (p *pipeline) correct(ctx context.Context) error {
	said := map[menshen.PassID][]menshen.Annotation{}
	for a, err := range p.store.Annotations(ctx, store.AnnotationFilter{}) {
		if err != nil {
			return err
		}
		if _, corrected := menshen.Corrected([]menshen.Annotation{a}); corrected {
			said[a.Pass] = append(said[a.Pass], a)
		}
	}
	for id, all := range said {
		person, _ := menshen.Corrected(all)
		p.log.Reassign(id, person)
	}
	return nil
}

// correctOne does that for one pass, after something was said of it. Those who say something at the same time wait for each
// other, so that what was said last counts.
func (p *pipeline) correctOne(ctx context.Context, id menshen.PassID) error {
	p.correcting.Lock()
	defer p.correcting.Unlock()
	var said []menshen.Annotation
	for a, err := range p.store.Annotations(ctx, store.AnnotationFilter{Pass: id}) {
		if err != nil {
			return err
		}
		said = append(said, a)
	}
	if person, corrected := menshen.Corrected(said); corrected {
		p.log.Reassign(id, person)
	}
	return nil
}

// correctingStore is the site's store for those who annotate passes: what they say counts in memory at once.
type correctingStore struct {
	*sqlite.Site

	pipeline *pipeline
}

// AddAnnotation implements office.Store.
func (s correctingStore) AddAnnotation(ctx context.Context, a menshen.Annotation) error {
	if err := s.Site.AddAnnotation(ctx, a); err != nil {
		return err
	}
	// It is kept, so it must count, whatever becomes of who asked.
	return s.pipeline.correctOne(context.WithoutCancel(ctx), a.Pass)
}
