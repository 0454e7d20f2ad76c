// Package reachtest is a server of names that a stranger runs. It belongs to tests alone.
package reachtest

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// Names gives a resolver that asks such a server alone; answers are by name, in lower case, without a final dot. It ends with the test.
func Names(tb testing.TB, answers map[string]string) *net.Resolver {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		asked := q.Question[0]
		if ip, err := netip.ParseAddr(answers[strings.ToLower(strings.TrimSuffix(asked.Name, "."))]); err == nil {
			head := dns.RR_Header{Name: asked.Name, Rrtype: asked.Qtype, Class: dns.ClassINET}
			switch {
			case asked.Qtype == dns.TypeA && ip.Is4():
				m.Answer = append(m.Answer, &dns.A{Hdr: head, A: ip.AsSlice()})
			case asked.Qtype == dns.TypeAAAA && ip.Is6():
				m.Answer = append(m.Answer, &dns.AAAA{Hdr: head, AAAA: ip.AsSlice()})
			}
		}
		_ = w.WriteMsg(m) // whoever asked is gone then
	})}
	go func() { _ = s.ActivateAndServe() }() // ends with Shutdown
	tb.Cleanup(func() { _ = s.Shutdown() })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}}
}

// Everywhere has the whole process look names up so until the end of the test.
func Everywhere(tb testing.TB, answers map[string]string) {
	before := net.DefaultResolver
	tb.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = Names(tb, answers)
}
