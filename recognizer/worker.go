package recognizer

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"menshen"
)

// Decoder reads an encoded picture and turns it upright, within the limits of CheckHeader. CodeInvalid where it cannot.
// Safe for concurrent use.
type Decoder func(data []byte) (Picture, error)

// Subscription is something that is listened to; Close returns when its handlers have ended.
type Subscription interface{ Close() error }

// Bus is what a worker needs of the message bus, S the kind of its subscriptions. Safe for concurrent use. Of those who
// name one queue, one gets each message.
type Bus[S Subscription] interface {
	// SubscribeSightings hands over the sightings of all cameras, one after another, so that those of a track come in order.
	SubscribeSightings(ctx context.Context, queue string, handle func(context.Context, menshen.Sighting)) (S, error)
	// ServeAnalyse answers requests for the faces of a still photograph, on up to workers goroutines, and refuses those
	// that find no room.
	ServeAnalyse(ctx context.Context, queue string, workers int, handle func(context.Context, []byte) (menshen.Analysis, error)) (S, error)
	PublishFace(f menshen.Face) error
	PublishReport(r menshen.Report) error
}

// LivenessChecker says how much a face of a picture looks like a living one: 0 … 1. CodeInvalid where the box lies
// outside the picture. Safe for concurrent use.
type LivenessChecker interface {
	Check(ctx context.Context, p Picture, box menshen.Box) (float64, error)
}

// Masks knows of covered faces. Safe for concurrent use.
type Masks interface {
	// Covered says whether mouth and nose of the face of these points are covered.
	Covered(p Picture, l menshen.Landmarks) bool
	// Drawn gives the picture some times over with masks of several kinds drawn on the face; the points hold for all.
	Drawn(p Picture, l menshen.Landmarks) []Picture
}

// WorkerConfig tunes a worker. Zero fields take their defaults.
type WorkerConfig struct {
	Component string        // in reports; "recognizer" if ""
	Queue     string        // name of the queue group that recognizers share; "recognizers" if ""
	Workers   int           // sightings worked at at the same time; GOMAXPROCS if 0
	Backlog   int           // sightings that may wait; 64 if 0, a second or two of work
	Analyses  int           // photographs worked at at the same time; 1 if 0: one may take 120 MB, and doors go first
	MinFace   float64       // narrowest face embedded, px; 32 if 0: smaller ones are not recognised well
	Stall     time.Duration // a call of the engine under way for longer makes the reports not OK; 4 s if 0
	Interval  time.Duration // between two reports; 1 s if 0

	Masks    Masks                    // nil takes every face for uncovered
	Liveness LivenessChecker          // nil checks nobody
	Checked  func(camera string) bool // whose faces are checked for liveness; nil: all
}

// WithDefaults fills the zero fields.
func (c WorkerConfig) WithDefaults() WorkerConfig {
	c.Component = cmp.Or(c.Component, "recognizer")
	c.Queue = cmp.Or(c.Queue, "recognizers")
	c.Workers = cmp.Or(c.Workers, runtime.GOMAXPROCS(0))
	c.Backlog = cmp.Or(c.Backlog, 64)
	c.Analyses = cmp.Or(c.Analyses, 1)
	c.MinFace = cmp.Or(c.MinFace, 32)
	c.Stall = cmp.Or(c.Stall, 4*time.Second)
	c.Interval = cmp.Or(c.Interval, time.Second)
	return c
}

// Validate checks a configuration with its defaults filled in.
func (c WorkerConfig) Validate() error {
	if c.Workers < 1 || c.Backlog < 1 || c.Analyses < 1 || c.Stall <= 0 || c.Interval <= 0 || !(c.MinFace >= 0) {
		return menshen.Errorf(menshen.CodeInvalid, "recognizer.worker", "a number of the recognizer's configuration is negative or not a number").
			WithHint("leave it at 0 for the default")
	}
	return nil
}

// Worker is what a recognizer process does: sightings come in, faces go out, photographs are analysed for enrolment, and
// once a second a report says how it goes. A panic ends the request it happens in and no other; an abort in native code
// ends the process, which the hub then starts again. Safe for concurrent use.
type Worker struct {
	engine Engine
	decode Decoder
	log    *slog.Logger
	cfg    WorkerConfig

	// the bus
	subscribe     func(context.Context) ([]Subscription, error)
	publishFace   func(menshen.Face) error
	publishReport func(menshen.Report) error

	backlog *backlog
	meter   *meter
}

// NewWorker makes a worker on an engine, which stays the caller's to close after Run returned.
func NewWorker[S Subscription](engine Engine, decode Decoder, bus Bus[S], log *slog.Logger, clock func() time.Time, cfg WorkerConfig) (*Worker, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	w := &Worker{
		engine: engine, decode: decode, log: log, cfg: cfg,
		publishFace: bus.PublishFace, publishReport: bus.PublishReport,
		backlog: newBacklog(cfg.Backlog), meter: newMeter(clock),
	}
	w.subscribe = func(ctx context.Context) ([]Subscription, error) {
		photos, err := bus.ServeAnalyse(ctx, cfg.Queue, cfg.Analyses, w.Analyse)
		if err != nil {
			return nil, err
		}
		sightings, err := bus.SubscribeSightings(ctx, cfg.Queue, w.accept)
		if err != nil {
			return []Subscription{photos}, err
		}
		return []Subscription{sightings, photos}, nil
	}
	return w, nil
}

// Recognize makes a face of a sighting. What stands in the way of a descriptor is the face's Refusal; the end of a track
// passes through.
func (w *Worker) Recognize(ctx context.Context, s menshen.Sighting) menshen.Face {
	f := w.face(s)
	if s.Last && len(s.Crop) == 0 {
		return f
	}
	err := w.guard(func() error {
		p, err := w.decode(s.Crop)
		if err != nil {
			f.Refusal = RefusalUnreadable
			return nil //nolint:nilerr // the refusal is the answer
		}
		d := s.Face.Scaled(1, menshen.Point{X: -s.Origin.X, Y: -s.Origin.Y})
		if f.Descriptor, f.Refusal, err = w.describe(ctx, p, d); err != nil || f.Refusal != "" {
			return err
		}
		f.Masked = w.cfg.Masks != nil && w.cfg.Masks.Covered(p, d.Landmarks)
		f.Liveness, err = w.live(ctx, s.Camera, p, d.Box)
		return err
	})
	switch {
	case err != nil:
		f.Descriptor, f.Refusal, f.Liveness = nil, RefusalFailed, menshen.Liveness{}
		if ctx.Err() == nil {
			w.meter.fail(err)
		}
	case f.Refusal != "":
		w.meter.count(func(c *counts) { c.refused++ })
	default:
		w.meter.count(func(c *counts) { c.faces++ })
	}
	return f
}

// face copies what a face has of its sighting.
func (w *Worker) face(s menshen.Sighting) menshen.Face {
	return menshen.Face{
		Camera: s.Camera, Track: s.Track, Sequence: s.Sequence, Captured: s.Captured,
		Engine: w.engine.ID(), Quality: s.Quality, Box: s.Face.Box, Last: s.Last,
	}
}

// describe aligns and embeds a face of a picture. What lies in the picture is a refusal, what lies in the engine an error.
func (w *Worker) describe(ctx context.Context, p Picture, d menshen.Detection) (menshen.Descriptor, string, error) {
	if !(d.Box.W >= w.cfg.MinFace) {
		return nil, RefusalTooSmall, nil
	}
	chip, err := w.engine.Align(p, d)
	switch {
	case menshen.ErrorCode(err) == menshen.CodeInvalid:
		return nil, RefusalMisplaced, nil
	case err != nil:
		return nil, "", err
	}
	descriptor, err := w.embed(ctx, chip)
	switch {
	case menshen.ErrorCode(err) == menshen.CodeNotFound:
		return nil, RefusalNoFace, nil
	case err != nil:
		return nil, "", err
	}
	return descriptor, "", nil
}

// live checks a face that got a descriptor, where its camera asks for it.
func (w *Worker) live(ctx context.Context, camera string, p Picture, box menshen.Box) (menshen.Liveness, error) {
	if w.cfg.Liveness == nil || w.cfg.Checked != nil && !w.cfg.Checked(camera) {
		return menshen.Liveness{}, nil
	}
	defer w.meter.begin()()
	score, err := w.cfg.Liveness.Check(ctx, p, box)
	if err != nil {
		return menshen.Liveness{}, err
	}
	return menshen.Liveness{Faces: 1, Score: score}, nil
}

func (w *Worker) embed(ctx context.Context, chip Chip) (menshen.Descriptor, error) {
	end := w.meter.begin()
	defer func() {
		took := end()
		w.meter.count(func(c *counts) { c.embeds++; c.embed += took })
	}()
	return w.engine.Embed(ctx, chip)
}

// guard makes an error of a panic.
func (w *Worker) guard(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			w.log.Error("a request ended in a panic", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = menshen.Errorf(menshen.CodeInternal, "recognizer.worker", "a request ended in a panic").
				WithHint("report it with the log")
		}
	}()
	return do()
}
