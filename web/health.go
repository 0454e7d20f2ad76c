package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"menshen"
)

// health answers /healthz for whoever asks, without details: 200 where nothing critical is the matter, else 503. Asking
// often costs nothing: the answer is kept for a second.
type health struct {
	overview Overview
	log      *slog.Logger
	now      func() time.Time

	mu   sync.Mutex
	at   time.Time
	well bool
}

const (
	healthAge     = time.Second
	healthTimeout = 3 * time.Second
)

func newHealth(o Overview, log *slog.Logger, now func() time.Time) *health {
	return &health{overview: o, log: log, now: now}
}

func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if !h.ask(r.Context()) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "unavailable\n")
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

func (h *health) ask(ctx context.Context) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	if !h.at.IsZero() && now.Sub(h.at) < healthAge && !now.Before(h.at) {
		return h.well
	}
	// The answer is for the next callers too, so it does not hang on this one's patience.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout)
	defer cancel()
	status, err := h.overview.Status(ctx)
	if err != nil {
		h.log.Warn("health is not known", "err", err)
	}
	h.at, h.well = now, err == nil
	for _, c := range status.Conditions {
		h.well = h.well && c.Severity != menshen.SeverityCritical
	}
	return h.well
}
