package bus_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"menshen"
	"menshen/bus"
)

// mustCertificate makes a certificate for addresses, signed by itself.
func mustCertificate(t *testing.T, addresses ...string) (*tls.Config, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	for _, a := range addresses {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(a))
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// TestBusOverTLS: a bus with a certificate speaks TLS alone, to whoever knows its authority, also after it started again; the hub
// itself needs no network.
func TestBusOverTLS(t *testing.T) {
	certificate, authority := mustCertificate(t, "127.0.0.1")
	s := MustServer(t, func(c *bus.ServerConfig) { c.TLS, c.Authority, c.Listen = certificate, authority, "0.0.0.0:-1" })
	MustConn(t, s, bus.RoleHub())
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	camera := MustConn(t, s, bus.RoleCamera("east-1"))
	if err := camera.Flush(t.Context()); err != nil {
		t.Error(err)
	}

	right, err := s.Credentials(bus.RoleCamera("west-1"))
	if err != nil {
		t.Fatal(err)
	}
	_, strange := mustCertificate(t, "127.0.0.1")
	for name, c := range map[string]struct {
		change func(*bus.Credentials)
		code   menshen.Code
	}{
		"another authority": {func(c *bus.Credentials) { c.Authority = strange }, menshen.CodeDenied},
		"no authority":      {func(c *bus.Credentials) { c.Authority = nil }, menshen.CodeDenied},
		"another name":      {func(c *bus.Credentials) { c.URL = "tls://localhost" + c.URL[len("tls://127.0.0.1"):] }, menshen.CodeDenied},
		"junk":              {func(c *bus.Credentials) { c.Authority = []byte("junk") }, menshen.CodeInvalid},
		"across in clear":   {func(c *bus.Credentials) { c.URL = "nats://192.0.2.1:4222" }, menshen.CodeInvalid},
	} {
		changed := right
		c.change(&changed)
		conn, err := bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: changed})
		if err == nil {
			conn.Close()
		}
		if menshen.ErrorCode(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestServerInClear: somebody who answers without TLS where it is wanted is told nothing.
func TestServerInClear(t *testing.T) {
	s := MustServer(t)
	credentials, err := s.Credentials(bus.RoleCamera("east-1"))
	if err != nil {
		t.Fatal(err)
	}
	_, credentials.Authority = mustCertificate(t, "127.0.0.1")
	credentials.URL = "tls" + credentials.URL[len("nats"):]
	_, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: credentials})
	MustCode(t, err, menshen.CodeDenied)
}

// TestAuthorityMadeAnew: a connection takes another authority at its next attempt, the first one and those after it was cut.
func TestAuthorityMadeAnew(t *testing.T) {
	first, firstPEM := mustCertificate(t, "127.0.0.1")
	second, secondPEM := mustCertificate(t, "127.0.0.1")
	var used atomic.Pointer[tls.Config]
	used.Store(first)
	s := MustServer(t, func(c *bus.ServerConfig) {
		c.Authority, c.Listen = firstPEM, "0.0.0.0:-1"
		c.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return used.Load(), nil }, Certificates: first.Certificates}
	})
	credentials, err := s.Credentials(bus.RoleCamera("east-1"))
	if err != nil {
		t.Fatal(err)
	}
	credentials.Authority = nil
	var known atomic.Pointer[[]byte]
	cfg := bus.ConnConfig{Site: site, Credentials: credentials, Authority: func() ([]byte, error) {
		if text := known.Load(); text != nil {
			return *text, nil
		}
		return nil, menshen.Errorf(menshen.CodeMissing, "test", "there is none yet")
	}}
	_, err = bus.Connect(t.Context(), cfg)
	MustCode(t, err, menshen.CodeMissing)
	known.Store(&secondPEM)
	_, err = bus.Connect(t.Context(), cfg)
	MustCode(t, err, menshen.CodeDenied)
	known.Store(&firstPEM)
	conn, err := bus.Connect(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	used.Store(second)
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	within, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := conn.Flush(within); err == nil {
		t.Fatal("a server that nobody vouches for is believed")
	}
	known.Store(&secondPEM)
	for end := time.Now().Add(time.Minute); conn.Flush(t.Context()) != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the new authority was not taken")
		}
	}
}
