package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"

	"connectrpc.com/connect"

	"menshen/proto/menshen/v1/menshenv1connect"
)

const (
	maxMessage       = 1 << 20
	maxEnrolMessage  = 64 << 20
	maxRowsMessage   = 4 << 20  // maxImportRows of passes
	maxTableMessage  = 24 << 20 // a table of maxTableBytes, also as base64 in JSON
	maxPlanMessage   = 14 << 20 // a picture of maxPlanBytes, also as base64 in JSON
	overhead         = 4 << 10  // of a request's body over its message
	enrolmentsAtOnce = 4        // each may hold maxEnrolMessage in memory; tables count too
	metricsPath      = "/metrics"
	maxThrottled     = 4096 // addresses whose failures are counted one by one
)

// routes puts the whole server together. Every path is either listed here or is 404; nothing is served from disk.
func (s *Server) routes(d Deps) (http.Handler, error) {
	health := newHealth(d.Overview, d.Log, d.Now)
	front, err := newFrontPage(d.Front, d.Overview, health, d.Log)
	if err != nil {
		return nil, err
	}
	ew := errorWriter{connect.NewErrorWriter(), d.Chinese}
	failures := newThrottle(d.Now, maxThrottled)
	authenticated := func(h http.Handler) http.Handler {
		return authenticated(d.Tokens, sessionDoor{d.Accounts, d.Log, ew}, recorder{d.Auditor, d.Now}, failures, d.Log, ew, h)
	}

	mux := http.NewServeMux()
	for path, service := range s.services(d) {
		if path == "/"+menshenv1connect.SignInServiceName+"/" { // for whoever is not signed in
			mux.Handle(path, apiHeaders(s.bounded(ew, remembered(service))))
			continue
		}
		mux.Handle(path, apiHeaders(authenticated(s.bounded(ew, service))))
	}
	if d.Metrics != nil {
		mux.Handle("GET "+metricsPath, apiHeaders(authenticated(s.plain(d.Metrics))))
	}
	mux.Handle("GET /healthz", apiHeaders(s.plain(health)))
	mux.Handle("GET /about", s.plain(front))
	app, err := newPages(d.Pages)
	if err != nil {
		return nil, err
	}
	if app == nil {
		mux.Handle("GET /{$}", http.RedirectHandler("/about", http.StatusSeeOther))
	} else {
		mux.Handle("GET /{$}", s.plain(app))
		for _, area := range pageAreas {
			mux.Handle("GET /"+area, s.plain(app))
			mux.Handle("GET /"+area+"/", s.plain(app))
		}
		mux.Handle("GET /assets/{name}", s.plain(http.HandlerFunc(app.asset)))
	}
	if d.Outside != nil {
		out := outsideDoor{signInService{s.accountDoor(d)}}
		mux.Handle("GET "+outsideBegin, s.plain(remembered(http.HandlerFunc(out.begin))))
		mux.Handle("GET "+outsideCallback, s.plain(remembered(http.HandlerFunc(out.callback))))
	}
	link, err := newLinkPage(d, recorder{d.Auditor, d.Now})
	if err != nil {
		return nil, err
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		mux.Handle(method+" "+linkPath+"{token}", limited(s.cfg.ReadLimit, s.cfg.WriteLimit, maxLinkForm, link))
	}
	mux.Handle("GET /openapi.yaml", apiHeaders(s.plain(http.HandlerFunc(serveOpenAPI))))
	mux.Handle("GET /favicon.svg", s.plain(http.HandlerFunc(serveMark)))

	return guarded(d.Log, mux), nil
}

// guarded is around everything that is served.
func guarded(log *slog.Logger, mux http.Handler) http.Handler {
	// Browsers send no token by themselves, so this is a second lock: no other site can make a browser change anything.
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "cross-origin call refused", http.StatusForbidden)
	}))
	return numbered(log, commonHeaders(crossOrigin.Handler(mux)))
}

// handlerOptions are those of every service.
func handlerOptions(log *slog.Logger, chinese func(text string) string) []connect.HandlerOption {
	return []connect.HandlerOption{
		connect.WithInterceptors(errorInterceptor{log, chinese}), // outermost, so that it sees recovered panics too
		connect.WithRecover(func(ctx context.Context, spec connect.Spec, _ http.Header, v any) error {
			return panicked(ctx, log, spec.Procedure, v)
		}),
		connect.WithConditionalHandlerOptions(func(spec connect.Spec) []connect.HandlerOption {
			return []connect.HandlerOption{connect.WithReadMaxBytes(int(messageLimit(spec.Procedure)))}
		}),
	}
}

// base is the address of the pages for whoever is elsewhere.
func (s *Server) base() string { return cmp.Or(s.cfg.PublicURL, s.URL()) }

func (s *Server) accountDoor(d Deps) accountDoor {
	return accountDoor{d.Accounts, d.Outside, recorder{d.Auditor, d.Now}, d.Overview, d.Front, s.base, d.Now, d.Log}
}

// services gives the handlers of the API by their paths.
func (s *Server) services(d Deps) map[string]http.Handler {
	people, rec := registry{d.People}, recorder{d.Auditor, d.Now}
	desk := desk{people, rec, d.Now}
	base := s.base
	opts := append(handlerOptions(d.Log, d.Chinese), connect.WithInterceptors(inForce(d.InForce)))
	all := map[string]http.Handler{}
	add := func(path string, h http.Handler) { all[path] = h }
	add(menshenv1connect.NewSiteServiceHandler(siteService{d.Overview, d.Front}, opts...))
	add(menshenv1connect.NewPassServiceHandler(passService{d.Overview, d.Passes, d.Transfer, d.Feed, people, rec, s.cfg.SignOfLife, s.stopping}, opts...))
	add(menshenv1connect.NewPersonServiceHandler(personService{d.Finder, d.Enroller, d.Consents, rec}, opts...))
	add(menshenv1connect.NewCalibrationServiceHandler(calibrationService{d.Calibrator, d.People, rec}, opts...))
	add(menshenv1connect.NewCameraServiceHandler(cameraService{d.Cameras, rec}, opts...))
	add(menshenv1connect.NewTemplateServiceHandler(templateService{d.Templates, rec}, opts...))
	add(menshenv1connect.NewTracingServiceHandler(tracingService{d.Tracer, d.People, d.Cases, d.CaseContacts, people, rec, d.Now, s.cfg.GateWindow, d.Front.Simulated}, opts...))
	add(menshenv1connect.NewRegistryServiceHandler(registryService{desk, d.Registry, d.Tables, d.Packs}, opts...))
	add(menshenv1connect.NewPermitServiceHandler(permitService{desk, d.Overview, d.Permits}, opts...))
	add(menshenv1connect.NewCredentialServiceHandler(credentialService{desk, d.Credentials}, opts...))
	add(menshenv1connect.NewEnrolmentServiceHandler(enrolmentService{desk, d.Enroller, &glances{}}, opts...))
	add(menshenv1connect.NewConsentServiceHandler(consentService{desk, d.Consents, d.Enroller, d.Certificates}, opts...))
	add(menshenv1connect.NewHealthServiceHandler(healthService{desk, d.Overview, d.Health, d.Tables, d.Registry}, opts...))
	add(menshenv1connect.NewFormServiceHandler(formService{desk, d.Forms, d.Links, base}, opts...))
	add(menshenv1connect.NewVisitServiceHandler(visitService{desk, d.Overview, d.Visits, d.Deliveries, base}, opts...))
	add(menshenv1connect.NewGateServiceHandler(gateService{desk, d.Overview, d.Gates, d.Doors}, opts...))
	add(menshenv1connect.NewGuardServiceHandler(guardService{desk, d.Overview, d.Guards, d.Annotations, d.Helpline, d.Passes, d.Cases}, opts...))
	add(menshenv1connect.NewCaseServiceHandler(caseService{caseDesk{desk, d.Investigations}, base}, opts...))
	add(menshenv1connect.NewTracingPolicyServiceHandler(tracingPolicyService{desk, d.TracingPolicies}, opts...))
	add(menshenv1connect.NewStatisticsServiceHandler(statisticsService{d.Statistics, rec}, opts...))
	add(menshenv1connect.NewSitePlanServiceHandler(sitePlanService{desk, d.Overview, d.Plans}, opts...))
	door := s.accountDoor(d)
	add(menshenv1connect.NewSignInServiceHandler(signInService{door}, opts...))
	add(menshenv1connect.NewAccountServiceHandler(accountService{door}, opts...))
	add(menshenv1connect.NewAuditServiceHandler(auditService{d.AuditLog, rec, people, d.Accounts, d.Cases}, opts...))
	add(menshenv1connect.NewConsoleServiceHandler(consoleService{desk, d.Overview, d.Passes, d.Feed, d.Guards, d.Console, &senders{}, s.cfg.SignOfLife, s.stopping}, opts...))
	add(menshenv1connect.NewOperationServiceHandler(operationService{d.Operation, rec}, opts...))
	add(menshenv1connect.NewPolicyServiceHandler(policyService{desk, d.Overview, d.Rules, d.Policy}, opts...))
	return all
}

func messageLimit(procedure string) int64 {
	switch procedure {
	case menshenv1connect.PersonServiceEnrollProcedure:
		return maxEnrolMessage
	case menshenv1connect.CaseServiceFindByPhotographProcedure:
		return maxPhotographMessage
	case menshenv1connect.RegistryServiceImportPeopleProcedure, menshenv1connect.HealthServiceRegisterReturneesProcedure:
		return maxTableMessage
	case menshenv1connect.SitePlanServicePutSitePlanProcedure:
		return maxPlanMessage
	case menshenv1connect.PassServiceImportPassesProcedure:
		return maxRowsMessage
	}
	return maxMessage
}

// bounded sets the limits of a call of the API.
func (s *Server) bounded(ew errorWriter, next http.Handler) http.Handler {
	slots := make(chan struct{}, enrolmentsAtOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit, read := messageLimit(r.URL.Path), s.cfg.ReadLimit
		if r.ContentLength > limit+overhead {
			w.Header().Set("Connection", "close")
			writeError(ew, w, r, tooLarge(limit))
			return
		}
		if limit > maxMessage {
			read *= 10
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
			case <-r.Context().Done():
				return
			}
		}
		limited(read, s.cfg.WriteLimit, limit+overhead, next).ServeHTTP(w, r)
	})
}

// plain sets the limits of a page, which takes no body.
func (s *Server) plain(next http.Handler) http.Handler {
	return limited(s.cfg.ReadLimit, s.cfg.WriteLimit, overhead, next)
}
