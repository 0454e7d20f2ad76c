package enrolment

import (
	"context"
	"crypto/sha256"
	"iter"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"menshen"
)

// Analyser finds the faces of a photograph and makes their descriptors. CodeInvalid says that it is no picture.
type Analyser interface {
	Analyse(ctx context.Context, image []byte) (menshen.Analysis, error)
}

// Registry keeps people and templates. AddPerson finds or makes the household by the dwelling; it and AddTemplates store
// all or nothing.
type Registry interface {
	AddPerson(ctx context.Context, p menshen.Person, templates []menshen.Template) error
	AddTemplates(ctx context.Context, templates []menshen.Template) error
	Person(ctx context.Context, id string) (menshen.Person, error) // CodeNotFound for nobody
	Templates(ctx context.Context, engine menshen.EngineID) iter.Seq2[menshen.Template, error]
}

// Gallery is what the gates search: candidates are people, nearest first.
type Gallery interface {
	Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error)
	Insert(templates ...menshen.Template) error
}

// Enroller enrols people. Safe for concurrent use; photographs are analysed at the same time, but decisions are taken
// one after another, so that one face asked for twice at once is enrolled once.
type Enroller struct {
	analyser Analyser
	registry Registry
	gallery  Gallery
	now      func() time.Time
	cfg      Config

	turn chan struct{} // holds one token: whoever has it decides

	mu      sync.Mutex
	pending []menshen.Template // stored, but not in the gallery yet
}

// New makes an Enroller. The gallery must be loaded from the registry before.
func New(a Analyser, r Registry, g Gallery, now func() time.Time, cfg Config) (*Enroller, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Enroller{analyser: a, registry: r, gallery: g, now: now, cfg: cfg, turn: make(chan struct{}, 1)}, nil
}

// Enroll judges the photographs and enrols the person with those that are accepted. Photographs that are refused are no
// error: Result says why. Where none is accepted nothing is stored.
//
// An error is CodeInvalid for a request that cannot be meant, CodeNotFound for an unknown person, CodeUnavailable where
// the recognizer does not answer (nothing is stored), or what registry or gallery say. If the gallery fails after the
// registry has stored, Result is filled as well; the same or any later call finishes it. Asking again for what was done
// already stores nothing and gives the person's id.
func (e *Enroller) Enroll(ctx context.Context, req Request) (Result, error) {
	if err := req.check(); err != nil {
		return Result{}, err
	}
	shots, err := e.analyse(ctx, req.Photos)
	if err != nil {
		return Result{}, err
	}
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	if err := e.flush(); err != nil {
		return Result{}, err
	}
	var p menshen.Person
	if req.Person != "" {
		if p, err = e.registry.Person(ctx, req.Person); err != nil {
			return Result{}, err
		}
	}
	if p, err = e.compare(ctx, req, p, shots); err != nil {
		return Result{}, err
	}
	return e.keep(ctx, req, p, shots)
}

// analyse asks the recognizer about all photographs and judges each on its own.
func (e *Enroller) analyse(ctx context.Context, photos []Photo) ([]*shot, error) {
	shots := make([]*shot, len(photos))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(e.cfg.Parallel)
	for i, p := range photos {
		s := &shot{photo: p, sum: sha256.Sum256(p.Data)}
		shots[i] = s
		switch {
		case i >= e.cfg.MaxPhotos:
			s.refuse(CodeTooMany)
			continue
		case len(p.Data) == 0:
			s.refuse(CodeUnreadable)
			continue
		}
		group.Go(func() error {
			a, err := e.analyser.Analyse(ctx, p.Data)
			if menshen.ErrorCode(err) == menshen.CodeInvalid {
				s.refuse(CodeUnreadable)
				return nil
			}
			if err != nil {
				return err
			}
			if a.Engine != e.cfg.Engine { // a recognizer that was not restarted with the others
				return menshen.Errorf(menshen.CodeUnavailable, "enrolment.analyse", "a recognizer runs the engine %s, the gates %s", a.Engine, e.cfg.Engine).
					WithHint("run the same engine and model in all processes, then try again")
			}
			s.judge(a, e.cfg)
			return nil
		})
	}
	return shots, group.Wait()
}
