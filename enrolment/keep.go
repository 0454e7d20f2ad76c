package enrolment

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"menshen"
)

// keep stores what was accepted, registry first, and shows it to the gates.
func (e *Enroller) keep(ctx context.Context, req Request, p menshen.Person, shots []*shot) (Result, error) {
	r := Result{Person: p.ID}
	for _, s := range shots {
		r.Photos = append(r.Photos, s.result())
	}
	if r.Accepted() == 0 {
		return r, nil
	}
	now := e.now()
	if p.ID == "" {
		p = menshen.Person{ID: menshen.NewID(), Name: req.Name, Dwelling: req.Dwelling, State: menshen.PersonActive, Created: now}
		r.Created = true
	}
	templates := e.templates(p.ID, shots, now)
	if p.State == menshen.PersonInactive { // removed once, and enrolled anew: first, so that what fails later can be asked for again
		if err := e.registry.SetPersonState(ctx, p.ID, menshen.PersonActive); err != nil {
			return Result{}, err
		}
	}
	if err := e.store(ctx, req, p, templates, r.Created); err != nil {
		return Result{}, err
	}
	r.Person = p.ID
	e.mu.Lock()
	e.pending = append(e.pending, templates...)
	e.mu.Unlock()
	if err := e.flush(); err != nil {
		return r, err
	}
	if e.cfg.KeepPhotographs {
		if err := e.registry.AddPhotographs(ctx, p.ID, photographs(shots, now)); err != nil {
			return r, err
		}
	}
	return r, e.trim(ctx, p.ID)
}

// templates makes one of each accepted photograph, and one for covered faces: the mean of all of them, bare and with masks
// drawn on, which is nearer to an unknown mask than the nearest of them. Of a photograph that shows a real mask the
// template is for covered faces too.
func (e *Enroller) templates(person string, shots []*shot, now time.Time) (all []menshen.Template) {
	add := func(d menshen.Descriptor, quality float64, masked bool) {
		all = append(all, menshen.Template{
			ID: menshen.NewID(), Person: person, Engine: e.cfg.Engine, Descriptor: d, Quality: quality, Masked: masked, Created: now,
		})
	}
	var drawn []menshen.Descriptor
	best := 0.0
	for _, s := range shots {
		if !s.good() {
			continue
		}
		add(s.face.Descriptor, s.face.Quality.Score(), s.face.Masked)
		if len(s.face.Drawn) > 0 {
			drawn = append(append(drawn, s.face.Descriptor), s.face.Drawn...)
			best = max(best, s.face.Quality.Score())
		}
	}
	if mean := menshen.MeanDescriptor(drawn); mean != nil {
		add(mean, best, true)
	}
	return all
}

func photographs(shots []*shot, now time.Time) (kept []menshen.Photograph) {
	for _, s := range shots {
		if s.good() {
			kept = append(kept, menshen.Photograph{Name: s.photo.Name, Data: s.photo.Data, Created: now})
		}
	}
	return kept
}

// trim keeps the best templates of a person who has more than MaxTemplates, covered and uncovered faces apart; of equals
// the newer ones, for people change. Those learnt at a gate have a limit of their own.
func (e *Enroller) trim(ctx context.Context, person string) error {
	kinds := map[bool][]menshen.Template{}
	for t, err := range e.registry.TemplatesOf(ctx, e.cfg.Engine, person) {
		if err != nil {
			return err
		}
		if !t.Adapted {
			kinds[t.Masked] = append(kinds[t.Masked], t)
		}
	}
	var surplus []menshen.Template
	for _, own := range kinds {
		if len(own) <= e.cfg.MaxTemplates {
			continue
		}
		slices.SortStableFunc(own, func(a, b menshen.Template) int {
			return cmp.Or(cmp.Compare(b.Quality, a.Quality), b.Created.Compare(a.Created))
		})
		surplus = append(surplus, own[e.cfg.MaxTemplates:]...)
	}
	return e.drop(ctx, surplus)
}

// drop erases templates, at the gates first.
func (e *Enroller) drop(ctx context.Context, templates []menshen.Template) error {
	ids := make([]string, len(templates))
	for i, t := range templates {
		ids[i] = t.ID
		e.gallery.RemoveTemplate(t.ID)
	}
	return e.registry.RemoveTemplates(ctx, ids)
}

// store puts a person or more templates of one into the registry, the consent before the templates. A new person who could not be
// given templates is taken out again, so that asking once more makes no second one.
func (e *Enroller) store(ctx context.Context, req Request, p menshen.Person, templates []menshen.Template, created bool) (err error) {
	if created {
		if err := e.add(ctx, p); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookAgain)
				defer cancel()
				err = errors.Join(err, e.registry.RemovePerson(ctx, p.ID))
			}
		}()
	}
	if req.Consent != nil {
		if err := req.Consent(ctx, p.ID); err != nil {
			return err
		}
	}
	if err := e.cfg.Consents.Consented(ctx, p.ID); err != nil {
		return err
	}
	return e.registry.AddTemplates(ctx, templates)
}

// add puts a new person into the registry. One whose storing was interrupted after it was done counts as stored.
func (e *Enroller) add(ctx context.Context, p menshen.Person) error {
	err := e.registry.AddPerson(ctx, p, nil)
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookAgain)
	defer cancel()
	if _, lookErr := e.registry.Person(ctx, p.ID); lookErr == nil {
		return nil
	}
	return err
}

// lookAgain bounds the look into the registry after a failed write.
const lookAgain = 5 * time.Second

// flush puts stored templates into the gallery, one by one, so that a failure leaves only those that are missing.
func (e *Enroller) flush() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.pending) > 0 {
		if err := e.gallery.Insert(e.pending[0]); err != nil {
			return menshen.Errorf(menshen.ErrorCode(err), "enrolment.insert", "the person is stored, but the gates do not know the face yet").
				WithHint("try again; starting menshen serve anew also finishes it").WithCause(err)
		}
		e.pending = slices.Delete(e.pending, 0, 1)
	}
	return nil
}

// Remove takes a person's templates away, from the gates first, and makes the person inactive. An enrolment under way is
// waited for, so that it cannot bring the face back. CodeNotFound for nobody.
func (e *Enroller) Remove(ctx context.Context, person string) error {
	return e.erase(ctx, person, e.registry.RemovePerson)
}

func (e *Enroller) erase(ctx context.Context, person string, inRegistry func(ctx context.Context, id string) error) error {
	end, err := e.takeTurn(ctx)
	if err != nil {
		return err
	}
	defer end()
	if _, err := e.registry.Person(ctx, person); err != nil {
		return err
	}
	e.mu.Lock()
	e.erased[person]++
	e.pending = slices.DeleteFunc(e.pending, func(t menshen.Template) bool { return t.Person == person })
	e.mu.Unlock()
	e.gallery.RemovePerson(person)
	return inRegistry(ctx, person)
}
