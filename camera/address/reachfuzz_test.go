package address_test

import (
	"net"
	"net/netip"
	"net/url"
	"testing"

	"menshen/camera/address"
	"menshen/reach"
)

// Whatever is given over the network and passes is a stream whose host is a number outside of the special networks, or a name
// that was looked up; and every reader of addresses sees the same host.
func FuzzCheckGiven(f *testing.F) {
	for _, trick := range tricks() {
		f.Add(trick)
	}
	f.Add("rtsp://camera.lan/s")
	f.Add("rtsp://10.0.0.1:554/s")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := address.Parse(s)
		if err != nil || a.CheckGiven(t.Context(), strangers(), address.Limits{Own: own}) != nil || a.Kind() == address.KindSent {
			return
		}
		u, err := url.Parse(a.Reveal())
		if err != nil || a.Kind() != address.KindStream || u.Scheme != "rtsp" && u.Scheme != "rtsps" {
			t.Fatalf("%q passes as %s", s, a.Reveal())
		}
		host, _, err := net.SplitHostPort(a.Host())
		if err != nil || host != u.Hostname() {
			t.Errorf("%q: host %q and %q", s, host, u.Hostname())
		}
		p, err := a.Pin(t.Context(), strangers())
		if err != nil {
			t.Fatalf("%q passes and cannot be pinned: %v", s, err)
		}
		pinned, err := url.Parse(p.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if ip, err := netip.ParseAddr(pinned.Hostname()); err != nil || reach.Special(ip) {
			t.Errorf("%q is connected to at %s", s, pinned.Host)
		}
	})
}
