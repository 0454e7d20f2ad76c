package web

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle bounds how many wrong tokens of one address are answered and logged: 10 at once, then one every six seconds.
// It is asked about failures only, so nobody who has the right token is ever kept out by it.
type throttle struct {
	now func() time.Time
	max int // addresses remembered

	mu     sync.Mutex
	byAddr map[netip.Prefix]*rate.Limiter
	rest   *rate.Limiter // shared by all addresses beyond max
}

const (
	failureBurst = 10
	failureEvery = 6 * time.Second
)

func newThrottle(now func() time.Time, max int) *throttle {
	return &throttle{
		now: now, max: max, byAddr: map[netip.Prefix]*rate.Limiter{},
		rest: rate.NewLimiter(rate.Every(failureEvery), failureBurst),
	}
}

// fail counts a failure and reports whether it is still within the bounds.
func (t *throttle) fail(remote string) bool {
	now, key := t.now(), remotePrefix(remote)
	t.mu.Lock()
	defer t.mu.Unlock()
	l, ok := t.byAddr[key]
	if !ok {
		if len(t.byAddr) >= t.max {
			for k, l := range t.byAddr {
				if l.TokensAt(now) >= failureBurst { // quiet for long enough to be as new
					delete(t.byAddr, k)
				}
			}
		}
		if len(t.byAddr) >= t.max {
			return t.rest.AllowN(now, 1)
		}
		l = rate.NewLimiter(rate.Every(failureEvery), failureBurst)
		t.byAddr[key] = l
	}
	return l.AllowN(now, 1)
}

// remotePrefix gives the address of an http.Request's RemoteAddr; of IPv6 the /64, which is one subscriber's.
func remotePrefix(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	addr = addr.WithZone("").Unmap()
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits)
	return p
}
