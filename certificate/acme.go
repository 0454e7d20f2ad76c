package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"menshen/reach"
)

// LetsEncrypt is the directory of an authority that browsers know.
const LetsEncrypt = acme.LetsEncryptURL

// ACMEConfig is how certificates are asked for that browsers know (RFC 8555).
type ACMEConfig struct {
	Domains   []string       // that the site is reached by from the internet; the authority connects to each at port 443 (tls-alpn-01)
	Email     string         // that the authority writes to; may be empty
	Directory string         // of the authority; LetsEncrypt if empty
	Roots     *x509.CertPool // who may sign the directory's own certificate; nil is whom this machine trusts
	Folder    string         // for the account's key, certificates and their keys, mode 0700; made if missing
}

// ACME gives certificates of such an authority to whoever asks for one of the domains, and Issued's to everybody else: commands on this
// machine, and tablets that come by an address. No handshake waits for the authority: Run asks it, and has certificates renewed 30 days
// before their end. A domain without one has Issued's meanwhile. Safe for concurrent use.
type ACME struct {
	cfg     ACMEConfig
	client  *http.Client
	own     *Issued
	domains map[string]*domain
}

// domain is how far one of them is.
type domain struct {
	name string

	mu      sync.Mutex
	manager *autocert.Manager
	cert    *tls.Certificate // the last good one; nil before the first
	asked   time.Time        // since when there is no answer; zero for none that is waited for
	failing time.Time        // since when none is given; zero while well
	detail  string
}

// NewACME asks nobody for anything yet. Certificates of an earlier run are used at once.
func NewACME(cfg ACMEConfig, own *Issued) *ACME {
	if cfg.Directory == "" {
		cfg.Directory = LetsEncrypt
	}
	t := reach.Transport(cfg.Directory)
	t.TLSClientConfig = &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12}
	a := &ACME{cfg: cfg, client: &http.Client{Timeout: time.Minute, Transport: t}, own: own, domains: map[string]*domain{}}
	for _, name := range cfg.Domains {
		a.domains[name] = &domain{name: name, manager: a.newManager(), cert: kept(cfg.Folder, name), asked: time.Now()}
	}
	return a
}

func (a *ACME) newManager() *autocert.Manager {
	return &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(a.cfg.Folder), HostPolicy: autocert.HostWhitelist(a.cfg.Domains...), Email: a.cfg.Email,
		Client: &acme.Client{DirectoryURL: a.cfg.Directory, HTTPClient: a.client, UserAgent: "menshen"},
	}
}

// kept gives the certificate of an earlier run, nil for none.
func kept(folder, name string) *tls.Certificate {
	text, err := autocert.DirCache(folder).Get(context.Background(), name)
	if err != nil {
		return nil
	}
	cert, err := tls.X509KeyPair(text, text)
	if err != nil || cert.Leaf.VerifyHostname(name) != nil {
		return nil
	}
	return &cert
}

// GetCertificate is for tls.Config.
func (a *ACME) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	d := a.domains[strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))]
	if d == nil {
		return a.own.GetCertificate(hello)
	}
	d.mu.Lock()
	manager, cert := d.manager, d.cert
	d.mu.Unlock()
	switch {
	case len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == acme.ALPNProto: // the authority looks whether the domain is ours
		return manager.GetCertificate(hello)
	case good(cert, time.Now()):
		return cert, nil
	}
	return a.own.GetCertificate(hello)
}

func good(cert *tls.Certificate, now time.Time) bool {
	return cert != nil && now.Before(cert.Leaf.NotAfter)
}

// Config is for listeners: TLS 1.2 and newer, and the authority's question whether the domain is this server's.
func (a *ACME) Config() *tls.Config {
	return &tls.Config{GetCertificate: a.GetCertificate, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1", acme.ALPNProto}}
}
