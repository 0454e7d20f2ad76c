package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
)

// hostName is a name of RFC 1123, of labels of letters, digits and hyphens.
var hostName = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)

func checkHosts(key string, hosts []string) error {
	for _, h := range hosts {
		if _, err := netip.ParseAddr(h); err != nil && (!hostName.MatchString(h) || len(h) > 253) {
			return invalid(key, "%q is no name or address of a machine", h).WithHint("write it like gate.example or 192.0.2.1, without a port")
		}
	}
	return nil
}

// Reachable reports whether one of these addresses to listen on, host:port, is reached by other machines.
func Reachable(addresses ...string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool {
		host, _, err := net.SplitHostPort(a)
		return a != "" && (err != nil || !loopback(host))
	})
}

// HubHosts are the names and addresses by which others reach the hub, for the certificates of its own authority, as far as the
// configuration tells.
func (c Config) HubHosts() []string {
	hosts := slices.Clone(c.Web.Hosts)
	// What another authority vouches for needs none of the site's own.
	if u, err := url.Parse(c.Web.PublicURL); err == nil && u.Hostname() != "" && c.Web.TLSCert == "" && !slices.Contains(c.Web.ACME.Domains, u.Hostname()) {
		hosts = append(hosts, u.Hostname())
	}
	return append(hosts, listenHosts(c.Web.Listen, c.Bus.Listen, c.Bus.MQTT.Listen)...)
}

// PostHosts are the same of a post.
func (p Post) PostHosts() []string {
	return append(slices.Clone(p.Hosts), listenHosts(p.Web, p.Bus)...)
}

func listenHosts(addresses ...string) (hosts []string) {
	for _, a := range addresses {
		host, _, err := net.SplitHostPort(a)
		if ip, ipErr := netip.ParseAddr(host); err == nil && host != "" && (ipErr != nil || !ip.IsUnspecified()) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}
