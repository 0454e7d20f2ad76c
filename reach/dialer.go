package reach

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"menshen"
)

// Dialer connects for an address of the configuration. Names, redirects and what a server says of itself may lead anywhere but into the
// special networks, this machine's own services among them. Who writes such an address into the configuration means it: that very
// host and port is connected to, where it is a number, or a name of this machine. Safe for concurrent use.
type Dialer struct {
	named   map[string]bool // host:port
	net     net.Dialer
	mu      sync.Mutex
	proxies map[string]bool // the same, of the environment
}

// NewDialer makes one for URLs of the configuration; what is none is left out. names looks hosts up; nil is as this machine does.
func NewDialer(names *net.Resolver, addresses ...string) *Dialer {
	d := &Dialer{named: map[string]bool{}, net: net.Dialer{Resolver: names, Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}, proxies: map[string]bool{}}
	for _, address := range addresses {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			d.named[place(u)] = true
		}
	}
	return d
}

// DialContext is for http.Transport and the like. CodeDenied where the address leads to a special network.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%q is no address to connect to", address).WithCause(err)
	}
	at := join(host, port)
	d.mu.Lock()
	proxy := d.proxies[at]
	d.mu.Unlock()
	named, own := d.named[at], ThisMachine(host) || ownName(host)
	_, number := Number(host)
	if proxy || named && number {
		return d.net.DialContext(ctx, network, address)
	}
	guarded := d.net
	// It looks at what is really connected to, after the name was looked up: no name can turn in between.
	guarded.Control = func(_, address string, _ syscall.RawConn) error {
		p, err := netip.ParseAddrPort(address)
		if err != nil {
			return forbidden(host)
		}
		ip := p.Addr().Unmap()
		switch inside := Special(ip); {
		case named && own && (ip.IsLoopback() || !inside), named && !own && !inside, !inside && !isOwn(ip):
			return nil
		}
		return forbidden(host)
	}
	return guarded.DialContext(ctx, network, address)
}

// Proxy is http.ProxyFromEnvironment for http.Transport. A proxy connects by itself, so what is asked of it is looked at before; what
// this machine is called is not asked of it.
func (d *Dialer) Proxy(req *http.Request) (*url.URL, error) {
	if ownName(req.URL.Hostname()) {
		return nil, nil
	}
	proxy, err := http.ProxyFromEnvironment(req)
	if proxy == nil || err != nil {
		return nil, err
	}
	host := req.URL.Hostname()
	ip, number := Number(host)
	if (number && Special(ip) || ThisMachine(host) || !Usable(host)) && !d.named[place(req.URL)] {
		return nil, forbidden(host)
	}
	d.mu.Lock()
	d.proxies[place(proxy)] = true
	d.mu.Unlock()
	return proxy, nil
}

const op = "reach.dial"

func forbidden(host string) error {
	return menshen.Errorf(menshen.CodeDenied, op, "%s leads to this machine or to a special network", host).
		WithHint("if that is meant, write 127.0.0.1, localhost or that very address, with its port, into menshen.yaml")
}

// ownName reports whether a host is what this machine is called: many systems give that name an address of the machine itself.
func ownName(host string) bool {
	name, err := os.Hostname()
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	short, _, _ := strings.Cut(strings.ToLower(name), ".")
	return err == nil && short != "" && (host == strings.ToLower(name) || host == short || strings.HasPrefix(host, short+"."))
}

// isOwn reports whether a network card of this machine has an address: its services may listen there.
func isOwn(ip netip.Addr) bool {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(addresses, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr().Unmap().WithZone("") == ip.WithZone("")
	})
}

// place gives host and port of a URL in one way of writing.
func place(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return join(u.Hostname(), port)
}

func join(host, port string) string {
	if ip, ok := Number(host); ok {
		return net.JoinHostPort(ip.Unmap().String(), port)
	}
	return net.JoinHostPort(strings.ToLower(strings.TrimSuffix(host, ".")), port)
}

// Transport is http.DefaultTransport with such a dialer, the proxies of the environment included. Whoever made it closes its idle connections.
func Transport(addresses ...string) *http.Transport {
	d := NewDialer(nil, addresses...)
	t := &http.Transport{ForceAttemptHTTP2: true, MaxIdleConns: 16, IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second}
	t.Proxy, t.DialContext = d.Proxy, d.DialContext
	return t
}
