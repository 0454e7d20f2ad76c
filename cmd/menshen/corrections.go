package main

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

// corrections gives whose every pass is of which guards have said whose it is; "" is nobody's.
func (p *pipeline) corrections(ctx context.Context) (map[menshen.PassID]string, error) {
	said := map[menshen.PassID][]menshen.Annotation{}
	for a, err := range p.store.Annotations(ctx, store.AnnotationFilter{}) {
		if err != nil {
			return nil, err
		}
		if _, corrected := menshen.Corrected([]menshen.Annotation{a}); corrected {
			said[a.Pass] = append(said[a.Pass], a)
		}
	}
	people := make(map[menshen.PassID]string, len(said))
	for id, all := range said {
		people[id], _ = menshen.Corrected(all)
	}
	return people, nil
}

// correct gives every pass in memory of which guards have said whose it is to that person.
func (p *pipeline) correct(ctx context.Context) error {
	people, err := p.corrections(ctx)
	for id, person := range people {
		p.log.Reassign(id, person)
	}
	return err
}

// corrected gives the passes of a filter in order of capture time, gate and sequence, each with whose it is after what guards
// said, and by that selected. All are read where the filter has Latest.
func (p *pipeline) corrected(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error] {
	return func(yield func(menshen.Pass, error) bool) {
		people, err := p.corrections(ctx)
		if err != nil {
			yield(menshen.Pass{}, err)
			return
		}
		var theirs []menshen.Pass // of the person by what guards said, not by the store
		if f.Person != "" {
			if theirs, err = p.reassigned(ctx, people, f); err != nil {
				yield(menshen.Pass{}, err)
				return
			}
		}
		for pass, err := range p.store.Passes(ctx, f) {
			for err == nil && len(theirs) > 0 && passOrder(theirs[0], pass) < 0 {
				if !yield(theirs[0], nil) {
					return
				}
				theirs = theirs[1:]
			}
			if person, ok := people[pass.ID]; ok && err == nil {
				if f.Person != "" && person != f.Person {
					continue
				}
				pass.Person = person
			}
			if !yield(pass, err) || err != nil {
				return
			}
		}
		for _, pass := range theirs {
			if !yield(pass, nil) {
				return
			}
		}
	}
}

// reassigned gives the passes of a filter that are the person's by what guards said alone, in order.
func (p *pipeline) reassigned(ctx context.Context, people map[menshen.PassID]string, f menshen.PassFilter) ([]menshen.Pass, error) {
	var all []menshen.Pass
	for id, person := range people {
		if person != f.Person || f.Gate != "" && id.Gate != f.Gate {
			continue
		}
		pass, err := p.store.Pass(ctx, id)
		switch {
		case menshen.ErrorCode(err) == menshen.CodeNotFound:
			continue // it has not come
		case err != nil:
			return nil, err
		case pass.Person == person, !f.From.IsZero() && pass.Captured.Before(f.From), !f.To.IsZero() && !pass.Captured.Before(f.To):
			continue
		}
		pass.Person = person
		all = append(all, pass)
	}
	slices.SortFunc(all, passOrder)
	return all, nil
}

func passOrder(a, b menshen.Pass) int {
	return cmp.Or(a.Captured.Compare(b.Captured), cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(a.ID.Sequence, b.ID.Sequence))
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
