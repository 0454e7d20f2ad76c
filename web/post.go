package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto/menshen/v1/menshenv1connect"
)

// PostDeps are the parts that a gate's post answers its readers and guards from, also while the hub is out of reach. All
// are needed.
type PostDeps struct {
	Overview Overview
	People   People
	Guards   Guards
	Auditor  Auditor
	Tokens   *Tokens
	Log      *slog.Logger
	Now      func() time.Time
}

// NewPost makes the server of a post: GuardService but for annotations and help, which are the hub's, SiteService and /healthz. It is
// as New otherwise.
func NewPost(d PostDeps, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	missing := whole(map[string]any{
		"Overview": d.Overview, "People": d.People, "Guards": d.Guards, "Auditor": d.Auditor, "Tokens": d.Tokens, "Log": d.Log, "Now": d.Now,
	})
	if err := errors.Join(missing, cfg.Validate()); err != nil {
		return nil, err
	}
	return newServer(cfg, d.Log, func(s *Server) (http.Handler, error) { return s.postRoutes(d), nil })
}

func (s *Server) postRoutes(d PostDeps) http.Handler {
	ew, failures, opts := errorWriter{connect.NewErrorWriter(), nil}, newThrottle(d.Now, maxThrottled), handlerOptions(d.Log, nil)
	mux := http.NewServeMux()
	add := func(path string, service http.Handler) {
		mux.Handle(path, apiHeaders(authenticated(d.Tokens, sessionDoor{}, recorder{d.Auditor, d.Now}, failures, d.Log, ew, s.bounded(ew, service))))
	}
	desk := desk{registry{d.People}, recorder{d.Auditor, d.Now}, d.Now}
	add(menshenv1connect.NewSiteServiceHandler(siteService{d.Overview, Front{}}, opts...))
	add(menshenv1connect.NewGuardServiceHandler(guardService{desk, d.Overview, d.Guards, elsewhere{}, elsewhere{}, nil, nil}, opts...))
	mux.Handle("GET /healthz", apiHeaders(s.plain(newHealth(d.Overview, d.Log, d.Now))))
	return guarded(d.Log, mux)
}

// elsewhere is where annotations are kept and help comes from, seen from a post.
type elsewhere struct{}

func (elsewhere) refuse() error {
	return menshen.Errorf(menshen.CodeUnavailable, "web.post", "annotations are kept at the hub").WithHint("ask the hub")
}

// Annotate implements Annotations.
func (e elsewhere) Annotate(context.Context, menshen.Annotation, string) (menshen.Annotation, error) {
	return menshen.Annotation{}, e.refuse()
}

// Annotations implements Annotations.
func (e elsewhere) Annotations(context.Context, string, int) ([]menshen.Annotation, error) {
	return nil, e.refuse()
}

// Help implements Helpline.
func (elsewhere) Help(context.Context, menshen.HelpCall) error {
	return menshen.Errorf(menshen.CodeUnavailable, "web.post", "help is called from the hub").WithHint("ask the hub, or telephone")
}
