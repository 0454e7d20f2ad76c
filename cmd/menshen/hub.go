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
	"menshen/config"
	"menshen/enrolment"
	"menshen/recognizer/calibration"
	"menshen/recognizer/gallery"
	"menshen/simulation"
	"menshen/tracing"
	"menshen/web"
)

// hub is everything that menshen serve runs in its own process: no native code, no pixels.
type hub struct {
	cfg  config.Config
	log  *slog.Logger
	site menshen.Site
	data *dataFolder

	engine      engineChoice
	noEngine    error // why there is none; nil where there is one
	liveness    livenessSettings
	pipeline    *pipeline
	people      *directory
	gallery     *gallery.Faces
	doors       *door.Gates
	controller  *access.Controller
	events      events
	enroller    *enrolment.Enroller
	lessons     chan menshen.Lesson
	calibration *calibration.Keeper
	children    []*child
	web         *web.Server
	simulated   *simulation.Community // nil at a real site
	registry    *prometheus.Registry
	started     time.Time
	chinese     func(text string) string // of messages and hints

	disk           diskWatch
	otherTemplates int // of engines other than the one in use

	closers []io.Closer
}

// newHub opens and joins all parts without starting any. Close it, also after an error.
func newHub(ctx context.Context, cfg config.Config, log *slog.Logger) (*hub, error) {
	h := &hub{cfg: cfg, log: log, started: time.Now(), chinese: chinese(), lessons: make(chan menshen.Lesson, lessonsWaiting)}
	for _, step := range []func(context.Context) error{h.openSite, h.openEngine, h.openPipeline, h.openGallery, h.openGates, h.openEvents, h.openOffice, h.openWeb, h.openChildren} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, h.Close())
		}
	}
	return h, nil
}

func (h *hub) openSite(context.Context) (err error) {
	if err := checkSources(h.cfg); err != nil {
		return err
	}
	if !h.cfg.Simulated() {
		if h.site, err = h.cfg.Community(); err != nil {
			return err
		}
	}
	if h.data, err = openDataFolder(h.cfg.DataFolder()); err != nil {
		return err
	}
	h.closers = append(h.closers, h.data)
	if h.cfg.Simulated() {
		if h.simulated, err = openCommunity(h.data, h.cfg.Simulation.People, h.cfg.Simulation.Seed); err != nil {
			return err
		}
		h.site = h.simulated.Site()
	}
	return nil
}

func (h *hub) openPipeline(ctx context.Context) error {
	keys, err := doorKeys(h.cfg, h.data)
	if err != nil {
		return err
	}
	mqtt, err := mqttListener(h.cfg, h.data)
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	h.registry = registry
	var cameras []string
	for _, cam := range h.cfg.Cameras {
		cameras = append(cameras, cam.ID)
	}
	h.pipeline, err = openPipeline(ctx, h.data, pipelineConfig{
		Site: h.site, Bus: h.cfg.Bus, Cameras: cameras, Recognizers: h.recognizers(), Doors: keys, Days: h.cfg.Tracing.Days, Listen: true, MQTT: mqtt,
	}, h.log, registry)
	if err == nil {
		h.closers = append(h.closers, h.pipeline)
	}
	return err
}

// openGates joins gallery, evidence, policy, doors and outbox.
func (h *hub) openGates(context.Context) (err error) {
	if h.doors, err = openDoors(h.cfg, h.site, h.pipeline.conn, h.log); err != nil {
		return err
	}
	h.closers = append(h.closers, h.doors)
	h.controller, err = access.New(access.Deps{
		Searcher: h.gallery.Bare, Masked: h.gallery.Masked, Registry: h.people, Recorder: h.pipeline.outbox, Door: h.doors, Learn: h.hear, Clock: time.Now, Log: h.log, Registerer: h.registry,
	}, access.Config{
		Site: h.site, Cameras: h.cfg.CameraPlaces(), Cooldown: h.cfg.Access.Cooldown, Hold: h.cfg.Access.DoorHold, DoorLimit: h.cfg.Access.DoorLimit, DoorHeldOpen: h.cfg.Access.DoorOpen,
		Evidence: evidence.Config{
			OperatingPoint: h.operatingPoint(calibration.Point{Known: h.engine.Point.Known, Unsure: h.engine.Point.Unsure, MinMargin: h.engine.Point.MinMargin}),
			Patience:       h.cfg.Access.Patience,
		},
	})
	return err
}

func (h *hub) openWeb(ctx context.Context) error {
	token, err := web.EnsureToken(h.data.file(tokenFile))
	if err != nil {
		return err
	}
	tokens, err := web.NewTokens(web.Grant{Token: token, Actor: "operator@terminal"})
	if err != nil {
		return err
	}
	tracer, err := tracing.New(h.pipeline.log, h.site, tracing.Config{Stays: tracing.StayConfig{HomeCap: h.cfg.Tracing.HomeLimit}})
	if err != nil {
		return err
	}
	cert, key := h.cfg.TLSFiles()
	h.web, err = web.New(web.Deps{
		Overview: overview{h}, Passes: passLog{h.pipeline}, Feed: h.pipeline.feed, People: peopleView{h}, Enroller: enrolView{h}, Calibrator: calibrationView{h}, Templates: templateView{h},
		Tracer: traceView{tracer, h.pipeline.since}, Auditor: h.pipeline.store, Tokens: tokens,
		Front:   web.Front{Version: version(), Simulated: h.simulated != nil, Commands: frontCommands()},
		Metrics: metricsHandler(h.registry), Log: h.log, Now: time.Now,
	}, web.Config{GateWindow: h.cfg.Tracing.GateWindow, Listen: h.cfg.Web.Listen, TLSCert: cert, TLSKey: key})
	if err == nil {
		h.closers = append(h.closers, h.web)
	}
	return err
}

// Run runs the hub until ctx ends. It ends sources first and stores last.
func (h *hub) Run(ctx context.Context) error {
	if err := writeRunning(h.data.path, h.web.URL(), h.web.KeyHash()); err != nil {
		return diskError("cmd.hub", h.data.path, err)
	}
	defer os.Remove(filepath.Join(h.data.path, runningFile))
	sources := stage{name: "sources"}
	for _, c := range h.children {
		sources.runs = append(sources.runs, c.Run)
	}
	if h.simulated != nil {
		sources.runs = append(sources.runs, h.simulate)
	}
	faces, err := h.pipeline.conn.SubscribeFaces(ctx, func(ctx context.Context, f menshen.Face) {
		_ = h.controller.Handle(ctx, f) // what is refused is counted, and shown as a condition, by the controller
	})
	if err != nil {
		return err
	}
	reports, err := h.pipeline.conn.SubscribeReports(ctx, func(_ context.Context, r menshen.Report) { h.heard(r) })
	if err != nil {
		return errors.Join(err, faces.Close())
	}
	return runStages(ctx,
		sources,
		stage{name: "reception", runs: []func(context.Context) error{untilDone(faces), untilDone(reports)}},
		stage{name: "gates", runs: []func(context.Context) error{h.controller.Run, h.calibrate, h.learn}},
		stage{name: "pages", runs: []func(context.Context) error{h.web.Run}},
		h.telling(),
		h.pipeline.carrying(),
		stage{name: "bus", runs: []func(context.Context) error{h.pipeline.server.Run}},
	)
}

// untilDone makes a part of a subscription: it closes it when its stage ends.
func untilDone(c io.Closer) func(context.Context) error {
	return func(ctx context.Context) error {
		<-ctx.Done()
		return c.Close()
	}
}

// Close closes what newHub opened, last first.
func (h *hub) Close() error {
	var errs []error
	for _, c := range slices.Backward(h.closers) {
		errs = append(errs, c.Close())
	}
	h.closers = nil
	return errors.Join(errs...)
}
