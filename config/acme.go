package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// ACME asks an authority that browsers know for the certificates of the site's domains (RFC 8555).
type ACME struct {
	Domains   []string `yaml:"domains"`   // by which browsers reach web.listen from the internet, at port 443; none is off
	Email     string   `yaml:"email"`     // that the authority writes to
	Directory string   `yaml:"directory"` // of the authority; that of Let's Encrypt if empty
	CAFile    string   `yaml:"ca_file"`   // PEM: who signs the directory's own certificate, where this machine does not know them
}

// ACMEFiles gives the folder of account and certificates, and the file of who signs the directory's certificate, "" for none.
func (c Config) ACMEFiles() (folder, roots string) {
	folder = filepath.Join(c.DataFolder(), "acme")
	if c.Web.ACME.CAFile != "" {
		roots = c.resolve(c.Web.ACME.CAFile)
	}
	return folder, roots
}

func (c Config) checkACME() error {
	a := c.Web.ACME
	if len(a.Domains) == 0 {
		return nil
	}
	for _, d := range a.Domains {
		if _, err := netip.ParseAddr(d); err == nil || !hostName.MatchString(d) || !strings.Contains(d, ".") || d != strings.ToLower(d) {
			return invalid("web.acme.domains", "%q is no domain", d).WithHint("write it like gate.example, in lower case")
		}
	}
	if c.Web.TLSCert != "" {
		return invalid("web.acme.domains", "there is a certificate in web.tls_cert too").WithHint("set the one or the other")
	}
	if u, err := url.Parse(a.Directory); a.Directory != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return invalid("web.acme.directory", "%q is no address of a directory", a.Directory).WithHint("write it like https://acme.example/directory")
	}
	host, _, _ := net.SplitHostPort(c.Web.Listen)
	if _, err := netip.ParseAddr(host); err != nil || loopback(host) {
		return invalid("web.listen", "%q is no address at which an authority can look", c.Web.Listen).WithHint("write it like 0.0.0.0:443: the authority connects to port 443 of each domain")
	}
	return nil
}
