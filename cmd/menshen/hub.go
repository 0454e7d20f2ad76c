package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/access/credential"
	"menshen/access/policy"
	"menshen/account"
	"menshen/config"
	"menshen/enrolment"
	bureau "menshen/office"
	"menshen/office/tally"
	"menshen/retention"
	"menshen/simulation"
	"menshen/web"
)

// hub is everything that menshen serve runs in its own process: no native code, no pixels.
type hub struct {
	gatehouse

	pipeline     *pipeline
	certificates *certificates
	people       *directory
	finder       *bureau.Finder
	follower     *follower
	asked        uint64   // alterations of the registry before the follower last asked for changes
	reached      progress // alterations that the gates decide by
	credentials  *credential.Site
	bureau       *bureau.Office
	cases        investigations
	alerts       alertBoard
	events       events
	enroller     *enrolment.Enroller
	likeness     likeness
	accounts     *account.Book
	keeper       *retention.Keeper // of time limits
	checkpoints  *checkpointer
	lessons      chan menshen.Lesson
	readings     chan menshen.Temperature
	web          *web.Server
	tally        *tally.Tally  // of passes by hour and day
	crops        *web.Crops    // faces before the gates, for minutes
	stills       chan struct{} // one while a camera is tried
	file         string        // the configuration's
	again        restart
	copies       backups
	simulated    *simulation.Community // nil at a real site
}

// newHub opens and joins all parts, as the configuration of a file says, without starting any. Close it, also after an error.
func newHub(ctx context.Context, cfg config.Config, file string, log *slog.Logger) (*hub, error) {
	own := cfg.Only(func(gate string) bool { return cfg.PostOf(gate) == "" })
	h := &hub{gatehouse: newGatehouse(own, log), file: file, lessons: make(chan menshen.Lesson, lessonsWaiting), readings: make(chan menshen.Temperature, readingsWaiting), stills: make(chan struct{}, 1)}
	for _, step := range []func(context.Context) error{h.openSite, h.openTLS, h.openEngine, h.openPipeline, h.openCertificates, h.openRegistry, h.openBureau, h.openGatesAndDoors, h.openEvents, h.openOffice, h.openCases, h.openRetention, h.openWeb, h.openChildren} {
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

// openTLS gives certificates to the listeners that other machines reach.
func (h *hub) openTLS(context.Context) (err error) {
	listens := []string{h.cfg.Bus.Listen}
	if cert, _ := h.cfg.TLSFiles(); cert == "" {
		listens = append(listens, h.cfg.Web.Listen, h.cfg.Bus.MQTT.Listen)
	}
	h.tls, err = openEncryption(h.log, h.data, h.site.ID, h.cfg.HubHosts(), h.cfg.Web.ACME.Domains, listens...)
	if err != nil {
		return err
	}
	return h.tls.openACME(h.cfg)
}

func (h *hub) openPipeline(ctx context.Context) error {
	keys, err := doorKeys(h.cfg, h.data)
	if err != nil {
		return err
	}
	posts, err := postKeys(h.cfg, h.data)
	if err != nil {
		return err
	}
	mqtt, err := mqttListener(h.cfg, h.data, h.tls)
	if err != nil {
		return err
	}
	var cameras []string
	for _, cam := range h.cfg.Cameras {
		cameras = append(cameras, cam.ID)
	}
	h.pipeline, err = openPipeline(ctx, h.data, pipelineConfig{
		Site: h.site, Bus: h.cfg.Bus, Cameras: cameras, Recognizers: h.recognizers(), Doors: keys, Days: h.cfg.Tracing.Days, Listen: true, Posts: posts, MQTT: mqtt, TLS: h.tls,
	}, h.log, h.registry)
	if err != nil {
		return err
	}
	h.closers = append(h.closers, h.pipeline)
	h.server, h.conn, h.outbox = h.pipeline.server, h.pipeline.conn, h.pipeline.outbox
	h.checkpoints = &checkpointer{name: h.site.ID, keys: h.data.path, log: h.log, cfg: h.cfg, tree: h.pipeline.store}
	return nil
}

// openCertificates erases again what was erased, before anything of the registry is read.
func (h *hub) openCertificates(ctx context.Context) (err error) {
	if err := h.pipeline.store.AdoptBackups(ctx, h.data.file(backupsFolder)); err != nil {
		return err
	}
	h.certificates, err = openCertificates(ctx, h.data, h.site.ID, h.pipeline.store, h.log)
	return err
}

// openGatesAndDoors opens the gates that no post decides at.
func (h *hub) openGatesAndDoors(context.Context) error {
	own := slices.DeleteFunc(slices.Clone(h.site.Gates), func(g menshen.Gate) bool { return h.cfg.PostOf(g.ID) != "" })
	return h.openGates(gateParts{Learn: h.hear, Measured: h.measured}, own)
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
	files, err := h.passFile()
	if err != nil {
		return err
	}
	at := web.Config{GateWindow: h.cfg.Tracing.GateWindow, Listen: h.cfg.Web.Listen, PublicURL: strings.TrimSuffix(h.cfg.Web.PublicURL, "/")}
	if at.TLSCert, at.TLSKey = h.cfg.TLSFiles(); at.TLSCert == "" {
		at.TLS, at.KeyHash = h.tls.forPages(at.Listen), h.tls.keyHash(at.Listen)
	}
	h.accounts = account.New(h.pipeline.store, time.Now, h.log)
	outside, err := h.outside()
	if err != nil {
		return err
	}
	office := officeView{
		Office: h.bureau, settings: h.pipeline.store, moved: func() { h.cases.engine.homesMoved() }, changed: h.findAnew, defaultRules: string(policy.DefaultText),
	}.parts()
	office.Doors, office.Guards, office.Policy = doorsView{h}, h.controller, policyView{h}
	office.Packs = packView{h}
	office.Statistics, office.Plans, office.Certificates = statisticsView{h}, h.pipeline.store, h.certificates
	h.crops = web.NewCrops(time.Now)
	h.web, err = web.New(web.Deps{
		Office: office, Investigations: caseView{h}.parts(), Chinese: h.chinese,
		Overview: overview{h}, Passes: passLog{h.pipeline}, Transfer: files, Feed: h.pipeline.feed, People: peopleView{h}, Finder: peopleView{h}, Enroller: enrolView{h}, Calibrator: calibrationView{h}, Templates: templateView{h}, Cameras: cameraView{h}, Operation: operationView{h},
		Console: web.Console{Standings: consoleView{h}, Photographs: consoleView{h}, Frames: consoleView{h}, Crops: h.crops, Faceless: consoleView{h}.faceless}, Tracer: traceView{h.cases.engine}, Auditor: h.pipeline.store, Accounts: h.accounts, Outside: outside, AuditLog: auditLog{h}, Tokens: tokens.With(web.TokenFolder(h.data.file(tokensFolder))),
		Front:   web.Front{Version: version(), Simulated: h.simulated != nil, Commands: frontCommands()},
		Metrics: metricsHandler(h.registry), InForce: h.inForce, Log: h.log, Now: func() time.Time { return time.Now().In(caseView{h}.zone()) },
	}, at)
	if err == nil {
		h.closers = append(h.closers, h.web)
	}
	return err
}

// Run runs the hub until ctx ends. It ends sources first and stores last.
func (h *hub) Run(ctx context.Context) error {
	takeAway, err := h.leaveNote(h.web.URL(), h.web.KeyHash())
	if err != nil {
		return err
	}
	defer takeAway()
	sources := h.sources()
	if h.simulated != nil {
		sources.runs = append(sources.runs, h.simulate)
	}
	reception, err := h.listen(ctx)
	if err != nil {
		return err
	}
	return runStages(ctx,
		sources,
		reception,
		stage{name: "gates", runs: []func(context.Context) error{h.controller.Run, h.calibrate, h.learn, h.follow, h.servePosts, h.due, func(ctx context.Context) error { return age(ctx, h.keeper, h.log) }, h.checkpoints.Run, h.keepReadings, h.lookAtFaces, h.accounts.Run}},
		stage{name: "pages", runs: []func(context.Context) error{h.web.Run, h.tls.run}},
		h.telling(),
		h.pipeline.carrying(),
		stage{name: "bus", runs: []func(context.Context) error{h.server.Run}},
	)
}
