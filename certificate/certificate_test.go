package certificate_test

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/certificate"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func mustAuthority(t *testing.T, folder string, hosts ...string) *certificate.Authority {
	t.Helper()
	a, err := certificate.EnsureAuthority(folder, "jiayuan", hosts, now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustCode(t *testing.T, err error, want menshen.Code) {
	t.Helper()
	if menshen.ErrorCode(err) != want {
		t.Errorf("got %v, want code %q", err, want)
	}
}

// trusts reports whether whoever trusts the authority alone trusts a certificate for a host.
func trusts(a *certificate.Authority, cert *tls.Certificate, host string, at time.Time) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(a.Certificate())
	for _, der := range cert.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(c)
		}
	}
	_, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: host, CurrentTime: at})
	return err
}

func TestAuthorityIsMadeOnce(t *testing.T) {
	folder := t.TempDir()
	_, err := certificate.ReadAuthority(folder)
	mustCode(t, err, menshen.CodeNotFound)
	a := mustAuthority(t, folder, "gate.example")
	if b := mustAuthority(t, folder, "other.example"); !b.Certificate().Equal(a.Certificate()) {
		t.Error("there are two authorities")
	}
	key := filepath.Join(folder, certificate.KeyFile)
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's mode is %v, %v", info.Mode(), err)
	}
	read, err := certificate.ParseAuthority(a.PEM())
	if f := certificate.Fingerprint(read); err != nil || len(f) != 32*3-1 || strings.Count(f, ":") != 31 || f != certificate.Fingerprint(a.Certificate()) {
		t.Errorf("fingerprint %q, %v", f, err)
	}

	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	_, err = certificate.EnsureAuthority(folder, "jiayuan", nil, now)
	mustCode(t, err, menshen.CodeInvalid)
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	renewed, err := certificate.RenewAuthority(folder, "jiayuan", nil, now)
	if err != nil || renewed.Certificate().Equal(a.Certificate()) {
		t.Errorf("renewed: %v", err)
	}
	if err := os.WriteFile(filepath.Join(folder, certificate.AuthorityFile), a.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = certificate.EnsureAuthority(folder, "jiayuan", nil, now)
	mustCode(t, err, menshen.CodeCorrupt)
	_, err = certificate.ParseAuthority([]byte("junk"))
	mustCode(t, err, menshen.CodeCorrupt)
}

// A tablet that trusts the site's authority trusts it for this site only, whoever has its key.
func TestAuthorityIsForItsSiteAlone(t *testing.T) {
	a := mustAuthority(t, t.TempDir(), "gate.example", "203.0.113.7")
	for host, allowed := range map[string]bool{
		"gate.example": true, "a.gate.example": true, "GATE.example": true, "localhost": true, "192.168.1.4": true, "10.0.0.1": true, "fe80::1": true, "203.0.113.7": true,
		"bank.example": false, "example": false, "notgate.example": false, "203.0.113.8": false, "8.8.8.8": false, "2001:db8::1": false, "": false,
	} {
		if a.Allows(host) != allowed {
			t.Errorf("%q: allowed %v", host, !allowed)
		}
		i, err := certificate.NewIssued(a, []string{host}, func() time.Time { return now })
		if (err == nil) != allowed {
			t.Errorf("%q: %v", host, err)
			continue
		}
		if err != nil {
			mustCode(t, err, menshen.CodeInvalid)
			continue
		}
		cert, err := i.Certificate("")
		if err != nil {
			t.Fatal(err)
		}
		if err := trusts(a, cert, host, now); err != nil {
			t.Errorf("%q: %v", host, err)
		}
		if err := trusts(a, cert, "bank.example", now); err == nil {
			t.Errorf("%q: it is good for another host too", host)
		}
	}
}

// TestForgedLeafIsRefused: with the stolen key somebody signs for another site; who trusts the authority does not believe it.
func TestForgedLeafIsRefused(t *testing.T) {
	folder := t.TempDir()
	a := mustAuthority(t, folder, "gate.example")
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, certificate.AuthorityFile), filepath.Join(folder, certificate.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	for host, template := range map[string]*x509.Certificate{
		"bank.example": {SerialNumber: a.Certificate().SerialNumber, NotBefore: now, NotAfter: now.Add(time.Hour), DNSNames: []string{"bank.example"}},
		"8.8.8.8":      {SerialNumber: a.Certificate().SerialNumber, NotBefore: now, NotAfter: now.Add(time.Hour), IPAddresses: []net.IP{net.IPv4(8, 8, 8, 8)}},
	} {
		der, err := x509.CreateCertificate(nil, template, a.Certificate(), a.Certificate().PublicKey, pair.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if err := trusts(a, &tls.Certificate{Certificate: [][]byte{der}, Leaf: leaf}, host, now); err == nil {
			t.Errorf("a certificate for %s is believed", host)
		}
	}
}

// TestCertificatesAreRenewed: they are short-lived, signed anew in time with the same key, and when the clock was set.
func TestCertificatesAreRenewed(t *testing.T) {
	a, at := mustAuthority(t, t.TempDir(), "gate.example"), now
	i, err := certificate.NewIssued(a, []string{"gate.example"}, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	first, err := i.Certificate("")
	if err != nil {
		t.Fatal(err)
	}
	if life := first.Leaf.NotAfter.Sub(at); life > certificate.Lifetime {
		t.Errorf("it is good for %v", life)
	}
	hash := i.KeyHash()
	for day, renewed := range map[int]bool{0: false, 19: false, 21: true, 400: true, -40: true} {
		i, err := certificate.NewIssued(a, []string{"gate.example"}, func() time.Time { return at })
		if err != nil {
			t.Fatal(err)
		}
		before, _ := i.Certificate("")
		at = now.AddDate(0, 0, day)
		after, err := i.GetCertificate(nil)
		if err != nil || (after != before) != renewed {
			t.Errorf("day %d: renewed %v, %v", day, after != before, err)
		}
		if day >= 0 {
			if err := trusts(a, after, "gate.example", at); err != nil {
				t.Errorf("day %d: %v", day, err)
			}
		}
		at = now
	}
	if i.KeyHash() != hash || len(hash) != 64 {
		t.Errorf("the key changed from %s to %s", hash, i.KeyHash())
	}
}

// TestNewAddressOfTheMachine: whoever comes in by an address that the machine got later finds it in the certificate; names that
// strangers ask for do not get in.
func TestNewAddressOfTheMachine(t *testing.T) {
	a := mustAuthority(t, t.TempDir(), "gate.example")
	i, err := certificate.NewIssued(a, []string{"gate.example"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", i.Config())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake()
			c.Close()
		}
	}()
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate())
	for name, trusted := range map[string]bool{"127.0.0.1": true, "gate.example": true, "bank.example": false, "x.gate.example": false} {
		c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: roots, ServerName: name})
		if err == nil {
			c.Close()
		}
		if (err == nil) != trusted {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		c.Close()
		t.Error("it speaks TLS 1.1")
	}
}
