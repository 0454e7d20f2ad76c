package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"menshen"
)

// Hook is one receiver. Send is called by one goroutine at a time; the rest is safe for concurrent use.
type Hook struct {
	cfg       Config
	clock     func() time.Time
	log       *slog.Logger
	metrics   *metrics
	transport *http.Transport
	client    *http.Client

	mu       sync.Mutex
	failures int       // in a row
	since    time.Time // of the first of them
	why      string
	gone     time.Time // when the receiver said that it is no more
	refused  time.Time // when an event was set aside last
}

// New makes a hook. Nothing is called yet.
func New(cfg Config, deps Deps) (*Hook, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: cfg.Limit, Control: cfg.guard}
	t := &http.Transport{
		DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: cfg.Limit,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: 90 * time.Second, MaxResponseHeaderBytes: 64 << 10,
	}
	return &Hook{
		cfg: cfg, clock: deps.Clock, log: deps.Log, metrics: newMetrics(deps.Registerer), transport: t,
		client: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// ID gives the id of the configuration.
func (h *Hook) ID() string { return h.cfg.ID }

// Send has an event taken by the receiver and returns nil then, or once it is set aside for good. It tries for as long as ctx
// lasts; the error is that ctx ended.
func (h *Hook) Send(ctx context.Context, e Event) error {
	body, err := e.JSON()
	if err != nil {
		return err
	}
	refusals := 0
	for tries := 0; ; tries++ {
		if ctx.Err() != nil {
			return broken(ctx)
		}
		begin := h.clock()
		a := h.call(ctx, e.ID, body)
		if ctx.Err() != nil && a.kind == answerFailed {
			return broken(ctx) // stopping says nothing of the receiver
		}
		h.metrics.calls.WithLabelValues(h.cfg.ID, string(a.kind)).Inc()
		h.metrics.seconds.Observe(h.clock().Sub(begin).Seconds())
		switch a.kind {
		case answerTaken:
			h.well()
			return nil
		case answerGone:
			h.mark(&h.gone)
			h.log.Error("the receiver of a webhook is gone for good", "webhook", h.cfg.ID)
			<-ctx.Done()
			return broken(ctx)
		case answerRefused:
			if refusals++; refusals >= h.cfg.Refusals {
				h.well() // it is there
				h.mark(&h.refused)
				h.metrics.aside.WithLabelValues(h.cfg.ID).Inc()
				h.log.Error("an event was refused by a webhook's receiver and is set aside", "webhook", h.cfg.ID, "event", e.ID, "why", a.why)
				return nil
			}
		}
		h.failed(a.why)
		pause := time.NewTimer(max(h.pause(tries), min(a.after, h.cfg.RetryMax)))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return broken(ctx)
		}
	}
}

func broken(ctx context.Context) error {
	return menshen.Errorf(menshen.CodeUnavailable, "webhook.send", "the delivery was broken off").WithCause(ctx.Err())
}

// answer is what became of a call.
type answer struct {
	kind  answerKind
	why   string
	after time.Duration // the receiver asks not to be called before
}

type answerKind string

const (
	answerTaken   answerKind = "taken"
	answerFailed  answerKind = "failed"
	answerRefused answerKind = "refused" // this event, perhaps no other
	answerGone    answerKind = "gone"
)

func (h *Hook) call(ctx context.Context, id string, body []byte) answer {
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return answer{kind: answerFailed, why: "the address is not usable"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Menshen-Webhook/1")
	req.Header.Set(HeaderID, id)
	req.Header.Set(HeaderSignature, Sign(h.cfg.Secret, h.clock(), body))
	resp, err := h.client.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // without the address: it may hold a key
		}
		return answer{kind: answerFailed, why: err.Error()}
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	_, _ = io.CopyN(io.Discard, resp.Body, 16<<10)
	return judge(resp)
}

func judge(resp *http.Response) answer {
	a := answer{kind: answerFailed, why: strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode)}
	switch status := resp.StatusCode; {
	case status/100 == 2:
		a.kind = answerTaken
	case status == http.StatusGone:
		a.kind = answerGone
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusRequestTimeout,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests:
	case status/100 == 4:
		a.kind = answerRefused
	}
	if n, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && n > 0 && n < 1<<20 {
		a.after = time.Duration(n) * time.Second
	}
	return a
}

// pause is how long to wait after a failed try, longer with each one, with jitter.
func (h *Hook) pause(tries int) time.Duration {
	wait := min(h.cfg.RetryMin<<min(tries, 20), h.cfg.RetryMax)
	return wait/2 + rand.N(wait/2+1)
}

func (h *Hook) failed(why string) {
	h.mu.Lock()
	h.failures++
	first := h.failures == 1
	if first {
		h.since = h.clock()
	}
	h.why = why
	h.mu.Unlock()
	if first {
		h.log.Warn("a webhook's receiver does not take events", "webhook", h.cfg.ID, "why", why)
	}
}

func (h *Hook) well() {
	h.mu.Lock()
	was := h.failures
	h.failures, h.why = 0, ""
	h.mu.Unlock()
	if was > 0 {
		h.log.Info("a webhook's receiver takes events again", "webhook", h.cfg.ID, "tries", was)
	}
}

func (h *Hook) mark(t *time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*t = h.clock()
}

// Close ends idle connections.
func (h *Hook) Close() error {
	h.transport.CloseIdleConnections()
	return nil
}
