package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/certificate"
	"menshen/config"
)

// encryption is the site's own authority and the certificate of the listeners of one process. The zero value is of one that only
// its own machine reaches.
type encryption struct {
	authority *certificate.Authority
	issued    *certificate.Issued
	acme      *certificate.ACME // of the pages and MQTT; nil where there is none
	strange   []string          // names of the configuration that the authority is not for
	unspared  []string          // the same, of domains that another authority is for
	since     time.Time
}

// openEncryption makes what the listeners need: nothing where all of them are of this machine alone. hosts are by what others reach
// them; spare those for which another authority gives certificates, and this one only where it fails.
func openEncryption(log *slog.Logger, data *dataFolder, site string, hosts, spare []string, listens ...string) (e encryption, err error) {
	if !config.Reachable(listens...) {
		return e, nil
	}
	own := append(ownHosts(), spare...)
	if e.authority, err = certificate.EnsureAuthority(data.path, site, append(slices.Clone(hosts), own...), time.Now()); err != nil {
		return e, err
	}
	// What is new since the authority was made is left out: a name too few must not keep gates from deciding.
	strange := func(h string) bool { return !e.authority.Allows(h) }
	e.since = time.Now()
	for _, h := range hosts {
		if strange(h) && !slices.Contains(e.strange, h) {
			e.strange = append(e.strange, h)
			log.Error("the site's certificate authority is not for a name of the configuration: whoever comes by it is refused", "name", h, "do", "menshen certificate renew")
		}
	}
	for _, h := range spare {
		if strange(h) {
			e.unspared = append(e.unspared, h)
		}
	}
	e.issued, err = certificate.NewIssued(e.authority, slices.DeleteFunc(append(slices.Clone(hosts), own...), strange), time.Now)
	return e, err
}

// ownHosts are the name and the addresses of this machine.
func ownHosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if name, err := os.Hostname(); err == nil {
		hosts = append(hosts, name)
	}
	addresses, _ := net.InterfaceAddrs() // without them whoever comes in by one has the certificate signed anew
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			hosts = append(hosts, p.Addr().Unmap().WithZone("").String())
		}
	}
	return hosts
}

// openACME has certificates of the site's domains asked for, where the configuration has any.
func (e *encryption) openACME(cfg config.Config) error {
	a := cfg.Web.ACME
	if len(a.Domains) == 0 || e.issued == nil {
		return nil
	}
	c := certificate.ACMEConfig{Domains: a.Domains, Email: a.Email, Directory: a.Directory}
	var roots string
	if c.Folder, roots = cfg.ACMEFiles(); roots != "" {
		text, err := os.ReadFile(roots)
		c.Roots = x509.NewCertPool()
		if err != nil || !c.Roots.AppendCertsFromPEM(text) {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.acme", "web.acme.ca_file: %s holds no certificate", roots).
				WithHint("give the PEM file of who signs the certificate of web.acme.directory").WithCause(err)
		}
	}
	e.acme = certificate.NewACME(c, e.issued)
	return nil
}

// run has certificates asked for until ctx ends.
func (e encryption) run(ctx context.Context) error {
	if e.acme == nil {
		return nil
	}
	return e.acme.Run(ctx)
}

// conditions gives what is not well with certificates. renew is the command that makes a new authority.
func (e encryption) conditions(renew string) (all []menshen.Condition) {
	for _, h := range e.strange {
		all = append(all, menshen.Condition{
			ID: "name-without-certificate:" + h, Severity: menshen.SeverityCritical, Since: e.since,
			Meaning: menshen.Text{ZH: "本小区的证书机构不适用于配置中的名称 " + h + "：以此名称访问会被拒绝", EN: "the site's certificate authority is not for the name " + h + " of the configuration: whoever comes by it is refused"},
			Action: menshen.Text{
				ZH: "从配置中去掉该名称；或运行 " + renew + "，重启，并把新的证书机构发给平板、门和岗亭",
				EN: "take the name out of the configuration; or run " + renew + ", start again, and give the new authority to tablets, doors and posts",
			},
		})
	}
	if e.acme != nil {
		for _, c := range e.acme.Conditions(time.Now()) {
			if slices.ContainsFunc(e.unspared, func(h string) bool { return c.ID == "acme-failing:"+h }) {
				c.Action.ZH += "。本小区的证书机构早于该域名，也不适用于它：可运行 " + renew + "，重启，并把新的证书机构发给各处"
				c.Action.EN += "; the site's authority is older than this domain and not for it either: run " + renew + ", start again, and give the new one to everybody"
			}
			all = append(all, c)
		}
	}
	return all
}

// forPages is of, with the certificates of the site's domains.
func (e encryption) forPages(listen string) *tls.Config {
	if e.acme != nil && config.Reachable(listen) {
		return e.acme.Config()
	}
	return e.of(listen)
}

// of gives the configuration of a listener, nil where only this machine reaches it.
func (e encryption) of(listen string) *tls.Config {
	if e.issued == nil || !config.Reachable(listen) {
		return nil
	}
	return e.issued.Config()
}

// busTLS fills in how a bus encrypts.
func (e encryption) busTLS(c *bus.ServerConfig) {
	if c.TLS = e.of(c.Listen); c.TLS != nil {
		c.Authority = e.authority.PEM()
	}
}

// keyHash is what commands on this machine know a web server by, "" where it speaks without TLS.
func (e encryption) keyHash(listen string) string {
	if e.of(listen) == nil {
		return ""
	}
	return e.issued.KeyHash()
}
