// Package acmetest is an authority of ACME (RFC 8555) for tests: Pebble, which Let's Encrypt tests its clients with, and a server of names
// that finds every domain on this machine. It belongs to tests alone.
package acmetest

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"testing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
)

// Server is such an authority.
type Server struct {
	Directory string         // its address
	Trust     []byte         // PEM: the certificate of the directory
	Roots     *x509.CertPool // who issues
}

// New starts one that looks at a port of this machine whether a domain is its caller's. It ends with the test.
func New(tb testing.TB, port int) *Server {
	tb.Helper()
	tb.Setenv("PEBBLE_VA_NOSLEEP", "1")
	tb.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	quiet, store := log.New(io.Discard, "", 0), db.NewMemoryStore()
	authority := ca.New(quiet, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "for tests", ValidityPeriod: 90 * 24 * 3600}})
	front := wfe.New(quiet, store, va.New(quiet, 1, port, false, names(tb), store), authority, nil, false, false, 1, 1)
	s := httptest.NewTLSServer(front.Handler())
	tb.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(authority.GetRootCert(0).Cert)
	return &Server{Directory: s.URL + wfe.DirectoryPath, Trust: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), Roots: roots}
}

// names answers every question for an address with that of this machine. Pebble asks over TCP.
func names(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &dns.Server{Listener: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)})
		}
		_ = w.WriteMsg(m) // whoever asked is gone then
	})}
	go func() { _ = s.ActivateAndServe() }() // ends with Shutdown
	tb.Cleanup(func() { _ = s.Shutdown() })
	return l.Addr().String()
}
