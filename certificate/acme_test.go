package certificate_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/certificate"
	"menshen/certificate/acmetest"
)

// TestACME has a certificate issued by a real server of the protocol: for the site's domain, kept for the next start, and for nothing
// else; whoever comes by another name has the site's own.
func TestACME(t *testing.T) {
	p := newPlace(t)
	server := acmetest.New(t, p.port())
	p.serve(p.listener, server.Directory, server.Trust)
	p.until(p.listener, "gate.example", server.Roots)
	if err := p.dial(p.listener, "localhost", p.own); err != nil {
		t.Errorf("by another name: %v", err)
	}
	if err := p.dial(p.listener, "other.example", server.Roots); err == nil {
		t.Error("there is a certificate for somebody else's domain")
	}
	entries, err := os.ReadDir(p.folder)
	if err != nil || len(entries) < 2 {
		t.Fatalf("kept: %v, %v", entries, err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	// The next start asks nobody: the directory is out of reach.
	again := mustListen(t, "127.0.0.1:0")
	a := p.serve(again, "https://127.0.0.1:1/directory", server.Trust)
	if err := p.dial(again, "gate.example", server.Roots); err != nil {
		t.Errorf("after another start: %v", err)
	}
	now := time.Now()
	if got := a.Conditions(now); len(got) > 0 {
		t.Errorf("with a certificate there is %v", got)
	}
	if got := a.Conditions(now.AddDate(0, 0, 80)); len(got) != 1 || got[0].ID != "acme-renewal-late:gate.example" || got[0].Severity != menshen.SeverityWarning {
		t.Errorf("ten days before its end there is %v", got)
	}
}

// TestACMEOutOfReach: while the authority cannot be reached, whoever comes by the domain gets the site's own certificate, and a condition
// says so; once it is back, its certificate is used without another start.
func TestACMEOutOfReach(t *testing.T) {
	p := newPlace(t)
	server := acmetest.New(t, p.port())
	front := mustListen(t, "127.0.0.1:0")
	directory, err := url.Parse(server.Directory)
	if err != nil {
		t.Fatal(err)
	}
	behind := directory.Host
	directory.Host = front.Addr().String()
	front.Close()
	p.keep(t, time.Now().Add(-time.Hour)) // what was good once is not given away
	a := p.serve(p.listener, directory.String(), server.Trust)
	if err := p.dial(p.listener, "gate.example", p.own); err != nil {
		t.Fatalf("the site's own: %v", err)
	}
	failing := func() bool {
		return slices.ContainsFunc(a.Conditions(time.Now()), func(c menshen.Condition) bool {
			return c.ID == "acme-failing:gate.example" && c.Severity == menshen.SeverityCritical && strings.Contains(c.Detail, directory.Host)
		})
	}
	for !failing() {
		time.Sleep(10 * time.Millisecond)
	}
	front = mustListen(t, directory.Host)
	go forward(front, behind)
	p.until(p.listener, "gate.example", server.Roots)
	if failing() {
		t.Error("it is said to fail still")
	}
}

// TestACMELastGood: a certificate of an earlier run is used until its end, and then the site's own.
func TestACMELastGood(t *testing.T) {
	p := newPlace(t)
	before := p.keep(t, time.Now().Add(15*time.Second))
	a := p.serve(p.listener, "https://127.0.0.1:1/directory", nil)
	if err := p.dial(p.listener, "gate.example", before); err != nil {
		t.Fatalf("before its end: %v", err)
	}
	p.until(p.listener, "gate.example", p.own)
	for len(a.Conditions(time.Now())) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
}

// place is where a hub stands that is gate.example.
type place struct {
	tb       testing.TB
	folder   string
	listener net.Listener
	issued   *certificate.Issued
	own      *x509.CertPool // the site's authority
}

func newPlace(tb *testing.T) *place {
	authority := mustAuthority(tb, tb.TempDir(), "gate.example")
	issued, err := certificate.NewIssued(authority, []string{"localhost", "gate.example"}, time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	p := &place{tb, filepath.Join(tb.TempDir(), "acme"), mustListen(tb, "127.0.0.1:0"), issued, x509.NewCertPool()}
	p.own.AddCert(authority.Certificate())
	return p
}

func (p *place) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// serve shakes hands with everybody until the end of the test.
func (p *place) serve(l net.Listener, directory string, trust []byte) *certificate.ACME {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(trust)
	a := certificate.NewACME(certificate.ACMEConfig{Domains: []string{"gate.example"}, Email: "operator@gate.example", Directory: directory, Roots: roots, Folder: p.folder}, p.issued)
	l = tls.NewListener(l, a.Config())
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { ended <- a.Run(ctx) }()
	p.tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			p.tb.Error(err)
		}
		l.Close()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_ = c.(*tls.Conn).Handshake()
				c.Close()
			}()
		}
	}()
	return a
}

// dial gives why somebody who trusts roots is not served by a name.
func (p *place) dial(l net.Listener, name string, roots *x509.CertPool) error {
	d := tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: roots}}
	c, err := d.DialContext(p.tb.Context(), "tcp", l.Addr().String())
	if err == nil {
		c.Close()
	}
	return err
}

// until waits until they are.
func (p *place) until(l net.Listener, name string, roots *x509.CertPool) {
	p.tb.Helper()
	var err error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = p.dial(l, name, roots); err == nil {
			return
		}
	}
	p.tb.Fatal(err)
}

// keep puts a certificate of an earlier run into the folder, and gives who signed it: itself.
func (p *place) keep(tb testing.TB, end time.Time) *x509.CertPool {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: end.AddDate(0, 0, -90), NotAfter: end, DNSNames: []string{"gate.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	if err := os.MkdirAll(p.folder, 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.folder, "gate.example"), text, 0o600); err != nil {
		tb.Fatal(err)
	}
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	roots.AddCert(cert)
	return roots
}

func mustListen(tb testing.TB, address string) net.Listener {
	l, err := net.Listen("tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	return l
}

// forward carries what comes to l to an address until l is closed.
func forward(l net.Listener, to string) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer in.Close()
			out, err := net.Dial("tcp", to)
			if err != nil {
				return
			}
			defer out.Close()
			go func() {
				_, _ = io.Copy(out, in)
				out.Close()
			}()
			_, _ = io.Copy(in, out)
		}()
	}
}
