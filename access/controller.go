package access

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"menshen"
	"menshen/access/evidence"
)

// Controller decides at all gates of a site. Its methods are safe for concurrent use; faces of different gates do not
// wait for each other.
type Controller struct {
	deps     Deps
	cfg      Config
	evidence atomic.Pointer[evidence.Config]
	cameras  map[string]view
	gates    []*gate
	notices  notices
	metrics  *metrics
	stopped  atomic.Bool
	started  atomic.Bool
}

// view is what a camera looks at.
type view struct {
	gate      *gate
	direction menshen.Direction
}

// New makes a Controller. Nothing is told to doors or kept before Run.
func New(deps Deps, cfg Config) (*Controller, error) {
	if err := deps.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Controller{deps: deps, cfg: cfg, cameras: map[string]view{}, notices: notices{board: map[string]*notice{}}}
	c.evidence.Store(&cfg.Evidence)
	var err error
	if c.metrics, err = newMetrics(deps.Registerer, c.waiting, c.tracks); err != nil {
		return nil, err
	}
	byID := map[string]*gate{}
	for _, info := range cfg.Site.Gates {
		g := newGate(c, info)
		byID[info.ID] = g
		c.gates = append(c.gates, g)
	}
	for _, cam := range cfg.Cameras {
		c.cameras[cam.ID] = view{gate: byID[cam.Gate], direction: cam.Direction}
	}
	return c, nil
}

// Run works the doors and the records and looks at what waits for time, until ctx ends; it is called once. Then no face
// is taken any more, doors get their last commands, and waiting passes are appended for up to DrainLimit. The error says
// how many could not be kept; each of them is in the log.
func (c *Controller) Run(ctx context.Context) error {
	const op = "access.run"
	if c.started.Swap(true) {
		return menshen.Errorf(menshen.CodeInternal, op, "access runs already")
	}
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := make(chan struct{})
	var doors, writers sync.WaitGroup
	for _, g := range c.gates {
		doors.Go(func() { g.doorman.run(working) })
		writers.Go(func() { g.writer.run(working, stop) })
	}
	c.tickUntil(ctx)

	c.stopped.Store(true)
	for _, g := range c.gates {
		g.mu.Lock() // whoever decides now is done with the door after this
		close(g.doorman.commands)
		g.mu.Unlock()
	}
	close(stop)
	limit := time.AfterFunc(c.cfg.DrainLimit, cancel)
	defer limit.Stop()
	doors.Wait()
	writers.Wait()
	lost := 0
	for _, g := range c.gates {
		lost += g.writer.abandon()
	}
	if lost > 0 {
		return menshen.Errorf(menshen.CodeExhausted, op, "%d passes could not be kept before the service stopped", lost).
			WithHint("find them in the log as %q and enter them by hand", lostPassMessage)
	}
	return nil
}

func (c *Controller) tickUntil(ctx context.Context) {
	ticker := time.NewTicker(c.cfg.Tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, g := range c.gates {
				g.tick(c.deps.Clock())
			}
		}
	}
}

// Handle takes a face of a recognizer. It searches, judges and decides at once, and waits for nothing but the gallery and
// the lock of one gate; doors and records go on beside it. The face's descriptor belongs to the Controller afterwards.
//
// Faces of a track may come in any order and more than once. An error says that the face was not used: CodeNotFound for
// a camera that is not configured, CodeConflict for another engine than the gallery's, CodeInvalid for one that is
// malformed or too old, CodeUnavailable after Run ended, and what the search gave.
func (c *Controller) Handle(ctx context.Context, f menshen.Face) error {
	if err := ctx.Err(); err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, opHandle, "the face came as its context had ended").WithCause(err)
	}
	now := c.deps.Clock()
	v, ok := c.cameras[f.Camera]
	if !ok {
		c.metrics.faces[faceUnknownCamera].Inc()
		c.notices.post(now, noticeLife, unknownCameraCondition, "unknown-camera", f.Camera)
		return menshen.Errorf(menshen.CodeNotFound, opHandle, "no camera %q is configured", f.Camera).
			WithHint("add it with its gate and direction")
	}
	if err := c.check(&f, now); err != nil {
		return err
	}
	var found []menshen.Candidate
	var failure error
	if len(f.Descriptor) > 0 {
		if found, failure = c.search(&f, now); failure != nil {
			f.Descriptor = nil // the face came, but says nothing: its track must not wait for it
		}
	}
	if !v.gate.take(&f, v.direction, found, now) {
		return stopped(opHandle)
	}
	return failure
}

const opHandle = "access.handle"

// check refuses faces that must not be evidence.
func (c *Controller) check(f *menshen.Face, now time.Time) error {
	if f.Track == "" || f.Sequence < 1 || f.Captured.IsZero() {
		c.metrics.faces[faceInvalid].Inc()
		return menshen.Errorf(menshen.CodeInvalid, opHandle, "a face of camera %q has no track, sequence or capture time", f.Camera)
	}
	if age := now.Sub(f.Captured); age > c.cfg.MaxAge || -age > c.cfg.MaxAge {
		c.metrics.faces[faceStale].Inc()
		c.notices.post(now, noticeLife, func() menshen.Condition {
			return lateFacesCondition("a face was captured " + age.Round(time.Millisecond).String() + " before it came")
		}, "faces-late", f.Camera)
		return menshen.Errorf(menshen.CodeInvalid, opHandle, "a face of camera %q was captured %v before it came", f.Camera, age.Round(time.Millisecond)).
			WithHint("check the load of the recognizers and the clocks of the machines")
	}
	if len(f.Descriptor) == 0 {
		return nil
	}
	engine := c.deps.Searcher.Engine()
	if f.Engine != engine {
		c.metrics.faces[faceWrongEngine].Inc()
		c.notices.post(now, noticeLife, func() menshen.Condition {
			return wrongEngineCondition("faces: " + f.Engine.String() + ", templates: " + engine.String())
		}, "wrong-engine", f.Camera)
		return menshen.Errorf(menshen.CodeConflict, opHandle, "a face of camera %q is of the engine %s, the templates of %s", f.Camera, f.Engine, engine).
			WithHint("run recognizers and templates with one engine and model")
	}
	if err := f.Descriptor.Validate(engine); err != nil {
		c.metrics.faces[faceInvalid].Inc()
		return err
	}
	return nil
}

func (c *Controller) search(f *menshen.Face, now time.Time) ([]menshen.Candidate, error) {
	searcher := c.deps.Searcher
	if f.Masked && c.deps.Masked != nil {
		searcher = c.deps.Masked
	}
	found, err := searcher.Search(f.Descriptor, evidence.SearchPeople)
	if err != nil {
		c.metrics.faces[faceSearchFailed].Inc()
		c.notices.post(now, noticeLife, func() menshen.Condition { return searchCondition(err.Error()) }, "search-failed", "gallery")
		return nil, err
	}
	return found, nil
}

// SetOperatingPoint changes what distances mean from the next face on, e.g. after the gallery grew.
func (c *Controller) SetOperatingPoint(p evidence.OperatingPoint) error {
	next := *c.evidence.Load()
	next.OperatingPoint = p
	next = next.WithDefaults()
	if err := next.Validate(); err != nil {
		return err
	}
	c.evidence.Store(&next)
	return nil
}

// recordsFull says that passes cannot be kept now at some gate. The gates share the records.
func (c *Controller) recordsFull(now time.Time) bool {
	for _, g := range c.gates {
		if g.writer.trouble(now).bad {
			return true
		}
	}
	return false
}

// ready says that the roll can be decided by.
func (c *Controller) ready() bool {
	if c.deps.Ready != nil {
		return c.deps.Ready()
	}
	return c.deps.Roll.Revision() > 0
}

const lostPassMessage = "pass lost"

// lost logs a pass in full that will never be kept, so that it can be entered by hand.
func (c *Controller) lost(p menshen.Pass, why string) {
	c.metrics.rejected.Inc()
	c.notices.post(c.deps.Clock(), lossLife, func() menshen.Condition { return lostPassCondition(why) }, "passes-lost", p.ID.Gate)
	c.deps.Log.Error(lostPassMessage, "gate", p.ID.Gate, "direction", p.Direction, "person", p.Person, "captured", p.Captured,
		"outcome", p.Decision.Outcome, "reasons", p.Decision.Reasons, "camera", p.Camera, "track", p.Track, "why", why)
}

func (c *Controller) waiting() float64 {
	n := 0
	for _, g := range c.gates {
		n += g.writer.waiting()
	}
	return float64(n)
}

func (c *Controller) tracks() float64 {
	n := 0
	for _, g := range c.gates {
		g.mu.Lock()
		n += len(g.tracks)
		g.mu.Unlock()
	}
	return float64(n)
}
