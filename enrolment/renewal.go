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
	if p, err := e.registry.Person(ctx, person); err != nil || p.State != menshen.PersonActive {
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			err = nil
		}
		return r, err // gone
	}
	if err := e.cfg.Consents.Consented(ctx, person); err != nil {
		if menshen.ErrorCode(err) == menshen.CodeMissing {
			err = nil // they must be asked, and come again
		}
		return r, err
	}
	own, err := e.own(ctx, person)
	if err != nil {
		return r, err
	}
	req := Request{Person: person, renewal: true, erasures: e.erasures(person)}
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
	if len(own) > 0 {
		return e.remask(ctx, r, own, req)
	}
	result, err := e.Enroll(ctx, req)
	if menshen.ErrorCode(err) == menshen.CodeNotFound || menshen.ErrorCode(err) == menshen.CodeConflict || menshen.ErrorCode(err) == menshen.CodeMissing {
		return r, nil // removed a moment ago, or the consent was
	}
	if err != nil {
		return r, err
	}
	r.Templates = result.Accepted()
	r.Refused = slices.DeleteFunc(result.Photos, func(p PhotoResult) bool { return p.Accepted })
	return r, nil
}

// own gives the templates of a person.
func (e *Enroller) own(ctx context.Context, person string) (all []menshen.Template, err error) {
	for t, err := range e.registry.TemplatesOf(ctx, e.cfg.Engine, person) {
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// remask makes a template for covered faces of somebody who has only others, enrolled before there were any.
func (e *Enroller) remask(ctx context.Context, r Renewed, own []menshen.Template, req Request) (Renewed, error) {
	if slices.ContainsFunc(own, func(t menshen.Template) bool { return t.Masked }) {
		return r, nil
	}
	shots, err := e.analyse(ctx, req.Photos)
	if err != nil {
		return r, err
	}
	end, err := e.takeTurn(ctx)
	if err != nil {
		return r, err
	}
	defer end()
	if p, err := e.registry.Person(ctx, r.Person); err != nil || p.State != menshen.PersonActive {
		return r, err
	}
	if e.erasures(r.Person) != req.erasures || e.cfg.Consents.Consented(ctx, r.Person) != nil {
		return r, nil
	}
	made := slices.DeleteFunc(e.templates(r.Person, shots, e.now()), func(t menshen.Template) bool { return !t.Masked })
	if len(made) == 0 {
		return r, nil
	}
	if err := e.registry.AddTemplates(ctx, made); err != nil {
		return r, err
	}
	e.mu.Lock()
	e.pending = append(e.pending, made...)
	e.mu.Unlock()
	r.Templates = len(made)
	return r, e.flush()
}
