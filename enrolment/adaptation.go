package enrolment

import (
	"cmp"
	"context"
	"slices"
	"time"

	"menshen"
)

// Adaptation says whether and how fast templates follow a face as it changes, by learning from passes that leave no
// doubt. What is learnt can be told apart and taken back (Forget). Distances are shares of Known. Zero fields take their
// defaults; it is off unless On is set.
type Adaptation struct {
	On         bool
	Within     float64       // a face must be at least so near to a template made of a photograph; 0.7 if 0
	Beyond     float64       // and farther than this from all of the person's templates, else there is nothing to learn; 0.35 if 0
	Clear      float64       // and the next person must be at least so far; 1.2 if 0
	MinQuality float64       // of the face, see menshen.Quality.Score; 0.7 if 0
	Every      time.Duration // one lesson of a person in this time; 7 days if 0
	Max        int           // templates learnt of one person; the oldest makes room; 3 if 0
}

func (a Adaptation) withDefaults() Adaptation {
	a.Within, a.Beyond, a.Clear = cmp.Or(a.Within, 0.7), cmp.Or(a.Beyond, 0.35), cmp.Or(a.Clear, 1.2)
	a.MinQuality = cmp.Or(a.MinQuality, 0.7)
	a.Every = cmp.Or(a.Every, 7*24*time.Hour)
	a.Max = cmp.Or(a.Max, 3)
	return a
}

func (a Adaptation) valid() bool {
	return a.Beyond > 0 && a.Within > a.Beyond && a.Within <= 1 && a.Clear >= 1 && a.MinQuality > 0 && a.MinQuality <= 1 && a.Every > 0 && a.Max > 0
}

// Adapt learns from a sure pass, where there is something to learn and it is time to; learnt says whether it did. A face
// is only ever learnt next to a template made of a photograph, never next to one learnt before: so a person's templates
// cannot wander off, lesson by lesson, to somebody else's face.
func (e *Enroller) Adapt(ctx context.Context, l menshen.Lesson) (learnt bool, err error) {
	a := e.cfg.Adaptation
	if !a.On || l.Masked || !(l.Quality >= a.MinQuality) || l.Engine != e.cfg.Engine || l.Descriptor.Validate(e.cfg.Engine) != nil {
		return false, nil
	}
	end, err := e.takeTurn(ctx)
	if err != nil {
		return false, err
	}
	defer end()
	if err := e.flush(); err != nil {
		return false, err
	}
	p, err := e.registry.Person(ctx, l.Person)
	if err != nil || p.State != menshen.PersonActive {
		return false, err
	}
	if err := e.cfg.Consents.Consented(ctx, p.ID); err != nil {
		if menshen.ErrorCode(err) == menshen.CodeMissing {
			err = nil // there is no more to learn of them
		}
		return false, err
	}
	var learned []menshen.Template
	known := e.nearness()
	near := false
	for t, err := range e.registry.TemplatesOf(ctx, e.cfg.Engine, p.ID) {
		if err != nil {
			return false, err
		}
		if t.Masked {
			continue
		}
		d := l.Descriptor.Distance(t.Descriptor)
		if d < known*a.Beyond {
			return false, nil
		}
		if t.Adapted {
			learned = append(learned, t)
		} else if d <= known*a.Within {
			near = true
		}
	}
	if !near || len(learned) > 0 && l.Captured.Sub(newest(learned)) < a.Every {
		return false, nil
	}
	found, err := e.gallery.Search(l.Descriptor, 2)
	if err != nil {
		return false, err
	}
	for _, c := range found {
		if c.Person != p.ID && c.Distance < known*a.Clear {
			return false, nil
		}
	}
	return true, e.learn(ctx, p.ID, l, learned)
}

func (e *Enroller) learn(ctx context.Context, person string, l menshen.Lesson, learned []menshen.Template) error {
	t := menshen.Template{
		ID: menshen.NewID(), Person: person, Engine: e.cfg.Engine, Descriptor: l.Descriptor, Quality: l.Quality, Adapted: true, Created: l.Captured,
	}
	if err := e.registry.AddTemplates(ctx, []menshen.Template{t}); err != nil {
		return err
	}
	e.mu.Lock()
	e.pending = append(e.pending, t)
	e.mu.Unlock()
	if err := e.flush(); err != nil {
		return err
	}
	slices.SortFunc(learned, func(a, b menshen.Template) int { return a.Created.Compare(b.Created) })
	return e.drop(ctx, learned[:max(0, len(learned)+1-e.cfg.Adaptation.Max)])
}

func newest(templates []menshen.Template) (at time.Time) {
	for _, t := range templates {
		if t.Created.After(at) {
			at = t.Created
		}
	}
	return at
}

// Forget takes back what was learnt of a person, or of everybody where person is "", and gives those templates.
// CodeNotFound for nobody.
func (e *Enroller) Forget(ctx context.Context, person string) (forgotten []menshen.Template, err error) {
	end, err := e.takeTurn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	all := e.registry.Templates(ctx, e.cfg.Engine)
	if person != "" {
		if _, err := e.registry.Person(ctx, person); err != nil {
			return nil, err
		}
		all = e.registry.TemplatesOf(ctx, e.cfg.Engine, person)
	}
	var learned []menshen.Template
	for t, err := range all {
		if err != nil {
			return nil, err
		}
		if t.Adapted {
			learned = append(learned, t)
		}
	}
	e.mu.Lock()
	e.pending = slices.DeleteFunc(e.pending, func(t menshen.Template) bool { return t.Adapted && (person == "" || t.Person == person) })
	e.mu.Unlock()
	return learned, e.drop(ctx, learned)
}
