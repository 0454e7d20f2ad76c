package enrolment

import (
	"context"
	"crypto/sha256"
	"iter"
	"math"
	"sync"
	"sync/atomic"
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
	SetPersonState(ctx context.Context, id string, state menshen.PersonState) error
	RemovePerson(ctx context.Context, id string) error   // takes templates and photographs away, makes the person inactive
	RemoveFace(ctx context.Context, person string) error // takes templates and photographs away
	Templates(ctx context.Context, engine menshen.EngineID) iter.Seq2[menshen.Template, error]
	TemplatesOf(ctx context.Context, engine menshen.EngineID, person string) iter.Seq2[menshen.Template, error]
	RemoveTemplates(ctx context.Context, ids []string) error
	AddPhotographs(ctx context.Context, person string, photos []menshen.Photograph) error
	Photographs(ctx context.Context, person string) iter.Seq2[menshen.Photograph, error]
}

// Consents knows who has consented to the use of their face.
type Consents interface {
	// Consented is nil for whoever has a consent to the current text that counts, by a guardian for a child; CodeMissing for others.
	Consented(ctx context.Context, person string) error
}

// Gallery is what the gates search: candidates are people, nearest first.
type Gallery interface {
	Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error)
	Insert(templates ...menshen.Template) error
	RemovePerson(person string) (templates int)
	RemoveTemplate(id string) bool
}

// Enroller enrols people. Safe for concurrent use; photographs are analysed at the same time, but decisions are taken
// one after another, so that one face asked for twice at once is enrolled once.
type Enroller struct {
	analyser Analyser
	registry Registry
	gallery  Gallery
	now      func() time.Time
	cfg      Config

	turn  chan struct{} // holds one token: whoever has it decides
	known atomic.Uint64 // bits of the distance up to which two faces are one person

	mu      sync.Mutex
	pending []menshen.Template // stored, but not in the gallery yet
	erased  map[string]uint64  // how often a person's face was erased since the start
}

// New makes an Enroller. The gallery must be loaded from the registry before.
func New(a Analyser, r Registry, g Gallery, now func() time.Time, cfg Config) (*Enroller, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	e := &Enroller{analyser: a, registry: r, gallery: g, now: now, cfg: cfg, turn: make(chan struct{}, 1), erased: map[string]uint64{}}
	e.known.Store(math.Float64bits(cfg.Known))
	return e, nil
}

// SetKnown changes from the next decision on up to which distance a photograph is taken for somebody enrolled, e.g. after
// a calibration. What photographs of one person may differ by stays as it is: that is the network's, not the site's.
func (e *Enroller) SetKnown(known float64) error {
	if !(known > 0) || math.IsInf(known, 1) {
		return menshen.Errorf(menshen.CodeInvalid, "enrolment.set_known", "the distance for known faces is %v", known).
			WithHint("calibrate the engine, or set a distance above 0")
	}
	e.known.Store(math.Float64bits(known))
	return nil
}

// nearness is the distance up to which two faces are one person, now.
func (e *Enroller) nearness() float64 { return math.Float64frombits(e.known.Load()) }

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
	erasures := req.erasures
	if !req.renewal {
		erasures = e.erasures(req.Person)
	}
	asked, err := e.subject(ctx, req)
	if err != nil {
		return Result{}, err
	}
	if err := e.mayBegin(ctx, req); err != nil {
		return Result{}, err
	}
	shots, err := e.analyse(ctx, req.Photos)
	if err != nil {
		return Result{}, err
	}
	end, err := e.takeTurn(ctx)
	if err != nil {
		return Result{}, err
	}
	defer end()
	if err := e.flush(); err != nil {
		return Result{}, err
	}
	p, err := e.subject(ctx, req)
	if err != nil {
		return Result{}, err
	}
	if p.State == menshen.PersonInactive && (asked.State == menshen.PersonActive || req.renewal) {
		return Result{}, menshen.Errorf(menshen.CodeConflict, "enrolment.enroll", "the person was removed while the photographs were looked at").
			WithHint("enrol the person again if they are to come back")
	}
	if e.erasures(req.Person) != erasures {
		return Result{}, menshen.Errorf(menshen.CodeConflict, "enrolment.enroll", "the face was erased while the photographs were looked at").
			WithHint("ask the person again, then enrol them anew")
	}
	if p, err = e.compare(ctx, req, p, shots); err != nil {
		return Result{}, err
	}
	return e.keep(ctx, req, p, shots)
}

// mayBegin refuses to look at the photographs of somebody who has not consented, so that no descriptor is made of them.
func (e *Enroller) mayBegin(ctx context.Context, req Request) error {
	if req.Consent != nil {
		return nil
	}
	if req.Person == "" {
		return menshen.Errorf(menshen.CodeMissing, "enrolment.consent", "nobody has consented to the use of this face").
			WithHint("ask the person, or the guardian of a child, and say who signed; whoever says no gets a QR, a card or a PIN")
	}
	return e.cfg.Consents.Consented(ctx, req.Person)
}

// erasures counts how often a person's face was erased since the start: what was begun before must not bring it back.
func (e *Enroller) erasures(person string) uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.erased[person]
}

// subject gives the person that a request is about, the zero Person for somebody new.
func (e *Enroller) subject(ctx context.Context, req Request) (menshen.Person, error) {
	if req.Person == "" {
		return menshen.Person{}, nil
	}
	return e.registry.Person(ctx, req.Person)
}

// takeTurn waits until nobody else decides; end gives the turn back.
func (e *Enroller) takeTurn(ctx context.Context) (end func(), err error) {
	select {
	case e.turn <- struct{}{}:
		return func() { <-e.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
				s.detail, s.advice = explainUnreadable(p.Data)
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
