package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"menshen"
	"menshen/access"
	"menshen/access/door"
	"menshen/access/evidence"
	"menshen/access/roll"
	"menshen/bus"
	"menshen/config"
	"menshen/recognizer/calibration"
	"menshen/recognizer/gallery"
	"menshen/store/sqlite"
)

// gatehouse is everything that decides at gates in one process: the registry in memory, the gallery, the policy, doors,
// the outbox, and the cameras and recognizers with the bus that they are on. The hub is one; each post is one.
type gatehouse struct {
	cfg  config.Config // with the cameras and doors of these gates only
	log  *slog.Logger
	site menshen.Site // the whole site
	data *dataFolder
	tls  encryption

	engine         engineChoice
	noEngine       error // why there is none; nil where there is one
	liveness       livenessSettings
	roll           *roll.Roll
	gallery        *gallery.Faces
	otherTemplates int // of engines other than the one in use
	server         *bus.Server
	conn           *bus.Conn
	outbox         *sqlite.Outbox
	doors          *door.Gates
	controller     *access.Controller
	calibration    *calibration.Keeper
	children       []*child
	posts          postBoard // empty at a post
	registry       *prometheus.Registry
	started        time.Time
	chinese        func(text string) string // of messages and hints
	disk           diskWatch
	isolation      isolation

	closers []io.Closer
}

func newGatehouse(cfg config.Config, log *slog.Logger) gatehouse {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return gatehouse{cfg: cfg, log: log, registry: registry, started: time.Now(), chinese: chinese()}
}

// gateParts is what differs between the gates of hub and post; nil is the usual.
type gateParts struct {
	Learn    access.Learner
	Measured func(menshen.Temperature)
	Ready    func() bool
	Recorder access.Recorder
}

// openGates joins gallery, evidence, policy, doors and outbox.
func (h *gatehouse) openGates(parts gateParts, gates []menshen.Gate) (err error) {
	if parts.Recorder == nil {
		parts.Recorder = h.outbox
	}
	site := h.site
	site.Gates = gates
	if h.doors, err = openDoors(h.cfg, site, h.conn, h.log); err != nil {
		return err
	}
	h.closers = append(h.closers, h.doors)
	h.controller, err = access.New(access.Deps{
		Searcher: h.gallery.Bare, Masked: h.gallery.Masked, Roll: h.roll, Ready: parts.Ready, Recorder: parts.Recorder, Door: h.doors, Learn: parts.Learn, Measured: parts.Measured, Clock: clock, Log: h.log, Registerer: h.registry,
	}, access.Config{
		Site: site, Cameras: h.cfg.CameraPlaces(), Cooldown: h.cfg.Access.Cooldown, Hold: h.cfg.Access.DoorHold, DoorLimit: h.cfg.Access.DoorLimit, DoorHeldOpen: h.cfg.Access.DoorOpen,
		Evidence: evidence.Config{
			OperatingPoint: h.operatingPoint(calibration.Point{Known: h.engine.Point.Known, Unsure: h.engine.Point.Unsure, MinMargin: h.engine.Point.MinMargin}),
			Patience:       h.cfg.Access.Patience,
		},
	})
	return err
}

// openCalibration has thresholds follow the gallery.
func (h *gatehouse) openCalibration(ctx context.Context, store calibration.Store, apply func(calibration.Point) error) (err error) {
	h.calibration, err = calibration.NewKeeper(ctx, calibration.Deps{
		Store: store, Gallery: h.gallery.Bare, Household: h.household, Apply: apply, Now: time.Now, Log: h.log,
	}, calibration.KeeperConfig{
		Engine: h.engine.ID, Network: h.engine.Point, FPIR: h.cfg.Engine.FPIR,
		Fixed: h.cfg.Engine.Known > 0 || h.noEngine != nil, // without a network there is nothing to calibrate
	})
	return err
}

// household names the household of a person, "" for none.
func (h *gatehouse) household(person string) string {
	p, _ := h.roll.Person(person)
	return p.Household
}

// listen subscribes to what recognizers, children and readers say.
func (h *gatehouse) listen(ctx context.Context) (stage, error) {
	faces, err := h.conn.SubscribeFaces(ctx, func(ctx context.Context, f menshen.Face) {
		_ = h.controller.Handle(ctx, f) // what is refused is counted, and shown as a condition, by the controller
	})
	if err != nil {
		return stage{}, err
	}
	reports, err := h.conn.SubscribeReports(ctx, func(_ context.Context, r menshen.Report) { h.heard(r) })
	if err != nil {
		return stage{}, errors.Join(err, faces.Close())
	}
	shown, err := h.conn.ServePresentations(ctx, func(ctx context.Context, p menshen.Presentation) (menshen.Decision, error) {
		pass, err := h.controller.Present(ctx, p)
		return pass.Decision, err
	})
	if err != nil {
		return stage{}, errors.Join(err, faces.Close(), reports.Close())
	}
	return stage{name: "reception", runs: []func(context.Context) error{untilDone(faces), untilDone(reports), untilDone(shown)}}, nil
}

// untilDone makes a part of a subscription: it closes it when its stage ends.
func untilDone(c io.Closer) func(context.Context) error {
	return func(ctx context.Context) error {
		<-ctx.Done()
		return c.Close()
	}
}

// sources are the children.
func (h *gatehouse) sources() stage {
	s := stage{name: "sources"}
	for _, c := range h.children {
		s.runs = append(s.runs, c.Run)
	}
	return s
}

// Close closes what was opened, last first.
func (h *gatehouse) Close() error {
	var errs []error
	for _, c := range slices.Backward(h.closers) {
		errs = append(errs, c.Close())
	}
	h.closers = nil
	return errors.Join(errs...)
}

// leaveNote leaves in the data folder where this process answers, and gives what takes the note away.
func (h *gatehouse) leaveNote(url, key string) (func(), error) {
	if err := writeRunning(h.data.path, url, key); err != nil {
		return nil, diskError("cmd.note", h.data.path, err)
	}
	return func() { _ = os.Remove(filepath.Join(h.data.path, runningFile)) }, nil // it is known to be stale without the lock
}
