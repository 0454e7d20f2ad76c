package webhook_test

import (
	"net/netip"
	"testing"

	"menshen/webhook"
)

// No webhook without "private" reaches this machine, the site's network or another special one, whatever its address.
func FuzzAllowed(f *testing.F) {
	for _, s := range []string{"127.0.0.1", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "169.254.169.254", "8.8.8.8", "2001:4860:4860::8888", "::7f00:1", "168.63.129.16"} {
		b := netip.MustParseAddr(s).AsSlice()
		f.Add(b, false)
		f.Add(b, true)
	}
	f.Fuzz(func(t *testing.T, b []byte, private bool) {
		ip, ok := netip.AddrFromSlice(b)
		if !ok || !webhook.Allowed(ip.Unmap(), private) {
			return
		}
		ip = ip.Unmap()
		if ip.IsMulticast() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip == netip.MustParseAddr("fd00:ec2::254") || !private && (ip.IsLoopback() || ip.IsPrivate()) {
			t.Errorf("%s is allowed (private %v)", ip, private)
		}
		if ip.Is6() {
			for _, inside := range []string{"::/96", "64:ff9b::/96", "2002::/16", "2001::/32"} {
				if netip.MustParsePrefix(inside).Contains(ip) && !ip.IsLoopback() {
					t.Errorf("%s, which holds an address of IPv4, is allowed", ip)
				}
			}
		}
	})
}
