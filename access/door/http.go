package door

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"menshen"
	"menshen/reach"
)

// HTTPConfig sets an HTTP relay. Addresses and body may hold {gate}, {direction}, {hold_ms} and {action}. A relay is told of
// other actions than opening only where it can tell them apart: where the address or the body has {action}, or where the
// action has an address of its own.
type HTTPConfig struct {
	URL    string                        // http or https, e.g. "http://10.0.0.7/relay/0?turn=on&timer={hold_ms}"; no placeholder before the path
	URLs   map[menshen.DoorAction]string // of single actions, in place of URL
	Method string                        // GET or POST; default POST
	Body   string                        // for POST, sent as JSON; default {"gate":"{gate}","direction":"{direction}","hold_ms":{hold_ms}}
	Secret menshen.Secret                // sent as "Authorization: Bearer …" where it is set
	Limit  time.Duration                 // time limit of one command; default 2 s
}

const redacted = "[redacted]"

// String shows where the relay is and hides all else: paths and queries may hold keys.
func (c HTTPConfig) String() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return c.Method + " " + redacted
	}
	return fmt.Sprintf("%s %s://%s/…", c.Method, u.Scheme, u.Host)
}

// LogValue shows to log/slog what String shows.
func (c HTTPConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// HTTP tells a relay over HTTP. Any answer but 2xx is a failure; redirects are not followed, for the secret must not
// travel, and the environment's proxies are not used. Names that lead to this machine or to special networks are not followed.
type HTTP struct {
	cfg       HTTPConfig
	urls      map[menshen.DoorAction]Template // of the actions that it knows
	body      Template
	transport *http.Transport
	client    *http.Client
	closed    atomic.Bool
}

const defaultBody = `{"gate":"{gate}","direction":"{direction}","hold_ms":{hold_ms}}`

// NewHTTP makes the driver.
func NewHTTP(cfg HTTPConfig) (*HTTP, error) {
	const op = "door.http"
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	if cfg.Method == "" {
		cfg.Method = http.MethodPost
	}
	if cfg.Method != http.MethodGet && cfg.Method != http.MethodPost {
		return nil, bad("the method %q of the door's relay is not usable", cfg.Method).WithHint("use GET or POST")
	}
	if cfg.Method == http.MethodGet && cfg.Body != "" {
		return nil, bad("a GET to the door's relay has no body").WithHint("use POST, or leave the body out")
	}
	if strings.ContainsAny(cfg.Secret.Reveal(), "\r\n") {
		return nil, bad("the secret of the door's relay has a line break").WithHint("give it without one")
	}
	var err error
	if cfg.Limit, err = checkLimit(cfg.Limit); err != nil {
		return nil, err
	}
	d := &HTTP{cfg: cfg, urls: map[menshen.DoorAction]Template{}}
	d.body = ParseBody(cmp.Or(cfg.Body, defaultBody))
	for _, action := range []menshen.DoorAction{menshen.DoorOpen, menshen.DoorHold, menshen.DoorLock, menshen.DoorNormal, menshen.DoorEmergency} {
		own, has := cfg.URLs[action]
		address := cmp.Or(own, cfg.URL)
		if err := checkAddress(address); err != nil {
			return nil, err
		}
		t, err := ParseTemplate(address)
		if err != nil {
			return nil, err
		}
		if has || action == menshen.DoorOpen || t.Has(fieldAction) || cfg.Body != "" && d.body.Has(fieldAction) {
			d.urls[action] = t
		}
	}
	for action := range cfg.URLs {
		if !action.Valid() {
			return nil, bad("the door action %q is unknown", action).WithHint("use open, hold, lock, normal or emergency")
		}
	}
	dialer := reach.NewDialer(nil, append(slices.Collect(maps.Values(cfg.URLs)), cfg.URL)...)
	d.transport = &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10}
	d.client = &http.Client{
		Transport:     d.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return d, nil
}

// checkAddress checks the address before placeholders are filled in: they must leave scheme and host alone.
func checkAddress(address string) error {
	const op = "door.http"
	const example = "write it like http://10.0.0.7/relay/0?turn=on&timer={hold_ms}"
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return menshen.Errorf(menshen.CodeInvalid, op, "the address of the door's relay is malformed").WithHint(example)
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", strings.ContainsAny(u.Host, "{}"):
		return menshen.Errorf(menshen.CodeInvalid, op, "the address of the door's relay has no usable scheme and host").WithHint(example)
	case u.User != nil:
		return menshen.Errorf(menshen.CodeInvalid, op, "the address of the door's relay holds a user name or password").
			WithHint("give a secret instead; addresses end up in logs")
	case u.Fragment != "":
		return menshen.Errorf(menshen.CodeInvalid, op, "the address of the door's relay has a '#'").WithHint("leave it out, or write %%23")
	}
	return nil
}

// Command sends one request.
func (d *HTTP) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	if d.closed.Load() {
		return closed()
	}
	if err := check(cmd); err != nil {
		return err
	}
	if _, able := d.urls[cmd.Do()]; !able {
		return unable(cmd)
	}
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Limit)
	defer cancel()
	req, err := d.request(ctx, cmd)
	if err != nil {
		return err
	}
	resp, err := d.client.Do(req)
	if err != nil {
		return unanswered(cmd, d.cfg.Limit, withoutAddress(err))
	}
	defer func() { _ = resp.Body.Close() }() // it was only read, there is nothing to lose
	// What the relay says does not matter, but a connection is used again only after it was read.
	_, _ = io.CopyN(io.Discard, resp.Body, 16<<10)
	return d.judge(cmd, resp.StatusCode)
}

func (d *HTTP) request(ctx context.Context, cmd menshen.DoorCommand) (*http.Request, error) {
	var body io.Reader
	if d.cfg.Method == http.MethodPost {
		body = strings.NewReader(d.body.Expand(cmd, EscapeJSON))
	}
	req, err := http.NewRequestWithContext(ctx, d.cfg.Method, d.urls[cmd.Do()].Expand(cmd, EscapeURL), body)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "door.open", "the address of the door's relay is malformed").
			WithHint("correct it in the configuration").WithCause(withoutAddress(err))
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if d.cfg.Secret != "" {
		req.Header.Set("Authorization", "Bearer "+d.cfg.Secret.Reveal())
	}
	return req, nil
}

// State knows nothing: a relay switches and does not look.
func (d *HTTP) State(_ context.Context, gate string) (menshen.DoorState, error) {
	if d.closed.Load() {
		return menshen.DoorState{}, closed()
	}
	if err := menshen.ValidateSlug("gate", gate); err != nil {
		return menshen.DoorState{}, err
	}
	return menshen.DoorState{}, mute(gate)
}

func (d *HTTP) judge(cmd menshen.DoorCommand, status int) error {
	e := menshen.Errorf(menshen.CodeUnavailable, "door.open", "the relay of gate %q answered %d %s", cmd.Gate, status, http.StatusText(status))
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return e.WithHint("redirects are not followed: configure the address that the relay really answers at")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return e.WithHint("check the secret of the relay")
	case status == http.StatusNotFound || status == http.StatusMethodNotAllowed:
		return e.WithHint("check the path and the method of the relay's address")
	}
	return e.WithHint("see the relay's own log or page for the cause")
}

// withoutAddress takes the address out of an error of net/http: its path and query may hold a key.
func withoutAddress(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// Close ends idle connections; requests under way end within their time limit.
func (d *HTTP) Close() error {
	d.closed.Store(true)
	d.transport.CloseIdleConnections()
	return nil
}
