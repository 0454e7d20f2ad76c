package address

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"menshen"
	"menshen/reach"
)

// Resolver looks names of hosts up; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Limits are what addresses given over the network are checked against.
type Limits struct {
	Own    []netip.Addr // of this machine, without zones
	Places []string     // networks (CIDR) and folders that are allowed all the same
}

func (l Limits) allows(ip netip.Addr) bool {
	return slices.ContainsFunc(l.Places, func(place string) bool {
		p, err := netip.ParsePrefix(place)
		return err == nil && p.Contains(ip)
	})
}

// inside reports whether a path, with all links followed, is in one of the folders.
func (l Limits) inside(path string) bool {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return slices.ContainsFunc(l.Places, func(place string) bool {
		if !filepath.IsAbs(place) {
			return false
		}
		if real, err := filepath.EvalSymlinks(place); err == nil {
			place = real
		}
		return strings.HasPrefix(path, filepath.Clean(place)+string(filepath.Separator))
	})
}

// CheckGiven checks an address that came from a person over the network, not from the configuration file: it must lead to a
// stream, or to a browser, and the stream to none of the special networks and to none of this machine's own addresses.
// Without that an operator's account would be a way to whatever listens on this machine or keeps keys in a cloud, and to its
// files. CodeDenied where it leads there, CodeUnavailable where the name is not known.
func (a Address) CheckGiven(ctx context.Context, names Resolver, l Limits) error {
	switch a.kind {
	case KindSent:
		return nil
	case KindFile, KindDevice:
		if l.inside(a.shown) {
			return nil
		}
		return menshen.Errorf(menshen.CodeDenied, op, "%s is a file or a device of this machine, which cannot be given here", quote(a.shown)).
			WithHint("write the camera into menshen.yaml, on this machine, or its folder into camera_places there")
	}
	all, err := a.resolve(ctx, names)
	if err != nil {
		return err
	}
	for _, ip := range all {
		ip = ip.Unmap().WithZone("")
		if (reach.Special(ip) || slices.Contains(l.Own, ip)) && !l.allows(ip) {
			return a.forbidden()
		}
	}
	return nil
}

func (a Address) forbidden() error {
	return menshen.Errorf(menshen.CodeDenied, op, "the camera's address %s leads to this machine or to a special network", a.host).
		WithHint("use the address of the camera in the site's network; what is on this machine is written into menshen.yaml, or allowed there by camera_places")
}

// resolve gives the addresses of the network that a stream's host has.
func (a Address) resolve(ctx context.Context, names Resolver) ([]netip.Addr, error) {
	host, _, err := net.SplitHostPort(a.host)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s names no host", quote(a.shown)).WithHint(examples)
	}
	if ip, ok := reach.Number(host); ok {
		return []netip.Addr{ip}, nil
	}
	if reach.ThisMachine(host) {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
	}
	all, err := names.LookupNetIP(ctx, "ip", host)
	if err != nil || len(all) == 0 {
		unknown := menshen.Errorf(menshen.CodeUnavailable, op, "the camera's host name %s is not known", host).
			WithHint("check the name, or write the camera's IP address").WithCause(err)
		if strings.HasSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), ".local") { // the camera's process reaches name servers, not Avahi
			unknown = unknown.WithHint("names of mDNS (.local) are not asked for here: write the camera's IP address, or put the name into /etc/hosts")
		}
		return nil, unknown
	}
	return all, nil
}

// Pin looks the host's name up, once, and gives the address with the number in its place, so that what was checked is what is
// connected to. A name may lead to none of the special networks; only whoever writes 127.0.0.1 or localhost means this
// machine. Other kinds and numbers come back as they are. String still shows the name.
func (a Address) Pin(ctx context.Context, names Resolver) (Address, error) {
	if a.kind != KindStream {
		return a, nil
	}
	u, err := url.Parse(a.Reveal())
	if err != nil {
		return a, menshen.Errorf(menshen.CodeInvalid, op, "the camera's address %s cannot be read", quote(a.shown)).WithHint(examples)
	}
	host, port := u.Hostname(), u.Port()
	if _, ok := reach.Number(host); ok {
		return a, nil // it cannot change
	}
	all, err := a.resolve(ctx, names)
	if err != nil {
		return a, err
	}
	if !reach.ThisMachine(host) { // a name may have a link-local address beside a good one
		if all = slices.DeleteFunc(slices.Clone(all), reach.Special); len(all) == 0 {
			return a, a.forbidden()
		}
	}
	u.Host = net.JoinHostPort(best(all).String(), port)
	whole := u.String()
	a.secret = &whole
	return a, nil
}

// best is the first address of IPv4, which cameras have, else the first one.
func best(all []netip.Addr) netip.Addr {
	for _, ip := range all {
		if ip.Unmap().Is4() {
			return ip.Unmap()
		}
	}
	return all[0]
}
