package certificate

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// private are the networks that an authority may always sign for: loopback, private and link-local addresses.
var private = []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7", "fe80::/10"}

// permitted gives what an authority may sign for: the hosts, localhost and private networks.
func permitted(hosts []string) (names []string, addresses []*net.IPNet) {
	for _, network := range private {
		_, n, err := net.ParseCIDR(network)
		if err == nil {
			addresses = append(addresses, n)
		}
	}
	names = []string{"localhost"}
	dns, ips := split(hosts)
	for _, name := range dns {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, ip := range ips {
		if !slices.ContainsFunc(addresses, func(n *net.IPNet) bool { return n.Contains(ip) }) {
			bits := 8 * len(ip)
			addresses = append(addresses, &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)})
		}
	}
	return names, addresses
}

// split tells names from addresses, each once, in order. Addresses are in their shortest form; what is neither is left out.
func split(hosts []string) (names []string, addresses []net.IP) {
	for _, h := range hosts {
		h = strings.ToLower(strings.TrimSuffix(h, "."))
		if a, err := netip.ParseAddr(h); err == nil {
			ip := net.IP(a.Unmap().WithZone("").AsSlice())
			if !a.IsUnspecified() && !slices.ContainsFunc(addresses, ip.Equal) {
				addresses = append(addresses, ip)
			}
			continue
		}
		if h != "" && !slices.Contains(names, h) {
			names = append(names, h)
		}
	}
	slices.Sort(names)
	slices.SortFunc(addresses, func(a, b net.IP) int { return strings.Compare(a.String(), b.String()) })
	return names, addresses
}

// Allows reports whether the authority may sign for a host: a name of its site, or an address of a private network or of its site.
func (a *Authority) Allows(host string) bool {
	names, addresses := split([]string{host})
	for _, name := range names {
		return slices.ContainsFunc(a.cert.PermittedDNSDomains, func(domain string) bool {
			return name == domain || strings.HasSuffix(name, "."+domain)
		})
	}
	for _, ip := range addresses {
		return slices.ContainsFunc(a.cert.PermittedIPRanges, func(n *net.IPNet) bool { return n.Contains(ip) })
	}
	return false
}
