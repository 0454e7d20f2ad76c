// Package reach owns where Menshen connects to when somebody else has a say in it: whoever may enter a camera, and the servers of names,
// redirects and answers of what the configuration names. It knows the networks and names where no camera, provider or relay can be, and
// dials around them. It sends nothing itself.
package reach

import (
	"net/netip"
	"slices"
	"strings"
)

// special are networks in which nothing of a site can be: what means this machine, this link, everybody or nobody, where machines in
// clouds keep their keys, and addresses of IPv6 with one of IPv4 inside, which could be any of those.
var special = func() (all []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", "100.100.100.200/32",
		"::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16", "fe80::/10", "fec0::/10", "ff00::/8",
		"fd00:ec2::254/128", "fd20:ce::254/128",
	} {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}()

// Special reports whether an address of the network is one at which nothing of a site can be.
func Special(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	return !ip.IsValid() || slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Number reads a host that is an address of the network. Only the one usual way of writing is one: others (0x7f.1, 2130706433,
// 127.1) mean something to some programs and nothing to others.
func Number(host string) (netip.Addr, bool) {
	ip, err := netip.ParseAddr(host)
	return ip, err == nil
}

// ThisMachine reports whether a name is one that always means the machine itself.
func ThisMachine(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || name == "ip6-localhost" || name == "ip6-loopback" || name == "localhost.localdomain"
}

// Usable reports whether a host can be nothing but a name in ASCII or a number in the usual way of writing.
func Usable(host string) bool {
	if _, ok := Number(host); ok {
		return true
	}
	if strings.ContainsFunc(host, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_')
	}) {
		return false
	}
	// What ends in a number is read as one by C libraries, in ways of their own.
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	return last != "" && strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}
