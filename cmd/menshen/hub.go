package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"menshen"
	"menshen/access"
	"menshen/access/door"
	"menshen/access/evidence"
	"menshen/bus"
	"menshen/config"
	"menshen/enrolment"
	"menshen/recognizer/gallery"
	"menshen/simulation"
	"menshen/supervisor"
	"menshen/tracing"
	"menshen/web"
)

// hub is everything that menshen serve runs in its own process: no native code, no pixels.
type hub struct {
	cfg  config.Config
	log  *slog.Logger
	site menshen.Site
	data *dataFolder

	engine     engineChoice
	noEngine   error // why there is none; nil where there is one
	pipeline   *pipeline
	people     *directory
	gallery    *gallery.Gallery
	doors      *door.Gates
	controller *access.Controller
	children   []*child
	web        *web.Server
	simulated  *simulation.Community // nil at a real site
	registry   *prometheus.Registry
	started    time.Time
	chinese    func(text string) string // of messages and hints

	disk           diskWatch
	otherTemplates int // of engines other than the one in use

	closers []io.Closer
}

// newHub opens and joins all parts without starting any. Close it, also after an error.
func newHub(ctx context.Context, cfg config.Config, log *slog.Logger) (*hub, error) {
	h := &hub{cfg: cfg, log: log, started: time.Now(), chinese: chinese()}
	for _, step := range []func(context.Context) error{h.openSite, h.openEngine, h.openPipeline, h.openGallery, h.openGates, h.openWeb, h.openChildren} {
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

// openEngine finds the networks. A real site needs them; a simulated one does without.
func (h *hub) openEngine(ctx context.Context) (err error) {
	h.engine, err = chooseEngine(ctx, h.cfg)
	if err != nil && menshen.ErrorCode(err) == menshen.CodeMissing && h.cfg.Simulated() {
		h.noEngine, h.engine.ID = err, engineID(h.cfg.Engine.Name, "")
		h.engine.Point.Known, h.engine.Point.Unsure, h.engine.Point.MinFaces = 1, 1, 2 // nothing is ever compared
		message, hint := menshen.ErrorMessage(err)
		h.log.Warn("no recognizer will run", "why", message, "do", hint)
		return nil
	}
	if err == nil && h.engine.EvaluationOnly {
		h.log.Warn("NETWORK FOR EVALUATION ONLY", "why", h.engine.Warning.EN)
	}
	return err
}

func (h *hub) openPipeline(ctx context.Context) error {
	keys, err := doorKeys(h.cfg, h.data)
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
		Site: h.site, Bus: h.cfg.Bus, Cameras: cameras, Recognizers: h.recognizers(), Doors: keys, Days: h.cfg.Tracing.Days, Listen: true,
	}, h.log, registry)
	if err == nil {
		h.closers = append(h.closers, h.pipeline)
	}
	return err
}

// recognizers are the ids of the recognizer processes.
func (h *hub) recognizers() []string {
	if h.noEngine != nil {
		return nil
	}
	ids := make([]string, h.cfg.Engine.Recognizers)
	for i := range ids {
		ids[i] = strconv.Itoa(i + 1)
	}
	return ids
}

// openGallery loads people and templates into memory.
func (h *hub) openGallery(ctx context.Context) (err error) {
	h.gallery = gallery.New(h.engine.ID)
	var batch []menshen.Template
	for t, err := range h.pipeline.store.Templates(ctx, h.engine.ID) {
		if err != nil {
			return err
		}
		if batch = append(batch, t); len(batch) == 4096 {
			if err := h.gallery.Insert(batch...); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if err := h.gallery.Insert(batch...); err != nil {
		return err
	}
	engines, err := h.pipeline.store.TemplateEngines(ctx)
	if err != nil {
		return err
	}
	for id, n := range engines {
		if id != h.engine.ID {
			h.otherTemplates += n
			h.log.Warn("templates of another engine are not used", "engine", id, "templates", n)
		}
	}
	h.people, err = newDirectory(h.pipeline.store.People(ctx))
	if err != nil {
		return err
	}
	if h.simulated != nil {
		return settle(ctx, h.simulated, h.pipeline.store, h.people)
	}
	return nil
}

// openGates joins gallery, evidence, policy, doors and outbox.
func (h *hub) openGates(context.Context) (err error) {
	if h.doors, err = openDoors(h.cfg, h.site, h.pipeline.conn, h.log); err != nil {
		return err
	}
	h.closers = append(h.closers, h.doors)
	point := h.engine.Point
	h.controller, err = access.New(access.Deps{
		Searcher: h.gallery, Registry: h.people, Recorder: h.pipeline.outbox, Door: h.doors, Clock: time.Now, Log: h.log, Registerer: h.registry,
	}, access.Config{
		Site: h.site, Cameras: h.cfg.CameraPlaces(), Cooldown: h.cfg.Access.Cooldown, Hold: h.cfg.Access.DoorHold, DoorLimit: h.cfg.Access.DoorLimit,
		Evidence: evidence.Config{
			OperatingPoint: evidence.OperatingPoint{
				Known: point.Known, Unsure: point.Unsure, MinMargin: point.MinMargin, MinAgreeing: max(point.MinFaces, h.cfg.Access.MinAgreeing),
			},
			Patience: h.cfg.Access.Patience,
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
	enroller, err := enrolment.New(patientAnalyser{h.pipeline.conn}, h.pipeline.store, h.gallery, time.Now, enrolment.Config{Engine: h.engine.ID, Known: h.engine.Point.Known})
	if err != nil {
		return err
	}
	cert, key := h.cfg.TLSFiles()
	h.web, err = web.New(web.Deps{
		Overview: overview{h}, Passes: passLog{h.pipeline}, Feed: h.pipeline.feed, People: peopleView{h}, Enroller: enrolView{h, enroller},
		Tracer: traceView{tracer, h.pipeline.since}, Auditor: h.pipeline.store, Tokens: tokens,
		Front:   web.Front{Version: version(), Simulated: h.simulated != nil, Commands: frontCommands()},
		Metrics: metricsHandler(h.registry), Log: h.log, Now: time.Now,
	}, web.Config{GateWindow: h.cfg.Tracing.GateWindow, Listen: h.cfg.Web.Listen, TLSCert: cert, TLSKey: key})
	if err == nil {
		h.closers = append(h.closers, h.web)
	}
	return err
}

// openChildren makes a child for every recognizer and camera.
func (h *hub) openChildren(context.Context) error {
	program, err := os.Executable()
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, "cmd.hub", "the path of this program cannot be found").WithCause(err)
	}
	add := func(role bus.Role, command, id string, settings func(link) any) error {
		l, err := newLink(h.pipeline.server, h.site.ID, role)
		if err != nil {
			return err
		}
		c, err := supervisor.New(supervisor.Config{
			Component: role.String(), Path: program, Args: []string{command, "--supervised"}, Env: childEnvironment(), Settings: settings(l),
			SlowCodes: []int{exitCode(menshen.CodeDenied)},
		}, h.log, time.Now)
		if err != nil {
			return err
		}
		h.children = append(h.children, &child{Child: c, role: command, id: id})
		return nil
	}
	for _, id := range h.recognizers() {
		err := add(bus.RoleRecognizer(id), "recognizer", id, func(l link) any {
			return recognizerSettings{Link: l, ID: id, Engine: h.engine.settings(h.cfg.Engine.Networks)}
		})
		if err != nil {
			return err
		}
	}
	if len(h.cfg.Cameras) == 0 {
		return nil
	}
	detector, err := detectorPath(h.cfg)
	if err != nil {
		return err
	}
	for _, cam := range h.cfg.Cameras {
		if err := add(bus.RoleCamera(cam.ID), "camera", cam.ID, func(l link) any { return cameraSettingsOf(cam, detector, l) }); err != nil {
			return err
		}
	}
	return nil
}

// childEnvironment is that of this process, with OpenCV and OpenBLAS told to keep to one thread: processes share the
// machine, and several faces side by side use it better than several threads at one.
func childEnvironment() []string {
	var kept []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, config.Prefix) { // addresses and secrets of others: the settings hold what this child needs
			kept = append(kept, e)
		}
	}
	return append(kept, "OPENCV_FOR_THREADS_NUM=1", "OPENBLAS_NUM_THREADS=1")
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
		return err
	}
	return runStages(ctx,
		sources,
		stage{name: "reception", runs: []func(context.Context) error{untilDone(faces), untilDone(reports)}},
		stage{name: "gates", runs: []func(context.Context) error{h.controller.Run}},
		stage{name: "pages", runs: []func(context.Context) error{h.web.Run}},
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
