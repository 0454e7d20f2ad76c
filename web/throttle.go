package web

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttle bounds what one address may do: so much at once, then one in a time. For tokens it is asked about failures only,
// so nobody who has the right one is ever kept out by it.
type throttle struct {
	now   func() time.Time
	max   int // addresses remembered
	burst int
	every time.Duration

	mu     sync.Mutex
	byAddr map[netip.Prefix]*rate.Limiter
	rest   *rate.Limiter // shared by all addresses beyond max
}

const (
	failureBurst = 10
	failureEvery = 6 * time.Second
)

// newThrottle is for failures.
func newThrottle(now func() time.Time, max int) *throttle {
	return newThrottleOf(now, max, failureBurst, failureEvery)
}

func newThrottleOf(now func() time.Time, max, burst int, every time.Duration) *throttle {
	return &throttle{
		now: now, max: max, burst: burst, every: every, byAddr: map[netip.Prefix]*rate.Limiter{}, rest: rate.NewLimiter(rate.Every(every), burst),
	}
}

// fail counts one and reports whether it is still within the bounds.
func (t *throttle) fail(remote string) bool {
	now, key := t.now(), remotePrefix(remote)
	t.mu.Lock()
	defer t.mu.Unlock()
	l, ok := t.byAddr[key]
	if !ok {
		if len(t.byAddr) >= t.max {
			for k, l := range t.byAddr {
				if l.TokensAt(now) >= float64(t.burst) { // quiet for long enough to be as new
					delete(t.byAddr, k)
				}
			}
		}
		if len(t.byAddr) >= t.max {
			return t.rest.AllowN(now, 1)
		}
		l = rate.NewLimiter(rate.Every(t.every), t.burst)
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
