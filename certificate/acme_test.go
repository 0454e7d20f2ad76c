package certificate_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"menshen/certificate"
	"menshen/certificate/acmetest"
)

// TestACME has a certificate issued by a real server of the protocol: for the site's domain, kept for the next start, and for nothing
// else; whoever comes by another name has the site's own.
func TestACME(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "acme")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := acmetest.New(t, l.Addr().(*net.TCPAddr).Port)
	issuers, trust := server.Roots, x509.NewCertPool()
	if !trust.AppendCertsFromPEM(server.Trust) {
		t.Fatal("the directory has no certificate")
	}
	own := mustAuthority(t, t.TempDir(), "gate.example")
	issued, err := certificate.NewIssued(own, []string{"localhost", "gate.example"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	serve := func(l net.Listener, directory string) {
		a := certificate.NewACME(certificate.ACMEConfig{Domains: []string{"gate.example"}, Email: "operator@gate.example", Directory: directory, Roots: trust, Folder: folder}, issued)
		l = tls.NewListener(l, a.Config())
		t.Cleanup(func() { _ = l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					_ = c.(*tls.Conn).Handshake()
					_ = c.Close()
				}()
			}
		}()
	}
	dial := func(address, name string, roots *x509.CertPool) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		d := tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: roots}}
		c, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			_ = c.Close()
		}
		return err
	}
	serve(l, server.Directory)
	if err := dial(l.Addr().String(), "gate.example", issuers); err != nil {
		t.Fatalf("a certificate of the authority: %v", err)
	}
	ownRoots := x509.NewCertPool()
	ownRoots.AddCert(own.Certificate())
	if err := dial(l.Addr().String(), "localhost", ownRoots); err != nil {
		t.Errorf("by another name: %v", err)
	}
	if err := dial(l.Addr().String(), "other.example", issuers); err == nil {
		t.Error("there is a certificate for somebody else's domain")
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 2 {
		t.Fatalf("kept: %v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	// The next start asks nobody: the directory is out of reach.
	again, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(again, "https://127.0.0.1:1/directory")
	if err := dial(again.Addr().String(), "gate.example", issuers); err != nil {
		t.Errorf("after another start: %v", err)
	}
}
