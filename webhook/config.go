package webhook

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"menshen"
	"menshen/reach"
)

// Config of one webhook. Zero durations and counts take their defaults.
type Config struct {
	ID      string
	URL     string         // https; http only with Private
	Secret  menshen.Secret // 16 characters or more
	Private bool           // it may lie in a private network, or on this machine

	Limit    time.Duration // time limit of one call; default 10 s
	RetryMin time.Duration // first wait after a failure, doubled each time; default 1 s
	RetryMax time.Duration // … up to this; default 5 min
	Refusals int           // so many refusals of one event, and it is set aside; default 5
}

// Deps is what a Hook works with.
type Deps struct {
	Clock      func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer // nil keeps no figures
}

func (c Config) withDefaults() Config {
	c.Limit = cmp.Or(c.Limit, 10*time.Second)
	c.RetryMin = cmp.Or(c.RetryMin, time.Second)
	c.RetryMax = cmp.Or(c.RetryMax, 5*time.Minute)
	c.Refusals = cmp.Or(c.Refusals, 5)
	return c
}

// minSecret is the shortest secret.
const minSecret = 16

func (c Config) validate() error {
	const op = "webhook.config"
	if err := menshen.ValidateSlug("webhook", c.ID); err != nil {
		return err
	}
	if len(c.Secret.Reveal()) < minSecret {
		return menshen.Errorf(menshen.CodeInvalid, op, "the secret of webhook %q is shorter than %d characters", c.ID, minSecret).
			WithHint("make one with: openssl rand -hex 32")
	}
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || u.Fragment != "":
		return menshen.Errorf(menshen.CodeInvalid, op, "the address of webhook %q is not usable", c.ID).WithHint("write it like https://example.org/menshen")
	case u.User != nil:
		return menshen.Errorf(menshen.CodeInvalid, op, "the address of webhook %q holds a user name or password", c.ID).
			WithHint("the signature shows who calls; leave it out")
	case u.Scheme == "http" && !c.Private:
		return menshen.Errorf(menshen.CodeInvalid, op, "webhook %q would send without encryption", c.ID).
			WithHint("use https, or set private to true for a receiver in the site's own network")
	}
	if c.Limit < time.Millisecond || c.Limit > time.Minute || c.RetryMin < time.Millisecond || c.RetryMax < c.RetryMin || c.RetryMax > time.Hour || c.Refusals < 1 {
		return menshen.Errorf(menshen.CodeInvalid, op, "a time of webhook %q is out of range", c.ID)
	}
	return nil
}

// String shows where the receiver is and hides all else: paths and queries may hold keys.
func (c Config) String() string {
	u, err := url.Parse(c.URL)
	if err != nil {
		return c.ID
	}
	return fmt.Sprintf("%s %s://%s/…", c.ID, u.Scheme, u.Host)
}

// LogValue shows to log/slog what String shows.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// guard refuses connections to where a webhook has no business. It looks at the address that is really connected to, after
// the name was resolved, so that no name can point inside.
func (c Config) guard(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return errForbidden
	}
	ip, err := netip.ParseAddr(strings.SplitN(host, "%", 2)[0])
	if err != nil || !allowed(ip.Unmap(), c.Private) || ip.Unmap().IsLoopback() && !c.namesThisMachine() {
		return errForbidden
	}
	return nil
}

// namesThisMachine reports whether the address says that the receiver is on this machine: a name of somewhere else may not lead here.
func (c Config) namesThisMachine() bool {
	u, err := url.Parse(c.URL)
	if err != nil {
		return false
	}
	ip, number := reach.Number(u.Hostname())
	return number && ip.Unmap().IsLoopback() || reach.ThisMachine(u.Hostname())
}

var errForbidden = fmt.Errorf("the address is inside a private network")

// allowed says whether an address may be called. Link-local addresses never: cloud machines keep their keys there.
// Addresses of IPv6 with one of IPv4 inside never either: what is inside could be any.
func allowed(ip netip.Addr, private bool) bool {
	ip = ip.WithZone("")
	if ip.IsLoopback() {
		return private
	}
	if reach.Special(ip) || testing.Contains(ip) {
		return false
	}
	if ip.IsPrivate() || shared.Contains(ip) {
		return private
	}
	return true
}

var (
	testing = netip.MustParsePrefix("198.18.0.0/15") // of networks' makers
	shared  = netip.MustParsePrefix("100.64.0.0/10") // a private network of a provider's, or an overlay
)
