package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
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
// machine, and tablets that come by an address. They are asked for at the first handshake and renewed by themselves 30 days before
// their end. Safe for concurrent use.
type ACME struct {
	manager *autocert.Manager
	domains []string
	own     *Issued
}

// NewACME asks nobody for anything yet.
func NewACME(cfg ACMEConfig, own *Issued) *ACME {
	if cfg.Directory == "" {
		cfg.Directory = LetsEncrypt
	}
	hc := &http.Client{Timeout: time.Minute}
	if cfg.Roots != nil {
		hc.Transport = &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12}}
	}
	return &ACME{
		manager: &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(cfg.Folder), HostPolicy: autocert.HostWhitelist(cfg.Domains...), Email: cfg.Email,
			Client: &acme.Client{DirectoryURL: cfg.Directory, HTTPClient: hc, UserAgent: "menshen"},
		},
		domains: cfg.Domains, own: own,
	}
}

// GetCertificate is for tls.Config.
func (a *ACME) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if !slices.Contains(a.domains, name) {
		return a.own.GetCertificate(hello)
	}
	return a.manager.GetCertificate(hello)
}

// Config is for listeners: TLS 1.2 and newer, and the authority's question whether the domain is this server's.
func (a *ACME) Config() *tls.Config {
	return &tls.Config{GetCertificate: a.GetCertificate, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1", acme.ALPNProto}}
}
