package main_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"menshen/certificate/acmetest"
	menshenv1 "menshen/proto/menshen/v1"
)

// With a certificate for the name by which others reach it, the commands on the machine itself work as before.
func TestCommandsOverTLS(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 20, days: 0}")
	writeCertificate(t, c.dir, "menshen.example")
	for key, file := range map[string]string{"MENSHEN_WEB_TLS_CERT": "cert.pem", "MENSHEN_WEB_TLS_KEY": "key.pem"} {
		t.Setenv(key, file)
	}
	t.Setenv("MENSHEN_WEB_LISTEN", "0.0.0.0:0")
	c.serve()
	if out := c.must("people", "list"); !strings.Contains(out, "active") {
		t.Errorf("people list says %q", out)
	}
	note, err := os.ReadFile(filepath.Join(c.dir, "data/simulated/running.json"))
	if err != nil {
		t.Fatal(err)
	}
	var running struct{ URL, Key string }
	if err := json.Unmarshal(note, &running); err != nil || !strings.HasPrefix(running.URL, "https://") || len(running.Key) != 64 {
		t.Errorf("running.json holds %s, %v", note, err)
	}
}

// TestHubWithACME: the hub has a certificate for its domain from a real authority of the protocol, and the commands on the machine itself
// work as before.
func TestHubWithACME(t *testing.T) {
	_, port, err := net.SplitHostPort(closedPort(t))
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	authority := acmetest.New(t, n)
	c := &community{tb: t, dir: t.TempDir()}
	yaml := fmt.Sprintf(`simulation: {people: 20, days: 0}
bus: {listen: "127.0.0.1:0"}
web: {listen: "0.0.0.0:%s", acme: {domains: [gate.example], email: operator@gate.example, directory: "%s", ca_file: directory.pem}}
`, port, authority.Directory)
	for name, text := range map[string]string{"menshen.yaml": yaml, "directory.pem": string(authority.Trust)} {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.serve()
	eventually(t, "the authority's certificate is used", func() bool {
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{ServerName: "gate.example", RootCAs: authority.Roots})
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	if out := c.must("people", "list"); !strings.Contains(out, "active") {
		t.Errorf("people list says %q", out)
	}
	// Whoever comes by another name has the site's own, of an authority that can be shown, given away and made anew.
	shown := fingerprint(t, c.must("certificate"))
	if out := c.must("certificate", "export", "-o", "ca.pem"); fingerprint(t, out) != shown {
		t.Errorf("shown is %s, exported %s", shown, out)
	}
	text, err := os.ReadFile(filepath.Join(c.dir, "ca.pem"))
	roots := x509.NewCertPool()
	if err != nil || !roots.AppendCertsFromPEM(text) {
		t.Fatalf("exported: %v %s", err, text)
	}
	conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{RootCAs: roots})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if again := fingerprint(t, c.must("certificate", "renew")); again == shown || again != fingerprint(t, c.must("certificate")) {
		t.Errorf("renewed, it is %s", again)
	}
}

// TestNamesWithoutCertificate: a name that the site's authority is not for, and a domain for which ACME gives no certificate, are said with
// what to do. The domain has the site's own meanwhile, which a new authority is for.
func TestNamesWithoutCertificate(t *testing.T) {
	_, port, err := net.SplitHostPort(closedPort(t))
	if err != nil {
		t.Fatal(err)
	}
	c := &community{tb: t, dir: t.TempDir()}
	configure := func(web string) {
		yaml := "simulation: {people: 20, days: 0}\nbus: {listen: \"127.0.0.1:0\"}\nweb: {listen: \"0.0.0.0:" + port + "\", " + web + "}\n"
		if err := os.WriteFile(filepath.Join(c.dir, "menshen.yaml"), []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := func() []string {
		return regexp.MustCompile(`(name-without-certificate|acme-failing):[a-z.]+`).FindAllString(c.must("status"), -1)
	}
	configure("hosts: [gate.example]")
	s := c.serve()
	if got := said(); len(got) > 0 {
		t.Errorf("at first there is %v", got)
	}
	s.stop(t)
	configure(`hosts: [gate.example, new.example], acme: {domains: [web.example], directory: "https://127.0.0.1:1/directory"}`)
	begin := func() *service {
		s := c.start(mustBinary(t), []string{"serve"})
		eventually(t, "the conditions are there", func() bool { return strings.Contains(c.try("status").out, "acme-failing") })
		return s
	}
	s = begin()
	if got := said(); !slices.Equal(got, []string{"name-without-certificate:new.example", "acme-failing:web.example"}) {
		t.Errorf("with another name there is %v", got)
	}
	s.stop(t)
	c.must("certificate", "renew")
	begin()
	if got := said(); !slices.Equal(got, []string{"acme-failing:web.example"}) {
		t.Errorf("with a new authority there is %v", got)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(c.must("certificate", "export"))) {
		t.Fatal("no certificate is exported")
	}
	for _, name := range []string{"web.example", "new.example", "gate.example"} {
		conn, err := tls.Dial("tcp", "127.0.0.1:"+port, &tls.Config{ServerName: name, RootCAs: roots})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		conn.Close()
	}
}

// TestPostTakesANewAuthority: after the hub's authority was made anew its post is out of reach until the new one is in its folder, and then
// follows again without a start of its own.
func TestPostTakesANewAuthority(t *testing.T) {
	s := newOpenSite(t, "browser", "")
	api := s.atPost()
	give := func() {
		s.must("certificate", "export", "-o", filepath.Join(s.dir, "data/post-lodge/hub-ca.pem"))
	}
	give()
	s.hub.stop(t)
	s.must("certificate", "renew")
	s.hub = s.start(mustBinary(t), []string{"serve"})
	eventually(t, "menshen serve answers", func() bool { return s.try("status").code == 0 })
	detail := func() string {
		for _, c := range call(t, api.Site.GetStatus, &menshenv1.GetStatusRequest{}).GetConditions() {
			if c.GetId() == "hub-out-of-reach" {
				return c.GetDetail()
			}
		}
		return ""
	}
	eventually(t, "the post does not believe the hub", func() bool { return detail() != "" })
	give()
	eventually(t, "the post follows the hub again", func() bool { return detail() == "" })
	if !s.post.running() {
		t.Error("the post ended")
	}
}

// fingerprint finds the SHA-256 of a certificate in what a command says.
func fingerprint(t *testing.T, said string) string {
	t.Helper()
	found := regexp.MustCompile(`([0-9A-F]{2}:){31}[0-9A-F]{2}`).FindString(said)
	if found == "" {
		t.Fatalf("there is no fingerprint in %q", said)
	}
	return found
}

func writeCertificate(t *testing.T, dir, name string) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
