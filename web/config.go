package web

import (
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"menshen"
)

// DefaultListen is where Menshen listens when the configuration names no address.
const DefaultListen = "127.0.0.1:8080"

// Config of the HTTP server. Zero fields take their defaults.
type Config struct {
	Listen     string        // host:port; 127.0.0.1:8080. A host that is not loopback needs TLS
	TLSCert    string        // PEM file with the certificate chain; "" serves plain HTTP, but for TLS
	TLSKey     string        // PEM file with its private key
	TLS        *tls.Config   // gives certificates in the place of TLSCert and TLSKey; nil is none
	KeyHash    string        // what KeyHash of the server says of TLS, where it does not follow from it
	PublicURL  string        // under which people's telephones reach this server, e.g. https://gate.example; where it listens
	GateWindow time.Duration // how near in time two people at one gate have met, where a question does not say; 1 min
	SignOfLife time.Duration // how often an idle stream sends an empty answer; 5 s
	ReadLimit  time.Duration // how long a request's body may take; 1 min, ten times that for Enroll
	WriteLimit time.Duration // how long a client may take no data before it is dropped; 15 s
	Grace      time.Duration // how long calls may go on after Run's context ended; 5 s
}

func (c Config) withDefaults() Config {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	set(&c.GateWindow, time.Minute)
	set(&c.SignOfLife, 5*time.Second)
	set(&c.ReadLimit, time.Minute)
	set(&c.WriteLimit, 15*time.Second)
	set(&c.Grace, 5*time.Second)
	return c
}

// Validate names the key that is wrong, as it is written under "web" in menshen.yaml.
func (c Config) Validate() error {
	const op = "web.config"
	c = c.withDefaults()
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "web.listen: %q is not host:port", c.Listen).
			WithHint("write it like %s", DefaultListen).WithCause(err)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "web.listen: the port %q is not a number from 0 to 65535", port).
			WithHint("write it like %s", DefaultListen).WithCause(err)
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || c.PublicURL != u.Scheme+"://"+u.Host) {
		return menshen.Errorf(menshen.CodeInvalid, op, "web.public_url: %q is no address of a server", c.PublicURL).
			WithHint("write it like https://gate.example, without a path")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return menshen.Errorf(menshen.CodeInvalid, op, "web.tls_cert and web.tls_key belong together, but one of them is missing").
			WithHint("give both, or neither")
	}
	if !c.encrypted() && !isLoopback(host) {
		return menshen.Errorf(menshen.CodeInvalid, op,
			"web.listen: %s can be reached from other machines, and without TLS tokens and names would cross the network in clear", c.Listen).
			WithHint("set web.tls_cert and web.tls_key, or listen on %s and put a TLS proxy in front", DefaultListen) // the hub and posts give TLS by themselves
	}
	for _, d := range []struct {
		key string
		v   time.Duration
	}{
		{"web.sign_of_life", c.SignOfLife}, {"web.read_limit", c.ReadLimit},
		{"web.write_limit", c.WriteLimit}, {"web.grace", c.Grace},
	} {
		if d.v < 0 || d.v > time.Hour {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s: %v is out of range", d.key, d.v).WithHint("use more than 0s and at most 1h")
		}
	}
	return nil
}

func (c Config) encrypted() bool { return c.TLSCert != "" || c.TLS != nil }

// isLoopback reports whether a listener on the host is reachable from this machine only. An empty host is every address.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
